"""Opening files that may be compressed, and reading lines of bounded length."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from classifier.errors import InvalidInputError
from service.extras import require
from service.sources import os_reason

# What reading a damaged, truncated or vanished file raises; pyarrow's errors are OSError and ValueError.
READ_ERRORS = (OSError, EOFError, zlib.error)
ZST = ".zst"
GZ = ".gz"


def open_stream(path: Path) -> BinaryIO:
    """Open a file for reading; ``.gz`` and ``.zst`` are decompressed piece by piece.

    Raises
    ------
    CommandError
        If the library for ``.zst`` is missing.
    OSError
        If it can't be opened.
    """
    suffix = path.suffix.lower()
    if suffix == GZ:
        return cast(BinaryIO, gzip.open(path, "rb"))
    if suffix == ZST:
        # zstandard's own reader takes a file that is cut off for a whole one; this one doesn't.
        pyarrow = require("pyarrow", "archives")
        return io.BufferedReader(pyarrow.CompressedInputStream(pyarrow.OSFile(str(path)), "zstd"))
    return path.open("rb")


def unreadable(err: Exception, *, after: str = "") -> InvalidInputError:
    """Say why a file can't be read (further).

    Parameters
    ----------
    err : Exception
        One of `READ_ERRORS`, or an error of pyarrow.
    after : str
        How far it was read, for example ``from line 17 on``.
    """
    where = f" {after}" if after else ""
    if isinstance(err, EOFError) or "runcated" in str(err):
        return InvalidInputError(f"the file is cut off{where}", field="file", code="truncated")
    if isinstance(err, OSError) and err.errno is not None:
        return InvalidInputError(f"the file can't be read{where}: {os_reason(err)}", field="file", code="unreadable")
    return InvalidInputError(f"the file is damaged{where}, or of another format", field="file", code="damaged")


def lines(stream: BinaryIO, cap: int) -> Iterator[tuple[int, bytes | None]]:
    r"""Read lines of bounded length.

    Parameters
    ----------
    stream : binary file
    cap : int
        Most bytes of a line to keep.

    Yields
    ------
    number, line
        The number counts from 1 and counts blank lines, too, though they aren't yielded. A line over the cap is read
        to its end but comes as ``None``.
    """
    number = 0
    while raw := stream.readline(cap + 2):
        number += 1
        if len(raw.rstrip(b"\r\n")) > cap:
            skip_line(stream, raw)
            yield number, None
        elif raw.strip():
            yield number, raw


def skip_line(stream: BinaryIO, raw: bytes, piece: int = 65_536) -> int:
    """Read to the end of the line that ``raw`` begins, keeping nothing; return how many quotation marks were passed."""
    quotes = 0
    while not raw.endswith(b"\n") and (raw := stream.readline(piece)):
        quotes += raw.count(b'"')
    return quotes
