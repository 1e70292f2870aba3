"""The memory zone that stays open: what is new in it is freed now and then, and nothing that was read changes."""

from __future__ import annotations

from functools import cache

import spacy
from hypothesis import given
from hypothesis import strategies as st
from spacy.language import Language

from classifier.document import Document
from classifier.features.reader import Reader
from classifier.features.zone import RollingZone


def is_new(reader: Reader, word: str) -> bool:
    return word not in reader._nlp.vocab.strings


class TestReader:
    def test_words_are_known_until_they_are_forgotten(self) -> None:
        reader = Reader()
        assert is_new(reader, "zyxwv")
        reader.read([Document("A zyxwv is new.")])
        assert not is_new(reader, "zyxwv")
        reader.forget()
        assert is_new(reader, "zyxwv")
        reader.forget()

    def test_what_was_read_outlives_the_zone(self) -> None:
        reader = Reader()
        (parsed,) = reader.read([Document("A zyxwv is 12 new.")])
        reader.forget()
        assert parsed.sentences[0].tokens == ("a", "zyxwv", "is", "#", "new", ".")
        assert reader.read([Document("A zyxwv is 12 new.")])[0].sentences[0].reading == parsed.sentences[0].reading

    def test_words_to_warm_with_stay(self) -> None:
        reader = Reader()
        reader.read([Document("A zyxwv is new.")])
        reader.warm(["vwxyz"])
        assert is_new(reader, "zyxwv")
        reader.read([Document("A vwxyz is new.")])
        reader.forget()
        assert not is_new(reader, "vwxyz")


@cache
def blank_pipeline() -> Language:
    """It takes a while to make; each test leaves its zone."""
    return spacy.blank("en")


@given(st.lists(st.integers(1, 7), max_size=20))
def test_a_zone_is_left_for_a_new_one_when_it_is_full(counts: list[int]) -> None:
    nlp = blank_pipeline()
    zone = RollingZone(nlp, most=10)
    read = 0
    for number, count in enumerate(counts):
        zone.enter(count)
        full = read + count > 10
        read = count if full else read + count
        assert (f"word{number - 1}" in nlp.vocab.strings) == (number > 0 and not full)
        nlp(f"word{number}")
    zone.leave()
    zone.leave()
    assert f"word{len(counts) - 1}" not in nlp.vocab.strings


def test_a_longer_text_than_a_zone_has_room_for_is_read_in_one() -> None:
    reader = Reader()
    reader._zone = RollingZone(reader._nlp, most=12)
    text = "It is new. It is old. It is zyxwv. It is blue. It is zyxwv, too."
    assert len(reader.read([Document(text)])[0].sentences) == 5
    reader.read([Document("It is red.")])
    assert is_new(reader, "zyxwv")
