"""Packed trees of all labels, asked together.

Two columns of three say something of the sentence's place among its neighbours, and stay as they are while somebody
writes elsewhere; the others say something of the whole article, and are the same in all its rows. The questions are
parted likewise: those about the article are asked once for all its rows, and the answers to those about a sentence
are remembered with the sentence as long as all stays the same that its own columns hang on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from classifier.features.reading import changed
from classifier.features.table import ContextTable
from classifier.packed_trees import MOST_LEAVES, PackedTrees

_CHUNK = 256
"""Rows at once: their values stay in the processor's cache."""
_FEW = 40
"""Of so many rows and labels the questions are asked in one go."""
_FIRST_LEAF = np.array([(word & -word).bit_length() - 1 for word in range(1 << MOST_LEAVES)], dtype=np.int16)
"""Number of the lowest bit of each 16-bit word."""
_MEMO = "ruled out"

Masks = NDArray[np.uint16]
"""Bit by bit the leaves that the answers rule out."""


class _Kept(NamedTuple):
    """What is remembered with a sentence: what its own columns hang on, and what is ruled out of each wanted label."""

    about: object
    masks: Masks


_NOTHING = _Kept(object(), np.zeros((0, 0), dtype=np.uint16))


class Memory:
    """What is remembered of sentences: what their own columns rule out.

    Parameters
    ----------
    memos : sequence of dict
        Of each sentence, where that is looked up and kept; of this model only.
    abouts : sequence
        Of each sentence, all that its own columns hang on.
    wanted : ndarray of bool, shape (n_sentences, n_labels)

    Attributes
    ----------
    new : list of int
        Sentences of which that isn't known.
    """

    def __init__(self, memos: Sequence[dict[Any, Any]], abouts: Sequence[object], wanted: NDArray[np.bool_]) -> None:
        self._memos = memos
        self._abouts = list(zip(abouts, np.packbits(wanted, axis=1).tolist(), strict=True))
        self._kept: list[_Kept] = [memo.get(_MEMO, _NOTHING) for memo in memos]
        self.new = changed(self._kept, self._abouts)

    def masks(self, ask: Callable[[list[int]], Masks], counts: NDArray[np.intp]) -> Masks:
        """What is ruled out, shape (n_wanted, n_trees), sentence by sentence.

        Parameters
        ----------
        ask : callable
            Takes the new sentences, and gives what is ruled out of the labels that are wanted of them.
        counts : ndarray of int, shape (n_sentences,)
            How many labels are wanted of each.
        """
        if self.new:
            masks = ask(self.new)
            start = 0
            for place, count in zip(self.new, counts[self.new].tolist(), strict=True):
                own = masks[start : start + count].copy()
                self._kept[place] = self._memos[place][_MEMO] = _Kept(self._abouts[place], own)
                start += count
        return np.concatenate([kept.masks for kept in self._kept])


class _Questions:
    """The questions of some trees about some columns.

    Parameters
    ----------
    trees : sequence of PackedTrees
    columns : ndarray of int, shape (n_columns,)
        Rising.

    Attributes
    ----------
    starts : ndarray of int, shape (n_trees,)
        The first question of each tree.
    columns : ndarray of int, shape (n_questions,)
        Places in ``columns``.
    limits : ndarray of float32, shape (n_questions,)
    masks : ndarray of uint16, shape (n_questions,)
        What a yes rules out.
    """

    def __init__(self, trees: Sequence[PackedTrees], columns: NDArray[np.intp]) -> None:
        # By tree. A question that rules out nothing begins each, as it may have no other.
        feature, threshold, ruled_out = (
            np.concatenate([getattr(one, name).T for one in trees]) for name in ("feature", "threshold", "ruled_out")
        )
        asked = (ruled_out != 0) & np.isin(feature, columns)
        asked = np.hstack([np.ones((len(asked), 1), dtype=bool), asked])
        counts = asked.sum(axis=1)
        self.starts = np.cumsum(counts) - counts
        self.columns = np.searchsorted(columns, _with_none(feature, [columns[0] if len(columns) else 0])[asked])
        self.columns = self.columns.astype(np.int32)
        self.limits = _with_none(threshold, [np.inf])[asked]
        self.masks = _with_none(ruled_out, [0])[asked]

    def ruled_out(self, values: NDArray[np.float32]) -> Masks:
        """What the answers rule out, shape (n_rows, n_trees), of values of shape (n_columns, n_rows)."""
        if not len(values):
            return np.zeros((values.shape[1], len(self.starts)), dtype=np.uint16)
        answers = np.take(values, self.columns, axis=0) > self.limits[:, None]
        return np.bitwise_or.reduceat(answers * self.masks[:, None], self.starts, axis=0).T


class Forest:
    """Packed trees of several labels, as many of each.

    Parameters
    ----------
    trees : sequence of PackedTrees
        One a label.
    shared : ndarray of bool, shape (n_features,)
        See ``ContextTable``.
    """

    def __init__(self, trees: Sequence[PackedTrees], shared: NDArray[np.bool_]) -> None:
        self._shape = (len(trees), len(trees[0].value))
        # Columns that no tree asks about are left out: their change changes nothing.
        asked = np.zeros(len(shared), dtype=bool)
        for one in trees:
            asked[one.feature[one.ruled_out != 0]] = True
        own, common = np.flatnonzero(asked & ~shared), np.flatnonzero(asked & shared)
        self._own = [_Questions([one], own) for one in trees]
        self._shared = _Questions(trees, common)
        # By their places in a table's parts.
        self._own_columns = np.searchsorted(np.flatnonzero(~shared), own)
        self._shared_columns = np.searchsorted(np.flatnonzero(shared), common)
        self._values = np.concatenate([one.value.ravel() for one in trees])
        # In the smallest numbers that hold them: there are thousands to add up at each check.
        count = len(self._values)
        firsts = np.arange(0, count, MOST_LEAVES, dtype=np.min_scalar_type(-count))
        self._first_values = firsts.reshape(self._shape)
        self._starts = np.array([one.start for one in trees])

    def odds(self, table: ContextTable, wanted: NDArray[np.bool_], memory: Memory | None = None) -> NDArray[np.float64]:
        """Log-odds where they are wanted, else 0; each row depends on its own features only.

        Parameters
        ----------
        table : ContextTable
            Of all rows; with a memory, of those that are new to it.
        wanted : ndarray of bool, shape (n_rows, n_labels)
        memory : Memory, optional
        """
        rows, labels = wanted.nonzero()
        if memory is None:
            own = self._asked(table.own, wanted)
        else:
            own = memory.masks(lambda new: self._asked(table.own, wanted[new]), wanted.sum(axis=1))
        by_article = self._by_article(table.article)
        article = np.repeat(np.arange(len(table.sizes)), table.sizes)
        result = np.zeros(wanted.shape)
        for first in range(0, len(rows), _CHUNK):
            part = slice(first, first + _CHUNK)
            row, label = rows[part], labels[part]
            left = ~(own[part] | by_article[article[row], label])
            leaves = self._values.take(_FIRST_LEAF.take(left) + self._first_values[label])
            # The values are such that no order of adding them up can matter; see ``PackedTrees``.
            result[row, label] = leaves.sum(axis=1, dtype=np.float64) + self._starts[label]
        return result

    def _by_article(self, article: NDArray[np.float32]) -> Masks:
        """Of each article and label, shape (n_articles, n_labels, n_trees)."""
        return self._shared.ruled_out(article.T[self._shared_columns]).reshape(-1, *self._shape)

    def _asked(self, own: NDArray[np.float32], wanted: NDArray[np.bool_]) -> Masks:
        """What rows' own columns rule out, shape (n_wanted, n_trees): row by row, of each label that is wanted."""
        result = np.zeros((np.count_nonzero(wanted), self._shape[1]), dtype=np.uint16)
        if not len(result) or not len(self._own_columns):
            return result
        if len(result) <= _FEW:
            return self._asked_in_one_go(own, wanted)
        place = (np.cumsum(wanted) - 1).reshape(wanted.shape)
        for first in range(0, len(own), _CHUNK):
            part = slice(first, first + _CHUNK)
            # Rows as columns: then each question is asked of neighbours in memory.
            values = np.ascontiguousarray(own[part][:, self._own_columns].T)
            for label in np.flatnonzero(wanted[part].any(axis=0)).tolist():
                rows = wanted[part, label].nonzero()[0]
                result[place[part][rows, label]] = self._own[label].ruled_out(values[:, rows])
        return result

    def _asked_in_one_go(self, own: NDArray[np.float32], wanted: NDArray[np.bool_]) -> Masks:
        """The same of a few rows: half the time, as there are as many calls for one label as for all."""
        rows, labels = wanted.nonzero()
        questions = [self._own[label] for label in labels.tolist()]
        counts = np.array([len(one.columns) for one in questions])
        values = own[:, self._own_columns]
        asked = np.concatenate([one.columns for one in questions]) + np.repeat(
            (rows * values.shape[1]).astype(np.int32), counts
        )
        answers = values.take(asked) > np.concatenate([one.limits for one in questions])
        starts = np.stack([one.starts for one in questions]) + (np.cumsum(counts) - counts)[:, None]
        masks = answers * np.concatenate([one.masks for one in questions])
        return np.bitwise_or.reduceat(masks, starts.ravel()).reshape(starts.shape)


def _with_none(table: NDArray[Any], none: Any) -> NDArray[Any]:
    """A table with one more question a tree before the others."""
    return np.hstack([np.broadcast_to(np.asarray(none, dtype=table.dtype), (len(table), 1)), table])
