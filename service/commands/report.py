"""``overclaim report``: one page of figures about an archive."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from service.commands.common import check_replaceable
from service.console import CommandError, note
from service.extras import require
from service.sources import os_reason


def run(archive: Path, *, output: Path | None, by: Sequence[str], date_column: str | None) -> int:
    """Write the report of an output of ``overclaim batch``.

    Parameters
    ----------
    archive : Path
        JSON Lines, Parquet, or a folder of Parquet files.
    output : Path, optional
        The page; by default beside the archive, with ``.html`` after its name.
    by : sequence of str
        Columns to group by.
    date_column : str, optional

    Returns
    -------
    int
        0.

    Raises
    ------
    CommandError
        If the archive can't be read or the page can't be written; then no page is left half written.
    """
    for module in ("duckdb", "matplotlib", "jinja2"):
        require(module, "report")
    from service.report.figures import compute  # noqa: PLC0415  (after the check of what it needs)
    from service.report.load import opened  # noqa: PLC0415
    from service.report.page import page  # noqa: PLC0415

    target = output if output is not None else Path(f"{archive}.html")
    if target.is_dir():
        raise CommandError(f"{target}: is a directory, not a file")
    check_replaceable(target)
    if target.exists() and archive.exists() and target.samefile(archive):
        raise CommandError(f"{target}: OUT and --output are the same file")
    if not target.parent.is_dir():
        raise CommandError(f"{target}: there is no folder {target.parent}")
    with opened(archive) as source:
        figures = compute(source, by=tuple(dict.fromkeys(by)), date_column=date_column)
    _write(target, page(figures, archive.name))
    note(f"{figures.overall.articles} articles in {target}")
    return 0


def _write(target: Path, html: str) -> None:
    """Whole or not at all: a reader never sees half a page."""
    unfinished = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        try:
            unfinished.write_text(html, encoding="utf-8", newline="\n")
            unfinished.replace(target)
        finally:
            unfinished.unlink(missing_ok=True)
    except OSError as err:
        raise CommandError(f"{target}: {os_reason(err)}") from None
