"""``overclaim annotate``: formats, exit codes, and one line for every error."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest
from fake_annotator import NOTE, FakeAnnotator
from starlette.testclient import TestClient
from typer.main import get_command

import classifier
from classifier.annotation import MODES
from classifier.errors import ArtifactError
from classifier.labels import LABEL_IDS, labels
from service.app import create_app
from service.cli import app, main
from service.settings import Settings

ROOT = Path(__file__).parents[2]
FAKE_CLI = [sys.executable, str(Path(__file__).with_name("fake_cli.py"))]
TEXT = "A headline\n\nThe 😀 miracle cure.\nA “breakthrough”: it is safe.\n"
pytestmark = pytest.mark.usefixtures("fake_model")


@pytest.fixture
def article(tmp_path: Path) -> Path:
    file = tmp_path / "story.txt"
    file.write_bytes(TEXT.encode())
    return file


def fails(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    """Run a command that must fail with code 2, one error line and no output; return the line."""
    assert main([str(argument) for argument in arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("overclaim: error: ")
    assert err.count("\n") == 1
    assert err.endswith("\n")
    return err


def test_listing(article: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["annotate", str(article)]) == 0
    out, err = capsys.readouterr()
    hype, efficacy = labels()["sensational_language"].message, labels()["overstated_efficacy"].message
    assert out.splitlines() == [
        f'{article}:3:7: sensational_language: "miracle": {hype}',
        f'{article}:3:7: overstated_efficacy: "miracle cure": {efficacy}',
        f'{article}:4:4: sensational_language: "breakthrough": {hype}',
    ]
    assert err == ""


def test_ids_on_request_are_those_that_hide_takes(
    article: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(article.parent)
    assert main(["annotate", str(article)]) == 0
    plain = capsys.readouterr().out.splitlines()
    assert main(["annotate", "--format", "json", str(article)]) == 0
    known = [span["id"] for span in json.loads(capsys.readouterr().out)["spans"]]
    assert not any(span_id in line for span_id in known for line in plain)
    assert main(["annotate", "--ids", str(article)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"{line} [{span_id}]" for line, span_id in zip(plain, known, strict=True)
    ]
    assert main(["hide", known[0], "--project", str(article.parent)]) == 0
    capsys.readouterr()
    assert main(["annotate", str(article)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        line for line, span_id in zip(plain, known, strict=True) if span_id != known[0]
    ]


def test_listing_begins_with_the_evidence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "mice.txt"
    file.write_text("A trial\n\nA breakthrough in mice, and in 48 🐁 people. DUMMY.", encoding="utf-8")
    assert main(["annotate", str(file)]) == 0
    evidence, line = capsys.readouterr().out.splitlines()
    assert evidence == f"{file}: Evidence told: work in mice (paragraph 2); 48 participants (paragraph 2)"
    assert (
        line == f'{file}:3:3: sensational_language: "breakthrough": {labels()["sensational_language"].message} {NOTE}'
    )


def test_listing_of_a_title(article: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["annotate", str(article), "--title", "A breakthrough", "--label", "sensational_language"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(f'{article}:title:1:3: sensational_language: "breakthrough": ')
    assert len(lines) == 3


def test_json_is_what_http_answers(article: Path, fake: FakeAnnotator, capsys: pytest.CaptureFixture[str]) -> None:
    for unit in ("codepoint", "utf16", "utf8"):
        assert main(["annotate", str(article), "--format", "json", "--offset-unit", unit, "--mode", "sensitive"]) == 0
        printed = json.loads(capsys.readouterr().out)
        with TestClient(create_app(Settings(), fake)) as client:
            body = {"text": TEXT, "offset_unit": unit, "mode": "sensitive"}
            assert printed == client.post("/v1/annotate", json=body).json()
        assert len(printed["spans"]) == 4


def test_several_files(tmp_path: Path, article: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = tmp_path / "other\u2028.txt"
    other.write_text("Nothing\u2028 miracle here.", encoding="utf-8")
    arguments = ["annotate", str(article), str(other), "--format"]
    assert main([*arguments, "json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert [entry["file"] for entry in listed] == [str(article), str(other)]
    assert [len(entry["spans"]) for entry in listed] == [3, 1]
    assert main([*arguments, "jsonl"]) == 0
    # `splitlines` breaks at U+2028, too: a reader that does must not be fooled.
    lines = capsys.readouterr().out.splitlines()
    assert [json.loads(line) for line in lines] == listed
    assert main([*arguments, "html"]) == 0
    assert capsys.readouterr().out.count("<section>") == 2


def test_a_bad_file_does_not_stop_the_others(article: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["annotate", "nowhere.txt", str(article), "--fail-on", "any"]) == 2
    out, err = capsys.readouterr()
    assert out.count("\n") == 3
    assert err == "overclaim: error: nowhere.txt: no such file\n"


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (["--fail-on", "any"], 1),
        (["--fail-on", "overstated_efficacy"], 1),
        (["--fail-on", "understated_harms"], 0),
        (["--fail-on", "understated_harms", "--mode", "sensitive"], 1),
        (["--fail-on", "disease_mongering", "--fail-on", "sensational_language"], 1),
        (["--fail-on", "any", "--label", "disease_mongering"], 0),
        ([], 0),
    ],
)
def test_fail_on(article: Path, options: list[str], code: int) -> None:
    assert main(["annotate", str(article), *options]) == code


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--mode", "loud"], "mode 'loud' is unknown; known are strict, balanced, sensitive"),
        (["--offset-unit", "bytes"], "offset_unit 'bytes' is unknown; known are codepoint, utf16, utf8"),
        (["--format", "xml"], "format 'xml' is unknown; known are text, json, jsonl, html"),
        (["--label", "spin"], f"labels holds an unknown label 'spin'; known are {', '.join(LABEL_IDS)}"),
        (["--fail-on", "spin"], "--fail-on names an unknown label 'spin'; known are any, overstated_efficacy"),
        (["--ids", "--format", "html"], "--ids belongs to --format text: json and jsonl have ids anyway"),
        (["--bogus"], "No such option: --bogus"),
        (["--mode"], "requires an argument"),
        (["--title", "T", "other.txt"], "--title belongs to one article"),
    ],
)
def test_bad_options(article: Path, capsys: pytest.CaptureFixture[str], options: list[str], message: str) -> None:
    assert message in fails(capsys, "annotate", article, *options)


def test_bad_options_are_told_before_the_model_is_loaded(
    article: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(classifier, "load", lambda path=None, **_: pytest.fail("loaded for nothing"))
    assert "unknown" in fails(capsys, "annotate", article, "--mode", "loud")
    assert "no such file" in fails(capsys, "annotate", "nowhere.txt")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", ": text is empty"),
        (b" \n\t ", ": text is empty"),
        (b"caf\xe9", " is not UTF-8: bad byte 0xe9 at byte offset 3"),
        (b"a" * 51, ": text is too long: over the limit of 50 bytes"),
        (b"\xed\xa0\x80", " is not UTF-8: bad byte 0xed at byte offset 0"),
    ],
)
def test_bad_files(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    content: bytes,
    message: str,
) -> None:
    monkeypatch.setenv("OVERCLAIM_MAX_BYTES", "50")
    file = tmp_path / "bad.txt"
    file.write_bytes(content)
    assert f"{file}{message}" in fails(capsys, "annotate", file)
    file.write_bytes(b"a" * 50)
    assert main(["annotate", str(file)]) == 0


def test_files_that_are_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert f"{tmp_path}: is a directory, not a file" in fails(capsys, "annotate", tmp_path)
    assert "no such file" in fails(capsys, "annotate", tmp_path / "new\nline")
    assert "not a file name" in fails(capsys, "annotate", "a\x00b")
    assert "Missing argument 'FILE" in fails(capsys, "annotate")
    assert "Missing command" in fails(capsys)
    assert "No such command 'fly'" in fails(capsys, "fly")


def test_title_counts_for_the_limit(
    article: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OVERCLAIM_MAX_BYTES", "100")
    assert main(["annotate", str(article), "--title", "A"]) == 0
    capsys.readouterr()
    assert "with its title, and the limit is 100" in fails(capsys, "annotate", article, "--title", "A" * 60)


def test_bad_setting_and_bad_model(
    article: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(path: Path | None = None, **_: object) -> None:
        raise ArtifactError(f"no model in {path}")

    monkeypatch.setattr(classifier, "load", missing)
    assert "no model in elsewhere" in fails(capsys, "annotate", article, "--model", "elsewhere")
    monkeypatch.setenv("OVERCLAIM_MAX_BYTES", "many")
    assert "environment variable OVERCLAIM_MAX_BYTES: " in fails(capsys, "annotate", article)


def test_a_defect_shows_no_text(
    article: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, fake: FakeAnnotator
) -> None:
    def broken(words: str, **_: Any) -> None:
        raise RuntimeError(words)

    monkeypatch.setattr(fake, "annotate", broken)
    line = fails(capsys, "annotate", article)
    assert "internal error, please report it: RuntimeError: " in line
    assert "miracle" not in line


def test_warnings_go_to_standard_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "de.txt"
    file.write_text("Gegen Übelkeit.", encoding="utf-8")
    assert main(["annotate", str(file)]) == 0
    assert capsys.readouterr() == ("", f"overclaim: warning: {file}: This text doesn't look like English.\n")


def test_labels_and_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["labels"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in lines] == list(LABEL_IDS)
    assert main(["--version"]) == 0
    assert re.fullmatch(r"overclaim \d\S*\n", capsys.readouterr().out)


@pytest.mark.parametrize("command", ["annotate", "batch"])
def test_the_help_lists_the_modes(command: str) -> None:
    commands = get_command(app).commands  # type: ignore[attr-defined]
    (option,) = (option for option in commands[command].params if option.name == "mode")
    assert f"{', '.join(MODES[:-1])} or {MODES[-1]}" in option.help
