"""The files of ``splits/``."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from small_data import assert_refused, change, put, write_small_data

from classifier.training import splits
from classifier.training.corpus import load_articles, read_labelled
from classifier.training.splits import dev_text, fold_of, folds_text, read_splits


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return write_small_data(tmp_path)


FOLDS = "story_reviews_00001\t0\nstory_reviews_00002\t1\nnews_reviews_00003\t2\nown-001\t3\nown-002\t4\n"


def test_reads_what_is_there(data: Path) -> None:
    assert (data / "splits/folds.tsv").read_text(encoding="utf-8") == FOLDS
    labelled = read_labelled(data)
    found = read_splits(data, labelled.trained, labelled.held_out)
    assert found.folds == {
        "story_reviews_00001": 0,
        "story_reviews_00002": 1,
        "news_reviews_00003": 2,
        "own-001": 3,
        "own-002": 4,
    }
    assert found.dev == {"story_reviews_00004"}


REFUSED_FOLDS = [
    ("own-002 4\n", 5, "a line must be an id, a tab and a fold"),
    ("own-002\t4\t\n", 5, "a line must be an id, a tab and a fold"),
    ("own-002\t 4\n", 5, "a line must be an id, a tab and a fold"),
    ("own-002\n", 5, "a line must be an id, a tab and a fold"),
    ("own-002\t-1\n", 5, "a line must be an id, a tab and a fold"),
    ("own-002\t٤\n", 5, "a line must be an id, a tab and a fold"),
    ("# a zebra\nown-002\t4\n", 5, "a line must be an id, a tab and a fold"),
    ("own-002\t5\n", 5, "the fold must be a digit from 0 to 4"),
    ("own-002\t04\n", 5, "the fold must be a digit from 0 to 4"),
    ("own-002\t4\nown-001\t3\n", 6, "own-001 stands twice"),
    ("own-002\t4\nown-001\t2\n", 6, "own-001 stands twice"),
    ("own-002\t4\nown-003\t2\n", 6, "own-003 has no article"),
    (
        "own-002\t4\nstory_reviews_00004\t2\n",
        6,
        "story_reviews_00004 is labelled in dev.jsonl and must not be trained on",
    ),
    ("own-002\t4\n\n", 6, "an empty line"),
    ("own-002\t4\r\n", 5, "a carriage return"),
    ("own-002\t4", 5, "no line feed at its end"),
    (b"own-002\t\xff\n", 5, "not UTF-8"),
]


@pytest.mark.parametrize(("last", "line", "why"), REFUSED_FOLDS)
def test_refuses_in_folds(data: Path, last: str | bytes, line: int, why: str) -> None:
    path = data / "splits/folds.tsv"
    rest = FOLDS.removesuffix("own-002\t4\n").encode()
    put(path, rest + (last.encode() if isinstance(last, str) else last))
    assert_refused(lambda: load_articles(data, None, {"own"}), path, line, why)


REFUSED_DEV = [
    ("story_reviews_00004\t\n", 1, "a line must be an id alone"),
    ("story_reviews_00004\t1\n", 1, "a line must be an id alone"),
    (" story_reviews_00004\n", 1, "a line must be an id alone"),
    ("the zebra\n", 1, "a line must be an id alone"),
    ("story_reviews_00004\nstory_reviews_00004\n", 2, "story_reviews_00004 stands twice"),
    ("story_reviews_00004\nstory_reviews_00001\n", 2, "story_reviews_00001 stands in folds.tsv too"),
    ("story_reviews_00004\nstory_reviews_00009\n", 2, "story_reviews_00009 has no article in dev.jsonl"),
    ("\ufeffstory_reviews_00004\n", 1, "byte order mark"),
    ("story_reviews_00004\n\n", 2, "an empty line"),
    ("story_reviews_00004", 1, "no line feed at its end"),
]


@pytest.mark.parametrize(("content", "line", "why"), REFUSED_DEV)
def test_refuses_in_dev(data: Path, content: str, line: int, why: str) -> None:
    path = data / "splits/dev.txt"
    put(path, content)
    assert_refused(lambda: load_articles(data, None, {"own"}), path, line, why)


MISSING_FOLDS = [
    ("story_reviews_00002", "annotations/train.jsonl", 2),
    ("news_reviews_00003", "annotations/open.jsonl", 1),
    ("own-002", "articles/batch-01.jsonl", 2),
]


@pytest.mark.parametrize(("article_id", "file", "line"), MISSING_FOLDS)
def test_refuses_an_article_without_a_fold(data: Path, article_id: str, file: str, line: int) -> None:
    kept = [row for row in FOLDS.splitlines(keepends=True) if not row.startswith(article_id)]
    put(data / "splits/folds.tsv", "".join(kept))
    why = f"{article_id} has no fold in splits/folds.tsv"
    assert_refused(lambda: load_articles(data, None, {"own"}), data / file, line, why)


def test_refuses_a_dev_article_that_dev_lacks(data: Path) -> None:
    put(data / "splits/dev.txt", "")
    why = "story_reviews_00004 isn't listed in splits/dev.txt"
    assert_refused(lambda: load_articles(data, None, {"own"}), data / "annotations/dev.jsonl", 1, why)


def test_an_article_may_not_move_from_dev_to_training_unnoticed(data: Path) -> None:
    put(data / "splits/folds.tsv", FOLDS + "story_reviews_00004\t0\n")
    put(data / "splits/dev.txt", "")
    why = "must not be trained on"
    assert_refused(lambda: load_articles(data, None, {"own"}), data / "splits/folds.tsv", 6, why)


@pytest.mark.parametrize("name", ["folds.tsv", "dev.txt"])
def test_refuses_a_missing_file(data: Path, name: str) -> None:
    path = data / "splits" / name
    path.unlink()
    assert_refused(lambda: load_articles(data, None, {"own"}), path, None, "can't be read: no such file")


def test_a_fold_is_the_digest_modulo_five() -> None:
    for article_id in ("own-001", "story_reviews_00001", "news_reviews_00003"):
        assert fold_of(article_id) == int(hashlib.sha256(article_id.encode()).hexdigest(), 16) % 5
    # Written out, so that a change of the function can't pass unseen: it would move articles between folds.
    assert [fold_of(f"own-{number:03d}") for number in range(1, 11)] == WRITTEN_OUT


WRITTEN_OUT = [4, 4, 1, 0, 3, 3, 0, 3, 1, 3]


def test_texts_are_sorted_by_id() -> None:
    ids = ["own-002", "news_reviews_00003", "own-001"]
    assert [line.split("\t")[0] for line in folds_text(ids).splitlines()] == sorted(ids)
    assert dev_text(ids) == "news_reviews_00003\nown-001\nown-002\n"


def test_command_writes_both_files(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    labelled = read_labelled(data)
    for file in (data / "splits").iterdir():
        file.unlink()
    assert splits.main([str(data)]) == 0
    assert (data / "splits/folds.tsv").read_text(encoding="utf-8") == folds_text(labelled.trained)
    assert (data / "splits/dev.txt").read_text(encoding="utf-8") == "story_reviews_00004\n"
    assert load_articles(data, None, {"own"})[0].fold == fold_of("own-001")
    change(data / "annotations/dev.jsonl", 1, lambda row: row.update(id="x"))
    assert splits.main([str(data)]) == 2
    assert capsys.readouterr().err.startswith(f"overclaim: error: {data / 'annotations/dev.jsonl'}:1: id must be")
