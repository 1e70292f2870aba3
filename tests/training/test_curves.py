"""Points of curves, by hand."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from classifier.labels import LABEL_IDS
from classifier.training.curves import precision_recall, reliability
from classifier.training.intervals import draws


def column(values: list[float]) -> NDArray[np.float64]:
    table = np.zeros((len(values), len(LABEL_IDS)))
    table[:, 0] = values
    return table


def test_a_point_for_each_gold_label_found() -> None:
    found = precision_recall(column([0.9, 0.8, 0.7, 0.1]), column([1, 0, 1, 0]).astype(np.int8))
    assert found[LABEL_IDS[0]] == [[0.5, 1.0], [1.0, 0.6667]]
    assert found[LABEL_IDS[1]] == []


def test_equal_scores_are_one_threshold() -> None:
    found = precision_recall(column([0.9, 0.9, 0.9]), column([1, 0, 1]).astype(np.int8))
    assert found[LABEL_IDS[0]] == [[1.0, 0.6667]]


def test_long_curves_are_thinned_and_keep_their_ends() -> None:
    scores = np.linspace(1, 0, 500, endpoint=False)
    (curve, *_) = precision_recall(column(list(scores)), column([1] * 500).astype(np.int8)).values()
    assert len(curve) == 40
    assert (curve[0], curve[-1]) == ([0.002, 1.0], [1.0, 1.0])
    assert curve == sorted(curve)


def test_reliability_by_hand() -> None:
    scores = np.array([[0.12, 0.18], [0.95, 1.0]])
    y = np.array([[0, 1], [1, 1]], dtype=np.int8)
    assert reliability(scores, y, np.array([0, 1]), draws(2)) == [
        {"pairs": 2, "score": 0.15, "share": 0.5, "interval": [0.5, 0.5]},
        {"pairs": 2, "score": 0.975, "share": 1.0, "interval": [1.0, 1.0]},
    ]


def test_its_intervals_are_over_articles() -> None:
    scores = np.full((6, 1), 0.5)
    rows = reliability(scores, np.array([[1], [1], [1], [0], [0], [0]]), np.repeat([0, 1], 3), draws(2))
    # Three sentences of one article stand or fall together: two articles say next to nothing.
    assert [row["interval"] for row in rows] == [[0.0, 1.0]]
