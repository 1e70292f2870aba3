"""The fitted models of all review criteria, joined into one table of weights each, so that an article is one pass."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from classifier.odds import log_odds, sigmoid
from classifier.scorecard.forest import PackedForest


@dataclass(frozen=True, slots=True, eq=False)
class CriterionFit:
    """One criterion's three fitted estimators, and how their held-out log-odds are scaled, sloped and cut."""

    line: Any
    said: Any
    forest: Any
    centre: NDArray[np.float64]
    spread: NDArray[np.float64]
    slope: float
    cut: float


@dataclass(frozen=True, slots=True, eq=False)
class CriteriaModel:
    """All criteria.

    Parameters
    ----------
    criteria : tuple of str
    weights : ndarray of float32, shape (n_features, n_criteria)
    word_weights : ndarray of float32, shape (n_words, n_criteria)
    biases : ndarray, shape (n_criteria, 2)
        Of the features and of the words.
    forest : PackedForest
        Each criterion's trees in turn, as many each.
    centre, spread : ndarray, shape (n_criteria, 3)
        Mean and standard deviation of the members' held-out log-odds.
    slope, cut : ndarray, shape (n_criteria,)
    """

    criteria: tuple[str, ...]
    weights: NDArray[np.float32]
    word_weights: NDArray[np.float32]
    biases: NDArray[np.float64]
    forest: PackedForest
    centre: NDArray[np.float64]
    spread: NDArray[np.float64]
    slope: NDArray[np.float64]
    cut: NDArray[np.float64]

    @classmethod
    def join(cls, fits: Mapping[str, CriterionFit]) -> Self:
        """Join at least one criterion's fit."""
        parts = list(fits.values())
        return cls(
            tuple(fits),
            np.vstack([fit.line.coef_[0] for fit in parts]).T.astype(np.float32),
            np.vstack([fit.said.coef_[0] for fit in parts]).T.astype(np.float32),
            np.array([[fit.line.intercept_[0], fit.said.intercept_[0]] for fit in parts]),
            PackedForest.pack([tree for fit in parts for tree in fit.forest.estimators_]),
            np.vstack([fit.centre for fit in parts]),
            np.vstack([fit.spread for fit in parts]),
            np.array([fit.slope for fit in parts]),
            np.array([fit.cut for fit in parts]),
        )

    def scores(
        self, row: NDArray[np.float32], places: NDArray[np.int64], values: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Scores of one article; one half is the cut.

        Parameters
        ----------
        row : ndarray of float32, shape (n_features,)
            Scaled.
        places, values : ndarray, shape (n_words_found,)
            Numbers and weights of its words.

        Returns
        -------
        ndarray, shape (n_criteria,)
            In (0, 1), rising with merit.
        """
        line = row.astype(np.float64) @ self.weights + self.biases[:, 0]
        said = values @ self.word_weights[places] + self.biases[:, 1]
        trees = self.forest.predict(row).reshape(len(self.criteria), -1).mean(axis=1)
        odds = log_odds(np.column_stack([sigmoid(line), sigmoid(said), trees]))
        mean = ((odds - self.centre) / self.spread).mean(axis=1)
        return sigmoid(self.slope * (mean - self.cut))
