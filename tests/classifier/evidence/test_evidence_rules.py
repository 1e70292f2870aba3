"""Rules and what they are made of: numbers, folded text, patterns, and mistakes in data files."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.evidence.numbers import number_of
from classifier.evidence.rules import compiled, fold, make_rule, rules

ROW: dict[str, Any] = {"tells": [["cost", "told"]], "words": ["price{,s}"], "patterns": [r"\bprices?\b"]}


@pytest.mark.parametrize(
    ("words", "digits"),
    [
        ("48", "48"),
        ("1,200", "1200"),
        ("2.5 million", "2500000"),
        ("1·5 million", "1500000"),
        ("twenty-three", "23"),
        ("three hundred and five", "305"),
        ("two dozen", "24"),
        ("a dozen", "12"),
        ("two thousand", "2000"),
        ("some", ""),
        ("2.5", ""),
        ("1.2.3", ""),
        ("", ""),
    ],
)
def test_numbers_in_digits_and_words(words: str, digits: str) -> None:
    assert number_of(words) == digits


@given(st.integers(min_value=0, max_value=999_999_999))
def test_grouped_digits_are_read_as_one_number(number: int) -> None:
    assert number_of(f"{number:,}") == number_of(str(number)) == str(number)


@given(st.text())
def test_any_words_are_a_number_or_none(words: str) -> None:
    digits = number_of(words)
    assert digits == "" or digits.isdigit()


def test_a_number_without_end_is_none() -> None:
    assert number_of("7" * 400) == ""
    assert number_of("1" + "0" * 12) == ""


@given(st.text())
def test_folding_keeps_the_length_and_may_be_done_twice(text: str) -> None:
    assert len(fold(text)) == len(text)
    assert fold(fold(text)) == fold(text)


def test_a_blank_is_any_number_of_blanks_and_a_fragment_is_put_in() -> None:
    pattern = compiled(["a {fruit}[- ]pie", "b ?c"], {"fruit": "fig|plum"})
    assert pattern.fullmatch("a   plum-pie")
    assert pattern.fullmatch("bc")
    assert not pattern.fullmatch("afig pie")


def test_a_rule_applies_where_a_word_of_each_list_stands() -> None:
    rule = make_rule({**ROW, "also": ["pill"]}, {})
    assert rule.applies(frozenset({"prices", "pill"}))
    assert not rule.applies(frozenset({"prices"}))
    assert not rule.applies(frozenset({"pill"}))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"word": ["x"]}, r"unknown keys of a rule of evidence: \['word'\]"),
        ({"tells": [["costs", "told"]]}, "unknown evidence costs = 'told'"),
        ({"tells": [["cost", "high"]]}, "unknown evidence cost = 'high'"),
        ({"words": []}, "a rule of evidence has no words"),
        ({"patterns": ["{fruit}"]}, r"unknown fragment \{fruit\}"),
    ],
)
def test_a_mistake_in_a_rule_is_told(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make_rule({**ROW, **change}, {})


def test_every_shipped_rule_can_be_started() -> None:
    known = rules()
    assert known.words == frozenset(known.by_word)
    for word, found in known.by_word.items():
        assert word == fold(word)
        assert all(word in rule.words and rule.tells for rule in found)
    assert known.asides
    assert not any(rule.tells for rule in known.asides)
