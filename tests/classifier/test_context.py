"""Context features: columns that are what their names say, and neighbours at the article's edges."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from test_reader import read

from classifier.features.context import ContextFeatures, log_odds
from classifier.features.reader import ParsedDocument
from classifier.features.sentence import PLACE_NAMES, place_features
from classifier.labels import LABEL_IDS

FOUR = read("Plain head\n\nIt is a miracle. It is dull.\n\nIt is dull too.")
LONE = read("A miracle")
OUTSIDE = -6.0


def scores(documents: list[ParsedDocument]) -> NDArray[np.float64]:
    rows = sum(len(document.sentences) for document in documents)
    return np.random.default_rng(5).uniform(0.01, 0.99, (rows, len(LABEL_IDS)))


def table(documents: list[ParsedDocument]) -> dict[str, NDArray[np.float32]]:
    family = ContextFeatures().fit(documents)
    values = family.transform(documents, scores(documents))
    names = family.get_feature_names_out()
    assert values.shape == (sum(len(document.sentences) for document in documents), len(names))
    assert len(set(names)) == len(names)
    return dict(zip(names, values.T, strict=True))


class TestLogOdds:
    def test_one_half_is_0(self) -> None:
        assert log_odds(np.array([0.5])).tolist() == [0]
        assert log_odds(np.array([0.75])) == pytest.approx([np.log(3)])

    def test_the_ends_stay_finite(self) -> None:
        low, high = log_odds(np.array([0.0, 1.0]))
        assert low == pytest.approx(-high)
        assert 9 < high < 10


def test_own_and_neighbours_scores() -> None:
    found = table([FOUR])
    for column, label in enumerate(LABEL_IDS):
        odds = log_odds(scores([FOUR]))[:, column]
        assert found[f"own:{label}"] == pytest.approx(odds, rel=1e-6)
        assert found[f"previous:{label}"] == pytest.approx([OUTSIDE, *odds[:-1]], rel=1e-6)
        assert found[f"next:{label}"] == pytest.approx([*odds[1:], OUTSIDE], rel=1e-6)
        assert found[f"highest:{label}"] == pytest.approx([odds.max()] * 4, rel=1e-6)
        assert found[f"mean:{label}"] == pytest.approx([odds.mean()] * 4, rel=1e-6)


def test_cues_before_and_after_reach_two_sentences() -> None:
    found = table([FOUR])
    assert found["cue:hype_noun"].tolist() == [0, 1, 0, 0]
    assert found["cue_before:hype_noun"].tolist() == [0, 0, 1, 1]
    assert found["cue_after:hype_noun"].tolist() == [1, 0, 0, 0]
    assert found["cue_headline:hype_noun"].tolist() == [0, 0, 0, 0]
    assert found["cue_share:hype_noun"] == pytest.approx([1 / 3] * 4)


def test_a_cue_three_sentences_away_is_not_seen() -> None:
    far = read("Plain head\n\nIt is dull. It is dull. It is a miracle.")
    assert table([far])["cue_after:hype_noun"].tolist() == [0, 1, 1, 0]


def test_a_document_of_one_sentence_has_no_neighbours() -> None:
    found = table([LONE])
    assert all(found[f"{part}:{label}"] == OUTSIDE for part in ("previous", "next") for label in LABEL_IDS)
    assert found["cue_before:hype_noun"] == found["cue_after:hype_noun"] == 0
    assert found["cue_share:hype_noun"] == 1


def test_place() -> None:
    found = table([FOUR])
    assert found["place:index"].tolist() == [0, 1, 2, 3]
    assert found["place:sentences"].tolist() == [4] * 4
    assert found["place:paragraph_start"].tolist() == [1, 1, 0, 1]
    for column, name in enumerate(PLACE_NAMES):
        assert np.array_equal(found[f"place:{name}"], place_features(FOUR)[:, column])


def test_articles_do_not_see_each_other() -> None:
    together = ContextFeatures().fit([]).transform([FOUR, LONE], scores([FOUR, LONE]))
    parts = np.split(scores([FOUR, LONE]), [4])
    alone = [ContextFeatures().transform([d], part) for d, part in zip((FOUR, LONE), parts, strict=True)]
    assert np.array_equal(together, np.vstack(alone))
