"""What the claim features know of a word by itself: numbers for the word, its stem, its ending and its class."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from classifier.features.cues import NUMBER, expand

_CACHED_WORDS = 50_000
_STEM_LEAST = 4
_STEM_ENDINGS = ("ations", "ation", "ingly", "ings", "ing", "edly", "ies", "ied", "ed", "es", "ly", "s", "e")
_SHAPE_ENDINGS = ("ing", "ly", "ed", "tion", "s")
EDGE = "</s>"
"""Stands before and after each sentence; no token reads so."""


@dataclass(frozen=True, slots=True)
class WordClasses:
    """The word classes of ``data/claims.toml``.

    Parameters
    ----------
    of_word : dict of str to int
        Number of each word's class, from 1.
    ordered : frozenset of int
        Classes whose order matters over any distance.
    skipped : frozenset of int
        Classes left out where only telling words are read side by side.
    """

    of_word: dict[str, int]
    ordered: frozenset[int]
    skipped: frozenset[int]


@cache
def word_classes() -> WordClasses:
    """The classes, read once.

    Raises
    ------
    ValueError
        If a word has two classes.
    """
    raw = tomllib.loads(resources.files("classifier").joinpath("data/claims.toml").read_text(encoding="utf-8"))
    numbers = {name: number for number, name in enumerate(raw["classes"], start=1)}
    of_word: dict[str, int] = {}
    for name, words in raw["classes"].items():
        for word in dict.fromkeys(form for entry in words for form in expand(entry)):
            if word in of_word:
                raise ValueError(f"claims.toml: {word!r} has two classes")
            of_word[word] = numbers[name]
    ordered, skipped = (frozenset(numbers[name] for name in raw[key]["classes"]) for key in ("order", "skipped"))
    return WordClasses(of_word, ordered, skipped)


def word_numbers(words: Sequence[str]) -> NDArray[np.uint64]:
    """Numbers of words, shape (n_words, 8): word, stem, start, ending, shape, and three that are 0 or 1.

    ``shape`` is the word's class, or for a word with none its ending or its kind of sign. The last three say whether
    the word tells something of a claim, is of a class whose order matters, and is of a class at all.
    """
    return np.array([_numbers(word) for word in words], dtype=np.uint64).reshape(-1, 8)


@lru_cache(maxsize=_CACHED_WORDS)
def _numbers(word: str) -> tuple[int, ...]:
    classes = word_classes()
    known = classes.of_word.get(word, 0)
    shape = known or 1000 + crc32(_shape(word).encode()) % 1_000_000_007
    tells = (known != 0 and known not in classes.skipped) or not word[:1].isalpha()
    return (
        crc32(word.encode()),
        crc32(_stem(word).encode()),
        crc32(word[:4].encode()),
        crc32(word[-3:].encode()),
        shape,
        int(tells),
        int(known in classes.ordered),
        int(known != 0),
    )


def _stem(word: str) -> str:
    for ending in _STEM_ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _STEM_LEAST:
            return word[: -len(ending)]
    return word


def _shape(word: str) -> str:
    if NUMBER in word:
        return NUMBER
    if not any(character.isalpha() for character in word):
        return word
    for ending in _SHAPE_ENDINGS:
        if word.endswith(ending) and len(word) > len(ending) + 2:
            return ending
    return ""
