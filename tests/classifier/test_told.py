"""What the article tells of its evidence, by sentence: windows to the very sentence, and known columns."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from test_reader import TEXTS, read

from classifier.document import Document
from classifier.evidence import KINDS, Evidence
from classifier.evidence.kinds import STAGELESS, VALUES
from classifier.features.reader import ParsedDocument, shared_reader
from classifier.features.reading import SentenceCache
from classifier.features.told import (
    AFTER_HEADLINE,
    FURTHER_AFTER,
    GROUPS,
    TOLD,
    _distances,
    counting,
    in_window,
    told_features,
    told_here,
    told_memo,
    told_names,
)


def telling(kind: str, value: str, sentence: int, *, background: bool = False, weak: bool = False) -> Evidence:
    return Evidence(kind, value, sentence, read("Head").sentences[0].sentence.span, background, weak)


def article(count: int, *tellings: Evidence) -> ParsedDocument:
    """A headline and dull sentences, ``count`` in all, that are said to tell just this."""
    document = read("Plain head\n\n" + "The town lies by the sea. " * (count - 1))
    assert len(document.sentences) == count
    return replace(document, memo={"evidence": tellings})


def table(document: ParsedDocument) -> dict[str, list[float]]:
    values = told_features(document)
    assert values.dtype == np.float32
    return {name: column.tolist() for name, column in zip(told_names(), values.T, strict=True)}


def rows(count: int, *told: int) -> NDArray[np.bool_]:
    return np.isin(np.arange(count), told)


class TestWindow:
    """Rows whose window holds the one that tells; the headline is row 0."""

    @pytest.mark.parametrize(
        ("told", "excused"),
        [
            (0, {0, 1, 2}),
            (1, {0, 1, 2, 3}),
            (2, {0, 1, 2, 3, 4}),
            (3, {0, 2, 3, 4, 5}),
            (4, {3, 4, 5, 6}),  # four after the headline
            (5, {4, 5, 6, 7}),
            (8, {7, 8, 9}),
            (9, {8, 9}),
        ],
    )
    def test_the_stage_two_before_one_after_and_three_after_the_headline(self, told: int, excused: set[int]) -> None:
        assert set(np.flatnonzero(in_window(rows(10, told)))) == excused

    @pytest.mark.parametrize(
        ("told", "excused"), [(0, {0, 1, 2}), (1, {0, 1, 2, 3}), (2, {1, 2, 3, 4}), (3, {2, 3, 4, 5}), (9, {8, 9})]
    )
    def test_a_comparison_two_before_one_after_also_of_the_headline(self, told: int, excused: set[int]) -> None:
        assert set(np.flatnonzero(in_window(rows(10, told), after_headline=1))) == excused

    @pytest.mark.parametrize(
        ("told", "excused"),
        [
            (0, {0, 1, 2}),
            (2, {0, 1, 2, 3, 4}),
            (3, {1, 2, 3, 4, 5}),
            (5, {3, 4, 5, 6, 7}),
            (9, {7, 8, 9}),
        ],
    )
    def test_absolute_figures_two_before_two_after(self, told: int, excused: set[int]) -> None:
        found = in_window(rows(10, told), FURTHER_AFTER, after_headline=FURTHER_AFTER)
        assert set(np.flatnonzero(found)) == excused

    def test_nothing_told_excuses_nothing(self) -> None:
        assert not in_window(rows(6)).any()

    def test_what_was_given_stays_as_it_was(self) -> None:
        here = rows(6, 2)
        in_window(here)
        assert np.array_equal(here, rows(6, 2))

    @given(
        st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=9),
        st.integers(1, 3),
        st.integers(0, 5),
    )
    def test_any_article_of_any_length(self, told: list[tuple[bool, bool]], after: int, after_headline: int) -> None:
        here = np.asarray(told)
        found = in_window(here, after, after_headline)
        for row in range(len(here)):
            last = max(after, after_headline) if row == 0 else after
            assert np.array_equal(found[row], here[max(0, row - 2) : row + last + 1].any(axis=0))


class TestGroups:
    def test_each_has_columns_of_its_own_kind(self) -> None:
        assert len(set(TOLD)) == len(TOLD)
        for group, members in GROUPS.items():
            assert members, group
            assert set(members) <= set(TOLD)

    @pytest.mark.parametrize("value", VALUES["stage"])
    def test_an_approval_tells_no_stage(self, value: str) -> None:
        here = told_here(article(3, telling("stage", value, 1)))
        expected = [False, value not in STAGELESS, False]
        assert here["stage"].tolist() == here["stage_or_size"].tolist() == expected

    @pytest.mark.parametrize(
        ("kind", "value", "groups"),
        [
            ("sample_size", "48", {"stage_or_size"}),
            ("comparison", "placebo", {"comparison"}),
            ("comparison", "other arm", {"comparison"}),
            ("absolute_figures", "nnt", {"absolute_figures"}),
            ("harms", "reported", {"harms"}),
            ("harms", "quantified", {"harms", "harms_quantified"}),
            ("harms", "denied", set()),
            ("design", "randomised", set()),
            ("limits", "early", set()),
        ],
    )
    def test_what_a_telling_excuses(self, kind: str, value: str, groups: set[str]) -> None:
        here = told_here(article(3, telling(kind, value, 2)))
        assert {group for group, column in here.items() if column.any()} == groups
        assert all(here[group].tolist() == [False, False, True] for group in groups)

    @pytest.mark.parametrize("extra", [{"background": True}, {"weak": True}])
    def test_so_does_one_of_other_work_and_a_weak_one(self, extra: dict[str, bool]) -> None:
        assert told_here(article(2, telling("stage", "phase 2", 1, **extra)))["stage"].tolist() == [False, True]


class TestFeatures:
    def test_names_are_unique_and_as_many_as_columns(self) -> None:
        assert len(set(told_names())) == len(told_names())
        assert told_features(article(4)).shape == (4, len(told_names()))

    def test_an_article_that_tells_nothing(self) -> None:
        found = table(article(3))
        kept = {name: column[0] for name, column in found.items() if any(column)}
        assert {name for name in kept if name.startswith("first:")} == {f"first:{name}" for name in TOLD}
        assert {name for name in kept if name.startswith("distance:")} == {f"distance:{name}" for name in GROUPS}
        rest = {name: value for name, value in kept.items() if not name.startswith(("first:", "distance:"))}
        assert rest == {"largest_size": -1, "smallest_size": -1}
        assert found["first:stage:pilot"] == pytest.approx([1.2] * 3)
        assert found["distance:stage"] == [50] * 3

    def test_a_telling_here_in_the_window_and_in_the_article(self) -> None:
        found = table(article(8, telling("comparison", "placebo", 5)))
        name = "comparison:placebo"
        assert found[f"here:{name}"] == found["here:any_comparison"] == [0, 0, 0, 0, 0, 1, 0, 0]
        assert found[f"window:{name}"] == found["window:comparison"] == [0, 0, 0, 0, 1, 1, 1, 1]
        assert found["wide:comparison"] == [0, 0, 0, 1, 1, 1, 1, 1]
        assert found["distance:comparison"] == [5, 4, 3, 2, 1, 0, 1, 2]
        assert found[f"article:{name}"] == pytest.approx([np.log(2)] * 8)
        assert found[f"first:{name}"] == pytest.approx([5 / 8] * 8)
        assert found[f"aside:{name}"] == found[f"article_aside:{name}"] == [0] * 8
        assert not any(found["here:comparison:control"] + found["window:stage"] + found["here:any_harms"])

    def test_the_headline_looks_three_sentences_ahead_and_not_four(self) -> None:
        names = ("window:stage:pilot", "window:stage", "wide:stage")
        for row, seen in ((AFTER_HEADLINE, 1), (AFTER_HEADLINE + 1, 0)):
            found = table(article(8, telling("stage", "pilot", row)))
            assert [found[name][0] for name in names] == [seen] * 3

    @pytest.mark.parametrize(("row", "lead"), [(0, 1), (4, 1), (5, 0)])
    def test_the_lead_is_five_sentences(self, row: int, lead: int) -> None:
        assert table(article(8, telling("cost", "told", row)))["lead:cost:told"] == [lead] * 8

    def test_other_work_is_kept_apart_but_excuses(self) -> None:
        found = table(article(3, telling("stage", "phase 1", 1, background=True)))
        assert found["aside:stage:phase 1"] == [0, 1, 0]
        assert found["article_aside:stage:phase 1"] == pytest.approx([np.log(2)] * 3)
        assert found["here:stage:phase 1"] == found["article:stage:phase 1"] == found["window:stage:phase 1"] == [0] * 3
        assert found["first:stage:phase 1"] == pytest.approx([1.2] * 3)
        assert found["here:any_stage"] == [0, 1, 0]
        assert found["window:stage"] == [1, 1, 1]

    def test_tellings_of_a_sentence_add_up_to_two_and_weak_ones_are_half(self) -> None:
        design = [telling("design", "review", 1) for _ in range(3)]
        found = table(article(3, *design, telling("design", "randomised", 2, weak=True)))
        assert found["here:design:review"] == [0, 2, 0]
        assert found["article:design:review"] == pytest.approx([np.log(4)] * 3)
        assert found["here:design:randomised"] == [0, 0, 0.5]
        assert found["window:design:randomised"] == [1, 1, 1]

    def test_designs_share_the_votes(self) -> None:
        found = table(article(3, telling("design", "review", 1), telling("design", "observational", 2, weak=True)))
        assert found["votes:review"] == pytest.approx([1 / 2] * 3)
        assert found["votes:observational"] == pytest.approx([0.5 / 2] * 3)
        assert found["votes:randomised"] == found["votes:preclinical"] == found["votes:uncontrolled"] == [0] * 3

    def test_sizes_are_of_this_study(self) -> None:
        sizes = [("48", False), ("1200", False), ("9", True)]
        tellings = [telling("sample_size", value, 1, background=aside) for value, aside in sizes]
        found = table(article(2, *tellings))
        assert found["largest_size"] == pytest.approx([np.log(1201)] * 2)
        assert found["smallest_size"] == pytest.approx([np.log(49)] * 2)
        assert found["here:sample_size:told"] == [0, 2]
        huge = table(article(2, telling("sample_size", "999999999999", 1)))
        assert huge["largest_size"] == huge["smallest_size"] == pytest.approx([np.log(1e7)] * 2, rel=1e-3)

    @pytest.mark.parametrize("kind", KINDS)
    def test_each_kind_and_value_has_a_column(self, kind: str) -> None:
        for value in VALUES[kind] or ("31",):
            found = table(article(2, telling(kind, value, 1)))
            assert found[f"here:{kind}:{value if VALUES[kind] else 'told'}"] == [0, 1]
            assert (
                sum(column[1] for name, column in found.items() if name.startswith("here:") and "any" not in name) == 1
            )

    def test_what_the_reader_finds_is_what_is_told(self) -> None:
        found = table(read("Gel for burns\n\nIt was a phase 2 trial. The town lies by the sea."))
        assert found["here:stage:phase 2"] == [0, 1, 0]
        assert found["window:stage"] == [1, 1, 1]

    @given(TEXTS, st.one_of(st.none(), TEXTS))
    @settings(max_examples=60)
    def test_any_text_gives_finite_columns(self, text: str, title: str | None) -> None:
        document = read(text, title)
        values = told_features(document)
        assert values.shape == (len(document.sentences), len(told_names()))
        assert np.isfinite(values).all()


class TestCredits:
    def test_which_sentences_use_up_a_window(self) -> None:
        document = read(
            "Pill eases migraine\n\nBy Ann Vale\n\nZebra Health Reporter\n\nMONDAY, July 11 (Zebra News) --\n\n"
            "The pill eases migraine. By Monday it was sold out."
        )
        assert counting(document).tolist() == [True, False, False, False, True, True]

    def test_they_are_passed_over(self) -> None:
        here = np.array([False, False, False, False, False, True, False])
        assert in_window(here).tolist() == [False, False, False, False, True, True, True]
        counts = np.array([True, False, False, True, True, True, True])
        # The headline reaches three sentences that count; a credit has no window of its own.
        assert in_window(here, counts=counts).tolist() == [True, False, False, False, True, True, True]

    def test_what_a_credit_tells_is_told_there_alone(self) -> None:
        here = np.array([False, True, False])
        counts = np.array([True, False, True])
        assert in_window(here, counts=counts).tolist() == [False, True, False]


@given(st.lists(st.booleans(), min_size=1, max_size=60))
def test_the_distance_is_that_to_the_nearest(told: list[bool]) -> None:
    places = [place for place, here in enumerate(told) if here]
    nearest = [min((abs(row - place) for place in places), default=50) for row in range(len(told))]
    assert _distances(np.array(told)[:, None])[:, 0].tolist() == nearest


class TestMemo:
    """What hangs on the tellings alone is kept for a few articles, as many sentences as the cache has."""

    def test_an_article_gets_its_own_back_while_it_tells_the_same(self) -> None:
        cache = SentenceCache(100)

        def memo(text: str) -> dict[Any, Any]:
            return told_memo(shared_reader().read([Document(text)], cache)[0])

        first = memo("A pill\n\nIt was tried in mice. It is red.")
        assert memo("A drug\n\nIt was tried in mice. It is blue.") is first
        assert memo("A pill\n\nIt was tried in rats. It is red, too. It is round.") is not first
        assert memo("A pill\n\nIt is red. It was tried in mice.") is not first

    @pytest.mark.parametrize(
        "others",
        [
            (telling("design", "preclinical", 2),),
            (telling("design", "randomised", 1),),
            (telling("harms", "reported", 1),),
            (telling("design", "preclinical", 1, background=True),),
            (telling("design", "preclinical", 1, weak=True),),
            (telling("design", "preclinical", 1), telling("design", "preclinical", 1)),
            (),
        ],
    )
    def test_all_that_the_columns_hang_on_counts(self, others: tuple[Evidence, ...]) -> None:
        kept = SentenceCache(100).memos
        first = article(5, telling("design", "preclinical", 1))
        second = article(5, *others)
        fresh = table(article(5, *others))
        for document in (first, second):
            document.memo["recent"] = kept
        assert table(first) != table(second)
        assert table(second) == fresh
        assert told_memo(first)["number"] != told_memo(second)["number"]

    def test_so_do_the_sentences_that_use_up_windows(self) -> None:
        cache = SentenceCache(100)
        lines = ("It is odd.", "Photo: AP")
        texts = [f"A pill\n\nIt was tried in mice.\n\n{line}\n\nIt is red." for line in lines]
        first, second = (shared_reader().read([Document(text)], cache)[0] for text in texts)
        assert counting(first).tolist() != counting(second).tolist()
        assert told_memo(first)["number"] != told_memo(second)["number"]

    def test_it_takes_no_more_room_however_often_an_article_changes(self) -> None:
        cache = SentenceCache(20)
        for number in range(30):
            text = f"Pill {number}\n\n" + "It is red. " * number + "It was tried in mice."
            told_memo(shared_reader().read([Document(text)], cache)[0])["some"] = number
            assert cache.memos._weight <= 20

    def test_without_a_cache_nothing_is_shared(self) -> None:
        text = "A pill\n\nIt was tried in mice."
        assert told_memo(read(text)) is not told_memo(read(text))
