"""Small outputs of `overclaim batch`, made by the fake annotator and the batch's own writers."""

from __future__ import annotations

import gzip
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import zstandard
from fake_annotator import FakeAnnotator

from classifier.document import Document
from service.batch.rows import output_row
from service.batch.writers.parquet import write_parquet
from service.offsets import OffsetUnit
from service.wire import json_line


class Record(NamedTuple):
    """What the batch has prepared; as ``service.batch.sources.Prepared``."""

    id: str | int
    document: Document
    extra: Mapping[str, object]


def row(
    name: str | int, text: str, unit: OffsetUnit = "codepoint", *, title: str | None = None, **extra: object
) -> dict[str, Any]:
    """The output's row of one article, marked in the mode ``sensitive``."""
    document = Document(text, title)
    annotation = FakeAnnotator().annotate(text, title=title, mode="sensitive")
    return output_row(Record(name, document, extra), annotation, unit)


def write(path: Path, rows: Sequence[Mapping[str, Any]]) -> Path:
    """Write rows in the form that the name tells."""
    lines = [json_line(one).encode() for one in rows]
    whole = b"".join(line + b"\n" for line in lines)
    if path.suffix == ".gz":
        whole = gzip.compress(whole)
    elif path.suffix == ".zst":
        whole = zstandard.ZstdCompressor().compress(whole)
    elif path.suffix == ".parquet":
        articles, spans = io.BytesIO(), io.BytesIO()
        write_parquet(lambda: iter(lines), articles, spans, keep_text=False)
        path.with_suffix(".spans.parquet").write_bytes(spans.getvalue())
        whole = articles.getvalue()
    path.write_bytes(whole)
    return path


PLAIN = "They met. " * 12
ROWS = (
    row("a", f"A miracle cure. It is safe. It is a Breakthrough for mice. {PLAIN}", outlet="Post", date="2024-01-05"),
    row("b", f"A wunder 😀 pill and a breakthrough. {PLAIN}", outlet="Post", date="2024-01-31T23:30:00-05:00"),
    row("c", PLAIN, outlet="Clarion", date="2024-03-01"),
    row("d", f"{PLAIN} Übelkeit.", outlet="Clarion", date="one day"),
    row(5, "Safe.", outlet=None, date=None),
)
