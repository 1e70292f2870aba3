"""JSON Lines: one JSON object on each line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from service.batch.sources.base import RawRecord, Reading
from service.batch.sources.streams import READ_ERRORS, lines, unreadable


def read_jsonl(stream: BinaryIO, name: str, reading: Reading) -> Iterator[RawRecord]:
    """Read a stream line by line; the lines are parsed later, by `service.batch.sources.prepare`.

    Parameters
    ----------
    stream : binary file
        UTF-8, decompressed.
    name : str
        What to call it in the records' places.
    reading : Reading

    Yields
    ------
    RawRecord
        One for each line that isn't blank. If the stream breaks off, the last one says so.
    """
    number = 0
    try:
        for number, raw in lines(stream, reading.cap):
            place = f"{name}:{number}"
            if raw is None:
                yield reading.refused(place, "json", reading.too_long("the line", reading.cap))
            else:
                yield reading.record(place, "json", raw)
    except READ_ERRORS as err:
        yield reading.refused(f"{name}:{number + 1}", "json", unreadable(err, after=f"from line {number + 1} on"))
