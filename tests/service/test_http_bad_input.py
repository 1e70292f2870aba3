"""Every kind of bad input gets a clear 4xx, and no error shows or logs any of the article."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from asking import LIMIT, annotate, refused
from fake_annotator import FakeAnnotator
from starlette.testclient import TestClient

from classifier.annotation import Annotation
from classifier.document import Document
from classifier.errors import InvalidInputError
from service.app import create_app
from service.settings import Settings


@pytest.fixture
def client(fake: FakeAnnotator) -> Iterator[TestClient]:
    with TestClient(create_app(Settings(max_bytes=LIMIT, threads=2), fake)) as made:
        yield made


BAD_FIELDS = [
    ({"text": ""}, "text", "empty", "text is empty"),
    ({"text": " \n\t\u00a0"}, "text", "empty", "text is empty"),
    ({"text": None}, "text", "not_a_string", "text must be a string, not null"),
    ({"text": 5}, "text", "not_a_string", "text must be a string, not a number"),
    ({"text": True}, "text", "not_a_string", "text must be a string, not a boolean"),
    ({"text": ["a"]}, "text", "not_a_string", "text must be a string, not an array"),
    ({"text": {"a": 1}}, "text", "not_a_string", "text must be a string, not an object"),
    ({}, "text", "missing", "text is required"),
    ({"text": "x", "title": 3}, "title", "not_a_string", "title must be a string, not a number"),
    ({"text": "\ud800"}, "text", "lone_surrogate", "text holds half of a surrogate pair"),
    ({"text": "x", "title": "a\udc00"}, "title", "lone_surrogate", "title holds half of a surrogate pair"),
    ({"text": "x", "labels": ["spin"]}, "labels", "unknown_label", "unknown label 'spin'; known are overstated_eff"),
    ({"text": "x", "labels": ["\ud800"]}, "labels", "unknown_label", r"unknown label '\ud800'"),
    ({"text": "x", "labels": []}, "labels", "empty", "labels is an empty list"),
    ({"text": "x", "labels": "all"}, "labels", "not_a_list", "labels must be a list of label ids, not a string"),
    ({"text": "x", "labels": [1]}, "labels", "not_a_list", "labels must be a list of label ids; it holds a number"),
    ({"text": "x", "mode": "loud"}, "mode", "unknown_mode", "one of strict, balanced, sensitive, not 'loud'"),
    ({"text": "x", "mode": "\ud800"}, "mode", "unknown_mode", r"not '\ud800'"),
    ({"text": "x", "mode": None}, "mode", "unknown_mode", "not null"),
    (
        {"text": "x", "offset_unit": "bytes"},
        "offset_unit",
        "unknown_unit",
        "codepoint, utf16, utf8, not 'bytes'",
    ),
    ({"text": "x", "lang": "en"}, "lang", "unknown_key", "unknown key 'lang'; known are text, title, labels, mode"),
    ({"txt": "x", "b\n": 1}, "txt", "unknown_key", r"unknown keys 'txt', 'b\n'; known are text"),
    ({"text": "x", "\ud800": 1}, r"\ud800", "unknown_key", r"unknown key '\ud800'"),
]


@pytest.mark.parametrize(("values", "field", "code", "message"), BAD_FIELDS)
def test_bad_field(client: TestClient, values: object, field: str, code: str, message: str) -> None:
    error = refused(client, json.dumps(values).encode(), 422)
    assert (error["field"], error["code"], error["limit"]) == (field, code, None)
    assert message in error["message"]


@pytest.mark.parametrize("value", [[], ["text"], "text", 5, None, True])
def test_json_that_is_no_object(client: TestClient, value: object) -> None:
    error = refused(client, json.dumps(value).encode(), 422)
    assert (error["field"], error["code"]) == ("body", "not_an_object")
    assert error["message"].startswith("body must be a JSON object, not ")


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        (b"", "malformed_json", "Expecting value at line 1, column 1"),
        (b'{"text": "x"', "malformed_json", "line 1, column 13"),
        (b'{"text": "a\nb"}', "malformed_json", "Invalid control character"),
        (b'{"text": NaN}', "malformed_json", "NaN is not JSON"),
        (b"[" * 5_000, "malformed_json", "nested too deeply"),
        (b'{"text": ' + b"1" * 5_000 + b"}", "malformed_json", "too many digits"),
        (b'{"text": "caf\xe9"}', "not_utf8", "body is not UTF-8: bad byte 0xe9 at byte offset 13"),
        ('{"text": "x"}'.encode("utf-16"), "not_utf8", "bad byte 0xff at byte offset 0"),
    ],
)
def test_unreadable_body(client: TestClient, body: bytes, code: str, message: str) -> None:
    error = refused(client, body, 400)
    assert (error["field"], error["code"], error["limit"]) == ("body", code, None)
    assert message in error["message"]


def test_the_limit_counts_bytes_of_utf8_of_text_and_title(client: TestClient) -> None:
    assert annotate(client, text="é" * (LIMIT // 2))["spans"] == []
    assert annotate(client, text="é" * (LIMIT // 2 - 1), title="é")["spans"] == []
    # However the request writes them down: each character here is six bytes of JSON.
    escaped = b'{"text": "' + b"\\u0041" * LIMIT + b'"}'
    assert client.post("/v1/annotate", content=escaped).status_code == 200
    for values in ({"text": "é" * (LIMIT // 2) + "a"}, {"text": "é" * (LIMIT // 2), "title": "a"}):
        error = refused(client, json.dumps(values).encode(), 413)
        assert (error["field"], error["code"], error["limit"]) == ("text", "too_long", LIMIT)
        with_title = " with its title" if "title" in values else ""
        assert error["message"] == f"text is too long: 1001 bytes of UTF-8{with_title}, and the limit is {LIMIT}"


def test_a_huge_body_is_not_read(client: TestClient) -> None:
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        for _ in range(100):
            sent += 1
            yield b" " * 10_000

    announced = client.post("/v1/annotate", content=b"{}", headers={"content-length": "999999999999"})
    streamed = client.post("/v1/annotate", content=endless())
    for answer in (announced, streamed):
        assert answer.status_code == 413
        assert answer.json()["error"]["limit"] == LIMIT
        assert answer.json()["error"]["field"] == "text"


class BrokenAnnotator(FakeAnnotator):
    """Fails as no annotator should, quoting the article."""

    def annotate(self, text: str, **_: Any) -> Annotation:
        raise RuntimeError(f"can't do {text}")


MARKED = "xyzzy-marked-words"


def test_an_unexpected_error_shows_and_logs_no_text(caplog: pytest.LogCaptureFixture) -> None:
    with TestClient(create_app(Settings(), BrokenAnnotator())) as client, caplog.at_level(logging.DEBUG):
        error = refused(client, json.dumps({"text": MARKED}).encode(), 500)
        assert error["code"] == "internal"
        assert MARKED not in json.dumps(error)
        assert client.get("/healthz").status_code == 200
    assert "internal error RuntimeError: " in caplog.text
    assert "test_http_bad_input.py:" in caplog.text
    assert MARKED not in caplog.text


@pytest.mark.parametrize(
    "body",
    [
        json.dumps({"text": MARKED}),
        json.dumps({"text": [MARKED]}),
        json.dumps({"text": "x", "title": {"a": MARKED}}),
        json.dumps({"text": "x", "labels": [MARKED]}),
        json.dumps({"text": "x", "mode": MARKED}),
        json.dumps({"text": MARKED, "x": 1}),
        f'{{"text": "{MARKED}"',
        json.dumps({"text": MARKED * 100}),
        json.dumps({"text": MARKED + "\ud800"}),
    ],
)
def test_no_text_in_the_log(client: TestClient, caplog: pytest.LogCaptureFixture, body: str) -> None:
    with caplog.at_level(logging.DEBUG):
        answer = client.post(f"/v1/annotate?q={MARKED}", content=body)
        client.get(f"/{MARKED}")
        assert answer.status_code < 500
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("overclaim")]
    assert any(f"POST /v1/annotate {answer.status_code}" in line for line in ours)
    assert not any(MARKED in line for line in ours)


@pytest.mark.parametrize("values", [{"text": [MARKED]}, {"text": MARKED, "k": 1}, {"text": MARKED + "\ud800"}])
def test_errors_do_not_echo_the_article(client: TestClient, values: object) -> None:
    assert MARKED not in json.dumps(refused(client, json.dumps(values).encode(), 422))


NAME = "name-0123456789-0123456789-0123456789-0123456789"


@pytest.mark.parametrize(
    "values",
    [{"labels": [NAME]}, {"mode": NAME}, {"offset_unit": NAME}, {"form": NAME}, {NAME: 1}, {NAME: 1, "b": 2}],
)
def test_of_an_unknown_name_forty_characters_are_shown(client: TestClient, values: dict[str, object]) -> None:
    told = json.dumps(refused(client, json.dumps({"text": MARKED} | values).encode(), 422))
    assert f"'{NAME[:40]}'" in told
    assert NAME[:41] not in told
    assert MARKED not in told


class PickyAnnotator(FakeAnnotator):
    """Refuses on its own account, as the real one may."""

    def annotate(self, text: str, **_: Any) -> Annotation:
        Document(text)
        raise InvalidInputError("text has too many sentences: over 3", field="text", code="too_long", limit=3)


def test_the_annotators_own_limits_are_413() -> None:
    with TestClient(create_app(Settings(), PickyAnnotator())) as client:
        error = refused(client, b'{"text": "x"}', 413)
    assert error == {
        "code": "too_long",
        "message": "text has too many sentences: over 3",
        "field": "text",
        "limit": 3,
    }
