"""`overclaim report`: every form of output, and every way to be wrong."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from report_outputs import ROWS, row, write

from service.cli import main
from service.report.figures import Figures, compute
from service.report.load import opened
from service.wire import json_line

PRIVATE = "a secret article"
NO_OUTPUT = "can't be read to its end as {}: name a whole output of overclaim batch, as JSON Lines or Parquet"


def figures_of(path: Path) -> Figures:
    with opened(path) as archive:
        return compute(archive)


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> Figures:
    return figures_of(write(tmp_path_factory.mktemp("expected") / "plain", ROWS))


@pytest.mark.parametrize("name", ["o.jsonl", "o.jsonl.gz", "o.jsonl.zst", "o.parquet", "o[1]*'.jsonl"])
def test_every_form_gives_the_same_figures(tmp_path: Path, expected: Figures, name: str) -> None:
    out = write(tmp_path / name, ROWS)
    (tmp_path / "o1.jsonl").write_text("another file\n")
    assert figures_of(out) == expected


def test_a_folder_of_parquet_files(tmp_path: Path, expected: Figures) -> None:
    folder = tmp_path / "out"
    (folder / "_temporary").mkdir(parents=True)
    (folder / "_SUCCESS").touch()
    for number, part in enumerate((ROWS[:2], ROWS[2:])):
        made = write(tmp_path / f"part-{number}.parquet", part)
        shutil.move(made, folder / made.name)
    (folder / "_temporary" / "half.parquet").write_bytes(b"PAR1 half")
    assert figures_of(folder) == expected


def test_the_same_archive_gives_the_same_bytes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = write(tmp_path / "o.jsonl", ROWS)
    assert main(["report", str(out)]) == 0
    page = tmp_path / "o.jsonl.html"
    assert capsys.readouterr().err == f"overclaim: 5 articles in {page}\n"
    assert main(["report", str(out), "--output", str(tmp_path / "again")]) == 0
    assert (tmp_path / "again").read_bytes() == page.read_bytes()
    assert sorted(file.name for file in tmp_path.iterdir()) == ["again", "o.jsonl", "o.jsonl.html"]


def test_options(tmp_path: Path) -> None:
    rows = [row(n, "Safe.", Sent=f"200{n}-01-01", desk="A~/\"'") for n in range(2)]
    out, page = write(tmp_path / "o.jsonl", rows), tmp_path / "page.html"
    arguments = ["report", str(out), "--output", str(page), "--by", "desk", "--by", "year", "--by", "desk"]
    assert main([*arguments, "--date-column", "Sent"]) == 0
    html = page.read_text(encoding="utf-8")
    assert html.count("<h2>By desk</h2>") == 1
    assert "<h2>Over time, by year</h2>" in html
    assert "A~/&#34;&#39;" in html
    assert "2001" in html


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (PRIVATE, NO_OUTPUT.format("JSON Lines")),
        ('{"id": 1, "text": "' + PRIVATE, NO_OUTPUT.format("JSON Lines")),
        (json_line({"id": 1, "spans": []}), "row 1 has no number of sentences; write it with this version"),
        (json_line({"id": 1, "sentences": -1, "spans": []}), "row 1 has no number of sentences"),
        (json_line(ROWS[0]) + "\n" + json_line({"id": 1, "sentences": 4}), "row 2 has no id, or no list of spans"),
        (json_line({"sentences": 4, "spans": []}), "row 1 has no id"),
        (json_line({"id": 1, "sentences": 4, "spans": [{"text": PRIVATE}]}), "row 1 has no id, or no list of spans"),
        (json_line({**ROWS[0], "sentences": 1}), "more flagged sentences than sentences"),
        ("[1, 2]", "row 1 has no number of sentences"),
    ],
)
def test_what_is_no_output_is_refused(
    tmp_path: Path, content: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "o.jsonl"
    out.write_text(content + "\n", encoding="utf-8")
    assert main(["report", str(out)]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert PRIVATE not in error
    with pytest.raises(AssertionError, match=message):
        raise AssertionError(error)
    assert [file.name for file in tmp_path.iterdir()] == ["o.jsonl"]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("o.csv", b"article_id\n", "o.csv: a CSV output has a row for each mark"),
        ("o.csv.gz", b"x", "articles without marks aren't in it"),
        ("o.parquet", b"PAR1 but no more", NO_OUTPUT.format("Parquet")),
        ("o.txt", b"x", NO_OUTPUT.format("JSON Lines")),
        ("o.jsonl", b"hello\nworld", NO_OUTPUT.format("JSON Lines")),
        ("gone", None, "gone: there is no such file"),
    ],
)
def test_other_files_are_refused(
    tmp_path: Path, name: str, content: bytes | None, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    assert main(["report", str(tmp_path / name)]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert "Exception" not in error
    assert [file.name for file in tmp_path.iterdir()] == ([] if content is None else [name])


@pytest.mark.parametrize("content", [b"", b"\n", b" \n\n"])
def test_an_output_without_articles_is_one(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "o.jsonl").write_bytes(content)
    assert main(["report", str(tmp_path / "o.jsonl")]) == 0


def test_the_flat_table_and_empty_folders_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path / "o.parquet", ROWS)
    assert main(["report", str(tmp_path / "o.spans.parquet")]) == 2
    assert "has a row for each mark" in capsys.readouterr().err
    (tmp_path / "empty").mkdir()
    assert main(["report", str(tmp_path / "empty")]) == 2
    assert "holds no Parquet files" in capsys.readouterr().err


@pytest.mark.parametrize("option", ["--by", "--date-column"])
def test_unknown_columns_are_named_with_those_there_are(
    tmp_path: Path, option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    out = write(tmp_path / "o.jsonl", ROWS)
    assert main(["report", str(out), option, "desk"]) == 2
    error = capsys.readouterr().err
    assert "has no column 'desk'; it has context, date, id," in error
    assert error.count("\n") == 1


def test_a_device_or_a_link_is_never_replaced(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, page = write(tmp_path / "o.jsonl", ROWS[:1]), tmp_path / "page.html"
    # A pipe stands for /dev/null, which a failing test must not take from the machine.
    makers: list[Callable[[], None]] = [
        lambda: os.mkfifo(page),
        lambda: page.symlink_to("nowhere"),
    ]
    for make in makers:
        make()
        before = page.lstat()
        assert main(["report", str(out), "--output", str(page)]) == 2
        assert f"{page}: is a link, a device or a pipe, and would be replaced" in capsys.readouterr().err
        assert os.path.samestat(page.lstat(), before)
        page.unlink()


def test_a_page_that_cannot_be_written_is_one_line_and_leaves_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = write(tmp_path / "o.jsonl", ROWS[:1])
    before = out.read_bytes()
    for page, message in (
        (tmp_path, "is a directory"),
        (out, "the same file"),
        (tmp_path / "none" / "page.html", "there is no folder"),
    ):
        assert main(["report", str(out), "--output", str(page)]) == 2
        assert message in capsys.readouterr().err
    assert out.read_bytes() == before
    assert list(tmp_path.iterdir()) == [out]


def test_a_missing_library_is_named_with_its_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    assert main(["report", str(write(tmp_path / "o.jsonl", ROWS[:1]))]) == 2
    assert 'this needs overclaim[report]: pip install "overclaim[report]"' in capsys.readouterr().err
