"""The annotator over a small model: one answer however it is asked, and spans that hold what they promise."""

from __future__ import annotations

import pickle
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from small_training import LEARNT, MODEL, SmallModel
from test_reader import TEXTS

from classifier.annotation import MODES, Annotation, CriterionScore, LabelledSpan, LazyScorecard, Mode, span_id
from classifier.annotator import Annotator, _id
from classifier.document import Document, Span
from classifier.errors import InvalidInputError
from classifier.features.reader import shared_reader
from classifier.labels import LABEL_IDS
from classifier.triggers import MAX_TRIGGER_TOKENS

pytest_plugins = ("small_model",)

GERMAN = (
    "Die neue Tablette ist ein Wunder, sagen die Forscher, und sie wirkt bei allen Menschen ohne Nebenwirkungen. " * 3
)


@pytest.fixture
def annotator(small_model: SmallModel) -> Annotator:
    return small_model.annotator


@pytest.fixture
def texts(small_model: SmallModel) -> list[str]:
    """Articles that the model has learnt, so that there is much to find."""
    return [article.document.text for article in small_model.gold.articles]


@pytest.fixture
def hyped(annotator: Annotator, texts: list[str]) -> str:
    """The article with most spans."""
    return max(texts[:20], key=lambda text: len(annotator.annotate(text).spans))


def pairs(annotation: Annotation) -> set[tuple[str, Span]]:
    return {(span.label, span.sentence) for span in annotation.spans}


class TestSameAnswer:
    def test_one_by_one_and_many(self, annotator: Annotator, texts: list[str]) -> None:
        documents = [Document(text) for text in texts[:40]]
        many = list(annotator.annotate_many(documents))
        assert [annotation.document for annotation in many] == documents
        assert many == [annotator.annotate(text) for text in texts[:40]]
        assert sum(len(annotation.spans) for annotation in many) > 40

    def test_batches_do_not_matter(
        self, annotator: Annotator, texts: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        documents = [Document(text) for text in texts[:20]]
        usual = list(annotator.annotate_many(documents))
        monkeypatch.setattr("classifier.annotator._BATCH_DOCUMENTS", 3)
        assert list(annotator.annotate_many(documents)) == usual
        monkeypatch.setattr("classifier.annotator._BATCH_CHARS", 1)
        assert list(annotator.annotate_many(documents)) == usual

    def test_the_order_of_documents_does_not_matter(self, annotator: Annotator, texts: list[str]) -> None:
        documents = [Document(text) for text in texts[:20]]
        assert list(annotator.annotate_many(documents[::-1])) == list(annotator.annotate_many(documents))[::-1]

    def test_it_reads_no_more_than_a_batch_ahead(self, annotator: Annotator) -> None:
        taken = 0

        def source() -> Iterator[Document]:
            nonlocal taken
            for number in range(100):
                taken += 1
                yield Document(f"Article {number} is here.")

        answers = annotator.annotate_many(source())
        assert taken == 0
        next(answers)
        assert 0 < taken <= 16

    def test_no_documents_no_answers(self, annotator: Annotator) -> None:
        assert list(annotator.annotate_many([])) == []


class TestAsked:
    def test_labels_choose_among_the_same_spans(self, annotator: Annotator, hyped: str) -> None:
        everything = annotator.annotate(hyped).spans
        for label in LABEL_IDS:
            chosen = annotator.annotate(hyped, labels=[label]).spans
            assert chosen == tuple(span for span in everything if span.label == label)
        assert len({span.label for span in everything}) > 1

    def test_a_stricter_mode_shows_a_part_of_a_laxer_one(self, annotator: Annotator, texts: list[str]) -> None:
        sizes = dict.fromkeys(MODES, 0)
        for text in texts[:20]:
            shown = {mode: annotator.annotate(text, mode=mode).spans for mode in MODES}
            assert set(shown["strict"]) <= set(shown["balanced"]) <= set(shown["sensitive"])
            for mode in MODES:
                sizes[mode] += len(shown[mode])
        assert sizes["strict"] < sizes["balanced"] < sizes["sensitive"]

    @pytest.mark.parametrize("mode", MODES)
    def test_spans_are_exactly_what_reaches_the_threshold(
        self, small_model: SmallModel, texts: list[str], mode: Mode
    ) -> None:
        for text in texts[:5]:
            annotation = small_model.annotator.annotate(text, mode=mode)
            scores = small_model.annotator.scores(Document(text))
            expected = {
                (label, sentence.span)
                for sentence, row in zip(annotation.sentences, scores, strict=True)
                for label, score in zip(LABEL_IDS, row, strict=True)
                if score >= small_model.thresholds[mode][label]
            }
            assert pairs(annotation) == expected
            assert annotation.mode == mode

    def test_nonsense_is_refused_at_the_call(self, annotator: Annotator) -> None:
        with pytest.raises(InvalidInputError, match="mode 'lax' is unknown; known are strict, balanced, sensitive"):
            annotator.annotate_many([], mode="lax")  # type: ignore[arg-type]
        with pytest.raises(InvalidInputError, match="unknown label 'hype'"):
            annotator.annotate_many([], labels=["hype"])
        with pytest.raises(InvalidInputError, match="text is empty"):
            annotator.annotate(" \n")


class TestSpans:
    @settings(max_examples=60)
    @given(TEXTS, TEXTS)
    def test_they_slice_to_their_words_for_any_text(self, small_model: SmallModel, text: str, title: str) -> None:
        text = f"{text}\n\nThis miracle breakthrough cures all pain with no side effects. {text}"
        annotation = small_model.annotator.annotate(text, title=title, mode="sensitive")
        for span in annotation.spans:
            assert span.text == annotation.document.slice(span.span)
            assert span.sentence.contains(span.span)
            assert span.sentence in {sentence.span for sentence in annotation.sentences}
            assert 0 < len(span.text.split()) <= MAX_TRIGGER_TOKENS

    def test_they_are_in_document_order_then_label_order(self, annotator: Annotator, hyped: str) -> None:
        spans = annotator.annotate(hyped, mode="sensitive").spans
        order = [(span.sentence.start, LABEL_IDS.index(span.label)) for span in spans]
        assert len(order) > 3
        assert order == sorted(order)
        assert len(set(order)) == len(order)

    def test_only_what_was_learnt_is_found(self, annotator: Annotator, texts: list[str]) -> None:
        found = {span.label for text in texts[:20] for span in annotator.annotate(text).spans}
        assert found == set(LEARNT)

    def test_a_title_apart_has_spans_of_its_own(self, annotator: Annotator) -> None:
        title, text = "A miracle breakthrough", "It is a miracle breakthrough. The town lies by the sea."
        annotation = annotator.annotate(text, title=title, mode="sensitive")
        assert {span.span.field for span in annotation.spans} == {"title", "text"}
        assert all(span.text in title for span in annotation.spans if span.span.field == "title")
        assert all(span.sentence.field == span.span.field for span in annotation.spans)

    def test_markup_between_words_does_not_hide_them(self, annotator: Annotator) -> None:
        plain = annotator.annotate("It is a miracle breakthrough for all.", mode="sensitive").spans
        marked = annotator.annotate("It is a <b>miracle</b> breakthrough for all.", mode="sensitive").spans
        assert plain
        assert [(span.label, span.score) for span in marked] == [(span.label, span.score) for span in plain]


class TestEvidence:
    TEXT = "A miracle breakthrough cures all pain\n\nIt is new. It was tried in mice 😀. The mice ran. The mice slept."

    def test_it_is_shown_and_summed_up(self, annotator: Annotator) -> None:
        annotation = annotator.annotate(self.TEXT)
        assert [(telling.kind, annotation.document.slice(telling.span)) for telling in annotation.context] == [
            ("design", "in mice"),
            ("design", "mice"),
            ("design", "mice"),
        ]
        assert {annotation.paragraph(telling) for telling in annotation.context} == {1}
        assert annotation.evidence is not None
        assert annotation.evidence.design == "preclinical"

    def test_spans_have_notes_that_depend_on_it(self, annotator: Annotator) -> None:
        told = annotator.annotate(self.TEXT, mode="sensitive").spans
        notes = {span.note for span in told if span.label == "sensational_language" and span.span.start < 30}
        assert notes == {"The study was in mice (paragraph 1)."}
        untold = annotator.annotate(self.TEXT.replace("mice", "town"), mode="sensitive")
        assert untold.context == ()
        assert all("mice" not in span.note for span in untold.spans)

    def test_labels_and_modes_do_not_change_it(self, annotator: Annotator) -> None:
        whole = annotator.annotate(self.TEXT)
        part = annotator.annotate(self.TEXT, mode="strict", labels=["disease_mongering"])
        assert (part.context, part.evidence) == (whole.context, whole.evidence)


class TestIds:
    def test_they_follow_a_sentence_that_moves(self, annotator: Annotator, hyped: str) -> None:
        headline, body = hyped.split("\n\n", 1)
        first = annotator.annotate(hyped, mode="sensitive")
        moved = annotator.annotate(f"{headline}\n\nThe town lies by the sea.\n\n{body}", mode="sensitive")
        ids = [
            {(span.label, annotation.document.slice(span.sentence)): span.id for span in annotation.spans}
            for annotation in (first, moved)
        ]
        both = ids[0].keys() & ids[1].keys()
        assert len(both) > 3
        assert all(ids[0][pair] == ids[1][pair] for pair in both)

    def test_they_differ_by_label_and_by_words(self, annotator: Annotator, texts: list[str]) -> None:
        seen: dict[str, tuple[str, str]] = {}
        for text in texts[:20]:
            annotation = annotator.annotate(text, mode="sensitive")
            for span in annotation.spans:
                words = (span.label, annotation.document.slice(span.sentence))
                assert seen.setdefault(span.id, words) == words
        assert len(seen) > 50

    def test_white_space_does_not_matter_but_words_do(self) -> None:
        assert span_id("x", "a  b\n c") == span_id("x", "a b c")
        assert span_id("x", "a b c") != span_id("x", "a b C")
        assert span_id("x", "a b c") != span_id("y", "a b c")
        assert len(span_id("x", "a")) == 16


class TestWarnings:
    def test_a_text_that_is_not_english_gets_no_spans(self, annotator: Annotator) -> None:
        annotation = annotator.annotate(GERMAN, mode="sensitive")
        assert [warning.code for warning in annotation.warnings] == ["not_english"]
        assert annotation.spans == ()
        assert annotation.scorecard == {}
        assert annotation.context == ()
        assert annotation.evidence is None

    @pytest.mark.parametrize(
        "text", ["新しい薬は奇跡です" * 5, "Новое лекарство творит чудеса и лечит всех больных. " * 4]
    )
    def test_neither_does_another_script(self, annotator: Annotator, text: str) -> None:
        assert [warning.code for warning in annotator.annotate(text).warnings] == ["not_english"]

    def test_english_has_no_warning(self, annotator: Annotator, texts: list[str]) -> None:
        assert all(annotator.annotate(text).warnings == () for text in texts[:20])

    @pytest.mark.parametrize("text", ["Miracle", "Paracetamol 500 mg", "Crème brûlée à la carte", "42 %"])
    def test_a_short_text_is_not_judged(self, annotator: Annotator, text: str) -> None:
        assert annotator.annotate(text).warnings == ()

    def test_html(self, annotator: Annotator, texts: list[str]) -> None:
        page = "<p>" + texts[0].replace("\n\n", "</p><p>") + "</p>"
        assert [warning.code for warning in annotator.annotate(page).warnings] == ["html"]

    def test_both(self, annotator: Annotator) -> None:
        page = f"<p>{GERMAN}</p><p>{GERMAN}</p>"
        assert [warning.code for warning in annotator.annotate(page).warnings] == ["html", "not_english"]


class TestTypes:
    def test_the_model_is_named(self, annotator: Annotator) -> None:
        assert annotator.annotate("Hello there").model == MODEL

    def test_a_trigger_outside_its_sentence_is_refused(self) -> None:
        with pytest.raises(ValueError, match=r"trigger .* is outside its sentence"):
            LabelledSpan("0" * 16, LEARNT[0], Span(3, 9), Span(0, 8), "x", 0.5)

    @pytest.mark.parametrize("score", [-0.1, 1.1, float("nan")])
    def test_a_score_out_of_range_is_refused(self, score: float) -> None:
        with pytest.raises(ValueError, match=r"is outside \[0, 1\]"):
            LabelledSpan("0" * 16, LEARNT[0], Span(3, 8), Span(0, 8), "x", score)


class TestScorecard:
    def card(self, asked: list[int]) -> LazyScorecard:
        def work() -> dict[str, CriterionScore]:
            asked.append(1)
            return {"costs": CriterionScore(0.5, None), "harms": CriterionScore(0.75, "satisfactory")}

        return LazyScorecard(work)

    def test_it_is_worked_out_once_when_it_is_looked_at(self) -> None:
        asked: list[int] = []
        card = self.card(asked)
        assert not asked
        assert card["harms"].verdict == "satisfactory"
        assert list(card) == ["costs", "harms"]
        assert len(card) == 2
        assert asked == [1]

    def test_it_equals_what_it_holds(self) -> None:
        assert self.card([]) == dict(self.card([]))
        assert self.card([]) != {"costs": CriterionScore(0.5, None)}
        assert "harms" in repr(self.card([]))

    def test_another_process_gets_the_scores(self) -> None:
        card = pickle.loads(pickle.dumps(self.card([])))  # noqa: S301
        assert type(card) is dict
        assert card == self.card([])

    def test_a_scorecard_that_is_missing_is_asked_for_in_vain(self) -> None:
        with pytest.raises(KeyError, match="novelty"):
            self.card([])["novelty"]


def test_ids_of_a_sentence_in_changing_markup_take_no_more_room() -> None:
    (sentence,) = shared_reader().read([Document("It cures all mice.")])[0].sentences
    before = len(sentence.reading.memo)
    for number in range(5):
        text = f"It{' ' * number} cures all mice."
        assert _id("overstated_efficacy", text, sentence) == span_id("overstated_efficacy", text)
        assert _id("overstated_efficacy", text, sentence) == span_id("overstated_efficacy", text)
    assert len(sentence.reading.memo) == before + 1
