"""Makes the helpers of this folder importable, and gives a place for a database."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A file that isn't there yet."""
    return tmp_path / "feedback.sqlite"
