"""Which format an input has: told by its name, unless the user says so."""

from __future__ import annotations

import os
from pathlib import Path, PurePath
from typing import Literal, TypeAlias

from service.batch.sources.base import shown
from service.console import CommandError
from service.sources import os_reason

Form: TypeAlias = Literal["jsonl", "csv", "tsv", "parquet", "warc", "txt", "md", "html", "folder"]
FORMATS: tuple[Form, ...] = ("jsonl", "csv", "tsv", "parquet", "warc", "txt", "md", "html", "folder")
STDIN = "-"

_ENDINGS: dict[str, Form] = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".csv": "csv",
    ".tsv": "tsv",
    ".parquet": "parquet",
    ".warc": "warc",
    ".txt": "txt",
    ".md": "md",
    ".markdown": "md",
    ".html": "html",
    ".htm": "html",
}
# Formats of lines may be compressed as a whole; web archives bring their own compression.
_COMPRESSED: dict[str, tuple[Form, ...]] = {".gz": ("jsonl", "csv", "tsv", "warc"), ".zst": ("jsonl", "csv", "tsv")}
_FROM_STDIN: tuple[Form, ...] = ("jsonl", "csv", "tsv")


def form_of_name(name: str) -> Form | None:
    """Tell a file's format by the end of its name; None if it is no known one."""
    path = PurePath(name.lower())
    allowed = _COMPRESSED.get(path.suffix)
    if allowed is None:
        return _ENDINGS.get(path.suffix)
    form = _ENDINGS.get(PurePath(path.stem).suffix)
    return form if form in allowed else None


def check_form(form: str | None) -> Form | None:
    """Check the name of a format.

    Raises
    ------
    CommandError
        If there is no such format.
    """
    if form is not None and form not in FORMATS:
        raise CommandError(f"format {form!r} is unknown: it must be one of {', '.join(FORMATS)}")
    return form


def form_of_input(source: str, form: Form | None) -> Form:
    """Tell the format of an input, and make sure that it is there.

    Parameters
    ----------
    source : str
        A path, or ``-`` for standard input, which is JSON Lines unless ``form`` says otherwise.
    form : str, optional
        What the user says; of a folder's files, only those of this format are then read.

    Raises
    ------
    CommandError
        If it doesn't exist, can't be read or is of no known format.
    """
    if source == STDIN:
        if form is not None and form not in _FROM_STDIN:
            raise CommandError(f"standard input can only be {', '.join(_FROM_STDIN)}, not {form}")
        return form or "jsonl"
    name = shown(source)
    try:
        is_folder = _is_folder(Path(source))
    except OSError as err:
        raise CommandError(f"{name}: {os_reason(err)}") from None
    except ValueError:
        # A path with a NUL in it; the system is never asked.
        raise CommandError(f"{name}: not a file name") from None
    if is_folder:
        return "folder"
    if form == "folder":
        raise CommandError(f"{name}: is a file, not a folder")
    found = form or form_of_name(Path(source).name)
    if found is None:
        raise CommandError(
            f"{name}: its format can't be told from its name: say --from with one of {', '.join(FORMATS)}"
        )
    return found


def _is_folder(path: Path) -> bool:
    is_folder = path.is_dir() if path.stat() else False
    if not os.access(path, os.R_OK):
        raise PermissionError(13, "permission denied", str(path))
    return is_folder
