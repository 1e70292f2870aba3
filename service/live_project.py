"""A project's settings for a server that runs for days: read again when the file changes."""

from __future__ import annotations

import logging
from pathlib import Path
from threading import Lock

from service.project import FILE_NAME, Project, ProjectError, find_project, read_project

logger = logging.getLogger("overclaim.service")


class LiveProject:
    """The settings of one project.

    Parameters
    ----------
    folder : Path
        Where to look for ``.overclaim.toml``: in it, and above. The file that is found is the one that is watched.

    Raises
    ------
    ProjectError
        If there is none, or it can't be used.
    """

    def __init__(self, folder: Path) -> None:
        found = find_project(folder)
        if found is None or found.root is None:
            if not folder.is_dir():
                raise ProjectError(f"{folder}: no such folder")
            raise ProjectError(f"{folder}: there is no {FILE_NAME} in this folder or above it")
        self._root = found.root
        # Read after it is looked at, here as later: a change between the two then shows at the next look.
        self._stamp = self._changed_at()
        self._project = read_project(self._root)
        # Without it, of two threads that read, the one with the older text could be the last to keep it.
        self._lock = Lock()

    @property
    def current(self) -> Project | None:
        """The settings as the file has them now.

        Those of the last file that could be used, if this one can't be; None for as long as there is no file.
        """
        with self._lock:
            stamp = self._changed_at()
            if stamp != self._stamp:
                self._stamp = stamp
                self._read()
            # An editor may take the file away for a moment to put another in its place: what was known is kept for it.
            return self._project if self._stamp is not None else None

    def _read(self) -> None:
        if self._stamp is None:
            logger.warning("%s: no such file; no settings hold until there is one again", self._root / FILE_NAME)
            return
        try:
            self._project = read_project(self._root)
        except ProjectError as err:
            logger.warning("%s; the last settings that could be used stay in force", err)
        else:
            logger.info("%s: read again", self._root / FILE_NAME)

    def _changed_at(self) -> tuple[int, ...] | None:
        """What differs between two states of the file; None if there is none."""
        try:
            status = (self._root / FILE_NAME).stat()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError:
            return ()  # It may be there, and can't be read.
        # Two saves within one tick of the clock may be of one size; a file put in the place of another isn't the same.
        return status.st_mtime_ns, status.st_size, status.st_ino
