"""A whole run: from inputs, by a journal, to outputs that appear only when they are whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from io import BytesIO
from itertools import chain
from pathlib import Path

from classifier.annotation import ModelInfo
from service.batch.finish import finish
from service.batch.journal import Entry, Journal, parse_entry
from service.batch.pool import InProcess, Pool, WorkerError
from service.batch.progress import progress
from service.batch.repeats import Ids, Repeats
from service.batch.scoring import Recipe, chunked, fingerprint
from service.batch.sources import RawRecord, check_columns, open_sources
from service.batch.writers import OutFormat
from service.console import CommandError
from service.version import version


@dataclass(frozen=True, slots=True)
class Run:
    """What the command was asked for; ``form`` None means by the inputs' names, ``jobs`` is at least 1."""

    inputs: tuple[str, ...]
    recipe: Recipe = field(default_factory=Recipe)
    form: str | None = None
    to: OutFormat = "jsonl"
    jobs: int = 1
    quiet: bool = False

    def records(self, left_out: Callable[[str], None] | None = None) -> Iterator[RawRecord]:
        """Read all records, from the first; ``left_out`` is told the files of a folder that aren't read."""
        recipe = self.recipe
        return open_sources(
            self.inputs, form=self.form, columns=recipe.columns, max_bytes=recipe.max_bytes, left_out=left_out
        )

    def meta(self, model: ModelInfo) -> dict[str, object]:
        """Say what decides the output besides the records: two runs may share a journal only if all of it is equal."""
        recipe = self.recipe
        return {
            "version": version(),
            "model": asdict(model),
            "inputs": list(self.inputs),
            "from": self.form,
            "to": self.to,
            "columns": asdict(recipe.columns),
            "mode": recipe.mode,
            "labels": None if recipe.labels is None else sorted(set(recipe.labels)),
            "offset_unit": recipe.offset_unit,
            "keep_text": recipe.keep_text,
            "max_bytes": recipe.max_bytes,
        }


@dataclass(slots=True)
class Counts:
    """Records written by this run, kept from an earlier one, and refused by either; files left out, ids repeated."""

    written: int = 0
    kept: int = 0
    bad: int = 0
    left_out: int = 0
    repeats: Repeats = field(default_factory=Repeats)

    def leave_out(self, _: str) -> None:
        """Count a file."""
        self.left_out += 1


def run_to_file(run: Run, out: Path) -> Counts:
    """Score all records into a file, going on with an unfinished output if there is one.

    Parameters
    ----------
    run : Run
    out : Path
        Replaced in one step when all is done.

    Returns
    -------
    Counts

    Raises
    ------
    CommandError
        If an input or an unfinished output can't be used, or a worker ends.
    OSError
        If a file can't be written; what is done is kept.
    """
    counts = Counts()
    records, jobs = _begin(run, counts)
    with _scorer(run.recipe, jobs) as scorer, Journal(out, run.meta(scorer.model)) as journal:
        unfinished = _unfinished(records, journal, counts)
        # The first one is read now, so that all that was kept is counted before the bar begins.
        first = next(unfinished, None)
        remaining = chain([] if first is None else [first], unfinished)
        shown = progress(counts.kept + counts.bad, _recount(run), quiet=run.quiet)
        try:
            for scored in scorer.map(chunked(remaining)):
                journal.append(scored.lines)
                counts.written += scored.rows
                counts.bad += scored.errors
                shown.advance(scored.rows + scored.errors)
        except WorkerError as err:
            raise CommandError(
                f"{err}; what is done is kept in {journal.path}: run the same command again, perhaps with fewer --jobs"
            ) from None
        finally:
            shown.close()
        counts.repeats = finish(journal, out, run.to, keep_text=run.recipe.keep_text)
    return counts


def run_to_stream(run: Run, sink: Callable[[Entry], None]) -> Counts:
    """Score all records into a sink that can't be gone on with, such as standard output.

    Raises
    ------
    CommandError
        If an input can't be used, or a worker ends.
    """
    counts, ids = Counts(), Ids()
    records, jobs = _begin(run, counts)
    with _scorer(run.recipe, jobs) as scorer:
        shown = progress(0, _recount(run), quiet=run.quiet, beside_rows=True)
        try:
            for scored in scorer.map(chunked(records)):
                for line in BytesIO(scored.lines):
                    if entry := parse_entry(line):
                        sink(entry)
                        if entry.kind == "row":
                            ids.see(entry.body)
                counts.written += scored.rows
                counts.bad += scored.errors
                shown.advance(scored.rows + scored.errors)
        finally:
            shown.close()
    counts.repeats = ids.repeats()
    return counts


def _begin(run: Run, counts: Counts) -> tuple[Iterator[RawRecord], int]:
    """All records, and how many processes are worth their start: one for what makes one chunk."""
    records = run.records(counts.leave_out)
    chunks = chunked(records)
    head = [next(chunks, []), next(chunks, [])]
    recipe = run.recipe
    check_columns(run.inputs, chain(*head), form=run.form, columns=recipe.columns, max_bytes=recipe.max_bytes)
    return chain(*head, records), run.jobs if head[1] else 1


def _scorer(recipe: Recipe, jobs: int) -> InProcess | Pool:
    return InProcess(recipe) if jobs == 1 else Pool(recipe, jobs)


def _recount(run: Run) -> Iterable[RawRecord] | None:
    # Standard input can be read once only.
    return None if "-" in run.inputs else run.records()


def _unfinished(records: Iterator[RawRecord], journal: Journal, counts: Counts) -> Iterator[RawRecord]:
    """Skip what an earlier run finished, making sure that it came from the same records."""
    kept = journal.entries()
    for record in records:
        entry = next(kept, None)
        if entry is None:
            yield record
            break
        if (entry.number, entry.digest) != (record.number, fingerprint(record)):
            raise _other_input(journal, f"{record.place} isn't what was there")
        if entry.kind == "row":
            counts.kept += 1
        else:
            counts.bad += 1
    else:
        if next(kept, None) is not None:
            raise _other_input(journal, "it holds more records")
    yield from records


def _other_input(journal: Journal, reason: str) -> CommandError:
    return CommandError(f"{journal.path} was begun from another input ({reason}): delete it to start anew")
