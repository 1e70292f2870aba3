"""Estimators from features to one probability a sentence and label."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.linear_model import LogisticRegression
from sklearn.utils.validation import check_random_state

from classifier.checks import check_fitted, check_targets
from classifier.claims import ClaimStrength
from classifier.features.family import sentences_of
from classifier.features.reader import ParsedDocument
from classifier.features.table import ContextTable

# Models stored before the first stage had a file of its own look for its classes here.
from classifier.first_stage import LinearLabelScorer, SentencePipeline, remembered_firsts  # noqa: F401
from classifier.forest import Memory
from classifier.odds import log_odds, sigmoid


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
            first, strengths, places, numbers = remembered_firsts(self.sentence_, self.claims, documents, sentences)
            memory = Memory(
                [parsed.reading.memo for parsed in sentences],
                self.context_.hangs_on(documents, numbers),
                first >= self.gates_,
            )
            table = self.context_.table(documents, first, strengths, places, memory.new)
            second = self._second(self.final_, table, first, memory)
        return self.calibrator_.transform(self._mix(first, second))

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
