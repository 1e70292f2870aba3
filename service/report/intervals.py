"""Shares with 95% intervals.

Articles are counted as independent: Wilson's interval (Wilson, 1927, Journal of the American Statistical Association
22). The sentences of one article are alike, so theirs comes from drawing whole articles anew (Efron and Tibshirani,
1993, An Introduction to the Bootstrap, chapters 8 and 13; percentiles).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

ROUNDS = 1000
FEWEST = 10
"""Articles below which a share of sentences gets no interval: with so few, draws of them tell little."""
_NORMAL = 1.959963984540054  # 97.5% of a normal distribution lie below
_CELLS = 1_000_000  # draws held at once, 24 MB with what is made of them


@dataclass(frozen=True, slots=True)
class Share:
    """``part`` of ``whole``, with a 95% interval as fractions; None where it can't be given."""

    part: int
    whole: int
    low: float | None = None
    high: float | None = None

    @property
    def value(self) -> float | None:
        """The share as a fraction, None of nothing."""
        return self.part / self.whole if self.whole else None


def share_of_articles(part: int, whole: int) -> Share:
    """A share of independent articles, with Wilson's interval.

    Raises
    ------
    ValueError
        If it isn't ``0 <= part <= whole``.
    """
    if not 0 <= part <= whole:
        raise ValueError(f"{part} isn't a part of {whole}")
    if not whole:
        return Share(0, 0)
    # By hand: scipy.stats.binomtest gives the same interval, but first does a test that takes a hundred times longer.
    value, weight = part / whole, _NORMAL**2 / whole
    middle = (value + weight / 2) / (1 + weight)
    half = _NORMAL * sqrt(value * (1 - value) / whole + weight / (4 * whole)) / (1 + weight)
    # At the ends, rounding would leave 1e-17 in place of 0.
    return Share(part, whole, middle - half if part else 0.0, middle + half if part < whole else 1.0)


def shares_of_sentences(flagged: NDArray[np.int64], sentences: NDArray[np.int64], seed: int = 0) -> list[Share]:
    """Shares of sentences, with intervals by bootstrap over articles.

    Parameters
    ----------
    flagged : ndarray, shape (n_articles, n_kinds)
        Flagged sentences of each article, by kind.
    sentences : ndarray, shape (n_articles,)
        All its sentences.
    seed : int
        Of the draws: the same input gives the same intervals.

    Returns
    -------
    list of Share
        One for each kind. There is no interval with fewer than ``FEWEST`` articles, nor where no sentence is flagged
        or each one: then all draws are the same, which isn't certainty.
    """
    parts, whole = flagged.sum(axis=0), int(sentences.sum())
    if len(sentences) < FEWEST or not whole:
        return [Share(int(part), whole) for part in parts]
    rates = _drawn_rates(np.column_stack([sentences, flagged]).astype(np.float64), seed)
    low, high = np.nanpercentile(rates, [2.5, 97.5], axis=0)
    return [
        Share(int(part), whole, float(low[kind]), float(high[kind])) if 0 < part < whole else Share(int(part), whole)
        for kind, part in enumerate(parts)
    ]


def _drawn_rates(counts: NDArray[np.float64], seed: int) -> NDArray[np.float64]:
    articles = len(counts)
    random = np.random.default_rng(seed)
    at_once = max(1, _CELLS // articles)
    sums = []
    for first in range(0, ROUNDS, at_once):
        rounds = min(at_once, ROUNDS - first)
        drawn = random.integers(articles, size=(rounds, articles)) + articles * np.arange(rounds)[:, np.newaxis]
        weights = np.bincount(drawn.ravel(), minlength=rounds * articles).reshape(rounds, articles)
        sums.append(weights.astype(np.float64) @ counts)
    total = np.concatenate(sums)
    rates = np.full((ROUNDS, counts.shape[1] - 1), np.nan)
    np.divide(total[:, 1:], total[:, :1], out=rates, where=total[:, :1] > 0)
    return rates
