"""The costliest errors: which, in which order, and how they are printed."""

from __future__ import annotations

import pytest
from small_evaluation import CURE, HYPE, SAFE, WordAnnotator, article

from classifier.training.errors import Mistake, costliest, listing
from classifier.training.evaluate import outcome_of

ARTICLES = [
    # False alarms of 0.6 and 0.9, and a hit.
    article(1, "Pills\n\nOne zebracure=60 here. One zebramarvel there.  A zebrasafe thing.", (SAFE, "zebrasafe")),
    # Misses of 0.01 and 0.3.
    article(2, "Pills\n\nA marvel for all. One zebracure=30 too.", (HYPE, "marvel"), (CURE, "zebracure=30")),
]


def mistakes(wanted: int) -> list[Mistake]:
    outcome = outcome_of(WordAnnotator(), ARTICLES)  # type: ignore[arg-type]
    return costliest(ARTICLES, outcome.gold.documents, outcome.scores, outcome.shown["balanced"], wanted)


def test_false_alarms_by_falling_score_then_misses_by_rising_score() -> None:
    assert mistakes(20) == [
        Mistake("false alarm", HYPE, 0.9, "own-001", "zebramarvel", "One zebramarvel there."),
        Mistake("false alarm", CURE, 0.6, "own-001", "zebracure=60", "One zebracure=60 here."),
        Mistake("miss", HYPE, 0.01, "own-002", "marvel", "A marvel for all."),
        Mistake("miss", CURE, 0.3, "own-002", "zebracure=30", "One zebracure=30 too."),
    ]


@pytest.mark.parametrize(("wanted", "scores"), [(0, []), (1, [0.01]), (2, [0.9, 0.01]), (3, [0.9, 0.01, 0.3])])
def test_half_of_each_kind(wanted: int, scores: list[float]) -> None:
    assert [mistake.score for mistake in mistakes(wanted)] == scores


def test_one_kind_fills_up_the_other() -> None:
    outcome = outcome_of(WordAnnotator(), ARTICLES[:1])  # type: ignore[arg-type]
    found = costliest(ARTICLES[:1], outcome.gold.documents, outcome.scores, outcome.shown["balanced"], 2)
    assert [mistake.score for mistake in found] == [0.9, 0.6]


def test_nothing_in_a_text_steers_the_terminal() -> None:
    text = listing([Mistake("miss", HYPE, 0.5, "own-001", "a\x1b[2J\nmarvel", "A\x1b[2J \u202emarvel\r\n here.")])
    assert text.split("\n") == [
        "miss        0.500  sensational_language  “a�[2J marvel”  (own-001)",
        "    A�[2J �marvel here.",
    ]
