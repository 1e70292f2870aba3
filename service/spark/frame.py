"""``annotate_frame``: a Spark DataFrame of articles becomes one of their annotations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from classifier.annotation import check_mode
from classifier.errors import InvalidInputError
from classifier.labels import select
from service.batch.rows import passing_name
from service.batch.sources import ColumnMap
from service.batch.sources.base import named
from service.batch.sources.columns import MISSING_COLUMN, listed
from service.extras import require
from service.offsets import check_unit

if TYPE_CHECKING:
    from pyspark.sql import DataFrame
    from pyspark.sql.types import StructType

    from service.spark.cells import Lines, Rows
    from service.spark.worker import Scorer

MAX_BYTES = 1_000_000


def annotate_frame(
    frame: DataFrame,
    *,
    columns: ColumnMap | None = None,
    mode: str = "balanced",
    labels: Iterable[str] | None = None,
    offset_unit: str = "codepoint",
    model: Path | None = None,
    keep_text: bool = False,
    max_bytes: int = MAX_BYTES,
) -> DataFrame:
    """Annotate the articles of a DataFrame, one a row.

    Nothing is computed before the answer is used, as always in Spark, and it is computed anew each time: write or
    persist it if you need it twice.

    Parameters
    ----------
    frame : DataFrame
        Rows, order and partitions stay as they are.
    columns : ColumnMap, optional
        Which columns hold id, text and title; ``id``, ``text`` and ``title`` by default. Only that of the text must
        be there.
    mode : {"strict", "balanced", "sensitive"}
        How sure a span must be.
    labels : iterable of str, optional
        Only these labels; all by default.
    offset_unit : {"codepoint", "utf16", "utf8"}
        Unit of every ``start`` and ``end``; ``utf16`` if Java or Scala reads them.
    model : Path, optional
        A model's folder on the driver, which is shipped to the executors; by default they use the one of the package
        that they have installed.
    keep_text : bool
        Leave the columns of text and title in the answer.
    max_bytes : int
        Size limit of one article, at least 1, in bytes of UTF-8 with its title.

    Returns
    -------
    DataFrame
        The columns of ``frame``, with their types, but for text and title; then ``model``, ``offset_unit``, ``mode``,
        ``sentences``, ``spans``, ``context``, ``scorecard`` and ``warnings``; then ``error``, a struct of ``reason``,
        ``code``, ``field`` and ``limit``, which is null for an article that was scored. For one that couldn't be,
        all others of ours are null. A column of ``frame`` that has the name of one of ours, or of the flat table of
        spans, becomes ``input_`` and its name.

    Raises
    ------
    InvalidInputError
        If an argument can't be used, or there is no column of strings for the text.
    ArtifactError
        If the model can't be used.
    CommandError
        If pyspark, pyarrow or pandas isn't installed.
    """
    # Spark's own function asks for pandas, though nothing here uses it.
    for module in ("pyspark.sql", "pyarrow", "pandas"):
        require(module, "spark")
    from service.spark.cells import Rows  # noqa: PLC0415  (it needs pyarrow)

    columns = columns or ColumnMap()
    if max_bytes < 1:
        raise InvalidInputError("max_bytes must be at least 1", field="max_bytes", code="too_small", limit=1)
    passing = passing_columns(frame, columns, keep_text)
    present = tuple(name for name in (columns.id or "id", columns.text, columns.title) if name in frame.columns)
    return score(
        frame,
        passing,
        Rows(columns, present, max_bytes),
        mode=mode,
        labels=labels,
        offset_unit=offset_unit,
        model=model,
    )


def score(
    frame: DataFrame,
    passing: Sequence[tuple[str, str]],
    reading: Rows | Lines,
    *,
    mode: str,
    labels: Iterable[str] | None,
    offset_unit: str,
    model: Path | None,
) -> DataFrame:
    """``annotate_frame`` with what it found out about the columns: which pass through, and how an article is read."""
    from service.spark.model import ship  # noqa: PLC0415  (these need what may not be installed)
    from service.spark.worker import Scorer  # noqa: PLC0415

    chosen = None if labels is None else tuple(labels)
    select(chosen)
    scorer = Scorer(
        passing=tuple(passing),
        reading=reading,
        mode=check_mode(mode),
        labels=chosen,
        unit=check_unit(offset_unit),
        ticket=ship(frame.sparkSession, model),
    )
    return frame.mapInArrow(scorer, _schema(frame, scorer))


def passing_columns(
    frame: DataFrame, columns: ColumnMap, keep_text: bool, *, text_needed: bool = True
) -> tuple[tuple[str, str], ...]:
    """Columns that pass through, with their new names.

    Raises
    ------
    InvalidInputError
        If a column is missing, there twice, or of a type that no text has.
    """
    types = dict(frame.dtypes)
    if len(types) < len(frame.columns):
        twice = next(name for name in frame.columns if frame.columns.count(name) > 1)
        raise InvalidInputError(f"there are two columns {named(twice)}", field=named(twice), code="two_columns")
    if text_needed and columns.text not in types:
        raise no_column(columns.text, frame.columns)
    if columns.id is not None and columns.id not in types:
        raise no_column(columns.id, frame.columns)
    # A title of another type is a matter of each row: a column of nothing but null may have any.
    if types.get(columns.text, "string") not in ("string", "binary", "void"):
        raise InvalidInputError(
            f"the column {named(columns.text)} must hold strings, not {types[columns.text][:40]}",
            field=named(columns.text),
            code="not_a_string",
        )
    kept = {columns.id or "id": "id"} | ({columns.text: "text", columns.title: "title"} if keep_text else {})
    return tuple(
        (name, kept[name] if name in kept else passing_name(name))
        for name in frame.columns
        if name in kept or name not in (columns.text, columns.title)
    )


def no_column(name: str, names: Sequence[str]) -> InvalidInputError:
    """Say that a column isn't there, and which are."""
    return InvalidInputError(
        f"there is no column {named(name)}; there are {listed(names)}", field=named(name), code=MISSING_COLUMN
    )


def _schema(frame: DataFrame, scorer: Scorer) -> StructType:
    import pyarrow as pa  # noqa: PLC0415
    from pyspark.sql.pandas.types import from_arrow_schema  # noqa: PLC0415
    from pyspark.sql.types import StructField, StructType  # noqa: PLC0415

    from service.batch.arrow import ARTICLE_TYPES  # noqa: PLC0415
    from service.spark.worker import ERROR_COLUMN, ERROR_TYPE  # noqa: PLC0415

    ours = from_arrow_schema(pa.schema([*ARTICLE_TYPES.items(), (ERROR_COLUMN, ERROR_TYPE)]))
    passed = [StructField(new, frame.schema[old].dataType, frame.schema[old].nullable) for old, new in scorer.passing]
    return StructType([*passed, *ours.fields])
