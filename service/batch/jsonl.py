"""Scoring a stream of JSON Lines records."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Protocol

from classifier.annotation import Annotation, Mode
from classifier.annotator import Annotator
from classifier.errors import InvalidInputError
from service.batch.records import Record, lines, parse_record
from service.batch.resume import PartFile
from service.console import CommandError
from service.offsets import OffsetUnit
from service.schemas import to_response
from service.settings import Settings

# Articles handed to the annotator at once: enough to profit from batches, few enough to hold in memory.
CHUNK = 32


@dataclass(frozen=True, slots=True)
class Options:
    """How records are scored; ``labels`` None means all."""

    mode: Mode = "balanced"
    labels: tuple[str, ...] | None = None
    offset_unit: OffsetUnit = "codepoint"


@dataclass(slots=True)
class Counts:
    """Records written by this run, kept from an earlier one, and refused."""

    written: int = 0
    kept: int = 0
    bad: int = 0


class Sink(Protocol):
    """Where rows go."""

    def write(self, row: dict[str, object]) -> None:
        """Take a finished record."""

    def write_error(self, row: dict[str, object]) -> None:
        """Take the reason why a record couldn't be scored."""


def run_to_file(source: BinaryIO, out: Path, annotator: Annotator, options: Options, settings: Settings) -> Counts:
    """Score all records of a stream into a file, going on with an unfinished output if there is one.

    Parameters
    ----------
    source : binary file
        JSON Lines, read from its beginning; for a run to go on it must begin with the same records.
    out : Path
        Replaced in one step when all is done.
    annotator : Annotator
    options : Options
    settings : Settings
        For the size limit.

    Returns
    -------
    Counts

    Raises
    ------
    CommandError
        If an unfinished output can't be gone on with.
    OSError
        If a file can't be read or written.
    """
    part = PartFile(out, meta(annotator, options))
    counts = Counts()
    try:
        records = _good_records(source, part, counts, settings)
        _score(_unfinished(records, part, counts), part, annotator, options, counts)
        part.finish()
    finally:
        part.close()
    return counts


def run_to_stream(source: BinaryIO, sink: Sink, annotator: Annotator, options: Options, settings: Settings) -> Counts:
    """Score all records of a stream into a sink that can't be gone on with, such as standard output."""
    counts = Counts()
    _score(_good_records(source, sink, counts, settings), sink, annotator, options, counts)
    return counts


def meta(annotator: Annotator, options: Options) -> dict[str, object]:
    """Say what decides the output besides the input: two runs may share a part only if all of it is equal."""
    return {
        "model": {"version": annotator.model.version, "sha256": annotator.model.sha256},
        "mode": options.mode,
        "labels": None if options.labels is None else sorted(set(options.labels)),
        "offset_unit": options.offset_unit,
    }


def _good_records(source: BinaryIO, sink: Sink, counts: Counts, settings: Settings) -> Iterator[Record]:
    for number, raw in lines(source, settings.max_body_bytes):
        try:
            record = parse_record(number, raw, max_bytes=settings.max_bytes)
        except InvalidInputError as err:
            _refuse(sink, counts, number, err)
        else:
            yield record


def _unfinished(records: Iterator[Record], part: PartFile, counts: Counts) -> Iterator[Record]:
    """Skip what an earlier run finished, making sure that it came from the same records."""
    kept = part.kept_ids()
    nothing = object()
    for record in records:
        if record.line in part.known_bad:
            # It parses, so the annotator itself refused it before.
            counts.bad += 1
            continue
        expected = next(kept, nothing)
        if expected is nothing:
            yield record
        elif expected == record.id:
            counts.kept += 1
        else:
            raise _other_input(part, f"the record of line {record.line} isn't in its place there")
    if next(kept, nothing) is not nothing:
        raise _other_input(part, "it holds more records")


def _other_input(part: PartFile, reason: str) -> CommandError:
    return CommandError(f"{part.part} was begun from another input ({reason}): delete it to start anew")


def _score(records: Iterator[Record], sink: Sink, annotator: Annotator, options: Options, counts: Counts) -> None:
    while chunk := list(islice(records, CHUNK)):
        done = 0
        try:
            found = annotator.annotate_many([r.document for r in chunk], mode=options.mode, labels=options.labels)
            for record, annotation in zip(chunk, found, strict=True):
                _write(sink, record, annotation, options, counts)
                done += 1
        except InvalidInputError:
            # One record spoils its chunk: find out which, and score the others.
            _score_singly(chunk[done:], sink, annotator, options, counts)


def _score_singly(
    records: Sequence[Record], sink: Sink, annotator: Annotator, options: Options, counts: Counts
) -> None:
    for record in records:
        document = record.document
        try:
            annotation = annotator.annotate(
                document.text, title=document.title, mode=options.mode, labels=options.labels
            )
        except InvalidInputError as err:
            _refuse(sink, counts, record.line, err)
        else:
            _write(sink, record, annotation, options, counts)


def _write(sink: Sink, record: Record, annotation: Annotation, options: Options, counts: Counts) -> None:
    sink.write({"id": record.id, **to_response(annotation, options.offset_unit).model_dump(mode="json")})
    counts.written += 1


def _refuse(sink: Sink, counts: Counts, line: int, err: InvalidInputError) -> None:
    counts.bad += 1
    sink.write_error({"line": line, "reason": err.message, "code": err.code, "field": err.field, "limit": err.limit})
