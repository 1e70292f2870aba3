"""``overclaim batch``: score archives of articles into one output."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from classifier.annotation import check_mode
from service.batch.finish import outputs
from service.batch.journal import Entry
from service.batch.run import Counts, Run, run_to_file, run_to_stream
from service.batch.scoring import Recipe
from service.batch.sigterm import Terminated, end_by_sigterm, sigterm_stops
from service.batch.sources import ColumnMap
from service.batch.writers import format_of
from service.commands.common import check_replaceable, chosen_labels
from service.console import CommandError, error, note, use_utf8, warning
from service.extras import require
from service.offsets import check_unit
from service.settings import Settings, load_settings
from service.sources import os_reason

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def run(
    sources: Sequence[str],
    out: str,
    *,
    form: str | None = None,
    to: str | None = None,
    id_column: str | None = None,
    text_column: str = "text",
    title_column: str = "title",
    keep_text: bool = False,
    jobs: int | None = None,
    quiet: bool = False,
    mode: str = "balanced",
    labels: Sequence[str] = (),
    offset_unit: str = "codepoint",
    model: Path | None = None,
) -> int:
    """Score every record of ``sources`` into ``out`` (``-`` for the standard streams).

    Returns
    -------
    int
        0, even if some records were bad: they are counted on standard error and listed beside ``out``.

    Raises
    ------
    OverclaimError
        If an option, a file or an unfinished output can't be used.
    """
    settings = load_settings()
    recipe = checked_recipe(
        settings,
        mode=mode,
        labels=labels,
        offset_unit=offset_unit,
        columns=ColumnMap(id=id_column, text=text_column, title=title_column),
        keep_text=keep_text,
        model=model,
    )
    asked = Run(
        inputs=tuple(sources),
        recipe=recipe,
        form=form,
        to=format_of(out, to),
        jobs=jobs or _cores(),
        quiet=quiet,
    )
    _check_out(asked, out)
    counts = _to_stdout(asked) if out == "-" else _to_file(asked, Path(out))
    if not quiet:
        kept = f", {counts.kept} kept from an earlier run" if counts.kept else ""
        where = f" (see {out}.errors.jsonl)" if counts.bad and out != "-" else ""
        files = "1 file" if counts.left_out == 1 else f"{counts.left_out} files"
        left_out = f"; {files} left out, hidden or of a format that isn't read" if counts.left_out else ""
        note(f"{counts.written} records written{kept}, {counts.bad} bad{where}{left_out}{repeated(counts)}")
    return 0


def checked_recipe(
    settings: Settings,
    *,
    mode: str,
    labels: Sequence[str],
    offset_unit: str,
    columns: ColumnMap,
    keep_text: bool,
    model: Path | None,
) -> Recipe:
    """How records become rows, by the options of the command, whichever engine does it.

    Raises
    ------
    InvalidInputError
        If the mode, a label or the unit is unknown.
    """
    return Recipe(
        mode=check_mode(mode),
        labels=chosen_labels(labels),
        offset_unit=check_unit(offset_unit),
        columns=columns,
        keep_text=keep_text,
        max_bytes=settings.max_bytes,
        model=model if model is not None else settings.model,
    )


def repeated(counts: Counts) -> str:
    """Warn of ids that several records have, and return what the last line says of them."""
    if not counts.repeats.ids:
        return ""
    warning(counts.repeats.told())
    return f"; {counts.repeats.ids} repeated {'id' if counts.repeats.ids == 1 else 'ids'}"


def _to_stdout(asked: Run) -> Counts:
    use_utf8(sys.stdout)

    def sink(entry: Entry) -> None:
        if entry.kind == "row":
            print(entry.body.decode("utf-8"), flush=True)
        else:
            error(entry.told())

    return run_to_stream(asked, sink)


def _to_file(asked: Run, out: Path) -> Counts:
    again = f"what is done is kept in {out}.part: run the same command again"
    try:
        with sigterm_stops():
            return run_to_file(asked, out)
    except KeyboardInterrupt as err:
        if Path(f"{out}.part").exists():
            note(f"stopped; {again} to go on")
        if isinstance(err, Terminated):
            end_by_sigterm()
        raise
    except BrokenPipeError:
        raise
    except OSError as err:
        hint = f"; make room ({again} to go on)" if err.errno in _NO_ROOM else ""
        raise CommandError(f"{err.filename or out}: {os_reason(err)}{hint}") from None


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _check_out(asked: Run, out: str) -> None:
    """Refuse what can't work now, rather than when everything is scored."""
    if asked.to == "parquet":
        require("pyarrow.parquet", "archives")
    if out == "-":
        return
    target = Path(out)
    if target.suffix.lower() == ".zst":
        require("zstandard", "archives")
    if target.is_dir():
        raise CommandError(f"{out}: is a directory, not a file")
    if not target.parent.is_dir():
        raise CommandError(f"{out}: there is no folder {target.parent}")
    for path in outputs(target, asked.to):
        check_replaceable(path)
    ours = [path for path in outputs(target, asked.to) if path.exists()]
    for source in map(Path, asked.inputs):
        if source.is_dir() and target.resolve().is_relative_to(source.resolve()):
            raise CommandError(f"{out}: lies inside {source}, and would be read as one of its files")
        if source.is_file() and any(path.samefile(source) for path in ours):
            raise CommandError(f"{source}: IN and OUT are the same file")
