"""Places in editors' units: lines end as the protocol says, and edits put text where the editor has it."""

from __future__ import annotations

import pytest
from fake_annotator import FakeAnnotator
from hypothesis import example, given
from hypothesis import strategies as st
from lsprotocol import types

from service.lsp.check import Request, run
from service.lsp.diagnostics import diagnostics_of, result_id
from service.lsp.documents import OpenDocument, form_of, whole_characters
from service.offsets import OFFSET_UNITS, OffsetTable, OffsetUnit

# Python breaks lines at form feeds, U+0085 and U+2028, the protocol doesn't.
PIECES = st.text(st.one_of(st.sampled_from("aé€😀🧬\u0301\r\n\u2028\x0c\x85"), st.characters(codec="utf-8")))
UNITS = st.sampled_from(OFFSET_UNITS)
CODECS = {"utf8": ("utf-8", 1), "utf16": ("utf-16-le", 2), "codepoint": ("utf-32-le", 4)}


def cut(line: str, start: int, end: int | None, unit: OffsetUnit) -> str:
    """What an editor that counts in a unit shows between two characters of a line."""
    codec, width = CODECS[unit]
    return line.encode(codec)[width * start : None if end is None else width * end].decode(codec)


def lines_of(text: str) -> list[str]:
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


@given(PIECES, st.integers(0), UNITS)
@example("a\r\nb", 2, "utf16")
@example("x😀\ny", 1, "utf8")
def test_a_place_leads_back_to_its_offset(text: str, number: int, unit: OffsetUnit) -> None:
    offset = number % (len(text) + 1)
    table = OffsetTable(text)
    line, character = table.line_and_character(offset, unit)
    between = text[offset - 1 : offset + 1] == "\r\n" and offset > 0
    assert table.offset_at(line, character, unit) == (offset - 1 if between else offset)
    if not between:
        before = lines_of(text[:offset])
        assert line == len(before) - 1
        assert cut(before[-1], 0, None, unit) == cut(lines_of(text)[line], 0, character, unit)


@given(PIECES, st.integers(0, 9), st.integers(0, 9), UNITS)
def test_any_place_is_some_offset_of_its_line(text: str, line: int, character: int, unit: OffsetUnit) -> None:
    table = OffsetTable(text)
    offset = table.offset_at(line, character, unit)
    lines = lines_of(text)
    if line >= len(lines):
        assert offset == len(text)
        return
    found = table.line_and_character(offset, unit)
    assert found[0] == line
    # Never behind what was asked, and before it only at the line's end or inside a character.
    assert found[1] <= character
    width = CODECS[unit][1]
    whole = len(lines[line].encode(CODECS[unit][0])) // width
    assert min(character, whole) - found[1] < 4


def test_places_that_are_none() -> None:
    table = OffsetTable("äbc\r\nd")
    assert table.offset_at(0, 99, "utf16") == 3, "the end of the line, before its break"
    assert table.offset_at(7, 0, "utf16") == 6
    assert OffsetTable("a😀b").offset_at(0, 2, "utf16") == 1, "inside a pair"
    for place in ((-1, 0), (0, -1)):
        with pytest.raises(ValueError, match=f"there is no place {place[0]}:{place[1]}"):
            table.offset_at(*place, "utf8")


@given(st.data(), UNITS)
def test_edits_leave_both_sides_with_the_same_text(data: st.DataObject, unit: OffsetUnit) -> None:
    text = data.draw(PIECES)
    document = OpenDocument("untitled:x", "plain", 1, text)
    for _ in range(data.draw(st.integers(1, 4))):
        # The editor's own account: offsets in its buffer, and positions counted line by line.
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, len(text)))
        if any(text[place - 1 : place + 1] == "\r\n" and place > 0 for place in (start, end)):
            continue  # no editor has a place inside a line break
        inserted = data.draw(PIECES)
        change = types.TextDocumentContentChangePartial(
            range=types.Range(place_of(text, start, unit), place_of(text, end, unit)), text=inserted
        )
        text = text[:start] + inserted + text[end:]
        revision = document.revision
        document.change([change], unit)
        assert document.text == text
        assert document.revision > revision


def place_of(text: str, offset: int, unit: OffsetUnit) -> types.Position:
    codec, width = CODECS[unit]
    before = lines_of(text[:offset])
    return types.Position(len(before) - 1, len(before[-1].encode(codec)) // width)


def test_changes_of_one_message_build_on_each_other_and_a_whole_text_replaces_all() -> None:
    document = OpenDocument("untitled:x", "plain", 1, "one\ntwo\n")
    change = types.TextDocumentContentChangePartial
    place = types.Position
    document.change(
        [
            change(types.Range(place(0, 0), place(1, 0)), "😀\n"),
            change(types.Range(place(0, 2), place(0, 2)), "!"),
            change(types.Range(place(9, 9), place(9, 9)), "end"),
        ],
        "utf16",
    )
    assert document.text == "😀!\ntwo\nend"
    document.change([types.TextDocumentContentChangeWholeDocument("new")], "utf16")
    assert document.text == "new"


def test_half_a_character_keeps_its_width() -> None:
    assert whole_characters("a\ud83d!\ude00") == "a\ufffd!\ufffd"
    document = OpenDocument("untitled:x", "plain", 1, whole_characters("\ud83d safe"))
    at = types.Position(0, 1)
    document.change([types.TextDocumentContentChangePartial(types.Range(at, at), "\ude00")], "utf16")
    assert document.text == "\ufffd\ufffd safe"


ARTICLE = st.lists(
    st.one_of(
        st.sampled_from(["breakthrough", "miracle cure", "wunder 😀 pill", "\r\n", "\n", "\n\n", ". ", "🧬"]), PIECES
    ),
    min_size=1,
).map(" ".join)


@given(ARTICLE, UNITS)
@example("🧬 A breakthrough\r\n\r\né miracle cure", "utf8")
def test_ranges_select_exactly_the_words_that_are_marked(text: str, unit: OffsetUnit) -> None:
    request = Request(text, "plain", None, None, "balanced", tuple(LABELS), 10**6)
    checked = run(FakeAnnotator, request)
    shown = [one for one in diagnostics_of(checked, unit) if one.data]
    assert len(shown) == len(checked.spans)
    lines = lines_of(text)
    for one, span in zip(shown, checked.spans, strict=True):
        assert one.range.start.line == one.range.end.line, "the fake's words have no breaks"
        words = cut(lines[one.range.start.line], one.range.start.character, one.range.end.character, unit)
        assert words == span.text
        assert words.lower() in {"breakthrough", "miracle", "miracle cure", "wunder 😀 pill"}


LABELS = ("sensational_language", "overstated_efficacy")


@pytest.mark.parametrize(
    ("language", "uri", "form"),
    [
        ("markdown", "file:///a/b.txt", "markdown"),
        ("HTML", "untitled:1", "html"),
        ("plaintext", "git:/a/b?ref", "plain"),
        ("text", "file:///a/b", "plain"),
        ("mail", "file:///a", "plain"),
        ("", "file:///a/b.md", "markdown"),
        ("", "untitled:Untitled-1", "plain"),
        ("vimwiki", "file:///a/b%20c.md", "markdown"),
        ("", "file:///a/b.py", None),
        ("python", "file:///a/b.py", None),
        ("python", "untitled:1", None),
        ("latex", "file:///a/b.tex", None),
        ("tex", "file:///a/readme", None),
    ],
)
def test_how_a_document_is_read(language: str, uri: str, form: str | None) -> None:
    assert form_of(language, uri) == form


def test_equal_lists_have_equal_names() -> None:
    def shown(text: str) -> list[types.Diagnostic]:
        request = Request(text, "plain", None, None, "balanced", tuple(LABELS), 10**6)
        return diagnostics_of(run(FakeAnnotator, request), "utf16")

    first = shown("A breakthrough. Nothing.")
    assert result_id(first) == result_id(shown("A breakthrough. Nothing more."))
    assert result_id(first) != result_id(shown("Oh, a breakthrough. Nothing."))
    assert result_id(first) != result_id([])
