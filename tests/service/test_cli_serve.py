"""``overclaim serve``, ``train`` and ``evaluate``."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from fake_annotator import FAKE_MODEL, FakeAnnotator

import classifier
from classifier.errors import ArtifactError, CorpusError
from service.cli import main
from service.commands.serve import _bind
from service.settings import Settings

FAKE_CLI = [sys.executable, str(Path(__file__).with_name("fake_cli.py"))]


@pytest.fixture
def server() -> Iterator[tuple[str, subprocess.Popen[str]]]:
    environment = os.environ | {"OVERCLAIM_MAX_BYTES": "20000"}
    command = [*FAKE_CLI, "serve", "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stderr is not None
        said: list[str] = []
        try:
            # A library may have a warning to give first.
            for line in process.stderr:
                said.append(line)
                if match := re.fullmatch(r"overclaim: serving on (http://127\.0\.0\.1:\d+/)\n", line):
                    yield match[1], process
                    break
            else:
                pytest.fail(f"the server ended: {''.join(said)}")
        finally:
            process.kill()


def test_a_real_server(server: tuple[str, subprocess.Popen[str]]) -> None:
    address, process = server
    with httpx.Client(base_url=address, timeout=120) as client:
        assert client.get("readyz").json()["model"]["version"] == FAKE_MODEL.version
        answer = client.post("v1/annotate?q=marked-query", json={"text": "A breakthrough, marked-words."})
        assert [span["text"] for span in answer.json()["spans"]] == ["breakthrough"]
        # Far over the limit, and the client still gets the answer rather than a broken connection.
        refused = client.post("v1/annotate", content=b'{"text": "' + b"x" * 300_000 + b'"}')
        assert (refused.status_code, refused.json()["error"]["limit"]) == (413, 20_000)
        assert client.get("healthz").status_code == 200
        for path in ("", "web/page.json", "web/app.js"):
            got, head = client.get(path), client.head(path)
            assert (head.status_code, head.content) == (200, b"")
            assert head.headers["content-length"] == str(len(got.content))
            assert head.headers["content-type"] == got.headers["content-type"]
        assert client.head("web/nothing").status_code == 404
        assert client.post("").status_code == 405
    host, port = address.removeprefix("http://").rstrip("/").split(":")
    with socket.create_connection((host, int(port))) as gone:
        gone.sendall(b"POST /v1/annotate HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\n{")
    assert httpx.get(f"{address}healthz", timeout=120).status_code == 200
    process.send_signal(signal.SIGINT)
    assert process.stderr is not None
    log = process.stderr.read()
    assert process.wait(120) == 130
    assert "POST /v1/annotate 200" in log
    assert "POST /v1/annotate 413" in log
    assert "marked" not in log
    assert "Traceback" not in log


def test_who_asks_as_soon_as_the_address_is_told_is_not_refused() -> None:
    with _bind(Settings(port=0)) as bound, socket.create_connection(bound.getsockname(), timeout=60) as asking:
        assert asking.getpeername() == bound.getsockname()


def fails(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("overclaim: error: ")
    assert err.count("\n") == 1
    return err


def test_serve_refuses(
    monkeypatch: pytest.MonkeyPatch, fake: FakeAnnotator, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(classifier, "load", lambda path=None, **_: fake)
    assert "--port: input should be less than or equal to 65535" in fails(capsys, "serve", "--port", "65536")
    assert "valid int" in fails(capsys, "serve", "--port", "x")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        message = f"can't listen on 127.0.0.1 port {port}: address already in use"
        assert message in fails(capsys, "serve", "--port", str(port))
    monkeypatch.setenv("OVERCLAIM_THREADS", "none")
    assert "environment variable OVERCLAIM_THREADS: " in fails(capsys, "serve")


def test_serve_without_a_model(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def missing(path: Path | None = None, **_: object) -> None:
        raise ArtifactError(f"no model in {path}")

    monkeypatch.setattr(classifier, "load", missing)
    assert "no model in here" in fails(capsys, "serve", "--model", "here")
    monkeypatch.setenv("OVERCLAIM_MODEL", "there")
    assert "no model in there" in fails(capsys, "serve")


def test_open_shows_the_address(monkeypatch: pytest.MonkeyPatch, fake: FakeAnnotator) -> None:
    shown: list[Any] = []
    monkeypatch.setattr(classifier, "load", lambda path=None, **_: fake)

    def timer(delay: float, call: Any, args: list[str]) -> Any:
        shown.append(args)
        return types.SimpleNamespace(start=int)

    monkeypatch.setattr(uvicorn, "Server", lambda config: types.SimpleNamespace(run=lambda sockets: None))
    monkeypatch.setattr(threading, "Timer", timer)
    assert main(["serve", "--port", "0"]) == 0
    assert shown == []
    assert main(["serve", "--port", "0", "--open"]) == 0
    assert len(shown) == 1
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/", shown[0][0])


def test_train_and_evaluate_hand_over_their_options(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    calls: list[tuple[Any, ...]] = []

    def train(corpus: Path | None, out: Path, seed: int) -> Path:
        calls.append((corpus, out, seed))
        return out / "1"

    def evaluate(corpus: Path | None, model: Path | None, split: str, out: Path | None, **options: Any) -> None:
        calls.append((corpus, model, split, out, *options.items()))

    monkeypatch.setitem(sys.modules, "classifier.training.train", types.SimpleNamespace(train=train))
    monkeypatch.setitem(sys.modules, "classifier.training.evaluate", types.SimpleNamespace(evaluate=evaluate))
    assert main(["train", "--corpus", "c", "--out", "o", "--seed", "7"]) == 0
    assert capsys.readouterr().out == "o/1\n"
    assert main(["evaluate", "--corpus", "c", "--model", "m", "--split", "train", "--out", "f"]) == 0
    assert main(["train"]) == 0
    assert main(["evaluate"]) == 0
    assert main(["evaluate", "--full", "--minilm", "e", "--errors", "7"]) == 0
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert main(["evaluate"]) == 0
    assert calls == [
        (Path("c"), Path("o"), 7),
        (Path("c"), Path("m"), "train", Path("f"), ("errors", 0), ("full", False), ("minilm", None)),
        (None, Path("models"), 0),
        (None, None, "dev", None, ("errors", 0), ("full", False), ("minilm", None)),
        (None, None, "dev", None, ("errors", 7), ("full", True), ("minilm", Path("e"))),
        (None, None, "dev", None, ("errors", 20), ("full", False), ("minilm", None)),
    ]


def test_an_embedding_model_is_for_the_full_evaluation(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "--minilm", "e"]) == 2
    assert "--minilm: it is used with --full only" in capsys.readouterr().err


def test_a_bad_corpus_is_one_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def train(*_: object) -> None:
        raise CorpusError("articles.jsonl, line 3: unknown label")

    monkeypatch.setitem(sys.modules, "classifier.training.train", types.SimpleNamespace(train=train))
    assert "articles.jsonl, line 3: unknown label" in fails(capsys, "train")
