"""``overclaim hide``: add marks or labels to what a project never shows."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from classifier.labels import LABEL_IDS
from service.console import CommandError, note
from service.project import FILE_NAME, find_project, save_ignored, save_label_off
from service.project_settings import is_span_id


def run(names: Sequence[str], folder: Path | None) -> int:
    """Save span ids and labels.

    Parameters
    ----------
    names : sequence of str
    folder : Path, optional
        Where the settings are; by default where the nearest ones are found from the current folder upwards, else here.

    Returns
    -------
    int
        0.

    Raises
    ------
    CommandError
        If a name is neither (nothing is saved then), or the settings can't be used or written.
    """
    for name in names:
        if name not in LABEL_IDS and not is_span_id(name):
            raise CommandError(
                f"{name[:40]!r} is neither a span's id (16 hex digits) nor a label; labels are {', '.join(LABEL_IDS)}"
            )
    if folder is not None and not folder.is_dir():
        raise CommandError(f"{folder}: no such folder")
    if folder is None:
        found = find_project(Path())
        folder = found.root if found and found.root else Path()
    # What is found is told with its whole path; what is made or named should be told likewise.
    folder = folder.resolve()
    for name in names:
        changed = save_label_off(folder, name) if name in LABEL_IDS else save_ignored(folder, name)
        note(f"{folder / FILE_NAME}: {name} {'is hidden now' if changed else 'was hidden already'}")
    return 0
