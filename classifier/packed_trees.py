"""Fitted boosted trees as flat arrays, so that a few dozen rows are scored in a millisecond.

Each inner node is a question, "is the value above the threshold?", and a yes rules out the leaves at its left. All
questions of all trees are asked at once (by ``Forest``); the leaf that a row falls in is the first one that none has
ruled out.

References
----------
Lucchese, C. et al. (2015). QuickScorer: a fast algorithm to rank documents with additive ensembles of regression
trees. SIGIR.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier

MOST_LEAVES = 16
_GRID = 2.0**20
"""Leaves' values are multiples of its inverse: their sums are exact, so no order of adding them up can matter."""


@dataclass(frozen=True, slots=True, eq=False)
class PackedTrees:
    """Boosted trees of one label.

    Parameters
    ----------
    feature : ndarray of int16, shape (n_questions, n_trees)
    threshold : ndarray of float32, shape (n_questions, n_trees)
    ruled_out : ndarray of uint16, shape (n_questions, n_trees)
        Bit by bit the leaves that a yes rules out; none where a tree has no more questions.
    value : ndarray of float32, shape (n_trees, 16)
        What each leaf adds to the log-odds.
    start : float
        Log-odds before any tree.
    """

    feature: NDArray[np.int16]
    threshold: NDArray[np.float32]
    ruled_out: NDArray[np.uint16]
    value: NDArray[np.float32]
    start: float

    @classmethod
    def pack(cls, model: HistGradientBoostingClassifier) -> Self:
        """Pack a fitted classifier of two classes without categorical features.

        Raises
        ------
        ValueError
            If it isn't one, or a tree has more than 16 leaves.
        """
        trees = [rounds[0].nodes for rounds in model._predictors]
        if len(model.classes_) != 2 or any(nodes["is_categorical"].any() for nodes in trees):
            raise ValueError("only trees of two classes and without categories can be packed")
        shape = (MOST_LEAVES - 1, len(trees))
        feature, threshold = np.zeros(shape, dtype=np.int16), np.zeros(shape, dtype=np.float32)
        ruled_out = np.zeros(shape, dtype=np.uint16)
        value = np.zeros((len(trees), MOST_LEAVES), dtype=np.float32)
        for number, nodes in enumerate(trees):
            questions, leaves = _read_tree(nodes)
            if len(leaves) > MOST_LEAVES:
                raise ValueError(f"a tree has {len(leaves)} leaves; at most {MOST_LEAVES} can be packed")
            for place, (column, limit, left) in enumerate(questions):
                feature[place, number], threshold[place, number] = column, _not_above(limit)
                ruled_out[place, number] = left
            value[number, : len(leaves)] = np.round(np.array(leaves) * _GRID) / _GRID
        start = float(np.round(float(np.ravel(model._baseline_prediction)[0]) * _GRID) / _GRID)
        return cls(feature, threshold, ruled_out, value, start)


def _read_tree(nodes: NDArray[Any]) -> tuple[list[tuple[int, float, int]], list[float]]:
    """Column, threshold and leaves at the left (bit by bit) of each inner node; and the leaves' values in order."""
    questions: list[tuple[int, float, int]] = []
    leaves: list[float] = []

    def read(place: int) -> int:
        """The leaves below a node, bit by bit."""
        node = nodes[place]
        if node["is_leaf"]:
            leaves.append(float(node["value"]))
            return 1 << (len(leaves) - 1)
        left = read(int(node["left"]))
        questions.append((int(node["feature_idx"]), float(node["num_threshold"]), left))
        return left | read(int(node["right"]))

    read(0)
    return questions, leaves


def _not_above(limit: float) -> np.float32:
    """The largest 32-bit number not above a 64-bit one: no 32-bit value lies between them."""
    rounded = np.float32(limit)
    return rounded if float(rounded) <= limit else np.nextafter(rounded, np.float32(-np.inf))
