"""Tellings of evidence as readers are shown them: which of them, what they are called, where they stand."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Sequence
from functools import cache
from importlib import resources
from typing import Any

from classifier.document import Sentence
from classifier.evidence import Evidence

_WORD = re.compile(r"[^\W\d_]+")


@cache
def settings() -> dict[str, Any]:
    """What ``data/notes.toml`` holds."""
    return tomllib.loads(resources.files("classifier").joinpath("data/notes.toml").read_text(encoding="utf-8"))


@cache
def _besides() -> dict[tuple[str, str], tuple[str, str]]:
    """Kinds and values of tellings, and those beside which they aren't shown."""

    def pair(name: str) -> tuple[str, str]:
        kind, _, value = name.partition("=")
        return kind, value

    return {pair(name): pair(main) for name, main in settings()["besides"].items()}


def shown(evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """The tellings that an answer holds.

    A value told twice in a sentence is there once, and what the same words tell only besides isn't there. A hint is
    there only if it is of this study and nothing of its kind is told plainly of this study.

    Parameters
    ----------
    evidence : iterable of Evidence
        By position.

    Returns
    -------
    tuple of Evidence
        By position.
    """
    tellings = tuple(evidence)
    besides = _besides()
    names = {(t.span, t.kind, t.value) for t in tellings} if any((t.kind, t.value) in besides for t in tellings) else ()
    plain = {telling.kind for telling in tellings if not telling.weak and not telling.background}
    chosen: dict[tuple[int, str, str, bool], Evidence] = {}
    for telling in tellings:
        main = besides.get((telling.kind, telling.value))
        if main and (telling.span, *main) in names:
            continue
        if not telling.weak or (not telling.background and telling.kind not in plain):
            chosen.setdefault((telling.sentence, telling.kind, telling.value, telling.background), telling)
    return tuple(chosen.values())


def paragraph_of(sentences: Sequence[Sentence], index: int) -> int:
    """Number of a sentence's paragraph: 0 for the headline, 1 for the first after it (or for the first at all).

    Headings and lines that stand alone count as paragraphs.
    """
    return sentences[index].paragraph + (sentences[0].kind != "headline")


def place_of(paragraph: int, article: str = "") -> str:
    """A paragraph's number in words.

    >>> place_of(3), place_of(0), place_of(0, "the ")
    ('paragraph 3', 'headline', 'the headline')
    """
    return f"paragraph {paragraph}" if paragraph else f"{article}headline"


def subject_of(words: str) -> str:
    """What a preclinical study was in, by the words that tell it.

    >>> subject_of("in obese mice"), subject_of("preclinical")
    ('mice', 'animals or the lab')
    """
    found = {word.lower() for word in _WORD.findall(words)}
    subjects: dict[str, list[str]] = settings()["subjects"]
    return next((name for name, marks in subjects.items() if found.intersection(marks)), list(subjects)[-1])


def size_words(size: int) -> str:
    """A number of people in words.

    >>> size_words(41000), size_words(1)
    ('41,000 participants', '1 participant')
    """
    return f"{size:,} participant{'' if size == 1 else 's'}"


def words_for(telling: Evidence, words: str) -> str:
    """What a telling is called, by its kind and value and by the words that tell it."""
    named: dict[str, str] = settings()["words"][telling.kind]
    size = size_words(int(telling.value)) if telling.kind == "sample_size" else ""
    quote = " ".join(words.split())
    return named["" if size else telling.value].format(size=size, subject=subject_of(words), quote=quote)
