"""Bootstrap over articles, against arithmetic by hand and against scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score

from classifier.training.intervals import (
    ROUNDS,
    average_precision_draws,
    draws,
    interval,
    label_precision_draws,
    mean_draws,
    rate_draws,
    with_range,
)


class TestDraws:
    def test_each_round_draws_as_many_articles_as_there_are(self) -> None:
        drawn = draws(7)
        assert drawn.shape == (ROUNDS, 7)
        assert (drawn.sum(axis=1) == 7).all()
        assert (drawn == 0).any()

    def test_the_seed_decides(self) -> None:
        assert (draws(5, seed=1) == draws(5, seed=1)).all()
        assert (draws(5, seed=1) != draws(5, seed=2)).any()

    def test_no_article_is_refused(self) -> None:
        with pytest.raises(ValueError, match="no article to draw"):
            draws(0)


class TestInterval:
    @given(st.lists(st.floats(0, 1), min_size=1, max_size=50))
    def test_it_is_ordered_and_inside_the_values(self, values: list[float]) -> None:
        found = interval(np.array(values))
        assert found is not None
        assert min(values) - 1e-4 <= found[0] <= found[1] <= max(values) + 1e-4

    def test_rounds_without_a_value_are_left_out(self) -> None:
        assert interval(np.array([np.nan, 0.5, np.nan])) == [0.5, 0.5]
        assert interval(np.array([np.nan])) is None

    def test_a_value_without_rounds_has_no_width(self) -> None:
        assert with_range(0.25, np.array([np.nan])) == {"value": 0.25, "low": 0.25, "high": 0.25}

    def test_no_minus_stands_before_a_zero(self) -> None:
        assert str(with_range(-0.00001, np.array([0.0]))["value"]) == "0.0"


def test_rates_by_hand() -> None:
    counts = np.array([[1, 2, 4, 1], [0, 3, 0, 0]])
    found = rate_draws(counts, np.array([[1, 1], [2, 0], [0, 2]]))
    assert found["precision"].tolist() == [0.2, 0.5, 0.0]
    assert found["recall"][:2].tolist() == [0.25, 0.25]
    assert np.isnan(found["recall"][2])
    assert found["f1"][0] == pytest.approx(2 / 9)
    assert np.isnan(found["trigger_overlap"][2])


SCORES = st.lists(st.tuples(st.sampled_from([0.1, 0.2, 0.2, 0.5, 0.9]), st.booleans(), st.integers(0, 3)), min_size=1)


class TestAveragePrecision:
    @given(SCORES, st.lists(st.integers(0, 3), min_size=4, max_size=4))
    def test_drawing_an_article_twice_is_having_it_twice(
        self, rows: list[tuple[float, bool, int]], times: list[int]
    ) -> None:
        scores, y, owners = (np.array(column) for column in zip(*rows, strict=True))
        found = average_precision_draws(scores, y.astype(int), owners, np.array([times]))[0]
        repeat = np.array(times)[owners]
        wide, truth = np.repeat(scores, repeat), np.repeat(y, repeat)
        if truth.any():
            assert found == pytest.approx(average_precision_score(truth, wide))
        else:
            assert np.isnan(found)

    def test_many_rounds_are_cut_into_parts(self, monkeypatch: pytest.MonkeyPatch) -> None:
        rng = np.random.default_rng(0)
        scores, y, owners = rng.random(60), rng.integers(0, 2, 60), np.repeat(np.arange(6), 10)
        whole = average_precision_draws(scores, y, owners, draws(6))
        monkeypatch.setattr("classifier.training.intervals._CELLS", 700)
        assert (average_precision_draws(scores, y, owners, draws(6)) == whole).all()

    def test_labels_are_kept_apart_and_averaged_where_they_were_drawn(self) -> None:
        scores = np.array([[0.9, 0.1], [0.8, 0.2], [0.7, 0.9]])
        y = np.array([[0, 0], [1, 0], [0, 1]])
        both = label_precision_draws(scores, y, [2, 1], np.array([[1, 1], [1, 0], [0, 0]]))
        assert both[0][:2].tolist() == [0.5, 0.5]
        assert both[1][0] == 1.0
        assert np.isnan(both[1][1])
        mean = mean_draws(both)
        assert mean[:2].tolist() == [0.75, 0.5]
        assert np.isnan(mean[2])
