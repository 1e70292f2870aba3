"""What estimators check of what they are given."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted


def check_fitted(estimator: BaseEstimator, attribute: str) -> None:
    """scikit-learn's check; made only where it will fail, as it takes longer than a small estimator's work.

    Raises
    ------
    NotFittedError
    """
    if not hasattr(estimator, attribute):
        check_is_fitted(estimator, attribute)


def check_targets(y: NDArray[Any], rows: int) -> NDArray[np.int8]:
    """Targets as int8, shape (rows, n_labels).

    Raises
    ------
    ValueError
        If the shape differs or a value is neither 0 nor 1.
    """
    targets = np.asarray(y)
    if targets.ndim != 2 or targets.shape[0] != rows:
        raise ValueError(f"y has shape {targets.shape}, not ({rows}, n_labels)")
    if not np.isin(targets, (0, 1)).all():
        raise ValueError("y must hold 0 and 1 only")
    return targets.astype(np.int8)
