"""JSON Lines, plain and compressed."""

from __future__ import annotations

import gzip
import io
import json
from pathlib import Path

import pytest
import zstandard
from reading import brief, good, read

from classifier.errors import InvalidInputError
from service.batch.sources import ColumnMap
from service.batch.sources.base import Reading
from service.batch.sources.jsonl import read_jsonl

ROWS = (
    b'{"id": "a", "text": "A pill.", "title": "T", "date": "2024-01-02", "tags": ["x", 1, null]}\n'
    b'\n{"id": 2, "text": "B."}'
)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.jsonl", ROWS),
        ("a.ndjson", b"\xef\xbb\xbf" + ROWS),
        ("a.jsonl.gz", gzip.compress(ROWS[:50]) + gzip.compress(ROWS[50:])),
        ("a.jsonl.zst", zstandard.compress(ROWS[:50]) + zstandard.compress(ROWS[50:])),
    ],
)
def test_lines(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    first, second = good(path)
    assert (first.id, first.document.text, first.document.title) == ("a", "A pill.", "T")
    assert first.extra == {"date": "2024-01-02", "tags": ["x", 1, None]}
    assert (second.id, second.document.title, second.extra) == (2, None, {})
    assert [(raw.number, raw.place) for raw, _ in read(path)] == [(1, f"{path}:1"), (2, f"{path}:3")]


def test_columns(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"id": 5, "key": "k", "body": "A pill.", "text": "other"}\n{"id": 6, "body": "B."}\n')
    columns = ColumnMap(id="key", text="body", title="head")
    (_, first), (_, second) = read(path, columns=columns)
    assert not isinstance(first, InvalidInputError)
    assert (first.id, first.document.text, first.extra) == ("k", "A pill.", {"id": 5, "text": "other"})
    assert str(second) == "key is required"


def test_values_that_json_has_but_no_output_can_hold(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(
        '{"id": 1, "text": "A.", "n": 1e999, "m": [-1e999, {"k": 2.5}]}\n{"id": 2, "text": "A.", "\\ud800": 1}'
    )
    (_, first), (_, second) = read(path)
    assert not isinstance(first, InvalidInputError)
    assert first.extra == {"n": None, "m": [None, {"k": 2.5}]}
    json.dumps(first.extra, allow_nan=False)
    assert isinstance(second, InvalidInputError)
    assert second.code == "lone_surrogate"
    second.message.encode("utf-8")


@pytest.mark.parametrize("suffix", [".gz", ".zst"])
def test_what_is_whole_in_a_torn_file_is_read(tmp_path: Path, suffix: str) -> None:
    lines = b"".join(b'{"id": %d, "text": "The pill number %d."}\n' % (n, n * 7919) for n in range(20_000))
    packed = gzip.compress(lines, 1) if suffix == ".gz" else zstandard.compress(lines, 1)
    path = tmp_path / f"a.jsonl{suffix}"
    path.write_bytes(packed[: len(packed) // 2])
    found = brief(path)
    assert len(found) > 1000
    assert [result for _, result in found] == [*range(len(found) - 1), "[truncated]"]
    assert found[-1][0] == f"a.jsonl{suffix}:{len(found)}"


def test_a_long_line_is_skipped_without_being_kept() -> None:
    class Long(io.BytesIO):
        largest = 0

        def readline(self, size: int | None = -1, /) -> bytes:
            assert size is not None
            assert 0 < size <= 200_000
            return super().readline(size)

    stream = Long(b"x" * 5_000_000 + b'\n{"id": 1, "text": "A."}\n')
    first, second = read_jsonl(stream, "x", Reading(ColumnMap(), 1000, iter(range(1, 9)), print))
    assert first.problem is not None
    assert (first.problem.code, first.problem.limit, first.payload) == ("too_long", 6 * 1000 + 65_536, b"")
    assert (second.problem, second.place) == (None, "x:2")


def test_lines_are_read_one_at_a_time() -> None:
    taken = 0

    class Endless(io.RawIOBase):
        def readline(self, size: int | None = -1, /) -> bytes:
            nonlocal taken
            taken += 1
            return b'{"id": 1, "text": "A."}\n'

    records = read_jsonl(Endless(), "x", Reading(ColumnMap(), 1000, iter(range(1, 999)), print))  # type: ignore[arg-type]
    for number in range(1, 100):
        next(records)
        assert taken == number
