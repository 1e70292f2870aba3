"""Which words of a flagged sentence an editor would underline.

A logistic model scores each token for a label from its word, its neighbours and the cues around it;
the trigger is the run of tokens with the highest sum of log-odds, at most 15 words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.utils.validation import check_is_fitted

from classifier.document import Span
from classifier.features.cues import cue_lists
from classifier.features.reading import ParsedSentence
from classifier.labels import LABEL_IDS

MAX_TRIGGER_TOKENS = 15
"""A token is at most one word, so this keeps to the rule book's 15 words."""
_WORD = re.compile(r"[\w%$£€#+<>=]")
"""What a token at the edge of a trigger holds: punctuation, quotes and emoji stand inside only."""
_POSSESSIVE = "'s"
"""Ends a trigger only with the word that it belongs to."""


@dataclass(frozen=True, slots=True)
class TriggerExample:
    """A sentence that carries a label (by number) with its trigger."""

    sentence: ParsedSentence
    label: int
    trigger: Span


class TriggerFinder(BaseEstimator):  # type: ignore[misc]
    """Finds trigger words.

    Parameters
    ----------
    strength : float
        Inverse of regularisation, above 0.
    generosity : float
        Added to each token's log-odds: the larger, the longer triggers get.
    min_count : int
        Features seen less often are left out.
    """

    def __init__(self, strength: float = 1.0, generosity: float = 0.9, min_count: int = 3) -> None:
        self.strength = strength
        self.generosity = generosity
        self.min_count = min_count

    def fit(self, examples: Sequence[TriggerExample], y: Any = None) -> Self:
        """Learn from gold triggers.

        Raises
        ------
        ValueError
            If there are no examples, or a parameter is out of range.
        """
        if not examples:
            raise ValueError("there is no trigger to learn from")
        if not self.strength > 0 or self.min_count < 1:
            raise ValueError("strength must be above 0 and min_count at least 1")
        rows: list[dict[str, float]] = []
        inside: list[bool] = []
        for example in examples:
            for place, found in enumerate(_token_features(example.sentence)):
                rows.append(dict.fromkeys(_with_label(found, LABEL_IDS[example.label]), 1.0))
                start, end = example.sentence.offsets[place]
                inside.append(start < example.trigger.end and example.trigger.start < end)
        vectorizer = DictVectorizer(dtype=np.float32)
        x = vectorizer.fit_transform(rows)
        frequent = np.asarray((x > 0).sum(axis=0)).ravel() >= self.min_count
        model = LogisticRegression(C=self.strength, solver="liblinear", random_state=0)
        model.fit(x[:, np.flatnonzero(frequent)], inside)
        names = vectorizer.get_feature_names_out()[frequent]
        self.weights_ = {
            str(name): round(float(weight), 3)
            for name, weight in zip(names, model.coef_[0], strict=True)
            if abs(weight) >= 0.01
        }
        self.bias_ = float(model.intercept_[0])
        self.__dict__.pop("_by_label", None)
        return self

    def find(self, sentence: ParsedSentence, label: int) -> Span:
        """The trigger of a label in a sentence.

        Returns
        -------
        Span
            Inside the sentence, never empty; the whole sentence if it has no tokens.
        """
        check_is_fitted(self)
        if not sentence.tokens:
            return sentence.sentence.span
        tables = self._tables(label)
        start = self.bias_ + self.generosity
        odds = [
            start + sum([tables[kind].get(value, 0.0) for kind, value in found]) for found in _token_features(sentence)
        ]
        first, last = _best_run(odds, sentence.tokens)
        return sentence.span(first, last)

    def warm(self) -> None:
        """Sort the weights by label, which the first span of each would have to wait for."""
        for label in range(len(LABEL_IDS)):
            self._tables(label)

    def _tables(self, label: int) -> dict[str, dict[str, float]]:
        """Weights of a label by kind of feature and value: what the feature weighs for all labels and for this one."""
        known: dict[int, dict[str, dict[str, float]]] = self.__dict__.setdefault("_by_label", {})
        if label not in known:
            tables: dict[str, dict[str, float]] = {kind: {} for kind in _KINDS}
            own = LABEL_IDS[label] + "|"
            for name, weight in self.weights_.items():
                kind, _, value = name.removeprefix(own).partition("=")
                if kind in tables:
                    tables[kind][value] = tables[kind].get(value, 0.0) + weight
            known[label] = tables
        return known[label]

    def __getstate__(self) -> dict[str, Any]:
        """State without what is made of the weights when it is first asked for."""
        return {name: value for name, value in super().__getstate__().items() if name != "_by_label"}


_KINDS = ("bias", "w", "w-1", "w+1", "w-2", "w+2", "end", "c", "c-1", "c+1", "at", "kind", "size")


def _token_features(sentence: ParsedSentence) -> Iterator[list[tuple[str, str]]]:
    """Kind and value of each token's features."""
    names = tuple(cue_lists())
    tokens = ("<s>", "<s>", *sentence.tokens, "</s>", "</s>")
    covering: list[list[str]] = [[] for _ in sentence.tokens]
    for cue, first, last in sentence.cues:
        for place in range(first, last):
            covering[place].append(names[cue])
    padded = [[], *covering, []]
    total = len(sentence.tokens)
    for place in range(total):
        before2, before, word, after, after2 = tokens[place : place + 5]
        yield [
            ("bias", ""),
            ("w", word),
            ("w-1", before),
            ("w+1", after),
            ("w-2", before2),
            ("w+2", after2),
            ("end", word[-3:]),
            *[("c", name) for name in padded[place + 1]],
            *[("c-1", name) for name in padded[place]],
            *[("c+1", name) for name in padded[place + 2]],
            ("at", str(min(4, 5 * place // total))),
            ("kind", sentence.sentence.kind),
            ("size", str(min(6, total // 5))),
        ]


def _with_label(found: Iterable[tuple[str, str]], label: str) -> Iterator[str]:
    for kind, value in found:
        yield f"{kind}={value}"
        yield f"{label}|{kind}={value}"


def _best_run(odds: Sequence[float], tokens: Sequence[str]) -> tuple[int, int]:
    """First token and token after the last of the run with the highest sum (the earliest of equals)."""
    best = (-np.inf, 0, 1)
    edges = [token != _POSSESSIVE and bool(_WORD.search(token)) for token in tokens]
    for first in range(len(odds)):
        if not edges[first]:
            continue
        total = 0.0
        for last in range(first, min(len(odds), first + MAX_TRIGGER_TOKENS)):
            total += odds[last]
            if total > best[0] and edges[last]:
                best = (total, first, last + 1)
    _, first, end = best
    if end < len(tokens) and tokens[end] == _POSSESSIVE and end - first < MAX_TRIGGER_TOKENS:
        end += 1
    return first, end
