"""What readers are shown of the evidence: which tellings, by which names, in which paragraph."""

from __future__ import annotations

import pytest

from classifier.document import Document, Span
from classifier.evidence import Evidence
from classifier.evidence.kinds import VALUES
from classifier.features.reader import shared_reader
from classifier.segmentation import split
from classifier.tellings import paragraph_of, place_of, settings, shown, size_words, subject_of, words_for


def telling(kind: str, value: str, start: int = 0, *, background: bool = False, weak: bool = False) -> Evidence:
    return Evidence(kind, value, start, Span(start, start + 1), background, weak)


class TestShown:
    def test_a_hint_is_shown_only_where_nothing_plain_of_its_kind_is(self) -> None:
        hint, other = telling("design", "observational", 0, weak=True), telling("comparison", "placebo", 1)
        assert shown([hint, other]) == (hint, other)
        plain = telling("design", "randomised", 2)
        assert shown([hint, other, plain]) == (other, plain)

    def test_what_is_told_of_other_work_does_not_hide_a_hint(self) -> None:
        hint, earlier = (
            telling("design", "observational", 0, weak=True),
            telling("design", "review", 1, background=True),
        )
        assert shown([hint, earlier]) == (hint, earlier)

    def test_a_hint_of_other_work_is_never_shown(self) -> None:
        assert shown([telling("design", "observational", weak=True, background=True)]) == ()

    def test_a_value_is_shown_once_a_sentence(self) -> None:
        first, second = (Evidence("design", "preclinical", 0, Span(at, at + 2), False) for at in (0, 5))
        later = Evidence("design", "preclinical", 1, Span(9, 12), False)
        assert shown([first, second, later]) == (first, later)
        sizes = [Evidence("sample_size", size, 0, Span(0, 2), False) for size in ("24", "48")]
        assert shown(sizes) == tuple(sizes)

    def test_what_the_same_words_tell_besides_is_left_out(self) -> None:
        design, stage = telling("design", "preclinical"), telling("stage", "preclinical")
        assert shown([design, stage]) == (design,)
        elsewhere = telling("stage", "preclinical", 4)
        assert shown([design, elsewhere]) == (design, elsewhere)


class TestPlaces:
    @pytest.mark.parametrize(
        ("text", "title", "paragraphs"),
        [
            ("Head\n\nOne. Still one.\n\nTwo.", None, [0, 1, 1, 2]),
            ("One. Still one.\n\nTwo.", "Head", [0, 1, 1, 2]),
            ("One. Still one.", None, [1, 1]),
            ("One.\n\nTwo is here.", "<b></b>", [1, 2]),
            ("Head\n\nA sub-heading\n\n• One is here\n• Two is here", None, [0, 1, 2, 3]),
        ],
    )
    def test_paragraphs_count_from_the_first_after_the_headline(
        self, text: str, title: str | None, paragraphs: list[int]
    ) -> None:
        sentences = split(Document(text, title))
        assert [paragraph_of(sentences, number) for number in range(len(sentences))] == paragraphs

    def test_in_words(self) -> None:
        assert [place_of(0), place_of(0, "the "), place_of(12, "the ")] == ["headline", "the headline", "paragraph 12"]


class TestWords:
    def test_every_value_has_its_words(self) -> None:
        words = settings()["words"]
        assert {kind: set(row) for kind, row in words.items()} == {
            kind: set(values or ("",)) for kind, values in VALUES.items()
        }
        for kind, values in VALUES.items():
            for value in values or ("48",):
                assert words_for(telling(kind, value), "in mice")

    @pytest.mark.parametrize(
        ("words", "subject"),
        [
            ("in obese mice", "mice"),
            ("Mouse models", "mice"),
            ("lab rats", "rats"),
            ("guinea pigs", "guinea pigs"),
            ("pigs", "pigs"),
            ("laboratory animals", "animals"),
            ("cell lines", "cells in the lab"),
            ("in vitro", "cells in the lab"),
            ("computer model", "a computer model"),
            ("preclinical", "animals or the lab"),
            ("in the lab", "animals or the lab"),
            ("micelles", "animals or the lab"),
        ],
    )
    def test_subjects(self, words: str, subject: str) -> None:
        assert subject_of(words) == subject

    def test_sizes(self) -> None:
        assert [size_words(1), size_words(48), size_words(41_000)] == [
            "1 participant",
            "48 participants",
            "41,000 participants",
        ]

    def test_names_of_what_the_finder_finds(self) -> None:
        text = "The small phase 2 trial of 48 women was randomised. It worked in zebrafish."
        document = shared_reader().read([Document(text)])[0]
        named = {words_for(found, text[found.span.start : found.span.end]) for found in shown(document.evidence)}
        assert {"48 participants", "randomised trial", "work in zebrafish"} <= named
        quoted = words_for(Evidence("stage", "pilot", 0, Span(0, 5), False), "a small\n study")
        assert quoted == "“a small study”"
