"""What runs on the executors: Arrow batches of articles in, the same rows with our columns out.

Nothing here raises an error that holds any of an article: Spark would write it into its logs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from classifier.annotation import Annotation, Mode
from classifier.annotator import Annotator
from classifier.document import Document
from classifier.errors import InvalidInputError
from service.batch.arrow import ARTICLE_TYPES
from service.batch.rows import ARTICLE_COLUMNS, annotation_row
from service.errors import safe_traceback
from service.offsets import OffsetUnit
from service.spark.cells import Lines, Rows
from service.spark.model import ModelTicket, loaded

# Rows scored and handed back at a time: few enough to hold in memory whatever Spark's own batches are.
CHUNK = 64
ERROR_COLUMN = "error"
ERROR_TYPE = pa.struct([("reason", pa.string()), ("code", pa.string()), ("field", pa.string()), ("limit", pa.int64())])


@dataclass(frozen=True, slots=True)
class Scorer:
    """The function that Spark calls once for each partition. It is pickled, so it holds settings and no model.

    Parameters
    ----------
    passing : tuple of (str, str)
        Columns of the input that pass through, with their names in the output.
    reading : Rows or Lines
        How to find the article in a row.
    ticket : ModelTicket
    mode : {"strict", "balanced", "sensitive"}
    labels : tuple of str or None
    unit : {"codepoint", "utf16", "utf8"}
    """

    passing: tuple[tuple[str, str], ...]
    reading: Rows | Lines
    ticket: ModelTicket
    mode: Mode
    labels: tuple[str, ...] | None
    unit: OffsetUnit

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Score a partition."""
        try:
            annotator = loaded(self.ticket)
            for batch in batches:
                for start in range(0, batch.num_rows, CHUNK):
                    yield self._scored(batch.slice(start, CHUNK), annotator)
        except InvalidInputError as err:
            raise RuntimeError(err.code) from None
        except (ValueError, TypeError, LookupError, ArithmeticError, AttributeError, pa.ArrowException) as err:
            # A defect of ours. Its message might quote the article, so only its place goes on.
            raise RuntimeError(f"internal error, please report it: {safe_traceback(err)}") from None

    def _scored(self, batch: pa.RecordBatch, annotator: Annotator) -> pa.RecordBatch:
        found = self._outcomes(list(self.reading.documents(batch)), annotator)
        rows = [annotation_row(each, self.unit) if isinstance(each, Annotation) else None for each in found]
        columns = {new: batch.column(batch.schema.get_field_index(old)) for old, new in self.passing}
        for name in ARTICLE_COLUMNS:
            columns[name] = pa.array([_value(row, name) for row in rows], ARTICLE_TYPES[name])
        columns[ERROR_COLUMN] = pa.array(
            [error_row(each) if isinstance(each, InvalidInputError) else None for each in found], ERROR_TYPE
        )
        return pa.RecordBatch.from_arrays(list(columns.values()), names=list(columns))

    def _outcomes(
        self, documents: Sequence[Document | InvalidInputError], annotator: Annotator
    ) -> list[Annotation | InvalidInputError]:
        good = [document for document in documents if isinstance(document, Document)]
        try:
            found: Iterator[Annotation | InvalidInputError] = iter(
                list(annotator.annotate_many(good, mode=self.mode, labels=self.labels))
            )
        except Exception:
            # One record spoils its chunk: score the others one by one.
            found = iter([self._single(document, annotator) for document in good])
        return [next(found) if isinstance(document, Document) else document for document in documents]

    def _single(self, document: Document, annotator: Annotator) -> Annotation | InvalidInputError:
        try:
            return annotator.annotate(document.text, title=document.title, mode=self.mode, labels=self.labels)
        except InvalidInputError as err:
            return err
        except Exception as err:
            return InvalidInputError(
                f"internal error, please report it: {safe_traceback(err)}", field="text", code="internal"
            )


def error_row(err: InvalidInputError) -> dict[str, object]:
    """An error as a value of ``ERROR_TYPE``."""
    return {"reason": err.message, "code": err.code, "field": err.field, "limit": err.limit}


def _value(row: Mapping[str, Any] | None, name: str) -> Any:
    if row is None:
        return None
    # Arrow's struct has all criteria; a model without a scorecard has none.
    return row[name] or None if name == "scorecard" else row[name]
