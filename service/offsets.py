"""Offsets in other units than code points, which the classifier counts in.

Editors and browsers count UTF-16 units, byte-minded programs UTF-8 bytes, terminals lines and columns.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property
from typing import Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from classifier.errors import InvalidInputError

OffsetUnit: TypeAlias = Literal["codepoint", "utf16", "utf8"]
OFFSET_UNITS: tuple[OffsetUnit, ...] = get_args(OffsetUnit)
_LINE_END = re.compile(r"\r\n|\r|\n")


def check_unit(unit: str) -> OffsetUnit:
    """Return the unit itself, if it is one.

    Raises
    ------
    InvalidInputError
        If the name is no unit.
    """
    for known in OFFSET_UNITS:
        if unit == known:
            return known
    raise InvalidInputError(
        f"offset_unit {str(unit)[:40]!r} is unknown; known are {', '.join(OFFSET_UNITS)}",
        field="offset_unit",
        code="unknown_unit",
    )


class OffsetTable:
    """Where each code point of one string begins, in every unit.

    Each table is made in one pass when it is first asked for, so that an article with hundreds of
    spans costs no more than one with a single span.

    Parameters
    ----------
    text : str
        The string that the offsets count in, without lone surrogates (a ``Document`` has none).

    Raises
    ------
    UnicodeEncodeError
        From the first conversion, if ``text`` holds a lone surrogate.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._ascii = text.isascii()
        self._starts: dict[OffsetUnit, NDArray[np.int64]] = {}
        self._lines: list[int] | None = None

    def convert(self, offset: int, unit: OffsetUnit) -> int:
        """Convert an offset to another unit.

        Parameters
        ----------
        offset : int
            In code points, ``0 <= offset <= len(text)``.
        unit : {"codepoint", "utf16", "utf8"}
            Unit of the answer.

        Returns
        -------
        int
            Units before the code point at ``offset``.

        Raises
        ------
        ValueError
            If the offset is outside the string.
        """
        self._check(offset)
        if self._same(unit):
            return offset
        if unit not in self._starts:
            self._starts[unit] = _cumulative_widths(self._text, unit)
        return int(self._starts[unit][offset])

    def revert(self, offset: int, unit: OffsetUnit) -> int:
        """Convert an offset in another unit to one in code points.

        Parameters
        ----------
        offset : int
            In ``unit``; at most the length of the text in it.
        unit : {"codepoint", "utf16", "utf8"}

        Returns
        -------
        int
            Code points that begin before the offset: from inside a code point, the place after it.

        Raises
        ------
        ValueError
            If the offset is outside the string.
        """
        if self._same(unit):
            self._check(offset)
            return offset
        length = self.convert(len(self._text), unit)
        if not 0 <= offset <= length:
            raise ValueError(f"offset {offset} is outside a text of {length} units")
        return int(np.searchsorted(self._starts[unit], offset))

    def position(self, offset: int) -> tuple[int, int]:
        r"""Find the line and column of an offset.

        Parameters
        ----------
        offset : int
            In code points, ``0 <= offset <= len(text)``.

        Returns
        -------
        line, column : int
            Both from 1; the column counts code points. A line ends after ``\n``, ``\r\n`` or ``\r``,
            as in editors.

        Raises
        ------
        ValueError
            If the offset is outside the string.
        """
        self._check(offset)
        lines = self._line_starts()
        line = bisect_right(lines, offset)
        return line, offset - lines[line - 1] + 1

    def line_and_character(self, offset: int, unit: OffsetUnit) -> tuple[int, int]:
        """Find the place of an offset as the language server protocol counts.

        Parameters
        ----------
        offset : int
            In code points, ``0 <= offset <= len(text)``.
        unit : {"codepoint", "utf16", "utf8"}
            What the character counts.

        Returns
        -------
        line, character : int
            Both from 0. Lines end as in ``position``.

        Raises
        ------
        ValueError
            If the offset is outside the string.
        """
        line, column = self.position(offset)
        return line - 1, self.convert(offset, unit) - self.convert(offset - column + 1, unit)

    def offset_at(self, line: int, character: int, unit: OffsetUnit) -> int:
        """Find the offset of a place, the other way round.

        Parameters
        ----------
        line, character : int
            Both from 0. A character past the end of its line means the end, before the line break; a line past the
            last one means the end of the text. A place inside a character means its beginning.
        unit : {"codepoint", "utf16", "utf8"}
            What ``character`` counts.

        Returns
        -------
        int
            In code points.

        Raises
        ------
        ValueError
            If either is negative.
        """
        if line < 0 or character < 0:
            raise ValueError(f"there is no place {line}:{character}")
        lines = self._line_starts()
        if line >= len(lines):
            return len(self._text)
        start = lines[line]
        end = len(self._text)
        if line + 1 < len(lines):
            end = lines[line + 1] - 1
            end -= self._text[end] == "\n" and end > start and self._text[end - 1] == "\r"
        if self._same(unit):
            return min(start + character, end)
        wanted = self.convert(start, unit) + character
        return min(start + bisect_right(self._starts[unit][start : end + 1], wanted) - 1, end)

    def _same(self, unit: OffsetUnit) -> bool:
        """True if offsets in a unit are those in code points: no table is needed then."""
        return unit == "codepoint" or self._ascii or (unit == "utf16" and self._without_pairs)

    @cached_property
    def _without_pairs(self) -> bool:
        """True if each code point is one UTF-16 unit, as nearly always: dashes and curly quotes are, emoji aren't."""
        return len(self._text.encode("utf-16-le")) == 2 * len(self._text)

    def _line_starts(self) -> list[int]:
        if self._lines is None:
            self._lines = [0, *(found.end() for found in _LINE_END.finditer(self._text))]
        return self._lines

    def _check(self, offset: int) -> None:
        if not 0 <= offset <= len(self._text):
            raise ValueError(f"offset {offset} is outside a text of {len(self._text)} characters")


def _cumulative_widths(text: str, unit: OffsetUnit) -> NDArray[np.int64]:
    points = np.frombuffer(text.encode("utf-32-le"), dtype="<u4")
    widths = 1 + (points > 0xFFFF).astype(np.int64)
    if unit == "utf8":
        widths += (points > 0x7F).astype(np.int64) + (points > 0x7FF).astype(np.int64)
    return np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(widths)])
