"""Columns that were named must be there: an input without them is a slip of the command, not a heap of bad records."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from pathlib import Path

from classifier.errors import InvalidInputError
from service.batch.sources.base import ColumnMap, RawRecord, named, shown
from service.batch.sources.columns import MISSING_COLUMN, listed
from service.batch.sources.detect import STDIN
from service.batch.sources.opening import open_sources
from service.console import CommandError
from service.sources import STDIN_NAME
from service.wire import parse_object


def check_columns(
    inputs: Iterable[str], head: Iterable[RawRecord], *, form: str | None, columns: ColumnMap, max_bytes: int
) -> None:
    """Look into each input for the columns of the text, and of the id and the title if they were asked for.

    An input is read to the first record that has them: of CSV and Parquet that is the first, and JSON Lines of which
    only some lack a key are read as far as it takes. What can be read once only is not looked at, but for standard
    input's records in ``head``.

    Parameters
    ----------
    inputs : iterable of str
        Files and folders, ``-`` for standard input. A folder is refused only if it holds nothing but tables, and none
        has the columns.
    head : iterable of RawRecord
        The first records of the run.
    form : str, optional
    columns : ColumnMap
    max_bytes : int

    Raises
    ------
    CommandError
        Names what is missing, and the columns that are there.
    """
    for number, source in enumerate(inputs):
        path = Path(source)
        if source == STDIN:
            known = itertools.takewhile(_from_stdin, head)
            _check(STDIN_NAME, known if number == 0 else (), columns)
        elif path.is_dir() or path.is_file():
            records = open_sources([source], form=form, columns=columns, max_bytes=max_bytes, titles_in_folders=True)
            _check(shown(source), records, columns)


def _from_stdin(record: RawRecord) -> bool:
    return record.place.startswith(f"{STDIN_NAME}:")


def _check(name: str, records: Iterable[RawRecord], columns: ColumnMap) -> None:
    missing = dict.fromkeys(columns.needed())
    seen: dict[str, None] = {}
    refused: RawRecord | None = None
    for record in records:
        if record.problem is not None and record.problem.code == MISSING_COLUMN:
            refused = refused or record
            continue
        if record.form != "json":
            # A row is read only if its table has the columns; an article of its own needs none.
            return
        keys = _keys(record)
        seen.update(keys)
        for key in keys:
            missing.pop(key, None)
        if not missing:
            return
    if refused is not None and refused.problem is not None:
        raise CommandError(f"{refused.place}: {refused.problem.message}")
    if seen:
        column = next(iter(missing))
        raise CommandError(f"{name}: no line has the key {named(column)}; there are {listed(list(seen))}")


def _keys(record: RawRecord) -> dict[str, None]:
    """The keys of a line; none of one that is bad, which is told when it is scored."""
    if record.problem is not None:
        return {}
    try:
        return dict.fromkeys(parse_object(record.data, "line"))
    except InvalidInputError:
        return {}
