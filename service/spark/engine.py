"""What ``overclaim batch --engine spark`` runs: archives in, Parquet out, with Spark in between."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from service.batch.repeats import Repeats
from service.batch.rows import OWN_NAMES, SPAN_COLUMNS, passing_name
from service.batch.run import Counts
from service.batch.scoring import Recipe
from service.batch.sources import ColumnMap
from service.console import CommandError
from service.spark.reading import BROKEN, LINE, NUMBER, PLACE, Archive, is_remote, read
from service.spark.session import plain_reason, spark_session

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame, SparkSession

ERROR = "error"
_ERROR_FIELDS = ("reason", "code", "field", "limit")


def run_spark(
    inputs: Sequence[str],
    out: str,
    recipe: Recipe,
    *,
    master: str | None = None,
    form: str | None = None,
    verbose: bool = False,
    session: SparkSession | None = None,
) -> Counts:
    """Score archives with Spark.

    Parameters
    ----------
    inputs : sequence of str
        Files or folders of Parquet, JSON Lines or CSV, of one format; also addresses that Spark knows, ``hdfs://…``.
    out : str
        Folder of Parquet to write. Beside it come the folder of spans and, if any record couldn't be scored, the list
        of errors: see ``beside``.
    recipe : Recipe
    master : str, optional
        As Spark has it; what spark-submit was told by default, else ``local[*]``.
    form : str, optional
        Of the inputs, if their names don't tell it.
    verbose : bool
        Let Spark's own messages through.
    session : SparkSession, optional
        One that runs already, and goes on running. ``master`` isn't looked at then.

    Returns
    -------
    Counts

    Raises
    ------
    CommandError
        If an input can't be read, an output exists already, or Spark fails. The message holds nothing of an article.
    ArtifactError
        If the model can't be used.
    """
    _check_out(out)
    if session is not None:
        return _guarded(lambda: _run(session, inputs, out, recipe, form))
    with spark_session(master, verbose=verbose) as started:
        return _guarded(lambda: _run(started, inputs, out, recipe, form))


def beside(out: str) -> tuple[str, str]:
    """Paths of the spans and of the errors that belong to an output."""
    bare = out.rstrip("/")
    return f"{bare.removesuffix('.parquet')}.spans.parquet", f"{bare}.errors.jsonl"


def _guarded(work: Callable[[], Counts]) -> Counts:
    from py4j.protocol import Py4JError  # noqa: PLC0415  (an optional dependency)
    from pyspark.errors import PySparkException  # noqa: PLC0415

    try:
        return work()
    except (PySparkException, Py4JError) as err:
        raise CommandError(f"Spark failed: {plain_reason(err)}") from None


def _run(session: SparkSession, inputs: Sequence[str], out: str, recipe: Recipe, form: str | None) -> Counts:
    from pyspark import StorageLevel  # noqa: PLC0415
    from pyspark.sql import functions as f  # noqa: PLC0415

    _check_remote_out(session, out)
    archive = read(session, inputs, form, recipe.columns)
    _check_columns(archive, recipe.columns)
    # Scored once, for three outputs; on the disk, as an archive may be larger than memory.
    scored = _scored(archive, recipe).persist(StorageLevel.DISK_ONLY)
    try:
        failed = f.col(ERROR).isNotNull()
        counted = {bool(bad): number for bad, number in scored.groupBy(failed).count().collect()}
        counts = Counts(written=counted.get(False, 0), bad=counted.get(True, 0))
        good = scored.where(~failed).drop(ERROR, NUMBER, PLACE)
        counts.repeats = _repeats(good)
        spans, errors = beside(out)
        if counts.bad:
            _write_errors(scored.where(failed), errors)
        _flat(good).write.mode("overwrite").option("compression", "zstd").parquet(spans)
        # Last, so that an output that is there is whole, and has all that belongs to it.
        good.write.partitionBy(*_written(archive)).option("compression", "zstd").parquet(out)
    finally:
        scored.unpersist()
    return counts


def _check_columns(archive: Archive, columns: ColumnMap) -> None:
    """Refuse inputs of which none has a column that is needed; lines that are all no JSON are bad one by one."""
    from service.spark.frame import no_column  # noqa: PLC0415  (it needs pyarrow)

    names = [name for name in archive.frame.columns if name not in (LINE, BROKEN, NUMBER, PLACE)]
    for needed in columns.needed(title=False):
        if names and needed not in names:
            raise no_column(needed, names)


def _written(archive: Archive) -> list[str]:
    return [passing_name(name) for name in archive.partitioned_by]


def _scored(archive: Archive, recipe: Recipe) -> DataFrame:
    from service.spark.cells import Lines, Rows  # noqa: PLC0415  (they need pyarrow)
    from service.spark.frame import passing_columns, score  # noqa: PLC0415

    columns, frame = recipe.columns, archive.frame
    if archive.form == "jsonl":
        # JSON Lines need not tell every column, not even in one line.
        for name in (columns.id or "id", *((columns.text, columns.title) if recipe.keep_text else ())):
            frame = _with_column(frame, name)
        reading: Lines | Rows = Lines(columns, LINE, recipe.max_bytes)
    else:
        if recipe.keep_text:
            frame = _with_column(frame, columns.title)
        frame = _with_id(frame, columns)
        present = tuple(name for name in (columns.id or "id", columns.text, columns.title) if name in frame.columns)
        reading = Rows(columns, present, recipe.max_bytes, BROKEN if BROKEN in frame.columns else None)
    key = columns.id or "id"
    told = passing_columns(
        frame.drop(LINE, BROKEN, NUMBER, PLACE), columns, recipe.keep_text, text_needed=archive.form != "jsonl"
    )
    texts = [pair for name in ("text", "title") for pair in told if recipe.keep_text and pair[1] == name]
    others = [pair for pair in told if pair[0] != key and pair not in texts]
    return score(
        frame,
        [(key, "id"), *others, *texts, (NUMBER, NUMBER), (PLACE, PLACE)],
        reading,
        mode=recipe.mode,
        labels=recipe.labels,
        offset_unit=recipe.offset_unit,
        model=recipe.model,
    )


def _with_column(frame: DataFrame, name: str) -> DataFrame:
    from pyspark.sql import functions as f  # noqa: PLC0415

    return frame if name in frame.columns else frame.withColumn(name, f.lit(None).cast("string"))


def _with_id(frame: DataFrame, columns: ColumnMap) -> DataFrame:
    """The record's number stands in for an id that is missing, as in the local engine."""
    from pyspark.sql import functions as f  # noqa: PLC0415

    if columns.id is not None:
        return frame
    kind = dict(frame.dtypes).get("id")
    number = f.col(f"`{NUMBER}`")
    if kind is None:
        return frame.withColumn("id", number)
    if kind == "string":
        return frame.withColumn("id", f.when(f.col("id") == "", None).otherwise(f.col("id")).cast("string")).withColumn(
            "id", f.coalesce(f.col("id"), number.cast("string"))
        )
    return frame.withColumn("id", f.coalesce(f.col("id"), number)) if kind in ("int", "bigint") else frame


def _flat(good: DataFrame) -> DataFrame:
    """The flat table: one row a span."""
    from pyspark.sql import functions as f  # noqa: PLC0415

    extra = [f.col(_quoted(name)) for name in good.columns if name not in OWN_NAMES]
    nested = {"sentence_start": "sentence.start", "sentence_end": "sentence.end"}
    cells: list[Column] = [f.col(f"span.{nested.get(name, name)}").alias(name) for name in SPAN_COLUMNS]
    exploded = good.select(f.col("id").alias("article_id"), *extra, f.explode("spans").alias("span"))
    return exploded.select("article_id", *extra, *cells)


def _repeats(good: DataFrame) -> Repeats:
    """Ids that several rows have."""
    from pyspark.sql import functions as f  # noqa: PLC0415

    shared = good.groupBy("id").agg(f.count(f.lit(1)).alias("records")).where(f.col("records") > 1)
    (found,) = shared.agg(f.count(f.lit(1)), f.coalesce(f.sum("records"), f.lit(0))).collect()
    return Repeats(int(found[0]), int(found[1]))


def _write_errors(bad: DataFrame, place: str) -> None:
    from pyspark.sql import functions as f  # noqa: PLC0415

    told = bad.select(
        f.col(_quoted(NUMBER)).alias("number"),
        f.col(_quoted(PLACE)).alias("place"),
        "id",
        *(f.col(f"{ERROR}.{name}").alias(name) for name in _ERROR_FIELDS),
    )
    if is_remote(place):
        told.write.mode("overwrite").option("ignoreNullFields", "false").json(place)
        return
    from service.batch.writers.files import Targets  # noqa: PLC0415
    from service.wire import json_line  # noqa: PLC0415

    with Targets() as targets:
        file = targets.open(Path(place.removeprefix("file://")))
        rows: Iterator[Any] = told.toLocalIterator()
        for row in rows:
            file.write(json_line(row.asDict(recursive=True)).encode("utf-8") + b"\n")
        targets.publish()


def _check_out(out: str) -> None:
    if out == "-":
        raise CommandError("Spark writes a folder of Parquet: OUT can't be standard output")
    if is_remote(out):
        return
    path = Path(out.removeprefix("file://"))
    if path.exists():
        raise CommandError(f"{out}: exists already, and Spark doesn't replace it: delete it or name another OUT")
    if not path.parent.is_dir():
        raise CommandError(f"{path.parent}: no such folder")


def _check_remote_out(session: SparkSession, out: str) -> None:
    if not is_remote(out):
        return
    # Spark itself would say so only when everything is scored.
    jvm: Any = session.sparkContext._jvm
    path = jvm.org.apache.hadoop.fs.Path(out)
    if path.getFileSystem(session.sparkContext._jsc.hadoopConfiguration()).exists(path):
        raise CommandError(f"{out}: exists already, and Spark doesn't replace it: delete it or name another OUT")


def _quoted(name: str) -> str:
    escaped = name.replace("`", "``")
    return f"`{escaped}`"
