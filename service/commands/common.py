"""What several sub-commands check and load."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import classifier
from classifier.annotator import REMEMBERS, Annotator
from classifier.labels import select
from service.console import CommandError
from service.settings import Settings


def load_annotator(model: Path | None, settings: Settings, remembers: int = REMEMBERS) -> Annotator:
    """Load the model of ``--model``, else of the settings, else the shipped one.

    Parameters
    ----------
    model : Path, optional
    settings : Settings
    remembers : int
        Sentences that the annotator remembers; see ``Annotator``.

    Raises
    ------
    ArtifactError
        If it can't be loaded.
    """
    return classifier.load(model if model is not None else settings.model, remembers=remembers)


def chosen_labels(names: Sequence[str]) -> tuple[str, ...] | None:
    """Check ``--label`` options; none given means all.

    Raises
    ------
    InvalidInputError
        If a name isn't a label's id.
    """
    if not names:
        return None
    select(names)
    return tuple(names)


def check_replaceable(path: Path) -> None:
    """Make sure that a file may be put in the place of whatever is there.

    Parameters
    ----------
    path : Path
        Where an output goes. It is put there under its name in one step, which would do away with a device
        (``/dev/null``), a pipe or a link (``/dev/stdout``) itself.

    Raises
    ------
    CommandError
        If something other than a plain file is there.
    """
    if path.is_symlink() or (path.exists() and not path.is_file()):
        raise CommandError(f"{path}: is a link, a device or a pipe, and would be replaced: name a plain file")
