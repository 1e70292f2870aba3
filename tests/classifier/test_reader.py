"""The reader: tokens that slice the source, cue matches, and no growth in a service that runs for months."""

from __future__ import annotations

import random
import string
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.document import Document, Span
from classifier.features import reader as module
from classifier.features.cues import cue_lists
from classifier.features.reader import ParsedDocument, Reader, shared_reader
from classifier.features.word_classes import word_classes
from classifier.features.zone import MOST_CHARS

TEXTS = st.text(st.one_of(st.sampled_from("aB1 .\n!?”'•-<b>%$\x00\u2028"), st.characters(codec="utf-8"))).filter(
    str.strip
)


def read(text: str, title: str | None = None) -> ParsedDocument:
    (parsed,) = shared_reader().read([Document(text, title)])
    return parsed


def tokens(text: str) -> tuple[str, ...]:
    (sentence,) = read(text).sentences
    return sentence.tokens


def matches(text: str) -> list[tuple[str, str]]:
    """Cue names with the words they match."""
    names = tuple(cue_lists())
    parsed = read(text)
    return [
        (names[cue], parsed.document.slice(sentence.span(first, last)))
        for sentence in parsed.sentences
        for cue, first, last in sentence.cues
    ]


def shape(document: ParsedDocument) -> list[object]:
    """All that a reader finds, comparable."""
    sentences = [(s.sentence, s.tokens, s.offsets, s.cues, s.classes) for s in document.sentences]
    return [*sentences, document.evidence]


class TestTokens:
    @given(TEXTS, st.one_of(st.none(), TEXTS))
    def test_offsets_slice_the_source_in_order_inside_the_sentence(self, text: str, title: str | None) -> None:
        parsed = read(text, title)
        for sentence in parsed.sentences:
            place = sentence.sentence.span.start
            assert len(sentence.tokens) == len(sentence.offsets)
            for token, (start, end) in zip(sentence.tokens, sentence.offsets, strict=True):
                assert place <= start < end <= sentence.sentence.span.end
                words = parsed.document.field(sentence.sentence.span.field)[start:end]
                assert not any(c.isspace() for c in words)
                assert token
                place = end

    def test_numbers_are_folded_and_words_are_lower_case(self) -> None:
        assert tokens("It cut Deaths by 3.5% in 1,204 people") == (
            *("it", "cut", "deaths", "by", "#", "%", "in", "#", "people"),
        )

    def test_a_word_is_not_folded(self) -> None:
        assert "#" not in "".join(tokens("Seven people took ten pills"))

    def test_quotes_read_alike(self) -> None:
        assert tokens("“It’s great”") == tokens('"It\'s great"')
        assert tokens("“It’s great”") != tokens("It’s great")

    def test_white_space_is_no_token(self) -> None:
        assert tokens("two   words\tonly") == ("two", "words", "only")

    def test_a_tag_is_no_token(self) -> None:
        assert tokens("a <b>miracle</b> cure<!-- not a bit -->") == ("a", "miracle", "cure")
        assert tokens("p < 5") == ("p", "<", "#")

    def test_a_control_character_is_no_token(self) -> None:
        assert tokens("a\x00miracle\ufeff") == ("a", "miracle")

    def test_a_span_of_tokens_keeps_the_field(self) -> None:
        title = read("The text is here.", "A miracle cure").sentences[0]
        assert title.span(1, 3) == Span(2, 14, "title")

    @pytest.mark.parametrize(
        "unit", ['"', ".)", 'a"', "😀", "e\u0301", "http://a.b/", "$1", '"' * 45 + " ", "no cure ", "x "], ids=repr
    )
    def test_time_is_linear(self, unit: str) -> None:
        started = time.perf_counter()
        assert read("x " + unit * (60_000 // len(unit))).sentences
        assert time.perf_counter() - started < 6


class TestCues:
    def test_known_matches(self) -> None:
        assert ("hype_noun", "miracle") in matches("It is a miracle pill")
        assert ("hype_noun", "game-changer") in matches("A game-changer for all")
        assert ("hype_adverb", "dramatically") in matches("It fell dramatically")
        assert ("no_harm", "no side effects") in matches("It has no side effects")

    def test_case_and_typographic_quotes_do_not_matter(self) -> None:
        assert ("no_harm", "Doesn’t CAUSE Side Effects") in matches("It Doesn’t CAUSE Side Effects")
        assert ("hype_noun", "MIRACLE") in matches("A MIRACLE")

    @pytest.mark.parametrize("words", ["miraculously", "gamechangers' guild of games", "the side effects were grave"])
    def test_other_words_do_not_match(self, words: str) -> None:
        assert not {"miracle", "game-changer", "no side effects"} & {found for _, found in matches(words)}

    def test_a_phrase_does_not_run_over_a_sentence_s_end(self) -> None:
        assert "no side effects" not in {found for _, found in matches("He said no. Side effects are common.")}

    def test_counts(self) -> None:
        parsed = read("A miracle is a miracle. Nothing here.")
        column = list(cue_lists()).index("hype_noun")
        assert parsed.cue_counts[:, column].tolist() == [2, 0]

    def test_they_are_ordered_by_place(self) -> None:
        (sentence,) = read("A dramatic miracle without any side effects and a breakthrough").sentences
        assert [match[1] for match in sentence.cues] == sorted(match[1] for match in sentence.cues)
        assert all(0 <= first < last <= len(sentence.tokens) for _, first, last in sentence.cues)


class TestClasses:
    def test_they_are_ordered_by_place_and_apart_from_cues(self) -> None:
        (sentence,) = read("A dramatic miracle pill eases the pain of heart disease patients by 30%").sentences
        places = [(first, -last) for _, first, last in sentence.classes]
        assert len(places) > 6
        assert places == sorted(places)
        assert all(0 <= number < len(word_classes()) for number, _, _ in sentence.classes)
        assert all(0 <= first < last <= len(sentence.tokens) for _, first, last in sentence.classes)
        assert all(0 <= number < len(cue_lists()) for number, _, _ in sentence.cues)

    def test_places_count_tokens_without_white_space(self) -> None:
        one, other = (read(text).sentences[0] for text in ("It was a pill", "It   was a <b>pill</b>"))
        assert one.classes == other.classes != ()

    def test_a_text_without_any_has_none(self) -> None:
        assert [sentence.classes for sentence in read("Zorbulate the quindlish.").sentences] == [()]


def random_text(rng: random.Random) -> str:
    words = ["".join(rng.choices(string.ascii_lowercase, k=rng.randint(4, 12))) for _ in range(80)]
    return " ".join(words) + f". It cost {rng.random()} dollars."


class TestService:
    def test_new_words_do_not_fill_the_string_store(self) -> None:
        reader = Reader()
        rng = random.Random(7)
        reader.read([Document(random_text(rng)) for _ in range(20)])
        reader.forget()
        strings, words = len(reader._nlp.vocab.strings), sum(1 for _ in reader._nlp.vocab)
        most = 0
        for _ in range(500):
            reader.read([Document(random_text(rng))])
            most = max(most, len(reader._nlp.vocab.strings))
        # A word of four letters or more and its lower case, prefix, suffix and shape: freed with the zone that is full.
        assert strings + 10_000 < most < strings + MOST_CHARS
        reader.forget()
        assert len(reader._nlp.vocab.strings) == strings
        assert sum(1 for _ in reader._nlp.vocab) == words

    def test_readings_that_are_remembered_are_bounded_and_change_nothing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(module, "_MOST_FOLDED", 40)
        reader = Reader()
        reader._folded.clear()  # what it remembers of the cue lists
        rng = random.Random(11)
        documents = [Document(f"{random_text(rng)} A Miracle PILL cut 1,204 and 1,204 by 7%.") for _ in range(10)]
        first = [shape(document) for document in reader.read(documents)]
        assert 0 < len(reader._folded) <= 40
        monkeypatch.undo()
        assert first == [shape(document) for document in Reader().read(documents)]
        assert first == [shape(document) for document in reader.read(documents)]
        assert len(reader._folded) > 40

    def test_warming_keeps_words_which_shows_that_growth_would_be_seen(self) -> None:
        reader = Reader()
        before = len(reader._nlp.vocab.strings)
        reader.warm(["zorbulate", "quindlish"])
        assert len(reader._nlp.vocab.strings) >= before + 2

    def test_warming_changes_no_reading(self) -> None:
        cold, warm = Reader(), Reader()
        warm.warm(["miracle", "don't", "1,204", "side-effects"])
        document = Document("A miracle: don't pay 1,204 for side-effects.")
        assert shape(cold.read([document])[0]) == shape(warm.read([document])[0])

    def test_eight_threads_read_as_one(self) -> None:
        rng = random.Random(3)
        documents = [Document(f"{random_text(rng)} A miracle without side effects?") for _ in range(80)]
        alone = [shape(parsed) for parsed in shared_reader().read(documents)]
        with ThreadPoolExecutor(8) as pool:
            together = list(pool.map(lambda document: shape(shared_reader().read([document])[0]), documents))
        assert together == alone

    def test_what_was_read_outlives_its_batch(self) -> None:
        reader = Reader()
        letters = string.ascii_lowercase
        kept = [reader.read([Document(f"Wort{letter}abc is a word")])[0].sentences[0] for letter in letters]
        assert [sentence.tokens for sentence in kept] == [(f"wort{letter}abc", "is", "a", "word") for letter in letters]

    def test_documents_come_back_in_order(self) -> None:
        documents = [Document(f"Number {number}") for number in range(40)]
        assert [parsed.document for parsed in Reader().read(documents)] == documents
