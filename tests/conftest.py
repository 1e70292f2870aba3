"""Fixtures for all tests: a fake annotator that is quick and predictable, and the shipped one."""

from __future__ import annotations

import sys
import warnings
from pathlib import Path

import pytest

import classifier
from classifier.annotator import Annotator

# The helpers of the service's tests are importable from any test, whichever folder is run alone.
sys.path.insert(0, str(Path(__file__).parent / "service"))
from fake_annotator import FakeAnnotator

with warnings.catch_warnings():
    # Starlette warns, on its first import, that it would like httpx2 better than httpx.
    warnings.simplefilter("ignore")
    import starlette.testclient  # noqa: F401


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "model: uses the shipped model")


@pytest.fixture
def fake() -> FakeAnnotator:
    """A fresh fake annotator."""
    return FakeAnnotator()


@pytest.fixture
def fake_model(monkeypatch: pytest.MonkeyPatch, fake: FakeAnnotator) -> FakeAnnotator:
    """The fake annotator in the shipped model's place."""
    monkeypatch.setattr(classifier, "load", lambda path=None: fake)
    return fake


@pytest.fixture(scope="session")
def annotator() -> Annotator:
    """The shipped model, loaded once."""
    return classifier.load()
