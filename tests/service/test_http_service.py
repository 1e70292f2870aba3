"""The service around the annotator: health, labels, page, OpenAPI, headers, concurrency."""

from __future__ import annotations

import asyncio
import logging
import re
import threading
from pathlib import Path
from typing import Any

import httpx
import pytest
from fake_annotator import FAKE_MODEL, FakeAnnotator
from fastapi import APIRouter, FastAPI
from starlette.testclient import TestClient

import classifier
from classifier.annotation import Annotation
from classifier.errors import ArtifactError
from classifier.evidence.kinds import VALUES
from classifier.labels import CRITERION_IDS, LABEL_IDS, labels
from service.app import create_app
from service.engine import Engine
from service.routes.page import FEEDBACK
from service.routes.page import router as page_router
from service.settings import Settings

PATHS = ["/v1/annotate", "/v1/labels", "/v1/feedback", "/healthz", "/readyz"]
V2_PATHS = [f"/v2/{name}" for name in ("check", "languages", "info", "configinfo", "maxtextlength", "healthcheck")]


def test_ready_and_alive(fake: FakeAnnotator) -> None:
    with TestClient(create_app(Settings(), fake)) as client:
        assert client.get("/healthz").json() == {"status": "ok"}
        answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ready",
        "model": {"version": FAKE_MODEL.version, "sha256": FAKE_MODEL.sha256},
    }


def test_alive_but_not_ready_without_a_model(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    def missing(path: Path | None = None) -> None:
        raise ArtifactError(f"no model in {path}")

    monkeypatch.setattr(classifier, "load", missing)
    with caplog.at_level(logging.ERROR), TestClient(create_app(Settings(model=Path("nowhere")))) as client:
        assert client.get("/healthz").status_code == 200
        assert client.get("/v1/labels").status_code == 200
        for answer in (client.get("/readyz"), client.post("/v1/annotate", json={"text": "x"})):
            assert answer.status_code == 503
            assert answer.json()["error"]["code"] == "not_ready"
    assert "no model in nowhere" in caplog.text


def test_the_lifespan_loads_the_model_of_the_settings(monkeypatch: pytest.MonkeyPatch, fake: FakeAnnotator) -> None:
    asked: list[Path | None] = []

    def load(path: Path | None = None) -> FakeAnnotator:
        asked.append(path)
        return fake

    monkeypatch.setattr(classifier, "load", load)
    app = create_app(Settings(model=Path("here")))
    assert asked == []
    with TestClient(app) as client:
        assert client.get("/readyz").status_code == 200
    assert asked == [Path("here")]


def test_labels(fake: FakeAnnotator) -> None:
    with TestClient(create_app(Settings(), fake)) as client:
        answer = client.get("/v1/labels").json()
    assert list(answer) == ["labels", "criteria"]
    assert [label["id"] for label in answer["labels"]] == list(LABEL_IDS)
    assert len(answer["labels"]) == 12
    assert [criterion["id"] for criterion in answer["criteria"]] == list(CRITERION_IDS)
    assert len(answer["criteria"]) == 10
    first = labels()[LABEL_IDS[0]]
    assert answer["labels"][0] == {
        "id": first.id,
        "title": first.title,
        "message": first.message,
        "suggestion": first.suggestion,
        "criteria": list(first.criteria),
    }


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/v1/annotate", 405, "method_not_allowed"),
        ("GET", "/v3", 404, "not_found"),
        ("GET", "/docs", 404, "not_found"),
    ],
)
def test_other_errors_have_the_same_form(fake: FakeAnnotator, method: str, path: str, status: int, code: str) -> None:
    with TestClient(create_app(Settings(), fake)) as client:
        answer = client.request(method, path)
    assert answer.status_code == status
    assert list(answer.json()["error"]) == ["code", "message", "field", "limit"]
    assert answer.json()["error"]["code"] == code


def test_openapi_has_examples_that_work(fake: FakeAnnotator) -> None:
    with TestClient(create_app(Settings(), fake)) as client:
        description = client.get("/openapi.json").json()
        assert list(description["paths"]) == PATHS + V2_PATHS
        operation = description["paths"]["/v1/annotate"]["post"]
        request = operation["requestBody"]["content"]["application/json"]["schema"]
        assert set(request["properties"]) == {"text", "title", "labels", "mode", "offset_unit", "form", "ignore"}
        assert request["required"] == ["text"]
        assert set(operation["responses"]) == {"200", "400", "413", "422", "503"}
        answer = client.post("/v1/annotate", json=request["example"])
        example = description["components"]["schemas"]["AnnotateResponse"]["example"]
    assert answer.status_code == 200
    assert answer.json().keys() == example.keys()
    assert answer.json()["spans"][0].keys() == example["spans"][0].keys()
    text = request["example"]["text"]
    assert answer.json()["context"][0].keys() == example["context"][0].keys()
    for telling in example["context"]:
        assert text[telling["start"] : telling["end"]] == telling["text"]
    for span in example["spans"]:
        assert text[span["start"] : span["end"]] == span["text"]
        assert span["message"] == f"{labels()[span['label']].message} {span['note']}"
        assert text[span["sentence"]["start"] : span["sentence"]["end"]].startswith("The miracle pill")


def test_page_is_self_contained_and_safe(fake: FakeAnnotator) -> None:
    with TestClient(create_app(Settings(), fake)) as client:
        page = client.get("/")
        linked = re.findall(r'(?:src|href)="([^"#]+)"', page.text)
        assert [client.get(path).status_code for path in linked] == [200] * len(linked)
        hidden = ["/web/../app.py", "/web/%2e%2e/app.py", "/web/index.html", "/web/src/main.js", "/web/package.json"]
        assert [client.get(path).status_code for path in hidden] == [404] * len(hidden)
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assert set(linked) == {"/web/icon.svg", "/web/app.css", "/web/app.js", "/openapi.json", "/web/LICENSES.txt"}
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'; script-src 'self';" in policy
    assert "unsafe" not in policy
    assert re.search(r"<script(?![^>]*src=)|<style| on\w+=| style=", page.text) is None


def test_each_page_has_a_nonce_of_its_own_for_the_style_sheets_of_the_editor(fake: FakeAnnotator) -> None:
    seen = set()
    with TestClient(create_app(Settings(), fake)) as client:
        for _ in range(2):
            page = client.get("/")
            found = re.search(r'<meta name="style-nonce" nonce="([\w-]{22})">', page.text)
            assert found
            assert f"style-src 'self' 'nonce-{found[1]}';" in page.headers["content-security-policy"]
            assert page.headers["cache-control"] == "no-store"
            seen.add(found[1])
        assert "nonce" not in client.get("/web/app.js").headers["content-security-policy"]
    assert len(seen) == 2


def test_what_the_page_knows_of_the_service(fake: FakeAnnotator) -> None:
    with TestClient(create_app(Settings(max_bytes=4321), fake)) as client:
        info = client.get("/web/page.json").json()
        described = client.get("/openapi.json").json()["paths"]
        found = client.post("/v1/annotate", json={"text": info["example"]}).json()["spans"]
    assert described.keys().isdisjoint({"/", "/web/page.json"})
    assert info["max_bytes"] == 4321
    assert sorted(label["id"] for group in info["groups"] for label in group["labels"]) == sorted(LABEL_IDS)
    assert [criterion["id"] for criterion in info["criteria"]] == list(CRITERION_IDS)
    assert {kind: set(values) - {""} for kind, values in info["words"].items()} == {
        kind: set(values) for kind, values in VALUES.items()
    }
    assert 120 <= len(info["example"].split()) <= 180
    assert found != []


@pytest.mark.parametrize("there", [True, False])
def test_the_page_knows_whether_feedback_can_be_asked_for(fake: FakeAnnotator, there: bool) -> None:
    app = FastAPI()
    app.state.engine = Engine(Settings(), fake)
    app.include_router(page_router)
    if there:
        feedback = APIRouter()
        feedback.add_api_route(FEEDBACK, lambda: {"enabled": True})
        app.include_router(feedback)
    with TestClient(app) as client:
        assert client.get("/web/page.json").json()["feedback"] is there


@pytest.mark.parametrize("path", ["/", "/healthz", "/nowhere", "/web/app.js"])
def test_security_headers_everywhere(fake: FakeAnnotator, path: str) -> None:
    with TestClient(create_app(Settings(), fake)) as client:
        headers = client.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "script-src 'self'" in headers["content-security-policy"]


ARTICLES = [
    f"Article {n}. {'😀' * (n % 5)} A {'miracle cure' if n % 3 else 'breakthrough'} for {n}." for n in range(100)
]


def test_concurrent_requests_answer_as_sequential_ones(fake: FakeAnnotator) -> None:
    app = create_app(Settings(threads=4), fake)

    async def ask(client: httpx.AsyncClient, text: str) -> Any:
        answer = await client.post("/v1/annotate", json={"text": text, "offset_unit": "utf16"})
        assert answer.status_code == 200
        return answer.json()

    async def both() -> tuple[list[Any], list[Any]]:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            sequential = [await ask(client, text) for text in ARTICLES]
            concurrent = await asyncio.gather(*(ask(client, text) for text in ARTICLES))
        return sequential, list(concurrent)

    sequential, concurrent = asyncio.run(both())
    assert sequential == concurrent
    assert len({str(answer["spans"]) for answer in sequential}) == 100


class HeldAnnotator(FakeAnnotator):
    """Scores only when told to, and counts how many articles it has in hand."""

    def __init__(self) -> None:
        super().__init__()
        self.go = threading.Event()
        self.lock = threading.Lock()
        self.inside = 0
        self.most = 0

    def annotate(self, text: str, **options: Any) -> Annotation:
        with self.lock:
            self.inside += 1
            self.most = max(self.most, self.inside)
        assert self.go.wait(20)
        with self.lock:
            self.inside -= 1
        return super().annotate(text, **options)


def test_the_event_loop_answers_while_long_texts_are_scored() -> None:
    held = HeldAnnotator()
    app = create_app(Settings(threads=2), held)

    async def scenario() -> tuple[list[int], list[int]]:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            asked = [asyncio.create_task(client.post("/v1/annotate", json={"text": "miracle"})) for _ in range(6)]
            while held.inside < 2:
                await asyncio.sleep(0.005)
            health = [(await client.get(path)).status_code for path in ("/healthz", "/readyz", "/v1/labels")]
            assert not any(task.done() for task in asked)
            held.go.set()
            return health, [answer.status_code for answer in await asyncio.gather(*asked)]

    health, answers = asyncio.run(asyncio.wait_for(scenario(), 30))
    assert health == [200] * 3
    assert answers == [200] * 6
    assert held.most == 2, "no more threads may score at once than the settings allow"


def test_a_client_that_goes_away_does_no_harm(fake: FakeAnnotator, caplog: pytest.LogCaptureFixture) -> None:
    app = create_app(Settings(), fake)
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/v1/annotate",
        "raw_path": b"/v1/annotate",
        "query_string": b"",
        "headers": [],
        "http_version": "1.1",
    }
    with caplog.at_level(logging.DEBUG):
        asyncio.run(app(scope, receive, send))
    assert sent == []
    assert "client went away" in caplog.text
    assert "internal error" not in caplog.text


@pytest.mark.model
def test_concurrent_requests_to_the_shipped_model(annotator: Any) -> None:
    app = create_app(Settings(threads=4), annotator)
    text = (Path(__file__).parents[2] / "service/web/example.json").read_text(encoding="utf-8")

    async def both() -> tuple[list[Any], list[Any]]:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test", timeout=60) as client:
            bodies = [
                {"text": f"{text[: 300 + 10 * n]} It is a breakthrough.", "mode": "sensitive"} for n in range(100)
            ]
            sequential = [(await client.post("/v1/annotate", json=body)).json() for body in bodies]
            answers = await asyncio.gather(*(client.post("/v1/annotate", json=body) for body in bodies))
        return sequential, [answer.json() for answer in answers]

    sequential, concurrent = asyncio.run(both())
    assert sequential == concurrent
    assert any(answer["spans"] for answer in sequential)
