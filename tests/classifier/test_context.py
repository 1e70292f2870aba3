"""Context features: columns that are what their names say, and neighbours at the article's edges."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from test_reader import read
from test_told import article, telling

from classifier.claims import STRENGTHS
from classifier.features.context import CONTEXT_FAMILIES, ContextFeatures, log_odds
from classifier.features.reader import ParsedDocument
from classifier.features.reading import ParsedSentence
from classifier.features.sentence import PLACE_NAMES, place_features
from classifier.features.told import told_features, told_names
from classifier.features.topic import TOPIC_NAMES, topic_features
from classifier.features.word_classes import word_classes
from classifier.labels import LABEL_IDS

FOUR = read("Plain head\n\nIt is a miracle. It is dull.\n\nIt is dull too.")
LONE = read("A miracle")
OUTSIDE = -6.0


def scores(documents: list[ParsedDocument]) -> NDArray[np.float64]:
    rows = sum(len(document.sentences) for document in documents)
    return np.random.default_rng(5).uniform(0.01, 0.99, (rows, len(LABEL_IDS)))


def table(
    documents: list[ParsedDocument], families: tuple[str, ...] = CONTEXT_FAMILIES
) -> dict[str, NDArray[np.float32]]:
    family = ContextFeatures(families=families).fit(documents)
    values = family.transform(documents, scores(documents))
    assert values.dtype == np.float32
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


def test_evidence_and_topic_are_those_of_their_modules() -> None:
    told = article(6, telling("stage", "phase 2", 3), telling("comparison", "placebo", 5, background=True))
    found = table([told])
    assert found["told:window:stage:phase 2"].tolist() == [1, 0, 1, 1, 1, 1]
    assert found["told:aside:comparison:placebo"].tolist() == [0, 0, 0, 0, 0, 1]
    for name, column in zip(told_names(), told_features(told).T, strict=True):
        assert np.array_equal(found[f"told:{name}"], column)
    for name, column in zip(TOPIC_NAMES, topic_features(told).T, strict=True):
        assert np.array_equal(found[f"topic:{name}"], column)


def test_classes_of_the_sentence_and_of_the_headline() -> None:
    document = read("The pill for all\n\nThe pill eases pain. It is dull.")
    found = table([document])
    # "The pill" and "pill" are entries both.
    assert found["class:drug"].tolist() == [2, 2, 0]
    assert found["class_headline:drug"].tolist() == [2, 2, 2]
    assert found["class:benefit_s"].tolist() == [0, 1, 0]
    assert found["class_headline:benefit_s"].tolist() == [0, 0, 0]
    for column, name in enumerate(word_classes()):
        assert np.array_equal(found[f"class:{name}"], document.class_counts[:, column])


PARTS = {
    "cues": {"cue", "cue_before", "cue_after", "cue_share", "cue_headline"},
    "place": {"place"},
    "evidence": {"told"},
    "topic": {"topic"},
    "classes": {"class", "class_headline"},
}
ALWAYS = {"own", "previous", "next", "highest", "mean"}


class TestFamilies:
    def test_all_are_there_by_default(self) -> None:
        assert ContextFeatures().families == CONTEXT_FAMILIES == tuple(PARTS)
        assert {name.split(":")[0] for name in table([FOUR])} == ALWAYS.union(*PARTS.values())

    @pytest.mark.parametrize("family", CONTEXT_FAMILIES)
    def test_one_adds_its_columns_only(self, family: str) -> None:
        found, everything = table([FOUR], (family,)), table([FOUR])
        assert {name.split(":")[0] for name in found} == ALWAYS | PARTS[family]
        assert all(np.array_equal(column, everything[name]) for name, column in found.items())

    def test_scores_alone_remain_without_any(self) -> None:
        assert {name.split(":")[0] for name in table([FOUR], ())} == ALWAYS

    def test_their_order_does_not_matter(self) -> None:
        one, other = table([FOUR], ("topic", "place")), table([FOUR], ("place", "topic"))
        assert list(one) == list(other)
        assert all(np.array_equal(one[name], other[name]) for name in one)


class TestClaims:
    class Lengths:
        """Stands for a fitted model: a sentence's strengths are its number of tokens, times 1 to 4."""

        def predict_proba(self, sentences: list[ParsedSentence]) -> NDArray[np.float64]:
            return np.array([[len(row.tokens) * step for step in (1, 2, 3, 4)] for row in sentences], dtype=float)

    def test_of_the_sentence_its_neighbours_and_the_headline(self) -> None:
        family = ContextFeatures(families=(), claims=self.Lengths())
        documents = [read("One two\n\nThree. Four five six."), LONE]
        values = family.transform(documents, scores(documents))
        found = dict(zip(family.get_feature_names_out(), values.T.tolist(), strict=True))
        tokens = [2, 2, 4, 2]
        assert [len(row.tokens) for document in documents for row in document.sentences] == tokens
        for step, strength in enumerate(STRENGTHS, start=1):
            assert found[f"claim:{strength}"] == [step * count for count in tokens]
            # 0 beyond an article's edges.
            assert found[f"claim_previous:{strength}"] == [0, step * 2, step * 2, 0]
            assert found[f"claim_next:{strength}"] == [step * 2, step * 4, 0, 0]
            assert found[f"claim_headline:{strength}"] == [step * 2] * 4

    def test_there_are_none_without_a_model(self) -> None:
        assert not any(name.startswith("claim") for name in table([FOUR]))


def test_articles_do_not_see_each_other() -> None:
    documents = [FOUR, LONE, article(3, telling("stage", "pilot", 0)), FOUR]
    together = ContextFeatures().fit([]).transform(documents, scores(documents))
    ends = np.cumsum([len(document.sentences) for document in documents])[:-1]
    parts = np.split(scores(documents), ends)
    alone = [ContextFeatures().transform([d], part) for d, part in zip(documents, parts, strict=True)]
    assert np.array_equal(together, np.vstack(alone))
