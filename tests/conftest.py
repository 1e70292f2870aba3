"""Fixtures for all tests: a fake annotator that is quick and predictable, and the shipped one."""

from __future__ import annotations

import os
import sys
import warnings
from pathlib import Path

import pytest
from hypothesis import settings

import classifier
from classifier.annotator import Annotator

# The helpers of the service's tests are importable from any test, whichever folder is run alone.
sys.path.insert(0, str(Path(__file__).parent / "service"))
from fake_annotator import FakeAnnotator

with warnings.catch_warnings():
    # Starlette warns, on its first import, that it would like httpx2 better than httpx.
    warnings.simplefilter("ignore")
    import starlette.testclient  # noqa: F401

# A property is no measure of speed: the first example may have to load the tokenizer. The rest is as it was (under
# CI=true, Hypothesis' own profile for that).
settings.register_profile("untimed", settings(), deadline=None)
settings.load_profile("untimed")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "model: uses the shipped model")
    config.addinivalue_line(
        "markers", "corpus: needs the public articles' texts; left out unless OVERCLAIM_CORPUS is set"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what this machine has no texts for: deselected rather than skipped, as CI allows no skips."""
    if os.environ.get("OVERCLAIM_CORPUS", "").strip():
        return
    left_out = [item for item in items if item.get_closest_marker("corpus")]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if not item.get_closest_marker("corpus")]


def _forbidden_skips(config: pytest.Config) -> list[pytest.TestReport | pytest.CollectReport]:
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") != "true" or reporter is None:
        return []
    return list(reporter.stats.get("skipped", ()))


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Fail a run of CI that skipped a test: nobody would notice it otherwise."""
    if exitstatus == pytest.ExitCode.OK and _forbidden_skips(session.config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say which skips made CI fail, and why they were skipped."""
    skips = _forbidden_skips(config)
    if skips:
        terminalreporter.section("skipped, which counts as failed when CI=true")
        for report in skips:
            reason = report.longrepr[-1] if isinstance(report.longrepr, tuple) else report.longrepr
            terminalreporter.line(f"{report.nodeid}: {reason}")


@pytest.fixture
def fake() -> FakeAnnotator:
    """A fresh fake annotator."""
    return FakeAnnotator()


@pytest.fixture
def fake_model(monkeypatch: pytest.MonkeyPatch, fake: FakeAnnotator) -> FakeAnnotator:
    """The fake annotator in the shipped model's place."""
    monkeypatch.setattr(classifier, "load", lambda path=None, **_: fake)
    return fake


@pytest.fixture(scope="session")
def annotator() -> Annotator:
    """The shipped model, loaded once."""
    return classifier.load()
