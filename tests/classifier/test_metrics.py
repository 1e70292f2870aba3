"""Measures, against counts made by hand."""

from __future__ import annotations

import numpy as np
import pytest

from classifier.annotation import LabelledSpan
from classifier.document import Document, Span
from classifier.labels import LABEL_IDS
from classifier.training.corpus import Article, GoldLabel
from classifier.training.gold import nearest, training_set
from classifier.training.metrics import (
    at_thresholds,
    average_precisions,
    by_label,
    calibration_errors,
    count_pairs,
    mean_average_precision,
    rates,
    with_intervals,
)

HYPE, CURE = "sensational_language", "overstated_efficacy"
#       0         10        20        30
TEXT = "A miracle here.     It cures pain."
FIRST, SECOND = Span(0, 15), Span(20, 34)


def article(*labels: tuple[str, Span, Span]) -> Article:
    gold = tuple(GoldLabel(sentence, label, trigger) for label, sentence, trigger in labels)
    return Article("own-001", Document(TEXT), (FIRST, SECOND), gold, "own", 0, "story", None)


def shown(label: str, start: int, end: int) -> LabelledSpan:
    return LabelledSpan("0" * 16, label, Span(start, end), Span(0, 34), TEXT[start:end], 0.5)


GOLD = article((HYPE, FIRST, Span(2, 9)), (CURE, SECOND, Span(23, 33)))


def total(*spans: LabelledSpan) -> list[int]:
    counts: list[int] = count_pairs([GOLD], [spans]).sum(axis=(0, 1)).tolist()
    return counts


class TestCounts:
    def test_nothing_shown(self) -> None:
        assert total() == [0, 0, 2, 0]

    def test_a_hit_with_its_trigger(self) -> None:
        assert total(shown(HYPE, 2, 9)) == [1, 1, 2, 1]

    def test_a_hit_beside_its_trigger(self) -> None:
        assert total(shown(HYPE, 9, 14)) == [1, 1, 2, 0]

    def test_the_other_sentence_is_a_miss(self) -> None:
        assert total(shown(HYPE, 23, 33)) == [0, 1, 2, 0]

    def test_the_other_label_is_a_miss(self) -> None:
        assert total(shown(CURE, 2, 9)) == [0, 1, 2, 0]

    def test_a_pair_counts_once_however_often_it_is_shown(self) -> None:
        assert total(shown(HYPE, 10, 14), shown(HYPE, 2, 9), shown(HYPE, 2, 4)) == [1, 1, 2, 1]

    def test_a_span_in_a_gap_counts_for_the_nearest_sentence(self) -> None:
        assert total(shown(HYPE, 14, 18)) == [1, 1, 2, 0]  # middle 16, one after the first
        assert total(shown(CURE, 17, 22)) == [1, 1, 2, 0]  # middle 19.5, half before the second

    def test_articles_and_labels_are_kept_apart(self) -> None:
        counts = count_pairs([GOLD, GOLD], [[shown(HYPE, 2, 9)], []])
        assert counts.shape == (2, len(LABEL_IDS), 4)
        assert counts[0, LABEL_IDS.index(HYPE)].tolist() == [1, 1, 1, 1]
        assert counts[1, LABEL_IDS.index(HYPE)].tolist() == [0, 0, 1, 0]
        assert counts[0, LABEL_IDS.index(CURE)].tolist() == [0, 0, 1, 0]

    def test_as_many_predictions_as_articles_are_needed(self) -> None:
        with pytest.raises(ValueError, match=r"zip\(\) argument 2 is shorter"):
            count_pairs([GOLD, GOLD], [[]])


class TestNearest:
    @pytest.mark.parametrize(
        ("start", "end", "row"),
        [(0, 1, 0), (14, 15, 0), (15, 20, 0), (16, 20, 1), (20, 21, 1), (34, 40, 1), (12, 22, 0), (13, 23, 1)],
    )
    def test_the_middle_decides_and_a_tie_goes_back(self, start: int, end: int, row: int) -> None:
        assert nearest([FIRST, SECOND], Span(start, end)) == row

    def test_before_the_first(self) -> None:
        assert nearest([Span(5, 9), Span(10, 12)], Span(0, 2)) == 0


def test_gold_labels_are_lined_up_with_our_sentences() -> None:
    gold = training_set([GOLD, GOLD])
    assert gold.y.shape == (4, len(LABEL_IDS))
    assert gold.y[0].nonzero()[0].tolist() == [LABEL_IDS.index(HYPE)]
    assert gold.y[3].nonzero()[0].tolist() == [LABEL_IDS.index(CURE)]
    assert gold.sizes == [2, 2]
    assert gold.trigger_articles == (0, 0, 1, 1)


class TestRates:
    def test_by_hand(self) -> None:
        assert rates(np.array([3, 4, 6, 2])) == {
            "precision": 0.75,
            "recall": 0.5,
            "f1": pytest.approx(0.6),
            "trigger_overlap": pytest.approx(2 / 3),
        }

    def test_nothing_divided_by_nothing_is_0(self) -> None:
        assert set(rates(np.zeros(4, dtype=np.int64)).values()) == {0.0}

    def test_intervals_hold_the_value_and_repeat_with_the_seed(self) -> None:
        counts = count_pairs([GOLD] * 6, [[shown(HYPE, 2, 9)], [], [shown(CURE, 2, 9)], [shown(HYPE, 2, 9)], [], []])
        found = with_intervals(counts, seed=1)
        assert (found["hits"], found["shown"], found["gold"]) == (2, 3, 12)
        assert found["precision"]["value"] == 0.6667
        assert found["precision"]["low"] < 0.6667 < found["precision"]["high"]
        assert found == with_intervals(counts, seed=1)

    def test_one_article_leaves_no_width(self) -> None:
        found = with_intervals(count_pairs([GOLD], [[shown(HYPE, 2, 9)]]))
        assert found["recall"] == {"value": 0.5, "low": 0.5, "high": 0.5}

    def test_by_label(self) -> None:
        table = by_label(count_pairs([GOLD], [[shown(HYPE, 2, 9), shown(CURE, 2, 9)]]))
        assert list(table) == list(LABEL_IDS)
        assert (table[HYPE]["precision"], table[HYPE]["gold"]) == (1.0, 1)
        assert (table[CURE]["precision"], table[CURE]["recall"], table[CURE]["shown"]) == (0.0, 0.0, 1)


def matrix(values: list[float]) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    table = np.zeros((len(values), len(LABEL_IDS)))
    table[:, 0] = values
    return table


class TestScores:
    def test_calibration_error_by_hand(self) -> None:
        # Two bins: 0.2, 0.2 of which one is true (off by 0.3); 0.9, 1.0 of which both are (off by 0.05).
        found = calibration_errors(matrix([0.2, 0.2, 0.9, 1.0]), matrix([1, 0, 1, 1]).astype(np.int8))
        assert found[CURE] == pytest.approx(0.5 * 0.3 + 0.5 * 0.05)
        assert found["missing_comparator"] == 0

    def test_perfect_calibration_has_none(self) -> None:
        found = calibration_errors(matrix([0.5, 0.5, 0.0, 1.0]), matrix([1, 0, 0, 1]).astype(np.int8))
        assert found[CURE] == 0

    def test_average_precision_and_its_mean(self) -> None:
        y = matrix([1, 0, 1]).astype(np.int8)
        found = average_precisions(matrix([0.9, 0.8, 0.7]), y)
        assert found[CURE] == pytest.approx((1 + 2 / 3) / 2, abs=1e-4)
        assert found[HYPE] is None
        assert mean_average_precision(found) == found[CURE]

    def test_rates_at_thresholds(self) -> None:
        row = dict.fromkeys(LABEL_IDS, 0.5)
        found = at_thresholds(matrix([0.5, 0.4, 0.9]), matrix([1, 1, 0]).astype(np.int8), {"balanced": row})
        assert found == {"balanced": {"precision": 0.5, "recall": 0.5, "f1": 0.5}}
