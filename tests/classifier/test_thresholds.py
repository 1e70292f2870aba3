"""Thresholds by mode: a case worked out by hand, and what holds of any."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from classifier.labels import LABEL_IDS
from classifier.thresholds import choose_thresholds


def columns(first: Sequence[float], second: Sequence[float] | None = None) -> NDArray[np.float64]:
    """A score matrix with the first columns filled and nothing in the others."""
    table = np.zeros((len(first), len(LABEL_IDS)))
    table[:, 0] = first
    if second is not None:
        table[:, 1] = second
    return table


# Best to worst: + + - - + + - - +. Of five labels, all nine sentences shown give F1 10/14 and F2 25/29 (the best);
# those from 0.4 up F1 8/11 (the best) and F2 20/26; only the first two are right in 7 of 10. Of thresholds that show
# the same sentences the highest is taken, but for strict, which is the lowest.
SCORES = columns([0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.25, 0.1])
Y = columns([1, 1, 0, 0, 1, 1, 0, 0, 1]).astype(np.int8)


class TestByHand:
    def test_balanced_has_the_best_f1(self) -> None:
        assert choose_thresholds(SCORES, Y)["balanced"]["overstated_efficacy"] == 0.40

    def test_strict_is_the_lowest_that_is_right_in_seven_of_ten(self) -> None:
        assert choose_thresholds(SCORES, Y)["strict"]["overstated_efficacy"] == 0.71

    def test_sensitive_has_the_best_f2(self) -> None:
        assert choose_thresholds(SCORES, Y)["sensitive"]["overstated_efficacy"] == 0.10

    def test_all_labels_share_it(self) -> None:
        # Fifty times the nine sentences decide, whatever would be best for a second label's one.
        scores = np.vstack([SCORES] * 50 + [columns([0.0], [0.3])])
        y = np.vstack([Y] * 50 + [columns([0], [1]).astype(np.int8)])
        for row in choose_thresholds(scores, y).values():
            assert set(row) == set(LABEL_IDS)
            assert len(set(row.values())) == 1
        assert choose_thresholds(scores, y)["balanced"]["causal_overreach"] == 0.40

    def test_strict_shows_next_to_nothing_where_it_can_not_be_right(self) -> None:
        wrong = choose_thresholds(columns([0.9, 0.5, 0.4]), columns([0, 0, 1]).astype(np.int8))
        assert wrong["strict"]["overstated_efficacy"] == 0.95


SEEDS = st.integers(0, 10_000)


@settings(max_examples=25)
@given(SEEDS, st.floats(0.02, 0.5), st.floats(0, 3))
def test_modes_are_ordered_for_every_label(seed: int, rate: float, skill: float) -> None:
    rng = np.random.default_rng(seed)
    y = (rng.uniform(size=(60, len(LABEL_IDS))) < rate).astype(np.int8)
    y[0, 0] = 1
    scores = 1 / (1 + np.exp(-(skill * y + rng.normal(size=y.shape) - 1)))
    chosen = choose_thresholds(scores, y)
    assert list(chosen) == ["strict", "balanced", "sensitive"]
    for label in LABEL_IDS:
        values = [chosen[mode][label] for mode in ("strict", "balanced", "sensitive")]
        assert values == sorted(values, reverse=True)
        assert values[-1] > 0
        assert values[0] < 1


class TestRefused:
    def test_other_shapes(self) -> None:
        with pytest.raises(ValueError, match="must both have 12 columns"):
            choose_thresholds(SCORES, Y[:-1])
        with pytest.raises(ValueError, match="must both have 12 columns"):
            choose_thresholds(SCORES[:, :3], Y[:, :3])

    def test_nothing_to_find(self) -> None:
        with pytest.raises(ValueError, match="y holds no label to choose thresholds on"):
            choose_thresholds(SCORES, np.zeros_like(Y))
