"""A project's settings for a server that runs for days: read again when the file changes."""

from __future__ import annotations

import logging
from pathlib import Path

from service.project import FILE_NAME, Project, ProjectError, find_project, read_project

logger = logging.getLogger("overclaim.service")


class LiveProject:
    """The settings of one project.

    Parameters
    ----------
    folder : Path
        Where to look for ``.overclaim.toml``: in it, and above.

    Raises
    ------
    ProjectError
        If there is none, or it can't be used.
    """

    def __init__(self, folder: Path) -> None:
        found = find_project(folder)
        if found is None or found.root is None:
            raise ProjectError(f"{folder}: there is no {FILE_NAME} in this folder or above it")
        self._root = found.root
        self._project = found
        self._stamp = self._changed_at()

    @property
    def current(self) -> Project:
        """The settings as the file has them now; those before, if the file is gone or can't be used any more."""
        stamp = self._changed_at()
        if stamp != self._stamp:
            self._stamp = stamp
            try:
                self._project = read_project(self._root)
            except ProjectError as err:
                logger.warning("%s; the settings before it stay in force", err)
        return self._project

    def _changed_at(self) -> tuple[int, int] | None:
        try:
            status = (self._root / FILE_NAME).stat()
        except OSError:
            return None
        return status.st_mtime_ns, status.st_size
