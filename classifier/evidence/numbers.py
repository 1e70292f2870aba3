"""Numbers as they stand in running text, in digits or in words."""

from __future__ import annotations

import re

_ONES = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_SMALL = {word: number for number, word in enumerate(_ONES)} | {word: 10 * n for n, word in enumerate(_TENS, 2)}
_SMALL |= {"a": 1, "dozen": 12}
_LARGE = {"thousand": 1_000, "million": 1_000_000, "m": 1_000_000, "billion": 1_000_000_000}
_PART = re.compile(r"\d+(?:[,.·]\d+)*|[a-z]+")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+")


def number_of(words: str) -> str:
    """A whole number in digits, empty if the words are none.

    >>> number_of("1,200"), number_of("twenty-three"), number_of("2.5 million"), number_of("some")
    ('1200', '23', '2500000', '')
    """
    total, group, seen = 0.0, 0.0, False
    for part in _PART.findall(words.lower()):
        if part[0].isdigit():
            plain = part.replace(",", "") if _GROUPED.fullmatch(part) else part.replace("·", ".")
            try:
                group += float(plain)
            except ValueError:
                return ""
        elif part in _SMALL:
            # "two dozen", "half a dozen" is left alone
            group = group * 12 if part == "dozen" and group else group + _SMALL[part]
        elif part in {"hundred", "hundreds"}:
            group = (group or 1) * 100
        elif part in _LARGE:
            total, group = total + (group or 1) * _LARGE[part], 0.0
        elif part != "and":
            return ""
        seen = True
    value = total + group
    return str(int(value)) if seen and value < 1e12 and value == int(value) else ""
