"""Files that get their names only when all of them are whole."""

from __future__ import annotations

import gzip
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, cast

from service.extras import require


class Targets:
    """Outputs that are written under other names, and then put in their places in the order they were opened.

    A run that stops before leaves the places as they were, and none of the other files.
    """

    def __init__(self) -> None:
        self._files: list[tuple[Path, Path, BinaryIO]] = []

    def open(self, place: Path) -> BinaryIO:
        """Open a new file for what will be at ``place``."""
        hidden = place.with_name(f"{place.name}.part.tmp")
        file = hidden.open("wb")
        self._files.append((hidden, place, file))
        return file

    def publish(self) -> None:
        """Put all files in their places.

        Raises
        ------
        OSError
            If they can't be written whole.
        """
        for _, _, file in self._files:
            file.flush()
            os.fsync(file.fileno())
            file.close()
        folders = set()
        for hidden, place, _ in self._files:
            hidden.replace(place)
            folders.add(place.parent)
        for folder in folders:
            _sync_folder(folder)
        self._files = []

    def __enter__(self) -> Targets:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for hidden, _, file in self._files:
            with suppress(OSError):  # what couldn't be written is thrown away
                file.close()
            hidden.unlink(missing_ok=True)


@contextmanager
def compressed(file: BinaryIO, suffix: str) -> Iterator[BinaryIO]:
    """Compress what is written into a file, if its name's ending says so; the same bytes each time."""
    if suffix == ".gz":
        # Without a name and a date, which would differ from run to run.
        with gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0, compresslevel=6) as inner:
            yield cast(BinaryIO, inner)
    elif suffix == ".zst":
        zstandard: Any = require("zstandard", "archives")
        with zstandard.ZstdCompressor().stream_writer(file, closefd=False) as inner:
            yield inner
    else:
        yield file


@contextmanager
def text_of(file: BinaryIO) -> Iterator[io.TextIOWrapper]:
    """Write text into a binary file as UTF-8, and leave the file open."""
    wrapper = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=False)
    try:
        yield wrapper
        wrapper.flush()
    finally:
        wrapper.detach()


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
