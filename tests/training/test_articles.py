"""The reader of our own articles: what FORMAT.md says is refused, is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from small_data import OWN, Row, assert_refused, change, lines, own_row, put, write_small_data

from classifier.document import Document, Span
from classifier.segmentation import split
from classifier.training.articles import read_articles
from classifier.training.corpus import read_labelled


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write_small_data(tmp_path) / "articles/batch-01.jsonl"


def test_reads_what_is_there(path: Path) -> None:
    first, second = read_articles(path)
    assert (first.id, first.kind, first.topic, first.stance, first.evidence) == (
        "own-001",
        "story",
        "pain",
        "uncritical",
        "none",
    )
    assert first.text == OWN["own-001"]
    assert first.sentences == tuple(sentence.span for sentence in split(Document(first.text)))
    assert [first.text[m.trigger.start : m.trigger.end] for m in first.marks] == [
        "ends pain",
        "ends pain for good",
        "breakthrough",
    ]
    assert [mark.sentence for mark in first.marks] == [0, 1, 2]
    assert (second.id, second.marks, second.words) == ("own-002", (), 11)


def test_a_row_comes_back_as_it_was(path: Path) -> None:
    assert lines(*(article.as_row() for article in read_articles(path))) == path.read_text(encoding="utf-8")


def test_order_of_keys_does_not_matter(path: Path) -> None:
    before = read_articles(path)
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    put(path, lines(*(dict(reversed(row.items())) for row in rows)))
    assert read_articles(path) == before


def test_labels_on_the_same_words_stand_in_label_order(path: Path) -> None:
    change(path, 1, lambda row: row["labels"].insert(1, {**row["labels"][0], "label": "missing_phase_context"}))
    assert [mark.label for mark in read_articles(path)[0].marks[:2]] == ["overstated_efficacy", "missing_phase_context"]
    change(path, 1, lambda row: row["labels"].insert(0, row["labels"].pop(1)))
    assert_refused(lambda: read_articles(path), path, 1, "labels aren't in order")


KEYS = ["id", "kind", "topic", "stance", "evidence", "text", "labels"]


@pytest.mark.parametrize("key", KEYS)
def test_refuses_missing_keys_and_wrong_types(path: Path, key: str) -> None:
    good = path.read_bytes()
    change(path, 2, lambda row: row.pop(key))
    assert_refused(lambda: read_articles(path), path, 2, f"{key} is missing")
    put(path, good)
    change(path, 2, lambda row: row.update({key: 7}))
    kind = "an array" if key == "labels" else "a string"
    assert_refused(lambda: read_articles(path), path, 2, f"{key} must be {kind}, not a whole number")


@pytest.mark.parametrize("key", ["label", "start", "end"])
def test_refuses_missing_keys_and_wrong_types_of_labels(path: Path, key: str) -> None:
    good = path.read_bytes()
    change(path, 1, lambda row: row["labels"][2].pop(key))
    assert_refused(lambda: read_articles(path), path, 1, rf"labels\[2\]\.{key} is missing")
    put(path, good)
    change(path, 1, lambda row: row["labels"][2].update({key: False}))
    assert_refused(lambda: read_articles(path), path, 1, rf"labels\[2\]\.{key} must be .*, not a boolean")


def retext(text: str) -> Callable[[Row], None]:
    return lambda row: row.update(text=text, labels=[])


HEADLINE = "must begin with a headline on one line and an empty line"
REFUSED: list[tuple[Callable[[Row], object], str]] = [
    (lambda row: row.update(more=1), "unknown key 'more'"),
    (lambda row: row["labels"][0].update(sentence=0), r"labels\[0\]\.unknown key 'sentence'"),
    *(
        (lambda row, bad=bad: row.update(id=bad), "id must be own- and three digits, or twin-, three digits and a or b")
        for bad in (
            "own-1",
            "own-0001",
            "own-٠٠١",
            "own-001 ",
            "own-001\n",
            "Own-001",
            "story_reviews_00001",
            "",
            "twin-001",
            "twin-001c",
            "own-001a",
        )
    ),
    (lambda row: row.update(kind="feature"), "kind must be story or release"),
    (lambda row: row.update(kind="Story"), "kind must be story or release"),
    (lambda row: row.update(stance="neutral"), "stance must be careful, mixed or uncritical"),
    (lambda row: row.update(topic=""), "topic is empty"),
    (lambda row: row.update(topic=" \t"), "topic is empty"),
    (lambda row: row.update(evidence=""), "evidence is empty"),
    (lambda row: row.update(evidence="\u2003"), "evidence is empty"),
    (retext(""), HEADLINE),
    (retext("Zebra"), HEADLINE),
    (retext("Zebra\nThe zebra."), HEADLINE),
    (retext("Zebra\nstory\n\nThe zebra."), HEADLINE),
    (retext("\n\nThe zebra."), "text has white space at an end"),
    (retext("Zebra\n\n"), "text has white space at an end"),
    (retext(" Zebra\n\nThe zebra."), "text has white space at an end"),
    (retext("Zebra\n\nThe zebra.\n"), "text has white space at an end"),
    (retext("Zebra " * 42 + "\n\nThe zebra."), "the headline has 252 characters; at most 250"),
    (lambda row: row["labels"][2].update(label="hype"), r"labels\[2\]: unknown label 'hype'"),
    (lambda row: row["labels"][2].update(label="the zebra"), r"labels\[2\]: unknown label;"),
    (lambda row: row["labels"].insert(1, dict(row["labels"][0])), "overstated_efficacy stands twice on a sentence"),
    (lambda row: row["labels"][1].update(start=0, end=5), "overstated_efficacy stands twice on a sentence"),
    (lambda row: row["labels"][0].update(end=row["labels"][0]["start"]), r"labels\[0\]: the trigger is empty"),
    (lambda row: row["labels"][0].update(start=19, end=10), r"labels\[0\]: the trigger is empty, reversed"),
    (lambda row: row["labels"][0].update(start=-3), r"labels\[0\]: the trigger is empty, reversed or negative"),
    (lambda row: row["labels"][2].update(end=len(row["text"]) + 1), r"labels\[2\]: .* past the end of the text"),
    (
        lambda row: row["labels"][0].update(end=row["text"].index(" zebra")),
        r"labels\[0\]: the trigger isn't inside one sentence",
    ),
    (
        lambda row: row["labels"][1].update(end=row["text"].index(" is a")),
        r"labels\[1\]: the trigger isn't inside one sentence",
    ),
    (lambda row: row["labels"][0].update(start=9), r"labels\[0\]: the trigger has white space at an end"),
    (lambda row: row["labels"][0].update(end=20), r"labels\[0\]: the trigger has white space at an end"),
    (lambda row: row["labels"].reverse(), "labels aren't in order: sort them by start, then end, then label order"),
]


@pytest.mark.parametrize(("mutate", "why"), REFUSED)
def test_refuses_in_articles(path: Path, mutate: Callable[[Row], object], why: str) -> None:
    change(path, 1, mutate)
    assert_refused(lambda: read_articles(path), path, 1, why)


@pytest.mark.parametrize("key", ["topic", "text"])
def test_refuses_half_a_surrogate_pair(path: Path, key: str) -> None:
    put(path, json.dumps({**own_row("own-001"), key: "Zebra\n\nThe \ud83d zebra"}) + "\n")
    assert_refused(lambda: read_articles(path), path, 1, f"{key} holds half of a surrogate pair")


@pytest.mark.parametrize(("words", "refused"), [(15, False), (16, True)])
def test_a_trigger_has_at_most_fifteen_words(path: Path, words: int, refused: bool) -> None:
    trigger = " ".join(["zebra"] * words)
    row = {**own_row("own-001"), "text": f"{trigger}\n\nNothing."}
    row["labels"] = [{"label": "overstated_efficacy", "start": 0, "end": len(trigger)}]
    put(path, lines(row))
    if refused:
        assert_refused(lambda: read_articles(path), path, 1, r"labels\[0\]: the trigger has 16 words; at most 15")
    else:
        assert read_articles(path)[0].marks[0].trigger == Span(0, len(trigger))


@pytest.mark.parametrize(("length", "refused"), [(250, False), (251, True)])
def test_length_of_a_headline(path: Path, length: int, refused: bool) -> None:
    change(path, 1, retext("Z" * length + "\n\nNothing."))
    if refused:
        assert_refused(lambda: read_articles(path), path, 1, "the headline has 251 characters")
    else:
        assert read_articles(path)[0].sentences[0] == Span(0, length)


def test_refuses_an_id_that_was_seen_in_the_same_or_another_file(path: Path) -> None:
    data = path.parents[1]
    change(path, 2, lambda row: row.update(id="own-001"))
    assert_refused(lambda: read_labelled(data), path, 2, f"own-001 was seen before, in {path}:1")
    change(path, 2, lambda row: row.update(id="own-002"))
    other = path.with_name("batch-02.jsonl")
    put(other, lines(own_row("own-002")))
    assert_refused(lambda: read_labelled(data), other, 1, f"own-002 was seen before, in {path}:2")
