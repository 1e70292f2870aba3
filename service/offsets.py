"""Offsets in other units than code points, which the classifier counts in.

Editors and browsers count UTF-16 units, byte-minded programs UTF-8 bytes, terminals lines and columns.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from classifier.errors import InvalidInputError

OffsetUnit: TypeAlias = Literal["codepoint", "utf16", "utf8"]
OFFSET_UNITS: tuple[OffsetUnit, ...] = get_args(OffsetUnit)


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
        if unit == "codepoint" or self._ascii:
            return offset
        if unit not in self._starts:
            self._starts[unit] = _cumulative_widths(self._text, unit)
        return int(self._starts[unit][offset])

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
        if self._lines is None:
            self._lines = _line_starts(self._text)
        line = bisect_right(self._lines, offset)
        return line, offset - self._lines[line - 1] + 1

    def _check(self, offset: int) -> None:
        if not 0 <= offset <= len(self._text):
            raise ValueError(f"offset {offset} is outside a text of {len(self._text)} characters")


def _cumulative_widths(text: str, unit: OffsetUnit) -> NDArray[np.int64]:
    points = np.frombuffer(text.encode("utf-32-le"), dtype="<u4")
    widths = 1 + (points > 0xFFFF).astype(np.int64)
    if unit == "utf8":
        widths += (points > 0x7F).astype(np.int64) + (points > 0x7FF).astype(np.int64)
    return np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(widths)])


def _line_starts(text: str) -> list[int]:
    starts = [0]
    for index, character in enumerate(text):
        if character == "\n" or (character == "\r" and text[index + 1 : index + 2] != "\n"):
            starts.append(index + 1)
    return starts
