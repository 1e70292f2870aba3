"""A folder of articles: its files in the order of their names, and those of the folders in it."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from service.batch.sources.base import Reading, shown
from service.batch.sources.detect import Form, form_of_name

# How Spark and Hive write a missing value into the name of a folder.
_NO_VALUE = "__HIVE_DEFAULT_PARTITION__"


@dataclass(frozen=True, slots=True)
class Found:
    """A file of a known format, or, if ``error`` is set, a file or folder that can't be looked at.

    Parameters
    ----------
    path : Path
    below : str
        Its path below the folder, with slashes.
    form : str
    partitions : dict
        Columns told by the names of the folders on the way: ``year=2024``.
    """

    path: Path
    below: str
    form: Form
    partitions: dict[str, object]
    error: OSError | None = None


def walk(folder: Path, reading: Reading, only: Form | None = None) -> Iterator[Found]:
    """Find the files of a folder.

    Hidden files and folders are left out, and what Spark keeps for itself (``_temporary``, ``_metadata``). Symbolic
    links are followed, but no folder is entered twice, so that loops end.

    Parameters
    ----------
    folder : Path
    reading : Reading
        Is told of each file that is hidden or of no known format. What is in a hidden folder isn't looked at.
    only : str, optional
        Leave out files of other formats, too.

    Yields
    ------
    Found
        Sorted by name within each folder.
    """
    entered: set[tuple[int, int]] = set()

    def enter(path: Path, below: str, partitions: dict[str, object]) -> Iterator[Found]:
        try:
            status = path.stat()
            if (status.st_dev, status.st_ino) in entered:
                return
            entered.add((status.st_dev, status.st_ino))
            names = sorted(entry.name for entry in path.iterdir())
        except OSError as err:
            yield Found(path, below, "txt", {}, err)
            return
        for name in names:
            inner, inner_below = path / name, f"{below}/{name}" if below else name
            if name.startswith("."):
                if not os.path.isdir(inner):  # noqa: PTH112  (a `Path` raises an error if it may not look)
                    reading.left_out(shown(inner))
                continue
            form = form_of_name(name)
            if form == "parquet" and name.startswith("_"):
                form = None
            try:
                mode = inner.stat().st_mode
            except OSError as err:
                yield Found(inner, inner_below, form or "txt", {}, err)
                continue
            if stat.S_ISDIR(mode):
                if name != "_temporary":
                    yield from enter(inner, inner_below, partitions | _partition(name))
            elif not stat.S_ISREG(mode) or form is None or (only is not None and form != only):
                reading.left_out(shown(inner))
            else:
                yield Found(inner, inner_below, form, partitions)

    return enter(folder, "", {})


def _partition(name: str) -> dict[str, object]:
    column, equals, value = name.partition("=")
    if not (column and equals):
        return {}
    return {shown(unquote(column)): None if value == _NO_VALUE else shown(unquote(value))}
