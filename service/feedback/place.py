"""Where feedback is kept: what ``OVERCLAIM_FEEDBACK`` or ``--from`` names, as a database URL."""

from __future__ import annotations

import os
import re
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from service.feedback.errors import FeedbackSettingError
from service.feedback.switch import is_default

_SCHEME_WITHOUT_SLASHES = re.compile(r"[A-Za-z][A-Za-z0-9+_]+:")


def default_file() -> Path:
    """Return the file of the setting ``on``: ``overclaim/feedback.sqlite`` in the user's data folder.

    That is ``$XDG_DATA_HOME``, else ``~/.local/share``.
    """
    named = os.environ.get("XDG_DATA_HOME", "").strip()
    # The XDG standard: a relative path is to be ignored.
    folder = Path(named) if Path(named).is_absolute() else Path.home() / ".local" / "share"
    return folder / "overclaim" / "feedback.sqlite"


def database_url(place: str, name: str) -> URL:
    """Read a place.

    Parameters
    ----------
    place : str
        ``on``, a SQLAlchemy URL, or the path of a SQLite file.
    name : str
        What to call the setting or option in messages.

    Raises
    ------
    FeedbackSettingError
        If it is none of these, or a database in memory, which nobody could read later. The message doesn't repeat
        a URL, as it may hold a password.
    """
    if is_default(place):
        return URL.create("sqlite", database=str(default_file()))
    if "://" not in place:
        if _SCHEME_WITHOUT_SLASHES.match(place):
            raise FeedbackSettingError(f"{name}: a database URL is written with //, as in sqlite:///feedback.sqlite")
        return URL.create("sqlite", database=str(Path(place).expanduser()))
    try:
        url = make_url(place)
    except (ArgumentError, ValueError):
        raise FeedbackSettingError(f"{name}: not a database URL that SQLAlchemy can read") from None
    memory = ":memory:" in (url.database or ":memory:") or "memory" in url.query.get("mode", ())
    if url.get_backend_name() == "sqlite" and memory:
        raise FeedbackSettingError(f"{name}: a database in memory forgets everything; name a file")
    return url


def sqlite_file(url: URL) -> Path | None:
    """Return the file of a SQLite database; None for any other, and for one that is itself named by a ``file:`` URI."""
    if url.get_backend_name() != "sqlite" or url.database is None or url.database.startswith("file:"):
        return None
    return Path(url.database)


def shown(url: URL) -> str:
    """Name a database without its password, its user or its options, any of which may be a secret."""
    file = sqlite_file(url)
    return str(file) if file else f"the {url.get_backend_name()} database"
