"""Reads archives as a run does: every record opened, then prepared."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from classifier.errors import InvalidInputError
from service.batch.sources import ColumnMap, Prepared, RawRecord, open_sources, prepare


def outcome(raw: RawRecord, columns: ColumnMap, max_bytes: int) -> Prepared | InvalidInputError:
    """What becomes of a record: an article, or the reason why it is none."""
    try:
        return prepare(raw, columns, max_bytes)
    except InvalidInputError as err:
        return err


def read(
    *inputs: Path | str,
    form: str | None = None,
    columns: ColumnMap | None = None,
    max_bytes: int = 100_000,
    left_out: Callable[[str], None] | None = None,
) -> list[tuple[RawRecord, Prepared | InvalidInputError]]:
    """All records of some inputs, each with what becomes of it."""
    names = [str(source) for source in inputs]
    mapped = columns or ColumnMap()
    records = open_sources(names, form=form, columns=mapped, max_bytes=max_bytes, left_out=left_out)
    return [(raw, outcome(raw, mapped, max_bytes)) for raw in records]


def good(*inputs: Path | str, **options: Any) -> list[Prepared]:
    """The articles among the records; fails if one is refused."""
    found = []
    for raw, result in read(*inputs, **options):
        assert isinstance(result, Prepared), f"{raw.place}: {result}"
        found.append(result)
    return found


def brief(*inputs: Path | str, **options: Any) -> list[tuple[str, str | int]]:
    """Of each record the end of its place, and the article's id or, if it is refused, the error's code in brackets."""
    return [
        (raw.place.rpartition("/")[2], result.id if isinstance(result, Prepared) else f"[{result.code}]")
        for raw, result in read(*inputs, **options)
    ]
