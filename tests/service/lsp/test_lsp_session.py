"""A whole session of an editor that is pushed its diagnostics."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path

import pytest
from fake_annotator import FakeAnnotator
from lsp_editor import PATIENCE, URI, Client, Clock, GatedAnnotator, capabilities, session, settle
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from classifier.annotator import Annotator
from classifier.errors import OverclaimError
from service.project import FILE_NAME, read_project

pytestmark = pytest.mark.asyncio
TEXT = "A breakthrough 😀 came.\n\nThe miracle pill was given to mice. It is safe.\n"


def places(marks: list[types.Diagnostic]) -> list[str]:
    return [f"{mark.code} {mark.range}" for mark in marks]


async def test_open_edit_and_close() -> None:
    async with session() as editor:
        editor.open(TEXT)
        first = await editor.push()
        assert first.version == 1
        assert places(list(first.diagnostics)) == ["sensational_language 0:2-0:14", "sensational_language 2:4-2:11"]
        sure, likely = first.diagnostics
        assert (sure.severity, sure.source) == (types.DiagnosticSeverity.Warning, "overclaim")
        assert sure.message.startswith("Sensational language. This is a word of hype")
        assert "Cut the word" in sure.message
        assert "The study was in mice" in likely.message
        assert isinstance(sure.data, str)
        assert len(sure.data) == 16
        start = types.Position(0, 0)
        editor.edit(2, [types.TextDocumentContentChangePartial(types.Range(start, start), "😀😀 ")])
        second = await editor.push()
        assert second.version == 2
        assert places(list(second.diagnostics)) == ["sensational_language 0:7-0:19", "sensational_language 2:4-2:11"]
        assert second.diagnostics[0].data != sure.data, "the sentence is another"
        assert second.diagnostics[1].data == likely.data
        editor.edit(3, "A small step.")
        assert await editor.marks() == []
        editor.text_document_did_close(types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(URI)))
        assert await editor.marks() == []


@pytest.mark.parametrize(
    ("encodings", "agreed", "expected"),
    [
        (None, "utf-16", "0:2-0:16"),
        (["utf-16"], "utf-16", "0:2-0:16"),
        (["utf-8", "utf-16"], "utf-8", "0:2-0:18"),
        (["utf-32"], "utf-32", "0:2-0:15"),
        (["ebcdic"], "utf-16", "0:2-0:16"),
    ],
)
@pytest.mark.filterwarnings("ignore:Unknown")
async def test_places_count_in_the_agreed_unit(encodings: list[str] | None, agreed: str, expected: str) -> None:
    async with session(can=capabilities(encodings=encodings)) as editor:
        editor.open("A wunder 😀 pill.")
        (mark,) = await editor.marks()
        assert str(mark.range) == expected
        del agreed


async def test_an_empty_document_and_one_that_is_no_prose_have_no_marks() -> None:
    async with session() as editor:
        editor.open(" \n")
        assert await editor.marks() == []
        editor.open("breakthrough = 1", "file:///a.py", "python")
        editor.open("A breakthrough.", "untitled:2", "plaintext")
        push = await editor.push()
        assert push.uri == "untitled:2", "nothing was said of the program"
        assert await editor.hover(0, 3, "file:///a.py") is None


async def test_markdown_and_html_are_read_as_prose() -> None:
    async with session() as editor:
        editor.open("A *break*through.\n\n`breakthrough`\n", language="markdown")
        assert [str(mark.range) for mark in await editor.marks()] == ["0:3-0:16"]
        editor.open("<p title='breakthrough'>A <b>breakthrough</b>.</p>", language="html")
        assert [str(mark.range) for mark in await editor.marks()] == ["0:29-0:41"]


async def test_front_matter_and_emoji_move_no_mark() -> None:
    text = '---\ntitle: "A breakthrough 😀"\n---\n\n# 🫐 It is a *miracle*\n\nThe 👩‍🔬 pill is a **break**through.\n'
    async with session() as editor:
        editor.open(text, language="markdown")
        first = [str(mark.range) for mark in await editor.marks()]
        assert first == ["4:14-4:21", "6:22-6:36"]
        start = types.Position(1, 0)
        editor.edit(2, [types.TextDocumentContentChangePartial(types.Range(start, start), "by: 😀 a miracle\n")])
        assert [str(mark.range) for mark in await editor.marks()] == ["5:14-5:21", "7:22-7:36"]


async def test_a_document_over_the_limit_is_told_and_not_checked() -> None:
    async with session(max_bytes=100) as editor:
        editor.open("A breakthrough. " * 10)
        (remark,) = await editor.marks()
        assert remark.code == "too_long"
        assert "the limit is 100" in remark.message
        assert remark.severity == types.DiagnosticSeverity.Information
        editor.edit(2, "A breakthrough.")
        assert [mark.code for mark in await editor.marks()] == ["sensational_language"]


async def test_a_remark_on_the_text_is_shown_at_its_first_line() -> None:
    async with session() as editor:
        editor.open("Die Übelkeit.\nMehr.")
        (remark,) = await editor.marks()
        assert (remark.code, str(remark.range)) == ("not_english", "0:0-0:13")


async def test_hover_says_why() -> None:
    async with session() as editor:
        editor.open(TEXT)
        await editor.marks()
        hover = await editor.hover(2, 5)
        assert hover is not None
        assert isinstance(hover.contents, types.MarkupContent)
        assert hover.contents.kind == types.MarkupKind.Markdown
        assert str(hover.range) == "2:4-2:11"
        told = hover.contents.value
        assert told.startswith("**Sensational language** (estimated probability that this is right: 80 %)")
        assert "The study was in mice \\<b\\>." in told, "no tag reaches the editor"
        assert "**Instead:** Cut the word" in told
        assert await editor.hover(2, 13) is None
        assert await editor.hover(99, 0) is None
        assert await editor.hover(0, 3, "untitled:never-opened") is None


async def test_hover_in_plain_text_tells_of_all_marks_there() -> None:
    async with session(can=capabilities(markdown=False)) as editor:
        editor.open("The miracle cure.")
        await editor.marks()
        hover = await editor.hover(0, 6)
        assert hover is not None
        assert isinstance(hover.contents, types.MarkupContent)
        assert hover.contents.kind == types.MarkupKind.PlainText
        assert "Sensational language (" in hover.contents.value
        assert "Overstated efficacy (" in hover.contents.value
        assert "*" not in hover.contents.value


async def offered(editor: Client, title: str, place: types.Range, uri: str = URI) -> types.CodeAction:
    found = [action for action in await editor.actions(place, uri) if title in action.title]
    assert len(found) == 1
    action = found[0]
    assert isinstance(action, types.CodeAction)
    return action


async def test_hide_writes_the_project_and_takes_the_mark_away(tmp_path: Path) -> None:
    (tmp_path / "drafts").mkdir()
    uri = (tmp_path / "drafts" / "a b.txt").as_uri()
    async with session(root=tmp_path) as editor:
        editor.open(TEXT, uri)
        first, second = await editor.marks()
        actions = await editor.actions(first.range, uri, diagnostics=[first, second])
        assert [action.title for action in actions] == [
            "Hide this mark (Sensational language)",
            "Turn off “Sensational language” in this project",
            "Why is this marked? (Sensational language)",
        ]
        assert all(action.kind == "quickfix" and list(action.diagnostics) == [first] for action in actions)
        await editor.run(actions[0].command)
        assert [mark.data for mark in await editor.marks()] == [second.data]
        assert read_project(tmp_path).ignored == {first.data}
        assert not (tmp_path / "drafts" / FILE_NAME).exists()


async def test_turn_a_label_off_for_the_project(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text('# ours\nmode = "balanced"\n', encoding="utf-8")
    uri = (tmp_path / "a.txt").as_uri()
    async with session(root=tmp_path) as editor:
        editor.open("A breakthrough. A miracle cure.", uri)
        marks = await editor.marks()
        assert [mark.code for mark in marks] == [*["sensational_language"] * 2, "overstated_efficacy"]
        action = await offered(editor, "Turn off “Sens", marks[0].range, uri)
        assert action.command is not None
        await editor.run(action.command)
        assert [mark.code for mark in await editor.marks()] == ["overstated_efficacy"]
        assert "“Sensational language” is off in this project" in await editor.message()
        written = (tmp_path / FILE_NAME).read_text(encoding="utf-8")
        assert written.startswith('# ours\nmode = "balanced"\n')
        assert read_project(tmp_path).labels_off == {"sensational_language"}


async def test_why_is_shown_as_a_message() -> None:
    async with session() as editor:
        editor.open(TEXT)
        _, second = await editor.marks()
        for _ in range(2):
            action = await offered(editor, "Why", second.range)
            assert action.command is not None
            await editor.run(action.command)
            message = await editor.message()
            assert message.startswith("Overclaim: Sensational language (estimated probability")
            assert "The study was in mice" in message


async def test_a_comment_as_an_edit_hides_the_mark_in_markdown_only() -> None:
    async with session() as editor:
        text = "A **breakthrough**. A miracle cure.\n"
        editor.open(text, language="markdown")
        marks = await editor.marks()
        action = await offered(editor, "Ignore “Overstated", marks[-1].range)
        assert action.edit is not None
        assert action.edit.changes is not None
        (edit,) = action.edit.changes[URI]
        assert (edit.new_text, str(edit.range)) == (" <!-- overclaim ignore overstated_efficacy -->", "0:35-0:35")
        editor.edit(2, [types.TextDocumentContentChangePartial(edit.range, edit.new_text)])
        assert [mark.code for mark in await editor.marks()] == ["sensational_language"] * 2
        editor.open(text, "untitled:plain")
        (first, *_) = await editor.marks()
        assert not [action for action in await editor.actions(first.range, "untitled:plain") if action.edit]


async def test_an_editor_without_literals_gets_commands() -> None:
    async with session(can=capabilities(literals=False)) as editor:
        editor.open(TEXT)
        (first, *_) = await editor.marks()
        actions = await editor.actions(first.range)
        assert [action.command for action in actions] == ["overclaim.hide", "overclaim.labelOff", "overclaim.why"]


async def test_hiding_in_a_nested_repository_stays_there(tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    (inner / ".git").mkdir(parents=True)
    (inner / "news").mkdir()
    uri = (inner / "news" / "a.txt").as_uri()
    async with session(root=tmp_path) as editor:
        editor.open(TEXT, uri)
        (first, *rest) = await editor.marks()
        action = await offered(editor, "Hide", first.range, uri)
        assert action.command is not None
        await editor.run(action.command)
        assert await editor.marks() == rest
        assert (inner / FILE_NAME).is_file()


async def test_without_a_folder_nothing_can_be_hidden() -> None:
    async with session() as editor:
        editor.open(TEXT)
        (first, *_) = await editor.marks()
        action = await offered(editor, "Hide", first.range)
        assert action.command is not None
        await editor.run(action.command)
        assert await editor.message() == (
            "Overclaim: there is no folder to keep .overclaim.toml in; save the document first"
        )


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("overclaim.hide", None, "one object with the strings uri and id"),
        ("overclaim.hide", [{"uri": URI}], "one object with the strings uri and id"),
        ("overclaim.hide", [{"uri": URI, "id": "../../x"}], "id must be a mark's id, sixteen hex digits"),
        ("overclaim.hide", [URI, "0" * 16], "one object with"),
        ("overclaim.labelOff", [{"uri": URI, "label": "hype"}], "label must be one of overstated_efficacy"),
        ("overclaim.why", [3], "one object with"),
        ("overclaim.none", [], "not defined"),
    ],
)
async def test_commands_with_bad_arguments(name: str, arguments: list[object] | None, message: str) -> None:
    async with session() as editor:
        with pytest.raises(JsonRpcException, match=message):
            await editor.run(types.Command("x", name, arguments=arguments))
        editor.open(TEXT)
        assert len(await editor.marks()) == 2, "and the server lives"


async def test_settings_of_the_start_and_pushed_ones() -> None:
    async with session(options={"mode": "strict", "labelsOff": "all", "debounce": "soon"}) as editor:
        assert await editor.message() == "Overclaim: overclaim.labelsOff: must be an array of labels, not a string"
        assert "overclaim.debounce: must be" in await editor.message()
        editor.open(TEXT)
        assert len(await editor.marks()) == 1
        editor.workspace_did_change_configuration(
            types.DidChangeConfigurationParams({"overclaim": {"mode": "sensitive", "labelsOff": "all"}})
        )
        assert [mark.code for mark in await editor.marks()] == [*["sensational_language"] * 2, "understated_harms"]
        editor.workspace_did_change_configuration(
            types.DidChangeConfigurationParams({"overclaim": {"labels": ["understated_harms"], "mode": "sensitive"}})
        )
        assert [mark.code for mark in await editor.marks()] == ["understated_harms"]
        assert editor.shown.empty(), "what was told before isn't told again"


async def test_settings_are_asked_for_and_asked_again() -> None:
    can = capabilities(asks=True, watches=True)
    async with session(can=can, configuration={"": {"overclaim": {"mode": "strict"}}}) as editor:
        registered = (await editor.registered.get()).registrations
        assert {one.method for one in registered} == {
            "workspace/didChangeWatchedFiles",
            "workspace/didChangeConfiguration",
        }
        await settle()
        editor.open(TEXT)
        assert len(await editor.marks()) == 1
        editor.set_configuration({"mode": "sensitive"}, section="overclaim")
        editor.workspace_did_change_configuration(types.DidChangeConfigurationParams(None))
        assert len(await editor.marks()) == 3


async def test_a_changed_project_file_holds_at_once(tmp_path: Path) -> None:
    uri = (tmp_path / "a.txt").as_uri()
    project = tmp_path / FILE_NAME
    async with session(root=tmp_path) as editor:
        editor.open(TEXT, uri)
        assert len(await editor.marks()) == 2
        project.write_text('mode = "strict"\n', encoding="utf-8")
        change = types.FileEvent(project.as_uri(), types.FileChangeType.Created)
        editor.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([change]))
        assert len(await editor.marks()) == 1
        project.write_text('exclude = ["*.txt"]\n', encoding="utf-8")
        editor.text_document_did_save(types.DidSaveTextDocumentParams(types.TextDocumentIdentifier(uri)))
        assert await editor.marks() == []
        project.write_text('mode = "loud"\n', encoding="utf-8")
        for _ in range(2):
            editor.text_document_did_save(types.DidSaveTextDocumentParams(types.TextDocumentIdentifier(uri)))
            assert len(await editor.marks()) == 2, "as without a project"
        message = await editor.message()
        assert FILE_NAME in message
        assert "mode" in message
        assert editor.shown.empty(), "told once"


async def test_the_editors_mode_overrules_the_projects(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text('mode = "strict"\n', encoding="utf-8")
    async with session(root=tmp_path, options={"overclaim": {"mode": "sensitive"}}) as editor:
        editor.open(TEXT, (tmp_path / "a.txt").as_uri())
        assert len(await editor.marks()) == 3


async def test_typing_waits_for_a_pause_and_opening_does_not() -> None:
    clock = Clock()
    annotator = GatedAnnotator("never")
    async with session(annotator, later=clock, options={"debounce": 150}) as editor:
        editor.open(TEXT)
        while not clock.running:
            await asyncio.sleep(0)
        assert [timer.delay for timer in clock.running] == [0]
        clock.ring()
        await editor.marks()
        for version in range(2, 12):
            editor.edit(version, f"Word {version}: breakthrough.")
        # Requests are answered in order, so that the edits have arrived when this one has.
        hover = asyncio.create_task(editor.hover(0, 10))
        while len(clock.timers) < 11:
            await asyncio.sleep(0)
        assert [timer.delay for timer in clock.running] == [0.15]
        assert len(annotator.texts) == 1
        clock.ring()
        assert (await editor.push()).version == 11
        assert await hover is not None
        assert annotator.texts[1:] == ["Word 11: breakthrough."], "one check for ten keystrokes"


async def test_a_slow_check_holds_up_nobody_else_and_its_result_is_dropped() -> None:
    annotator = GatedAnnotator("slowly")
    async with session(annotator) as editor:
        editor.open("A breakthrough, slowly.")
        assert await asyncio.to_thread(annotator.begun.wait, PATIENCE)
        editor.open("Another breakthrough.", "untitled:other")
        assert (await editor.push()).uri == "untitled:other"
        assert await editor.hover(0, 10, "untitled:other") is not None
        waiting = asyncio.create_task(editor.hover(0, 3))
        await settle()
        assert not waiting.done()
        editor.edit(2, "A miracle cure.")
        assert await waiting is None, "the text it asked about is gone, and it needn't wait for the check"
        assert editor.published.empty()
        annotator.may_end.set()
        push = await editor.push()
        assert push.version == 2
        assert [mark.code for mark in push.diagnostics] == ["sensational_language", "overstated_efficacy"]
        assert editor.published.empty()


async def test_a_document_closed_during_its_check_gets_no_marks() -> None:
    annotator = GatedAnnotator("slowly")
    async with session(annotator) as editor:
        editor.open("A breakthrough, slowly.")
        assert await asyncio.to_thread(annotator.begun.wait, PATIENCE)
        editor.text_document_did_close(types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(URI)))
        assert await editor.marks() == []
        annotator.may_end.set()
        editor.open("Another breakthrough.", "untitled:other")
        assert (await editor.push()).uri == "untitled:other"
        assert editor.published.empty()


class SecretAnnotator(FakeAnnotator):
    """Fails with a message that quotes the article, as a defect might."""

    def annotate(self, text: str, **settings: object) -> object:  # type: ignore[override]
        raise KeyError(text)


def no_model() -> Annotator:
    raise OverclaimError("models/x: no manifest.json")


@pytest.mark.parametrize(
    ("load", "told"),
    [(no_model, "models/x: no manifest.json"), (SecretAnnotator, "internal error; its place is in the server's log")],
)
async def test_failures_are_told_once_and_never_with_the_text(
    load: Callable[[], Annotator], told: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with session(load=load) as editor:
        editor.open("The secret breakthrough.")
        assert told in await editor.message()
        with pytest.raises(JsonRpcException, match=told[:20]) as caught:
            await editor.hover(0, 12)
        assert "secret" not in str(caught.value)
        editor.edit(2, "Another secret breakthrough.")
        with pytest.raises(JsonRpcException, match=told[:20]):
            await editor.hover(0, 12)
        assert editor.shown.empty()
    ours = [record.getMessage() for record in caplog.records if record.name.startswith(("overclaim", "pygls"))]
    assert not [line for line in ours if "secret" in line]
    assert any("KeyError: " in line for line in ours) == (load is SecretAnnotator)


async def test_nothing_of_an_article_is_logged_at_any_level(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with session() as editor:
        editor.open("The secret breakthrough.")
        (mark,) = await editor.marks()
        await editor.hover(0, 12)
        await editor.actions(mark.range)
        editor.edit(2, "The other secret.")
        await editor.marks()
    assert not [record for record in caplog.records if "secret" in record.getMessage()]


async def test_messages_about_documents_that_are_not_open_are_ignored() -> None:
    async with session() as editor:
        editor.edit(2, "A breakthrough.", "untitled:unknown")
        for method in (editor.text_document_did_close, editor.text_document_did_save):
            params = types.DidCloseTextDocumentParams(types.TextDocumentIdentifier("untitled:unknown"))
            method(params)  # type: ignore[arg-type]
        editor.open(TEXT)
        assert (await editor.push()).uri == URI


async def test_no_actions_beside_marks_or_of_other_kinds() -> None:
    async with session() as editor:
        editor.open(TEXT)
        first, _ = await editor.marks()
        beside = types.Range(types.Position(1, 0), types.Position(1, 0))
        assert await editor.actions(beside) == []
        assert await editor.actions(first.range, only=["refactor"]) == []
        assert len(await editor.actions(first.range, only=["quickfix"])) == 3
        assert await editor.actions(first.range, "untitled:never-opened") == []
