"""How predictions are measured against gold labels.

A predicted span counts for the gold sentence in which its middle falls (for a gap, the nearest one);
predictions are pairs of sentence and label, each counted once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score

from classifier.annotation import LabelledSpan, Mode
from classifier.document import Span
from classifier.labels import LABEL_IDS
from classifier.training.corpus import Article
from classifier.training.gold import nearest

BOOTSTRAP_ROUNDS = 1000
_CALIBRATION_BINS = 10

Counts = NDArray[np.int64]
"""Shape (n_articles, n_labels, 4): true positives, predicted, gold, true positives whose trigger overlaps."""


def count_pairs(articles: Sequence[Article], predicted: Iterable[Sequence[LabelledSpan]]) -> Counts:
    """Count hits by article and label; see the module for the rule."""
    counts = np.zeros((len(articles), len(LABEL_IDS), 4), dtype=np.int64)
    column = {label: number for number, label in enumerate(LABEL_IDS)}
    for row, (article, spans) in enumerate(zip(articles, predicted, strict=True)):
        gold: dict[tuple[int, str], Span] = {}
        for label in article.labels:
            gold[nearest(article.sentences, label.trigger), label.label] = label.trigger
        shown: dict[tuple[int, str], list[Span]] = {}
        for span in spans:
            shown.setdefault((nearest(article.sentences, span.span), span.label), []).append(span.span)
        for _sentence, name in gold:
            counts[row, column[name], 2] += 1
        for pair, triggers in shown.items():
            number = column[pair[1]]
            counts[row, number, 1] += 1
            if pair in gold:
                counts[row, number, 0] += 1
                counts[row, number, 3] += any(trigger.overlaps(gold[pair]) for trigger in triggers)
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
    total = rates(counts.sum(axis=(0, 1)))
    rng = np.random.default_rng(seed)
    by_article = counts.sum(axis=1)
    draws = [
        rates(by_article[rng.integers(0, len(by_article), len(by_article))].sum(axis=0))
        for _ in range(BOOTSTRAP_ROUNDS)
    ]
    result: dict[str, Any] = {}
    for name, value in total.items():
        low, high = np.percentile([draw[name] for draw in draws], [2.5, 97.5])
        result[name] = {"value": _round(value), "low": _round(low), "high": _round(high)}
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


def average_precisions(scores: NDArray[np.floating[Any]], y: NDArray[np.int8]) -> dict[str, float | None]:
    """Average precision by label; None for a label that isn't there."""
    return {
        label: _round(average_precision_score(y[:, number], scores[:, number])) if y[:, number].any() else None
        for number, label in enumerate(LABEL_IDS)
    }


def calibration_errors(scores: NDArray[np.floating[Any]], y: NDArray[np.int8]) -> dict[str, float]:
    """Expected calibration error by label: ten equal bins of [0, 1], weighted by their share of sentences."""
    errors = {}
    for number, label in enumerate(LABEL_IDS):
        column, truth = scores[:, number], y[:, number]
        bins = np.minimum((column * _CALIBRATION_BINS).astype(int), _CALIBRATION_BINS - 1)
        error = sum(
            abs(column[bins == bin_].mean() - truth[bins == bin_].mean()) * (bins == bin_).mean()
            for bin_ in np.unique(bins)
        )
        errors[label] = _round(error)
    return errors


def mean_average_precision(precisions: Mapping[str, float | None]) -> float:
    """Mean over the labels that are there."""
    return _round(float(np.mean([value for value in precisions.values() if value is not None])))


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
