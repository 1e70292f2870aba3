"""Features of a sentence in its article: first-stage scores and cues of neighbours, headline, whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin

from classifier.features.cues import cue_lists
from classifier.features.reader import ParsedDocument
from classifier.features.scopes import column_names
from classifier.features.sentence import PLACE_NAMES, place_features
from classifier.labels import LABEL_IDS

_FLOOR = 1e-4
_OUTSIDE = -6.0
"""Log-odds that stand for a neighbour beyond the article's edge."""


def log_odds(probabilities: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    """Log-odds of probabilities in [0, 1], kept finite by a floor of 1e-4."""
    clipped = np.clip(np.asarray(probabilities, dtype=np.float64), _FLOOR, 1 - _FLOOR)
    result: NDArray[np.float64] = np.log(clipped / (1 - clipped))
    return result


class ContextFeatures(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Context columns for the second stage.

    Own, previous and next sentence's log-odds; the article's highest and mean; cue
    counts of the sentence; cues in the two sentences before, in the two after; share of the
    article's body sentences with each cue; cues in the headline; place.
    """

    def fit(self, documents: Sequence[ParsedDocument], y: Any = None) -> Self:
        """Nothing to learn."""
        return self

    def transform(self, documents: Sequence[ParsedDocument], scores: NDArray[np.floating[Any]]) -> NDArray[np.float32]:
        """Context features.

        Parameters
        ----------
        documents : sequence of ParsedDocument
        scores : ndarray, shape (n_sentences, n_labels)
            First-stage probabilities in [0, 1].

        Returns
        -------
        ndarray of float32, shape (n_sentences, n_context)
            Columns are named by ``get_feature_names_out``.
        """
        odds = log_odds(scores)
        blocks = []
        start = 0
        for document in documents:
            stop = start + len(document.sentences)
            blocks.append(_article_context(document, odds[start:stop]))
            start = stop
        return np.vstack(blocks)

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[np.object_]:
        """Column names, ``part:name``."""
        cues = tuple(cue_lists())
        columns = column_names()
        parts = (
            *((part, LABEL_IDS) for part in ("own", "previous", "next", "highest", "mean")),
            ("cue", columns),
            *((part, cues) for part in ("cue_before", "cue_after", "cue_share", "cue_headline")),
            ("place", (*PLACE_NAMES, "index", "sentences", "paragraph_start")),
        )
        return np.asarray([f"{part}:{name}" for part, names in parts for name in names], dtype=object)


def _article_context(document: ParsedDocument, odds: NDArray[np.float64]) -> NDArray[np.float32]:
    count = len(document.sentences)
    lists = len(cue_lists())
    cues = document.cue_counts
    # Windows and the whole article need the lists alone; scopes matter where the claim is.
    present = (cues[:, :lists] > 0).astype(np.float32)
    edge = np.full((1, odds.shape[1]), _OUTSIDE)
    body = present[1:] if count > 1 else present
    padded = np.vstack([np.zeros((2, lists)), present, np.zeros((2, lists))])
    before = np.maximum(padded[0:count], padded[1 : count + 1])
    after = np.maximum(padded[3 : count + 3], padded[4 : count + 4])
    paragraphs = [parsed.sentence.paragraph for parsed in document.sentences]
    place = [(index, count, index == 0 or paragraphs[index] != paragraphs[index - 1]) for index in range(count)]

    def everywhere(row: NDArray[Any]) -> NDArray[Any]:
        return np.repeat(row[None, :], count, axis=0)

    return np.hstack(
        [
            odds,
            np.vstack([edge, odds[:-1]]),
            np.vstack([odds[1:], edge]),
            everywhere(odds.max(axis=0)),
            everywhere(odds.mean(axis=0)),
            cues,
            before,
            after,
            everywhere(body.mean(axis=0)),
            everywhere(present[0]),
            place_features(document),
            np.asarray(place, dtype=np.float32),
        ]
    ).astype(np.float32)
