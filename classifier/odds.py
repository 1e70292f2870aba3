"""Probabilities and their log-odds."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

_FLOOR = 1e-4


def log_odds(probabilities: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    """Log-odds of probabilities in [0, 1], kept finite by a floor of 1e-4."""
    clipped = np.minimum(np.maximum(np.asarray(probabilities, dtype=np.float64), _FLOOR), 1 - _FLOOR)
    result: NDArray[np.float64] = np.log(clipped / (1 - clipped))
    return result


def sigmoid(odds: NDArray[Any]) -> NDArray[np.float64]:
    """Probabilities of log-odds."""
    result: NDArray[np.float64] = 1.0 / (1.0 + np.exp(-np.asarray(odds, dtype=np.float64)))
    return result
