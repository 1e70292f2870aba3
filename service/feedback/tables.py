"""The two tables, and which version of them this program writes."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Date, Float, Integer, MetaData, RowMapping, String, Table, Text

from service.feedback.judgement import Judgement

SCHEMA_VERSION = 1

metadata = MetaData()
judgements = Table(
    "overclaim_feedback",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("day", Date, nullable=False),
    Column("span_id", String(16), nullable=False),
    Column("label", String(64), nullable=False),
    Column("verdict", String(8), nullable=False),
    Column("model_version", String(64), nullable=False),
    Column("model_sha256", String(64), nullable=False),
    Column("mode", String(16), nullable=False),
    Column("score", Float(53)),
    Column("sentence", Text),
    # "end" alone is a word of SQL.
    Column("trigger_start", Integer),
    Column("trigger_end", Integer),
)
schema_versions = Table(
    "overclaim_feedback_schema", metadata, Column("version", Integer, primary_key=True, autoincrement=False)
)


def to_row(judgement: Judgement) -> dict[str, Any]:
    """Return the values of a new row."""
    return {
        "day": judgement.day,
        "span_id": judgement.span_id,
        "label": judgement.label,
        "verdict": judgement.verdict,
        "model_version": judgement.model_version,
        "model_sha256": judgement.model_sha256,
        "mode": judgement.mode,
        "score": judgement.score,
        "sentence": judgement.sentence,
        "trigger_start": judgement.start,
        "trigger_end": judgement.end,
    }


def from_row(row: RowMapping) -> Judgement:
    """Return the judgement of a stored row."""
    return Judgement(
        day=row["day"],
        span_id=row["span_id"],
        label=row["label"],
        verdict=row["verdict"],
        model_version=row["model_version"],
        model_sha256=row["model_sha256"],
        mode=row["mode"],
        score=row["score"],
        sentence=row["sentence"],
        start=row["trigger_start"],
        end=row["trigger_end"],
    )
