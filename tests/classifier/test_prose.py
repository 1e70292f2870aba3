"""Markup and control characters become white space, and no offset moves."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from classifier.prose import looks_like_html, prose_of

# Random letters would seldom make a tag, a comment or an end that is missing.
MARKUP = st.lists(
    st.one_of(
        st.sampled_from(["<", ">", "<p>", "</p>", "<b", "<!--", "-->", "<script>", "</script>", "<STYLE", "</style>"]),
        st.sampled_from(["İ", "a", " ", "\r\n", "\n", "\x00", "\x85", "\u2028", "\ufeff", "😀", "<br/>", "ſ", "ß"]),
        st.text(max_size=5),
    )
).map("".join)


@given(MARKUP)
@example("İ<!-- x -->")
@example("<p>\r\n</p>")
def test_the_length_never_changes(text: str) -> None:
    assert len(prose_of(text)) == len(text)


@given(MARKUP)
def test_a_character_is_kept_or_blanked(text: str) -> None:
    for before, after in zip(text, prose_of(text), strict=True):
        assert after == before or after in " \n"


@given(st.text(st.characters(codec="utf-8", exclude_categories=["C"], exclude_characters="<")))
def test_plain_prose_is_left_alone(text: str) -> None:
    assert prose_of(text) == text


class TestTags:
    def test_an_inline_tag_becomes_spaces(self) -> None:
        assert prose_of("a <b>bold</b> word") == "a    bold     word"

    def test_attributes_go_too(self) -> None:
        assert prose_of('<a href="x?y=1">link</a>').split() == ["link"]

    @pytest.mark.parametrize("tag", ["p", "li", "h2", "br", "DIV", "br/", 'p class="x"', "/p"])
    def test_a_block_tag_parts_paragraphs(self, tag: str) -> None:
        assert "\n\n" in prose_of(f"one<{tag}>two")

    @pytest.mark.parametrize("tag", ["b", "pre", "span", "picture", "bread", "/i"])
    def test_an_inline_tag_does_not(self, tag: str) -> None:
        assert "\n" not in prose_of(f"one<{tag}>two")

    @pytest.mark.parametrize("words", ["p < 0.05 and n > 40", "a <3 b>", "x<y", "1<2>1", "<>", "a << b >> c"])
    def test_a_less_than_sign_is_no_tag(self, words: str) -> None:
        assert prose_of(words) == words

    def test_a_tag_without_its_end_is_left_alone(self) -> None:
        assert prose_of("a <b word") == "a <b word"
        assert prose_of("a <b <i>c</i>").split() == ["a", "<b", "c"]

    @pytest.mark.parametrize("gap", ["\n", "\r\n", "\n \n"])
    def test_an_inline_tag_over_several_lines_parts_no_paragraphs(self, gap: str) -> None:
        tag = f'<a{gap}href="x"{gap}>'
        assert prose_of(f"one {tag}two") == "one " + " " * len(tag) + "two"
        assert prose_of(f"one{gap}two") == f"one{gap}two"


class TestHidden:
    @pytest.mark.parametrize(
        "hidden",
        [
            "<!-- a miracle -->",
            "<!-- <b>a</b> miracle -->",
            "<script>miracle()</script>",
            "<SCRIPT src='x'>if (a < b) miracle</Script>",
            "<style>.miracle { color: red }</style>",
        ],
    )
    def test_it_is_blanked_with_what_it_holds(self, hidden: str) -> None:
        assert prose_of(f"before {hidden} after").split() == ["before", "after"]

    def test_text_between_two_comments_stays(self) -> None:
        assert prose_of("<!-- a -->kept<!-- b -->too").split() == ["kept", "too"]

    @pytest.mark.parametrize("opening", ["<!--", "<script", "<style"])
    def test_one_that_is_never_closed_hides_nothing(self, opening: str) -> None:
        assert prose_of(f"before {opening} after") == f"before {opening} after"

    def test_one_closed_before_an_unclosed_one(self) -> None:
        assert prose_of("<!-- a --> b <!-- c").split() == ["b", "<!--", "c"]


class TestControl:
    @pytest.mark.parametrize("character", ["\x00", "\x08", "\x1b", "\x7f", "\x9f", "\ufeff"])
    def test_a_control_character_is_white_space(self, character: str) -> None:
        assert prose_of(f"a{character}b") == "a b"

    @pytest.mark.parametrize("character", ["\t", "\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029", "é", "😀"])
    def test_line_breaks_and_letters_are_not(self, character: str) -> None:
        assert prose_of(f"a{character}b") == f"a{character}b"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<p>one</p><p>two</p>", True),
        ("<b>one</b> two", False),
        ("<b>one</b> <br>", True),
        ("p < 0.05, q < 0.1, r < 0.2 and x > y > z > 1", False),
        ("no markup", False),
    ],
)
def test_three_tags_make_html(text: str, expected: bool) -> None:
    assert looks_like_html(text) is expected


@pytest.mark.parametrize(
    "text",
    ["<" * 500_000, "<!--" * 100_000, "<script" * 80_000, "<a " * 150_000, "<a" + "b" * 500_000, "</" * 250_000],
    ids=["angles", "comments", "scripts", "tags", "long tag", "closers"],
)
def test_time_is_linear(text: str) -> None:
    started = time.perf_counter()
    assert len(prose_of(text)) == len(text)
    assert not looks_like_html(text)
    assert time.perf_counter() - started < 3
