"""Fitted trees as flat arrays: small on disk, and quick for one row (scikit-learn takes milliseconds a forest)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

_LEAF = -1


@dataclass(frozen=True, slots=True, eq=False)
class PackedForest:
    """Trees of a two-class forest.

    Parameters
    ----------
    feature : ndarray of int16, shape (n_nodes,)
        Column that a node asks about; -1 in a leaf.
    threshold : ndarray of float32, shape (n_nodes,)
        Up to here a row goes to the left.
    right : ndarray of int32, shape (n_nodes,)
        Node at the right; at the left is the node's next. A leaf's is itself.
    value : ndarray of float16, shape (n_nodes,)
        A leaf's share of the second class, in [0, 1].
    roots : ndarray of int32, shape (n_trees,)
    """

    feature: NDArray[np.int16]
    threshold: NDArray[np.float32]
    right: NDArray[np.int32]
    value: NDArray[np.float16]
    roots: NDArray[np.int32]

    @classmethod
    def pack(cls, trees: Sequence[Any]) -> Self:
        """Pack the trees (``estimators_``) of a fitted scikit-learn forest of two classes.

        Raises
        ------
        ValueError
            If a tree isn't of two classes, or its nodes are not in depth-first order.
        """
        parts: list[tuple[NDArray[Any], ...]] = []
        roots, start = [], 0
        for fitted in trees:
            tree = fitted.tree_
            if tree.value.shape[1:] != (1, 2):
                raise ValueError("only trees of one target with two classes can be packed")
            nodes = np.arange(tree.node_count)
            leaf = tree.children_left < 0
            if not np.array_equal(tree.children_left[~leaf], nodes[~leaf] + 1):
                raise ValueError("the tree's nodes are not in depth-first order")
            share = tree.value[:, 0, 1] / tree.value[:, 0].sum(axis=1)
            parts.append(
                (
                    np.where(leaf, _LEAF, tree.feature).astype(np.int16),
                    np.where(leaf, 0, tree.threshold).astype(np.float32),
                    (np.where(leaf, nodes, tree.children_right) + start).astype(np.int32),
                    np.where(leaf, share, 0).astype(np.float16),
                )
            )
            roots.append(start)
            start += tree.node_count
        feature, threshold, right, value = (np.concatenate(column) for column in zip(*parts, strict=True))
        return cls(feature, threshold, right, value, np.asarray(roots, dtype=np.int32))

    def predict(self, row: NDArray[np.float32]) -> NDArray[np.float64]:
        """Each tree's share of the second class, shape (n_trees,), for one row of shape (n_features,)."""
        node = self.roots.copy()
        inner = np.arange(len(node))
        while len(inner := inner[self.feature[node[inner]] != _LEAF]):
            here = node[inner]
            goes_left = row[self.feature[here]] <= self.threshold[here]
            node[inner] = np.where(goes_left, here + 1, self.right[here])
        return self.value[node].astype(np.float64)
