"""``overclaim batch`` and columns that aren't there: a slip of the command, told before anything is scored."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest
from batch_files import FAKE_CLI, rows, written

from service.cli import main

pytestmark = pytest.mark.usefixtures("fake_model")
LINES = [json.dumps({"id": n, "body": "The pill."}) for n in range(100)]


def run(*arguments: object) -> int:
    return main(["batch", *map(str, arguments), "--jobs", "1"])


def csv(folder: Path, name: str = "in.csv") -> Path:
    return written(folder / name, "id,body", "1,The pill.", "2,The pill.")


def parquet(folder: Path) -> Path:
    pyarrow.parquet.write_table(pyarrow.table({"id": [1], "body": ["The pill."]}), folder / "in.parquet")
    return folder / "in.parquet"


def jsonl(folder: Path) -> Path:
    return written(folder / "in.jsonl", "nonsense", *LINES)


LACKING = pytest.mark.parametrize(
    ("make", "said"),
    [
        (csv, "{}:1: the table has no column called nope; it has id, body"),
        (parquet, "{}: the table has no column called nope; it has id, body"),
        (jsonl, "{}: no line has the key nope; there are id, body"),
    ],
)


@LACKING
def test_a_column_that_is_not_there_is_bad_usage(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], make: object, said: str
) -> None:
    source, out = make(tmp_path), tmp_path / "out.jsonl"  # type: ignore[operator]
    good = written(tmp_path / "in.good.jsonl", '{"id": 1, "nope": "The pill.", "id2": 1}')
    for inputs in ([source], [good, source]):
        for place in (out, "-"):
            assert run(*inputs, place, "--text-column", "nope") == 2
            assert capsys.readouterr() == ("", f"overclaim: error: {said.format(source)}\n")
    for option, name in (("--id-column", "nope"), ("--text-column", "text")):
        text = ["--text-column", "body"] if option == "--id-column" else []
        assert run(source, out, *text, option, name) == 2
        assert capsys.readouterr().err == f"overclaim: error: {said.format(source).replace('nope', name)}\n"
    assert sorted(path.name for path in tmp_path.iterdir() if not path.name.startswith("in.")) == []
    assert run(source, out, "--text-column", "body") == 0
    assert len(rows(out)) == {csv: 2, parquet: 1, jsonl: 100}[make]  # type: ignore[index]


@LACKING
def test_a_title_must_be_there_only_if_it_was_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], make: object, said: str
) -> None:
    source, out = make(tmp_path), tmp_path / "out.jsonl"  # type: ignore[operator]
    assert run(source, out, "--text-column", "body", "--title-column", "nope") == 2
    assert capsys.readouterr() == ("", f"overclaim: error: {said.format(source)}\n")
    assert not out.exists()
    # The usual one may be missing.
    assert run(source, out, "--text-column", "body") == 0
    assert len(rows(out)) == {csv: 2, parquet: 1, jsonl: 100}[make]  # type: ignore[index]


def test_records_of_which_some_lack_the_title_are_scored_without(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = ['{"id": 1, "text": "The pill."}', '{"id": 2, "text": "The pill.", "head": "A miracle"}']
    source, out = written(tmp_path / "in.jsonl", *lines), tmp_path / "out.jsonl"
    assert run(source, out, "--title-column", "head", "--keep-text") == 0
    assert "2 records written, 0 bad" in capsys.readouterr().err
    assert [row["title"] for row in rows(out)] == [None, "A miracle"]


def test_a_folder_is_refused_only_if_no_table_has_the_title(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, out = tmp_path / "in.d", tmp_path / "out.jsonl"
    folder.mkdir()
    written(folder / "a.csv", "id,text", "1,The pill.")
    with_title = ["--title-column", "head", "--keep-text"]
    assert run(folder, out, *with_title) == 2
    said = f"overclaim: error: {folder}/a.csv:1: the table has no column called head; it has id, text\n"
    assert capsys.readouterr() == ("", said)
    written(folder / "b.csv", "id,text,head", "2,The pill.,A miracle")
    assert run(folder, out, *with_title) == 0
    assert "2 records written, 0 bad" in capsys.readouterr().err
    assert [row["title"] for row in rows(out)] == [None, "A miracle"]


@pytest.mark.parametrize("at", [0, 70, 99])
def test_records_of_which_some_lack_the_key_are_bad_one_by_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], at: int
) -> None:
    lines = [*LINES]
    lines[at] = json.dumps({"id": at, "text": "The pill."})
    source, out = written(tmp_path / "in.jsonl", *lines), tmp_path / "out.jsonl"
    assert run(source, out) == 0
    assert capsys.readouterr().err == f"overclaim: 1 records written, 99 bad (see {out}.errors.jsonl)\n"
    assert {bad["code"] for bad in rows(tmp_path / "out.jsonl.errors.jsonl")} == {"missing"}


def test_lines_that_are_no_objects_are_bad_one_by_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(written(tmp_path / "in.jsonl", "nonsense", "[1]"), tmp_path / "out.jsonl") == 0
    assert "0 records written, 2 bad" in capsys.readouterr().err


def test_a_folder_is_refused_only_if_none_of_its_files_can_be_read_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, out = tmp_path / "in.d", tmp_path / "out.jsonl"
    folder.mkdir()
    csv(folder, "a.csv")
    csv(folder, "b.csv")
    assert run(folder, out) == 2
    said = f"overclaim: error: {folder}/a.csv:1: the table has no column called text; it has id, body\n"
    assert capsys.readouterr() == ("", said)
    draft = written(folder / "c.txt", "The pill.")
    assert run(folder, out) == 0
    assert "1 records written, 2 bad" in capsys.readouterr().err
    draft.unlink()
    written(folder / "c.csv", "text", "The pill.")
    assert run(folder, out) == 0
    assert "1 records written, 2 bad" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "lines", "said"),
    [
        (
            ["--from", "csv"],
            ["id,body", "1,The pill."],
            "<stdin>:1: the table has no column called text; it has id, body",
        ),
        ([], LINES, "<stdin>: no line has the key text; there are id, body"),
        (
            ["--from", "csv", "--title-column", "head"],
            ["id,text", "1,The pill."],
            "<stdin>:1: the table has no column called head; it has id, text",
        ),
        (
            ["--title-column", "head"],
            ['{"id": 1, "text": "The pill."}'],
            "<stdin>: no line has the key head; there are id, text",
        ),
    ],
)
def test_standard_input_is_told_by_its_first_records(
    tmp_path: Path, options: list[str], lines: list[str], said: str
) -> None:
    done = subprocess.run(
        [*FAKE_CLI, "-", "-", *options],
        input="\n".join(lines),
        capture_output=True,
        text=True,
        cwd=tmp_path,
        timeout=120,
        check=False,
        env={**os.environ},
    )
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"overclaim: error: {said}\n")


def test_names_of_columns_are_made_printable_and_not_too_many(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = ["a\x1b[31mb", *(f"c{number}" for number in range(60))]
    assert run(written(tmp_path / "in.csv", ",".join(names)), tmp_path / "out.jsonl") == 2
    said = capsys.readouterr().err
    assert r"it has 'a\x1b[31mb', c0, c1, " in said
    assert said.endswith(", c38, …\n")
