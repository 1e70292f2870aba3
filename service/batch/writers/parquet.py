"""Parquet: one row an article with its spans inside, and beside it a flat table with one row a span."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, BinaryIO

from service.batch.kinds import kinds_of
from service.batch.writers import Rows
from service.extras import require

# A row group ends after so many articles, or so many bytes of their JSON, whichever comes first.
_GROUP_ROWS = 2000
_GROUP_BYTES = 6_000_000


def write_parquet(rows: Rows, articles: BinaryIO, spans: BinaryIO, *, keep_text: bool) -> None:
    """Write both tables.

    Parameters
    ----------
    rows : callable
        Gives all rows anew at each call: the first pass settles the columns' types, the second writes.
    articles, spans : binary file
    keep_text : bool
        Whether the rows hold the articles' ``text`` and ``title``.

    Raises
    ------
    CommandError
        If pyarrow isn't installed.
    OSError
        If a file can't be written.
    """
    parquet = require("pyarrow.parquet", "archives")
    from service.batch import arrow  # noqa: PLC0415  (imports pyarrow)

    extra, id_kind = kinds_of(map(json.loads, rows()))
    schemas = (
        arrow.article_schema(extra, id_kind=id_kind, keep_text=keep_text),
        arrow.span_schema(extra, id_kind=id_kind),
    )
    with (
        parquet.ParquetWriter(articles, schemas[0], compression="zstd") as article_table,
        parquet.ParquetWriter(spans, schemas[1], compression="zstd") as span_table,
    ):
        for group in _groups(rows()):
            article_table.write_batch(arrow.article_batch(group, extra, id_kind=id_kind, keep_text=keep_text))
            span_table.write_batch(arrow.span_batch(group, extra, id_kind=id_kind))


def _groups(rows: Iterator[bytes]) -> Iterator[list[dict[str, Any]]]:
    group: list[dict[str, Any]] = []
    size = 0
    for row in rows:
        group.append(json.loads(row))
        size += len(row)
        if len(group) >= _GROUP_ROWS or size >= _GROUP_BYTES:
            yield group
            group, size = [], 0
    if group:
        yield group
