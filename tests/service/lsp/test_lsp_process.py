"""`overclaim lsp` as editors start it: a process of its own, with the shipped model."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from lsp_editor import PATIENCE, Client, capabilities
from lsprotocol import types

from classifier.annotator import REMEMBERS
from classifier.features.reader import Reader
from classifier.features.reading import Reading
from service.checking import check
from service.cli import main
from service.commands.lsp import load_for_editor
from service.settings import load_settings

COMMAND = [sys.executable, "-m", "service.cli", "lsp"]
TEXT = "New pill\n\nThe 🧬 new pill is a stunning breakthrough, doctors said.\n"
pytestmark = pytest.mark.model


def hype(marks: list[types.Diagnostic]) -> list[types.Diagnostic]:
    return [mark for mark in marks if mark.code == "sensational_language"]


@pytest.mark.asyncio
async def test_a_session_over_standard_input_and_output(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    uri = (tmp_path / "a.txt").as_uri()
    editor = Client()
    await editor.start_io(*COMMAND, env={**os.environ, "OVERCLAIM_LOG_LEVEL": "debug"})
    await editor.start(capabilities(pulls=True, refreshes=True, encodings=["utf-8"]), tmp_path, {"debounce": 0})
    editor.open(TEXT, uri)
    report = await editor.pull(uri=uri)
    (mark,) = hype(report.items)
    line = TEXT.split("\n")[2].encode()
    words = line[mark.range.start.character : mark.range.end.character].decode()
    assert words in {"breakthrough", "stunning breakthrough", "a stunning breakthrough"}
    assert (await editor.pull(report.result_id, uri)).kind == "unchanged"
    start = types.Position(0, 0)
    editor.edit(2, [types.TextDocumentContentChangePartial(types.Range(start, start), "Oh\n\n")], uri)
    (moved,) = hype((await editor.pull(report.result_id, uri)).items)
    assert (moved.range.start.line, moved.range.start.character) == (4, mark.range.start.character)
    hide = (await editor.actions(moved.range, uri))[0]
    await editor.run(hide.command)
    await asyncio.wait_for(editor.refreshed.get(), PATIENCE)
    assert hype((await editor.pull(uri=uri)).items) == []
    server, forwarder = editor._server, editor._stderr_forwarder
    assert server is not None
    assert forwarder is not None
    await asyncio.wait_for(editor.shutdown_session(), PATIENCE)
    await forwarder
    await editor.stop()  # type: ignore[no-untyped-call]
    assert server.returncode == 0
    assert editor.error is None, "nothing but the protocol on standard output"
    said = capfd.readouterr().err
    assert not any(word in said for word in ("stunning", "breakthrough", "doctors", "draft"))


@pytest.mark.asyncio
async def test_a_session_over_tcp() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = await asyncio.create_subprocess_exec(*COMMAND, "--tcp", str(port), stderr=asyncio.subprocess.PIPE)
    editor = Client()
    while server.returncode is None:
        with contextlib.suppress(ConnectionRefusedError):
            await editor.start_tcp("127.0.0.1", port)
            break
        await asyncio.sleep(0.1)
    await editor.start(capabilities(), None)
    assert editor.capabilities is not None
    await asyncio.wait_for(editor.shutdown_session(), PATIENCE)
    _, said = await asyncio.wait_for(server.communicate(), PATIENCE)
    await editor.stop()  # type: ignore[no-untyped-call]
    line = editor.protocol.writer  # pygls leaves it open, for the garbage collector to warn of in some later test
    assert isinstance(line, asyncio.StreamWriter)
    line.close()
    await line.wait_closed()
    assert server.returncode == 0
    assert said.decode() == f"overclaim: waiting for an editor on 127.0.0.1 port {port}\n"


def test_garbage_is_no_crash_and_leaving_without_a_word_is_an_error() -> None:
    request = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"processId": None, "capabilities": {}}}
    bodies = [b"secret", json.dumps({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": "secret"}).encode()]
    bodies += [json.dumps(request | {"params": {**request["params"], "rootUri": None}}).encode()]  # type: ignore[dict-item]
    sent = b"secret\r\n\r\n" + b"".join(b"Content-Length: %d\r\n\r\n%s" % (len(body), body) for body in bodies)
    done = subprocess.run(COMMAND, input=sent, capture_output=True, timeout=600, check=False)
    assert done.returncode == 1
    header, _, body = done.stdout.partition(b"\r\n\r\n")
    assert header.startswith(b"Content-Length:")
    assert json.loads(body)["result"]["serverInfo"]["name"] == "overclaim"
    assert b"secret" not in done.stderr
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("address", ["x", "localhost:", "0", "70000", "host:port", ":-1", "١"])
def test_addresses_that_are_none(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lsp", "--tcp", address]) == 2
    assert "--tcp must be PORT or HOST:PORT with a port from 1 to 65535" in capsys.readouterr().err


def test_a_port_that_is_taken(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert main(["lsp", "--tcp", f"127.0.0.1:{port}"]) == 2
    assert f"can't listen on 127.0.0.1 port {port}: " in capsys.readouterr().err


def test_without_pygls_one_line_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "pygls.lsp.server", None)
    assert main(["lsp"]) == 2
    assert capsys.readouterr().err == ('overclaim: error: this needs overclaim[lsp]: pip install "overclaim[lsp]"\n')


def test_of_a_book_only_what_changed_is_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    annotator = load_for_editor(None, load_settings())
    gc.unfreeze()
    read: list[str] = []
    reads = Reader._read

    def counted(self: Reader, text: str) -> Reading:
        read.append(text)
        return reads(self, text)

    monkeypatch.setattr(Reader, "_read", counted)
    book = "\n\n".join(f"Chapter {number} says little." for number in range(REMEMBERS + 100))
    check(annotator, book)
    assert len(read) == REMEMBERS + 100
    check(annotator, book.replace("Chapter 7 says", "Chapter 7 tells"))
    assert read[REMEMBERS + 100 :] == ["Chapter 7 tells little."]
