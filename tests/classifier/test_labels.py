"""The labels as a writer meets them, against the rule book and the contract."""

from __future__ import annotations

import re

import pytest

from classifier.errors import InvalidInputError
from classifier.labels import CRITERION_IDS, LABEL_IDS, Label, criteria, labels, select
from classifier.training.texts import data_folder

RULE_BOOK_ORDER = (
    "overstated_efficacy",
    "causal_overreach",
    "preclinical_extrapolation",
    "sensational_language",
    "understated_harms",
    "disease_mongering",
    "speculative_availability",
    "anecdotal_evidence",
    "surrogate_endpoint",
    "missing_phase_context",
    "missing_absolute_risk",
    "missing_comparator",
)
MAIN_CRITERION = dict(
    zip(
        RULE_BOOK_ORDER,
        [
            "benefits",
            "evidence",
            "evidence",
            "language",
            "harms",
            "disease_mongering",
            "availability",
            "evidence",
            "benefits",
            "evidence",
            "benefits",
            "evidence",
        ],
        strict=True,
    )
)


def test_there_are_twelve_in_the_order_of_the_rule_book() -> None:
    assert LABEL_IDS == RULE_BOOK_ORDER == tuple(labels())


def test_there_are_ten_criteria() -> None:
    assert len(CRITERION_IDS) == len(set(CRITERION_IDS)) == 10
    assert tuple(criteria()) == CRITERION_IDS


def test_each_belongs_to_known_criteria() -> None:
    for label in labels().values():
        assert label.criteria
        assert set(label.criteria) <= set(CRITERION_IDS)
        assert len(set(label.criteria)) == len(label.criteria)


def test_the_main_criterion_is_the_rule_book_s() -> None:
    assert {label.id: label.criterion for label in labels().values()} == MAIN_CRITERION


def test_the_anchors_are_headings_of_the_rule_book_in_the_same_order() -> None:
    headings = re.findall(r"^## (.+)$", (data_folder() / "GUIDELINES.md").read_text(encoding="utf-8"), re.MULTILINE)
    anchors = [heading.lower().replace(" ", "-") for heading in headings]
    found = [anchors.index(label.anchor) for label in labels().values()]
    assert found == list(range(found[0], found[0] + 12))


@pytest.mark.parametrize("label", labels().values(), ids=LABEL_IDS)
class TestWords:
    def test_the_title_is_short_and_no_sentence(self, label: Label) -> None:
        assert 3 <= len(label.title) <= 40
        assert label.title[0].isupper()
        assert label.title[-1].isalpha()

    def test_message_and_suggestion_are_sentences(self, label: Label) -> None:
        for words in (label.message, label.suggestion):
            assert words[0].isupper()
            assert re.search(r"\.”?$", words)
            assert words == " ".join(words.split())
            assert 40 <= len(words) <= 220

    def test_they_are_written_with_typographic_quotes_and_no_identifier(self, label: Label) -> None:
        for words in (label.title, label.message, label.suggestion):
            assert '"' not in words
            assert "_" not in words
            assert words.count("“") == words.count("”")

    def test_the_suggestion_says_something_else_than_the_message(self, label: Label) -> None:
        assert label.suggestion != label.message


def test_titles_and_messages_are_told_apart() -> None:
    for field in ("title", "message", "suggestion", "anchor"):
        assert len({getattr(label, field) for label in labels().values()}) == 12


def test_criteria_are_questions() -> None:
    assert all(criterion.question.endswith("?") and criterion.title for criterion in criteria().values())


class TestSelect:
    def test_none_is_all(self) -> None:
        assert select(None) == frozenset(LABEL_IDS)

    def test_what_was_asked_for(self) -> None:
        assert select(["surrogate_endpoint", "surrogate_endpoint"]) == frozenset({"surrogate_endpoint"})

    def test_an_empty_choice_is_refused(self) -> None:
        with pytest.raises(InvalidInputError, match="labels is an empty list") as caught:
            select([])
        assert (caught.value.field, caught.value.code) == ("labels", "empty")

    @pytest.mark.parametrize("name", ["hype", "Surrogate_Endpoint", "", " surrogate_endpoint"])
    def test_an_unknown_name_is_refused_and_the_known_ones_are_told(self, name: str) -> None:
        with pytest.raises(InvalidInputError, match=r"unknown label .* known are overstated_efficacy, ") as caught:
            select(["surrogate_endpoint", name])
        assert (caught.value.field, caught.value.code) == ("labels", "unknown_label")

    def test_a_long_name_is_cut_in_the_message(self) -> None:
        with pytest.raises(InvalidInputError, match="unknown label") as caught:
            select(["z" * 5000])
        assert "z" * 40 in str(caught.value)
        assert "z" * 41 not in str(caught.value)
