"""Features of a sentence in its article: first-stage scores, cues, evidence, topic, claims; here, nearby, anywhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import repeat
from operator import ne
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin

from classifier.claims import STRENGTHS
from classifier.features.cues import cue_lists
from classifier.features.family import sentences_of
from classifier.features.place import PLACE_NAMES, keep_place_features, place_features
from classifier.features.reader import ParsedDocument
from classifier.features.reading import Reading, of_each, remembered
from classifier.features.rows import stacked
from classifier.features.scopes import column_names
from classifier.features.table import ContextTable, Rows
from classifier.features.told import told_memo, told_names, told_parts
from classifier.features.topic import TOPIC_NAMES, topic_features, topic_number
from classifier.features.word_classes import word_classes
from classifier.labels import LABEL_IDS
from classifier.odds import log_odds

_OUTSIDE = -6.0
"""Log-odds that stand for a neighbour beyond the article's edge."""
_REACH = 2
"""No column looks at more sentences before or after, but for those that hang on evidence and topic."""


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
        places: NDArray[np.floating[Any]] | None = None,
        rows: Sequence[int] | None = None,
    ) -> ContextTable:
        """Context features.

        Parameters
        ----------
        documents : sequence of ParsedDocument
        scores : ndarray, shape (n_sentences, n_labels)
            First-stage probabilities in [0, 1].
        strengths : ndarray, shape (n_sentences, n_strengths), optional
            What ``claims`` says of the sentences, if it is at hand.
        places : ndarray, shape (n_sentences, len(PLACE_NAMES)), optional
            Their place features, if they are at hand.
        rows : sequence of int, optional
            Only these sentences' own columns, by their place among all, rising.

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
        wanted = np.arange(len(odds)) if rows is None else np.array(rows, dtype=np.intp)
        articles = []
        start = 0
        for document in documents:
            stop = start + len(document.sentences)
            if places is not None:
                keep_place_features(document, places[start:stop])
            inside = wanted[(wanted >= start) & (wanted < stop)] - start
            parts = [
                *_neighbours(odds[start:stop], inside),
                *(part for block in blocks for part in block(document, inside)),
            ]
            if strengths is not None:
                parts += _around(strengths[start:stop], inside)
            articles.append(parts)
            start = stop
        return ContextTable.of_parts(articles, [len(document.sentences) for document in documents])

    def hangs_on(self, documents: Sequence[ParsedDocument], numbers: Sequence[int]) -> list[tuple[object, ...]]:
        """All that each sentence's own columns hang on, in a few numbers.

        Parameters
        ----------
        documents : sequence of ParsedDocument
        numbers : sequence of int
            Of each sentence another one whenever its words, its place, its first-stage scores or its claims' strengths
            aren't what they were.

        Returns
        -------
        list of tuple
            If a sentence's is what it was, so are its own columns: all families are provided for.
        """
        found: list[tuple[object, ...]] = []
        beyond = [0] * _REACH
        for document in documents:
            known = numbers[len(found) : len(found) + len(document.sentences)]
            article = (told_memo(document)["number"], topic_number(document))
            padded = [*beyond, *known, *beyond]
            around = zip(*(padded[step:] for step in range(2 * _REACH + 1)), strict=False)
            found += zip(repeat(article), _starts(document), around, strict=False)
        return found

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


def _neighbours(odds: NDArray[np.float64], rows: Rows) -> list[NDArray[Any]]:
    return [*_beside(odds, rows, _OUTSIDE), odds.max(axis=0), odds.sum(axis=0) / len(odds)]


def _beside(values: NDArray[np.float64], rows: Rows, outside: float) -> list[NDArray[Any]]:
    """Of the sentences, those before, those after."""
    padded = np.full((len(values) + 2, values.shape[1]), outside)
    padded[1:-1] = values
    return [padded[rows + 1], padded[rows], padded[rows + 2]]


def _cues(document: ParsedDocument, rows: Rows) -> list[NDArray[Any]]:
    count = len(document.sentences)
    # Windows and the whole article need the lists alone; scopes matter where the claim is.
    padded = np.zeros((count + 2 * _REACH, len(cue_lists())), dtype=bool)
    present = padded[_REACH:-_REACH]
    present[:] = stacked(of_each(document.sentences, "present", _present))
    body = present[1:] if count > 1 else present
    before, after = (padded[rows + near] | padded[rows + far] for near, far in ((0, 1), (3, 4)))
    return [_part(document, rows).cue_counts[: len(rows)], before, after, body.sum(axis=0) / len(body), present[0]]


def _present(reading: Reading) -> NDArray[np.bool_]:
    """Which cue lists match."""
    found = np.zeros(len(cue_lists()), dtype=bool)
    found[[cue for cue, _, _ in reading.cues]] = True
    return found


def _part(document: ParsedDocument, rows: Rows) -> ParsedDocument:
    """The sentences of some rows; of none, all: no counts have no columns."""
    return document.part(rows.tolist()) if 0 < len(rows) < len(document.sentences) else document


def _place(document: ParsedDocument, rows: Rows) -> list[NDArray[Any]]:
    more = np.empty((len(rows), 3), dtype=np.float32)
    more[:, 0], more[:, 1], more[:, 2] = rows, len(document.sentences), np.array(_starts(document))[rows]
    return [place_features(document)[rows], more]


def _starts(document: ParsedDocument) -> list[bool]:
    """Which sentences begin a paragraph."""

    def work() -> list[bool]:
        paragraphs = [parsed.sentence.paragraph for parsed in document.sentences]
        return [True, *map(ne, paragraphs[1:], paragraphs)]

    return remembered(document.memo, "starts", work)


def _classes(document: ParsedDocument, rows: Rows) -> list[NDArray[Any]]:
    return [_part(document, rows).class_counts[: len(rows)], document.part([0]).class_counts[0]]


def _around(strengths: NDArray[np.float64], rows: Rows) -> list[NDArray[Any]]:
    """Of the sentence, the one before, the one after (0 beyond the edges) and the headline."""
    return [*_beside(strengths, rows, 0.0), strengths[0]]


_BLOCKS: dict[str, Callable[[ParsedDocument, Rows], list[NDArray[Any]]]] = {
    "cues": _cues,
    "place": _place,
    "evidence": told_parts,
    "topic": lambda document, rows: [topic_features(document, rows)],
    "classes": _classes,
}
"""The families in the order of their columns."""
CONTEXT_FAMILIES = tuple(_BLOCKS)
