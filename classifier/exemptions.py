"""Labels that the rule book rules out, whatever the score: taken back in the sentence, or told nearby after all."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.features.cues import cue_lists
from classifier.features.reader import ParsedDocument
from classifier.features.reading import Reading, of_each, remembered
from classifier.features.scopes import PLAIN, column_names, columns_of, scope_cues
from classifier.features.told import counting, in_window, told_here, told_memo, told_plainly
from classifier.labels import LABEL_IDS

_BARRIERS = frozenset({"and", "but", "yet", ";", ":", "which", "who", "so", "although", "though", "while"})
"""A claim beyond one of these is its own: \"no side effects and cures gout\"."""

_QUOTATION = re.compile(r"[“\"][^“”\"]{3,80}[”\"]|(?<!\w)[‘'][^‘’']{3,80}[’'](?!\w)")


@dataclass(frozen=True, slots=True)
class _Window:
    """What excuses a label if it is told in the window, how far that reaches, and what only in the sentence itself.

    Groups are those of ``told.GROUPS``. ``plainly``: hints and other studies don't excuse.
    """

    group: str
    plainly: bool
    after: int
    after_headline: int
    in_itself: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Beside:
    """Claims, by cue number, that aren't meant if one of the words follows; and all claims of the label."""

    claims: frozenset[int]
    all_claims: frozenset[int]
    words: frozenset[str]

    def excuses(self, sentence: Reading) -> bool:
        """Whether every claim in the sentence is one that isn't meant."""
        tokens = sentence.tokens
        claims = [match for match in sentence.cues if match[0] in self.all_claims]
        return bool(claims) and all(
            cue in self.claims and last < len(tokens) and tokens[last] in self.words for cue, _, last in claims
        )


@dataclass(frozen=True, slots=True)
class _Itself:
    """What a sentence may say in itself: labels by number, patterns that are found, patterns that aren't."""

    labels: tuple[int, ...]
    says: tuple[re.Pattern[str], ...]
    unless: tuple[re.Pattern[str], ...]

    def excuses(self, sentence: Reading) -> bool:
        """Whether the sentence says it."""
        text = sentence.text
        return all(said.search(text) for said in self.says) and not any(said.search(text) for said in self.unless)


@dataclass(frozen=True, slots=True)
class _Corrected:
    """Words that correct what is quoted, and claims, by cue number, of each label."""

    says: re.Pattern[str]
    claims: dict[int, frozenset[int]]

    def excuses(self, sentence: Reading) -> list[int]:
        """Labels all of whose claims are quoted to be corrected."""
        quotations = [quotation.span() for quotation in _QUOTATION.finditer(sentence.text)]
        if not quotations or not self.says.search(_QUOTATION.sub(" ", sentence.text)):
            return []
        places = [(number, sentence.places[first][0]) for number, first, _ in sentence.cues]
        return [
            label
            for label, claims in self.claims.items()
            if (found := [place for number, place in places if number in claims])
            and all(any(start < place < end for start, end in quotations) for place in found)
        ]


def exempt(document: ParsedDocument) -> NDArray[np.bool_]:
    """Which labels may not be shown on which sentences.

    Returns
    -------
    ndarray of bool, shape (n_sentences, n_labels)
        True where a claim of the label stands in the reach of words that take it back, and none plainly, or the
        sentence says in itself what excuses it; for a label that says that something is missing, where it is told in
        the rule book's window.
    """
    result = remembered(told_memo(document), "exempt", lambda: _told_after_all(document)).copy()
    for row, labels in enumerate(of_each(document.sentences, "taken back", _taken_back)):
        if labels:
            result[row, labels] = True
    return result


def _told_after_all(document: ParsedDocument) -> NDArray[np.bool_]:
    """What is excused since it is told in the window."""
    result = np.zeros((len(document.sentences), len(LABEL_IDS)), dtype=bool)
    here = told_here(document)
    counts = counting(document)
    for label, window in _windows().items():
        told = told_plainly(document, window.group) if window.plainly else here[window.group]
        result[:, label] = in_window(told, window.after, window.after_headline, counts)
        for group in window.in_itself:
            result[:, label] |= here[group]
    return result


def _taken_back(sentence: Reading) -> list[int]:
    """Labels (by number) that the words of the sentence alone excuse."""
    excused = [label for label, beside in _besides().items() if beside.excuses(sentence)]
    excused += [label for itself in _itselfs() if itself.excuses(sentence) for label in itself.labels]
    excused += _corrected().excuses(sentence)
    if not scope_cues().isdisjoint(cue for cue, _, _ in sentence.cues):
        barriers = [place for place, token in enumerate(sentence.tokens) if token in _BARRIERS]
        present = frozenset(columns_of(sentence.cues, barriers))
        excused += [
            label
            for label, (plain, scoped) in _columns().items()
            if not present.isdisjoint(scoped) and present.isdisjoint(plain)
        ]
    return excused


def _data() -> dict[str, Any]:
    return tomllib.loads(resources.files("classifier").joinpath("data/exemptions.toml").read_text(encoding="utf-8"))


@cache
def _windows() -> dict[int, _Window]:
    """What excuses a missing thing, by label number."""
    return {
        LABEL_IDS.index(label): _Window(
            row["group"], bool(row["plainly"]), int(row["after"]), int(row["after_headline"]), tuple(row["in_itself"])
        )
        for label, row in _data()["told"].items()
    }


@cache
def _besides() -> dict[int, _Beside]:
    """Words beside a claim that show that it isn't meant, by label number."""
    number = {name: place for place, name in enumerate(cue_lists())}
    return {
        LABEL_IDS.index(label): _Beside(
            frozenset(number[name] for name in row["claims"]),
            frozenset(number[name] for name in row["all_claims"]),
            frozenset(row["words"]),
        )
        for label, row in _data()["beside"].items()
    }


@cache
def _itselfs() -> tuple[_Itself, ...]:
    """What a sentence may say in itself, in the order of the data."""

    def patterns(found: list[str]) -> tuple[re.Pattern[str], ...]:
        return tuple(re.compile(pattern, re.IGNORECASE) for pattern in found)

    return tuple(
        _Itself(
            tuple(LABEL_IDS.index(label) for label in row["labels"]), patterns(row["says"]), patterns(row["unless"])
        )
        for row in _data()["itself"]
    )


@cache
def _corrected() -> _Corrected:
    number = {name: place for place, name in enumerate(cue_lists())}
    row = _data()["corrected"]
    claims = {
        LABEL_IDS.index(label): frozenset(map(number.__getitem__, names)) for label, names in row["claims"].items()
    }
    return _Corrected(re.compile(row["says"], re.IGNORECASE), claims)


@cache
def _columns() -> dict[int, tuple[frozenset[int], frozenset[int]]]:
    """Columns of plain and of taken-back claims, by label number."""
    number = {name: place for place, name in enumerate(column_names())}
    return {
        LABEL_IDS.index(label): (
            frozenset(number[f"{PLAIN}:{claim}"] for claim in row["claims"]),
            frozenset(number[f"{scope}:{claim}"] for scope in row["scopes"] for claim in row["claims"]),
        )
        for label, row in _data()["taken_back"].items()
    }
