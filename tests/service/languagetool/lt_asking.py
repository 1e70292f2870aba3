"""What the tests ask of ``/v2``, and how they look at the answer."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from starlette.testclient import TestClient

from classifier.annotator import Annotator
from service.app import create_app
from service.protocol import HalfCloseProtocol
from service.settings import Settings

LIMIT = 1000
TEXT = "A headline\n\nThe 😀 miracle cure is a breakthrough. It is safe."


def check(client: TestClient, **values: str) -> dict[str, Any]:
    answer = client.post("/v2/check", data={"language": "en-US"} | values)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/json"
    found: dict[str, Any] = answer.json()
    return found


def refused(client: TestClient, status: int = 400, **values: str) -> str:
    answer = client.post("/v2/check", data=values)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.text.startswith("Error: ")
    assert "\n" not in answer.text
    return str(answer.text).removeprefix("Error: ")


def utf16(text: str, offset: int, length: int) -> str:
    """Cut a text as JavaScript and Java do."""
    return text.encode("utf-16-le")[2 * offset : 2 * (offset + length)].decode("utf-16-le")


def words(answer: dict[str, Any], text: str) -> list[tuple[str, str]]:
    """Rule and words of each match, cut out of the text by the match's offsets."""
    return [(match["rule"]["id"], utf16(text, match["offset"], match["length"])) for match in answer["matches"]]


def annotated(*parts: dict[str, Any]) -> tuple[str, str]:
    """The parameter ``data``, and the text that its offsets count in."""
    source = "".join(str(part.get("text") or part.get("markup") or "") for part in parts)
    return json.dumps({"annotation": parts}), source


@contextmanager
def serving(annotator: Annotator) -> Iterator[str]:
    """Serve from a thread, as ``overclaim serve`` does, at the address that is yielded; it ends in a slash."""
    app = create_app(Settings(), annotator)
    server = uvicorn.Server(uvicorn.Config(app, port=0, http=HalfCloseProtocol, log_config=None, access_log=False))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/"
    finally:
        server.should_exit = True
        thread.join(60)
    assert not thread.is_alive()
