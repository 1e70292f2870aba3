"""The second stage: boosted trees a label over dense context features."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.ensemble import HistGradientBoostingClassifier

from classifier.checks import check_fitted, check_targets
from classifier.features.reading import remembered
from classifier.features.table import ContextTable
from classifier.forest import Forest, Memory
from classifier.odds import sigmoid
from classifier.packed_trees import PackedTrees


class BoostedLabelScorer(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """One histogram gradient boosting classifier a label.

    Parameters
    ----------
    rounds : int
        Trees a label.
    rate : float
        Learning rate.
    leaves : int
        Leaves a tree, at most 16.
    feature_share : float
        Share of features tried at each split, in (0, 1].
    negative_share : float
        Share of the sentences without the label that a label's trees are fitted on, drawn at random,
        in (0, 1]: nine of ten sentences have no label, and most of those teach nothing new. The
        log-odds are shifted by the share's logarithm, which undoes the draw (King and Zeng 2001);
        weights would do so as well, but make the binning of features ten times slower.
    jobs : int
        Processes used to fit; -1 for all cores.
    random_state : int

    References
    ----------
    King, G. and Zeng, L. (2001). Logistic regression in rare events data. Political Analysis 9(2).
    """

    def __init__(
        self,
        rounds: int = 120,
        rate: float = 0.06,
        leaves: int = 16,
        feature_share: float = 0.3,
        negative_share: float = 0.6,
        jobs: int = -1,
        random_state: int = 0,
    ) -> None:
        self.rounds = rounds
        self.rate = rate
        self.leaves = leaves
        self.feature_share = feature_share
        self.negative_share = negative_share
        self.jobs = jobs
        self.random_state = random_state

    def fit(self, x: NDArray[np.float32], y: NDArray[Any], wanted: NDArray[np.bool_] | None = None) -> Self:
        """Fit.

        Parameters
        ----------
        x : ndarray of float32, shape (n_sentences, n_features)
        y : ndarray of 0 and 1, shape (n_sentences, n_labels)
        wanted : ndarray of bool, shape (n_sentences, n_labels), optional
            Which sentences a label's trees will be asked about: the others teach them nothing. All by default.

        Raises
        ------
        ValueError
            If shapes differ or a parameter is out of range.
        """
        targets = check_targets(y, x.shape[0])
        if wanted is None:
            wanted = np.ones(targets.shape, dtype=bool)
        if wanted.shape != targets.shape:
            raise ValueError(f"wanted has shape {wanted.shape}, not {targets.shape}")
        if not 0 < self.negative_share <= 1:
            raise ValueError("negative_share must be in (0, 1]")
        self.models_ = Parallel(n_jobs=self.jobs, inner_max_num_threads=1, backend="loky")(
            delayed(self._fit_one)(x[wanted[:, column]], targets[wanted[:, column], column])
            for column in range(targets.shape[1])
        )
        self.classes_ = np.arange(targets.shape[1])
        self.__dict__.pop("_forests", None)
        return self

    def _fit_one(self, x: NDArray[np.float32], label: NDArray[np.int8]) -> PackedTrees | float:
        draw = np.random.default_rng(self.random_state).random(len(label))
        used = (label == 1) | (draw < self.negative_share)
        # Nothing to learn, or so few without the label that none was drawn: a constant near 0 or 1.
        if not label.any() or label[used].all():
            return 0.9975 if label.any() else 0.0025
        model = HistGradientBoostingClassifier(
            max_iter=self.rounds,
            learning_rate=self.rate,
            max_leaf_nodes=self.leaves,
            min_samples_leaf=40,
            l2_regularization=5.0,
            max_features=self.feature_share,
            max_bins=64,
            early_stopping=False,
            random_state=self.random_state,
        )
        return PackedTrees.pack(model.fit(x[used], label[used]))

    def predict_proba(
        self,
        x: NDArray[np.float32] | ContextTable,
        wanted: NDArray[np.bool_] | None = None,
        memory: Memory | None = None,
    ) -> NDArray[np.float64]:
        """Probabilities in [0, 1], shape (n_sentences, n_labels).

        Parameters
        ----------
        x : ndarray of float32, shape (n_sentences, n_features), or ContextTable
            The same as a table: less work, the same results.
        wanted : ndarray of bool, shape (n_sentences, n_labels), optional
            Which of them to reckon; the others are 0. All by default.
        memory : Memory, optional
            What is remembered of the sentences, of these labels wanted; then the table need only be of those that are
            new to it.
        """
        check_fitted(self, "models_")
        table = x if isinstance(x, ContextTable) else ContextTable.of(x)
        if wanted is None:
            wanted = np.ones((len(table.own), len(self.models_)), dtype=bool)
        trees = np.array([not isinstance(model, float) for model in self.models_])
        asked = wanted if trees.all() else wanted[:, trees]
        scores = np.zeros(asked.shape)
        if trees.any():
            odds = self._forest(table.shared).odds(table, asked, memory) + np.log(self.negative_share)
            scores = np.where(asked, sigmoid(odds), 0.0)
        if trees.all():
            return scores
        constant = np.array([model if isinstance(model, float) else 0.0 for model in self.models_])
        result: NDArray[np.float64] = np.where(wanted, constant, 0.0)
        result[:, trees] = scores
        return result

    def _forest(self, shared: NDArray[np.bool_]) -> Forest:
        """The trees, made for asking when that is first done."""
        forests: dict[bytes, Forest] = remembered(self.__dict__, "_forests", dict)
        return remembered(
            forests,
            shared.tobytes(),
            lambda: Forest([model for model in self.models_ if not isinstance(model, float)], shared),
        )

    def __getstate__(self) -> dict[str, Any]:
        """State without what is made of the trees when they are first asked."""
        return {name: value for name, value in super().__getstate__().items() if name != "_forests"}
