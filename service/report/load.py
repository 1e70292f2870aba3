"""Reads an output of ``overclaim batch`` into DuckDB, which adds up more than fits in memory.

JSON Lines are read line by line as they are, so that no column's type is guessed from the first thousand rows.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from classifier.labels import CRITERION_IDS
from service.console import CommandError
from service.extras import require
from service.sources import os_reason
from service.wire import printable

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MEMORY_LIMIT = "512MB"
"""What DuckDB holds in memory; more goes to a folder of its own, which is removed in the end."""

_LONGEST_LINE = 64 * 2**20  # bytes; an article of the default limit needs less than a tenth
_PACKINGS = {b"\x1f\x8b": "gzip", b"\x28\xb5": "zstd"}


@dataclass(frozen=True, slots=True)
class Archive:
    """An open output: the relation ``source`` of a connection.

    Parameters
    ----------
    connection : DuckDBPyConnection
    path : Path
        The output.
    columns : tuple of str or None
        Names of its columns; None for JSON Lines, where each line has its own.
    """

    connection: DuckDBPyConnection
    path: Path
    columns: tuple[str, ...] | None

    def rows(self, names: Sequence[str] = ()) -> str:
        """SQL of our own columns, as in ``schema.json``, and of others as text; NULL for what isn't there.

        Parameters
        ----------
        names : sequence of str
            The others. ``number`` comes first, counted from 1.
        """
        others = {name: f"other_{number}" for number, name in enumerate(names)}
        if self.columns is None:
            # One reading of the line for all columns: a JSON function for each would hold the line as often.
            schema = json.dumps({**_schema(), **{name: "VARCHAR" for name in names if name.lower() not in _schema()}})
            listed = [f"r.{_quoted(name)} AS {_quoted(name)}" for name in _schema()]
            listed += [f"CAST(r.{_quoted(name)} AS VARCHAR) AS {place}" for name, place in others.items()]
            inner = f"(SELECT __number, from_json(row, {_literal(schema)}) AS r FROM source)"  # noqa: S608
        else:
            listed = [self._own(name, kind) for name, kind in _schema().items()]
            listed += [
                f"{_as_text(name) if name in self.columns else 'NULL::VARCHAR'} AS {place}"
                for name, place in others.items()
            ]
            inner = "source"
        return f"(SELECT __number AS number, {', '.join(listed)} FROM {inner})"  # noqa: S608

    def _own(self, name: str, kind: object) -> str:
        there = self.columns is not None and name in self.columns
        if isinstance(kind, str):
            return f"{f'CAST({name} AS {kind})' if there else f'NULL::{kind}'} AS {name}"
        # By way of JSON, so that a part that the file lacks is NULL rather than an error.
        return f"from_json({f'to_json({name})' if there else 'NULL::JSON'}, {_literal(json.dumps(kind))}) AS {name}"

    def names(self) -> tuple[str, ...]:
        """Names of all columns; reads JSON Lines to the end."""
        if self.columns is not None:
            return self.columns
        rows = self.connection.execute("SELECT DISTINCT unnest(json_keys(row)) FROM source ORDER BY 1").fetchall()
        return tuple(str(name) for (name,) in rows)


@contextmanager
def opened(path: Path) -> Iterator[Archive]:
    """Open an output of ``overclaim batch``.

    Parameters
    ----------
    path : Path
        JSON Lines (``.jsonl``, packed with ``.gz`` or ``.zst``, too), a Parquet file, or a folder of Parquet files.

    Yields
    ------
    Archive
        Its relation ``source`` has ``number`` (from 1, in the output's order) and, of JSON Lines, ``row``.

    Raises
    ------
    CommandError
        If it is none of these, or can't be read; the message repeats nothing of it.
    """
    duckdb = require("duckdb", "report")
    relation, is_json = _relation(path)
    with TemporaryDirectory(prefix="overclaim-report-") as spill:
        connection = duckdb.connect(
            ":memory:",
            config={
                "memory_limit": MEMORY_LIMIT,
                "temp_directory": spill,
                "threads": 2,
                # Everything needed is built in; nothing may be fetched while a report is written.
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
            },
        )
        try:
            connection.execute("SET TimeZone = 'UTC'")
            connection.execute(resources.files("service.report").joinpath("dates.sql").read_text(encoding="utf-8"))
            described = None if is_json else connection.execute(f"DESCRIBE FROM {relation}").fetchall()
            columns = None if described is None else tuple(str(row[0]) for row in described)
            _check_columns(path, columns)
            kept = "json AS row" if is_json else "*"
            connection.execute(
                f"CREATE VIEW source AS SELECT row_number() OVER () AS __number, {kept} FROM {relation}"  # noqa: S608
            )
            if is_json and not connection.execute("SELECT 1 FROM source LIMIT 1").fetchall():
                _check_empty(path)
            yield Archive(connection, path, columns)
        except duckdb.OutOfMemoryException:
            raise CommandError(f"{path}: needs more memory or more room for temporary files than there is") from None
        except (duckdb.InvalidInputException, duckdb.ConversionException, duckdb.IOException):
            # Its message may quote the line, and so the article.
            raise _no_output(path, is_json) from None
        finally:
            connection.close()


def errors_by_code(archive: Archive) -> dict[str, int] | None:
    """Count the records that couldn't be scored, by code; None if no list of them lies beside the output.

    Raises
    ------
    CommandError
        If the list isn't JSON Lines.
    """
    beside = Path(f"{archive.path}.errors.jsonl")
    if not beside.is_file():
        return None
    duckdb = require("duckdb", "report")
    query = "SELECT coalesce(json ->> '$.code', 'unknown'), count(*) FROM {} GROUP BY 1 ORDER BY 2 DESC, 1"
    try:
        rows = archive.connection.execute(query.format(_json_lines(beside))).fetchall()
    except duckdb.Error:
        raise CommandError(f"{beside}: can't be read as JSON Lines") from None
    return {str(code): int(count) for code, count in rows}


def _relation(path: Path) -> tuple[str, bool]:
    """SQL of what to read from, and whether it is JSON."""
    if path.is_dir():
        # As in Spark: what begins with an underscore or a dot is none of the data.
        files = [
            file
            for file in sorted(path.rglob("*.parquet"))
            if not any(part.startswith(("_", ".")) for part in file.relative_to(path).parts)
        ]
        if not files:
            raise CommandError(f"{path}: holds no Parquet files")
        return _parquet(files), False
    if not path.is_file():
        raise CommandError(f"{path}: there is no such file")
    name = path.name.lower()
    if name.endswith((".csv", ".csv.gz", ".csv.zst")):
        raise CommandError(
            f"{path}: a CSV output has a row for each mark, so articles without marks aren't in it; "
            "write JSON Lines or Parquet"
        )
    # `overclaim batch --to` writes any form under any name, so the first bytes tell.
    return (_parquet([path]), False) if _first_bytes(path) == b"PAR1" else (_json_lines(path), True)


def _check_columns(path: Path, columns: Sequence[str] | None) -> None:
    if columns is None:
        return
    if "article_id" in columns and "spans" not in columns:
        raise CommandError(f"{path}: has a row for each mark; the report needs the file with a row for each article")
    for needed in ("id", "spans", "sentences"):
        if needed not in columns:
            raise CommandError(f"{path}: has no column {needed}: is it an output of overclaim batch?")


def _check_empty(path: Path) -> None:
    # DuckDB passes over a last line without an end that is no JSON.
    begin = _first_bytes(path)
    if begin[:2] not in _PACKINGS and begin.strip():
        raise _no_output(path, True)


def _no_output(path: Path, is_json: bool) -> CommandError:
    return CommandError(
        f"{path}: can't be read to its end as {'JSON Lines' if is_json else 'Parquet'}: "
        "name a whole output of overclaim batch, as JSON Lines or Parquet"
    )


def unknown_column(archive: Archive, column: str) -> CommandError:
    """Say that a column isn't there, and which are."""
    shown = ", ".join(printable(name)[1:-1] for name in archive.names()[:40])
    return CommandError(f"{archive.path}: has no column {printable(column)}; it has {shown or 'none'}")


def _parquet(files: Sequence[Path]) -> str:
    listed = ", ".join(_literal(_no_wildcards(file)) for file in files)
    return f"read_parquet([{listed}], union_by_name = true)"


def _json_lines(path: Path) -> str:
    packing = _PACKINGS.get(_first_bytes(path)[:2], "none")
    settings = f"format = 'newline_delimited', compression = '{packing}', maximum_object_size = {_LONGEST_LINE}"
    return f"read_json_objects({_literal(_no_wildcards(path))}, {settings})"


def _first_bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(4)
    except OSError as err:
        raise CommandError(f"{path}: {os_reason(err)}") from None


def _no_wildcards(path: Path) -> str:
    """A path that DuckDB takes for a file of that very name."""
    return "".join(f"[{character}]" if character in "[*?" else character for character in str(path.absolute()))


def _literal(text: str) -> str:
    escaped = text.replace("'", "''")
    return f"'{escaped}'"


def _as_text(name: str) -> str:
    return f"CAST({_quoted(name)} AS VARCHAR)"


@cache
def _schema() -> dict[str, object]:
    text = resources.files("service.report").joinpath("schema.json").read_text(encoding="utf-8")
    schema: dict[str, object] = json.loads(text)
    criterion = schema["scorecard"]
    return {**schema, "scorecard": dict.fromkeys(CRITERION_IDS, criterion)}


def _quoted(name: str) -> str:
    escaped = name.replace('"', '""')
    return f'"{escaped}"'
