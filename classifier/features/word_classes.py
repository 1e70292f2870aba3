"""Word classes: what things a sentence is about, and what its words do.

A class is a file of words and short phrases, written as spaCy's tokens read (numbers ``#``, "n't" as "not").
Cue lists (see ``cues``) are narrow and made for one label each; classes are broad and know no label.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the reader calls this module
    from classifier.features.reading import ParsedSentence

GAP = "_"
"""Stands for a run of words of no class."""


@cache
def word_classes() -> dict[str, tuple[str, ...]]:
    """Words and phrases by class, in the classes' order of names (which is the column order).

    Raises
    ------
    ValueError
        If a class is empty or holds an entry twice.
    """
    found: dict[str, tuple[str, ...]] = {}
    folder = resources.files("classifier").joinpath("features/classes")
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if not file.name.endswith(".toml"):
            continue
        words = tuple(tomllib.loads(file.read_text(encoding="utf-8"))["words"])
        if not words or len(set(words)) < len(words):
            raise ValueError(f"{file.name}: the class is empty or holds an entry twice")
        found[file.name.removesuffix(".toml")] = words
    return found


@dataclass(frozen=True, slots=True)
class _Abstraction:
    """Words that are kept, and for each class (by number) its mark; None if it leaves none."""

    keep: frozenset[str]
    marks: tuple[str | None, ...]


@cache
def _abstraction() -> _Abstraction:
    raw = tomllib.loads(resources.files("classifier").joinpath("data/abstraction.toml").read_text(encoding="utf-8"))
    plain = frozenset(raw["plain"])
    return _Abstraction(
        frozenset(raw["keep"]), tuple(None if name in plain else name.upper() for name in word_classes())
    )


def abstracted(sentence: ParsedSentence) -> list[str]:
    """The sentence with words replaced by the marks of their classes.

    Longer phrases win over shorter ones, earlier over later. Words of no class become a gap, unless they are
    function words; neighbouring gaps are one.
    """
    rules = _abstraction()
    marks: dict[int, str] = {}
    covered: set[int] = set()
    for number, first, last in sorted(sentence.classes, key=lambda match: (match[1] - match[2], match[1])):
        mark = rules.marks[number]
        places = range(first, last)
        if mark is None or not covered.isdisjoint(places):
            continue
        covered.update(places)
        marks[first] = mark
    words: list[str] = []
    keep = rules.keep
    for place, token in enumerate(sentence.tokens):
        if place in marks:
            words.append(marks[place])
        elif place in covered:
            continue
        elif token in keep or not token[0].isalnum():
            words.append(token)
        elif not words or words[-1] != GAP:
            words.append(GAP)
    return words


def ngrams(words: Sequence[str], longest: int) -> list[str]:
    """The words, then their n-grams of 2 to ``longest`` with the edges of the row as words."""
    grams = list(words)
    edged = row = ["<s>", *words, "</s>"]
    for size in range(2, longest + 1):
        row = [f"{gram} {word}" for gram, word in zip(row, edged[size - 1 :], strict=False)]
        grams += row
    return grams


def class_grams(sentence: ParsedSentence, longest: int) -> list[str]:
    """N-grams of the abstracted sentence, 1 to ``longest``; pairs of classes in order, at most four apart; triples.

    Pairs and triples pass over everything between the classes, so that "the pill, given daily, eases pain" and
    "the pill eases pain" share them.
    """
    words = abstracted(sentence)
    grams = ngrams(words, longest)
    marks = [word for word in words if word.isupper()]
    for place, mark in enumerate(marks):
        grams += [f"{mark}>{other}" for other in marks[place + 1 : place + 5]]
    grams += [f"{a}>{b}>{c}" for a, b, c in zip(marks, marks[1:], marks[2:], strict=False)]
    return grams
