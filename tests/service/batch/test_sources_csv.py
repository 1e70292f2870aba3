"""CSV and TSV: what a spreadsheet or a database writes, and what goes wrong in it."""

from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st
from reading import brief, good, read

from classifier.errors import InvalidInputError
from service.batch.sources import ColumnMap, Prepared
from service.batch.sources.base import Reading
from service.batch.sources.csv_rows import read_csv


def table(tmp_path: Path, content: str | bytes, name: str = "a.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_columns_are_mapped_and_the_others_pass_through(tmp_path: Path) -> None:
    path = table(tmp_path, 'key,body,head,date,outlet\nx7,"The pill, again.",New pill,2024-01-02,\n')
    (article,) = good(path, columns=ColumnMap(id="key", text="body", title="head"))
    assert (article.id, article.document.text, article.document.title) == ("x7", "The pill, again.", "New pill")
    assert article.extra == {"date": "2024-01-02", "outlet": ""}


def test_without_ids_records_have_their_numbers(tmp_path: Path) -> None:
    first = table(tmp_path, "text\nA pill.\nB pill.\n", "a.csv")
    second = table(tmp_path, "id,text\n,C pill.\nd,D pill.\n", "b.csv")
    assert brief(first, second) == [("a.csv:2", 1), ("a.csv:3", 2), ("b.csv:2", 3), ("b.csv:3", "d")]
    assert brief(second, columns=ColumnMap(id="id")) == [("b.csv:2", "[missing]"), ("b.csv:3", "d")]


def test_line_breaks_in_quotes_and_the_places_after_them(tmp_path: Path) -> None:
    path = table(tmp_path, 'id,text\r\n1,"Headline\r\n\r\nThe ""pill""."\r\n\r\n2,B.\r\n')
    first, second = good(path)
    assert first.document.text == 'Headline\r\n\r\nThe "pill".'
    assert second.document.text == "B."
    assert [raw.place.rpartition(":")[2] for raw, _ in read(path)] == ["2", "6"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.tsv", b"id\ttext\n1\tThe pill, again.\n"),
        ("a.csv", b"id;text\n1;The pill, again.\n"),
        ("a.csv", b'\xef\xbb\xbf"id","text"\n1,"The pill, again."'),
        ("a.csv.gz", gzip.compress(b'id,text\n1,"The pill, again."\n')),
        ("a.csv.zst", zstandard.compress(b'id,text\n1,"The pill, again."\n')),
        ("A.TSV.GZ", gzip.compress(b"id\ttext\n1\tThe pill, again.\n")),
    ],
)
def test_dialects_and_compression(tmp_path: Path, name: str, content: bytes) -> None:
    (article,) = good(table(tmp_path, content, name))
    assert (article.id, article.document.text, article.extra) == ("1", "The pill, again.", {})


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("3,The pill,again", "malformed_csv"),
        ("3", "malformed_csv"),
        ('3,"The "pill""', "malformed_csv"),
        ("3,The\0pill", "malformed_csv"),
        ("3, \u00a0 ", "empty"),
        ("3,", "empty"),
        ('3,"' + "long " * 40_000 + '"', "too_long"),
        ("3," + "x" * 1001, "too_long"),
    ],
)
def test_a_bad_row_spoils_only_itself(tmp_path: Path, row: str, code: str) -> None:
    path = table(tmp_path, f"id,text\n1,A pill.\n{row}\n4,B pill.\n")
    assert [result for _, result in brief(path, max_bytes=1000)] == ["1", f"[{code}]", "4"]


def test_bytes_that_are_not_utf8_are_told_by_their_offset(tmp_path: Path) -> None:
    path = table(tmp_path, b"id,text\n1,\xc3\xa4b\xff\n2,fine\n")
    (_, bad), (_, fine) = read(path)
    assert str(bad) == "text is not UTF-8: bad byte 0xff at byte offset 3"
    assert isinstance(fine, Prepared)


def test_an_open_quote_swallows_no_other_row(tmp_path: Path) -> None:
    path = table(tmp_path, 'id,text\n1,A pill.\n2,"B pill.\n3,C pill.\n4,D pill.\n')
    assert brief(path) == [("a.csv:2", "1"), ("a.csv:3", "[malformed_csv]"), ("a.csv:4", "3"), ("a.csv:5", "4")]


def test_a_row_that_is_too_long_is_skipped_to_its_end(tmp_path: Path) -> None:
    long_text = "Many words,\nand a line that looks like a row\n9,Stray.\n" * 4000
    path = table(tmp_path, f'id,text\n1,A pill.\n2,"{long_text}"\n3,C pill.\n')
    found = brief(path, max_bytes=1000)
    assert [result for _, result in found] == ["1", "[too_long]", "3"]
    assert found[2][0] == f"a.csv:{4 + long_text.count(chr(10))}"


def test_names_that_are_missing_or_double(tmp_path: Path) -> None:
    (article,) = good(table(tmp_path, "id,text,,tag,tag\n1,A pill.,x,y,z\n"))
    assert article.extra == {"column_3": "x", "tag": "y", "tag_2": "z"}


def test_columns_that_are_not_there_are_told_once(tmp_path: Path) -> None:
    path = table(tmp_path, "id,body\n1,A.\n2,B.\n")
    ((_, problem),) = read(path)
    assert str(problem) == "the table has no column called text; it has id, body"
    ((_, problem),) = read(path, columns=ColumnMap(text="body", id="a key"))
    assert str(problem) == "the table has no column called 'a key'; it has id, body"
    assert len(good(path, columns=ColumnMap(text="body"))) == 2


class Endless(io.RawIOBase):
    """Rows without end; remembers how much was read."""

    def __init__(self, row: bytes) -> None:
        self.row, self.given = row, 0

    def readline(self, size: int | None = -1, /) -> bytes:
        assert size is not None
        assert size > 0, "a line of any length would be read"
        line = (self.row if self.given else b"id,text\n")[:size]
        self.given += len(line)
        return line


def test_an_endless_table_is_read_row_by_row() -> None:
    stream = Endless(b"1,The pill cured mice.\n")
    records = read_csv(stream, "x", Reading(ColumnMap(), 1000, iter(range(1, 100)), print), delimiter=",")  # type: ignore[arg-type]
    for number in range(1, 50):
        assert next(records).number == number
        assert stream.given <= 8 + 23 * (number + 1)


def test_an_endless_line_is_given_up_at_the_limit() -> None:
    class Line(Endless):
        def readline(self, size: int | None = -1, /) -> bytes:
            if self.given > 50_000_000:
                return b""
            return super().readline(size)

    stream = Line(b"x" * 1_000_000)
    records = list(read_csv(stream, "x", Reading(ColumnMap(), 1000, iter(range(9)), print), delimiter=","))  # type: ignore[arg-type]
    assert [record.problem.code for record in records if record.problem] == ["too_long"]
    assert all(record.payload == b"" for record in records)


words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), max_size=30)


@given(st.lists(st.tuples(words, words), max_size=8), st.sampled_from([",", "\t"]))
def test_what_pythons_writer_writes_is_read_back(rows: list[tuple[str, str]], delimiter: str) -> None:
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter)
    writer.writerows([("text", "note"), *rows])
    stream = io.BytesIO(buffer.getvalue().encode())
    reading = Reading(ColumnMap(), 10_000, iter(range(99)), print)
    records = list(read_csv(stream, "x", reading, delimiter=delimiter))
    assert [record.row for record in records] == [{"text": text, "note": note} for text, note in rows]


@given(st.binary(max_size=300))
def test_no_bytes_stop_the_reader(raw: bytes) -> None:
    reading = Reading(ColumnMap(), 50, iter(range(1000)), print)
    for record in read_csv(io.BytesIO(b"id,text\n" + raw), "x", reading, delimiter=","):
        assert isinstance(record.problem, InvalidInputError) != (record.form == "row" and bool(record.payload))
