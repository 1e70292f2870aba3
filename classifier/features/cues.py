"""Cue lists: data files of phrases by name, matched over spaCy tokens.

A phrase is written with alternatives in braces (``"{may,might} help"``; an empty alternative makes
the words optional) and ``#`` for any number. Matching ignores case and typographic variants of
quotes (spaCy's NORM attribute).
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources

_GROUP = re.compile(r"\{([^{}]*)\}")
_DIGITS = re.compile(r"\d+(?:[.,]\d+)*")
NUMBER = "#"
"""What every number reads as, in phrases and in tokens."""


@cache
def cue_lists() -> dict[str, tuple[str, ...]]:
    """Expanded phrases by cue name, names in file order (which is the column order of cue features).

    Raises
    ------
    ValueError
        If a name stands in two files or a list is empty.
    """
    found: dict[str, tuple[str, ...]] = {}
    folder = resources.files("classifier").joinpath("features/cues")
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if not file.name.endswith(".toml"):
            continue
        for name, phrases in tomllib.loads(file.read_text(encoding="utf-8")).items():
            expanded = dict.fromkeys(" ".join(form.split()) for phrase in phrases for form in expand(phrase))
            if name in found or not expanded:
                raise ValueError(f"{file.name}: cue list {name!r} is empty or stands in two files")
            found[name] = tuple(expanded)
    return found


def expand(phrase: str) -> list[str]:
    """All readings of a phrase with alternatives in braces.

    >>> expand("{may,might} help{,s}")
    ['may help', 'may helps', 'might help', 'might helps']
    """
    match = _GROUP.search(phrase)
    if match is None:
        return [phrase]
    head, tail = phrase[: match.start()], phrase[match.end() :]
    return [form for choice in _split_alternatives(match.group(1)) for form in expand(head + choice + tail)]


def _split_alternatives(inside: str) -> list[str]:
    # A comma between digits belongs to a number ("1,000").
    return re.split(r",(?!\d{3}(?!\d))|(?<!\d),(?=\d)", inside)


def normalise(norm: str) -> str:
    """A token's NORM with numbers folded, lower case."""
    return _DIGITS.sub(NUMBER, norm) if any(c.isdigit() for c in norm) else norm
