"""Web archives: each answer of a server that is a page of HTML is an article; other answers are told with a reason."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from classifier.errors import InvalidInputError
from service.batch.sources.base import RawRecord, Reading
from service.batch.sources.streams import unreadable
from service.batch.sources.warc_damage import end_of_whole_members, next_start
from service.batch.sources.warc_record import read_record
from service.extras import require

# Starts of records to try after a damaged stretch, before the rest of the file is given up.
MAX_TRIES = 1000


def read_warc(path: Path, name: str, reading: Reading) -> Iterator[RawRecord]:
    """Read a web archive record by record.

    Parameters
    ----------
    path : Path
        Plain, or compressed with gzip record by record.
    name : str
        What to call it in the records' places; the byte offset of the WARC record is added.
    reading : Reading

    Yields
    ------
    RawRecord
        One for each response. Those that are no whole page of HTML (redirects, PDF, pictures, what is cut off)
        come with their problem. After a damaged stretch, reading goes on with the next whole WARC record.

    Raises
    ------
    CommandError
        If FastWARC isn't installed.
    """
    warc = require("fastwarc.warc", "archives")
    try:
        with path.open("rb") as file:
            yield from _stretches(file, name, reading, warc)
    except OSError as err:
        yield reading.refused(name, "warc-html", unreadable(err))


def _stretches(file: BinaryIO, name: str, reading: Reading, warc: Any) -> Iterator[RawRecord]:
    """Iterate over records, and begin anew behind each stretch that FastWARC can't read."""
    start, tries = 0, 0
    damaged: int | None = None
    while True:
        last: int | None = None
        told = False
        file.seek(start)
        try:
            for record in warc.ArchiveIterator(file, auto_decode="none"):
                if damaged is not None:
                    yield _damaged(name, damaged, reading)
                    damaged = None
                last = record.stream_pos
                found = read_record(record, f"{name}@{last}", reading)
                told = found is not None and found.problem is not None
                if found is not None:
                    yield found
        except (OSError, ValueError):
            # The bad record begins at the first start of a record after the last good one.
            following = next_start(file, (start if last is None else last) + 1)
            if damaged is None and not told:
                damaged = start if last is None else last if following is None else following
            tries += 1
            if following is None or tries > MAX_TRIES:
                break
            start = following
        else:
            if damaged is None:
                damaged = end_of_whole_members(file, last, told=told)
            break
    if damaged is not None:
        yield _damaged(name, damaged, reading)


def _damaged(name: str, position: int, reading: Reading) -> RawRecord:
    return reading.refused(
        f"{name}@{position}",
        "warc-html",
        InvalidInputError("the web archive is damaged or cut off here", field="file", code="damaged"),
    )
