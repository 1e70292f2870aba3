"""``load_articles``: what comes out, and what is checked whatever is asked for."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest
from small_data import MARKS, OWN, TEXTS, change, write_small_data

from classifier.document import Document, Span
from classifier.errors import CorpusError
from classifier.training.corpus import SPLITS, Article, GoldLabel, Split, load_articles, read_labelled


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return write_small_data(tmp_path)


def test_splits_are_those_of_the_type() -> None:
    assert get_args(Split) == SPLITS


def test_all_articles_in_order(data: Path) -> None:
    found = load_articles(data, TEXTS, set(SPLITS))
    assert [(article.id, article.split, article.fold, article.kind, article.stance) for article in found] == [
        ("story_reviews_00001", "train", 0, "story", None),
        ("story_reviews_00002", "train", 1, "story", None),
        ("news_reviews_00003", "open", 2, "release", None),
        ("own-001", "own", 3, "story", "uncritical"),
        ("own-002", "own", 4, "story", "uncritical"),
        ("story_reviews_00004", "dev", None, "story", None),
    ]
    assert [article.document.text for article in found] == [(TEXTS | OWN)[article.id] for article in found]
    for article in found:
        words = [(gold.label, article.document.slice(gold.trigger)) for gold in article.labels]
        assert words == MARKS.get(article.id, [])
        assert all(
            gold.sentence in article.sentences and gold.sentence.contains(gold.trigger) for gold in article.labels
        )


def test_an_article_whole(data: Path) -> None:
    (found,) = load_articles(data, TEXTS, {"open"})
    headline, body = Span(0, 18), Span(20, len(TEXTS["news_reviews_00003"]))
    assert found == Article(
        id="news_reviews_00003",
        document=Document(TEXTS["news_reviews_00003"]),
        sentences=(headline, body),
        labels=(GoldLabel(headline, "understated_harms", Span(11, 18)),),
        split="open",
        fold=2,
        kind="release",
        stance=None,
    )


@pytest.mark.parametrize("split", SPLITS)
def test_only_what_is_asked_for(data: Path, split: Split) -> None:
    found = load_articles(data, TEXTS, [split, split])
    assert found
    assert {article.split for article in found} == {split}
    assert load_articles(data, TEXTS, set()) == []


def test_own_articles_need_no_texts(data: Path) -> None:
    assert [article.id for article in load_articles(data, None, {"own"})] == list(OWN)


@pytest.mark.parametrize("splits", [{"train"}, {"open"}, {"dev"}, {"own", "train"}, set(SPLITS)])
def test_public_articles_need_texts(data: Path, splits: set[Split]) -> None:
    with pytest.raises(
        CorpusError, match=r"^the split \w+ needs the texts of the public articles: set OVERCLAIM_CORPUS"
    ):
        load_articles(data, None, splits)


def test_refuses_an_unknown_split(data: Path) -> None:
    with pytest.raises(ValueError, match=r"unknown splits \['test'\]; known are train, open, own, dev"):
        load_articles(data, TEXTS, {"test"})  # type: ignore[arg-type]


def test_texts_of_splits_that_are_not_asked_for_may_be_missing(data: Path) -> None:
    texts = {"story_reviews_00004": TEXTS["story_reviews_00004"]}
    assert [article.id for article in load_articles(data, texts, {"dev"})] == ["story_reviews_00004"]


@pytest.mark.parametrize("file", ["annotations/open.jsonl", "articles/batch-01.jsonl", "annotations/dev.jsonl"])
def test_the_whole_folder_is_checked_whatever_is_asked_for(data: Path, file: str) -> None:
    change(data / file, 1, lambda row: row["labels"].append(5))
    with pytest.raises(CorpusError, match=r":1: labels\[\d\] must be an object, not a whole number"):
        load_articles(data, TEXTS, {"train"})


def test_files_of_articles_are_read_by_name(data: Path) -> None:
    path = data / "articles/batch-01.jsonl"
    first, second = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text(second, encoding="utf-8")
    (data / "articles/batch-00.jsonl").write_text(first, encoding="utf-8")
    assert [article.id for article in read_labelled(data).own] == ["own-001", "own-002"]
