"""Sentences that take their claim back show no label, nor those beside which the missing is told; others still may."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest
from test_reader import read
from test_told import article, telling

from classifier.annotator import TOO_MANY_SENTENCES, Annotator
from classifier.document import Document
from classifier.evidence.kinds import STAGELESS, VALUES
from classifier.exemptions import exempt
from classifier.features.reader import ParsedDocument, shared_reader
from classifier.labels import LABEL_IDS
from classifier.segmentation import MAX_SENTENCES, split


def exempted(sentence: str) -> set[str]:
    document = shared_reader().read([Document(sentence)])[0]
    assert len(document.sentences) == 1
    return {LABEL_IDS[column] for column in exempt(document)[0].nonzero()[0]}


@pytest.mark.parametrize(
    ("sentence", "label"),
    [
        ("This is no miracle drug for people with lupus.", "sensational_language"),
        ("It must be confirmed before it can be called a breakthrough.", "sensational_language"),
        ("The gel is not safe for children under two.", "understated_harms"),
        ("The maker has reported few side effects so far.", "understated_harms"),
        ("The trial does not prove that the capsule cures gout.", "overstated_efficacy"),
    ],
)
def test_a_claim_that_is_taken_back_is_exempt(sentence: str, label: str) -> None:
    assert label in exempted(sentence)


@pytest.mark.parametrize(
    ("sentence", "label"),
    [
        ("This is a miracle drug for people with lupus.", "sensational_language"),
        ("A potential breakthrough was presented on Monday.", "sensational_language"),
        ("The gel is safe for children under two.", "understated_harms"),
        ("The capsule cures gout.", "overstated_efficacy"),
        (
            "It is no miracle, they say, but a remarkable and stunning breakthrough for every patient.",
            "sensational_language",
        ),
        ("The nurse lives in Leeds.", "sensational_language"),
        ("The capsule has no side effects and cures gout.", "overstated_efficacy"),
        ("It is not cheap, but it is safe.", "understated_harms"),
    ],
)
def test_a_plain_claim_is_not(sentence: str, label: str) -> None:
    assert label not in exempted(sentence)


STAGE, COMPARATOR, ABSOLUTE = "missing_phase_context", "missing_comparator", "missing_absolute_risk"


@pytest.mark.parametrize(
    ("sentence", "label"),
    [
        ("Whether the pill prevents strokes is unknown.", "overstated_efficacy"),
        ("Nobody knows whether the compound would help people with lupus.", "preclinical_extrapolation"),
        ("It isn't known yet if lower cholesterol means fewer heart attacks.", "surrogate_endpoint"),
        ("It is too early to tell whether coffee was the reason.", "causal_overreach"),
        ("Whether patients will ever have access to it remains to be seen.", "speculative_availability"),
        ("We don’t know whether the implant is safe.", "understated_harms"),
        ("The drug improved the memory of mice.", "preclinical_extrapolation"),
        ("A gene edit restored hearing in newborn rats, the team reports.", "preclinical_extrapolation"),
        ("The compound killed breast cancer cells in a dish.", "preclinical_extrapolation"),
        ("The clinic sells what it calls a “miracle cure”, and experts reject that.", "sensational_language"),
        ('The site speaks of a "breakthrough", which is exaggerated.', "sensational_language"),
        ("The poster's ‘silent killer’ is misleading.", "disease_mongering"),
        ('A headline called it "100% effective", which is wrong.', "overstated_efficacy"),
        ('The leaflet\'s "completely safe" has no basis.', "understated_harms"),
    ],
)
def test_what_a_sentence_says_in_itself_excuses(sentence: str, label: str) -> None:
    assert label in exempted(sentence)


@pytest.mark.parametrize(
    ("sentence", "label"),
    [
        ("The test tells whether a stroke is near.", "overstated_efficacy"),
        ("The drug prevents strokes, for reasons that are unknown.", "overstated_efficacy"),
        ("The drug could restore the memory of patients, as it did in mice.", "preclinical_extrapolation"),
        ("The mice show what will help people with lupus.", "preclinical_extrapolation"),
        ("The compound killed the cells in a dish, so it should help your heart.", "preclinical_extrapolation"),
        ("The compound kills breast cancer.", "preclinical_extrapolation"),
        ("“It is a breakthrough,” said Dr Lee, who rejected an offer from Oslo in 2019.", "overstated_efficacy"),
        ("The miracle cure, which the maker calls “tested”, is a myth to nobody.", "sensational_language"),
        ('The "breakthrough" was announced on Monday.', "sensational_language"),
        ("It is no exaggeration: the pill is a breakthrough.", "overstated_efficacy"),
        ('Doctors call the injection "completely safe".', "understated_harms"),
    ],
)
def test_other_sentences_with_such_words_are_not_excused(sentence: str, label: str) -> None:
    assert label not in exempted(sentence)


def excused(document: ParsedDocument) -> dict[str, set[int]]:
    """Sentences by the label that they may not show."""
    table = exempt(document)
    assert table.shape == (len(document.sentences), len(LABEL_IDS))
    columns = zip(LABEL_IDS, table.T, strict=True)
    return {label: set(np.flatnonzero(column).tolist()) for label, column in columns if column.any()}


class TestTold:
    """The rule book's windows: two before, one after; for the stage, three after the headline."""

    @pytest.mark.parametrize(
        ("told", "sentences"),
        [
            (0, {0, 1, 2}),
            (1, {0, 1, 2, 3}),
            (2, {0, 1, 2, 3, 4}),
            (3, {0, 2, 3, 4, 5}),
            (4, {3, 4, 5, 6}),
            (9, {8, 9}),
        ],
    )
    @pytest.mark.parametrize(("kind", "value"), [("stage", "phase 2"), ("sample_size", "48")])
    def test_the_stage(self, kind: str, value: str, told: int, sentences: set[int]) -> None:
        assert excused(article(10, telling(kind, value, told))) == {STAGE: sentences}

    @pytest.mark.parametrize(
        ("told", "sentences"),
        [
            (0, {0, 1, 2}),
            (1, {0, 1, 2, 3}),
            (2, {1, 2, 3, 4}),
            (3, {2, 3, 4, 5}),
            (9, {8, 9}),
        ],
    )
    def test_the_comparison(self, told: int, sentences: set[int]) -> None:
        assert excused(article(10, telling("comparison", "placebo", told))) == {COMPARATOR: sentences}

    @pytest.mark.parametrize("value", VALUES["absolute_figures"])
    @pytest.mark.parametrize(
        ("told", "sentences"),
        [(0, {0, 1, 2}), (2, {0, 1, 2, 3, 4}), (3, {1, 2, 3, 4, 5}), (9, {7, 8, 9})],
    )
    def test_absolute_figures(self, value: str, told: int, sentences: set[int]) -> None:
        assert excused(article(10, telling("absolute_figures", value, told))) == {ABSOLUTE: sentences}

    def test_hints_and_other_studies_figures_excuse_nothing(self) -> None:
        plain = telling("absolute_figures", "rates", 1)
        assert excused(article(3, replace(plain, weak=True))) == {}
        assert excused(article(3, replace(plain, background=True))) == {}

    @pytest.mark.parametrize(
        ("sentence", "expected"),
        [
            ("Her remarkable courage moved the nurses.", True),
            ("The remarkable results moved the nurses.", False),
            ("Her remarkable courage and a miracle cure moved the nurses.", False),
        ],
    )
    def test_drama_of_a_life_is_no_hype(self, sentence: str, expected: bool) -> None:
        assert ("sensational_language" in excused(read(f"A plain headline\n\n{sentence}"))) is expected

    def test_that_there_was_none_excuses_its_own_sentence_alone(self) -> None:
        assert excused(article(10, telling("comparison", "none", 4))) == {COMPARATOR: {4}}

    @pytest.mark.parametrize("value", VALUES["stage"])
    def test_any_stage_but_an_approval(self, value: str) -> None:
        expected = {} if value in STAGELESS else {STAGE: {0, 1}}
        assert excused(article(2, telling("stage", value, 1))) == expected

    @pytest.mark.parametrize(
        ("kind", "value"),
        [
            *(("harms", value) for value in VALUES["harms"]),
            ("design", "randomised"),
            ("limits", "early"),
        ],
    )
    def test_other_tellings_excuse_nothing(self, kind: str, value: str) -> None:
        assert excused(article(3, telling(kind, value, 1))) == {}

    def test_a_headline_by_itself(self) -> None:
        assert excused(article(1)) == {}
        assert excused(article(1, telling("stage", "pilot", 0))) == {STAGE: {0}}

    @pytest.mark.parametrize(
        ("body", "expected"),
        [
            ("It was a phase 2 trial.", {STAGE}),
            ("It was tested in mice.", {STAGE}),
            ("The trial had 48 patients.", {STAGE}),
            ("Some patients took a placebo.", {COMPARATOR}),
            ("It is an experimental gel.", set()),
            ("The gel was approved in 2019.", set()),
            ("The town lies by the sea.", set()),
        ],
    )
    def test_words_of_an_article(self, body: str, expected: set[str]) -> None:
        found = excused(read(f"Gel for burns\n\n{body}"))
        found.pop("preclinical_extrapolation", None)  # the words of the sentence itself decide that
        assert set(found) == expected
        assert all(sentences == {0, 1} for sentences in found.values())

    def test_a_claim_that_is_taken_back_stays_exempt_beside_it(self) -> None:
        found = excused(read("Gel for burns\n\nIt was a phase 2 trial. This is no miracle drug for people with burns."))
        assert found == {STAGE: {0, 1, 2}, "sensational_language": {2}}


@pytest.mark.model
def test_the_shipped_model_shows_nothing_exempt(annotator: Annotator) -> None:
    shown = annotator.annotate("Trial results\n\nThis is a miracle drug. This is no miracle drug.", mode="sensitive")
    hype = {span.sentence for span in shown.spans if span.label == "sensational_language"}
    assert {shown.document.slice(sentence) for sentence in hype} == {"This is a miracle drug."}


@pytest.mark.model
def test_more_sentences_than_any_article_has_are_cut_off_with_a_warning(annotator: Annotator) -> None:
    text = "a.\n" * 300_000
    assert len(split(Document(text))) == MAX_SENTENCES
    begun = time.perf_counter()
    assert TOO_MANY_SENTENCES in annotator.annotate(text).warnings
    # Generous: it takes a few seconds, and minutes without the limit.
    assert time.perf_counter() - begun < 60
    assert TOO_MANY_SENTENCES not in annotator.annotate("One headline\n\nOne sentence.").warnings
