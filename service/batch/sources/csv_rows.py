"""CSV and TSV: a line of column names, then rows; a field in quotation marks may hold line breaks."""

from __future__ import annotations

import csv
from codecs import BOM_UTF8
from collections import deque
from collections.abc import Iterator
from typing import BinaryIO

from classifier.errors import InvalidInputError
from service.batch.sources.base import RawRecord, Reading, named
from service.batch.sources.columns import no_column, unique
from service.batch.sources.streams import READ_ERRORS, skip_line, unreadable
from service.wire import decode_utf8


class _RowTooLongError(Exception):
    pass


class _Lines:
    """Feeds a csv reader with lines, and remembers those of the row it is in, up to a cap in bytes."""

    def __init__(self, stream: BinaryIO, cap: int) -> None:
        self._stream = stream
        self._cap = cap
        self._again: deque[bytes] = deque()
        self._row: list[bytes] = []
        self._size = 0
        self.first = 1  # line where the row begins, from 1
        self.over = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        raw = self._again.popleft() if self._again else self._stream.readline(self._cap + 2)
        if not raw:
            self.over = True
            raise StopIteration
        self._row.append(raw)
        self._size += len(raw)
        if len(raw.rstrip(b"\r\n")) > self._cap or self._size > self._cap + 2 * len(self._row):
            raise _RowTooLongError
        # Bytes that aren't UTF-8 are found in the row that holds them, where their place can be told.
        return raw.decode("utf-8", "surrogateescape")

    def first_line(self) -> bytes:
        """Look at the first line, without its byte order mark, and without taking it."""
        raw = self._stream.readline(self._cap + 2).removeprefix(BOM_UTF8)
        if raw:
            self._again.append(raw)
        return raw

    def next_row(self) -> None:
        """Begin a row."""
        self.first += len(self._row)
        self._row.clear()
        self._size = 0

    def skip_row(self) -> None:
        """Read past a row that is too long: to the first line's end that stands outside of quotation marks."""
        quotes = sum(raw.count(b'"') for raw in self._row) + skip_line(self._stream, self._row[-1])
        self.first += len(self._row)
        self._row.clear()
        while quotes % 2 and (raw := self._stream.readline(self._cap + 2)):
            quotes += raw.count(b'"') + skip_line(self._stream, raw)
            self.first += 1

    def go_back(self) -> None:
        """Begin again after the first line of a row whose quotation marks are never closed."""
        self._again.extend(self._row[1:])
        del self._row[1:]
        self.over = False


def read_csv(stream: BinaryIO, name: str, reading: Reading, *, delimiter: str) -> Iterator[RawRecord]:
    """Read rows one by one.

    Parameters
    ----------
    stream : binary file
        UTF-8, with or without a byte order mark, decompressed.
    name : str
        What to call it in the records' places; the line where a row begins is added.
    reading : Reading
    delimiter : str
        ``,`` or a tab. Semicolons are taken instead of commas if the line of names has only those.

    Yields
    ------
    RawRecord
        One for each row that isn't blank. A row with too few or too many fields, with quotation marks that don't pair
        or bytes that aren't UTF-8 comes with its problem. If no column holds the text, only that is said, once.
    """
    # The module's own limit is 128 KiB a field, for all readers of the process; ours is the cap on rows.
    csv.field_size_limit(max(csv.field_size_limit(), reading.cap))
    feed = _Lines(stream, reading.cap)
    try:
        first = feed.first_line()
        if not first:
            empty = InvalidInputError("the file is empty: it has no line of names", field="file", code="empty")
            yield reading.refused(f"{name}:1", "row", empty)
            return
        if delimiter == "," and b"," not in first and b";" in first:
            delimiter = ";"
        yield from _rows(feed, name, reading, delimiter)
    except READ_ERRORS as err:
        yield reading.refused(f"{name}:{feed.first}", "row", unreadable(err, after=f"from line {feed.first} on"))


def _rows(feed: _Lines, name: str, reading: Reading, delimiter: str) -> Iterator[RawRecord]:
    header: list[str] | None = None
    reader = csv.reader(feed, delimiter=delimiter, strict=True)
    while not feed.over:
        feed.next_row()
        place = f"{name}:{feed.first}"
        problem: InvalidInputError | None = None
        row: list[str] = []
        try:
            row = next(reader)
            _check(row, header)
        except StopIteration:
            return
        except _RowTooLongError:
            problem = reading.too_long("the row", reading.cap)
            feed.skip_row()
        except csv.Error as err:
            problem = _malformed(_reason(err, is_end=feed.over))
            if feed.over:
                feed.go_back()
        except InvalidInputError as err:
            problem = err
        if header is None:
            if problem is None and row:
                header = unique(row)
                problem = no_column(reading.needed, header)
            if problem is not None:
                yield reading.refused(place, "row", problem)
                return
        elif problem is not None:
            reader = csv.reader(feed, delimiter=delimiter, strict=True)
            yield reading.refused(place, "row", problem)
        elif row:
            yield reading.record(place, "row", dict(zip(header, row, strict=True)))


def _check(row: list[str], header: list[str] | None) -> None:
    joined = "".join(row)
    if "\0" in joined:
        raise _malformed("it holds a NUL byte")
    if not joined.isascii():
        for number, value in enumerate(row):
            column = named(header[number]) if header and number < len(header) else "the row"
            decode_utf8(value.encode("utf-8", "surrogateescape"), column)
    if header is not None and row and len(row) != len(header):
        raise _malformed(f"it has {len(row)} fields, and the line of names {len(header)}")


def _reason(err: csv.Error, *, is_end: bool) -> str:
    if is_end:
        return "a quotation mark is never closed"
    # The only other fault that a strict reader of whole lines finds is a line end within one.
    return "a carriage return within a line" if "new-line" in str(err) else "a quotation mark is out of place"


def _malformed(reason: str) -> InvalidInputError:
    return InvalidInputError(f"the row is not valid CSV: {reason}", field="row", code="malformed_csv")
