"""From the rows of an Arrow batch to documents: read as the local engine reads them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa

from classifier.document import Document
from classifier.errors import InvalidInputError
from service.batch.sources import ColumnMap
from service.batch.sources.columns import from_json, from_row
from service.settings import JSON_ENVELOPE_BYTES, JSON_ESCAPE_FACTOR
from service.wire import parse_object


@dataclass(frozen=True, slots=True)
class Rows:
    """Reads columns of a table.

    Parameters
    ----------
    columns : ColumnMap
    present : tuple of str
        Those of its columns that the table has.
    max_bytes : int
        Most bytes of UTF-8 of an article with its title.
    broken : str, optional
        A column of truth values: whether Spark couldn't read the row as CSV.
    """

    columns: ColumnMap
    present: tuple[str, ...]
    max_bytes: int
    broken: str | None = None

    def documents(self, batch: pa.RecordBatch) -> Iterator[Document | InvalidInputError]:
        """What each row holds, or why it can't be scored."""
        held = [(name, batch.column(batch.schema.get_field_index(name))) for name in self.present]
        broken = None if self.broken is None else batch.column(batch.schema.get_field_index(self.broken))
        for index in range(batch.num_rows):
            try:
                if broken is not None and broken[index].as_py():
                    raise InvalidInputError(
                        "the row is not valid CSV: too few or too many fields, or quotation marks that don't pair",
                        field="row",
                        code="malformed_csv",
                    )
                values = {name: _value(column[index]) for name, column in held}
                # The number stands in for an id, which is looked at here and no more.
                yield from_row(values, self.columns, self.max_bytes, number=index + 1).document
            except InvalidInputError as err:
                yield err


@dataclass(frozen=True, slots=True)
class Lines:
    """Reads a column of lines of JSON, as bytes."""

    columns: ColumnMap
    line: str
    max_bytes: int

    def documents(self, batch: pa.RecordBatch) -> Iterator[Document | InvalidInputError]:
        """What each line holds, or why it can't be scored."""
        cap = JSON_ESCAPE_FACTOR * self.max_bytes + JSON_ENVELOPE_BYTES
        for raw in batch.column(batch.schema.get_field_index(self.line)):
            try:
                content = raw.as_py()
                if len(content) > cap:
                    raise InvalidInputError(
                        f"the line is too long: over the limit of {cap} bytes", field="text", code="too_long", limit=cap
                    )
                yield from_json(parse_object(content, "line"), self.columns, self.max_bytes).document
            except InvalidInputError as err:
                yield err


def _value(cell: pa.Scalar) -> object:
    try:
        return cell.as_py()
    except UnicodeDecodeError:
        # Spark lets strings through that aren't UTF-8. As bytes they are refused with a word about where.
        return cell.as_buffer().to_pybytes()
