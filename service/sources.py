"""Reading articles from files and standard input."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import BinaryIO

from classifier.errors import InvalidInputError
from service.console import CommandError
from service.wire import decode_utf8

STDIN_NAME = "<stdin>"


def display_name(file: str) -> str:
    """Return what an input is called in listings: its path, or ``<stdin>`` for ``-``."""
    return STDIN_NAME if file == "-" else file


def os_reason(err: OSError) -> str:
    """Say in plain words why the system refused."""
    if isinstance(err, FileNotFoundError):
        return "no such file"
    if isinstance(err, IsADirectoryError):
        return "is a directory, not a file"
    return (err.strerror or type(err).__name__).lower()


def read_article(file: str, limit: int) -> str:
    """Read one article.

    Nothing is normalised (line ends and a byte order mark stay), so that offsets count in the file as it is.

    Parameters
    ----------
    file : str
        A path, or ``-`` for standard input.
    limit : int
        Most bytes to accept. Not a byte more than ``limit + 1`` is read.

    Raises
    ------
    CommandError
        If the file can't be read.
    InvalidInputError
        If it is too long or not UTF-8; the message names the file.
    """
    name = display_name(file)
    try:
        if file == "-":
            raw = _read(sys.stdin.buffer, limit)
        else:
            with Path(file).open("rb") as stream:
                raw = _read(stream, limit)
    except OSError as err:
        raise CommandError(f"{name}: {os_reason(err)}") from None
    except ValueError:
        # A path with a NUL in it; the system is never asked.
        raise CommandError(f"{name}: not a file name") from None
    if len(raw) > limit:
        raise InvalidInputError(
            f"{name}: text is too long: over the limit of {limit} bytes", field="text", code="too_long", limit=limit
        )
    return decode_utf8(raw, name)


def _read(stream: BinaryIO, limit: int) -> bytes:
    return stream.read(limit + 1)
