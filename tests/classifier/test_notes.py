"""Notes: what must be said of a label in the light of the article's evidence, and where to be silent."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from classifier.annotation import LabelledSpan
from classifier.document import Document, Span
from classifier.evidence import summarise
from classifier.features.reader import ParsedDocument, shared_reader
from classifier.features.reading import SentenceCache
from classifier.labels import LABEL_IDS
from classifier.note_rules import FIELDS, NoteRule, make_note_rule, near_rules, note_rules
from classifier.notes import Notes

MICE = "The mice ran better. The mice slept well."
# A telling must be out of the reach of the windows of the labels.
FAR = "The town lies by the sea. It has a port. It has a church. It has a school."


def read(text: str, title: str | None = None) -> ParsedDocument:
    return shared_reader().read([Document(text, title)])[0]


def note(label: str, *paragraphs: str, sentence: int = 0, title: str | None = None) -> str:
    """The note on a sentence, by default the first, of an article of these paragraphs."""
    document = read("\n\n".join(paragraphs), title)
    return Notes(document, summarise(document.evidence, len(document.sentences))).of(label, sentence)


class TestPreclinical:
    def test_the_animal_is_named_with_its_paragraph(self) -> None:
        assert (
            note("preclinical_extrapolation", "Gel heals wounds", "It is new.", MICE)
            == "The study was in mice (paragraph 2); this sentence doesn't say so."
        )
        assert note("overstated_efficacy", "Gel heals wounds", MICE) == "The study was in mice (paragraph 1)."

    def test_the_headline_is_called_so(self) -> None:
        assert note("overstated_efficacy", "Gel heals mice", "It is a cure.", sentence=1).endswith("mice (headline).")
        assert note("overstated_efficacy", "It cures.", title="Gel heals mice", sentence=1).endswith("mice (headline).")

    def test_of_several_it_is_the_one_told_most_often(self) -> None:
        assert "in mice (paragraph 2)" in note("overstated_efficacy", "Gel heals", "It began in a dish.", MICE)

    @pytest.mark.parametrize(
        ("paragraphs", "why"),
        [
            (("Gel heals wounds in mice", MICE), "the sentence says so itself"),
            (("Gel heals wounds", MICE, "It was tested in 48 women."), "people were studied"),
            (("Gel heals wounds", MICE, "The trial had 12 patients and was randomised."), "two designs"),
            (("Gel heals wounds", "Earlier studies in mice were mixed."), "other work"),
            (("Gel heals wounds", "It was tried on human tissue samples."), "a hint"),
            (("Gel heals wounds", "It is new."), "nothing is told"),
            (("Gel heals wounds", "The wireless mouse is sold everywhere."), "no animal"),
        ],
    )
    def test_in_doubt_it_is_silent(self, paragraphs: tuple[str, ...], why: str) -> None:
        assert note("preclinical_extrapolation", *paragraphs) == "", why

    def test_many_hints_of_another_design_outvote_one_telling_at_the_end(self) -> None:
        hints = "Figs were linked to sleep. Bread was linked to sleep. Rye was linked to sleep."
        assert note("overstated_efficacy", "Gel heals", "It is new.", FAR, "The mice ran.") != ""
        assert note("overstated_efficacy", "Gel heals", hints, FAR, "The mice ran.") == ""


class TestCause:
    def test_an_observational_study(self) -> None:
        body = "The cohort was drawn from three towns. They filled in a questionnaire."
        assert note("causal_overreach", "Figs cut strokes", body) == "The study was observational (paragraph 1)."

    def test_what_the_article_says_itself_comes_first(self) -> None:
        body = "It is an observational study. The study cannot prove that figs cause better sleep."
        assert note("causal_overreach", "Figs cut strokes", "It is new.", body) == (
            "The article itself says that cause was not shown (paragraph 2)."
        )

    def test_no_comparison_group(self) -> None:
        assert note("causal_overreach", "Figs cut strokes", "There was no control group.") == (
            "The study had no comparison group (paragraph 1)."
        )

    @pytest.mark.parametrize(
        "body",
        [
            "The women were randomly assigned to figs or bread. They filled in a questionnaire. It was a cohort.",
            "Eating figs was linked to fewer strokes.",
            "They kept a diary.",
            "An earlier observational study of a cohort had found a link.",
        ],
    )
    def test_in_doubt_it_is_silent(self, body: str) -> None:
        assert note("causal_overreach", "Figs cut strokes", body) == ""


class TestPhase:
    def test_a_stage_that_is_told_far_away(self) -> None:
        assert note("missing_phase_context", "Pill helps", FAR, "It was a phase 1 trial.") == (
            "The stage is told only in paragraph 2: Phase I."
        )
        assert note(
            "missing_phase_context", "Pill helps", FAR, "It was a phase 1 trial.", "The phase 1 trial ran."
        ) == ("The stage is told in paragraph 2, but not near this sentence: Phase I.")
        assert note("missing_phase_context", "Pill helps", FAR, "It was a pilot study.") == (
            "The stage is told only in paragraph 2: “pilot study”."
        )

    def test_the_headline_may_tell_it(self) -> None:
        text = ("Phase 3 trial of a pill ends", FAR, "The pill will help many.")
        assert note("missing_phase_context", *text, sentence=5) == "The stage is told only in the headline: Phase III."

    def test_animals_and_numbers_of_people_tell_it_too(self) -> None:
        assert note("missing_phase_context", "Pill helps", FAR, MICE) == (
            "That the study was in mice is told only in paragraph 2."
        )
        assert note("missing_phase_context", "Pill helps", FAR, "The study had 48 patients.") == (
            "The size of the study is told only in paragraph 2: 48 participants."
        )

    def test_it_is_told_nowhere(self) -> None:
        assert (
            note("missing_phase_context", "Pill helps", FAR) == "No stage of testing is told anywhere in the article."
        )
        assert note("missing_phase_context", "Experimental pill helps") != ""

    @pytest.mark.parametrize(
        "body",
        [
            "It was a phase 1 trial.",
            "It is new. A phase 3 trial will start in May.",
            f"{FAR} The drug was approved by the FDA.",
            f"{FAR} A phase 1 trial ended. A phase 3 trial ended.",
            f"{FAR} It helped hundreds.",
            f"{FAR} A phase 3 trial will start in May.",
            f"{FAR} No animal was harmed.",
            "word " * 300,
        ],
        ids=lambda body: body[-30:],
    )
    def test_in_doubt_it_is_silent(self, body: str) -> None:
        assert note("missing_phase_context", "Pill helps", body) == ""

    def test_the_window_ends_where_the_rule_book_says(self) -> None:
        paragraph = f"It was a phase 1 trial. {FAR}"
        found = [note("missing_phase_context", "Pill helps", paragraph, sentence=number) for number in range(6)]
        # One before the telling, itself and two after are near; the headline looks three ahead.
        assert [bool(text) for text in found] == [False, False, False, False, True, True]


class TestComparison:
    def test_none_told(self) -> None:
        assert note("missing_comparator", "Pain fell by half", FAR) == "The article names no comparison group."
        assert note("missing_comparator", "Pain fell by half", FAR, "There was no control group.") == (
            "The study had no comparison group (paragraph 2)."
        )

    def test_one_told_far_away(self) -> None:
        assert note("missing_comparator", "Pain fell by half", FAR, "Others took a placebo.") == (
            "A comparison is told in paragraph 2: a placebo."
        )

    @pytest.mark.parametrize(
        "body",
        [
            "Others took a placebo.",
            f"{FAR} They were matched with neighbours.",
            f"{FAR} The results were compared.",
            f"{FAR} A study with a control group would be needed.",
            f"{FAR} It did better than standard drugs.",
        ],
    )
    def test_in_doubt_it_is_silent(self, body: str) -> None:
        assert note("missing_comparator", "Pain fell by half", body) == ""


class TestFigures:
    def test_none_told(self) -> None:
        assert note("missing_absolute_risk", "Figs halve strokes", "The risk fell by 40%.") == (
            "The article gives no absolute figures."
        )

    def test_told_far_away_for_both_groups(self) -> None:
        told = "Strokes came to 3.1% of those on figs compared with 1.9% in the control group."
        assert note("missing_absolute_risk", "Figs halve strokes", FAR, told) == (
            "Figures of each group are told in paragraph 2."
        )

    @pytest.mark.parametrize(
        "told",
        [
            "One in 12 people has a stroke.",
            "About 28 percent of men meet the goal, and only 8 percent of women.",
            "Of the women, 60% had fewer strokes.",
            "About 60% of the 154 farmers in the fig group were well.",
        ],
    )
    def test_in_doubt_it_is_silent(self, told: str) -> None:
        assert note("missing_absolute_risk", "Figs halve strokes", FAR, told) == ""


class TestHarms:
    def test_told_elsewhere(self) -> None:
        assert note("understated_harms", "Safe pill", FAR, "Serious side effects were seen.") == (
            "Side effects are told in paragraph 2."
        )
        assert note("understated_harms", "Safe pill", FAR, "Side effects were seen in 12% of patients.") == (
            "Side effects are told with figures in paragraph 2."
        )

    @pytest.mark.parametrize(
        "told",
        [
            "No side effects were seen.",
            "Why have the side effects?",
            "The side effects of current drugs are grim.",
            "The researchers did not see any side effects.",
            "Nothing was said of harm.",
        ],
    )
    def test_in_doubt_it_is_silent(self, told: str) -> None:
        assert note("understated_harms", "Safe pill", FAR, told) == ""


class TestSize:
    def test_a_small_study(self) -> None:
        assert note("overstated_efficacy", "Gel cures", "The study had 48 volunteers.") == (
            "The study had 48 participants (paragraph 1)."
        )
        randomised = "The randomised trial had 48 volunteers. Of these, 24 volunteers in the trial got the gel."
        assert note("overstated_efficacy", "Gel cures", randomised) == "The trial had 48 participants (paragraph 1)."

    @pytest.mark.parametrize(
        "body",
        [
            "The study had 4,800 volunteers.",
            "They recruited 12 men and 48 women.",
            "They recruited 30 men and women; 20 men and 28 women took part.",
            "The study had three volunteers.",
            "The study had 48 volunteers. They spoke to 900 patients.",
            "The review covered trials of 48 patients.",
            "An earlier study had 48 volunteers.",
        ],
    )
    def test_in_doubt_it_is_silent(self, body: str) -> None:
        assert note("overstated_efficacy", "Gel cures", body) == ""

    def test_the_sentence_that_tells_it_gets_no_note(self) -> None:
        assert note("overstated_efficacy", "Gel cures all in study of 48 women") == ""


class TestRules:
    def test_they_can_be_read(self) -> None:
        assert set(note_rules()) <= set(LABEL_IDS)
        assert set(near_rules()) <= set(note_rules())
        assert {"disease_mongering"}.isdisjoint(note_rules())

    @pytest.mark.parametrize(
        ("row", "message"),
        [
            ({"labels": ["hype"], "tells": ["design"], "text": "x"}, "unknown labels of a note"),
            ({"labels": [], "tells": ["colour"], "text": "x"}, "unknown evidence 'colour'"),
            ({"labels": [], "tells": ["design=cohort"], "text": "x"}, "unknown evidence 'design=cohort'"),
            ({"labels": [], "tells": ["design"], "text": "{what}"}, "unknown fields of a note"),
            ({"labels": [], "tells": ["design"], "text": "x", "if": 1}, "unknown keys of a note"),
            ({"labels": [], "text": "x"}, "says nothing of the evidence"),
        ],
    )
    def test_bad_ones_are_refused(self, row: dict[str, object], message: str) -> None:
        with pytest.raises(ValueError, match=message):
            make_note_rule(row)

    def test_every_field_is_filled(self) -> None:
        assert {"place", "where", "subject", "words", "size", "study"} == FIELDS

    def test_a_note_follows_its_message(self) -> None:
        span = LabelledSpan("0" * 16, LABEL_IDS[0], Span(0, 1), Span(0, 2), "x", 0.5)
        assert span.with_note("Too much.") == "Too much."
        noted = LabelledSpan("0" * 16, LABEL_IDS[0], Span(0, 1), Span(0, 2), "x", 0.5, "In mice.")
        assert noted.with_note("Too much.") == "Too much. In mice."


PHRASES = [
    "in mice", "a phase 1 trial", "no control group", "a trial of 48 women", "randomly assigned", "a placebo",
    "side effects in 12% of patients", "more research is needed", "3.1% versus 1.9%", "😀", "\n\n", ". ", "İ", "<b>",
    "earlier studies", "{place}", "linked to", "a survey", "cannot prove that it causes",
]  # fmt: skip
ARTICLES = st.lists(st.sampled_from(PHRASES) | st.text(max_size=8), min_size=1, max_size=14).map(" ".join)


def all_notes(document: ParsedDocument) -> Iterator[str]:
    notes = Notes(document, summarise(document.evidence, len(document.sentences)))
    for label in LABEL_IDS:
        for sentence in range(len(document.sentences)):
            yield notes.of(label, sentence)


@given(ARTICLES.filter(str.strip), st.none() | ARTICLES)
@example("The mice ran.\n\n{place} 😀 a pilot {study} trial", "{where}")
@settings(max_examples=150)
def test_notes_never_fail_and_are_sentences(text: str, title: str | None) -> None:
    for found in all_notes(read(text, title)):
        assert found == "" or (found[0].isupper() and found.endswith(".") and "\n" not in found)


def test_the_same_label_and_sentence_have_the_same_note() -> None:
    document = read(f"Gel heals wounds\n\nIt is new.\n\n{MICE}")
    assert list(all_notes(document)) == list(all_notes(document))
    assert any(all_notes(document))


def test_each_doubt_is_remembered_by_itself() -> None:
    document = read("A pill\n\nIt was tried against PLACEBO.")
    notes = Notes(document, summarise(document.evidence, len(document.sentences)))
    placebo, zebra = re.compile("placebo"), re.compile("zebra")
    asked = (placebo, zebra, None, zebra, placebo)
    assert [notes._doubts(doubt) for doubt in asked] == [True, False, False, False, True]


class TestRemembered:
    """An article's notes are made once, until something changes that they hang on."""

    TEXT = f"Gel heals wounds\n\nIt is new.\n\n{MICE}"

    @pytest.fixture
    def made(self, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        made: list[str] = []
        make = Notes._candidate

        def counted(notes: Notes, rule: NoteRule) -> object:
            made.append(rule.text)
            return make(notes, rule)

        monkeypatch.setattr(Notes, "_candidate", counted)
        return made

    def test_not_again_for_other_words_elsewhere(self, made: list[str]) -> None:
        cache = SentenceCache(100)
        first = list(all_notes(cached(self.TEXT, cache)))
        count = len(made)
        assert count > 0
        assert list(all_notes(cached(self.TEXT.replace("It is new.", "It is quite new."), cache))) == first
        assert len(made) == count

    @pytest.mark.parametrize(
        ("text", "old", "new"),
        [
            pytest.param(TEXT, "mice", "rats", id="words"),
            pytest.param(TEXT, "It is new.", "It is new. It is old.", id="place"),
            pytest.param(TEXT.replace("It is new.", "It is new. It is red."), "new. ", "new.\n\n", id="paragraph"),
            pytest.param(
                f"Gel heals\n\n{FAR}\n\nIt was a pilot study.", "pilot study", "<b>pilot</b> study", id="markup"
            ),
            pytest.param("Gel heals\n\nIt is new, they say.", "new, ", f"new, {'and new, ' * 120}", id="length"),
        ],
    )
    def test_again_for_what_they_hang_on(self, made: list[str], text: str, old: str, new: str) -> None:
        cache = SentenceCache(100)
        before = list(all_notes(cached(text, cache)))
        count = len(made)
        changed = text.replace(old, new)
        assert changed != text
        found = list(all_notes(cached(changed, cache)))
        assert found == list(all_notes(read(changed)))
        assert found != before
        assert len(made) > count

    def test_a_doubt_that_comes_and_goes(self) -> None:
        cache = SentenceCache(100)
        told = "Gel heals wounds\n\nThe study had no comparison group. It is new."
        found = {}
        for more in ("It is old.", "It was tested versus a cream.", "It is old."):
            text = f"{told} {more}"
            found[more] = list(all_notes(cached(text, cache)))
            assert found[more] == list(all_notes(read(text)))
        assert len({tuple(notes) for notes in found.values()}) == 2


def cached(text: str, cache: SentenceCache) -> ParsedDocument:
    return shared_reader().read([Document(text)], cache)[0]
