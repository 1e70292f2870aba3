"""Context features: columns that are what their names say, and neighbours at the article's edges."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from test_reader import read
from test_told import article, telling

from classifier.claims import STRENGTHS
from classifier.document import Document
from classifier.features.context import CONTEXT_FAMILIES, ContextFeatures
from classifier.features.place import PLACE_NAMES, place_features
from classifier.features.reader import ParsedDocument, shared_reader
from classifier.features.reading import ParsedSentence, SentenceCache
from classifier.features.told import told_features, told_names
from classifier.features.topic import TOPIC_NAMES, topic_features
from classifier.features.word_classes import word_classes
from classifier.labels import LABEL_IDS
from classifier.odds import log_odds

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
    def test_of_the_sentence_its_neighbours_and_the_headline(self) -> None:
        family = ContextFeatures(families=(), claims=Lengths())
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


class Lengths:
    """Stands for a fitted model of claims: a sentence's strengths are its number of tokens, times 1 to 4."""

    def predict_proba(self, sentences: list[ParsedSentence]) -> NDArray[np.float64]:
        return np.array([[len(row.tokens) * step for step in (1, 2, 3, 4)] for row in sentences], dtype=float)


PIECES = (
    "A miracle pill\n\n", "It is a miracle.", "It is dull.", "The pill was tried in mice.", "Phase 2 trial", "\n\n",
    "compared with placebo.", "48 volunteers took the pill", ". ", " ", "Nobody was harmed.", "Photo: AP", "It cures.",
)  # fmt: skip
TEXTS = st.lists(st.sampled_from(PIECES), min_size=1, max_size=14).map("".join).filter(str.strip)


class Numbered:
    """Numbers of sentences by all that the first stage says of them, which here is made up of their words."""

    def __init__(self) -> None:
        self.known: dict[object, int] = {}

    def scores(self, document: ParsedDocument) -> NDArray[np.float64]:
        steps = np.arange(1, len(LABEL_IDS) + 1)
        return np.array([0.5 / (len(row.tokens) + steps) for row in document.sentences])

    def numbers(self, document: ParsedDocument) -> list[int]:
        abouts = [
            (row.reading.text, row.sentence.index, len(document.sentences), row.sentence.kind)
            for row in document.sentences
        ]
        return [self.known.setdefault(about, len(self.known) + 1) for about in abouts]


@settings(max_examples=150)
@given(TEXTS, st.lists(st.tuples(st.floats(0, 1), st.floats(0, 0.2), st.sampled_from(PIECES)), min_size=1, max_size=4))
def test_what_a_sentence_s_columns_hang_on_is_all_that_they_hang_on(
    text: str, changes: list[tuple[float, float, str]]
) -> None:
    cache, numbered = SentenceCache(100), Numbered()
    family = ContextFeatures(claims=Lengths())
    known: dict[object, bytes] = {}
    for place, length, piece in changes:
        document = shared_reader().read([Document(text)], cache)[0]
        own = family.table([document], numbered.scores(document)).own
        for about, row in zip(family.hangs_on([document], numbered.numbers(document)), own, strict=True):
            assert known.setdefault(about, row.tobytes()) == row.tobytes()
        start = int(place * len(text))
        text = text[:start] + piece + text[start + int(length * len(text)) :]
        if not text.strip():
            return


def test_it_stays_the_same_far_from_a_change() -> None:
    cache, numbered, family = SentenceCache(100), Numbered(), ContextFeatures(claims=Lengths())
    text = "A pill\n\n" + " ".join(f"It is number {'x' * number}." for number in range(9))
    first, second = (
        shared_reader().read([Document(one)], cache)[0]
        for one in (text, text.replace("number xxxx.", "old number xxxx."))
    )
    before, after = (family.hangs_on([document], numbered.numbers(document)) for document in (first, second))
    same = [one == other for one, other in zip(before, after, strict=True)]
    assert same == [abs(place - 5) > 2 for place in range(10)]


@given(TEXTS, st.sets(st.integers(0, 13)))
def test_some_rows_are_those_of_the_whole_table(text: str, chosen: set[int]) -> None:
    documents = [read(text), FOUR]
    values = np.vstack([Numbered().scores(document) for document in documents])
    family = ContextFeatures(claims=Lengths())
    whole = family.table(documents, values)
    rows = sorted(row for row in chosen if row < len(values))
    some = family.table(documents, values, rows=rows)
    assert np.array_equal(some.own, whole.own[rows])
    assert np.array_equal(some.article, whole.article)
    assert np.array_equal(some.shared, whole.shared)
    assert list(some.sizes) == list(whole.sizes)


@given(TEXTS, st.sets(st.integers(0, 13), min_size=1))
def test_a_part_of_a_document_stands_where_it_stood(text: str, chosen: set[int]) -> None:
    document = read(text)
    rows = sorted(row for row in chosen if row < len(document.sentences)) or [0]
    assert np.array_equal(place_features(document.part(rows)), place_features(document)[rows])


def test_a_paragraph_that_begins_is_told_apart() -> None:
    numbered, family = Numbered(), ContextFeatures()
    cache = SentenceCache(100)
    texts = ("A pill\n\nIt is dull. It cures.", "A pill\n\nIt is dull.\n\nIt cures.")
    first, second = (shared_reader().read([Document(text)], cache)[0] for text in texts)
    assert numbered.numbers(first) == numbered.numbers(second)
    before, after = (family.hangs_on([document], numbered.numbers(document)) for document in (first, second))
    assert [one == other for one, other in zip(before, after, strict=True)] == [True, True, False]
