"""A process lets the garbage collector pass over its model."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import anyio
import pytest

from classifier.artifacts import current_model
from service import engine as engine_module
from service.engine import Engine
from service.settings import Settings
from service.settling import settle


@pytest.fixture(autouse=True)
def thawed() -> Iterator[None]:
    yield
    gc.unfreeze()


def test_what_is_there_is_passed_over() -> None:
    kept = [[number] for number in range(1_000)]
    settle()
    assert gc.get_freeze_count() >= len(kept)
    assert not any(found is kept for found in gc.get_objects())


@pytest.mark.parametrize("there_is_one", [True, False])
def test_a_service_settles_with_its_model(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, there_is_one: bool) -> None:
    settled: list[Engine] = []
    engine = Engine(Settings(model=current_model() if there_is_one else tmp_path))
    monkeypatch.setattr(engine_module, "settle", lambda: settled.append(engine))
    anyio.run(engine.load)
    assert settled == [engine] * there_is_one
    assert engine.ready == there_is_one
