"""Packed trees of all labels, asked together.

Two columns of three say something of the sentence's place among its neighbours, and stay as they are while somebody
writes elsewhere; the others say something of the whole article, and are the same in all its rows. The questions are
parted likewise: those about the article are asked once for all its rows, and the answers to those about a sentence
are remembered with the sentence as long as its own columns stay the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from classifier.features.rows import stacked
from classifier.packed_trees import MOST_LEAVES, PackedTrees

_CHUNK = 256
"""Rows at once: their values stay in the processor's cache."""
_FIRST_LEAF = np.array([(word & -word).bit_length() - 1 for word in range(1 << MOST_LEAVES)], dtype=np.int16)
"""Number of the lowest bit of each 16-bit word."""
_MEMO = "ruled out"

Masks = NDArray[np.uint16]
"""Bit by bit the leaves that the answers rule out."""


@dataclass(frozen=True, slots=True, eq=False)
class Articles:
    """Which articles rows of features belong to.

    Parameters
    ----------
    sizes : sequence of int
        Rows of each article; they follow each other.
    shared : ndarray of bool, shape (n_features,)
        Columns that are the same in all rows of an article.
    memos : sequence of dict, optional
        Of each row, where answers are looked up and kept; of this model only. Without them, nothing is remembered.
    """

    sizes: Sequence[int]
    shared: NDArray[np.bool_]
    memos: Sequence[dict[Any, Any]] | None = None


class _Kept(NamedTuple):
    """What is remembered with a sentence: its own values, which labels were asked for, what is ruled out of each."""

    values: NDArray[np.float32]
    labels: NDArray[np.bool_]
    masks: Masks


class _Questions:
    """The questions of some trees about some columns.

    Parameters
    ----------
    trees : sequence of PackedTrees
    columns : ndarray of int, shape (n_columns,)
        Rising.
    """

    def __init__(self, trees: Sequence[PackedTrees], columns: NDArray[np.intp]) -> None:
        # By tree. A question that rules out nothing begins each, as it may have no other.
        feature, threshold, ruled_out = (
            np.concatenate([getattr(one, name).T for one in trees]) for name in ("feature", "threshold", "ruled_out")
        )
        asked = (ruled_out != 0) & np.isin(feature, columns)
        asked = np.hstack([np.ones((len(asked), 1), dtype=bool), asked])
        counts = asked.sum(axis=1)
        self._starts = np.cumsum(counts) - counts
        self._columns = np.searchsorted(columns, _with_none(feature, [columns[0] if len(columns) else 0])[asked])
        self._limits = _with_none(threshold, [np.inf])[asked][:, None]
        self._ruled_out = _with_none(ruled_out, [0])[asked][:, None]

    def ruled_out(self, values: NDArray[np.float32]) -> Masks:
        """What the answers rule out, shape (n_rows, n_trees), of values of shape (n_rows, n_columns)."""
        if not values.shape[1]:
            return np.zeros((len(values), len(self._starts)), dtype=np.uint16)
        # Rows as columns: then each question is asked of neighbours in memory.
        answers = np.take(np.ascontiguousarray(values.T), self._columns, axis=0) > self._limits
        return np.bitwise_or.reduceat(answers * self._ruled_out, self._starts, axis=0).T


class Forest:
    """Packed trees of several labels, as many of each.

    Parameters
    ----------
    trees : sequence of PackedTrees
        One a label.
    shared : ndarray of bool, shape (n_features,)
        See ``Articles``.
    """

    def __init__(self, trees: Sequence[PackedTrees], shared: NDArray[np.bool_]) -> None:
        self._shape = (len(trees), len(trees[0].value))
        # Columns that no tree asks about are left out: their change changes nothing.
        asked = np.zeros(len(shared), dtype=bool)
        for one in trees:
            asked[one.feature[one.ruled_out != 0]] = True
        self._own_columns, self._shared_columns = np.flatnonzero(asked & ~shared), np.flatnonzero(asked & shared)
        self._own = [_Questions([one], self._own_columns) for one in trees]
        self._shared = _Questions(trees, self._shared_columns)
        self._values = np.concatenate([one.value.ravel() for one in trees])
        self._first_values = np.arange(len(trees) * self._shape[1]).reshape(self._shape) * MOST_LEAVES
        self._starts = np.array([one.start for one in trees])
        self._nothing = _Kept(
            np.full(len(self._own_columns), np.nan, dtype=np.float32),
            np.zeros(len(trees), dtype=bool),
            np.zeros((0, self._shape[1]), dtype=np.uint16),
        )

    def odds(self, x: NDArray[np.float32], wanted: NDArray[np.bool_], articles: Articles) -> NDArray[np.float64]:
        """Log-odds where they are wanted, else 0; each row depends on its own features only.

        Parameters
        ----------
        x : ndarray of float32, shape (n_rows, n_features)
        wanted : ndarray of bool, shape (n_rows, n_labels)
        articles : Articles
        """
        result = np.zeros(wanted.shape)
        by_article = self._by_article(x, articles)
        article = np.repeat(np.arange(len(articles.sizes)), articles.sizes)
        for first in range(0, len(x), _CHUNK):
            part = slice(first, first + _CHUNK)
            own = x[part][:, self._own_columns]
            if articles.memos is None:
                by_row = self._asked(own, wanted[part])
            else:
                by_row = self._remembered(own, wanted[part], articles.memos[part])
            rows, labels = wanted[part].nonzero()
            left = ~(by_row | by_article[article[part][rows], labels])
            leaves = self._values.take(_FIRST_LEAF.take(left) + self._first_values[labels])
            # The values are such that no order of adding them up can matter; see ``PackedTrees``.
            result[part][rows, labels] = leaves.sum(axis=1, dtype=np.float64) + self._starts[labels]
        return result

    def _by_article(self, x: NDArray[np.float32], articles: Articles) -> Masks:
        """Of each article and label, shape (n_articles, n_labels, n_trees)."""
        if not len(self._shared_columns):
            return np.zeros((len(articles.sizes), *self._shape), dtype=np.uint16)
        firsts = np.cumsum(articles.sizes) - articles.sizes
        return self._shared.ruled_out(x[firsts][:, self._shared_columns]).reshape(-1, *self._shape)

    def _asked(self, own: NDArray[np.float32], wanted: NDArray[np.bool_]) -> Masks:
        """What rows' own columns rule out, shape (n_wanted, n_trees): row by row, of each label that is wanted."""
        place = (np.cumsum(wanted) - 1).reshape(wanted.shape)
        result = np.zeros((int(wanted.sum()), self._shape[1]), dtype=np.uint16)
        for label in np.flatnonzero(wanted.any(axis=0)).tolist():
            rows = wanted[:, label].nonzero()[0]
            result[place[rows, label]] = self._own[label].ruled_out(own[rows])
        return result

    def _remembered(
        self, own: NDArray[np.float32], wanted: NDArray[np.bool_], memos: Sequence[dict[Any, Any]]
    ) -> Masks:
        """The same; only rows are asked that have other values or want other labels than what is remembered of them."""
        found: list[_Kept] = [memo.get(_MEMO, self._nothing) for memo in memos]
        same = (stacked([kept.values for kept in found]) == own).all(axis=1)
        same &= (stacked([kept.labels for kept in found]) == wanted).all(axis=1)
        new = np.flatnonzero(~same)
        if len(new):
            ends = np.cumsum(wanted[new].sum(axis=1))[:-1]
            parts = np.split(self._asked(own[new], wanted[new]), ends)
            for row, masks in zip(new.tolist(), parts, strict=True):
                found[row] = memos[row][_MEMO] = _Kept(own[row].copy(), wanted[row].copy(), masks.copy())
        return np.concatenate([kept.masks for kept in found])


def _with_none(table: NDArray[Any], none: Any) -> NDArray[Any]:
    """A table with one more question a tree before the others."""
    return np.hstack([np.broadcast_to(np.asarray(none, dtype=table.dtype), (len(table), 1)), table])
