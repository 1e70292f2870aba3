"""What several sub-commands check and load."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import classifier
from classifier.annotator import Annotator
from classifier.labels import select
from service.settings import Settings


def load_annotator(model: Path | None, settings: Settings) -> Annotator:
    """Load the model of ``--model``, else of the settings, else the shipped one.

    Raises
    ------
    ArtifactError
        If it can't be loaded.
    """
    return classifier.load(model if model is not None else settings.model)


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
