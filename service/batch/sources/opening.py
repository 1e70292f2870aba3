"""All records of all inputs of a run, one after another."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from classifier.errors import InvalidInputError
from service.batch.sources.base import ColumnMap, RawRecord, Reading, RecordForm, shown
from service.batch.sources.csv_rows import read_csv
from service.batch.sources.detect import STDIN, Form, check_form, form_of_input
from service.batch.sources.folder import walk
from service.batch.sources.jsonl import read_jsonl
from service.batch.sources.parquet import read_parquet
from service.batch.sources.streams import open_stream, unreadable
from service.batch.sources.warc import read_warc
from service.sources import STDIN_NAME

_RECORD_FORMS: dict[Form, RecordForm] = {
    "jsonl": "json",
    "csv": "row",
    "tsv": "row",
    "parquet": "row",
    "warc": "warc-html",
    "txt": "txt",
    "md": "md",
    "html": "html",
}


def open_sources(
    inputs: Sequence[str],
    *,
    form: str | None = None,
    columns: ColumnMap | None = None,
    max_bytes: int = 1_000_000,
    left_out: Callable[[str], None] | None = None,
    titles_in_folders: bool = False,
) -> Iterator[RawRecord]:
    """Read the inputs of a run lazily: no more than a few records are in memory.

    Parameters
    ----------
    inputs : sequence of str
        Files and folders, ``-`` for standard input.
    form : str, optional
        One of ``FORMATS``; by default the names' ends tell it. The files of a folder are told by their names; those
        of other formats than ``form`` are left out.
    columns : ColumnMap, optional
    max_bytes : int
        Size limit of an article, in bytes of UTF-8 with its title. Not much more of it is read.
    left_out : callable, optional
        Told the path of each file in a folder that isn't read.
    titles_in_folders : bool
        Whether a folder's tables, too, are refused if they lack a column that was asked for as the title. A run reads
        them without titles, as other tables of the folder may have them.

    Returns
    -------
    iterator of RawRecord
        Numbered from 1 over all inputs. What can't be read comes with its problem, and the others follow.

    Raises
    ------
    CommandError
        At once, before anything is read, if an input doesn't exist or is of no known format. On reading, if a
        library for it is missing.
    """
    wanted = check_form(form)
    told = [(source, form_of_input(source, wanted)) for source in inputs]
    only = None if wanted == "folder" else wanted
    reading = Reading(columns or ColumnMap(), max_bytes, itertools.count(1), left_out or (lambda _: None))
    in_folders = replace(reading, needs_title=titles_in_folders)
    return itertools.chain.from_iterable(
        _read_folder(Path(source), only, in_folders) if found == "folder" else _read_input(source, found, reading)
        for source, found in told
    )


def _read_input(source: str, form: Form, reading: Reading) -> Iterator[RawRecord]:
    name = STDIN_NAME if source == STDIN else shown(source)
    return _read_file(None if source == STDIN else Path(source), name, form, reading, name, {})


def _read_folder(folder: Path, only: Form | None, reading: Reading) -> Iterator[RawRecord]:
    for found in walk(folder, reading, only):
        name = shown(found.path)
        if found.error is not None:
            yield reading.refused(name, _RECORD_FORMS[found.form], unreadable(found.error))
        else:
            yield from _read_file(found.path, name, found.form, reading, shown(found.below), found.partitions)


def _read_file(
    path: Path | None, name: str, form: Form, reading: Reading, own_id: str, partitions: dict[str, object]
) -> Iterator[RawRecord]:
    if path is not None and form in {"parquet", "warc"}:
        yield from (
            read_parquet(path, name, reading, partitions) if form == "parquet" else read_warc(path, name, reading)
        )
        return
    try:
        stream = sys.stdin.buffer if path is None else open_stream(path)
    except (OSError, ValueError) as err:
        yield reading.refused(name, _RECORD_FORMS[form], unreadable(err), {"id": own_id})
        return
    if path is None:
        yield from _read_lines(stream, name, form, reading)
        return
    with closing(stream):
        if form in {"jsonl", "csv", "tsv"}:
            yield from _read_lines(stream, name, form, reading)
        else:
            yield _read_article(stream, name, form, reading, {"id": own_id})


def _read_lines(stream: BinaryIO, name: str, form: Form, reading: Reading) -> Iterator[RawRecord]:
    if form == "jsonl":
        return read_jsonl(stream, name, reading)
    return read_csv(stream, name, reading, delimiter="\t" if form == "tsv" else ",")


def _read_article(stream: BinaryIO, name: str, form: Form, reading: Reading, given: dict[str, object]) -> RawRecord:
    limit = reading.cap if form == "html" else reading.max_bytes
    problem: InvalidInputError | None = None
    try:
        raw = stream.read(limit + 1)
    except OSError as err:
        problem = unreadable(err)
    else:
        if len(raw) > limit:
            problem = reading.too_long("the page" if form == "html" else "text", limit)
    if problem is not None:
        return reading.refused(name, _RECORD_FORMS[form], problem, given)
    return reading.record(name, _RECORD_FORMS[form], raw, given)
