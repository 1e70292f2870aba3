"""A project's settings for all editors: finding ``.overclaim.toml``, and adding to it.

Writing keeps the file's comments and order, and what somebody else writes at the same time.
"""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import tomlkit
from tomlkit.items import Array

from service.project_settings import FILE_NAME, Project, ProjectError, project_of, read_text
from service.sources import os_reason

__all__ = [
    "FILE_NAME",
    "Project",
    "ProjectError",
    "find_project",
    "read_project",
    "save_ignored",
    "save_label_off",
]

LOCK_SECONDS = 10.0
"""How long to wait for another writer. A lock older than that was left by a process that died."""
_HEADER = "# Settings of Overclaim for this folder and all below it.\n"


def find_project(path: Path) -> Project | None:
    """The nearest settings above a file or folder.

    The search ends with the folder that holds ``.git`` or is the user's own, else at the root of the file system: what
    lies above a repository is somebody else's.

    Parameters
    ----------
    path : Path
        It needn't exist. Settings are looked for in it, if it is a folder, and in each folder above.

    Raises
    ------
    ProjectError
        If the nearest settings can't be used.
    """
    try:
        start = path.resolve()
        home = Path.home().resolve()
    except (OSError, RuntimeError, ValueError):  # no such user, a loop of links, a NUL
        return None
    for folder in (start, *start.parents):
        if (folder / FILE_NAME).is_file():
            return read_project(folder)
        if folder == home or (folder / ".git").exists():
            return None
    return None


def read_project(root: Path) -> Project:
    """Read the settings in a folder.

    Raises
    ------
    ProjectError
        If there are none, or they can't be used.
    """
    file = root / FILE_NAME
    return project_of(read_text(file), root, file)


def save_ignored(root: Path, span_id: str) -> bool:
    """Add a span's id to those that are never shown.

    Parameters
    ----------
    root : Path
        The folder of ``.overclaim.toml``; the file is made if there is none.
    span_id : str
        Sixteen hex digits.

    Returns
    -------
    bool
        True if the file was changed, False if it held the id already.

    Raises
    ------
    ProjectError
        If the id is none, or the file can't be used or written. The file is then as it was.
    """
    return _add(root, "ignore", span_id)


def save_label_off(root: Path, label: str) -> bool:
    """Add a label to those that are never shown; see ``save_ignored``."""
    return _add(root, "labels_off", label)


def _add(root: Path, key: str, value: str) -> bool:
    # A link is followed, so that the file that it names is replaced, and not the link.
    file = (root / FILE_NAME).resolve()
    try:
        with _locked(file):
            text = read_text(file) if file.exists() else _HEADER
            project_of(text, root, file)
            changed = _added(text, key, value)
            if changed == text:
                return False
            # What is written must be readable: also finds an id or label that is none.
            project_of(changed, root, file)
            _replace(file, changed)
            return True
    except OSError as err:
        raise ProjectError(f"{file}: can't be written: {os_reason(err)}") from None


def _added(text: str, key: str, value: str) -> str:
    document = tomlkit.parse(text)
    if key not in document:
        values = tomlkit.array()
        values.multiline(True)
        values.append(value)
        document[key] = values
        return tomlkit.dumps(document)
    known = document[key]
    # Anything else was refused when the file was read.
    if not isinstance(known, Array) or value in known:
        return text
    known.append(value)
    return tomlkit.dumps(document)


@contextmanager
def _locked(file: Path) -> Iterator[None]:
    """Keep other writers of the file out, in this process and in others."""
    lock = file.with_name(f"{file.name}.lock")
    patience = time.monotonic() + LOCK_SECONDS
    while True:
        try:
            os.close(os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
            break
        except FileExistsError:
            if _is_left_over(lock):
                lock.unlink(missing_ok=True)
            elif time.monotonic() > patience:
                raise ProjectError(f"{file}: another program is writing it; if none is, delete {lock.name}") from None
            else:
                time.sleep(0.01)
    try:
        yield
    finally:
        lock.unlink(missing_ok=True)


def _is_left_over(lock: Path) -> bool:
    with suppress(OSError):
        return time.time() - lock.stat().st_mtime > LOCK_SECONDS
    return False


def _replace(file: Path, text: str) -> None:
    """Write a file in one step: a reader sees the old one or the new one."""
    temporary = file.with_name(f"{file.name}.{secrets.token_hex(8)}")
    handle = os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(text.encode("utf-8"))
            stream.flush()
            os.fsync(stream.fileno())
        if file.exists():
            temporary.chmod(file.stat().st_mode & 0o7777)
        temporary.replace(file)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
