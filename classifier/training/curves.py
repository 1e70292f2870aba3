"""Points of precision-recall curves and of the reliability diagram, few enough to be stored as figures."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.labels import LABEL_IDS
from classifier.training.intervals import Draws, interval
from classifier.training.metrics import CALIBRATION_BINS, calibration_bins

_POINTS = 40
"""At most so many points a curve."""


def precision_recall(scores: NDArray[np.floating[Any]], y: NDArray[np.int8]) -> dict[str, list[list[float]]]:
    """The precision-recall curve of each label.

    Parameters
    ----------
    scores, y : ndarray, shape (n_sentences, n_labels)

    Returns
    -------
    dict of str to list of [recall, precision]
        By rising recall, one point wherever a threshold finds a further gold label; thinned evenly to at most 40,
        the first and the last among them. Empty for a label that isn't there.
    """
    return {label: _curve(scores[:, number], y[:, number]) for number, label in enumerate(LABEL_IDS)}


def reliability(
    scores: NDArray[np.floating[Any]], y: NDArray[np.int8], owners: NDArray[np.intp], drawn: Draws
) -> list[dict[str, Any]]:
    """How often the labels are gold, by score, over all pairs of sentence and label.

    Parameters
    ----------
    scores, y : ndarray, shape (n_sentences, n_labels)
    owners : ndarray of int, shape (n_sentences,)
        Number of the article of each sentence.
    drawn : ndarray, shape (n_rounds, n_articles)

    Returns
    -------
    list of dict
        For each tenth of [0, 1] that holds a score: ``pairs``, their mean ``score``, the ``share`` that is gold and
        its 95% ``interval`` over articles.
    """
    bins = calibration_bins(scores)
    rows = []
    for number in range(CALIBRATION_BINS):
        inside = bins == number
        if not inside.any():
            continue
        pairs, gold = (
            np.bincount(owners, weights=which.sum(axis=1), minlength=drawn.shape[1])
            for which in (inside, inside & (y == 1))
        )
        total = drawn @ pairs
        shares = np.full(len(drawn), np.nan)
        np.divide(drawn @ gold, total, out=shares, where=total > 0)
        rows.append(
            {
                "pairs": int(inside.sum()),
                "score": round(float(scores[inside].mean()), 4),
                "share": round(float(y[inside].mean()), 4),
                "interval": interval(shares),
            }
        )
    return rows


def _curve(scores: NDArray[np.floating[Any]], y: NDArray[np.int8]) -> list[list[float]]:
    order = np.argsort(-scores, kind="stable")
    ranked = scores[order]
    ends = np.flatnonzero(np.append(ranked[1:] != ranked[:-1], True))
    hits = np.cumsum(y[order] > 0)[ends]
    found = np.flatnonzero(np.diff(hits, prepend=0))
    if not len(found):
        return []
    kept = found[np.unique(np.linspace(0, len(found) - 1, min(_POINTS, len(found))).round().astype(int))]
    return [[round(float(hits[at] / hits[-1]), 4), round(float(hits[at] / (ends[at] + 1)), 4)] for at in kept]
