"""``overclaim batch``: what comes out, bad records, and going on after a kill."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from batch_files import RECORDS, expected, rows, written
from fake_annotator import FakeAnnotator

import classifier
from classifier.annotation import Annotation
from classifier.annotator import Annotator
from classifier.document import Document
from classifier.errors import InvalidInputError
from service.cli import main

FAKE_CLI = [sys.executable, str(Path(__file__).with_name("fake_cli.py")), "batch"]
pytestmark = pytest.mark.usefixtures("fake_model")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return written(tmp_path / "in.jsonl", *(json.dumps(record) for record in RECORDS))


def test_whole_run(source: Path, tmp_path: Path, fake: FakeAnnotator, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out.jsonl"
    assert main(["batch", str(source), str(out)]) == 0
    assert rows(out) == expected(fake)
    assert list(rows(out)[0]) == ["id", "model", "offset_unit", "mode", "spans", "context", "scorecard", "warnings"]
    assert capsys.readouterr() == ("", "overclaim: 80 records written, 0 bad\n")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.jsonl", "out.jsonl"]


def test_options_reach_the_annotator(source: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    options = ["--mode", "strict", "--offset-unit", "utf16", "--label", "sensational_language"]
    assert main(["batch", str(source), str(out), *options]) == 0
    first = rows(out)[0]
    assert (first["mode"], first["offset_unit"]) == ("strict", "utf16")
    text = RECORDS[0]["text"]
    assert [span["start"] for span in first["spans"]] == [text.index("breakthrough") + 1]


BAD = [
    ('{"id": 1, "text": "x"', "malformed_json", "line", "line is not valid JSON: "),
    ('["a"]', "not_an_object", "line", "line must be a JSON object, not an array"),
    ('{"id": 1}', "missing", "text", "text is required"),
    ('{"text": "x"}', "missing", "id", "id is required"),
    ('{"id": 1.5, "text": "x"}', "not_a_string", "id", "id must be a string or a whole number, not a number"),
    ('{"id": true, "text": "x"}', "not_a_string", "id", "not a boolean"),
    ('{"id": "\\ud800", "text": "x"}', "lone_surrogate", "id", "half of a surrogate pair"),
    ('{"id": 1, "text": null}', "not_a_string", "text", "text must be a string, not null"),
    ('{"id": 1, "text": " "}', "empty", "text", "text is empty"),
    ('{"id": 1, "text": "\\udc00"}', "lone_surrogate", "text", "half of a surrogate pair"),
    ('{"id": 1, "text": "x", "title": 5}', "not_a_string", "title", "title must be a string, not a number"),
    (json.dumps({"id": 1, "text": "x" * 201}), "too_long", "text", "201 bytes"),
    (" " * 80_000 + "{}", "too_long", "text", "the line is too long"),
]


@pytest.mark.parametrize(("line", "code", "field", "reason"), BAD)
def test_a_bad_record_stops_nothing(
    tmp_path: Path,
    fake: FakeAnnotator,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    line: str,
    code: str,
    field: str,
    reason: str,
) -> None:
    monkeypatch.setenv("OVERCLAIM_MAX_BYTES", "200")
    good: list[dict[str, Any]] = [
        {"id": "ä\u2028", "text": "A breakthrough."},
        {"id": 2, "text": "No.", "date": "ignored"},
    ]
    source = written(tmp_path / "in", json.dumps(good[0]), "", line, json.dumps(good[1]))
    out = tmp_path / "out"
    assert main(["batch", str(source), str(out)]) == 0
    assert rows(out) == expected(fake, good)
    (bad,) = rows(tmp_path / "out.errors.jsonl")
    assert list(bad) == ["line", "reason", "code", "field", "limit"]
    assert (bad["line"], bad["code"], bad["field"]) == (3, code, field)
    assert bad["limit"] == (200 if code == "too_long" else None)
    assert reason in bad["reason"]
    assert capsys.readouterr().err == f"overclaim: 2 records written, 1 bad (see {out}.errors.jsonl)\n"


class Picky(FakeAnnotator):
    """Refuses article 40, like an annotator with a limit of its own, and loses its whole batch over it."""

    def annotate_many(self, documents: Any, **options: Any) -> Iterator[Annotation]:
        batch = list(documents)
        if any("Number 40 " in document.text for document in batch):
            raise InvalidInputError("text is too odd", field="text", code="odd")
        yield from super().annotate_many(batch, **options)


class PickyLate(FakeAnnotator):
    """Refuses article 40 only when it comes to it: the ones before it are out by then."""

    def annotate_many(self, documents: Any, **options: Any) -> Iterator[Annotation]:
        for document in documents:
            if "Number 40 " in document.text:
                raise InvalidInputError("text is too odd", field="text", code="odd")
            yield from super().annotate_many([document], **options)


@pytest.mark.parametrize("picky", [Picky(), PickyLate()])
def test_what_the_annotator_refuses_is_a_bad_record(
    source: Path, tmp_path: Path, fake: FakeAnnotator, monkeypatch: pytest.MonkeyPatch, picky: Annotator
) -> None:
    monkeypatch.setattr(classifier, "load", lambda path=None: picky)
    out = tmp_path / "out"
    assert main(["batch", str(source), str(out)]) == 0
    assert rows(out) == expected(fake, RECORDS[:40] + RECORDS[41:])
    assert [(row["line"], row["reason"]) for row in rows(tmp_path / "out.errors.jsonl")] == [(41, "text is too odd")]


def test_standard_streams(tmp_path: Path) -> None:
    lines = b'{"id": "a", "text": "A breakthrough."}\nnonsense\n{"id": "b", "text": "No."}'
    done = subprocess.run(
        [*FAKE_CLI, "-", "-"], input=lines, capture_output=True, cwd=tmp_path, timeout=60, check=False
    )
    assert done.returncode == 0
    assert [(row["id"], len(row["spans"])) for row in map(json.loads, done.stdout.splitlines())] == [("a", 1), ("b", 0)]
    errors = done.stderr.decode().splitlines()
    assert errors[0].startswith("overclaim: error: line 2: line is not valid JSON: ")
    assert errors[1:] == ["overclaim: 2 records written, 1 bad"]
    assert list(tmp_path.iterdir()) == []


def test_bad_files(source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, message in (
        ([tmp_path / "none", tmp_path / "out"], f"{tmp_path / 'none'}: no such file"),
        ([tmp_path, tmp_path / "out"], f"{tmp_path}: is a directory, not a file"),
        ([source, tmp_path], f"{tmp_path}: is a directory, not a file"),
        ([source, tmp_path / "none" / "out"], "no such file"),
        ([source, source], "IN and OUT are the same file"),
        ([source, tmp_path / "out", "--mode", "loud"], "mode 'loud' is unknown"),
        ([source], "Missing argument 'OUT'"),
    ):
        assert main(["batch", *map(str, arguments)]) == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert err.startswith("overclaim: error: ")
        assert message in err
        assert err.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["in.jsonl"]


def test_documents_are_checked_once_and_for_all() -> None:
    # `parse_record` leaves it to Document to refuse a text; should that change, bad records would stop a run.
    with pytest.raises(InvalidInputError, match="text is empty"):
        Document("")
