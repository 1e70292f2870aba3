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
_TOLERANCE = 0.005
"""The top of the F curve is flat: of thresholds this close to the best, the most precise one is taken."""
_SPREAD = 1.6
"""A label's own threshold may differ from the common one by this factor at most: rare labels would overfit."""


def choose_thresholds(scores: NDArray[np.floating], y: NDArray[np.int8]) -> dict[Mode, dict[str, float]]:
    """Thresholds by mode and label.

    ``balanced`` maximises micro-F1: the best common threshold, then each label's own near it, each the highest
    that is about as good as the best.
    ``strict`` is the lowest common threshold that reaches ``STRICT_PRECISION``; ``sensitive`` maximises
    F2. A label's thresholds never fall from ``sensitive`` to ``balanced`` to ``strict``.

    Parameters
    ----------
    scores : ndarray, shape (n_sentences, n_labels)
        Held-out calibrated probabilities.
    y : ndarray of 0 and 1, same shape

    Raises
    ------
    ValueError
        If the shapes differ or there is no label to find.
    """
    if scores.shape != y.shape or scores.shape[1] != len(LABEL_IDS):
        raise ValueError(f"scores {scores.shape} and y {y.shape} must both have {len(LABEL_IDS)} columns")
    if not y.any():
        raise ValueError("y holds no label to choose thresholds on")
    tables = [_counts(scores[:, column], y[:, column]) for column in range(y.shape[1])]
    total = int(y.sum())
    hits, shown = (np.sum([table[part] for table in tables], axis=0) for part in (0, 1))
    centre = _highest(_f_beta(hits, shown, total, 1.0), _TOLERANCE)
    balanced = _refine(tables, centre, total, 1.0)
    sensitive = _refine(
        tables, _highest(_f_beta(hits, shown, total, SENSITIVE_BETA), _TOLERANCE), total, SENSITIVE_BETA
    )
    precise = np.flatnonzero((hits >= STRICT_PRECISION * shown) & (shown > 0))
    precise = precise[precise >= centre]
    strict_at = int(precise[0]) if len(precise) else len(_GRID) - 1
    chosen: dict[Mode, dict[str, float]] = {}
    for mode in MODES:
        chosen[mode] = {}
        for column, label in enumerate(LABEL_IDS):
            middle = balanced[column]
            grid_at = {
                "balanced": middle,
                "strict": max(strict_at, middle),
                "sensitive": min(sensitive[column], middle),
            }[mode]
            chosen[mode][label] = float(_GRID[grid_at])
    return chosen


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


def _highest(values: NDArray[np.float64], tolerance: float) -> int:
    """Place of the last value that is within ``tolerance`` (relative) of the largest."""
    return int(np.flatnonzero(values >= values.max() * (1 - tolerance))[-1])


def _refine(
    tables: list[tuple[NDArray[np.int64], NDArray[np.int64]]], centre: int, total: int, beta: float
) -> list[int]:
    """Coordinate ascent of micro-F-beta over labels' own thresholds near the common one."""
    near = np.flatnonzero((_GRID[centre] / _SPREAD <= _GRID) & (_GRID[centre] * _SPREAD >= _GRID))
    at = [centre] * len(tables)
    for _round in range(3):
        for column, (hits, shown) in enumerate(tables):
            rest = [sum(int(table[part][at[k]]) for k, table in enumerate(tables) if k != column) for part in (0, 1)]
            values = _f_beta(rest[0] + hits, rest[1] + shown, total, beta)
            # One label moves the whole by little, so that its share of the tolerance is small.
            at[column] = int(near[_highest(values[near], _TOLERANCE / len(tables))])
    return at
