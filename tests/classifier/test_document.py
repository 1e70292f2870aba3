"""Spans and documents refuse what can't be scored, and say which field is at fault."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.document import Document, Span
from classifier.errors import InvalidInputError

RANGES = st.tuples(st.integers(0, 12), st.integers(1, 6)).map(lambda pair: Span(pair[0], pair[0] + pair[1]))


class TestSpan:
    @pytest.mark.parametrize(("start", "end"), [(0, 0), (3, 3), (4, 3), (-1, 2), (-2, -1)])
    def test_an_empty_reversed_or_negative_range_is_refused(self, start: int, end: int) -> None:
        with pytest.raises(ValueError, match=r"is empty, reversed or negative"):
            Span(start, end)

    def test_the_smallest_range_is_taken(self) -> None:
        assert len(Span(0, 1)) == 1

    def test_an_unknown_field_is_refused(self) -> None:
        with pytest.raises(ValueError, match=r"span field 'body' is neither 'title' nor 'text'"):
            Span(0, 1, "body")  # type: ignore[arg-type]

    def test_it_is_half_open(self) -> None:
        assert not Span(0, 3).overlaps(Span(3, 5))
        assert Span(0, 3).overlaps(Span(2, 5))

    def test_other_fields_never_meet(self) -> None:
        assert not Span(0, 3, "title").overlaps(Span(0, 3))
        assert not Span(0, 3, "title").contains(Span(0, 3))

    def test_it_contains_itself_but_nothing_that_sticks_out(self) -> None:
        outer = Span(2, 6)
        assert outer.contains(outer)
        assert outer.contains(Span(3, 6))
        assert not outer.contains(Span(1, 6))
        assert not outer.contains(Span(2, 7))

    def test_middle(self) -> None:
        assert Span(2, 5).middle == 3.5
        assert Span(0, 1).middle == 0.5

    def test_it_can_not_be_changed(self) -> None:
        with pytest.raises(dataclasses.FrozenInstanceError, match="cannot assign to field 'start'"):
            Span(0, 1).start = 3  # type: ignore[misc]

    @given(RANGES, RANGES)
    def test_overlap_and_containment_are_those_of_sets(self, one: Span, other: Span) -> None:
        points, others = set(range(one.start, one.end)), set(range(other.start, other.end))
        assert one.overlaps(other) == other.overlaps(one) == bool(points & others)
        assert one.contains(other) == (others <= points)
        assert len(one) == len(points)


class TestDocument:
    @pytest.mark.parametrize("text", ["", " ", "\n\t \r\n", "\u2028\u3000\xa0"])
    def test_a_text_without_a_visible_character_is_refused(self, text: str) -> None:
        with pytest.raises(InvalidInputError, match="text is empty") as caught:
            Document(text)
        assert (caught.value.field, caught.value.code) == ("text", "empty")

    def test_one_visible_character_is_enough(self) -> None:
        assert Document(" a\n").text == " a\n"

    @pytest.mark.parametrize("half", [chr(0xD83D), chr(0xDE00)], ids=["high", "low"])
    def test_half_a_surrogate_pair_is_refused_wherever_it_stands(self, half: str) -> None:
        with pytest.raises(InvalidInputError, match="text holds half of a surrogate pair at character 2") as caught:
            Document(f"ab{half}")
        assert (caught.value.field, caught.value.code) == ("text", "lone_surrogate")
        with pytest.raises(InvalidInputError, match="title holds half of a surrogate pair at character 0") as caught:
            Document("ab", half)
        assert caught.value.field == "title"

    def test_a_character_beyond_the_basic_plane_is_no_surrogate(self) -> None:
        assert Document("ab😀", "😀").slice(Span(2, 3)) == "😀"

    @pytest.mark.parametrize("value", [None, b"bytes", 7])
    def test_what_is_no_string_is_refused(self, value: object) -> None:
        with pytest.raises(InvalidInputError, match="text must be a string") as caught:
            Document(value)  # type: ignore[arg-type]
        assert (caught.value.field, caught.value.code) == ("text", "not_a_string")

    def test_a_title_of_the_wrong_type_is_refused(self) -> None:
        with pytest.raises(InvalidInputError, match="title must be a string"):
            Document("text", 3)  # type: ignore[arg-type]

    def test_the_message_does_not_quote_the_text(self) -> None:
        with pytest.raises(InvalidInputError, match="surrogate") as caught:
            Document("secret zebra \ud83d")
        assert "zebra" not in str(caught.value)

    def test_fields(self) -> None:
        assert Document("text", "title").field("title") == "title"
        assert Document("text", "title").field("text") == "text"
        assert Document("text").field("title") == ""

    def test_a_span_slices_its_own_field(self) -> None:
        document = Document("the text", "A title")
        assert document.slice(Span(0, 3)) == "the"
        assert document.slice(Span(2, 7, "title")) == "title"

    def test_a_span_past_the_end_is_refused(self) -> None:
        document = Document("the text", "A")
        assert document.slice(Span(4, 8)) == "text"
        with pytest.raises(ValueError, match=r"span \[4, 9\) ends after its text of 8 characters"):
            document.slice(Span(4, 9))
        with pytest.raises(ValueError, match="ends after its title of 1 characters"):
            document.slice(Span(0, 2, "title"))
