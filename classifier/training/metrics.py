"""How predictions are measured against gold labels.

A predicted span counts for the gold sentence in which its middle falls (for a gap, the nearest one);
predictions are pairs of sentence and label, each counted once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score

from classifier.annotation import LabelledSpan, Mode
from classifier.document import Span
from classifier.labels import LABEL_IDS
from classifier.training.corpus import Article
from classifier.training.gold import nearest
from classifier.training.intervals import (
    average_precision_draws,
    draws,
    interval,
    label_precision_draws,
    mean_draws,
    rate_draws,
    with_range,
)

CALIBRATION_BINS = 10

Counts = NDArray[np.int64]
"""Shape (n_articles, n_labels, 4): true positives, predicted, gold, true positives whose trigger overlaps."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of sentence (its number in ``Article.sentences``) and label of one article.

    Parameters
    ----------
    gold : mapping of (int, str) to Span
        With the trigger; the last one of a pair that is labelled twice.
    shown : mapping of (int, str) to list of LabelledSpan
    """

    gold: Mapping[tuple[int, str], Span]
    shown: Mapping[tuple[int, str], list[LabelledSpan]]


def pairs_of(article: Article, spans: Iterable[LabelledSpan]) -> Pairs:
    """Line labels and predictions up with the article's sentences; see the module for the rule."""
    gold = {(nearest(article.sentences, label.trigger), label.label): label.trigger for label in article.labels}
    shown: dict[tuple[int, str], list[LabelledSpan]] = {}
    for span in spans:
        shown.setdefault((nearest(article.sentences, span.span), span.label), []).append(span)
    return Pairs(gold, shown)


def count_pairs(articles: Sequence[Article], predicted: Iterable[Sequence[LabelledSpan]]) -> Counts:
    """Count hits by article and label; see the module for the rule."""
    counts = np.zeros((len(articles), len(LABEL_IDS), 4), dtype=np.int64)
    column = {label: number for number, label in enumerate(LABEL_IDS)}
    for row, (article, spans) in enumerate(zip(articles, predicted, strict=True)):
        pairs = pairs_of(article, spans)
        for _sentence, name in pairs.gold:
            counts[row, column[name], 2] += 1
        for pair, found in pairs.shown.items():
            number = column[pair[1]]
            counts[row, number, 1] += 1
            if pair in pairs.gold:
                counts[row, number, 0] += 1
                counts[row, number, 3] += any(span.span.overlaps(pairs.gold[pair]) for span in found)
    return counts


def count_sentences(shown: NDArray[np.bool_], y: NDArray[np.int8], sizes: Sequence[int]) -> Counts:
    """The same counts of sentence scores, which have no triggers.

    Parameters
    ----------
    shown, y : ndarray, shape (n_sentences, n_labels)
    sizes : sequence of int
        Number of sentences of each article.
    """
    owners = np.repeat(np.arange(len(sizes)), sizes)
    counts = np.zeros((len(sizes), y.shape[1], 4), dtype=np.int64)
    for part, which in enumerate((shown & (y == 1), shown, y == 1)):
        np.add.at(counts[:, :, part], owners, which)
    return counts


def rates(counts: NDArray[np.int64]) -> dict[str, float]:
    """Precision, recall, F1 and trigger overlap of summed counts (4,); 0 where undefined."""
    hits, shown, gold, overlapping = (int(value) for value in counts)
    return {
        "precision": hits / shown if shown else 0.0,
        "recall": hits / gold if gold else 0.0,
        "f1": 2 * hits / (shown + gold) if shown + gold else 0.0,
        "trigger_overlap": overlapping / hits if hits else 0.0,
    }


def with_intervals(counts: Counts, seed: int = 0) -> dict[str, Any]:
    """Micro-averaged rates with 95% percentile intervals over articles drawn with replacement.

    Returns
    -------
    dict
        Each rate as ``{"value", "low", "high"}``, and the raw ``counts``.
    """
    drawn = rate_draws(counts.sum(axis=1), draws(len(counts), seed))
    total = rates(counts.sum(axis=(0, 1)))
    result: dict[str, Any] = {name: with_range(value, drawn[name]) for name, value in total.items()}
    hits, shown, gold, _ = (int(value) for value in counts.sum(axis=(0, 1)))
    return result | {"hits": hits, "shown": shown, "gold": gold}


def by_label(counts: Counts) -> dict[str, dict[str, float | int]]:
    """Rates and counts of each label."""
    table: dict[str, dict[str, float | int]] = {}
    for number, label in enumerate(LABEL_IDS):
        total = counts[:, number].sum(axis=0)
        table[label] = {name: _round(value) for name, value in rates(total).items()}
        table[label] |= {"hits": int(total[0]), "shown": int(total[1]), "gold": int(total[2])}
    return table


def label_intervals(counts: Counts, seed: int = 0) -> dict[str, dict[str, list[float] | None]]:
    """95% intervals ``[low, high]`` of each label's rates; None where a rate is undefined in every draw."""
    drawn = draws(len(counts), seed)
    return {
        label: {name: interval(values) for name, values in rate_draws(counts[:, number], drawn).items()}
        for number, label in enumerate(LABEL_IDS)
    }


def average_precisions(scores: NDArray[np.floating[Any]], y: NDArray[np.int8]) -> dict[str, float | None]:
    """Average precision by label; None for a label that isn't there."""
    return {
        label: _round(average_precision_score(y[:, number], scores[:, number])) if y[:, number].any() else None
        for number, label in enumerate(LABEL_IDS)
    }


def ranking(
    scores: NDArray[np.floating[Any]], y: NDArray[np.int8], sizes: Sequence[int], seed: int = 0
) -> dict[str, Any]:
    """Average precision with 95% intervals over articles, by label, as their mean and over all pairs (micro).

    Returns
    -------
    dict
        ``average_precision`` and ``average_precision_interval`` by label (None for a label that isn't there),
        ``mean_average_precision``, its ``..._interval``, and ``micro_average_precision`` with its own.
    """
    owners, drawn = np.repeat(np.arange(len(sizes)), sizes), draws(len(sizes), seed)
    points = average_precisions(scores, y)
    by_label = label_precision_draws(scores, y, sizes, drawn)
    micro = average_precision_draws(scores.ravel(), y.ravel(), np.repeat(owners, y.shape[1]), drawn)
    return {
        "average_precision": points,
        "average_precision_interval": dict(zip(LABEL_IDS, map(interval, by_label), strict=True)),
        "mean_average_precision": mean_average_precision(points),
        "mean_average_precision_interval": interval(mean_draws(by_label)),
        "micro_average_precision": _round(average_precision_score(y.ravel(), scores.ravel())) if y.any() else None,
        "micro_average_precision_interval": interval(micro),
    }


def calibration_errors(scores: NDArray[np.floating[Any]], y: NDArray[np.int8]) -> dict[str, float]:
    """Expected calibration error by label: ten equal bins of [0, 1], weighted by their share of sentences."""
    return {label: calibration_error(scores[:, number], y[:, number]) for number, label in enumerate(LABEL_IDS)}


def calibration_error(scores: NDArray[np.floating[Any]], y: NDArray[np.int8]) -> float:
    """The same of one label's scores, or of several labels' one after another, both of shape (n,)."""
    bins = calibration_bins(scores)
    error = sum(
        abs(scores[bins == bin_].mean() - y[bins == bin_].mean()) * (bins == bin_).mean() for bin_ in np.unique(bins)
    )
    return _round(error)


def calibration_bins(scores: NDArray[np.floating[Any]]) -> NDArray[np.int64]:
    """Number of the bin of each score in [0, 1]."""
    return np.minimum((scores * CALIBRATION_BINS).astype(np.int64), CALIBRATION_BINS - 1)


def mean_average_precision(precisions: Mapping[str, float | None]) -> float:
    """Mean over the labels that are there; 0 if none is."""
    known = [value for value in precisions.values() if value is not None]
    return _round(float(np.mean(known))) if known else 0.0


def at_thresholds(
    scores: NDArray[np.floating[Any]], y: NDArray[np.int8], thresholds: Mapping[Mode, Mapping[str, float]]
) -> dict[str, dict[str, float]]:
    """Micro rates of sentence scores by mode, without triggers."""
    table: dict[str, dict[str, float]] = {}
    for mode, row in thresholds.items():
        shown = scores >= np.array([row[label] for label in LABEL_IDS])
        hits = int((shown & (y == 1)).sum())
        found = rates(np.array([hits, int(shown.sum()), int(y.sum()), 0]))
        table[mode] = {name: _round(found[name]) for name in ("precision", "recall", "f1")}
    return table


def _round(value: float) -> float:
    return round(float(value), 4)
