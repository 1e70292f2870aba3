"""Offsets in other units always cut out the same words."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from classifier.errors import InvalidInputError
from service.offsets import OFFSET_UNITS, OffsetTable, check_unit

# Letters alone would seldom meet the widths that matter: one to four bytes, surrogate pairs, combining marks, breaks.
TEXTS = st.text(st.one_of(st.sampled_from("aé–€😀🧬\u0301\u200d\r\n\u2028\x00\ufeff"), st.characters(codec="utf-8")))


@st.composite
def text_and_range(draw: st.DrawFn) -> tuple[str, int, int]:
    text = draw(TEXTS)
    start = draw(st.integers(0, len(text)))
    return text, start, draw(st.integers(start, len(text)))


@given(text_and_range())
@example(("a😀e\u0301–x", 1, 4))
@example(("", 0, 0))
def test_slices_are_the_same_words_in_every_unit(case: tuple[str, int, int]) -> None:
    text, start, end = case
    table = OffsetTable(text)
    words = text[start:end]
    utf16 = text.encode("utf-16-le")
    assert utf16[2 * table.convert(start, "utf16") : 2 * table.convert(end, "utf16")].decode("utf-16-le") == words
    utf8 = text.encode("utf-8")
    assert utf8[table.convert(start, "utf8") : table.convert(end, "utf8")].decode("utf-8") == words
    assert text[table.convert(start, "codepoint") : table.convert(end, "codepoint")] == words


@given(text_and_range())
@example(("a\r\nb\rc\nd", 5, 6))
def test_line_and_column_lead_back_to_the_offset(case: tuple[str, int, int]) -> None:
    text, offset, _ = case
    line, column = OffsetTable(text).position(offset)
    # An independent count: line ends replaced by a mark that is no line end in Python's or editors' eyes.
    ends = text[:offset].replace("\r\n", "\n").replace("\r", "\n")
    if text[:offset].endswith("\r") and text[offset : offset + 1] == "\n":
        ends = ends[:-1] + "?"  # between the two halves of one line end, the line isn't over
    assert line == ends.count("\n") + 1
    start_of_line = offset - (column - 1)
    assert start_of_line == 0 or text[start_of_line - 1] in "\r\n"
    assert "\n" not in text[start_of_line:offset]


@pytest.mark.parametrize(
    ("unit", "expected"), [("codepoint", [0, 1, 2, 3, 4]), ("utf16", [0, 1, 3, 4, 5]), ("utf8", [0, 1, 5, 7, 10])]
)
def test_known_widths(unit: str, expected: list[int]) -> None:
    table = OffsetTable("a😀é€")
    assert [table.convert(offset, check_unit(unit)) for offset in range(5)] == expected


@pytest.mark.parametrize("offset", [-1, 4])
@pytest.mark.parametrize("unit", OFFSET_UNITS)
def test_outside_the_text(offset: int, unit: str) -> None:
    for text in ("abc", "äbc"):
        with pytest.raises(ValueError, match=rf"offset {offset} is outside a text of 3 characters"):
            OffsetTable(text).convert(offset, check_unit(unit))
        with pytest.raises(ValueError, match="outside"):
            OffsetTable(text).position(offset)


def test_the_end_of_the_text_is_inside() -> None:
    assert OffsetTable("äbc").convert(3, "utf8") == 4
    assert OffsetTable("a\n").position(2) == (2, 1)


def test_unknown_unit() -> None:
    assert check_unit("utf16") == "utf16"
    with pytest.raises(InvalidInputError, match="offset_unit 'bytes' is unknown; known are codepoint, utf16, utf8"):
        check_unit("bytes")
