"""Requests as the editors send them, byte by byte, and the clients that are written in Python themselves."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import httpx
import language_tool_python
import pytest
from fake_annotator import FakeAnnotator
from language_tool_python.exceptions import LanguageToolError
from lt_asking import TEXT, annotated, serving, words

from classifier.annotation import Annotation

HYPE = "OVERCLAIM_SENSATIONAL_LANGUAGE"
EFFICACY = "OVERCLAIM_OVERSTATED_EFFICACY"
ALL = [(HYPE, "miracle"), (EFFICACY, "miracle cure"), (HYPE, "breakthrough")]


def remote(address: str, language: str = "en-US") -> language_tool_python.LanguageTool:
    return language_tool_python.LanguageTool(language, remote_server=address)


def found(matches: list[language_tool_python.Match], text: str) -> list[tuple[str, str]]:
    return [(match.rule_id, text[match.offset : match.offset + match.error_length]) for match in matches]


def test_language_tool_python(address: str) -> None:
    text = "🐁🐁 " + TEXT
    with remote(address) as tool:
        matches = tool.check(text)
        # The client counts code points again, in the text but not in the context; that part is its own defect.
        assert found(matches, text) == ALL
        assert [match.category for match in matches] == ["TONE", "CERTAINTY", "TONE"]
        assert {match.rule_issue_type for match in matches} == {"style", "inconsistency"}
        assert all(match.message and match.replacements == [] for match in matches)
        assert tool.correct(text) == text
        tool.disabled_rules = {HYPE}
        assert found(tool.check(text), text) == [ALL[1]]
        tool.disabled_rules = set()
        tool.disabled_categories = {"CERTAINTY"}
        assert found(tool.check(text), text) == [ALL[0], ALL[2]]
        tool.disabled_categories = set()
        tool.picky = True
        assert found(tool.check(text), text) == [*ALL, ("OVERCLAIM_UNDERSTATED_HARMS", "safe")]


def test_language_tool_python_raises_its_own_errors(address: str) -> None:
    with remote(address) as tool:
        tool.enabled_rules_only = True
        with pytest.raises(LanguageToolError, match="Error: enabledOnly needs enabledRules"):
            tool.check(TEXT)
    with pytest.raises(ValueError, match="de-DE"):
        remote(address, "de-DE")
    with remote(address, "auto") as tool:
        assert tool.check("Übelkeit") == []


def pylanguagetool(tmp_path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command as it is."""
    command = Path(sys.executable).with_name("pylanguagetool")
    return subprocess.run(
        [command, *arguments],
        env=os.environ | {"PYTHONIOENCODING": "utf-8", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


def test_pylanguagetool(address: str, tmp_path: Path) -> None:
    article = tmp_path / "article.txt"
    article.write_text("A pill\n\nIt is a breakthrough.", encoding="utf-8")
    asked = ("--no-color", "--api-url", f"{address}v2/", "--rules", "--rule-categories", str(article))
    done = pylanguagetool(tmp_path, *asked)
    assert done.returncode == 1, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "English (US) detected (100% confidence)"
    assert "  ✗ A pill  It is a breakthrough." in lines
    assert " " * 4 + " " * 16 + "^" * 12 in lines
    assert f"  {HYPE}: Sensational language" in lines
    assert "  TONE: Tone" in lines
    assert lines[-1].startswith(f"Text checked by {address}v2/ (Overclaim ")
    assert pylanguagetool(tmp_path, *asked, "--disabled-rules", HYPE).returncode == 0
    refused = pylanguagetool(tmp_path, *asked, "--lang", "fr")
    assert "ValueError: Error: 'fr' is not the code of a language" in refused.stderr


def raw(address: str, request: bytes, *, half_close: bool) -> bytes:
    """Send bytes, and read until the server closes the connection."""
    host, port = address.removeprefix("http://").rstrip("/").split(":")
    with socket.create_connection((host, int(port)), timeout=60) as sock:
        sock.sendall(request)
        if half_close:
            sock.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: sock.recv(65536), b""))


def posted(body: bytes, path: str = "/v2/check", **headers: str) -> bytes:
    lines = [f"POST {path} HTTP/1.1", "Host: x", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


def parsed(answer: bytes) -> tuple[int, dict[str, str], bytes]:
    head, _, body = answer.partition(b"\r\n\r\n")
    status, *lines = head.decode().split("\r\n")
    pairs = (line.partition(": ") for line in lines)
    return int(status.split()[1]), {name.lower(): value for name, _, value in pairs}, body


def test_emacs_langtool_closes_its_half(address: str) -> None:
    body = urlencode({"language": "en-US", "text": TEXT, "disabled": HYPE}).encode()
    form = "application/x-www-form-urlencoded"
    status, headers, answer = parsed(raw(address, posted(body, Content_Type=form), half_close=True))
    assert status == 200
    # Emacs compares this string, and reads as its answer all that comes after the headers.
    assert headers["content-type"] == "application/json"
    assert "transfer-encoding" not in headers
    assert words(json.loads(answer), TEXT) == [ALL[1]]


@pytest.mark.parametrize("path", ["/v1/annotate", "/healthz", "/v2/nothing"])
def test_half_closed_sockets_are_answered_everywhere(address: str, path: str) -> None:
    status, headers, answer = parsed(raw(address, posted(b'{"text": "A miracle"}', path), half_close=True))
    assert status in (200, 404, 405)
    assert len(answer) == int(headers["content-length"])


class HeldAnnotator(FakeAnnotator):
    """Scores only when told to."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.go = threading.Event(), threading.Event()

    def annotate(self, text: str, **options: Any) -> Annotation:
        self.asked.set()
        assert self.go.wait(60)
        return super().annotate(text, **options)


def test_an_answer_that_comes_long_after_the_half_close() -> None:
    held = HeldAnnotator()
    with serving(held) as address:
        host, port = address.removeprefix("http://").rstrip("/").split(":")
        with socket.create_connection((host, int(port)), timeout=60) as sock:
            sock.sendall(posted(b"language=en&text=A+miracle"))
            assert held.asked.wait(60)
            sock.shutdown(socket.SHUT_WR)
            # By the time that another connection is answered, the server has seen the end of this one.
            for _ in range(3):
                assert httpx.get(f"{address}healthz", timeout=60).status_code == 200
            held.go.set()
            status, headers, answer = parsed(b"".join(iter(lambda: sock.recv(65536), b"")))
    assert (status, headers["connection"]) == (200, "close")
    assert len(json.loads(answer)["matches"]) == 1


def test_half_a_request_is_not_waited_for(address: str) -> None:
    assert raw(address, posted(b"text=x&language=en")[:-5], half_close=True) == b""
    assert raw(address, b"", half_close=True) == b""
    assert httpx.get(f"{address}v2/healthcheck", timeout=60).text == "OK"


def test_an_open_socket_stays_open(address: str) -> None:
    with httpx.Client(timeout=60) as client:
        for _ in range(2):
            assert client.get(f"{address}v2/healthcheck").headers.get("connection") is None


def ask(address: str, path: str, body: bytes | str, **headers: str) -> dict[str, Any]:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    answer = httpx.post(f"{address.rstrip('/')}{path}", content=body, headers=sent, timeout=60)
    assert answer.status_code == 200, answer.text
    assert answer.headers["access-control-allow-origin"] == "*"
    read: dict[str, Any] = answer.json()
    return read


def test_ltex_mislabels_its_body(address: str) -> None:
    data, source = annotated(
        {"markup": "\\section{"}, {"text": "A pill"}, {"markup": "}", "interpretAs": "\n\n"}, {"text": TEXT}
    )
    body = urlencode({"language": "en-US", "data": data, "enabledRules": "", "disabledCategories": ""})
    answer = ask(address, "/v2/check", body, Content_Type="application/json", Accept="application/json")
    assert words(answer, source) == ALL
    assert all(match["sentence"] == "The 😀 miracle cure is a breakthrough." for match in answer["matches"])


@pytest.mark.parametrize("path", ["//v2/check", "/v2//check", "/v2/check/", "///v2///check", "/v2/v2/check"])
def test_ltex_plus_asks_with_two_slashes_and_others_differ(address: str, path: str) -> None:
    data, source = annotated({"text": TEXT})
    body = urlencode({"language": "en-US", "data": data, "level": "default"})
    answer = ask(address, path, body, Content_Type="application/x-www-form-urlencoded")
    assert words(answer, source) == ALL


def test_vs_code_linter_sends_offsets_too(address: str) -> None:
    data, source = annotated(
        {"markup": "# ", "interpretAs": "", "offset": {"start": 0, "end": 2}},
        {"text": "A miracle", "offset": {"start": 2, "end": 11}},
        {"markup": "\n\n", "interpretAs": "\n\n", "offset": {"start": 11, "end": 13}},
    )
    body = urlencode({"data": data, "language": "auto", "motherTongue": "en", "preferredVariants": "en-US"})
    answer = ask(address, "/v2/check", body, Content_Type="application/x-www-form-urlencoded", Accept="*/*")
    assert words(answer, source) == [ALL[0]]


def test_obsidian_fetches(address: str) -> None:
    data, source = annotated({"markup": "**"}, {"text": "A breakthrough"}, {"markup": "**"})
    body = "&".join(f"{name}={quote(value, safe='')}" for name, value in [
        ("data", data), ("language", "auto"), ("enabledOnly", "false"), ("level", "default"),
    ])  # fmt: skip
    answer = ask(
        address, "/v2/check", body, Content_Type="application/x-www-form-urlencoded", Origin="app://obsidian.md"
    )
    assert words(answer, source) == [ALL[2]]
    assert answer["matches"][0]["rule"]["category"]["id"] == "TONE"


def test_the_browser_add_on_asks_first(address: str) -> None:
    origin = {"Origin": "chrome-extension://abc"}
    asked = origin | {
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
    }
    preflight = httpx.options(f"{address}v2/check", headers=asked, timeout=60)
    assert preflight.status_code == 204
    assert preflight.headers["access-control-allow-origin"] == "*"
    assert "POST" in preflight.headers["access-control-allow-methods"]
    assert preflight.headers["access-control-allow-headers"] == "*"
    body = urlencode({"data": json.dumps({"text": TEXT}), "language": "en-us", "textSessionId": "1:2", "v": "8"})
    answer = ask(address, "/v2/check?c=1&instanceId=2", body, **origin, Content_Type="text/plain")
    assert words(answer, TEXT) == ALL


def test_libreoffice_encodes_nothing(address: str) -> None:
    text = "At R&D in Zürich, 50%25 more: a=b & text=c, C++ – 😀 a miracle."
    body = f"text={text}&language=en-US".encode()
    answer = ask(address, "/v2/check", body, Content_Type="application/x-www-form-urlencoded")
    assert words(answer, text) == [ALL[0]]
    assert answer["matches"][0]["context"]["text"] == "..." + text[text.index("miracle") - 40 :]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_parameters_in_the_query(address: str, method: str) -> None:
    query = urlencode({"text": TEXT, "language": "en-US"})
    answer = httpx.request(method, f"{address}v2/check?{query}", timeout=60)
    assert answer.status_code == 200
    assert words(answer.json(), TEXT) == ALL


def test_the_query_wins(address: str) -> None:
    answer = ask(address, "/v2/check?language=en-GB", b"text=A+miracle&language=xx&language=fr")
    assert answer["language"]["code"] == "en-GB"
