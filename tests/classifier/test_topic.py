"""Topic columns: words shared with the headline, and the article's own most frequent words."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_reader import TEXTS, read

from classifier.document import Document
from classifier.features.reader import ParsedDocument, shared_reader
from classifier.features.reading import SentenceCache
from classifier.features.topic import TOPIC_NAMES, topic_features, topic_number

NOWHERE = 40
WALNUTS = read(
    "Walnuts cut stroke deaths\n\nWalnuts were eaten daily by nurses. They had fewer strokes."
    " Walnuts and strokes made headlines. Nobody cooked."
)
"""Content: walnut, stroke, death; walnut, eaten, daily, nurse; fewer, stroke; walnut, stroke, headline; cook.
The topic, told three times: walnut and stroke."""


def table(document: ParsedDocument) -> dict[str, list[float]]:
    values = topic_features(document)
    assert values.shape == (len(document.sentences), len(TOPIC_NAMES))
    assert values.dtype == np.float32
    return {name: column.tolist() for name, column in zip(TOPIC_NAMES, values.T, strict=True)}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("headline_words", [3, 1, 1, 2, 0]),
        ("headline_share", [1, 1 / 4, 1 / 2, 2 / 3, 0]),
        ("headline_covered", [1, 1 / 3, 1 / 3, 2 / 3, 0]),
        ("headline_words_first", [3, 1, 1, 2, 0]),
        ("topic_words", [2, 1, 1, 2, 0]),
        ("top_words", [2, 1, 1, 2, 0]),
        ("topic_words_first", [2, 1, 1, 2, 0]),
        ("top_words_first", [2, 1, 1, 2, 0]),
        ("previous_share", [0, 1 / 4, 0, 1 / 3, 0]),
        ("starts_with_pronoun", [0, 0, 1, 0, 0]),
        ("first_top_word", [0, 0, 3, 0, NOWHERE]),
    ],
)
def test_known_values(name: str, expected: list[float]) -> None:
    assert table(WALNUTS)[name] == pytest.approx(expected)


def test_every_column_is_checked_above() -> None:
    (mark,) = [mark for mark in test_known_values.pytestmark if mark.name == "parametrize"]  # type: ignore[attr-defined]
    assert sorted(name for name, _ in mark.args[1]) == sorted(TOPIC_NAMES)


@pytest.mark.parametrize(("told", "counted"), [(2, 0), (3, 1)])
def test_a_topic_word_stands_three_times(told: int, counted: int) -> None:
    found = table(read("Plain head\n\n" + "Walnuts it is. " * told + "It rained."))
    assert found["topic_words"] == found["top_words"] == [0, *[counted] * told, 0]
    assert found["first_top_word"][1] == (0 if counted else NOWHERE)


def test_the_three_most_frequent_are_the_top_and_eight_the_topic() -> None:
    words = ["apples", "pears", "plums", "melons", "grapes", "lemons", "limes", "olives", "cherries"]
    # The first is told 12 times, the last 4 times and so not among the first eight.
    told = "\n\n".join(word for number, word in enumerate(words) for _ in range(12 - number))
    found = table(read(f"Plain head\n\n{told}\n\n{' '.join(words)}"))
    assert (found["topic_words"][-1], found["top_words"][-1]) == (8, 3)
    # Of its first six tokens all are topic words.
    assert (found["topic_words_first"][-1], found["top_words_first"][-1]) == (6, 3)


@pytest.mark.parametrize(("lead", "first"), [("In the town by the", 1), ("In the old town by the", 0)])
def test_the_first_words_are_six(lead: str, first: int) -> None:
    found = table(read(f"Walnuts\n\nWalnuts fell. Walnuts fell. {lead} walnuts grow."))
    names = ("headline_words_first", "topic_words_first", "top_words_first")
    assert [found[name][-1] for name in names] == [first] * 3
    assert found["headline_words"][-1] == found["topic_words"][-1] == 1
    assert found["first_top_word"][-1] == len(lead.split())


@pytest.mark.parametrize(
    ("headline", "body"),
    [
        ("Strokes", "A stroke"),
        ("Vaccines", "One vaccine"),
        ("Nurses", "A nurse"),
        ("Pills", "The pill"),
        ("Testing", "Tested"),
        ("WALNUTS", "walnut"),
    ],
)
def test_a_word_is_known_by_its_stem(headline: str, body: str) -> None:
    assert table(read(f"{headline}\n\n{body}."))["headline_words"] == [1, 1]


@pytest.mark.parametrize(
    ("headline", "body"),
    [
        ("Pill", "Pillow"),
        ("Jab", "A jab"),  # short
        ("Study", "The study"),  # common
        ("Their", "Their"),
        ("2024", "In 2024"),
    ],
)
def test_another_word_a_short_one_and_a_common_one_are_not_shared(headline: str, body: str) -> None:
    assert table(read(f"{headline}\n\n{body}."))["headline_words"][1] == 0


def test_a_headline_without_content_covers_nothing() -> None:
    found = table(read("It is so\n\nWalnuts fell."))
    assert found["headline_covered"] == found["headline_share"] == [0, 0]


@given(TEXTS, st.one_of(st.none(), TEXTS))
@settings(max_examples=60)
def test_shares_are_shares_in_any_text(text: str, title: str | None) -> None:
    found = table(read(text, title))
    for name in ("headline_share", "headline_covered", "previous_share", "starts_with_pronoun"):
        assert all(0 <= value <= 1 for value in found[name])
    assert all(value >= 0 for column in found.values() for value in column)


class TestNumber:
    """Articles of one cache have the same number if their headline and their most frequent words are the same."""

    BODY = " ".join(["walnut"] * 5 + ["stroke"] * 4 + ["nurse"] * 4 + ["heart"] * 3) + "."

    @pytest.mark.parametrize(
        ("text", "same"),
        [
            (f"Plain head\n\n{BODY} It is dull.", True),
            (f"Plain tale\n\n{BODY}", False),
            (f"Plain head\n\n{BODY} Kidney kidney kidney.", False),
            # The same words are frequent, others of them are the most frequent.
            (f"Plain head\n\n{BODY} Heart heart.", False),
        ],
    )
    def test_it_tells_articles_apart(self, text: str, same: bool) -> None:
        cache = SentenceCache(100)
        first, second = (
            shared_reader().read([Document(one)], cache)[0] for one in (f"Plain head\n\n{self.BODY}", text)
        )
        assert (topic_number(first) == topic_number(second)) is same
