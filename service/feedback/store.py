"""The database of judgements, whichever SQLAlchemy reaches."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, create_engine, func, insert, inspect, select
from sqlalchemy.exc import ArgumentError, IntegrityError, NoSuchModuleError, OperationalError, SQLAlchemyError

from service.feedback.errors import FeedbackSettingError, FeedbackUnavailableError
from service.feedback.judgement import Judgement
from service.feedback.place import database_url, default_file, shown, sqlite_file
from service.feedback.tables import SCHEMA_VERSION, from_row, judgements, metadata, schema_versions, to_row
from service.sources import os_reason

BUSY_SECONDS = 5.0
"""How long a SQLite database that another program is writing is waited for."""
_PAUSE_SECONDS = 0.02
THREADS = 4
"""How many connections are kept, and how many requests write at once."""


class FeedbackStore:
    """Stores judgements and gives them back. All methods may be called from any thread.

    Parameters
    ----------
    place : str
        ``on``, a SQLAlchemy URL, or the path of a SQLite file. Nothing is opened or made yet.
    name : str
        What to call the setting or option in messages.

    Attributes
    ----------
    shown : str
        The place without secrets, for people.
    file : Path or None
        Of a SQLite database.

    Raises
    ------
    FeedbackSettingError
        If the place can't be one: a bad URL, a driver that isn't installed, a file in a folder that isn't there.
    """

    def __init__(self, place: str, name: str) -> None:
        url = database_url(place, name)
        self.shown = shown(url)
        self.file = sqlite_file(url)
        self._ready = False
        self._lock = threading.Lock()
        if self.file is not None:
            _check_file(self.file, name)
        self._engine = _engine(url, name)

    def prepare(self) -> None:
        """Make the tables, if they aren't there; ``add`` does it, too. A new SQLite file is its owner's alone.

        Raises
        ------
        FeedbackUnavailableError
            If the database can't be used now, or another version of the tables is in it.
        """
        with self._lock, self._failing():
            if self._ready and (self.file is None or self.file.exists()):
                return
            # Connections to a file that was deleted would write to nowhere.
            self._engine.dispose()
            if self.file is not None:
                _make_file(self.file)
            deadline = time.monotonic() + BUSY_SECONDS
            while not self._made(deadline):
                time.sleep(_PAUSE_SECONDS)
            self._ready = True

    def add(self, judgement: Judgement) -> None:
        """Store one judgement.

        Raises
        ------
        FeedbackUnavailableError
            If it isn't stored.
        """
        self.prepare()
        with self._failing(), self._engine.begin() as connection:
            connection.execute(insert(judgements).values(to_row(judgement)))

    def rows(self, since: date | None = None) -> Iterator[Judgement]:
        """Give all judgements in the order in which they came.

        Parameters
        ----------
        since : date, optional
            The first day; all by default.

        Raises
        ------
        FeedbackUnavailableError
            If there is no such database, or no feedback was ever stored in it.
        """
        self._check_readable()
        wanted = select(judgements).order_by(judgements.c.number)
        if since is not None:
            wanted = wanted.where(judgements.c.day >= since)
        with self._failing(), self._engine.connect().execution_options(yield_per=1000) as connection:
            try:
                for row in connection.execute(wanted).mappings():
                    yield from_row(row)
            except (TypeError, ValueError):  # somebody wrote to the table, and no day where a day should be
                raise FeedbackUnavailableError(f"{self.shown}: a row in it is damaged") from None

    def counts(self) -> Mapping[tuple[str, str], int]:
        """Count the judgements by label and verdict.

        Raises
        ------
        FeedbackUnavailableError
            As ``rows``.
        """
        self._check_readable()
        columns = (judgements.c.label, judgements.c.verdict)
        with self._failing(), self._engine.connect() as connection:
            found = connection.execute(select(*columns, func.count()).group_by(*columns))
            return {(label, verdict): count for label, verdict, count in found}

    def close(self) -> None:
        """Close all connections; the next use opens new ones."""
        self._engine.dispose()

    def _made(self, deadline: float) -> bool:
        """Try to make what isn't there yet; False if another program was at it and there is time to try again.

        SQLite waits for other programs by itself, but not where it changes the kind of journal.
        """
        try:
            if self.file is not None:
                with self._engine.connect() as connection:
                    connection.exec_driver_sql("PRAGMA journal_mode=WAL")
            self._make_tables()
            self._check_version()
        except OperationalError as err:
            if getattr(err.orig, "sqlite_errorcode", None) != sqlite3.SQLITE_BUSY or time.monotonic() >= deadline:
                raise
            return False
        return True

    def _make_tables(self) -> None:
        # Another process may do the same just now: each step may fail because it is done already. If it failed for
        # another reason, looking at the tables fails, too.
        for table in metadata.sorted_tables:
            with suppress(SQLAlchemyError):
                table.create(self._engine, checkfirst=True)
        with self._engine.connect() as connection:
            empty = connection.execute(select(schema_versions.c.version)).first() is None
        if empty:
            with suppress(IntegrityError), self._engine.begin() as connection:
                connection.execute(insert(schema_versions).values(version=SCHEMA_VERSION))

    def _check_version(self) -> None:
        with self._engine.connect() as connection:
            versions = connection.execute(select(schema_versions.c.version)).scalars().all()
            connection.execute(select(judgements.c.number).limit(1)).first()
        if versions != [SCHEMA_VERSION]:
            raise FeedbackUnavailableError(
                f"{self.shown}: its tables are of another version of Overclaim; this one reads and writes "
                f"tables of version {SCHEMA_VERSION}"
            )

    def _check_readable(self) -> None:
        # Reading makes nothing: a mistyped path mustn't become an empty database.
        if self.file is not None and not self.file.is_file():
            raise FeedbackUnavailableError(f"{self.shown}: no such file")
        with self._failing():
            tables = inspect(self._engine)
            if not all(tables.has_table(table.name) for table in metadata.tables.values()):
                raise FeedbackUnavailableError(f"{self.shown}: no feedback was ever stored in it")
            self._check_version()

    @contextmanager
    def _failing(self) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as err:
            raise FeedbackUnavailableError(f"{self.shown}: {_reason(err)}") from None
        except OSError as err:
            raise FeedbackUnavailableError(f"{self.shown}: {os_reason(err)}") from None


def _engine(url: URL, name: str) -> Engine:
    options: dict[str, Any] = {}
    if url.get_backend_name() == "sqlite":
        options["connect_args"] = {"timeout": BUSY_SECONDS}
    try:
        # Parameters are hidden, as errors and logs would show the sentences.
        engine = create_engine(
            url, hide_parameters=True, pool_pre_ping=True, pool_size=THREADS, max_overflow=THREADS, **options
        )
    except ModuleNotFoundError as err:
        raise FeedbackSettingError(f"{name}: the database's driver {err.name} isn't installed") from None
    except NoSuchModuleError:
        raise FeedbackSettingError(f"{name}: SQLAlchemy knows no such kind of database") from None
    except (ArgumentError, TypeError, ValueError):
        raise FeedbackSettingError(f"{name}: not a database URL that SQLAlchemy can use") from None
    if engine.dialect.is_async:
        raise FeedbackSettingError(f"{name}: {url.drivername} is an asynchronous driver; name another one")
    return engine


def _check_file(file: Path, name: str) -> None:
    try:
        if file.is_dir():
            raise FeedbackSettingError(f"{name}: {file} is a directory, not a file")
        if file != default_file() and not file.absolute().parent.is_dir():
            raise FeedbackSettingError(f"{name}: there is no folder {file.absolute().parent}")
    except ValueError:
        raise FeedbackSettingError(f"{name}: not a file name") from None


def _make_file(file: Path) -> None:
    """Make an empty file that only its owner can read; SQLite gives the files beside it the same rights."""
    if file == default_file():
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with suppress(FileExistsError):
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))


def _reason(err: SQLAlchemyError) -> str:
    """Say why, in words that can't hold a sentence: SQLite's are fixed phrases, those of others may quote values."""
    origin = getattr(err, "orig", None)
    if isinstance(origin, sqlite3.Error):
        return str(origin)
    return f"can't be used ({type(origin or err).__name__})"
