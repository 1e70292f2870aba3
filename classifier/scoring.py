"""Estimators from features to one probability a sentence and label."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import repeat
from typing import Any, Self

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from scipy import sparse
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted, check_random_state

from classifier.claims import ClaimStrength
from classifier.features.context import log_odds
from classifier.features.reader import ParsedDocument
from classifier.features.reading import ParsedSentence, recalled, remembered
from classifier.features.rows import FeatureRows
from classifier.features.sentence import PLACE_NAMES, part_of, place_features, places_of, sentences_of
from classifier.features.table import ContextTable
from classifier.forest import Memory


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


class Calibrator(BaseEstimator):  # type: ignore[misc]
    """Platt scaling a label: a logistic curve over log-odds.

    References
    ----------
    Platt, J. (1999). Probabilistic outputs for support vector machines.
    """

    def fit(self, scores: NDArray[Any], y: NDArray[Any]) -> Self:
        """Fit on held-out probabilities, both of shape (n_sentences, n_labels)."""
        targets = check_targets(y, scores.shape[0])
        odds = log_odds(scores)
        slopes, shifts = np.ones(targets.shape[1]), np.zeros(targets.shape[1])
        for column in range(targets.shape[1]):
            label = targets[:, column]
            if label.min() == label.max():
                continue
            model = LogisticRegression(C=100.0).fit(odds[:, [column]], label)
            # A falling curve would turn the ranking round: a label so weak keeps its own scores.
            if model.coef_[0, 0] > 0:
                slopes[column], shifts[column] = model.coef_[0, 0], model.intercept_[0]
        self.slopes_, self.shifts_ = slopes, shifts
        return self

    def transform(self, scores: NDArray[Any]) -> NDArray[np.float64]:
        """Calibrated probabilities of the same shape."""
        check_fitted(self, "slopes_")
        return sigmoid(log_odds(scores) * self.slopes_ + self.shifts_)


class StackedScorer(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Two stages: the sentence by itself, then the sentence in its article; calibrated on held-out scores.

    Parameters
    ----------
    sentence : estimator
        First stage: documents to probabilities.
    context : transformer
        ``table(documents, scores, strengths)`` to second-stage features, ``transform`` to their values.
    final : estimator
        Second stage: ``fit(x, y, wanted)`` and ``predict_proba(x, wanted, articles)`` over all labels.
    share : float
        Weight of the second stage in the mean of both stages' log-odds, in [0, 1].
    considered : float
        Share of the sentences, those that the first stage finds the likeliest, that the second stage looks at and
        learns from, label by label, in (0, 1]. The others keep the first stage's score.
    random_state : int

    Attributes
    ----------
    gates_ : ndarray, shape (n_labels,)
        First-stage probability from which on the second stage looks at a sentence.
    held_out_ : ndarray, shape (n_sentences, n_labels)
        Calibrated scores of the training sentences by models that hadn't seen their article; what
        thresholds are chosen on. Not stored with the model.
    """

    def __init__(
        self,
        sentence: Any,
        context: Any,
        final: Any,
        share: float = 0.5,
        considered: float = 1.0,
        random_state: int = 0,
    ) -> None:
        self.sentence = sentence
        self.context = context
        self.final = final
        self.share = share
        self.considered = considered
        self.random_state = random_state

    def fit(
        self,
        documents: Sequence[ParsedDocument],
        y: NDArray[Any],
        folds: Sequence[int] | None = None,
        typical: Sequence[bool] | NDArray[np.bool_] | None = None,
    ) -> Self:
        """Fit both stages, out of fold by article.

        Parameters
        ----------
        documents : sequence of ParsedDocument
        y : ndarray of 0 and 1, shape (n_sentences, n_labels)
        folds : sequence of int, optional
            Fold of each document; drawn at random (five) if left out.
        typical : sequence of bool, optional
            Documents whose share of labels is that of real use; probabilities are calibrated on them. All by default.

        Raises
        ------
        ValueError
            If shapes differ, a parameter is out of range, or there are fewer than two folds.
        """
        if not 0 <= self.share <= 1 or not 0 < self.considered <= 1:
            raise ValueError("share must be in [0, 1] and considered in (0, 1]")
        sizes = [len(document.sentences) for document in documents]
        targets = check_targets(y, sum(sizes))
        if folds is None:
            folds = check_random_state(self.random_state).permutation(np.arange(len(documents)) % 5)
        by_document = np.asarray(folds)
        if len(by_document) != len(documents) or len(np.unique(by_document)) < 2:
            raise ValueError("folds must give each document one of at least two folds")
        by_sentence = np.repeat(by_document, sizes)

        first = np.zeros(targets.shape)
        for fold in np.unique(by_document):
            model = clone(self.sentence).fit(
                [d for d, f in zip(documents, by_document, strict=True) if f != fold], targets[by_sentence != fold]
            )
            first[by_sentence == fold] = model.predict_proba(
                [d for d, f in zip(documents, by_document, strict=True) if f == fold]
            )
        self.gates_ = np.quantile(first, 1 - self.considered, axis=0)
        wanted = first >= self.gates_
        self.context_ = clone(self.context).fit(documents)
        features = self.context_.transform(documents, first)
        second = np.zeros(targets.shape)
        for fold in np.unique(by_document):
            inside = by_sentence == fold
            final = clone(self.final).fit(features[~inside], targets[~inside], wanted[~inside])
            second[inside] = self._second(final, features[inside], first[inside])
        mixed = self._mix(first, second)
        rows = (
            np.ones(len(targets), dtype=bool) if typical is None else np.repeat(np.asarray(typical, dtype=bool), sizes)
        )
        self.calibrator_ = Calibrator().fit(mixed[rows], targets[rows])
        self.held_out_ = self.calibrator_.transform(mixed)
        self.held_out_stages_ = (first, second)
        self.sentence_ = clone(self.sentence).fit(documents, targets)
        self.final_ = clone(self.final).fit(features, targets, wanted)
        self.classes_ = np.arange(targets.shape[1])
        return self

    def predict_proba(
        self,
        documents: Sequence[ParsedDocument],
        *,
        remember: bool = False,
    ) -> NDArray[np.float64]:
        """Calibrated probabilities, shape (n_sentences, n_labels), in [0, 1].

        Parameters
        ----------
        documents : sequence of ParsedDocument
        remember : bool
            Keep what is found of a sentence with its reading. No other model may see the readings.
        """
        check_fitted(self, "sentence_")
        if not remember:
            first = self.sentence_.predict_proba(documents)
            second = self._second(self.final_, self.context_.table(documents, first), first)
        else:
            sentences = list(sentences_of(documents))
            first, claims, places, numbers = self._first(documents, sentences)
            memory = Memory(
                [parsed.reading.memo for parsed in sentences],
                self.context_.hangs_on(documents, numbers),
                first >= self.gates_,
            )
            table = self.context_.table(documents, first, claims, places, memory.new)
            second = self._second(self.final_, table, first, memory)
        return self.calibrator_.transform(self._mix(first, second))

    def _first(
        self, documents: Sequence[ParsedDocument], sentences: Sequence[ParsedSentence]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64] | None, NDArray[np.float64], list[int]]:
        """First-stage probabilities, strengths of claims and place features, remembered with the sentences.

        At last a number of each sentence; see ``recalled``.

        What a sentence's words alone decide is asked of the model only for new sentences, and the rest only for those
        that stand elsewhere than they did.
        """
        strength = self.claims

        def by_place(new: list[int]) -> NDArray[np.float64]:
            parts = part_of(documents, new)
            place: NDArray[np.float64] | None = None

            def by_words(missing: list[int]) -> NDArray[np.float64]:
                nonlocal place
                some = part_of(parts, missing)
                own, added = self.sentence_.odds(some)
                if len(missing) == len(new):
                    place = added
                return own if strength is None else np.hstack([own, strength.predict_proba(list(sentences_of(some)))])

            words, _ = recalled(list(sentences_of(parts)), "own", repeat(None, len(new)), by_words)
            if place is None:
                place = self.sentence_.place_odds(parts)
            first = self.sentence_.scores(words[:, :labels], place)
            return np.hstack([first, words[:, labels:], np.vstack([place_features(part) for part in parts])])

        labels, places = len(self.gates_), len(PLACE_NAMES)
        rows, numbers = recalled(sentences, "first", places_of(documents), by_place)
        return rows[:, :labels], None if strength is None else rows[:, labels:-places], rows[:, -places:], numbers

    @property
    def claims(self) -> ClaimStrength | None:
        """The fitted model of claims' strength among the context's features, if there is one."""
        frozen = getattr(self.context, "claims", None)
        found: ClaimStrength | None = getattr(frozen, "estimator", None)
        return found

    def words(self) -> list[str]:
        """Single words of the first stage's vocabulary, if it has one."""
        steps = dict(self.sentence_.named_steps["features"].transformer_list)
        vocabulary = steps["words"].vocabulary_ if "words" in steps else ()
        return [gram for gram in vocabulary if " " not in gram]

    def _second(
        self,
        final: Any,
        features: NDArray[np.float32] | ContextTable,
        first: NDArray[np.float64],
        memory: Memory | None = None,
    ) -> NDArray[np.float64]:
        wanted = first >= self.gates_
        return np.where(wanted, final.predict_proba(features, wanted, memory), first)

    def _mix(self, first: NDArray[Any], second: NDArray[Any]) -> NDArray[np.float64]:
        return sigmoid((1 - self.share) * log_odds(first) + self.share * log_odds(second))

    def __getstate__(self) -> dict[str, Any]:
        """State without the held-out scores of the training data, which no user of the model needs."""
        state: dict[str, Any] = super().__getstate__()
        return {name: value for name, value in state.items() if not name.startswith("held_out_")}


def check_fitted(estimator: BaseEstimator, attribute: str) -> None:
    """scikit-learn's check; made only where it will fail, as it takes longer than a small estimator's work.

    Raises
    ------
    NotFittedError
    """
    if not hasattr(estimator, attribute):
        check_is_fitted(estimator, attribute)


def sigmoid(odds: NDArray[Any]) -> NDArray[np.float64]:
    """Probabilities of log-odds."""
    result: NDArray[np.float64] = 1.0 / (1.0 + np.exp(-np.asarray(odds, dtype=np.float64)))
    return result


def check_targets(y: NDArray[Any], rows: int) -> NDArray[np.int8]:
    """Targets as int8, shape (rows, n_labels).

    Raises
    ------
    ValueError
        If the shape differs or a value is neither 0 nor 1.
    """
    targets = np.asarray(y)
    if targets.ndim != 2 or targets.shape[0] != rows:
        raise ValueError(f"y has shape {targets.shape}, not ({rows}, n_labels)")
    if not np.isin(targets, (0, 1)).all():
        raise ValueError("y must hold 0 and 1 only")
    return targets.astype(np.int8)
