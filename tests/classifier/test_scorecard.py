"""The scorecard: what it learns, and when it keeps its verdict to itself."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError
from test_reader import read

from classifier.features.reader import ParsedDocument
from classifier.labels import CRITERION_IDS, LABEL_IDS
from classifier.scorecard import Scorecard, article_features

ARTICLES = 60
NOTHING = dict.fromkeys(CRITERION_IDS)
HYPE = LABEL_IDS.index("sensational_language")


def scores(document: ParsedDocument, hype: float) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    table = np.full((len(document.sentences), len(LABEL_IDS)), 0.02)
    table[:, HYPE] = hype
    return table


DOCUMENT = read("Plain head\n\nIt is here. It is there. It is a miracle.")
HYPED, SOBER = scores(DOCUMENT, 0.9), scores(DOCUMENT, 0.02)


def toy() -> Scorecard:
    """Language is bad where the hype is; harms are drawn at random; costs are known of too few articles."""
    rng = np.random.default_rng(4)
    rows, verdicts = [], []
    for number in range(ARTICLES):
        hyped = number % 2
        rows.append(article_features(DOCUMENT, scores(DOCUMENT, rng.uniform(0.6, 0.9) if hyped else 0.05)))
        verdicts.append(
            NOTHING
            | {"language": 1 - hyped, "harms": int(rng.integers(2))}
            | {"costs": hyped if number < 39 else None, "sources": 1}
        )
    return Scorecard(strength=1.0).fit(np.vstack(rows), verdicts)


CARD = toy()


def test_it_learns_what_can_be_learnt() -> None:
    assert CARD.knows_["language"]
    assert CARD.macro_f1_["language"] > 0.95
    assert CARD.judge(DOCUMENT, HYPED)["language"].verdict == "not satisfactory"
    assert CARD.judge(DOCUMENT, SOBER)["language"].verdict == "satisfactory"


def test_scores_are_rising_with_merit() -> None:
    sober, hyped = CARD.judge(DOCUMENT, SOBER)["language"].score, CARD.judge(DOCUMENT, HYPED)["language"].score
    assert 0 <= hyped < 0.4 < 0.6 < sober <= 1


def test_a_criterion_that_can_not_be_learnt_gets_a_score_but_no_verdict() -> None:
    assert not CARD.knows_["harms"]
    assert CARD.judge(DOCUMENT, HYPED)["harms"].verdict is None
    assert CARD.judge(DOCUMENT, SOBER)["harms"].verdict is None


def test_no_verdict_where_it_is_unsure() -> None:
    between = [CARD.judge(DOCUMENT, scores(DOCUMENT, hype))["language"] for hype in np.linspace(0.02, 0.9, 200)]
    unsure = [card for card in between if abs(card.score - 0.5) < 0.1]
    assert unsure
    assert all(card.verdict is None for card in unsure)
    assert all(card.verdict is not None for card in between if abs(card.score - 0.5) >= 0.1)


def test_too_few_or_one_sided_verdicts_make_no_criterion() -> None:
    assert {"costs", "sources", "evidence"}.isdisjoint(CARD.judge(DOCUMENT, HYPED))
    assert set(CARD.judge(DOCUMENT, HYPED)) == {"language", "harms"}


def test_features_are_of_one_length_for_any_article() -> None:
    lone = read("Hello")
    assert article_features(lone, scores(lone, 0.1)).shape == article_features(DOCUMENT, HYPED).shape
    assert np.isfinite(article_features(lone, scores(lone, 0.0))).all()
    assert not np.array_equal(article_features(DOCUMENT, SOBER), article_features(DOCUMENT, HYPED))


def test_one_verdict_an_article_is_needed() -> None:
    with pytest.raises(ValueError, match="3 articles but 2 verdicts"):
        Scorecard().fit(np.zeros((3, 2)), [NOTHING, NOTHING])


def test_it_must_be_fitted_first() -> None:
    with pytest.raises(NotFittedError, match="not fitted yet"):
        Scorecard().judge(DOCUMENT, SOBER)
