"""The other routes under ``/v2``, errors, limits, the project, and what is never logged."""

from __future__ import annotations

import logging
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from fake_annotator import FakeAnnotator
from lt_asking import LIMIT, TEXT, check, refused, words
from starlette.testclient import TestClient

import classifier
from classifier.annotation import Annotation
from classifier.errors import ArtifactError
from classifier.labels import LABEL_IDS
from service.app import create_app
from service.cli import main
from service.project import ProjectError
from service.settings import Settings

FAKE_CLI = [sys.executable, str(Path(__file__).parents[1] / "fake_cli.py")]
HYPE = "OVERCLAIM_SENSATIONAL_LANGUAGE"


def test_languages(client: TestClient) -> None:
    found = client.get("/v2/languages").json()
    assert {"name": "English (US)", "code": "en", "longCode": "en-US"} in found
    assert {entry["code"] for entry in found} == {"en"}
    assert all(entry.keys() == {"name", "code", "longCode"} for entry in found)


def test_info(client: TestClient) -> None:
    assert client.get("/v2/info").json()["software"]["name"] == "Overclaim"


def test_configinfo(client: TestClient) -> None:
    found = client.get("/v2/configinfo", params={"language": "en-US"}).json()
    assert found["parameter"] == {"maxTextLength": LIMIT // 3}
    assert [rule["ruleId"] for rule in found["rules"]] == [f"OVERCLAIM_{label.upper()}" for label in LABEL_IDS]
    assert found["rules"][3] == {
        "ruleId": HYPE,
        "description": "Sensational language",
        "categoryId": "TONE",
        "categoryName": "Tone",
        "locQualityIssueType": "style",
    }
    for path in ("/v2/configinfo", "/v2/configinfo?language=de"):
        answer = client.get(path)
        assert (answer.status_code, answer.text[:7]) == (400, "Error: ")


def test_plain_answers(client: TestClient) -> None:
    length = client.get("/v2/maxtextlength")
    assert (length.status_code, length.text) == (200, str(LIMIT // 3))
    health = client.get("/v2/healthcheck")
    assert (health.status_code, health.text) == (200, "OK")
    assert length.headers["content-type"] == health.headers["content-type"] == "text/plain; charset=utf-8"


def test_a_text_of_that_length_is_taken(client: TestClient) -> None:
    assert check(client, text="€" * (LIMIT // 3))["matches"] == []
    said = refused(client, 413, text="€" * (LIMIT // 3 + 1), language="en")
    assert said == f"text is too long: 1002 bytes of UTF-8, and the limit is {LIMIT}"
    data = '{"annotation": [{"text": "A miracle"}, {"markup": "' + "x" * LIMIT + '"}]}'
    assert "the limit is" in refused(client, 413, data=data, language="en")
    assert "the body is over" in refused(client, 413, text="x" * 100_000, language="en")


def test_a_long_field_is_no_matter(fake: FakeAnnotator) -> None:
    text = "x" * 1_500_000 + " miracle"
    with TestClient(create_app(Settings(max_bytes=2_000_000), fake)) as client:
        (match,) = check(client, text=text)["matches"]
    assert match["offset"] == 1_500_001


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize("path", ["/v2", "/v2/", "/v2/words", "/v2/check/x", "//v2//nothing"])
def test_unknown_paths(client: TestClient, method: str, path: str) -> None:
    answer = client.request(method, f"http://testserver{path}")
    assert answer.status_code == 404
    assert answer.text.startswith("Error: there is nothing here; known are /v2/check")
    assert answer.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize(("method", "path"), [("PUT", "check"), ("DELETE", "check"), ("POST", "info")])
def test_wrong_methods(client: TestClient, method: str, path: str) -> None:
    answer = client.request(method, f"/v2/{path}")
    assert answer.status_code == 405
    assert answer.text == f"Error: /v2/{path} can't be asked with {method}"
    assert "GET" in answer.headers["allow"]


def test_paths_elsewhere_stay_as_they_are(client: TestClient) -> None:
    assert client.get("http://testserver//healthz").status_code == 404
    assert client.get("http://testserver/healthz/v2/check").status_code == 404
    for path in ("/healthz", "/v1/labels", "/nowhere"):
        assert "access-control-allow-origin" not in client.get(path).headers
    assert client.get("/v2x/check").json()["error"]["code"] == "not_found"


def test_bad_requests(client: TestClient) -> None:
    assert refused(client, language="en") == "one of the parameters text and data is needed"
    assert refused(client, language="en", text="a", data="{}") == "give either text or data, not both"
    for body in (b"", b"&&&", b"language", b'{"text": "marked"}', b"text=%ff&language=en", b"text=\xff&language=en"):
        answer = client.post("/v2/check", content=body, headers={"content-type": "application/json"})
        assert answer.status_code == 400
        assert answer.text.startswith("Error: ")
        assert "marked" not in answer.text
    answer = client.post("/v2/check", content=b"a=1&" * 10_001)
    assert (answer.status_code, answer.text) == (400, "Error: there are more than 10000 parameters")
    answer = client.post("/v2/check", content=b"text=%ff&language=en")
    assert answer.text == "Error: text is not UTF-8: bad byte 0xff at byte offset 0"


MULTIPART = b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\nA miracle=cure&no\r\n--x--\r\n'


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data; boundary=x", MULTIPART % b"language"),
        ("Application/JSON; charset=utf-8", b'{"language": "en", "text": "A miracle"}'),
        ("application/json", b'{"language":"en","text":"a=b&c=d"}'),
    ],
)
@pytest.mark.parametrize("query", ["", "?language=en"])
def test_a_body_in_another_form_is_told(client: TestClient, kind: str, body: bytes, query: str) -> None:
    answer = client.post(f"/v2/check{query}", content=body, headers={"content-type": kind})
    assert answer.status_code == 400
    missing = "one of the parameters text and data is needed" if query else "the parameter language is missing"
    assert answer.text.startswith(f"Error: {missing}")
    named = kind.partition(";")[0].lower()
    assert f"read as application/x-www-form-urlencoded, and this one, which says that it is {named}," in answer.text
    assert "miracle" not in answer.text


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", b"text=a"),
        ("application/json", b""),
        ("multipart/form-data; boundary=x", b"text=A miracle"),
        ("application/x-www-form-urlencoded", b'{"language":"en"}'),
        ("text/plain", b"nothing"),
    ],
)
def test_a_body_that_is_read_is_not_blamed(client: TestClient, kind: str, body: bytes) -> None:
    answer = client.post("/v2/check", content=body, headers={"content-type": kind})
    assert answer.text == "Error: the parameter language is missing, for example language=en-US or language=auto"


@pytest.mark.parametrize("kind", ["application/json", "multipart/form-data; boundary=x", "text/plain"])
def test_an_urlencoded_body_is_read_whatever_it_is_called(client: TestClient, kind: str) -> None:
    answer = client.post("/v2/check", content=b"language=en&text=A+miracle", headers={"content-type": kind})
    assert [match["rule"]["id"] for match in answer.json()["matches"]] == [HYPE]
    refused = client.post("/v2/check", content=b"language=de&text=A+miracle", headers={"content-type": kind})
    assert refused.text.startswith("Error: 'de' is not the code of a language")
    assert "urlencoded" not in refused.text


def test_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(path: Path | None = None) -> None:
        raise ArtifactError("no model")

    monkeypatch.setattr(classifier, "load", missing)
    with TestClient(create_app(Settings())) as client:
        assert refused(client, 503, text=TEXT, language="en") == "no model is loaded; see /readyz"
        assert client.get("/v2/healthcheck").status_code == 503
        assert client.get("/v2/languages").status_code == 200


class BrokenAnnotator(FakeAnnotator):
    """Fails with the article in its message."""

    def annotate(self, text: str, **options: Any) -> Annotation:
        raise RuntimeError(text)


def test_internal_errors_tell_nothing(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), TestClient(create_app(Settings(), BrokenAnnotator())) as client:
        assert refused(client, 500, text="A marked text.", language="en").startswith("an internal error occurred")
    assert "internal error RuntimeError" in caplog.text
    assert "marked" not in caplog.text


def test_security_headers_are_there_too(client: TestClient) -> None:
    headers = client.get("/v2/languages").headers
    assert headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in headers["content-security-policy"]


def test_a_project_is_read_again_when_it_changes(
    tmp_path: Path, fake: FakeAnnotator, caplog: pytest.LogCaptureFixture
) -> None:
    settings = tmp_path / ".overclaim.toml"
    settings.write_text('mode = "sensitive"\n', encoding="utf-8")
    with TestClient(create_app(Settings(project=tmp_path / "drafts"), fake)) as client:
        assert len(check(client, text=TEXT)["matches"]) == 4
        settings.write_text('mode = "strict"\n# changed\n', encoding="utf-8")
        assert words(check(client, text=TEXT), TEXT) == [(HYPE, "breakthrough")]
        assert len(check(client, text=TEXT, level="picky")["matches"]) == 4
        settings.write_text('labels_off = ["sensational_language"]\n', encoding="utf-8")
        assert words(check(client, text=TEXT), TEXT) == [("OVERCLAIM_OVERSTATED_EFFICACY", "miracle cure")]
        assert check(client, text=TEXT, enabledRules=HYPE, enabledOnly="true")["matches"] == []
        settings.write_text("mode = 'loud'\n", encoding="utf-8")
        assert len(check(client, text=TEXT)["matches"]) == 1
        assert "the last settings that could be used stay in force" in caplog.text
        settings.unlink()
        assert len(check(client, text=TEXT)["matches"]) == 3
        settings.write_text('mode = "strict"\n', encoding="utf-8")
        assert words(check(client, text=TEXT), TEXT) == [(HYPE, "breakthrough")]


def test_a_project_that_is_none(tmp_path: Path, fake_model: FakeAnnotator, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / ".git").mkdir()
    with pytest.raises(ProjectError, match=r"there is no \.overclaim\.toml in this folder or above it"):
        create_app(Settings(project=tmp_path), fake_model)
    assert main(["serve", "--port", "0", "--project", str(tmp_path)]) == 2
    assert "there is no .overclaim.toml" in capsys.readouterr().err
    assert main(["serve", "--port", "0", "--project", str(tmp_path / "nowhere")]) == 2
    assert capsys.readouterr().err == f"overclaim: error: {tmp_path / 'nowhere'}: no such folder\n"
    (tmp_path / ".overclaim.toml").write_text("mode = 5\n", encoding="utf-8")
    assert main(["serve", "--port", "0", "--project", str(tmp_path)]) == 2
    assert "mode" in capsys.readouterr().err


@contextmanager
def served(**settings: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Run the command itself; its address ends in a slash."""
    command = [*FAKE_CLI, "serve", "--port", "0"]
    environment = os.environ | settings
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as process:
        try:
            assert process.stderr is not None
            line = next(line for line in process.stderr if "serving on" in line)
            yield re.findall(r"http://\S+/", line)[0], process
        finally:
            process.kill()


def test_a_served_project_and_a_silent_log(tmp_path: Path) -> None:
    (tmp_path / ".overclaim.toml").write_text('labels_off = ["sensational_language"]\n', encoding="utf-8")
    with served(OVERCLAIM_PROJECT=str(tmp_path), OVERCLAIM_LOG_LEVEL="debug") as (address, process):
        with httpx.Client(base_url=address, timeout=60) as client:
            got = client.get("v2//check", params={"text": "marked miracle cure", "language": "en", "apiKey": "marked"})
            assert [match["rule"]["id"] for match in got.json()["matches"]] == ["OVERCLAIM_OVERSTATED_EFFICACY"]
            assert client.get("v2/check", params={"text": "marked", "language": "marked"}).status_code == 400
            assert client.post("v2/marked", content=b"text=marked").status_code == 404
        host, port = address.removeprefix("http://").rstrip("/").split(":")
        with socket.create_connection((host, int(port)), timeout=60) as sock:
            sock.sendall(b"GET /v2/healthcheck HTTP/1.1\r\nHost: x\r\n\r\n")
            sock.shutdown(socket.SHUT_WR)
            assert b"".join(iter(lambda: sock.recv(4096), b"")).endswith(b"\r\n\r\nOK")
        process.send_signal(signal.SIGINT)
        assert process.stderr is not None
        log = process.stderr.read()
    assert "GET /v2/check 200" in log
    assert "GET /v2/check 400" in log
    assert "POST /v2/{rest:path} 404" in log
    assert "marked" not in log
