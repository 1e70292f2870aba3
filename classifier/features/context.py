"""Features of a sentence in its article: first-stage scores, cues, evidence, topic, claims; here, nearby, anywhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin

from classifier.claims import STRENGTHS
from classifier.features.cues import cue_lists
from classifier.features.reader import ParsedDocument
from classifier.features.scopes import column_names
from classifier.features.sentence import PLACE_NAMES, place_features, sentences_of
from classifier.features.told import beside, told_names, told_parts
from classifier.features.topic import TOPIC_NAMES, topic_features
from classifier.features.word_classes import word_classes
from classifier.labels import LABEL_IDS

_FLOOR = 1e-4
_OUTSIDE = -6.0
"""Log-odds that stand for a neighbour beyond the article's edge."""


def log_odds(probabilities: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    """Log-odds of probabilities in [0, 1], kept finite by a floor of 1e-4."""
    clipped = np.clip(np.asarray(probabilities, dtype=np.float64), _FLOOR, 1 - _FLOOR)
    result: NDArray[np.float64] = np.log(clipped / (1 - clipped))
    return result


@dataclass(frozen=True, slots=True, eq=False)
class ContextTable:
    """Context features of all sentences.

    Parameters
    ----------
    values : ndarray of float32, shape (n_sentences, n_context)
    shared : ndarray of bool, shape (n_context,)
        Columns that say something of the article: they are the same for all its sentences.
    """

    values: NDArray[np.float32]
    shared: NDArray[np.bool_]


class ContextFeatures(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Context columns for the second stage.

    Always: own, previous and next sentence's log-odds; the article's highest and mean.

    Parameters
    ----------
    families : tuple of str
        Which more: ``cues`` (of the sentence; in the two before, in the two after; share of the article's
        body sentences; of the headline), ``place``, ``evidence`` (see ``told``), ``topic``, ``classes`` (of
        the sentence and of the headline).
    claims : ClaimStrength, optional
        Fitted (in a ``FrozenEstimator``, so that clones keep it): adds the strength of the claims of the sentence,
        its neighbours and the headline.
    """

    def __init__(
        self, families: tuple[str, ...] = ("cues", "place", "evidence", "topic", "classes"), claims: Any = None
    ) -> None:
        self.families = families
        self.claims = claims

    def fit(self, documents: Sequence[ParsedDocument], y: Any = None) -> Self:
        """Nothing to learn."""
        return self

    def transform(
        self,
        documents: Sequence[ParsedDocument],
        scores: NDArray[np.floating[Any]],
        strengths: NDArray[np.float64] | None = None,
    ) -> NDArray[np.float32]:
        """The values of ``table``, which says more."""
        return self.table(documents, scores, strengths).values

    def table(
        self,
        documents: Sequence[ParsedDocument],
        scores: NDArray[np.floating[Any]],
        strengths: NDArray[np.float64] | None = None,
    ) -> ContextTable:
        """Context features.

        Parameters
        ----------
        documents : sequence of ParsedDocument
        scores : ndarray, shape (n_sentences, n_labels)
            First-stage probabilities in [0, 1].
        strengths : ndarray, shape (n_sentences, n_strengths), optional
            What ``claims`` says of the sentences, if it is at hand.

        Returns
        -------
        ContextTable
            Columns are named by ``get_feature_names_out``.
        """
        odds = log_odds(scores)
        blocks = [block for name, block in _BLOCKS.items() if name in self.families]
        if self.claims is None:
            strengths = None
        elif strengths is None:
            strengths = self.claims.predict_proba(list(sentences_of(documents)))
        tables = []
        parts: list[NDArray[Any]] = []
        start = 0
        for document in documents:
            stop = start + len(document.sentences)
            parts = [*_neighbours(odds[start:stop]), *(part for block in blocks for part in block(document))]
            if strengths is not None:
                parts += _around(strengths[start:stop])
            tables.append(beside(parts, stop - start))
            start = stop
        shared = np.repeat([part.ndim == 1 for part in parts], [part.shape[-1] for part in parts])
        return ContextTable(tables[0] if len(tables) == 1 else np.vstack(tables), shared)

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[np.object_]:
        """Column names, ``part:name``."""
        names = [f"{part}:{label}" for part in ("own", "previous", "next", "highest", "mean") for label in LABEL_IDS]
        for family in _BLOCKS:
            if family in self.families:
                names += _names(family)
        if self.claims is not None:
            parts = ("claim", "claim_previous", "claim_next", "claim_headline")
            names += [f"{part}:{strength}" for part in parts for strength in STRENGTHS]
        return np.asarray(names, dtype=object)


def _names(family: str) -> list[str]:
    cues = tuple(cue_lists())
    parts: dict[str, list[tuple[str, Sequence[str]]]] = {
        "cues": [
            ("cue", column_names()),
            *((part, cues) for part in ("cue_before", "cue_after", "cue_share", "cue_headline")),
        ],
        "place": [("place", (*PLACE_NAMES, "index", "sentences", "paragraph_start"))],
        "evidence": [("told", told_names())],
        "topic": [("topic", TOPIC_NAMES)],
        "classes": [("class", tuple(word_classes())), ("class_headline", tuple(word_classes()))],
    }
    return [f"{part}:{name}" for part, names in parts[family] for name in names]


def _neighbours(odds: NDArray[np.float64]) -> list[NDArray[Any]]:
    edge = np.full((1, odds.shape[1]), _OUTSIDE)
    return [odds, np.vstack([edge, odds[:-1]]), np.vstack([odds[1:], edge]), odds.max(axis=0), odds.mean(axis=0)]


def _cues(document: ParsedDocument) -> list[NDArray[Any]]:
    count = len(document.sentences)
    lists = len(cue_lists())
    # Windows and the whole article need the lists alone; scopes matter where the claim is.
    present = (document.cue_counts[:, :lists] > 0).astype(np.float32)
    body = present[1:] if count > 1 else present
    padded = np.vstack([np.zeros((2, lists)), present, np.zeros((2, lists))])
    before = np.maximum(padded[0:count], padded[1 : count + 1])
    after = np.maximum(padded[3 : count + 3], padded[4 : count + 4])
    return [document.cue_counts, before, after, body.mean(axis=0), present[0]]


def _place(document: ParsedDocument) -> list[NDArray[Any]]:
    paragraphs = np.array([parsed.sentence.paragraph for parsed in document.sentences])
    count = len(paragraphs)
    starts = np.ones(count, dtype=bool)
    starts[1:] = paragraphs[1:] != paragraphs[:-1]
    more = np.empty((count, 3), dtype=np.float32)
    more[:, 0], more[:, 1], more[:, 2] = np.arange(count), count, starts
    return [place_features(document), more]


def _classes(document: ParsedDocument) -> list[NDArray[Any]]:
    return [document.class_counts, document.class_counts[0]]


def _around(strengths: NDArray[np.float64]) -> list[NDArray[Any]]:
    """Of the sentence, the one before, the one after (0 beyond the edges) and the headline."""
    edge = np.zeros((1, strengths.shape[1]))
    before, after = np.vstack([edge, strengths[:-1]]), np.vstack([strengths[1:], edge])
    return [strengths, before, after, strengths[0]]


_BLOCKS: dict[str, Callable[[ParsedDocument], list[NDArray[Any]]]] = {
    "cues": _cues,
    "place": _place,
    "evidence": told_parts,
    "topic": lambda document: [topic_features(document)],
    "classes": _classes,
}
"""The families in the order of their columns."""
CONTEXT_FAMILIES = tuple(_BLOCKS)
