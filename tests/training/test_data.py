"""The data itself: what the project promises about it. No texts of others are needed, but for the last test."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest

from classifier.labels import LABEL_IDS
from classifier.training.corpus import PUBLIC, SPLITS, Labelled, load_articles, read_labelled
from classifier.training.drafts import (
    MAX_TWIN_WORDS,
    MAX_WORDS,
    MIN_TWIN_WORDS,
    MIN_WORDS,
    parse_inline,
    render_inline,
)
from classifier.training.splits import FOLDS, dev_text, fold_of, folds_text, read_splits
from classifier.training.standoff import Place
from classifier.training.texts import corpus_texts, data_folder

DATA = data_folder()


@pytest.fixture(scope="module")
def labelled() -> Labelled:
    return read_labelled(DATA)


def test_the_documented_sets_are_there(labelled: Labelled) -> None:
    assert {split: len(articles) for split, articles in labelled.public.items()} == {
        "train": 1116,
        "open": 264,
        "dev": 60,
    }
    assert {split: sum(len(article.marks) for article in labelled.public[split]) for split in ("train", "dev")} == {
        "train": 4647,
        "dev": 266,
    }
    assert {split: sum(len(article.sentences) for article in labelled.public[split]) for split in PUBLIC} == {
        "train": 32171,
        "open": 15799,
        "dev": 1808,
    }


def test_there_are_at_least_sixty_articles_of_our_own(labelled: Labelled) -> None:
    assert len(labelled.own) >= 60


@pytest.mark.parametrize("label", LABEL_IDS)
def test_each_label_occurs_often_enough_in_our_own_articles(labelled: Labelled, label: str) -> None:
    assert sum(mark.label == label for article in labelled.own for mark in article.marks) >= 25


def test_a_third_of_our_own_articles_are_careful(labelled: Labelled) -> None:
    stances = Counter(article.stance for article in labelled.own)
    assert stances["careful"] * 3 >= len(labelled.own)
    assert min(stances["mixed"], stances["uncritical"]) > 0


def test_careful_articles_have_next_to_no_labels(labelled: Labelled) -> None:
    careful = [article for article in labelled.own if article.stance == "careful"]
    assert max(len(article.marks) for article in careful) <= 2


def test_lengths_of_our_own_articles(labelled: Labelled) -> None:
    twin, single = (MIN_TWIN_WORDS, MAX_TWIN_WORDS), (MIN_WORDS, MAX_WORDS)
    for article in labelled.own:
        least, most = twin if article.id.startswith("twin-") else single
        assert least <= article.words <= most, article.id


def family(article_id: str) -> str:
    """What twins share: their id without its letter."""
    return article_id.rstrip("ab")


def test_twins_come_in_pairs_that_differ(labelled: Labelled) -> None:
    twins: dict[str, list[tuple[str, int]]] = {}
    for article in labelled.own:
        if article.id.startswith("twin-"):
            twins.setdefault(family(article.id), []).append((article.text, fold_of(article.id)))
    assert len(twins) >= 300
    for name, ((one, fold), (other, other_fold)) in twins.items():
        assert one != other, name
        assert fold == other_fold


def test_no_text_and_no_headline_occurs_twice(labelled: Labelled) -> None:
    headlines = Counter(
        headline
        for headline, _ in {(article.text.split("\n\n", 1)[0].lower(), family(article.id)) for article in labelled.own}
    )
    assert max(headlines.values()) == 1
    digests = Counter(article.sha256 for split in PUBLIC for article in labelled.public[split])
    assert max(digests.values()) == 1


def test_no_long_sentence_occurs_in_two_of_our_own_articles(labelled: Labelled) -> None:
    """An article mustn't be on both sides of a fold by way of its copy.

    Companies' warnings about their forward-looking statements are alike in life, too.
    """
    found: dict[str, set[str]] = {}
    for article in labelled.own:
        for sentence in article.sentences:
            words = article.text[sentence.start : sentence.end].lower()
            if len(words.split()) >= 8 and "forward-looking statements" not in words:
                found.setdefault(words, set()).add(family(article.id))
    assert {words for words, ids in found.items() if len(ids) > 1} == set()


def test_our_own_articles_have_an_inline_form(labelled: Labelled) -> None:
    """So each can be turned back into a draft to be corrected."""
    for article in labelled.own:
        raw = [(mark.label, mark.trigger.start, mark.trigger.end) for mark in article.marks]
        text, labels = parse_inline(render_inline(article.text, raw), Place(article.place.file, 1))
        assert (text, [label.raw for label in labels]) == (article.text, raw)


def test_ids_of_our_own_articles_ascend(labelled: Labelled) -> None:
    assert all(before.id < after.id for before, after in pairwise(labelled.own))


def test_open_is_sorted_by_id(labelled: Labelled) -> None:
    assert all(before.id < after.id for before, after in pairwise(labelled.public["open"]))


def test_splits_are_those_that_the_command_writes(labelled: Labelled) -> None:
    assert (DATA / "splits/folds.tsv").read_text(encoding="utf-8") == folds_text(labelled.trained)
    assert (DATA / "splits/dev.txt").read_text(encoding="utf-8") == dev_text(labelled.held_out)


def test_dev_is_never_in_a_fold(labelled: Labelled) -> None:
    dev = {article.id for article in labelled.public["dev"]}
    splits = read_splits(DATA, labelled.trained, labelled.held_out)
    assert splits.dev == dev
    assert not dev & set(splits.folds)
    listed = (DATA / "splits/folds.tsv").read_text(encoding="utf-8").splitlines()
    assert not dev & {line.split("\t")[0] for line in listed}


def test_folds_are_about_equal_in_public_and_own_articles(labelled: Labelled) -> None:
    for ids in ([article.id for article in labelled.public["train"]], [article.id for article in labelled.own]):
        sizes = Counter(map(fold_of, ids))
        assert len(sizes) == FOLDS
        assert min(sizes.values()) > len(ids) / FOLDS * 0.6


def test_each_fold_of_our_own_articles_has_each_label(labelled: Labelled) -> None:
    """A machine without the public texts cross-validates on these alone."""
    seen = {(fold_of(article.id), mark.label) for article in labelled.own for mark in article.marks}
    assert len(seen) == FOLDS * len(LABEL_IDS)


def test_own_articles_load_without_texts() -> None:
    articles = load_articles(DATA, None, {"own"})
    assert all(article.fold == fold_of(article.id) for article in articles)
    for article in articles:
        for gold in article.labels:
            assert gold.sentence in article.sentences
            assert gold.sentence.contains(gold.trigger)


@pytest.mark.corpus
def test_the_labels_fit_the_public_texts(labelled: Labelled) -> None:
    articles = load_articles(DATA, corpus_texts(), set(SPLITS))
    assert len(articles) == sum(map(len, labelled.public.values())) + len(labelled.own)
    assert {article.id for article in articles if article.fold is None} == set(labelled.held_out)
