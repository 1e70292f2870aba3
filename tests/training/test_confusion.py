"""Confusion of labels, against counts made by hand."""

from __future__ import annotations

from small_evaluation import CURE, HYPE, SAFE, WordAnnotator, article

from classifier.training.confusion import NAMES, NONE, confusion
from classifier.training.corpus import Article


def cells(*articles: Article) -> dict[tuple[str, str], int]:
    """Cells that aren't 0, by (gold, shown)."""
    shown = [found.spans for found in WordAnnotator().annotate_many([one.document for one in articles])]
    table = confusion(articles, shown)
    assert table["names"] == list(NAMES)
    return {
        (gold, other): count
        for gold, row in zip(NAMES, table["counts"], strict=True)
        for other, count in zip(NAMES, row, strict=True)
        if count
    }


def test_a_hit_is_on_the_diagonal() -> None:
    assert cells(article(1, "A zebramarvel here.", (HYPE, "zebramarvel"))) == {(HYPE, HYPE): 1}


def test_a_miss_is_taken_for_none() -> None:
    assert cells(article(1, "A marvel here.", (HYPE, "marvel"))) == {(HYPE, NONE): 1}


def test_a_false_alarm_is_taken_from_none() -> None:
    assert cells(article(1, "A zebramarvel here.")) == {(NONE, HYPE): 1}


def test_another_label_on_the_sentence_is_its_partner() -> None:
    assert cells(article(1, "A zebramarvel here.", (CURE, "zebramarvel"))) == {(CURE, HYPE): 1}


def test_labels_of_two_sentences_are_no_partners() -> None:
    assert cells(article(1, "A zebramarvel here. It heals.", (CURE, "heals"))) == {(CURE, NONE): 1, (NONE, HYPE): 1}


def test_a_hit_is_no_partner_of_others() -> None:
    text = "A zebramarvel and zebrasafe."
    assert cells(article(1, text, (HYPE, "zebramarvel"))) == {(HYPE, HYPE): 1, (NONE, SAFE): 1}
    assert cells(article(1, "A zebramarvel.", (HYPE, "zebramarvel"), (CURE, "A"))) == {(HYPE, HYPE): 1, (CURE, NONE): 1}


def test_each_lost_label_meets_each_false_one() -> None:
    text = "A zebramarvel and zebrasafe cure in months."
    found = cells(article(1, text, (CURE, "cure"), ("speculative_availability", "in months")))
    gold = (CURE, "speculative_availability")
    assert found == {(label, shown): 1 for label in gold for shown in (HYPE, SAFE)}


def test_articles_add_up_and_nothing_is_nothing() -> None:
    one = article(1, "A zebramarvel here.", (HYPE, "zebramarvel"))
    assert cells(one, article(2, "Nothing here."), one) == {(HYPE, HYPE): 2}
