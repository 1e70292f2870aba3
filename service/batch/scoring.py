"""From records as they were read to lines of the journal: what a worker does."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from classifier.annotation import Annotation, Mode
from classifier.annotator import Annotator
from classifier.errors import InvalidInputError
from service.batch.drafts import as_in_file
from service.batch.journal import entry_line
from service.batch.rows import output_row, plain
from service.batch.sources import ColumnMap, Prepared, RawRecord, known_id, prepare
from service.offsets import OffsetUnit

# Records handed to a worker at once: enough to profit from batches, few enough to hold in memory. Pages are large
# before their main text is taken out.
CHUNK_RECORDS = 32
CHUNK_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Recipe:
    """How records become rows; ``labels`` None means all, ``model`` None the shipped one, ``max_bytes`` is of UTF-8."""

    mode: Mode = "balanced"
    labels: tuple[str, ...] | None = None
    offset_unit: OffsetUnit = "codepoint"
    columns: ColumnMap = field(default_factory=ColumnMap)
    keep_text: bool = False
    max_bytes: int = 1_000_000
    model: Path | None = None


@dataclass(frozen=True, slots=True)
class Scored:
    """Lines of the journal for a chunk of records, and how many of them are rows and errors."""

    lines: bytes
    rows: int
    errors: int


def chunked(records: Iterable[RawRecord]) -> Iterator[list[RawRecord]]:
    """Cut records into chunks for workers. How they are cut changes no row."""
    chunk: list[RawRecord] = []
    size = 0
    for record in records:
        chunk.append(record)
        size += _size(record)
        if len(chunk) >= CHUNK_RECORDS or size >= CHUNK_BYTES:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


class Scorer:
    """Scores chunks of records with one loaded model."""

    def __init__(self, annotator: Annotator, recipe: Recipe) -> None:
        self._annotator = annotator
        self._recipe = recipe

    def score(self, chunk: Sequence[RawRecord]) -> Scored:
        """Score records; one that can't be scored becomes an error, and the others are scored all the same."""
        prepared = [self._prepare(raw) for raw in chunk]
        found = iter(self._annotate([item for item in prepared if isinstance(item, Prepared)]))
        lines: list[bytes] = []
        rows = 0
        for raw, item in zip(chunk, prepared, strict=True):
            annotation = next(found) if isinstance(item, Prepared) else item
            if isinstance(item, Prepared) and isinstance(annotation, Annotation):
                lines.append(self._row(raw, item, annotation))
                rows += 1
            elif isinstance(annotation, Exception):
                lines.append(self._error(raw, annotation, item.id if isinstance(item, Prepared) else None))
        return Scored(b"".join(lines), rows, len(lines) - rows)

    def _prepare(self, raw: RawRecord) -> Prepared | Exception:
        try:
            return prepare(raw, self._recipe.columns, self._recipe.max_bytes)
        except MemoryError:
            raise
        except Exception as err:
            return err

    def _annotate(self, articles: Sequence[Prepared]) -> Sequence[Annotation | Exception]:
        recipe = self._recipe
        documents = [article.document for article in articles]
        try:
            found = self._annotator.annotate_many(documents, mode=recipe.mode, labels=recipe.labels)
            return [_placed(article, annotation) for article, annotation in zip(articles, found, strict=True)]
        except MemoryError:
            raise
        except Exception:
            # One record spoils its chunk: find out which, and score the others.
            return [self._annotate_one(article) for article in articles]

    def _annotate_one(self, article: Prepared) -> Annotation | Exception:
        document, recipe = article.document, self._recipe
        try:
            annotation = self._annotator.annotate(
                document.text, title=document.title, mode=recipe.mode, labels=recipe.labels
            )
            return _placed(article, annotation)
        except MemoryError:
            raise
        except Exception as err:
            return err

    def _row(self, raw: RawRecord, article: Prepared, annotation: Annotation) -> bytes:
        row = output_row(article, annotation, self._recipe.offset_unit, keep_text=self._recipe.keep_text)
        return entry_line(raw.number, fingerprint(raw), "row", row)

    def _error(self, raw: RawRecord, err: Exception, known: str | int | None) -> bytes:
        if known is None:
            known = known_id(raw, self._recipe.columns)
        return entry_line(raw.number, fingerprint(raw), "error", _told(raw, known, err))


def _placed(article: Prepared, annotation: Annotation) -> Annotation:
    return annotation if article.draft is None else as_in_file(annotation, article.draft)


def _told(raw: RawRecord, known: str | int | None, err: Exception) -> dict[str, Any]:
    if not isinstance(err, InvalidInputError):
        from service.errors import safe_traceback  # noqa: PLC0415  (it brings the web framework)

        # A defect of ours, or of a parser. Its message might quote the article, so only its place is told.
        err = InvalidInputError(
            f"internal error, please report it: {safe_traceback(err)}", field="text", code="internal"
        )
    return {
        "number": raw.number,
        "place": plain(raw.place),
        "id": plain(known),
        "reason": plain(err.message),
        "code": err.code,
        "field": plain(err.field),
        "limit": err.limit,
    }


def _size(record: RawRecord) -> int:
    if isinstance(record.payload, bytes):
        return len(record.payload)
    return sum(len(value) for value in record.payload.values() if isinstance(value, str))


def fingerprint(raw: RawRecord) -> str:
    """What tells a resumed run that it meets the same record again: its content, place and what is given."""
    given = json.dumps(raw.given, default=repr)
    return hashlib.sha256(f"{raw.digest()}\0{raw.place!a}\0{given}".encode()).hexdigest()[:16]
