"""Parquet: rows in small batches, so that a file of any size fits in memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from classifier.errors import InvalidInputError
from service.batch.sources.base import RawRecord, Reading, named
from service.batch.sources.columns import no_column, unique
from service.batch.sources.streams import unreadable
from service.extras import require
from service.wire import decode_utf8

# Articles decoded at once.
BATCH = 64
BUFFER_BYTES = 1 << 16


def read_parquet(
    path: Path, name: str, reading: Reading, partitions: dict[str, object] | None = None
) -> Iterator[RawRecord]:
    """Read a file row by row.

    Parameters
    ----------
    path : Path
    name : str
        What to call it in the records' places; the row's number, from 1, is added.
    reading : Reading
    partitions : dict, optional
        Columns that only the names of its folders tell, as Spark and Hive write them: ``year=2024``.

    Yields
    ------
    RawRecord
        One for each row. If the file can't be read, or not to its end, the last one says so.

    Raises
    ------
    CommandError
        If pyarrow isn't installed.
    """
    pyarrow = require("pyarrow", "archives")
    parquet = require("pyarrow.parquet", "archives")
    row = 0
    try:
        # Not buffered ahead: else whole row groups would be held in memory.
        with parquet.ParquetFile(path, pre_buffer=False, buffer_size=BUFFER_BYTES) as file:
            names = unique([*file.schema_arrow.names, *(partitions or {})])
            if problem := no_column(reading.needed, names):
                yield reading.refused(name, "row", problem)
                return
            for batch in file.iter_batches(batch_size=BATCH, use_threads=False):
                columns = [
                    _cells(column, names[number], reading, names[number] == reading.columns.text)
                    for number, column in enumerate(batch.columns)
                ]
                columns += [[value] * batch.num_rows for value in (partitions or {}).values()]
                for cells in zip(*columns, strict=True):
                    row += 1
                    yield _record(f"{name}:{row}", names, cells, reading)
    except (OSError, pyarrow.ArrowException) as err:
        yield reading.refused(
            f"{name}:{row + 1}", "row", unreadable(err, after=f"from row {row + 1} on" if row else "")
        )


def _record(place: str, names: Sequence[str], cells: Sequence[object], reading: Reading) -> RawRecord:
    for cell in cells:
        if isinstance(cell, InvalidInputError):
            return reading.refused(place, "row", cell)
    return reading.record(place, "row", dict(zip(names, cells, strict=True)))


def _cells(column: Any, name: str, reading: Reading, is_text: bool) -> list[object]:
    """Turn a column of a batch into Python values, and each value that can't be turned into its problem."""
    compute = require("pyarrow.compute", "archives")
    types = require("pyarrow.types", "archives")
    kind = column.type
    if is_text and (types.is_string(kind) or types.is_large_string(kind) or types.is_binary(kind)):
        longest = compute.max(compute.binary_length(column)).as_py()
        if longest is not None and longest > reading.max_bytes:
            # Longer texts are never copied out of the batch.
            return [
                reading.too_long("the text", reading.max_bytes)
                if (compute.binary_length(cell).as_py() or 0) > reading.max_bytes
                else _cell(cell, name)
                for cell in column
            ]
    column = _in_microseconds(column)
    try:
        found: list[object] = column.to_pylist()
    except (ValueError, OverflowError, KeyError):
        return [_cell(cell, name) for cell in column]
    return found


def _in_microseconds(column: Any) -> Any:
    """Python's times have no nanoseconds, and a time zone that this machine doesn't know is still an instant."""
    pyarrow = require("pyarrow", "archives")
    types = require("pyarrow.types", "archives")
    kind = column.type
    if types.is_timestamp(kind):
        # Only nanoseconds are cut: coarser times might not fit into microseconds.
        unit = "us" if kind.unit == "ns" else kind.unit
        return column.cast(pyarrow.timestamp(unit, "UTC" if kind.tz else None), safe=False)
    if types.is_duration(kind) and kind.unit == "ns":
        return column.cast(pyarrow.duration("us"), safe=False)
    return column.cast(pyarrow.time64("us"), safe=False) if types.is_time64(kind) else column


def _cell(cell: Any, name: str) -> object:
    try:
        return cell.as_py()
    except UnicodeDecodeError:
        try:
            decode_utf8(cell.as_buffer().to_pybytes(), named(name))
        except (InvalidInputError, AttributeError) as err:
            if isinstance(err, InvalidInputError):
                return err
    except (ValueError, OverflowError, KeyError):
        pass
    return InvalidInputError(f"{named(name)} holds a value that can't be read", field=named(name), code="unreadable")
