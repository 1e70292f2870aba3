"""``overclaim batch --engine spark``: score archives of articles on a cluster."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from service.batch.sources import ColumnMap
from service.commands.batch import checked_recipe, repeated
from service.console import CommandError, note
from service.settings import load_settings
from service.spark.engine import beside, run_spark

ENGINES = ("local", "spark")


def check_engine(engine: str, master: str | None) -> None:
    """Check ``--engine`` and ``--master``.

    Raises
    ------
    CommandError
        If there is no such engine, or a master is named for one that has none.
    """
    if engine not in ENGINES:
        raise CommandError(f"--engine {engine[:40]!r} is unknown; known are {', '.join(ENGINES)}")
    if engine != "spark" and master is not None:
        raise CommandError("--master is used with --engine spark only")


def run(
    sources: Sequence[str],
    out: str,
    *,
    master: str | None,
    form: str | None,
    to: str | None,
    id_column: str | None,
    text_column: str,
    title_column: str,
    keep_text: bool,
    jobs: int | None,
    quiet: bool,
    mode: str,
    labels: Sequence[str],
    offset_unit: str,
    model: Path | None,
) -> int:
    """Score every record of ``sources`` into the folder ``out``.

    Returns
    -------
    int
        0, even if some records were bad: they are counted on standard error and listed beside ``out``.

    Raises
    ------
    OverclaimError
        If an option, an input or the output can't be used, or Spark fails.
    """
    if to not in (None, "parquet"):
        raise CommandError("--to must be parquet with --engine spark: it writes nothing else")
    if jobs is not None:
        raise CommandError("--jobs belongs to the local engine: with Spark, the master says how many, as in local[2]")
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
    counts = run_spark(sources, out, recipe, master=master, form=form, verbose=settings.log_level == "debug")
    if not quiet:
        where = f" (see {beside(out)[1]})" if counts.bad else ""
        note(f"{counts.written} records written, {counts.bad} bad{where}{repeated(counts)}")
    return 0
