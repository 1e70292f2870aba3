"""A process lets the garbage collector pass over its model."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace

import anyio
import pytest
import uvicorn
from fake_annotator import FakeAnnotator

from classifier.artifacts import current_model
from classifier.errors import ArtifactError
from service import engine as engine_module
from service.cli import main
from service.commands import lsp, serve
from service.engine import Engine
from service.settings import Settings, load_settings
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


def watched(monkeypatch: pytest.MonkeyPatch, command: ModuleType, loaded: FakeAnnotator | ArtifactError) -> list[str]:
    """What a command does, in order."""
    done: list[str] = []

    def load(*_: object) -> FakeAnnotator:
        done.append("load")
        if isinstance(loaded, ArtifactError):
            raise loaded
        return loaded

    monkeypatch.setattr(command, "load_annotator", load)
    monkeypatch.setattr(command, "settle", lambda: done.append("settle"))
    return done


def test_serve_settles_between_loading_and_serving(monkeypatch: pytest.MonkeyPatch, fake: FakeAnnotator) -> None:
    done = watched(monkeypatch, serve, fake)
    server = SimpleNamespace(run=lambda sockets: done.append("serve"))
    monkeypatch.setattr(uvicorn, "Server", lambda config: server)
    assert main(["serve", "--port", "0"]) == 0
    assert done == ["load", "settle", "serve"]


def test_serve_without_a_model_does_not_settle(monkeypatch: pytest.MonkeyPatch) -> None:
    done = watched(monkeypatch, serve, ArtifactError("no model"))
    assert main(["serve", "--port", "0"]) == 2
    assert done == ["load"]


def test_the_language_server_settles_with_its_model(monkeypatch: pytest.MonkeyPatch, fake: FakeAnnotator) -> None:
    done = watched(monkeypatch, lsp, fake)
    assert lsp.load_for_editor(None, load_settings()) is fake
    assert done == ["load", "settle"]


def test_the_language_server_without_a_model_does_not_settle(monkeypatch: pytest.MonkeyPatch) -> None:
    done = watched(monkeypatch, lsp, ArtifactError("no model"))
    with pytest.raises(ArtifactError):
        lsp.load_for_editor(None, load_settings())
    assert done == ["load"]
