"""The first stage: what a sentence's words and its place say, without its neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import repeat
from typing import Any, NamedTuple, Self

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from scipy import sparse
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline

from classifier.checks import check_fitted, check_targets
from classifier.claims import ClaimStrength
from classifier.features.family import part_of, sentences_of
from classifier.features.place import PLACE_NAMES, place_features, places_of
from classifier.features.reader import ParsedDocument
from classifier.features.reading import ParsedSentence, recalled, remembered
from classifier.features.rows import FeatureRows
from classifier.odds import sigmoid


class LinearLabelScorer(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """One logistic regression a label over sparse features, stored as one float32 matrix.

    Parameters
    ----------
    strength : float
        Inverse of regularisation (``C``), above 0.
    keep_above : float
        Coefficients smaller than this in size are dropped after the fit, which shrinks the model.
    jobs : int
        Threads used to fit; -1 for all cores.
    """

    def __init__(self, strength: float = 3.0, keep_above: float = 0.0, jobs: int = 1) -> None:
        self.strength = strength
        self.keep_above = keep_above
        self.jobs = jobs

    def fit(self, x: sparse.csr_matrix, y: NDArray[Any]) -> Self:
        """Fit.

        Parameters
        ----------
        x : sparse matrix, shape (n_sentences, n_features)
        y : ndarray of 0 and 1, shape (n_sentences, n_labels)

        Raises
        ------
        ValueError
            If shapes differ or a parameter is out of range.
        """
        targets = check_targets(y, x.shape[0])
        if not self.strength > 0 or self.keep_above < 0:
            raise ValueError("strength must be above 0 and keep_above at least 0")
        if not x.has_canonical_format:
            # The solver would bring it into order in place: in all threads at the same time, and in our caller's hands.
            x = x.copy()
            x.sum_duplicates()
        weights = np.zeros((x.shape[1], targets.shape[1]), dtype=np.float32)
        bias = np.zeros(targets.shape[1])
        # The solver lets go of the interpreter's lock, so threads are enough and nothing is copied.
        fitted = Parallel(n_jobs=self.jobs, prefer="threads")(
            delayed(self._fit_one)(x, targets[:, column]) for column in range(targets.shape[1])
        )
        for column, (coefficients, intercept) in enumerate(fitted):
            weights[:, column] = coefficients
            bias[column] = intercept
        weights[np.abs(weights) < self.keep_above] = 0
        # Hundredths are as good as floats here (a word weighs about a tenth), and take a third of the room on disk.
        weights = np.round(weights, 2)
        self.weights_ = sparse.csr_matrix(weights)
        self.__dict__.pop("_dense", None)
        self.bias_ = bias
        self.classes_ = np.arange(targets.shape[1])
        return self

    def _fit_one(self, x: sparse.csr_matrix, label: NDArray[np.int8]) -> tuple[NDArray[np.float64] | float, float]:
        if label.min() == label.max():  # a label that isn't there can't be learnt: its prior stays near 0 or 1
            return 0.0, 6.0 if label.max() else -6.0
        model = LogisticRegression(C=self.strength, solver="liblinear", random_state=0, max_iter=200)
        model.fit(x, label)
        return model.coef_[0], float(model.intercept_[0])

    def predict_proba(self, x: sparse.csr_matrix) -> NDArray[np.float64]:
        """Probabilities, shape (n_sentences, n_labels), in [0, 1]; each row depends on its own features only."""
        check_fitted(self, "weights_")
        return sigmoid(self.odds(x)[0] + self.bias_)

    def odds(self, *families: sparse.csr_matrix | FeatureRows, columns: Sequence[int] = (0,)) -> NDArray[np.float64]:
        """What each family of features adds to the log-odds, shape (n_families, n_sentences, n_labels).

        Parameters
        ----------
        *families : sparse matrix or FeatureRows, shape (n_sentences, n_columns)
            Features side by side.
        columns : sequence of int
            Where each family's columns begin.
        """
        # Each row's products are added up in their order whatever else is in the batch, so that one article scored
        # alone and among thousands gets the same bits. (SciPy's product does so too, but takes long to begin.)
        weights = remembered(self.__dict__, "_dense", self.weights_.toarray)
        places = np.concatenate([x.indices + start for x, start in zip(families, columns, strict=True)])
        values = np.concatenate([x.data for x in families])
        products = np.take(weights, places, axis=0).astype(np.float64) * values[:, None]
        lengths = np.concatenate([x.indptr[1:] - x.indptr[:-1] for x in families])
        sums = np.zeros((len(lengths), weights.shape[1]))
        filled = lengths.nonzero()[0]
        if len(filled):
            sums[filled] = np.add.reduceat(products, (np.cumsum(lengths) - lengths)[filled], axis=0)
        return sums.reshape(len(families), families[0].shape[0], weights.shape[1])

    def __getstate__(self) -> dict[str, Any]:
        """State without what is made of the weights when it is first asked for."""
        return {name: value for name, value in super().__getstate__().items() if name != "_dense"}


class SentencePipeline(Pipeline):  # type: ignore[misc]
    """The first stage: features of a sentence, then its labels' scores.

    What a sentence's words add to the log-odds can be asked for apart, since it stays the same wherever it stands.
    """

    def predict_proba(self, documents: Sequence[ParsedDocument]) -> NDArray[np.float64]:
        """Probabilities in [0, 1], shape (n_sentences, n_labels)."""
        return self.scores(*self.odds(documents))

    def odds(self, documents: Sequence[ParsedDocument]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """What the words and what the place of each sentence add to its log-odds, (n_sentences, n_labels) each."""
        by_place, found = self._odds(documents, (False, True))
        return _added(found, ~by_place), _added(found, by_place)

    def place_odds(self, documents: Sequence[ParsedDocument]) -> NDArray[np.float64]:
        """What the place of each sentence adds to its log-odds, shape (n_sentences, n_labels)."""
        by_place, found = self._odds(documents, (True,))
        return _added(found, by_place)

    @property
    def n_labels(self) -> int:
        """How many labels it was fitted with."""
        return len(self.steps[-1][1].bias_)

    def scores(self, words: NDArray[np.float64], place: NDArray[np.float64]) -> NDArray[np.float64]:
        """Probabilities, by what ``odds`` gives."""
        return sigmoid(words + place + self.steps[-1][1].bias_)

    def _odds(
        self, documents: Sequence[ParsedDocument], by_place: Sequence[bool]
    ) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
        """Which families look at the place, of those asked for; and what each adds, (.., n_sentences, n_labels)."""
        (_, features), (_, labels) = self.steps
        chosen = [(family, columns.start) for family, columns in features.placed() if family.by_place in by_place]
        if not chosen:
            size = sum(len(document.sentences) for document in documents)
            return np.zeros(1, dtype=bool), np.zeros((1, size, len(labels.bias_)))
        found = labels.odds(*(family.rows(documents) for family, _ in chosen), columns=[start for _, start in chosen])
        return np.array([family.by_place for family, _ in chosen]), found


def _added(parts: NDArray[np.float64], chosen: NDArray[np.bool_]) -> NDArray[np.float64]:
    """The sum of some parts, shape (n_sentences, n_labels), one after the other in their order."""
    total = np.zeros(parts.shape[1:])
    for part in parts[chosen]:
        total += part
    return total


class Firsts(NamedTuple):
    """What the first stage says of sentences.

    Parameters
    ----------
    scores : ndarray, shape (n_sentences, n_labels)
        Probabilities in [0, 1].
    strengths : ndarray, shape (n_sentences, n_strengths), or None
        Of the sentences' claims, in [0, 1]; None without a model of claims.
    places : ndarray, shape (n_sentences, len(PLACE_NAMES))
        Place features.
    numbers : list of int
        Of each sentence another one whenever any of this isn't what it was; see ``recalled``.
    """

    scores: NDArray[np.float64]
    strengths: NDArray[np.float64] | None
    places: NDArray[np.float64]
    numbers: list[int]


def remembered_firsts(
    stage: SentencePipeline,
    claims: ClaimStrength | None,
    documents: Sequence[ParsedDocument],
    sentences: Sequence[ParsedSentence],
) -> Firsts:
    """What the first stage says of all ``sentences`` of some documents, remembered with them.

    What a sentence's words alone decide is asked of the models only for new sentences, and the rest only for those
    that stand elsewhere than they did. No other models may see the readings.
    """

    def by_place(new: list[int]) -> NDArray[np.float64]:
        parts = part_of(documents, new)
        place: NDArray[np.float64] | None = None

        def by_words(missing: list[int]) -> NDArray[np.float64]:
            nonlocal place
            some = part_of(parts, missing)
            own, added = stage.odds(some)
            if len(missing) == len(new):
                place = added
            return own if claims is None else np.hstack([own, claims.predict_proba(list(sentences_of(some)))])

        words, _ = recalled(list(sentences_of(parts)), "own", repeat(None, len(new)), by_words)
        if place is None:
            place = stage.place_odds(parts)
        scores = stage.scores(words[:, :n_labels], place)
        return np.hstack([scores, words[:, n_labels:], np.vstack([place_features(part) for part in parts])])

    n_labels, n_places = stage.n_labels, len(PLACE_NAMES)
    rows, numbers = recalled(sentences, "first", places_of(documents), by_place)
    strengths = None if claims is None else rows[:, n_labels:-n_places]
    return Firsts(rows[:, :n_labels], strengths, rows[:, -n_places:], numbers)
