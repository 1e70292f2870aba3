"""What an article's evidence is, from its tellings."""

from __future__ import annotations

import pytest

from classifier.document import Document, Span
from classifier.evidence import Evidence, EvidenceSummary, find_evidence, summarise
from classifier.features.reader import shared_reader


def telling(kind: str, value: str, sentence: int = 0, background: bool = False, weak: bool = False) -> Evidence:
    return Evidence(kind, value, sentence, Span(0, 1), background, weak)


def summary(text: str) -> EvidenceSummary:
    document = shared_reader().read([Document(text)])[0]
    return summarise(find_evidence(document), len(document.sentences))


def test_nothing_told_is_nothing_known() -> None:
    assert summarise((), 3) == EvidenceSummary(None, None, None, False, frozenset(), ())


def test_a_trial_is_read_whole() -> None:
    got = summary(
        "Gel eases sore knees\n\nThe phase 2 trial randomly assigned 120 patients to the gel or a placebo. "
        "Earlier studies in mice had shown a gain. Side effects were mild. More research is needed."
    )
    assert (got.design, got.stage, got.sample_size, got.approved) == ("randomised", "phase 2", 120, False)
    assert got.told >= {"design", "stage", "sample_size", "comparison", "harms", "limits"}
    assert got.votes[0][0] == "randomised"


def test_background_has_no_vote() -> None:
    got = summarise([telling("design", "preclinical", background=True), telling("design", "review")], 2)
    assert got.design == "review"
    assert [name for name, _ in got.votes] == ["review"]


def test_many_hints_weigh_no_more_than_one_plain_word() -> None:
    hints = [telling("design", "observational", weak=True) for _ in range(30)]
    assert summarise(hints, 1).design == "observational"
    assert summarise([*hints, telling("design", "randomised")], 1).design == "randomised"


def test_early_sentences_count_more_than_late_ones() -> None:
    late = [telling("design", "preclinical", 9), telling("design", "preclinical", 9)]
    assert summarise([telling("design", "review", 0), *late], 10).design == "review"


def test_a_numbered_phase_outweighs_a_word_in_passing() -> None:
    assert summarise([telling("stage", "pilot"), telling("stage", "phase 3")], 1).stage == "phase 3"


def test_animals_count_less_beside_people_of_the_study() -> None:
    votes = [telling("design", "preclinical", 0), telling("design", "randomised", 5)]
    assert summarise(votes, 10).design == "preclinical"
    assert summarise([*votes, telling("sample_size", "40", 5)], 10).design == "randomised"


def test_the_largest_size_with_a_word_of_the_study_is_the_sample() -> None:
    sizes = [telling("sample_size", value) for value in ("48", "24")]
    assert summarise(sizes, 1).sample_size == 48
    assert summarise([*sizes, telling("sample_size", "900", weak=True)], 1).sample_size == 48
    assert summarise([telling("sample_size", "900", weak=True)], 1).sample_size == 900


def test_approval_does_not_tell_the_stage() -> None:
    approved = telling("stage", "approved")
    assert summarise([approved], 1).stage is None
    assert summarise([approved], 1).approved
    assert not summarise([approved, telling("stage", "unapproved"), telling("stage", "unapproved")], 1).approved
    assert not summarise([telling("stage", "unapproved")], 1).approved


def test_a_telling_outside_the_article_is_refused() -> None:
    with pytest.raises(ValueError, match="outside the article's 2 sentences"):
        summarise([telling("design", "review", 2)], 2)
