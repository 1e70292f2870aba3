"""Word classes: that every entry can match, and how a sentence reads when its words become classes."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from importlib import resources
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from test_cues import File
from test_reader import TEXTS, read

from classifier.document import Document
from classifier.features.cues import NUMBER, PERCENT, WHOLE, normalise
from classifier.features.reader import Reader
from classifier.features.reading import ParsedSentence
from classifier.features.word_classes import GAP, abstracted, class_grams, word_classes

GLUED = frozenset({"'s", "%", ",", ".", ":", "/"})
"""Tokens that stand without a blank after the word before them."""


def sentence(text: str) -> ParsedSentence:
    (parsed,) = read(text).sentences
    return parsed


def matches(text: str) -> set[tuple[str, str]]:
    """Class names with the words they match."""
    names = tuple(word_classes())
    parsed = read(text)
    return {
        (names[number], parsed.document.slice(row.span(first, last)))
        for row in parsed.sentences
        for number, first, last in row.classes
    }


def contractions_of(reader: Reader) -> frozenset[str]:
    """What spaCy reads as several tokens though no blank stands in it, such as "gonna"."""
    tokenizer: Any = reader._nlp.tokenizer
    return frozenset(tokenizer.rules)


def running(entry: str, contractions: frozenset[str]) -> str:
    """An entry as running text has it: "game-changer", "alzheimer's", "7%", "gonna"."""
    words = entry.replace("#", "7").split()
    text = words[0]
    for before, word in pairwise(words):
        # A dash between words; at an entry's end it stands by itself.
        dash = (word == "-" and word is not words[-1]) or (before == "-" and not text.startswith("-"))
        text += word if dash or word in GLUED or before in "$/" or before + word in contractions else f" {word}"
    if text[0] == "%":
        return f"7{text}"
    return f"they{text}" if text[0] == "'" else text


class TestData:
    def test_names_and_marks_can_be_told_from_words(self) -> None:
        assert len(word_classes()) > 40
        assert all(re.fullmatch(r"[a-z][a-z_]*[a-z]", name) for name in word_classes())
        assert list(word_classes()) == sorted(word_classes())

    def test_entries_are_clean_and_stand_once(self) -> None:
        for name, entries in word_classes().items():
            assert len(set(entries)) == len(entries) > 0, name
            for entry in entries:
                assert entry == " ".join(entry.split()) != "", name
                whole = re.sub(rf"(?<!\S){WHOLE}(?= (?:{'|'.join(PERCENT)})(?!\S))", NUMBER, entry)
                assert whole == normalise(whole.lower()), (name, entry)
                assert not re.search("[“”‘’]", entry), (name, entry)

    def test_every_entry_matches_in_running_text(self, own_reader: Reader) -> None:
        contractions = contractions_of(own_reader)
        missing = [(name, number, entry) for number, (name, row) in enumerate(word_classes().items()) for entry in row]
        # Abbreviations are one token only in their own case: "Dr.", "U.S.".
        cases: tuple[Callable[[str], str], ...] = (str, str.title, str.upper)
        for case in cases:
            texts = [f"so {case(running(entry, contractions))} so" for _, _, entry in missing]
            documents = own_reader.read([Document(text) for text in texts])
            missing = [
                (name, number, entry)
                for (name, number, entry), document in zip(missing, documents, strict=True)
                if not any(
                    number == found and row.tokens[first:last] == tuple(entry.split())
                    for row in document.sentences
                    for found, first, last in row.classes
                )
            ]
        assert [(name, entry) for name, _, entry in missing] == []

    @pytest.mark.parametrize("text", ["gon na", "don 't", "side-effects", "£", "7%", "Dr"])
    def test_the_check_would_see_an_entry_that_never_matches(self, own_reader: Reader, text: str) -> None:
        (document,) = own_reader.read([Document(f"so {running(text, contractions_of(own_reader))} so")])
        assert f" {text} " not in f" {' '.join(document.sentences[0].tokens)} "

    @pytest.mark.parametrize("words", [[], ["pill", "pill"]])
    def test_an_empty_class_or_one_with_an_entry_twice_is_refused(
        self, monkeypatch: pytest.MonkeyPatch, words: list[str]
    ) -> None:
        class Folder:
            """A folder with one file of a class, and one that is none."""

            def joinpath(self, _: str) -> Folder:
                return self

            def iterdir(self) -> list[File]:
                return [File("README.md", ""), File("drug.toml", f"words = {words}")]

        word_classes.cache_clear()
        monkeypatch.setattr("classifier.features.word_classes.resources.files", lambda _: Folder())
        with pytest.raises(ValueError, match=r"drug\.toml: the class is empty or holds an entry twice"):
            word_classes()
        monkeypatch.undo()
        word_classes.cache_clear()
        assert len(word_classes()) > 40

    def test_the_abstraction_names_classes_and_single_tokens(self) -> None:
        path = resources.files("classifier").joinpath("data/abstraction.toml")
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
        assert raw.keys() == {"keep", "plain"}
        assert set(raw["plain"]) < set(word_classes())
        assert len(set(raw["keep"])) == len(raw["keep"])
        for word in raw["keep"]:
            assert sentence(f"so {word} so".replace("#", "7")).tokens == ("so", word, "so")


@pytest.fixture(scope="module")
def own_reader() -> Reader:
    """A reader whose memory of these thousands of texts goes with the module."""
    return Reader()


class TestMatches:
    @pytest.mark.parametrize(
        ("text", "name", "words"),
        [
            ("The PILL works", "drug", "PILL"),
            ("A game-changer, they say", "hype_noun", "game-changer"),
            ("It’s the Alzheimer’s drug", "drug", "Alzheimer’s drug"),
            ("Dr. Hill saw 12% fewer", "researcher", "Dr."),
            ("Dr. Hill saw 12% fewer", "relative", "% fewer"),
            ("They didn't", "negation", "didn't"),
            ("It costs £5", "money", "£"),
        ],
    )
    def test_words_are_found(self, text: str, name: str, words: str) -> None:
        assert (name, words) in matches(text)

    @pytest.mark.parametrize(
        ("text", "words"),
        [("A pillow fight", "pill"), ("Take the pi. Ll is none", "pill"), ("Such a game. Changer of worlds", "game")],
    )
    def test_parts_of_words_and_words_of_two_sentences_are_not(self, text: str, words: str) -> None:
        assert not {found for _, found in matches(text) if words in found.lower()}

    def test_a_class_is_not_the_cue_list_of_its_name(self) -> None:
        parsed = sentence("It is a miracle")
        number = tuple(word_classes()).index("hype_noun")
        assert (number, 3, 4) in parsed.classes
        assert all(first == 3 for _, first, _ in parsed.cues)


class TestAbstracted:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("The pill eases pain.", "DRUG BENEFIT_S OUTCOME ."),
            ("The pill, taken daily, eases their pain", "DRUG , _ , BENEFIT_S their OUTCOME"),
            # The longer wins: a heart attack is no heart, heart disease is, "risk" by itself is no class.
            ("A heart attack", "a OUTCOME"),
            ("The heart", "the BODY"),
            ("It reduces heart disease", "it BENEFIT_S DISEASE"),
            # Of two as long the earlier: "heart disease" and "disease risk" share a word.
            ("It reduces heart disease risk", "it BENEFIT_S DISEASE _"),
            # Words of no class are one gap, however many.
            ("Zorbulate quindlish snargle", "_"),
            ("Zorbulate the quindlish snargle", "_ the _"),
            # Function words and marks stay; a class that leaves no mark keeps only those of its words.
            ("The pill might ease pain", "DRUG might BENEFIT_BASE OUTCOME"),
            ("Pain appears not", "OUTCOME _ not"),
            ("Is it 7 or so?", "is it # or so ?"),
        ],
    )
    def test_known_sentences(self, text: str, expected: str) -> None:
        assert abstracted(sentence(text)) == expected.split()

    @given(TEXTS)
    @settings(max_examples=100)
    def test_only_marks_are_upper_case_and_nothing_is_added(self, text: str) -> None:
        marks = {name.upper() for name in word_classes()}
        for parsed in read(text).sentences:
            words = abstracted(parsed)
            assert len(words) <= len(parsed.tokens)
            assert all(word in marks or word == GAP or word in parsed.tokens for word in words)
            assert bool(words) == bool(parsed.tokens)


class TestGrams:
    def test_all_of_a_short_sentence(self) -> None:
        assert class_grams(sentence("The pill eases pain."), 2) == [
            *("DRUG", "BENEFIT_S", "OUTCOME", "."),
            *("<s> DRUG", "DRUG BENEFIT_S", "BENEFIT_S OUTCOME", "OUTCOME .", ". </s>"),
            *("DRUG>BENEFIT_S", "DRUG>OUTCOME", "BENEFIT_S>OUTCOME"),
            "DRUG>BENEFIT_S>OUTCOME",
        ]

    def test_the_longest_is_kept_to(self) -> None:
        spaces = {gram.count(" ") for gram in class_grams(sentence("The pill eases pain."), 4)}
        assert spaces == {0, 1, 2, 3}
        assert {gram.count(" ") for gram in class_grams(sentence("The pill eases pain."), 1)} == {0}

    def test_pairs_and_triples_pass_over_what_stands_between(self) -> None:
        near, far = (
            set(class_grams(sentence(text), 1)) for text in ("The pill eases pain.", "The pill, ah, eases pain.")
        )
        assert {"DRUG>BENEFIT_S", "DRUG>BENEFIT_S>OUTCOME"} <= near & far

    def test_pairs_reach_four_marks_and_no_further(self) -> None:
        found = class_grams(sentence("The pill eases pain, pain, pain or mice."), 1)
        assert abstracted(sentence("The pill eases pain, pain, pain or mice.")) == (
            ["DRUG", "BENEFIT_S", "OUTCOME", ",", "OUTCOME", ",", "OUTCOME", "or", "ANIMAL", "."]
        )
        assert "BENEFIT_S>ANIMAL" in found  # the fourth mark after it
        assert "DRUG>ANIMAL" not in found  # the fifth
        assert "ANIMAL>DRUG" not in found

    def test_a_sentence_without_classes_has_words_only(self) -> None:
        assert class_grams(sentence("Zorbulate the quindlish"), 1) == ["_", "the", "_"]
