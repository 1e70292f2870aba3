"""``/v1/feedback`` over HTTP: on, off, what is stored and what isn't, and bodies that can't be used."""

from __future__ import annotations

import json
import logging
import sqlite3
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fake_annotator import FakeAnnotator
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import OperationalError
from starlette.testclient import TestClient
from told import LABEL, SENTENCE, SHA, body, file_bytes, service, stored

from classifier.annotation import span_id
from service.app import create_app
from service.feedback import store as store_module
from service.feedback.errors import FeedbackUnavailableError
from service.feedback.request import (
    _WANTED,
    MAX_BODY_BYTES,
    FeedbackModel,
    FeedbackRequest,
    parse_feedback,
    request_schema,
)
from service.feedback.store import FeedbackStore
from service.settings import Settings

TODAY = datetime.now(UTC).date()


@pytest.fixture
def client(place: Path) -> Iterator[TestClient]:
    with service(place) as opened:
        yield opened


def refused(client: TestClient, sent: object, status: int = 422) -> dict[str, Any]:
    content = sent if isinstance(sent, bytes) else json.dumps(sent).encode()
    answer = client.post("/v1/feedback", content=content, headers={"content-type": "application/json"})
    assert answer.status_code == status, answer.text
    error: dict[str, Any] = answer.json()["error"]
    assert list(error) == ["code", "message", "field", "limit"]
    assert "miracle" not in answer.text
    return error


@pytest.mark.parametrize("setting", ["none", "NONE", "off", "0", " false "])
def test_off_is_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, setting: str) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    with service(setting) as client:
        assert client.get("/v1/feedback").json() == {"enabled": False}
        assert refused(client, body(SENTENCE), 403)["code"] == "feedback_off"
    assert list(tmp_path.iterdir()) == []


def test_off_unless_set(fake: FakeAnnotator) -> None:
    with TestClient(create_app(Settings(), fake)) as client:
        answer = client.get("/v1/feedback")
    assert (answer.status_code, answer.json()) == (200, {"enabled": False})


def test_on(client: TestClient, place: Path) -> None:
    assert client.get("/v1/feedback").json() == {"enabled": True}
    for sent in (body(), body(SENTENCE, verdict="right"), body(verdict="hide", score=None), body()):
        answer = client.post("/v1/feedback", json=sent)
        assert (answer.status_code, answer.content) == (204, b"")
    told = {
        "day": TODAY.isoformat(),
        "span_id": span_id(LABEL, SENTENCE),
        "label": LABEL,
        "model": {"version": "fake-1", "sha256": SHA},
        "mode": "balanced",
    }
    nothing = {"sentence": None, "start": None, "end": None}
    assert stored(place) == [
        told | {"verdict": "wrong", "score": 0.8} | nothing,
        told | {"verdict": "right", "score": 0.8, "sentence": SENTENCE, "start": 16, "end": 23},
        told | {"verdict": "hide", "score": None} | nothing,
        told | {"verdict": "wrong", "score": 0.8} | nothing,
    ]
    assert stat.S_IMODE(place.stat().st_mode) == 0o600


def test_the_default_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    with service("on") as client:
        assert client.post("/v1/feedback", json=body()).status_code == 204
        file = tmp_path / "data" / "overclaim" / "feedback.sqlite"
        assert {stat.S_IMODE(found.stat().st_mode) for found in file.parent.iterdir()} == {0o600}
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert len(stored(file)) == 1


def test_a_restarted_service_goes_on(place: Path) -> None:
    for _ in range(2):
        with service(f"sqlite:///{place}") as client:
            assert client.post("/v1/feedback", json=body()).status_code == 204
    assert len(stored(place)) == 2


def test_no_sentence_without_agreement(client: TestClient, place: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        for unagreed in ({"agreed": False}, {"agreed": None}, {"agreed": "true"}, {"agreed": 1}):
            assert refused(client, body(SENTENCE) | unagreed)["field"] == "agreed"
        sent = body(SENTENCE)
        del sent["agreed"]
        error = refused(client, sent)
        assert (error["code"], error["field"]) == ("not_agreed", "agreed")
        assert client.post("/v1/feedback", json=body()).status_code == 204
    assert len(stored(place)) == 1
    assert b"miracle" not in file_bytes(place)
    assert "miracle" not in caplog.text
    # The same look does find an agreed one.
    assert client.post("/v1/feedback", json=body(SENTENCE)).status_code == 204
    assert b"miracle" in file_bytes(place)
    assert "miracle" not in caplog.text


def test_nothing_else_of_the_user_is_stored(client: TestClient, place: Path) -> None:
    headers = {"User-Agent": "marked-agent", "Referer": "http://marked-site/", "Cookie": "marked=1"}
    assert client.post("/v1/feedback?marked=1", json=body(), headers=headers).status_code == 204
    assert b"marked" not in file_bytes(place)
    assert b"testclient" not in file_bytes(place)


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"span_id": "xyz"}, "span_id", "invalid"),
        ({"span_id": "0" * 17}, "span_id", "invalid"),
        ({"span_id": "A" * 16}, "span_id", "invalid"),
        ({"span_id": "0" * 16 + "\n"}, "span_id", "invalid"),
        ({"span_id": 5}, "span_id", "invalid"),
        ({"span_id": "0" * 16}, "span_id", "other_span"),
        ({"label": "miracle"}, "label", "unknown_label"),
        ({"label": None}, "label", "invalid"),
        ({"label": "overstated_efficacy"}, "span_id", "other_span"),
        ({"verdict": "miracle"}, "verdict", "unknown_verdict"),
        ({"verdict": "WRONG"}, "verdict", "unknown_verdict"),
        ({"verdict": ["wrong"]}, "verdict", "unknown_verdict"),
        ({"model": "miracle"}, "model", "invalid"),
        ({"model": {"version": "1"}}, "model.sha256", "missing"),
        ({"model": {"version": "1", "sha256": "miracle"}}, "model.sha256", "invalid"),
        ({"model": {"version": "a miracle", "sha256": SHA}}, "model.version", "invalid"),
        ({"model": {"version": "1" * 65, "sha256": SHA}}, "model.version", "invalid"),
        ({"model": {"version": "1\n", "sha256": SHA}}, "model.version", "invalid"),
        ({"model": {"version": "1", "sha256": SHA, "name": "x"}}, "name", "unknown_key"),
        ({"mode": "miracle"}, "mode", "unknown_mode"),
        ({"score": 1.01}, "score", "invalid"),
        ({"score": -0.1}, "score", "invalid"),
        ({"score": "0.5"}, "score", "invalid"),
        ({"score": True}, "score", "invalid"),
        ({"sentence": 5}, "sentence", "invalid"),
        ({"sentence": ""}, "start", "outside"),
        ({"sentence": "A half \ud83d of a miracle"}, "sentence", "lone_surrogate"),
        ({"sentence": "A \0 miracle"}, "sentence", "nul"),
        ({"sentence": SENTENCE + "!"}, "span_id", "other_span"),
        ({"sentence": None}, "sentence", "missing"),
        ({"start": None}, "start", "missing"),
        ({"end": None}, "end", "missing"),
        ({"start": -1}, "start", "invalid"),
        ({"start": 1.5}, "start", "invalid"),
        ({"start": True}, "start", "invalid"),
        ({"end": 16}, "end", "empty"),
        ({"end": 2}, "end", "empty"),
        ({"start": 5, "end": 6}, "end", "empty"),
        ({"end": 25}, "end", "outside"),
        ({"end": 10**30}, "end", "outside"),
        ({"start": 5, "offset_unit": "utf16"}, "start", "outside"),
        ({"offset_unit": "miracle"}, "offset_unit", "unknown_unit"),
        ({"agreed": "yes"}, "agreed", "invalid"),
        ({"miracle": 1}, None, "unknown_key"),
    ],
)
def test_bad_fields(client: TestClient, place: Path, change: dict[str, Any], field: str | None, code: str) -> None:
    sent = body(SENTENCE) | change
    content = json.dumps(sent).encode()
    answer = client.post("/v1/feedback", content=content, headers={"content-type": "application/json"})
    assert answer.status_code == 422, answer.text
    error = answer.json()["error"]
    assert error["code"] == code
    assert error["field"] == (field or "miracle")
    assert "\n" not in error["message"]
    assert field is None or "miracle" not in answer.text
    assert stored(place) == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"model": "miracle"}, "model must be an object with the keys version and sha256, not a string"),
        ({"model": None}, "model must be an object with the keys version and sha256, not null"),
        ({"model": {"version": 1, "sha256": SHA}}, "model.version must be 1 to 64 letters, digits or any of . + _ -, "
         "not a number"),
        ({"model": {"version": "1", "sha256": "miracle"}}, "model.sha256 must be 64 hex digits in lower case"),
        ({"span_id": "miracle"}, "span_id must be 16 hex digits in lower case"),
        ({"label": 5}, "label must be a string, not a number"),
        ({"verdict": "miracle"}, "verdict must be one of hide, wrong, right"),
        ({"verdict": ["miracle"]}, "verdict must be one of hide, wrong, right, not an array"),
        ({"mode": "miracle"}, "mode must be one of strict, balanced, sensitive"),
        ({"offset_unit": "miracle"}, "offset_unit must be one of codepoint, utf16, utf8"),
        ({"score": "miracle"}, "score must be a number from 0 to 1, not a string"),
        ({"score": 2}, "score must be a number from 0 to 1"),
        ({"start": 1.5}, "start must be a whole number from 0 up"),
        ({"end": True}, "end must be a whole number from 0 up, not a boolean"),
        ({"agreed": "miracle"}, "agreed must be true or false, not a string"),
        ({"sentence": ["miracle"]}, "sentence must be a string, not an array"),
        ({"sentence": "a \ud800 miracle"}, "sentence holds half of a surrogate pair: it is not valid Unicode"),
    ],
)  # fmt: skip
def test_messages_are_for_people(client: TestClient, change: dict[str, Any], message: str) -> None:
    # No class, no pattern and no words of the library that checks.
    assert refused(client, body(SENTENCE) | change)["message"] == message


def test_every_field_has_its_message() -> None:
    parts = {f"model.{name}" for name in FeedbackModel.model_fields}
    assert _WANTED.keys() == FeedbackRequest.model_fields.keys() | parts


def test_unknown_keys_are_told_with_the_known_ones(client: TestClient) -> None:
    known = ", ".join(FeedbackRequest.model_fields)
    # Rather than what is missing: it may be there, under the wrong name.
    assert refused(client, {"verdikt": 1, "x" * 41: 2}) == {
        "code": "unknown_key",
        "message": f"unknown keys 'verdikt', '{'x' * 40}'; known are {known}",
        "field": "verdikt",
        "limit": None,
    }
    error = refused(client, body() | {"model": {"version": "1", "sha": SHA}})
    assert error["message"] == "unknown key 'sha' in model; known are version, sha256"
    assert error["field"] == "sha"


@pytest.mark.parametrize("name", ["span_id", "label", "verdict", "model", "mode"])
def test_missing_fields(client: TestClient, name: str) -> None:
    sent = body()
    del sent[name]
    error = refused(client, sent)
    assert error == {"code": "missing", "message": f"{name} is required", "field": name, "limit": None}


def test_bad_bodies(client: TestClient, place: Path) -> None:
    assert refused(client, b"\xff", 400)["code"] == "not_utf8"
    assert refused(client, b'{"sentence": "miracle"', 400)["code"] == "malformed_json"
    assert refused(client, b'{"score": NaN}', 400)["code"] == "malformed_json"
    assert refused(client, b"[]")["code"] == "not_an_object"
    infinite = json.dumps(body()).replace("0.8", "1e999").encode()
    assert refused(client, infinite)["field"] == "score"
    assert refused(client, b" " * (MAX_BODY_BYTES + 1), 413)["limit"] == MAX_BODY_BYTES
    assert stored(place) == []


def test_the_longest_sentence(client: TestClient, place: Path) -> None:
    longest = "miracle " + "😀" * 1992
    sent = json.dumps(body(longest), ensure_ascii=True).encode()
    answer = client.post("/v1/feedback", content=sent, headers={"content-type": "application/json"})
    assert answer.status_code == 204
    assert [row["sentence"] for row in stored(place)] == [longest]
    error = refused(client, body(longest + "!"), 413)
    assert (error["code"], error["field"], error["limit"]) == ("too_long", "sentence", 2000)
    assert error["message"] == "sentence is too long: 2001 characters, and the limit is 2000"


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "text/json", ""])
def test_pages_from_elsewhere_cannot_send(client: TestClient, place: Path, kind: str) -> None:
    sent = json.dumps(body()).encode()
    answer = client.post("/v1/feedback", content=sent, headers={"content-type": kind})
    assert (answer.status_code, answer.json()["error"]["code"]) == (415, "not_json")
    asked = {"Origin": "http://elsewhere", "Access-Control-Request-Method": "POST"}
    preflight = client.options("/v1/feedback", headers=asked)
    assert preflight.status_code == 405
    assert "access-control-allow-origin" not in preflight.headers
    assert stored(place) == []
    right = client.post("/v1/feedback", content=sent, headers={"content-type": "Application/JSON; charset=utf-8"})
    assert right.status_code == 204


def test_no_way_into_the_database(client: TestClient, place: Path) -> None:
    hostile = "miracle'); DROP TABLE overclaim_feedback; --"
    assert client.post("/v1/feedback", json=body(hostile)).status_code == 204
    assert [row["sentence"] for row in stored(place)] == [hostile]


@given(
    before=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40),
    words=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=40).filter(
        str.strip
    ),
    after=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40),
    unit=st.sampled_from(["codepoint", "utf16", "utf8"]),
)
@settings(max_examples=150)
def test_every_unit_comes_to_code_points(before: str, words: str, after: str, unit: str) -> None:
    def length(text: str) -> int:
        return {"codepoint": len(text), "utf16": len(text.encode("utf-16-le")) // 2, "utf8": len(text.encode())}[unit]

    sentence = before + words + after
    start = length(before)
    sent = body(sentence, words, start=start, end=start + length(words), offset_unit=unit)
    found = parse_feedback(json.loads(json.dumps(sent)), TODAY)
    assert (found.start, found.end) == (len(before), len(before + words))
    assert found.sentence == sentence


@given(st.lists(st.tuples(st.text(st.sampled_from("a 😀é\u2028\n\t'\";"), max_size=30), st.booleans()), max_size=4))
@settings(max_examples=25)
def test_what_goes_in_comes_out(tmp_path_factory: pytest.TempPathFactory, told: list[tuple[str, bool]]) -> None:
    store = FeedbackStore(str(tmp_path_factory.mktemp("round") / "x.sqlite"), "test")
    try:
        given_in = [parse_feedback(body(f"{words}miracle" if agreed else None), TODAY) for words, agreed in told]
        store.prepare()
        for found in given_in:
            store.add(found)
        assert list(store.rows()) == given_in
    finally:
        store.close()


def test_eight_at_once_lose_nothing(place: Path) -> None:
    sentences = [f"Number {number} 😀 is a miracle." for number in range(120)]
    with service(place) as client, ThreadPoolExecutor(8) as threads:
        statuses = list(threads.map(lambda told: client.post("/v1/feedback", json=body(told)).status_code, sentences))
    assert statuses == [204] * len(sentences)
    assert sorted(row["sentence"] for row in stored(place)) == sorted(sentences)


def test_eight_that_make_the_tables_at_once(place: Path) -> None:
    def one(number: int) -> None:
        store = FeedbackStore(str(place), "test")
        store.add(parse_feedback(body(f"{number} miracle"), TODAY))
        store.close()

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(one, range(16)))
    assert len(stored(place)) == 16


@pytest.mark.parametrize(
    ("code", "times", "stored_at_last"),
    [
        (sqlite3.SQLITE_BUSY, 2, True),  # another process makes the tables just now
        (sqlite3.SQLITE_BUSY, 1_000_000, False),
        (sqlite3.SQLITE_IOERR, 1, False),
    ],
)
def test_tables_are_made_once_another_process_lets_go(
    place: Path, monkeypatch: pytest.MonkeyPatch, code: int, times: int, stored_at_last: bool
) -> None:
    monkeypatch.setattr(store_module, "BUSY_SECONDS", 0.3)
    tried = 0
    make = FeedbackStore._make_tables

    def busy(self: FeedbackStore) -> None:
        nonlocal tried
        tried += 1
        if tried <= times:
            reason = sqlite3.OperationalError("database is locked")
            reason.sqlite_errorcode = code
            raise OperationalError("CREATE", {}, reason)
        make(self)

    monkeypatch.setattr(FeedbackStore, "_make_tables", busy)
    store = FeedbackStore(str(place), "test")
    if stored_at_last:
        store.add(parse_feedback(body("A miracle"), TODAY))
        assert len(stored(place)) == 1
        assert tried == times + 1
    else:
        with pytest.raises(FeedbackUnavailableError, match="database is locked"):
            store.prepare()
        assert (tried == 1) == (times == 1)
    store.close()


def unavailable(client: TestClient, caplog: pytest.LogCaptureFixture, sent: dict[str, Any]) -> None:
    caplog.clear()
    error = refused(client, sent, 503)
    assert error["code"] == "feedback_unavailable"
    assert "feedback can't be stored" in caplog.text
    assert "miracle" not in caplog.text
    assert "Traceback" not in caplog.text


def test_a_locked_database(place: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(store_module, "BUSY_SECONDS", 0.05)
    with service(place) as client:
        lock = sqlite3.connect(place)
        lock.execute("BEGIN EXCLUSIVE")
        unavailable(client, caplog, body(SENTENCE))
        assert "database is locked" in caplog.text
        assert client.get("/v1/feedback").json() == {"enabled": True}
        lock.close()
        assert client.post("/v1/feedback", json=body()).status_code == 204
    assert len(stored(place)) == 1


def test_a_file_that_is_no_database(place: Path, caplog: pytest.LogCaptureFixture) -> None:
    place.write_bytes(b"no database at all" * 100)
    with service(place) as client:
        assert "feedback can't be stored" in caplog.text
        unavailable(client, caplog, body(SENTENCE))
        assert client.post("/v1/annotate", json={"text": "A miracle"}).status_code == 200
    assert place.read_bytes() == b"no database at all" * 100


def test_a_database_that_goes_away_comes_back(place: Path) -> None:
    with service(place) as client:
        assert client.post("/v1/feedback", json=body()).status_code == 204
        for file in place.parent.iterdir():
            file.unlink()
        assert client.post("/v1/feedback", json=body(verdict="right")).status_code == 204
    assert [row["verdict"] for row in stored(place)] == ["right"]


def test_tables_of_another_version(place: Path, caplog: pytest.LogCaptureFixture) -> None:
    with service(place) as client:
        assert client.post("/v1/feedback", json=body()).status_code == 204
    changed = sqlite3.connect(place)
    changed.execute("UPDATE overclaim_feedback_schema SET version = 2")
    changed.commit()
    changed.close()
    with service(place) as client:
        unavailable(client, caplog, body())
        assert "another version" in caplog.text


def test_the_description(client: TestClient, place: Path) -> None:
    operations = client.get("/openapi.json").json()["paths"]["/v1/feedback"]
    assert set(operations) == {"get", "post"}
    assert set(operations["post"]["responses"]) == {"204", "400", "403", "413", "415", "422", "503"}
    schema = operations["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert "$ref" not in json.dumps(schema)
    assert schema["required"] == ["span_id", "label", "verdict", "model", "mode"]
    example = request_schema()["example"]
    assert client.post("/v1/feedback", json=example).status_code == 204
    assert [row["sentence"][row["start"] : row["end"]] for row in stored(place)] == ["miracle"]
