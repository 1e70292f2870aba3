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
from itertools import pairwise

_DIGITS = re.compile(r"\d+(?:[.,]\d+)*")
NUMBER = "#"
"""What every number reads as, in phrases and in tokens."""
WHOLE = "100"
"""The one number that isn't folded, where it is a percentage: to say that all were cured claims more than a number."""
PERCENT = ("%", "percent", "per cent")
_PERCENTAGE = re.compile(rf"(?<!\S){NUMBER}(?= (?:{'|'.join(PERCENT)})(?!\S))")


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
    """All readings of a phrase with alternatives in braces, which may be nested.

    >>> expand("{may,might} help{,s}")
    ['may help', 'may helps', 'might help', 'might helps']

    Raises
    ------
    ValueError
        If braces don't match.
    """
    opening = phrase.find("{")
    if opening < 0:
        if "}" in phrase:
            raise ValueError(f"braces don't match in {phrase!r}")
        return [phrase]
    depth = 0
    cuts = [opening]
    for place in range(opening, len(phrase)):
        character = phrase[place]
        depth += (character == "{") - (character == "}")
        if depth == 0:
            cuts.append(place)
            break
        if character == "," and depth == 1 and not _in_number(phrase, place):
            cuts.append(place)
    else:
        raise ValueError(f"braces don't match in {phrase!r}")
    tails = expand(phrase[cuts[-1] + 1 :])
    heads = [form for start, end in pairwise(cuts) for form in expand(phrase[start + 1 : end])]
    return [phrase[:opening] + head + tail for head in heads for tail in tails]


def _in_number(phrase: str, place: int) -> bool:
    """Whether the comma at ``place`` groups digits ("1,000") rather than parting alternatives."""
    return phrase[place - 1].isdigit() and re.match(r",000(?!\d)", phrase[place:]) is not None


def forms(phrase: str) -> list[str]:
    """A phrase of folded words, and its forms in which percentages are whole ones.

    >>> forms("# % of patients")
    ['# % of patients', '100 % of patients']
    """
    found = [phrase]
    for match in _PERCENTAGE.finditer(phrase):
        place = match.start() - len(phrase)  # from the end, which is the same in all forms
        found += [form[:place] + WHOLE + form[place + 1 :] for form in tuple(found)]
    return found


def normalise(norm: str) -> str:
    """A token's NORM with numbers folded, lower case."""
    return _DIGITS.sub(NUMBER, norm) if any(c.isdigit() for c in norm) else norm
