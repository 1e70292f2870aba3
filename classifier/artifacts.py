"""Stored models (being written)."""

from __future__ import annotations

from pathlib import Path

from classifier.annotator import Annotator
from classifier.errors import ArtifactError


def load(path: Path | None = None) -> Annotator:
    """Load a model."""
    raise ArtifactError("no model has been trained yet")
