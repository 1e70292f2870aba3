"""Forms, project settings and hiding by the command and over HTTP."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from asking import annotate, refused
from fake_annotator import FakeAnnotator
from starlette.testclient import TestClient

from service.app import create_app
from service.checking import check
from service.cli import main
from service.offsets import OffsetTable
from service.project import FILE_NAME, read_project
from service.schemas import to_response
from service.settings import Settings

MARKDOWN = (
    "# Pill\n\nThe *miracle*\ncure 😀 is a break**through**.\n\n`miracle`\n\nIt is safe. <!-- overclaim ignore -->\n"
)
HTML = "<h1>Pill</h1><p>The <b>miracle</b> cure &amp; a breakthrough<p title='miracle'>It is safe."
pytestmark = pytest.mark.usefixtures("fake_model")


@pytest.fixture
def client(fake: FakeAnnotator) -> Iterator[TestClient]:
    with TestClient(create_app(Settings(), fake)) as opened:
        yield opened


def listed(capsys: pytest.CaptureFixture[str], *arguments: object) -> list[str]:
    """What the command marked: line, column and words."""
    assert main(["annotate", *map(str, arguments)]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    return [line.split(": ")[0].rsplit(":", 2)[1] + ":" + line.split('"')[1] for line in out.splitlines()]


@pytest.mark.parametrize("ending", [".md", ".markdown", ".MD"])
def test_the_ending_says_how_a_file_is_read(tmp_path: Path, capsys: pytest.CaptureFixture[str], ending: str) -> None:
    file = tmp_path / f"a{ending}"
    file.write_text(MARKDOWN, encoding="utf-8")
    assert listed(capsys, file) == ["3:miracle", "3:miracle* cure", "4:break**through"]
    assert listed(capsys, file, "--form", "plain") == ["3:miracle", "6:miracle"]


def test_html_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "a.html"
    file.write_text(HTML, encoding="utf-8")
    assert listed(capsys, file) == ["1:miracle", "1:miracle</b> cure", "1:breakthrough"]


def test_a_form_for_standard_input(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"a `miracle`, a *miracle*")))
    assert len(listed(capsys, "-", "--form", "markdown")) == 1


def test_command_and_http_agree(tmp_path: Path, client: TestClient, capsys: pytest.CaptureFixture[str]) -> None:
    for name, form, source in (("a.md", "markdown", MARKDOWN), ("a.html", "html", HTML)):
        (tmp_path / name).write_text(source, encoding="utf-8")
        assert main(["annotate", str(tmp_path / name), "--format", "json", "--mode", "sensitive"]) == 0
        printed = json.loads(capsys.readouterr().out)
        assert printed == annotate(client, text=source, form=form, mode="sensitive")
        for span in printed["spans"]:
            assert source[span["start"] : span["end"]] == span["text"]


def test_form_and_ignore_over_http(client: TestClient, fake: FakeAnnotator) -> None:
    answer = annotate(client, text=MARKDOWN, form="markdown", offset_unit="utf16")
    assert answer == to_response(check(fake, MARKDOWN, form="markdown"), "utf16").model_dump(mode="json")
    table = OffsetTable(MARKDOWN)
    place = MARKDOWN.index("break**")
    assert answer["spans"][-1]["start"] == table.convert(place, "utf16") == place + 1
    first = answer["spans"][0]
    less = annotate(client, text=MARKDOWN, form="markdown", offset_unit="utf16", ignore=[first["id"], "unknown"])
    # Two of the marks are of one label in one sentence.
    assert less["spans"] == [span for span in answer["spans"] if span["id"] != first["id"]]
    assert [span["text"] for span in less["spans"]] == ["miracle*\ncure"]
    assert less["scorecard"] == answer["scorecard"]
    assert annotate(client, text="A miracle.", ignore=[]) == annotate(
        client, text="A miracle.", form="plain", ignore=None
    )


BAD: list[tuple[dict[str, Any], str, str, str]] = [
    ({"form": "rtf"}, "form", "unknown_form", "form must be one of plain, markdown, html, not 'rtf'"),
    ({"form": None}, "form", "unknown_form", "not null"),
    ({"form": ["html"]}, "form", "unknown_form", "not an array"),
    ({"ignore": "0123456789abcdef"}, "ignore", "not_a_list", "ignore must be a list of span ids, not a string"),
    ({"ignore": [1]}, "ignore", "not_a_list", "ignore must be a list of span ids; it holds a number"),
    ({"text": "<style>x</style>", "form": "html"}, "text", "empty", "text is empty"),
]


@pytest.mark.parametrize(("values", "field", "code", "message"), BAD)
def test_bad_fields(client: TestClient, values: dict[str, Any], field: str, code: str, message: str) -> None:
    error = refused(client, json.dumps({"text": "x", **values}).encode(), 422)
    assert (error["field"], error["code"]) == (field, code)
    assert message in error["message"]


def test_bad_form_of_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["annotate", "nowhere.txt", "--form", "rtf"]) == 2
    assert capsys.readouterr().err == "overclaim: error: form 'rtf' is unknown; known are plain, markdown, html\n"


def test_a_projects_settings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "drafts" / "a.txt"
    file.parent.mkdir()
    file.write_text("A miracle. A breakthrough. It is safe.", encoding="utf-8")
    (tmp_path / FILE_NAME).write_text('mode = "sensitive"\nexclude = ["old/"]\n', encoding="utf-8")
    assert listed(capsys, file) == ["1:miracle", "1:breakthrough", "1:safe"]
    assert listed(capsys, file, "--mode", "strict") == ["1:breakthrough"]
    assert listed(capsys, file, "--no-project") == ["1:miracle", "1:breakthrough"]
    old = tmp_path / "old" / "b.txt"
    old.parent.mkdir()
    old.write_text("A miracle.", encoding="utf-8")
    assert main(["annotate", str(old), "--fail-on", "any"]) == 0
    assert capsys.readouterr() == ("", f"overclaim: {old}: left out by {FILE_NAME}\n")
    assert listed(capsys, old, "--no-project") == ["1:miracle"]


def test_bad_settings_stop_their_own_files_only(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, settings in (("bad", "mode = 1"), ("good", "")):
        (tmp_path / name).mkdir()
        (tmp_path / name / FILE_NAME).write_text(settings, encoding="utf-8")
        (tmp_path / name / "a.txt").write_text("A miracle.", encoding="utf-8")
    assert main(["annotate", str(tmp_path / "bad" / "a.txt"), str(tmp_path / "good" / "a.txt")]) == 2
    out, err = capsys.readouterr()
    assert len(out.splitlines()) == 1
    assert err.startswith(f"overclaim: error: {tmp_path / 'bad' / FILE_NAME}:1: mode must be one of")
    assert err.count("\n") == 1


def test_hide(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "a.txt"
    file.write_text("A miracle. A breakthrough. It is safe.", encoding="utf-8")
    assert main(["annotate", str(file), "--format", "json", "--mode", "sensitive"]) == 0
    ids = [span["id"] for span in json.loads(capsys.readouterr().out)["spans"]]
    monkeypatch.chdir(tmp_path)
    assert main(["hide", ids[0], "understated_harms"]) == 0
    lines = capsys.readouterr().err.splitlines()
    assert lines == [
        f"overclaim: {tmp_path / FILE_NAME}: {ids[0]} is hidden now",
        f"overclaim: {tmp_path / FILE_NAME}: understated_harms is hidden now",
    ]
    assert listed(capsys, file, "--mode", "sensitive") == ["1:breakthrough"]
    # From a folder below, the same file is used.
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")
    assert main(["hide", ids[0], ids[1]]) == 0
    lines = capsys.readouterr().err.splitlines()
    assert lines == [
        f"overclaim: {tmp_path / FILE_NAME}: {ids[0]} was hidden already",
        f"overclaim: {tmp_path / FILE_NAME}: {ids[1]} is hidden now",
    ]
    assert read_project(tmp_path).ignored == set(ids[:2])
    assert main(["hide", ids[2], "--project", "."]) == 0
    assert capsys.readouterr().err == f"overclaim: {tmp_path / 'below' / FILE_NAME}: {ids[2]} is hidden now\n"
    assert read_project(tmp_path / "below").ignored == {ids[2]}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["0123456789abcdef", "spin"], "'spin' is neither a span's id (16 hex digits) nor a label; labels are overst"),
        (["0123456789abcdef", "--project", "nowhere"], "nowhere: no such folder"),
        ([], "Missing argument"),
    ],
)
def test_hide_refuses(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["hide", *arguments]) == 2
    err = capsys.readouterr().err
    assert err.startswith("overclaim: error: ")
    assert message in err
    assert err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []
