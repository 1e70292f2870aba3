"""From which score on a label is shown, by mode; chosen on held-out scores of training articles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from classifier.annotation import MODES, Mode
from classifier.labels import LABEL_IDS

Thresholds: TypeAlias = Mapping[Mode, Mapping[str, float]]

STRICT_PRECISION = 0.73
"""Micro-precision that ``strict`` must have on held-out training articles, whose labels miss some overclaims."""
SENSITIVE_BETA = 2.0
"""``sensitive`` maximises F-beta: recall counts this many times as much as precision."""
_GRID = np.round(np.concatenate([np.arange(0.02, 0.10, 0.005), np.arange(0.10, 0.96, 0.01)]), 4)


def choose_thresholds(scores: NDArray[np.floating], y: NDArray[np.int8]) -> dict[Mode, dict[str, float]]:
    """Thresholds by mode and label: of a mode, the same for all labels.

    ``balanced`` maximises micro-F1 and ``sensitive`` micro-F2; of equals, the highest. ``strict`` is the lowest that
    reaches ``STRICT_PRECISION``, and never below ``balanced``, which is never below ``sensitive``.

    A label's own threshold would be better on the articles it is chosen on, and is worse on others: chosen on four
    folds, common ones gave the fifth a micro-F1 of 0.495, own ones 0.489. Where probabilities are right, the common
    one is best anyway (Lipton et al. 2014).

    Parameters
    ----------
    scores : ndarray, shape (n_sentences, n_labels)
        Held-out calibrated probabilities.
    y : ndarray of 0 and 1, same shape

    Raises
    ------
    ValueError
        If the shapes differ or there is no label to find.

    References
    ----------
    Lipton, Z., Elkan, C. and Naryanaswamy, B. (2014). Optimal thresholding of classifiers to maximize F1 measure.
    ECML PKDD.
    """
    if scores.shape != y.shape or scores.shape[1] != len(LABEL_IDS):
        raise ValueError(f"scores {scores.shape} and y {y.shape} must both have {len(LABEL_IDS)} columns")
    if not y.any():
        raise ValueError("y holds no label to choose thresholds on")
    hits, shown = _counts(scores, y)
    total = int(y.sum())
    balanced = _highest(_f_beta(hits, shown, total, 1.0))
    sensitive = min(_highest(_f_beta(hits, shown, total, SENSITIVE_BETA)), balanced)
    precise = np.flatnonzero((hits >= STRICT_PRECISION * shown) & (shown > 0))
    precise = precise[precise >= balanced]
    strict = int(precise[0]) if len(precise) else len(_GRID) - 1
    places: dict[Mode, int] = {"strict": strict, "balanced": balanced, "sensitive": sensitive}
    return {mode: dict.fromkeys(LABEL_IDS, float(_GRID[places[mode]])) for mode in MODES}


def _counts(scores: NDArray[np.floating], y: NDArray[np.int8]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """True positives and shown sentences at each threshold of the grid."""
    shown = np.array([(scores >= t).sum() for t in _GRID])
    hits = np.array([((scores >= t) & (y == 1)).sum() for t in _GRID])
    return hits, shown


def _f_beta(hits: NDArray[np.int64], shown: NDArray[np.int64], total: int, beta: float) -> NDArray[np.float64]:
    """F-beta of counts, elementwise; 0 without a hit."""
    weight = beta * beta
    result: NDArray[np.float64] = (1 + weight) * hits / (weight * total + shown)
    return result


def _highest(values: NDArray[np.float64]) -> int:
    """Place of the largest value; of equals, the last."""
    return int(np.flatnonzero(values == values.max())[-1])
