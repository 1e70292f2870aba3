"""Standoff labels and the texts that they point into: what doesn't fit is refused."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from small_data import TEXTS, Row, assert_refused, change, lines, public_row, put, write_small_data

from classifier.document import Span
from classifier.training.corpus import load_articles


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return write_small_data(tmp_path)


WITH_TEXTS: list[tuple[str, Callable[[Row], object], str]] = [
    ("digest", lambda row: row.update(sha256="0" * 64), "the SHA-256 of the text of story_reviews_00001 differs"),
    ("bounds", lambda row: row["sentences"][-1].__setitem__(1, 96), "reach past the end of the text .* 95 characters"),
    (
        "headline",
        lambda row: row["sentences"][0].__setitem__(1, 30),
        "sentence 0 of story_reviews_00001 isn't the headline",
    ),
    (
        "space-before",
        lambda row: row["labels"][0].update(start=10),
        r"labels\[0\]: the trigger has white space at an end",
    ),
    (
        "space-after",
        lambda row: row["labels"][1].update(end=row["labels"][1]["start"] + 6),
        r"labels\[1\]: .* white space",
    ),
]


@pytest.mark.parametrize(("mutate", "why"), [pytest.param(*case[1:], id=case[0]) for case in WITH_TEXTS])
def test_refuses_what_does_not_fit_the_text(data: Path, mutate: Callable[[Row], object], why: str) -> None:
    path = data / "annotations/train.jsonl"
    change(path, 1, mutate)
    load_articles(data, TEXTS, {"own", "dev"})
    assert_refused(lambda: load_articles(data, TEXTS, {"train"}), path, 1, why)


@pytest.mark.parametrize(("words", "refused"), [(15, False), (16, True)])
def test_a_trigger_has_at_most_fifteen_words(data: Path, words: int, refused: bool) -> None:
    headline = " ".join("zebra" for _ in range(words))
    row = public_row("news_reviews_00003")
    text = f"{headline}\n\nMilk."
    row.update(sha256=hashlib.sha256(text.encode()).hexdigest(), sentences=[[0, len(headline)]])
    row["labels"] = [{"sentence": 0, "label": "understated_harms", "start": 0, "end": len(headline)}]
    path = data / "annotations/open.jsonl"
    put(path, lines(row))
    texts = {**TEXTS, row["id"]: text}
    if refused:
        why = "the trigger has 16 words; at most 15 are allowed"
        assert_refused(lambda: load_articles(data, texts, {"open"}), path, 1, why)
    else:
        assert load_articles(data, texts, {"open"})[0].labels[0].trigger == Span(0, len(headline))


def test_one_changed_character_of_a_text_is_noticed(data: Path) -> None:
    texts = {**TEXTS, "story_reviews_00002": TEXTS["story_reviews_00002"].replace("Why?", "Who?")}
    path = data / "annotations/train.jsonl"
    assert_refused(lambda: load_articles(data, texts, {"train"}), path, 2, "the SHA-256 of the text .* differs")


def test_a_text_with_half_a_surrogate_pair_differs(data: Path) -> None:
    texts = {**TEXTS, "story_reviews_00002": "\ud800"}
    path = data / "annotations/train.jsonl"
    assert_refused(lambda: load_articles(data, texts, {"train"}), path, 2, "the SHA-256 of the text .* differs")


def test_refuses_an_id_that_the_data_set_has_not_got(data: Path) -> None:
    texts = {article_id: text for article_id, text in TEXTS.items() if article_id != "story_reviews_00002"}
    path = data / "annotations/train.jsonl"
    assert_refused(lambda: load_articles(data, texts, {"train"}), path, 2, "no text for story_reviews_00002")
