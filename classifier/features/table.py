"""A table of features in two parts: what is said of a sentence, and what is said of its article."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

Rows: TypeAlias = NDArray[np.intp]
"""Places of some of an article's sentences, rising."""


@dataclass(frozen=True, slots=True, eq=False)
class ContextTable:
    """Features of sentences.

    Parameters
    ----------
    own : ndarray of float32, shape (n_rows, n_own)
        What is said of each sentence, or of some of them.
    article : ndarray of float32, shape (n_articles, n_shared)
        What is said of each article: the same for all its sentences.
    sizes : sequence of int
        Sentences of each article; they follow each other.
    shared : ndarray of bool, shape (n_own + n_shared,)
        Which columns are the article's, in the order of the whole table.
    """

    own: NDArray[np.float32]
    article: NDArray[np.float32]
    sizes: Sequence[int]
    shared: NDArray[np.bool_]

    @classmethod
    def of(cls, values: NDArray[np.float32]) -> Self:
        """A table of which nothing is known to be said of an article."""
        nothing = np.zeros((1, 0), dtype=np.float32)
        return cls(values, nothing, (len(values),), np.zeros(values.shape[1], dtype=bool))

    @classmethod
    def of_parts(cls, articles: Sequence[Sequence[NDArray[Any]]], sizes: Sequence[int]) -> Self:
        """Columns side by side.

        Parameters
        ----------
        articles : sequence of sequences of ndarray
            Of each article the same parts, some of which have two dimensions, (n_rows, n_columns); those of one,
            (n_columns,), are said of the article.
        sizes : sequence of int
        """
        own = [[part for part in parts if part.ndim > 1] for parts in articles]
        article = [[part for part in parts if part.ndim == 1] for parts in articles]
        first = articles[0]
        return cls(
            np.concatenate([np.concatenate(parts, axis=1, dtype=np.float32) for parts in own]),
            np.stack([np.concatenate(parts, dtype=np.float32) for parts in article]),
            sizes,
            np.repeat([part.ndim == 1 for part in first], [part.shape[-1] for part in first]),
        )

    @property
    def values(self) -> NDArray[np.float32]:
        """The whole table, shape (n_rows, n_own + n_shared), if it is of all sentences."""
        values = np.empty((len(self.own), len(self.shared)), dtype=np.float32)
        values[:, ~self.shared] = self.own
        values[:, self.shared] = np.repeat(self.article, self.sizes, axis=0)
        return values
