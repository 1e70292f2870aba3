"""A claim's strength in four steps, from hashed features and one matrix product."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import minimize_scalar
from scipy.special import logsumexp
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import LinearSVC
from sklearn.utils.validation import check_is_fitted

from classifier.claims.features import BITS, KINDS, ClaimFeatures, claim_features
from classifier.features.reading import ParsedSentence, remembered

STRENGTHS = ("none", "correlational", "conditional", "causal")
"""What a target's number means, after Yu, Li and Wang (2019)."""

_SIZE = 2**BITS
_FOLDS = 3
_KIND_WEIGHTS = np.array([0.2, 0.2, 0.24, 0.24, 0.3, 0.2, 0.1, 0.14, 0.2])[:, None]
"""How large the features of each kind are: the larger, the lighter they are regularised."""


class ClaimStrength(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """A linear support vector machine a strength over hashed features, made probabilities on held-out margins.

    Sentences of another kind of text (abstracts) may be added to the training data: each feature then has a shared
    weight and one a kind of text, and the model keeps what holds for our own kind.

    Parameters
    ----------
    strength : float
        Inverse of regularisation (``C``), above 0.
    foreign_weight : float
        Weight of a sentence of the other kind of text, in (0, 1].
    own_share : float
        How freely the kinds of text may differ; 0 gives both the same weights.
    least : int
        A feature must stand in this many sentences of the training data.
    most : int
        So many features are kept after the fit, those that move most; 20 bytes each.

    Attributes
    ----------
    numbers_ : ndarray of int32, shape (n_kept,)
        Numbers of the features kept, rising.
    weights_ : ndarray of float32, shape (n_kept, 4)
        Their coefficients.
    bias_ : ndarray of float64, shape (4,)
    classes_ : ndarray of int64, shape (4,)

    References
    ----------
    Yu, B., Li, Y. and Wang, J. (2019). Detecting causal language use in science findings. EMNLP.
    Daumé III, H. (2007). Frustratingly easy domain adaptation. ACL.
    Guo, C. et al. (2017). On calibration of modern neural networks. ICML. (One slope for all classes.)
    """

    def __init__(
        self,
        strength: float = 0.2,
        foreign_weight: float = 0.7,
        own_share: float = 0.5,
        least: int = 2,
        most: int = 85_000,
    ) -> None:
        self.strength = strength
        self.foreign_weight = foreign_weight
        self.own_share = own_share
        self.least = least
        self.most = most

    def fit(
        self,
        sentences: Sequence[ParsedSentence],
        y: Sequence[int] | NDArray[Any],
        foreign: Sequence[bool] | NDArray[np.bool_] | None = None,
    ) -> Self:
        """Fit.

        Parameters
        ----------
        sentences : sequence of ParsedSentence
        y : sequence of int, shape (n_sentences,)
            Places in ``STRENGTHS``; each must occur three times in our own kind of text.
        foreign : sequence of bool, optional
            Sentences of the other kind of text; none by default.

        Raises
        ------
        ValueError
            If lengths differ, a strength is unknown or too rare, or a parameter is out of range.
        """
        self._check_settings()
        target, other = _checked(len(sentences), y, foreign)
        x = _matrix(claim_features(sentences), len(sentences))
        found = np.bincount(x.indices, minlength=_SIZE)
        kept = np.flatnonzero(found >= self.least)
        if not len(kept):
            raise ValueError(f"no feature stands in {self.least} sentences")
        # Rare features tell more. The factor goes into the weights, so that scoring knows nothing of it.
        rarity = np.log((1 + len(sentences)) / (1 + found[kept])) + 1
        x = (x[:, kept] @ sparse.diags(rarity)).tocsr()

        margins = np.zeros((len(sentences), len(STRENGTHS)))
        for inside, outside in StratifiedKFold(_FOLDS, shuffle=True, random_state=0).split(x, target):
            weights, bias = self._fit_linear(x[inside], target[inside], other[inside])
            margins[outside] = x[outside] @ weights + bias
        slope = _slope(margins[~other], target[~other])
        weights, bias = self._fit_linear(x, target, other)
        # What is dropped are features that move few sentences, and those little.
        influence = np.abs(weights).max(axis=1) * np.sqrt(found[kept])
        largest = np.sort(np.argsort(-influence, kind="stable")[: self.most])
        weights = slope * weights * rarity[:, None]
        self.bias_ = slope * bias
        self.__dict__.pop("_place", None)
        self.numbers_ = kept[largest].astype(np.int32)
        self.weights_ = weights[largest].astype(np.float32)
        self.classes_ = np.arange(len(STRENGTHS))
        return self

    def predict_proba(self, sentences: Sequence[ParsedSentence]) -> NDArray[np.float64]:
        """Probabilities of the four strengths, shape (n_sentences, 4), in [0, 1], each row adding up to 1.

        Each row depends on its own sentence only, and has the same bits whatever else is in the batch.
        """
        if not hasattr(self, "numbers_"):  # scikit-learn's check takes longer than a sentence
            check_is_fitted(self)
        place = remembered(self.__dict__, "_place", self._places)
        found = claim_features(sentences)
        known = place[found.numbers]
        hits = (known >= 0).nonzero()[0]
        count = len(STRENGTHS)
        # Adds up in the order of the features, which is the same for a sentence alone and among others.
        cells = (found.kinds[hits] * len(sentences) + found.rows[hits])[:, None] * count + np.arange(count)
        sums = np.bincount(
            cells.ravel(), self.weights_[known[hits]].ravel(), minlength=KINDS * len(sentences) * count
        ).reshape(KINDS, len(sentences), count)
        odds = np.zeros((len(sentences), count))
        for part in sums * _scales(found, len(sentences))[:, :, None]:
            odds += part
        odds += self.bias_
        raised = np.exp(odds - odds.max(axis=1, keepdims=True))
        # By column: NumPy's sum along a row may add in another order in a larger array.
        total = raised[:, 0] + raised[:, 1] + raised[:, 2] + raised[:, 3]
        return np.asarray(raised / total[:, None], dtype=np.float64)

    def predict(self, sentences: Sequence[ParsedSentence]) -> NDArray[np.int64]:
        """Places in ``STRENGTHS`` of the most probable strengths, shape (n_sentences,)."""
        return np.asarray(np.argmax(self.predict_proba(sentences), axis=1), dtype=np.int64)

    def _fit_linear(
        self, x: sparse.csr_matrix, target: NDArray[np.int64], other: NDArray[np.bool_]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Weights for our own kind of text, shape (n_features, 4), and biases."""
        count = x.shape[1]
        spread = x
        if self.own_share and other.any():
            copies = (sparse.diags(kind * self.own_share) @ x for kind in (~other, other))
            spread = sparse.hstack([x, *copies]).tocsr()
        weights, bias = np.zeros((count, len(STRENGTHS))), np.zeros(len(STRENGTHS))
        trust = np.where(other, self.foreign_weight, 1.0)
        for column in range(len(STRENGTHS)):
            model = LinearSVC(C=self.strength, random_state=0, max_iter=5000)
            model.fit(spread, target == column, sample_weight=trust)
            weights[:, column] = model.coef_[0, :count]
            if spread is not x:
                weights[:, column] += self.own_share * model.coef_[0, count : 2 * count]
            bias[column] = model.intercept_[0]
        return weights, bias

    def _places(self) -> NDArray[np.int32]:
        """Row in ``weights_`` of each feature's number; -1 if it has none. Takes longer to make than a sentence."""
        place = np.full(_SIZE, -1, dtype=np.int32)
        place[self.numbers_] = np.arange(len(self.numbers_), dtype=np.int32)
        return place

    def __getstate__(self) -> dict[str, Any]:
        """State without what is made of the weights when it is first asked for."""
        return {name: value for name, value in super().__getstate__().items() if name != "_place"}

    def _check_settings(self) -> None:
        if not self.strength > 0 or not 0 < self.foreign_weight <= 1:
            raise ValueError("strength must be above 0 and foreign_weight in (0, 1]")
        if self.own_share < 0 or self.least < 1 or self.most < 1:
            raise ValueError("own_share must be at least 0, least and most at least 1")


def _checked(
    n_sentences: int, y: Sequence[int] | NDArray[Any], foreign: Sequence[bool] | NDArray[np.bool_] | None
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    target = np.asarray(y)
    other = np.zeros(n_sentences, dtype=bool) if foreign is None else np.asarray(foreign, dtype=bool)
    if target.shape != (n_sentences,) or other.shape != (n_sentences,):
        raise ValueError(f"y and foreign must have one value for each of the {n_sentences} sentences")
    if not np.isin(target, range(len(STRENGTHS))).all():
        raise ValueError(f"y must hold whole numbers from 0 to {len(STRENGTHS) - 1} only")
    target = target.astype(np.int64)
    if np.bincount(target[~other], minlength=len(STRENGTHS)).min() < _FOLDS:
        raise ValueError(f"each strength must occur {_FOLDS} times in our own kind of text")
    return target, other


def _slope(margins: NDArray[np.float64], target: NDArray[np.int64]) -> float:
    """The factor that makes log-odds of margins: one for all strengths, so that their order stays."""

    def loss(slope: float) -> float:
        odds = slope * margins
        return float(np.mean(logsumexp(odds, axis=1) - odds[np.arange(len(target)), target]))

    return float(minimize_scalar(loss, bounds=(0.1, 20.0), method="bounded").x)


def _scales(found: ClaimFeatures, n_sentences: int) -> NDArray[np.float64]:
    """What each sentence's features of each kind are multiplied with, shape (``KINDS``, n_sentences).

    The longer the sentence, the smaller.
    """
    counts = np.bincount(found.kinds * n_sentences + found.rows, minlength=KINDS * n_sentences)
    return np.asarray(_KIND_WEIGHTS / np.sqrt(np.maximum(counts, 1)).reshape(KINDS, n_sentences), dtype=np.float64)


def _matrix(found: ClaimFeatures, n_sentences: int) -> sparse.csr_matrix:
    """Features of all kinds, float64, shape (n_sentences, 2 ** BITS)."""
    values = _scales(found, n_sentences)[found.kinds, found.rows]
    return sparse.csr_matrix((values, (found.rows, found.numbers)), shape=(n_sentences, _SIZE))
