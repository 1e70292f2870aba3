"""Inputs as Spark reads them: every record with its number and place, each file a part of its own, in order."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import unquote

from service.batch.sources import ColumnMap
from service.batch.sources.base import Reading, shown
from service.batch.sources.detect import Form, check_form, form_of_input, form_of_name
from service.batch.sources.folder import walk
from service.console import CommandError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

# Columns that are ours on the way only.
NUMBER = "overclaim number"
PLACE = "overclaim place"
LINE = "overclaim line"
BROKEN = "overclaim broken"
_ROW, _PATH, _START, _PART = ("overclaim row", "overclaim path", "overclaim start", "overclaim part")
# Of the table that tells each piece of a file how to count; no input has columns of these names, either.
_OF_PATH, _OF_START, _SHIFT, _SHIFT_IN_FILE, _NAME = (
    f"overclaim {name}" for name in ("of path", "of start", "shift", "shift in file", "name")
)
_FORMS: tuple[Form, ...] = ("parquet", "jsonl", "csv", "tsv")
# Fewer articles than this aren't worth a part of their own.
_FEWEST = 16


@dataclass(frozen=True, slots=True)
class Archive:
    """What was read.

    Parameters
    ----------
    frame : DataFrame
        The input's columns and ``NUMBER`` and ``PLACE``; of JSON Lines ``LINE``, too, of CSV ``BROKEN``.
    form : str
    partitioned_by : tuple of str
        Columns that the names of folders tell.
    """

    frame: DataFrame
    form: Form
    partitioned_by: tuple[str, ...]


def is_remote(path: str) -> bool:
    """Whether a path is in a file system that only Spark reads, such as ``hdfs://…`` or ``s3a://…``."""
    return "://" in path and not path.startswith("file://")


def read(session: SparkSession, inputs: Sequence[str], form: str | None, columns: ColumnMap) -> Archive:
    """Read all inputs; they must be of one format.

    Raises
    ------
    CommandError
        If one doesn't exist or is of a format that Spark doesn't read.
    """
    found = _one_form(inputs, check_form(form))
    paths = [path if "://" in path else os.path.abspath(path) for path in inputs]  # noqa: PTH100  (leaves `..` links be)
    if found == "jsonl":
        frame = _lines(session, paths)
    elif found == "parquet":
        frame = session.read.option("mergeSchema", "true").parquet(*paths)
    else:
        frame = _table(session, paths, "\t" if found == "tsv" else ",")
    files = [unquote(file) for file in frame.inputFiles()]
    return Archive(_numbered(session, frame, inputs), found, _partitioned_by(frame.columns, files))


def _one_form(inputs: Sequence[str], wanted: Form | None) -> Form:
    forms = {source: _form(source, wanted) for source in inputs}
    for source, form in forms.items():
        if form not in _FORMS:
            raise CommandError(
                f"{shown(source)}: Spark reads Parquet, JSON Lines and CSV; use the local engine for {form}"
            )
    told = sorted(set(forms.values()))
    if len(told) > 1:
        raise CommandError(f"Spark reads inputs of one format at a time, not {' and '.join(told)}")
    return next(form for form in _FORMS if form == told[0])


def _form(source: str, wanted: Form | None) -> str:
    if source == "-":
        return "standard input"
    if is_remote(source):
        # A folder of Parquet is what other Spark jobs leave.
        return wanted or form_of_name(PurePosixPath(source).name) or "parquet"
    path = source.removeprefix("file://")
    form = form_of_input(path, wanted)
    if form != "folder":
        return form
    held = {file.form for file in walk(Path(path), Reading(ColumnMap(), 1, count(1), lambda _: None), wanted)}
    if wanted is not None and wanted != "folder" and held:
        return wanted
    if len(held) != 1:
        reason = "holds files of several formats: say --from" if held else "holds no files of a known format"
        raise CommandError(f"{shown(path)}: {reason}")
    return held.pop()


def _lines(session: SparkSession, paths: Sequence[str]) -> DataFrame:
    """Lines as bytes, which our own reader parses, and beside them what Spark makes of their other columns."""
    from pyspark.sql import functions as f  # noqa: PLC0415
    from pyspark.sql.types import StructType  # noqa: PLC0415

    told = session.read.option("lineSep", "\n").json(list(paths)).schema
    kept = StructType([field for field in told.fields if field.name != "_corrupt_record"])
    lines = session.read.option("lineSep", "\n").text(list(paths))
    parsed = f.from_json(f.col("value"), kept) if kept.fields else f.lit(None)
    return lines.select(
        f.col("value").cast("binary").alias(LINE),
        *(parsed.getField(name).alias(name) for name in kept.names),
        f.col("_metadata"),
    )


def _table(session: SparkSession, paths: Sequence[str], separator: str) -> DataFrame:
    from pyspark.sql import functions as f  # noqa: PLC0415
    from pyspark.sql.types import StringType, StructField, StructType  # noqa: PLC0415

    # Quotation marks are doubled; files whose columns stand in another order are refused rather than mixed up.
    reader = session.read.options(
        header=True, multiLine=True, sep=separator, quote='"', escape='"', enforceSchema=False
    )
    names = reader.csv(list(paths)).columns
    schema = StructType([StructField(name, StringType()) for name in (*names, BROKEN)])
    frame = reader.option("columnNameOfCorruptRecord", BROKEN).schema(schema).csv(list(paths))
    # Spark takes an empty field for null; in CSV it is an empty string.
    cells = [f.coalesce(f.col(_quoted(name)), f.lit("")).alias(name) for name in names]
    return frame.select(*cells, f.col(_quoted(BROKEN)).isNotNull().alias(BROKEN), f.col("_metadata"))


def _numbered(session: SparkSession, frame: DataFrame, inputs: Sequence[str]) -> DataFrame:
    """Add number and place, and make each file a part.

    Spark reads large files first. So rows are counted first, file by file, and then each is told its number and sent
    to its file's part.
    """
    from pyspark.sql import functions as f  # noqa: PLC0415

    names = [name for name in frame.columns if name != "_metadata"]
    rows = frame.select(
        *(f.col(_quoted(name)) for name in names),
        f.col("_metadata.file_path").alias(_PATH),
        f.col("_metadata.file_block_start").alias(_START),
        f.monotonically_increasing_id().alias(_ROW),
    )
    blocks = rows.groupBy(_quoted(_PATH), _quoted(_START)).agg(f.min(_quoted(_ROW)), f.count(f.lit(1))).collect()
    known = sorted((tuple(block) for block in blocks), key=lambda block: block[:2])
    table: list[tuple[str, int, int, int, str, int]] = []
    total = 0
    in_file: dict[str, int] = {}
    for part, (path, start, first, size) in enumerate(known):
        table.append((path, start, total + 1 - first, in_file.get(path, 0) + 1 - first, _shown(path, inputs), part))
        total += size
        in_file[path] = in_file.get(path, 0) + size
    shifts = session.createDataFrame(
        table,
        f"`{_OF_PATH}` string, `{_OF_START}` bigint, `{_SHIFT}` bigint, `{_SHIFT_IN_FILE}` bigint, "
        f"`{_NAME}` string, `{_PART}` int",
    )
    numbered = rows.join(
        f.broadcast(shifts),
        (f.col(_quoted(_PATH)) == f.col(_quoted(_OF_PATH))) & (f.col(_quoted(_START)) == f.col(_quoted(_OF_START))),
    ).select(
        *(f.col(_quoted(name)) for name in names),
        (f.col(_quoted(_ROW)) + f.col(_quoted(_SHIFT))).alias(NUMBER),
        f.concat(f.col(_quoted(_NAME)), f.lit(":"), f.col(_quoted(_ROW)) + f.col(_quoted(_SHIFT_IN_FILE))).alias(PLACE),
        f.col(_quoted(_PART)),
    )
    parts = len(known)
    if parts <= 1:
        # One file has no parts to keep, and would keep one processor busy: its articles are dealt out in order.
        parts = max(1, min(session.sparkContext.defaultParallelism, total // _FEWEST))
        spread = f.floor((f.col(_quoted(NUMBER)) - 1) * parts / max(1, total)).cast("int")
        numbered = numbered.withColumn(_PART, spread)
    return (
        numbered.repartitionById(parts, f.col(_quoted(_PART))).sortWithinPartitions(f.col(_quoted(NUMBER))).drop(_PART)
    )


def _shown(path: str, inputs: Sequence[str]) -> str:
    """A file's path as the user began to write it."""
    plain = unquote(path)
    local = "/" + plain.removeprefix("file:").lstrip("/") if plain.startswith("file:") else plain
    for source in inputs:
        begin = source if "://" in source else os.path.abspath(source)  # noqa: PTH100
        if local == begin or local.startswith(f"{begin}/"):
            return shown(source.rstrip("/") + local[len(begin) :])
    return shown(local)


def _partitioned_by(columns: Sequence[str], files: Sequence[str]) -> tuple[str, ...]:
    """Columns that all files' folders tell, outermost first, as in ``year=2024/month=5``."""
    told = [
        [folder.partition("=")[0] for folder in PurePosixPath(file).parent.parts if "=" in folder] for file in files
    ]
    return tuple(name for name in told[0] if name in columns) if told else ()


def _quoted(name: str) -> str:
    escaped = name.replace("`", "``")
    return f"`{escaped}`"
