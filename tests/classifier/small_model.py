"""The fixture ``small_model``: a plugin rather than a conftest.py, as mypy takes two of that name for one module.

A test file that needs it says ``pytest_plugins = ("small_model",)``.
"""

from __future__ import annotations

import pytest
from small_training import SmallModel, trained


@pytest.fixture(scope="session")
def small_model() -> SmallModel:
    """The small model, trained once a session."""
    return trained()
