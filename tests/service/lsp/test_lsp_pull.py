"""An editor that asks for diagnostics: it waits for the present text only, and hears when nothing is new."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from lsp_editor import PATIENCE, URI, Clock, GatedAnnotator, capabilities, session, settle
from lsprotocol import types
from pygls.exceptions import JsonRpcException

pytestmark = pytest.mark.asyncio
PULLS = capabilities(pulls=True, refreshes=True)
TEXT = "A breakthrough. A miracle."


async def test_full_then_unchanged_then_full() -> None:
    async with session(can=PULLS) as editor:
        editor.open(TEXT)
        report = await editor.pull()
        assert report.kind == "full"
        assert [str(mark.range) for mark in report.items] == ["0:2-0:14", "0:18-0:25"]
        same = await editor.pull(report.result_id)
        assert (same.kind, same.result_id) == ("unchanged", report.result_id)
        editor.edit(2, TEXT + " A word more.")
        same = await editor.pull(report.result_id)
        assert same.kind == "unchanged", "the edit moved no mark"
        editor.edit(3, "Oh. " + TEXT)
        moved = await editor.pull(report.result_id)
        assert moved.kind == "full"
        assert [str(mark.range) for mark in moved.items] == ["0:6-0:18", "0:22-0:29"]
        assert editor.published.empty(), "never both ways: each mark would be shown twice"


async def test_nothing_to_say_of_unknown_documents_and_programs() -> None:
    async with session(can=PULLS) as editor:
        assert len((await editor.pull(uri="untitled:unknown")).items) == 0
        editor.open("breakthrough = 1", "file:///a.py", "python")
        assert len((await editor.pull(uri="file:///a.py")).items) == 0


async def test_a_request_overtaken_by_an_edit_is_answered_at_once_and_asked_to_come_again() -> None:
    annotator = GatedAnnotator("slowly")
    async with session(annotator, can=PULLS) as editor:
        editor.open("A breakthrough, slowly.")
        old = asyncio.create_task(editor.pull())
        assert await asyncio.to_thread(annotator.begun.wait, PATIENCE)
        editor.edit(2, TEXT)
        with pytest.raises(JsonRpcException, match="the document has changed") as caught:
            await old
        assert caught.value.code == types.LSPErrorCodes.ServerCancelled.value
        assert caught.value.data == {"retriggerRequest": True}
        new = asyncio.create_task(editor.pull())
        await settle()
        assert not new.done(), "one check a document at a time"
        annotator.may_end.set()
        assert len((await new).items) == 2


async def test_several_requests_for_one_text_share_a_check() -> None:
    clock = Clock()
    annotator = GatedAnnotator("never")
    async with session(annotator, can=PULLS, later=clock) as editor:
        editor.open(TEXT)
        requests = [asyncio.create_task(editor.pull()) for _ in range(3)]
        while not clock.running:
            await asyncio.sleep(0)
        await settle()
        clock.ring()
        reports = await asyncio.gather(*requests)
        assert len({report.result_id for report in reports}) == 1
        assert annotator.texts == [TEXT]


async def test_a_cancelled_request_leaves_the_others() -> None:
    annotator = GatedAnnotator("slowly")
    async with session(annotator, can=PULLS) as editor:
        editor.open("A breakthrough, slowly.")
        params = types.DocumentDiagnosticParams(types.TextDocumentIdentifier(URI))
        first = editor.protocol.send_request(types.TEXT_DOCUMENT_DIAGNOSTIC, params, msg_id="first")
        second = asyncio.create_task(editor.pull())
        assert await asyncio.to_thread(annotator.begun.wait, PATIENCE)
        editor.cancel_request(types.CancelParams("first"))
        with pytest.raises(JsonRpcException, match="canceled"):
            await asyncio.wait_for(asyncio.wrap_future(first), PATIENCE)
        annotator.may_end.set()
        assert len((await second).items) == 1


async def test_a_document_closed_meanwhile_is_not_to_be_asked_about_again() -> None:
    annotator = GatedAnnotator("slowly")
    async with session(annotator, can=PULLS) as editor:
        editor.open("A breakthrough, slowly.")
        old = asyncio.create_task(editor.pull())
        assert await asyncio.to_thread(annotator.begun.wait, PATIENCE)
        editor.text_document_did_close(types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(URI)))
        with pytest.raises(JsonRpcException) as caught:
            await old
        assert caught.value.data == {"retriggerRequest": False}
        annotator.may_end.set()


async def test_the_editor_is_told_to_ask_again_after_a_change_of_settings(tmp_path: Path) -> None:
    uri = (tmp_path / "a.txt").as_uri()
    async with session(can=PULLS, root=tmp_path) as editor:
        editor.open(TEXT, uri)
        first = await editor.pull(uri=uri)
        editor.workspace_did_change_configuration(types.DidChangeConfigurationParams({"mode": "strict"}))
        await asyncio.wait_for(editor.refreshed.get(), PATIENCE)
        strict = await editor.pull(first.result_id, uri)
        assert [mark.code for mark in strict.items] == ["sensational_language"]
        hide = (await editor.actions(strict.items[0].range, uri))[0]
        await editor.run(hide.command)
        await asyncio.wait_for(editor.refreshed.get(), PATIENCE)
        assert len((await editor.pull(strict.result_id, uri)).items) == 0
        assert editor.published.empty()


async def test_an_editor_that_can_not_be_told_to_ask_again_is_pushed() -> None:
    async with session(can=capabilities(pulls=True, refreshes=False)) as editor:
        editor.open(TEXT)
        assert len(await editor.marks()) == 2
        with pytest.raises(JsonRpcException, match="Method Not Found"):
            await editor.pull()
