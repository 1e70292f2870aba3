"""The tables' schemas in Arrow, and rows as Arrow wants them.

Import this module only after ``service.extras.require("pyarrow", "archives")``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from classifier.labels import CRITERION_IDS
from service.batch.kinds import Kind, fitted, fitted_id
from service.batch.rows import ARTICLE_COLUMNS, SPAN_COLUMNS, TEXT_COLUMNS, span_rows

_TYPES: dict[Kind, pa.DataType] = {
    "string": pa.string(),
    "int": pa.int64(),
    "float": pa.float64(),
    "bool": pa.bool_(),
    "json": pa.string(),
}
RANGE = pa.struct([("start", pa.int64()), ("end", pa.int64())])
REASON = pa.struct([("field", pa.string()), ("start", pa.int64()), ("end", pa.int64()), ("text", pa.string())])
CRITERION = pa.struct([("score", pa.float64()), ("verdict", pa.string()), ("because", pa.list_(REASON))])
SPAN = pa.struct(
    [
        ("id", pa.string()),
        ("field", pa.string()),
        ("label", pa.string()),
        ("start", pa.int64()),
        ("end", pa.int64()),
        ("text", pa.string()),
        ("score", pa.float64()),
        ("sentence", RANGE),
        ("sentence_text", pa.string()),
        ("title", pa.string()),
        ("message", pa.string()),
        ("note", pa.string()),
        ("suggestion", pa.string()),
    ]
)
TELLING = pa.struct(
    [
        ("kind", pa.string()),
        ("value", pa.string()),
        ("field", pa.string()),
        ("start", pa.int64()),
        ("end", pa.int64()),
        ("text", pa.string()),
        ("paragraph", pa.int64()),
        ("background", pa.bool_()),
    ]
)
WARNING = pa.struct([("code", pa.string()), ("message", pa.string())])
# The types of ARTICLE_COLUMNS and of SPAN_COLUMNS.
ARTICLE_TYPES: dict[str, pa.DataType] = {
    "model": pa.struct([("version", pa.string()), ("sha256", pa.string())]),
    "offset_unit": pa.string(),
    "mode": pa.string(),
    "sentences": pa.int64(),
    "spans": pa.list_(SPAN),
    "context": pa.list_(TELLING),
    "scorecard": pa.struct([(name, CRITERION) for name in CRITERION_IDS]),
    "warnings": pa.list_(WARNING),
}
SPAN_TYPES: dict[str, pa.DataType] = {
    "start": pa.int64(),
    "end": pa.int64(),
    "score": pa.float64(),
    "sentence_start": pa.int64(),
    "sentence_end": pa.int64(),
}


def article_schema(extra: Mapping[str, Kind], *, id_kind: Kind = "string", keep_text: bool = False) -> pa.Schema:
    """One row an article: ``id``, the columns that pass through, perhaps ``text`` and ``title``, ``ARTICLE_COLUMNS``.

    Parameters
    ----------
    extra : mapping of str to Kind
        The columns that pass through, named as ``service.batch.rows.passing_name`` does.
    id_kind : {"string", "int"}
    keep_text : bool
    """
    return pa.schema(
        [
            ("id", _TYPES[id_kind]),
            *((name, _TYPES[kind]) for name, kind in extra.items()),
            *((name, pa.string()) for name in (TEXT_COLUMNS if keep_text else ())),
            *((name, ARTICLE_TYPES[name]) for name in ARTICLE_COLUMNS),
        ]
    )


def span_schema(extra: Mapping[str, Kind], *, id_kind: Kind = "string") -> pa.Schema:
    """One row a span: ``article_id``, the columns that pass through, ``SPAN_COLUMNS``."""
    return pa.schema(
        [
            ("article_id", _TYPES[id_kind]),
            *((name, _TYPES[kind]) for name, kind in extra.items()),
            *((name, SPAN_TYPES.get(name, pa.string())) for name in SPAN_COLUMNS),
        ]
    )


def article_batch(
    rows: Sequence[Mapping[str, Any]], extra: Mapping[str, Kind], *, id_kind: Kind = "string", keep_text: bool = False
) -> pa.RecordBatch:
    """Rows of ``service.batch.rows.output_row`` as a batch of ``article_schema``.

    Columns that a row lacks are null there. A row's ``scorecard`` without criteria is null.
    """
    schema = article_schema(extra, id_kind=id_kind, keep_text=keep_text)
    values = [
        {
            **row,
            **_fitted(row, extra),
            "id": fitted_id(row["id"], id_kind),
            "scorecard": row["scorecard"] or None,
        }
        for row in rows
    ]
    return pa.RecordBatch.from_pylist(values, schema=schema)


def span_batch(
    rows: Sequence[Mapping[str, Any]], extra: Mapping[str, Kind], *, id_kind: Kind = "string"
) -> pa.RecordBatch:
    """The flat rows of the same rows as a batch of ``span_schema``."""
    values = [
        {**flat, **_fitted(flat, extra), "article_id": fitted_id(flat["article_id"], id_kind)}
        for row in rows
        for flat in span_rows(row)
    ]
    return pa.RecordBatch.from_pylist(values, schema=span_schema(extra, id_kind=id_kind))


def _fitted(values: Mapping[str, Any], extra: Mapping[str, Kind]) -> dict[str, Any]:
    return {name: fitted(values.get(name), kind) for name, kind in extra.items()}
