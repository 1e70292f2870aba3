"""``overclaim batch``: what comes out, bad records, bad options."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from batch_files import FAKE_CLI, RECORDS, expected, rows, written
from fake_annotator import FakeAnnotator

import classifier
from classifier.annotation import Annotation
from classifier.annotator import Annotator
from classifier.document import Document
from classifier.errors import InvalidInputError
from service.cli import main

pytestmark = pytest.mark.usefixtures("fake_model")
COLUMNS = ["id", "model", "offset_unit", "mode", "sentences", "spans", "context", "scorecard", "warnings"]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return written(tmp_path / "in.jsonl", *(json.dumps(record) for record in RECORDS))


def run(*arguments: object) -> int:
    return main(["batch", *map(str, arguments), "--jobs", "1"])


def test_whole_run(source: Path, tmp_path: Path, fake: FakeAnnotator, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out.jsonl"
    assert run(source, out) == 0
    assert rows(out) == expected(fake)
    assert list(rows(out)[0]) == COLUMNS
    assert capsys.readouterr() == ("", "overclaim: 80 records written, 0 bad\n")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.jsonl", "out.jsonl"]


def test_quiet_says_nothing(source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(source, tmp_path / "out.jsonl", "--quiet") == 0
    assert capsys.readouterr() == ("", "")


def test_options_reach_the_annotator(source: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    options = ["--mode", "strict", "--offset-unit", "utf16", "--label", "sensational_language"]
    assert run(source, out, *options) == 0
    first = rows(out)[0]
    assert (first["mode"], first["offset_unit"]) == ("strict", "utf16")
    text = RECORDS[0]["text"]
    assert [span["start"] for span in first["spans"]] == [text.index("breakthrough") + 1]
    assert first["spans"][0]["sentence_text"] == text


def test_columns_are_mapped_and_the_others_pass_through(tmp_path: Path) -> None:
    ours = {"key": "k1", "body": "A breakthrough.", "head": "A miracle"}
    record = {**ours, "id": 7, "text": None, "mode": ["x"], "day": 3}
    source, out = written(tmp_path / "in.jsonl", json.dumps(record)), tmp_path / "out.jsonl"
    mapped = ["--id-column", "key", "--text-column", "body", "--title-column", "head"]
    assert run(source, out, *mapped) == 0
    (row,) = rows(out)
    assert list(row) == ["id", "input_id", "input_text", "input_mode", "day", *COLUMNS[1:]]
    assert [row[name] for name in ("id", "input_id", "input_text", "input_mode", "day")] == ["k1", 7, None, ["x"], 3]
    assert [span["field"] for span in row["spans"]] == ["title", "text"]
    assert run(source, out, *mapped, "--keep-text") == 0
    (kept,) = rows(out)
    assert (kept["text"], kept["title"], kept["input_text"]) == ("A breakthrough.", "A miracle", None)
    assert {name: kept[name] for name in row} == row


def test_several_inputs_of_several_kinds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one = written(tmp_path / "in.jsonl", '{"id": "a", "text": "A miracle."}')
    folder = tmp_path / "in.d"
    folder.mkdir()
    written(folder / "b.txt", "A breakthrough.")
    written(folder / "c.docx", "unknown")
    written(folder / ".d.txt", "A miracle.")
    out = tmp_path / "out.jsonl"
    assert run(one, folder, out) == 0
    assert [row["id"] for row in rows(out)] == ["a", "b.txt"]
    left_out = "2 files left out, hidden or of a format that isn't read"
    assert f"2 records written, 0 bad; {left_out}\n" in capsys.readouterr().err
    written(out, "")
    (folder / ".d.txt").unlink()
    (folder / "c.docx").unlink()
    assert run(one, folder, out) == 0
    assert capsys.readouterr().err == "overclaim: 2 records written, 0 bad\n"


def test_a_name_without_an_ending_is_of_json_lines(tmp_path: Path) -> None:
    source, out = written(tmp_path / "in.jsonl", '{"id": "a", "text": "A miracle."}'), tmp_path / "annotated"
    assert run(source, out) == 0
    assert [row["id"] for row in rows(out)] == ["a"]
    out.unlink()
    assert run(source, out, "--to", "csv") == 0
    assert out.read_text(encoding="utf-8").startswith("article_id,")


BAD = [
    ('{"id": 1, "text": "x"', "malformed_json", "line", "line is not valid JSON: ", None),
    ('["a"]', "not_an_object", "line", "line must be a JSON object, not an array", None),
    ('{"id": 1}', "missing", "text", "text is required", 1),
    ('{"text": "x"}', "missing", "id", "id is required", None),
    ('{"id": 1.5, "text": "x"}', "not_a_string", "id", "id must be a string or a whole number, not a number", None),
    ('{"id": true, "text": "x"}', "not_a_string", "id", "not a boolean", None),
    ('{"id": "\\ud800", "text": "x"}', "lone_surrogate", "id", "half of a surrogate pair", None),
    ('{"id": 1, "text": null}', "not_a_string", "text", "text must be a string, not null", 1),
    ('{"id": "n", "text": " "}', "empty", "text", "text is empty", "n"),
    ('{"id": 1, "text": "\\udc00"}', "lone_surrogate", "text", "half of a surrogate pair", 1),
    ('{"id": 1, "text": "x", "title": 5}', "not_a_string", "title", "title must be a string, not a number", 1),
    (json.dumps({"id": 1, "text": "x" * 201}), "too_long", "text", "201 bytes", 1),
    (" " * 80_000 + "{}", "too_long", "text", "the line is too long", None),
]


@pytest.mark.parametrize(("line", "code", "field", "reason", "known"), BAD)
def test_a_bad_record_stops_nothing(
    tmp_path: Path,
    fake: FakeAnnotator,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    line: str,
    code: str,
    field: str,
    reason: str,
    known: object,
) -> None:
    monkeypatch.setenv("OVERCLAIM_MAX_BYTES", "200")
    good: list[dict[str, Any]] = [
        {"id": "ä\u2028", "text": "A breakthrough."},
        {"id": 2, "text": "No.", "date": "passes"},
    ]
    source = written(tmp_path / "in.jsonl", json.dumps(good[0]), "", line, json.dumps(good[1]))
    out = tmp_path / "out.jsonl"
    assert run(source, out) == 0
    assert rows(out) == expected(fake, good)
    (bad,) = rows(tmp_path / "out.jsonl.errors.jsonl")
    assert list(bad) == ["number", "place", "id", "reason", "code", "field", "limit"]
    assert (bad["number"], bad["place"], bad["id"]) == (2, f"{source}:3", known)
    assert (bad["code"], bad["field"]) == (code, field)
    assert (bad["limit"] is None) == (code != "too_long")
    assert reason in bad["reason"]
    assert capsys.readouterr().err == f"overclaim: 2 records written, 1 bad (see {out}.errors.jsonl)\n"


class Picky(FakeAnnotator):
    """Refuses article 40, like an annotator with a limit of its own, and loses its whole batch over it."""

    error: Exception = InvalidInputError("text is too odd", field="text", code="odd")

    def annotate_many(self, documents: Any, **options: Any) -> Iterator[Annotation]:
        batch = list(documents)
        if any("Number 40 " in document.text for document in batch):
            raise self.error
        yield from super().annotate_many(batch, **options)


class PickyLate(Picky):
    """Refuses article 40 only when it comes to it: the ones before it are out by then."""

    def annotate_many(self, documents: Any, **options: Any) -> Iterator[Annotation]:
        for document in documents:
            yield from super().annotate_many([document], **options)


class Defective(Picky):
    """Has a defect that article 40 brings out, with an error that quotes it."""

    error = RuntimeError("Number 40 😀: a breakthrough.")


@pytest.mark.parametrize(
    ("picky", "code", "reason"),
    [
        (Picky(), "odd", "text is too odd"),
        (PickyLate(), "odd", "text is too odd"),
        (Defective(), "internal", "internal error, please report it: RuntimeError: scoring.py"),
    ],
)
def test_what_the_annotator_refuses_is_a_bad_record(
    source: Path,
    tmp_path: Path,
    fake: FakeAnnotator,
    monkeypatch: pytest.MonkeyPatch,
    picky: Annotator,
    code: str,
    reason: str,
) -> None:
    monkeypatch.setattr(classifier, "load", lambda path=None, **_: picky)
    out = tmp_path / "out.jsonl"
    assert run(source, out) == 0
    assert rows(out) == expected(fake, RECORDS[:40] + RECORDS[41:])
    (bad,) = rows(tmp_path / "out.jsonl.errors.jsonl")
    assert (bad["number"], bad["id"], bad["code"]) == (41, 40, code)
    assert bad["reason"].startswith(reason)
    assert "breakthrough" not in json.dumps(bad)


def test_no_memory_is_no_bad_record(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Starved(Picky):
        error = MemoryError()

    monkeypatch.setattr(classifier, "load", lambda path=None, **_: Starved())
    assert run(source, tmp_path / "out.jsonl") == 2
    assert not (tmp_path / "out.jsonl").exists()


def test_standard_streams(tmp_path: Path) -> None:
    lines = b'{"id": "a", "text": "A breakthrough."}\nnonsense\n{"id": "b", "text": "No \xc2\x85 line."}'
    done = subprocess.run(
        [*FAKE_CLI, "-", "-"],
        input=lines,
        capture_output=True,
        cwd=tmp_path,
        timeout=120,
        check=False,
        env={"LC_ALL": "C", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "PATH": ""},
    )
    assert done.returncode == 0, done.stderr
    assert [(row["id"], len(row["spans"])) for row in map(json.loads, done.stdout.splitlines())] == [("a", 1), ("b", 0)]
    errors = done.stderr.decode().splitlines()
    assert errors[0].startswith("overclaim: error: <stdin>:2: line is not valid JSON: ")
    assert errors[1:] == ["overclaim: 2 records written, 1 bad"]
    assert list(tmp_path.iterdir()) == []


def test_bad_files(source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "in.d"
    folder.mkdir()
    written(folder / "a.txt", "A miracle.")
    for arguments, message in (
        ([tmp_path / "none.jsonl", tmp_path / "out.jsonl"], f"{tmp_path / 'none.jsonl'}: no such file"),
        ([source, tmp_path / "none.csv", tmp_path / "out.jsonl"], f"{tmp_path / 'none.csv'}: no such file"),
        ([source, tmp_path], f"{tmp_path}: is a directory, not a file"),
        ([source, tmp_path / "none" / "out.jsonl"], f"out.jsonl: there is no folder {tmp_path / 'none'}"),
        ([source, source], "IN and OUT are the same file"),
        ([folder, folder / "out.jsonl"], f"lies inside {folder}, and would be read as one of its files"),
        ([source, tmp_path / "out.xlsx"], "its name tells no format; say --to jsonl, --to parquet, --to csv"),
        ([source, tmp_path / "out.parquet.gz"], "Parquet is compressed inside; leave out .gz"),
        ([source, tmp_path / "out", "--to", "xml"], "--to 'xml' is unknown; known are jsonl, parquet, csv"),
        ([source, "-", "--to", "csv"], "standard output takes JSON Lines only"),
        ([source, tmp_path / "out.jsonl", "--from", "xml"], "format 'xml' is unknown"),
        ([source, tmp_path / "out.jsonl", "--mode", "loud"], "mode 'loud' is unknown"),
        ([source, tmp_path / "out.jsonl", "--offset-unit", "inch"], "offset_unit 'inch' is unknown"),
        ([source], f"OUT is missing: say what to write after {source}"),
        ([], "Missing argument 'IN... OUT'"),
    ):
        assert run(*arguments) == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert err.startswith("overclaim: error: ")
        assert message in err
        assert err.count("\n") == 1
    assert main(["batch", str(source), str(tmp_path / "out.jsonl"), "--jobs", "0"]) == 2
    assert "Invalid value for '--jobs'" in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.d", "in.jsonl"]


@pytest.mark.parametrize("name", ["out.jsonl", "out.jsonl.errors.jsonl"])
def test_what_is_no_plain_file_is_never_replaced(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    # A pipe stands for /dev/null, and a link for /dev/stdout: a test that fails must not take those from the machine.
    place = tmp_path / name
    makers: list[Callable[[], None]] = [
        lambda: os.mkfifo(place),
        lambda: place.symlink_to(source),
        lambda: place.symlink_to("nowhere"),
    ]
    for make in makers:
        make()
        before = place.lstat()
        assert run(source, tmp_path / "out.jsonl") == 2
        told = f"overclaim: error: {place}: is a link, a device or a pipe, and would be replaced: name a plain file\n"
        assert capsys.readouterr() == ("", told)
        assert os.path.samestat(place.lstat(), before)
        assert sorted(path.name for path in tmp_path.iterdir()) == ["in.jsonl", name]
        place.unlink()


def test_documents_are_checked_once_and_for_all() -> None:
    # The readers leave it to Document to refuse a text; should that change, bad records would stop a run.
    with pytest.raises(InvalidInputError, match="text is empty"):
        Document("")
