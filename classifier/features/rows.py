"""Sparse rows of features as plain arrays: SciPy's matrices take longer to make than one sentence takes to score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse


@dataclass(frozen=True, slots=True, eq=False)
class FeatureRows:
    """Rows of features in the manner of ``scipy.sparse.csr_matrix``, of which ``odds`` reads the same fields.

    Parameters
    ----------
    data : ndarray of float32, shape (n_values,)
        Values that aren't 0, row by row.
    indices : ndarray of int, shape (n_values,)
        Their columns.
    indptr : ndarray of int, shape (n_rows + 1,)
        Where each row begins in both, and at last their length.
    shape : (int, int)
        Rows and columns.
    """

    data: NDArray[np.float32]
    indices: NDArray[np.integer[Any]]
    indptr: NDArray[np.integer[Any]]
    shape: tuple[int, int]

    @classmethod
    def of(cls, dense: NDArray[np.float32]) -> Self:
        """The values of an array of shape (n_rows, n_columns) that aren't 0."""
        rows, columns = dense.nonzero()
        ends = np.zeros(len(dense) + 1, dtype=np.intp)
        np.cumsum(np.bincount(rows, minlength=len(dense)), out=ends[1:])
        return cls(dense[rows, columns], columns, ends, (dense.shape[0], dense.shape[1]))

    def matrix(self) -> sparse.csr_matrix:
        """The same as a matrix, float32."""
        return sparse.csr_matrix((self.data, self.indices, self.indptr), shape=self.shape, dtype=np.float32)


def stacked(rows: Sequence[NDArray[Any]]) -> NDArray[Any]:
    """Arrays of one length as rows, shape (n_rows, length); quicker than ``np.stack``. At least one row."""
    return np.concatenate(rows).reshape(len(rows), -1)
