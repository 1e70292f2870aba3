"""Features of where a sentence stands, and of what it is made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from classifier.features.cues import NUMBER
from classifier.features.family import Family
from classifier.features.reader import ParsedDocument
from classifier.features.reading import Reading, of_each, remembered
from classifier.features.rows import FeatureRows, stacked

PLACE_NAMES = (
    "headline", "heading", "bullet", "first_body", "early", "depth", "length", "very_short", "has_quote",
    "starts_with_quote", "has_number", "has_percent", "has_money", "has_question", "many_numbers",
)  # fmt: skip
_EARLY = 5
_KINDS = ("headline", "heading", "bullet")
_KIND_NUMBERS = {kind: number for number, kind in enumerate((*_KINDS, "body"))}
_QUOTES = frozenset({'"', "“", "”", "''", "``"})
_PERCENT = frozenset({"%", "percent"})
_MONEY = frozenset({"$", "£", "€"})


class PlaceFeatures(Family):
    """Where the sentence stands and what it is made of: headline, depth, length, quotes, numbers, money."""

    by_place = True

    def fit(self, documents: Sequence[ParsedDocument], y: Any = None) -> Self:
        """Nothing to learn."""
        self.names_ = PLACE_NAMES
        return self

    def rows(self, documents: Sequence[ParsedDocument]) -> FeatureRows:
        """Values in [0, 1], shape (n_sentences, len(PLACE_NAMES))."""
        return FeatureRows.of(np.vstack([place_features(document) for document in documents]))


def place_features(document: ParsedDocument) -> NDArray[np.float32]:
    """Dense place features of one document, shape (n_sentences, len(PLACE_NAMES))."""
    return remembered(document.memo, "place", lambda: _place_features(document))


def keep_place_features(document: ParsedDocument, values: NDArray[np.floating[Any]]) -> None:
    """Spare ``place_features`` the work: these are they, at hand from elsewhere."""
    document.memo["place"] = values.astype(np.float32)


def places_of(documents: Iterable[ParsedDocument]) -> Iterator[tuple[int, int, str]]:
    """All that the place features of each sentence hang on but its words."""
    for document in documents:
        size = document.size
        for parsed in document.sentences:
            sentence = parsed.sentence
            yield size, sentence.index, sentence.kind


def _place_features(document: ParsedDocument) -> NDArray[np.float32]:
    result = np.zeros((len(document.sentences), len(PLACE_NAMES)), dtype=np.float32)
    kinds = np.array([_KIND_NUMBERS[parsed.sentence.kind] for parsed in document.sentences])
    places = np.array([parsed.sentence.index for parsed in document.sentences])
    first = len(_KINDS)
    result[:, :first] = kinds[:, None] == np.arange(first)
    result[:, first] = places == 1
    result[:, first + 1] = places < _EARLY
    result[:, first + 2] = places / document.size
    result[:, first + 3 :] = stacked(of_each(document.sentences, "form", _form))
    return result


def _form(reading: Reading) -> NDArray[np.float64]:
    """Length, quotes, numbers, money, question."""
    tokens = reading.tokens
    words = frozenset(tokens)
    numbers = sum(NUMBER in token for token in tokens)
    form = (
        min(len(tokens), 60) / 60,
        len(tokens) < 6,
        not words.isdisjoint(_QUOTES),
        bool(tokens) and tokens[0] in _QUOTES,
        numbers > 0,
        not words.isdisjoint(_PERCENT),
        not words.isdisjoint(_MONEY),
        "?" in words,
        numbers > 2,
    )
    return np.array(form, dtype=np.float64)
