"""Feedback as labels: votes, what is left out, and the training's own reader, which takes the files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from told import LABEL, SENTENCE, fill, judgement

from classifier.labels import LABEL_IDS
from classifier.training import splits
from classifier.training.corpus import Article, load_articles
from classifier.training.gold import training_set
from classifier.training.texts import corpus_texts
from service.cli import main
from service.console import CommandError
from service.feedback import standoff as standoff_module
from service.feedback.standoff import FIRST_ID, HEADLINE, Export, standoff

CURE = "overstated_efficacy"


def labels_of(export: Export) -> dict[str, list[tuple[str, str]]]:
    """Sentence to its labels and their triggers, by what was written."""
    found = {}
    for article, text in zip(export.articles, export.texts, strict=True):
        assert article["id"] == text["id"]
        words: Any = text["text"]
        line: Any = article
        (start, end) = line["sentences"][1]
        found[words[start:end]] = [(mark["label"], words[mark["start"] : mark["end"]]) for mark in line["labels"]]
    return found


def test_the_majority_decides() -> None:
    rows = [
        judgement("One miracle.", "right"),
        judgement("Two miracle.", "wrong"),
        judgement("Three miracle.", "right"),
        judgement("Three miracle.", "right"),
        judgement("Three miracle.", "wrong"),
        judgement("Four miracle.", "right"),
        judgement("Four miracle.", "wrong"),
        judgement("Four miracle.", "wrong"),
    ]
    assert labels_of(standoff(rows)) == {
        "One miracle.": [(LABEL, "miracle")],
        "Two miracle.": [],
        "Three miracle.": [(LABEL, "miracle")],
        "Four miracle.": [],
    }


def test_ties_are_left_out_with_their_sentence() -> None:
    rows = [
        judgement("A miracle cure.", "right"),
        judgement("A miracle cure.", "wrong"),
        # Kept, this would say that the sentence hasn't got the label of the tie.
        judgement("A miracle cure.", "right", "miracle cure", CURE),
        judgement("B miracle.", "right"),
    ]
    export = standoff(rows)
    assert labels_of(export) == {"B miracle.": [(LABEL, "miracle")]}
    assert (export.ties, export.unusable) == (1, 0)


def test_what_cannot_be_used_is_counted() -> None:
    long = "miracle " + "word " * 15
    rows = [
        judgement(None, "right"),
        judgement(None, "wrong"),
        judgement("A miracle.", "hide"),
        judgement("B miracle.", "right", label="a_label_of_long_ago"),
        judgement(long, "right", long),
        judgement(long + "more", "right", " ".join(long.split()[:15])),
    ]
    export = standoff(rows)
    assert (export.without_sentence, export.hidden, export.ties, export.unusable) == (2, 1, 0, 2)
    assert list(labels_of(export)) == [long + "more"]


def test_the_trigger_that_most_mean() -> None:
    rows = [
        judgement("A miracle cure.", "right", "A miracle"),
        judgement("A miracle cure.", "right", "cure"),
        judgement("A  miracle\ncure.", "right", "cure"),
        judgement("B miracle cure.", "right", "cure"),
        judgement("B miracle cure.", "right", "miracle"),
    ]
    assert labels_of(standoff(rows)) == {
        "A miracle cure.": [(LABEL, "cure")],
        "B miracle cure.": [(LABEL, "miracle")],
    }


def test_ids_stay_as_more_comes() -> None:
    rows = [
        judgement("A miracle.", "right"),
        judgement("B miracle.", "right"),
        judgement("C miracle.", "right"),
    ]
    before = [article["id"] for article in standoff(rows).articles]
    assert before == [f"story_reviews_{FIRST_ID + number}" for number in range(3)]
    later = [*rows, judgement("A miracle.", "wrong"), judgement("D miracle.", "right")]
    assert [article["id"] for article in standoff(later).articles] == [*before[1:], f"story_reviews_{FIRST_ID + 3}"]


def test_more_sentences_than_ids(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [judgement("A miracle.", "right"), judgement("B miracle.", "right")]
    monkeypatch.setattr(standoff_module, "LAST_ID", FIRST_ID + 1)
    assert len(standoff(rows).articles) == 2
    monkeypatch.setattr(standoff_module, "LAST_ID", FIRST_ID)
    with pytest.raises(CommandError, match="^more than 1 sentences, and there are no more ids"):
        standoff(rows)


@given(
    st.text(st.sampled_from("a 😀\n\t\u2028\u00a0é"), max_size=12),
    st.text(st.sampled_from("b 😀\n"), min_size=1, max_size=8).filter(str.strip),
    st.text(st.sampled_from("c 😀\n"), max_size=8),
)
def test_triggers_stay_on_their_words_as_white_space_is_folded(before: str, words: str, after: str) -> None:
    told = judgement("miracle", "right")
    sentence = before + words + after
    place = {"start": len(before), "end": len(before + words)}
    moved = type(told)(**{name: getattr(told, name) for name in told.__slots__} | {"sentence": sentence} | place)
    [(folded, [(_, trigger)])] = labels_of(standoff([moved])).items()
    assert folded == " ".join(sentence.split())
    assert trigger == " ".join(words.split())
    front = "".join(before.split())
    assert len("".join(folded[: folded.index(trigger)].split())) <= len(front)


def read_by_the_training(folder: Path, exported: Path) -> list[Article]:
    """What the training reads of an export that stands in the place of ``open.jsonl``."""
    (folder / "annotations").mkdir(parents=True)
    for name in ("train", "dev"):
        (folder / "annotations" / f"{name}.jsonl").write_bytes(b"")
    (folder / "annotations" / "open.jsonl").write_bytes(exported.read_bytes())
    assert splits.main([str(folder)]) == 0
    texts = corpus_texts(exported.with_name(f"{exported.stem}.texts.jsonl"))
    return load_articles(folder, texts, ["open"])


def test_the_training_reads_the_export(tmp_path: Path, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cure = "A 😀  miracle cure\u2028for “all”."
    fill(
        place,
        [
            judgement(SENTENCE, "right"),
            judgement(cure, "right", "miracle cure", CURE),
            judgement(cure, "right", "miracle"),
            judgement("It is no miracle.", "wrong"),
            judgement("It is no miracle.", "hide"),
            judgement(None, "right"),
        ],
    )
    out = tmp_path / "feedback.jsonl"
    assert main(["feedback", "export", "--from", str(place), "--format", "standoff", str(out)]) == 0
    texts = tmp_path / "feedback.texts.jsonl"
    assert capsys.readouterr() == (
        "",
        f"overclaim: 3 sentences in {out}, and their texts in {texts}\n"
        "overclaim: left out: 1 verdict without a sentence\n"
        "overclaim: left out: 1 verdict that only hid a mark\n",
    )
    articles = read_by_the_training(tmp_path / "data", out)
    assert [
        (
            article.document.text,
            [(gold.label, article.document.slice(gold.trigger)) for gold in article.labels],
        )
        for article in articles
    ] == [
        (f"{HEADLINE}\n\n{SENTENCE}", [(LABEL, "miracle")]),
        (f"{HEADLINE}\n\nA 😀 miracle cure for “all”.", [(CURE, "miracle cure"), (LABEL, "miracle")]),
        (f"{HEADLINE}\n\nIt is no miracle.", []),
    ]
    assert all(article.fold is not None for article in articles)
    # And the estimators' own arrays: headline and sentence of each article.
    y = training_set(articles).y
    assert [[LABEL_IDS[column] for column in row.nonzero()[0]] for row in y] == [[], [LABEL], [], [CURE, LABEL], [], []]


@pytest.mark.parametrize(
    ("sentences", "told"),
    [
        ([], "0 sentences in {out}, and their texts in"),
        ([SENTENCE], "1 sentence in {out}, and its text in"),
        ([SENTENCE, "It is no miracle."], "2 sentences in {out}, and their texts in"),
    ],
)
def test_one_sentence_has_one_text(
    tmp_path: Path, place: Path, capsys: pytest.CaptureFixture[str], sentences: list[str], told: str
) -> None:
    fill(place, [judgement(sentence, "right") for sentence in sentences])
    out = tmp_path / "feedback.jsonl"
    assert main(["feedback", "export", "--from", str(place), "--format", "standoff", str(out)]) == 0
    assert capsys.readouterr().err.startswith(f"overclaim: {told.format(out=out)} ")


def test_a_changed_text_is_refused_by_the_training(tmp_path: Path, place: Path) -> None:
    fill(place, [judgement(SENTENCE, "right")])
    out = tmp_path / "feedback.jsonl"
    assert main(["feedback", "export", "--from", str(place), "--format", "standoff", str(out)]) == 0
    texts = tmp_path / "feedback.texts.jsonl"
    row = json.loads(texts.read_text("utf-8"))
    texts.write_text(json.dumps(row | {"text": row["text"].replace("pill", "bill")}) + "\n", "utf-8")
    with pytest.raises(Exception, match="SHA-256 of the text of story_reviews_90000 differs"):
        read_by_the_training(tmp_path / "data", out)
