"""Bodies that tests send to ``/v1/feedback``, and a service that takes them in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from fake_annotator import FakeAnnotator
from pydantic import SecretStr
from starlette.testclient import TestClient

from classifier.annotation import span_id
from service.app import create_app
from service.feedback.judgement import Judgement, Verdict
from service.feedback.store import FeedbackStore
from service.settings import Settings

LABEL = "sensational_language"
SENTENCE = "The 😀 pill is a miracle."
SHA = "ab" * 32


def body(sentence: str | None = None, trigger: str = "miracle", **values: Any) -> dict[str, Any]:
    """A right body; with a sentence, one that the user agreed to."""
    found: dict[str, Any] = {
        "span_id": span_id(values.get("label", LABEL), SENTENCE if sentence is None else sentence),
        "label": LABEL,
        "verdict": "wrong",
        "model": {"version": "fake-1", "sha256": SHA},
        "mode": "balanced",
        "score": 0.8,
    }
    if sentence is not None:
        start = sentence.index(trigger)
        found |= {"sentence": sentence, "start": start, "end": start + len(trigger), "agreed": True}
    return found | values


def judgement(sentence: str | None, verdict: Verdict, trigger: str = "", label: str = LABEL, day: int = 1) -> Judgement:
    """One that could be stored."""
    start = sentence.index(trigger or "miracle") if sentence else None
    return Judgement(
        day=date(2026, 11, day),
        span_id=span_id(label, sentence or "Never told."),
        label=label,
        verdict=verdict,
        model_version="fake-1",
        model_sha256=SHA,
        mode="strict",
        score=0.5,
        sentence=sentence,
        start=start,
        end=None if start is None else start + len(trigger or "miracle"),
    )


@contextmanager
def service(place: object, **settings: Any) -> Iterator[TestClient]:
    """A service that stores feedback there."""
    app = create_app(Settings(feedback=SecretStr(str(place)), **settings), FakeAnnotator())
    with TestClient(app) as client:
        yield client


def file_bytes(place: Path) -> bytes:
    """All that lies in a database, and in SQLite's files beside it."""
    return b"".join(file.read_bytes() for file in sorted(place.parent.glob(f"{place.name}*")))


def stored(place: object) -> list[dict[str, Any]]:
    """All rows of a database."""
    store = FeedbackStore(str(place), "test")
    try:
        return [row.as_row() for row in store.rows()]
    finally:
        store.close()


def fill(place: object, rows: Iterable[Judgement]) -> None:
    """Make a database with these rows."""
    store = FeedbackStore(str(place), "test")
    try:
        store.prepare()
        for row in rows:
            store.add(row)
    finally:
        store.close()
