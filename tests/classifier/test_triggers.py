"""Triggers: never outside their sentence, never long, and learnt from a toy."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.exceptions import NotFittedError
from small_training import SmallModel
from test_reader import TEXTS, read

from classifier.document import Span
from classifier.labels import LABEL_IDS
from classifier.triggers import MAX_TRIGGER_TOKENS, TriggerExample, TriggerFinder

pytest_plugins = ("small_model",)

HYPE, HARMS = LABEL_IDS.index("sensational_language"), LABEL_IDS.index("understated_harms")


def example(text: str, label: int, words: str) -> TriggerExample:
    (sentence,) = read(text).sentences
    start = text.index(words)
    return TriggerExample(sentence, label, Span(start, start + len(words)))


SUBJECTS = ("The pill", "A new jab", "This old diet", "Their scan")
TOY = [
    *(example(f"{one} is a wonder today and is quite harmless", HYPE, "wonder") for one in SUBJECTS),
    *(example(f"{one} is a wonder today and is quite harmless", HARMS, "quite harmless") for one in SUBJECTS),
]


def found(finder: TriggerFinder, text: str, label: int) -> str:
    parsed = read(text)
    return parsed.document.slice(finder.find(parsed.sentences[0], label))


class TestToy:
    finder = TriggerFinder(strength=10, generosity=0, min_count=1).fit(TOY)

    def test_each_label_finds_its_own_words(self) -> None:
        text = "My green tea is a wonder today and is quite harmless"
        assert found(self.finder, text, HYPE) == "wonder"
        assert found(self.finder, text, HARMS) == "quite harmless"

    def test_generosity_makes_them_longer(self) -> None:
        text = "My green tea is a wonder today and is quite harmless"
        generous = TriggerFinder(strength=10, generosity=20, min_count=1).fit(TOY)
        assert len(found(generous, text, HYPE)) > len("wonder")

    def test_rare_features_are_left_out(self) -> None:
        assert any("w=wonder" in name for name in self.finder.weights_)
        assert not any("wonder" in name for name in TriggerFinder(min_count=9).fit(TOY).weights_)

    def test_the_same_examples_give_the_same_weights(self) -> None:
        again = TriggerFinder(strength=10, generosity=0, min_count=1).fit(TOY)
        assert (again.weights_, again.bias_) == (self.finder.weights_, self.finder.bias_)

    def test_punctuation_is_not_at_its_edge(self) -> None:
        generous = TriggerFinder(strength=10, generosity=20, min_count=1).fit(TOY)
        assert found(generous, "“A wonder!”", HYPE) == "A wonder"

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("👦 A wonder 🎉🎉", "A wonder"),
            ("👨\u200d👩\u200d👦 A wonder", "A wonder"),
            ("A wonder in 62%", "A wonder in 62%"),
            ("A wonder for £5", "A wonder for £5"),
        ],
    )
    def test_nor_are_emoji_but_signs_are(self, text: str, expected: str) -> None:
        generous = TriggerFinder(strength=10, generosity=20, min_count=1).fit(TOY)
        assert found(generous, text, HYPE) == expected

    def test_a_possessive_stays_with_its_word(self) -> None:
        assert found(self.finder, "My tea is a wonder's child today and is quite harmless", HYPE) == "wonder's"
        generous = TriggerFinder(strength=10, generosity=20, min_count=1).fit(TOY)
        assert found(generous, "'s wonder", HYPE) == "wonder"

    def test_punctuation_alone_is_better_than_nothing(self) -> None:
        assert found(self.finder, "…!?", HYPE) != ""

    def test_a_sentence_without_tokens_is_its_own_trigger(self) -> None:
        assert found(self.finder, "<br>", HYPE) == "<br>"


@given(TEXTS, st.one_of(st.none(), TEXTS), st.sampled_from(range(len(LABEL_IDS))), st.sampled_from([-5.0, 0.5, 50.0]))
def test_it_is_inside_its_sentence_and_at_most_15_words(
    small_model: SmallModel, text: str, title: str | None, label: int, generosity: float
) -> None:
    finder = TriggerFinder(generosity=generosity)
    finder.weights_, finder.bias_ = small_model.triggers.weights_, small_model.triggers.bias_
    parsed = read(text, title)
    for sentence in parsed.sentences:
        trigger = finder.find(sentence, label)
        assert sentence.sentence.span.contains(trigger)
        words = parsed.document.slice(trigger)
        assert words.strip()
        if sentence.tokens:
            assert words == words.strip()
            assert len(words.split()) <= MAX_TRIGGER_TOKENS


def test_a_long_trigger_is_cut_at_15_words() -> None:
    generous = TriggerFinder(strength=10, generosity=50, min_count=1).fit(TOY)
    words = found(generous, "one two three four " * 10, HYPE)
    assert len(words.split()) == MAX_TRIGGER_TOKENS == 15


def test_it_finds_most_of_what_it_was_taught(small_model: SmallModel) -> None:
    hits = [
        small_model.triggers.find(taught.sentence, taught.label).overlaps(taught.trigger)
        for taught in small_model.gold.triggers
    ]
    assert sum(hits) / len(hits) > 0.85


class TestRefused:
    def test_no_examples(self) -> None:
        with pytest.raises(ValueError, match="there is no trigger to learn from"):
            TriggerFinder().fit([])

    @pytest.mark.parametrize("settings", [{"strength": 0}, {"strength": -1}, {"min_count": 0}])
    def test_settings_out_of_range(self, settings: dict[str, int]) -> None:
        with pytest.raises(ValueError, match="strength must be above 0 and min_count at least 1"):
            TriggerFinder(**settings).fit(TOY)

    def test_unfitted(self) -> None:
        with pytest.raises(NotFittedError, match="not fitted yet"):
            TriggerFinder().find(TOY[0].sentence, HYPE)
