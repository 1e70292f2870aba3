"""Intervals by bootstrap over whole articles: sentences of one article are alike and must not be drawn apart.

Efron, B. and Tibshirani, R. (1993). An Introduction to the Bootstrap, chapters 8 and 13 (percentile intervals).
Two measures under the same draws are paired: their difference has an interval of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

ROUNDS = 1000
_CELLS = 4_000_000
"""Weights held in memory at once; bounds it at some 100 MB whatever the number of sentences."""

Draws: TypeAlias = NDArray[np.int64]
"""Shape (ROUNDS, n_articles): how often each article was drawn in each round."""


def draws(articles: int, seed: int = 0) -> Draws:
    """Draw articles with replacement.

    Raises
    ------
    ValueError
        If there is no article.
    """
    if articles < 1:
        raise ValueError("there is no article to draw")
    return np.random.default_rng(seed).multinomial(articles, np.full(articles, 1 / articles), size=ROUNDS)


def interval(values: NDArray[np.floating[Any]]) -> list[float] | None:
    """The middle 95% as ``[low, high]``; rounds without a value (NaN) are left out, None if all are."""
    known = values[~np.isnan(values)]
    if not len(known):
        return None
    low, high = np.percentile(known, [2.5, 97.5])
    return [round(float(low), 4), round(float(high), 4)]


def with_range(value: float, values: NDArray[np.floating[Any]]) -> dict[str, float]:
    """A measure as ``{"value", "low", "high"}``; the interval is the value itself where no round has one."""
    rounded = round(float(value), 4) + 0.0  # no minus before a zero
    low, high = interval(values) or (rounded, rounded)
    return {"value": rounded, "low": low, "high": high}


def rate_draws(counts: NDArray[np.int64], drawn: Draws) -> dict[str, NDArray[np.float64]]:
    """Precision, recall, F1 and trigger overlap in each round.

    Parameters
    ----------
    counts : ndarray, shape (n_articles, 4)
        Hits, shown, gold, hits whose trigger overlaps.
    drawn : ndarray, shape (n_rounds, n_articles)

    Returns
    -------
    dict of ndarray, shape (n_rounds,)
        NaN where a rate is undefined.
    """
    hits, shown, gold, overlapping = (drawn @ counts).T.astype(np.float64)
    return {
        "precision": _share(hits, shown),
        "recall": _share(hits, gold),
        "f1": _share(2 * hits, shown + gold),
        "trigger_overlap": _share(overlapping, hits),
    }


def average_precision_draws(
    scores: NDArray[np.floating[Any]], y: NDArray[np.integer[Any]], owners: NDArray[np.intp], drawn: Draws
) -> NDArray[np.float64]:
    """Average precision in each round, with equal scores as one threshold, as scikit-learn has it.

    Parameters
    ----------
    scores, y : ndarray, shape (n,)
        One label's, or several labels' one after another.
    owners : ndarray of int, shape (n,)
        Number of the article of each.
    drawn : ndarray, shape (n_rounds, n_articles)

    Returns
    -------
    ndarray, shape (n_rounds,)
        NaN where no positive was drawn.
    """
    order = np.argsort(-scores, kind="stable")
    positives = np.flatnonzero(y[order])
    if not len(positives):
        return np.full(len(drawn), np.nan)
    ranked = scores[order]
    # Scores below the last positive's add nothing to the sum.
    ends = np.flatnonzero(np.append(ranked[1:] != ranked[:-1], True))
    ends = ends[: np.searchsorted(ends, positives[-1]) + 1]
    order = order[: ends[-1] + 1]
    owner, positive = owners[order], y[order] > 0
    result = np.empty(len(drawn))
    step = max(1, _CELLS // len(order))
    for first in range(0, len(drawn), step):
        weights = drawn[first : first + step, owner]
        shown = np.cumsum(weights, axis=1)[:, ends]
        hits = np.cumsum(weights * positive, axis=1)[:, ends]
        gained = np.diff(hits, axis=1, prepend=0)
        total = hits[:, -1].astype(np.float64)
        result[first : first + step] = _share((gained * hits / np.maximum(shown, 1)).sum(axis=1), total)
    return result


def label_precision_draws(
    scores: NDArray[np.floating[Any]], y: NDArray[np.integer[Any]], sizes: Sequence[int], drawn: Draws
) -> list[NDArray[np.float64]]:
    """The same of each label, a column each.

    Parameters
    ----------
    scores, y : ndarray, shape (n_sentences, n_labels)
    sizes : sequence of int
        Number of sentences of each article.
    drawn : ndarray, shape (n_rounds, n_articles)
    """
    owners = np.repeat(np.arange(len(sizes)), sizes)
    return [average_precision_draws(scores[:, number], y[:, number], owners, drawn) for number in range(y.shape[1])]


def mean_draws(by_label: list[NDArray[np.float64]]) -> NDArray[np.float64]:
    """Mean over the labels that were drawn, in each round; NaN where none was."""
    stacked = np.stack(by_label)
    there = ~np.isnan(stacked)
    return _share(np.where(there, stacked, 0.0).sum(axis=0), there.sum(axis=0).astype(np.float64))


def _share(part: NDArray[np.float64], whole: NDArray[np.float64]) -> NDArray[np.float64]:
    result = np.full(len(whole), np.nan)
    np.divide(part, whole, out=result, where=whole > 0)
    return result
