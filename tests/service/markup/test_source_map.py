"""Pieces cover the source, and a span's way back never ends inside markup."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from classifier.document import Span
from service.markup import FORMS, Form, Piece, SourceMap, check_form, form_of_path, plain_map, read_markup

MARKUP = (
    "# ", "\n", "\n\n", "\r\n", "\r", "> ", "- ", "1. ", "*", "**", "_", "`", "```\n", "[", "](u)", "![", "]", "[^1]",
    "[^1]: ", "| a | b |\n|---|---|\n", "&amp;", "&nbsp", "&#x1F600;", "\\*", "<b>", "</b>", "<p>", "<br>",
    "<!-- c -->",
    "<script>", "</script>", "<nav>", "</nav>", "<", "$", "~~", "---\n", "    ", "\t", "http://x.org", "[a]: b\n",
    "  \n",
    "<pre>", "<!--",
)  # fmt: skip
PROSE = ("word", "😀", "e\u0301", "Ünï", "a b", ".", "\u2028", "\x00", "\ufeff", "\u200b", "👩‍🔬")
sources = st.lists(st.one_of(st.sampled_from(MARKUP), st.sampled_from(PROSE), st.text(max_size=3)), max_size=25).map(
    lambda parts: "".join(parts).encode("utf-8", "ignore").decode()
)


def check_map(made: SourceMap, source: str) -> None:
    assert made.source == source
    assert "".join(source[piece.start : piece.end] for piece in made.pieces) == source
    assert "".join(piece.text for piece in made.pieces) == made.text
    position = 0
    for piece, prose in zip(made.pieces, made.prose, strict=True):
        assert piece.start == position < piece.end
        assert prose == (piece.text == source[piece.start : piece.end])
        position = piece.end


def prose_between(made: SourceMap, start: int, end: int) -> list[int]:
    """Places in the source of the prose characters of a stretch of the text."""
    places: list[int] = []
    length = 0
    for piece, prose in zip(made.pieces, made.prose, strict=True):
        if prose:
            places += [piece.start + place for place in range(len(piece.text)) if start <= length + place < end]
        length += len(piece.text)
    return places


@settings(max_examples=150)
@given(form=st.sampled_from(FORMS), source=sources, data=st.data())
@example(form="markdown", source="*a*", data=None)
def test_there_and_back(form: Form, source: str, data: st.DataObject | None) -> None:
    made = read_markup(source, form)
    check_map(made, source)
    if not made.text or data is None:
        return
    start = data.draw(st.integers(0, len(made.text) - 1))
    end = data.draw(st.integers(start + 1, len(made.text)))
    found = made.to_source(Span(start, end))
    for piece, prose in zip(made.pieces, made.prose, strict=True):
        if not prose:
            assert not piece.start < found.start < piece.end
            assert not piece.start < found.end < piece.end
    inside = prose_between(made, start, end)
    everywhere = prose_between(made, 0, len(made.text))
    assert [place for place in everywhere if found.start <= place < found.end] == inside
    assert made.to_text(found.start) <= start


@settings(max_examples=60)
@given(source=sources, cuts=st.lists(st.integers(0, 60), max_size=6))
def test_without(source: str, cuts: list[int]) -> None:
    bounds = sorted({min(cut, len(source)) for cut in cuts})
    ranges = list(zip(bounds[::2], bounds[1::2], strict=False))
    made = read_markup(source, "markdown")
    less = made.without(ranges)
    check_map(less, source)
    kept = [
        place
        for place in prose_between(made, 0, len(made.text))
        if not any(start <= place < end for start, end in ranges)
    ]
    assert prose_between(less, 0, len(less.text)) == kept


def test_plain_text_is_read_as_it_is() -> None:
    made = plain_map("a *b*")
    assert made.text == "a *b*"
    assert made.is_plain
    assert made.to_source(Span(1, 3)) == Span(1, 3)
    assert plain_map("").text == ""


def test_ends_of_a_span() -> None:
    source = "**Miracle** &amp; <i>cure</i>"
    made = SourceMap(
        source,
        [
            Piece("", 0, 2), Piece("Miracle", 2, 9), Piece("", 9, 11), Piece(" ", 11, 12), Piece("&", 12, 17),
            Piece(" ", 17, 18), Piece("", 18, 21), Piece("cure", 21, 25), Piece("", 25, 29),
        ],
    )  # fmt: skip
    assert made.text == "Miracle & cure"

    def words(start: int, end: int) -> str:
        found = made.to_source(Span(start, end))
        return source[found.start : found.end]

    assert words(0, 7) == "Miracle"
    assert words(0, 9) == "Miracle** &amp;"
    assert words(8, 9) == "&amp;"
    assert words(10, 14) == "cure"
    assert words(0, 14) == "Miracle** &amp; <i>cure"
    assert made.to_source(Span(3, 5, "title")) == Span(3, 5, "title")
    with pytest.raises(ValueError, match="ends after the text of 14 characters"):
        made.to_source(Span(0, 15))
    with pytest.raises(ValueError, match="outside a source of 29"):
        made.to_text(30)
    assert [made.to_text(place) for place in (0, 2, 5, 13, 21, 29)] == [0, 0, 3, 8, 10, 14]


@pytest.mark.parametrize(
    ("pieces", "match"),
    [
        ([Piece("a", 0, 1)], "the pieces end at 1, and the source at 3"),
        ([Piece("a", 0, 1), Piece("c", 2, 3)], "doesn't follow on 1"),
        ([Piece("ab", 0, 2), Piece("bc", 1, 3)], "doesn't follow on 2"),
        ([Piece("abc", 0, 3), Piece("", 3, 3)], "doesn't follow on 3"),
    ],
)
def test_pieces_must_cover_the_source(pieces: list[Piece], match: str) -> None:
    with pytest.raises(ValueError, match=match):
        SourceMap("abc", pieces)


def test_forms() -> None:
    names = ["a.md", "b.Markdown", "c.HTML", "d.htm", "e.txt", "README", "x.md.txt"]
    assert [form_of_path(name) for name in names] == [
        "markdown", "markdown", "html", "html", "plain", "plain", "plain",
    ]  # fmt: skip
    assert check_form("html") == "html"
    with pytest.raises(ValueError, match="form 'rtf' is unknown; known are plain, markdown, html"):
        check_form("rtf")
