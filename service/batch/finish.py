"""From a whole journal to the outputs; a run that is stopped here does it again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from service.batch.journal import EntryKind, Journal
from service.batch.repeats import Ids, Repeats
from service.batch.writers import OutFormat
from service.batch.writers.csv import write_csv
from service.batch.writers.files import Targets, compressed
from service.batch.writers.jsonl import write_jsonl
from service.batch.writers.parquet import write_parquet


def errors_path(out: Path) -> Path:
    """Where the records that couldn't be scored are listed."""
    return out.with_name(f"{out.name}.errors.jsonl")


def spans_path(out: Path) -> Path:
    """Where the flat table of spans is, beside a Parquet file: ``X.spans.parquet`` beside ``X.parquet``."""
    return out.with_name(f"{out.name.removesuffix('.parquet')}.spans.parquet")


def outputs(out: Path, to: OutFormat) -> list[Path]:
    """All files that a run may leave."""
    return [out, errors_path(out), *([spans_path(out)] if to == "parquet" else [])]


def finish(journal: Journal, out: Path, to: OutFormat, *, keep_text: bool) -> Repeats:
    """Write the outputs from the journal, put them in their places, the main one last, and remove the journal.

    Returns
    -------
    Repeats
        Ids that several rows have.

    Raises
    ------
    OSError
        If a file can't be written; the journal stays.
    """

    def bodies(kind: EntryKind) -> Iterator[bytes]:
        return (entry.body for entry in journal.entries() if entry.kind == kind)

    def rows() -> Iterator[bytes]:
        return bodies("row")

    any_errors, ids = False, Ids()
    for entry in journal.entries():
        if entry.kind == "row":
            ids.see(entry.body)
        else:
            any_errors = True
    with Targets() as targets:
        if any_errors:
            write_jsonl(lambda: bodies("error"), targets.open(errors_path(out)))
        if to == "parquet":
            spans = targets.open(spans_path(out))
            write_parquet(rows, targets.open(out), spans, keep_text=keep_text)
        else:
            write = write_csv if to == "csv" else write_jsonl
            with compressed(targets.open(out), out.suffix.lower()) as file:
                write(rows, file)
        if not any_errors:
            # Of an earlier output, which is replaced now.
            errors_path(out).unlink(missing_ok=True)
        targets.publish()
    journal.remove()
    return ids.repeats()
