"""The history of corrected labels fits the labels as they are."""

from __future__ import annotations

import json
from typing import Any

import pytest

from classifier.labels import LABEL_IDS
from classifier.training.texts import data_folder

KEYS = {"id", "action", "sentence", "label", "start", "end", "why"}


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (data_folder() / name).read_text(encoding="utf-8").splitlines()]


CHANGES = rows("changes.jsonl")


@pytest.fixture(scope="module")
def articles() -> dict[str, dict[str, Any]]:
    return {row["id"]: row for name in ("train", "open") for row in rows(f"annotations/{name}.jsonl")}


def test_each_is_well_formed() -> None:
    assert len(CHANGES) > 100
    for change in CHANGES:
        assert set(change) == KEYS
        assert change["action"] in ("add", "remove")
        assert change["label"] in LABEL_IDS
        assert change["start"] < change["end"]
        assert 0 < len(change["why"].split()) <= 20


def test_no_sentence_has_a_label_changed_twice() -> None:
    places = [(change["id"], change["sentence"], change["label"]) for change in CHANGES]
    assert len(set(places)) == len(places)


def test_what_was_added_is_there_and_what_was_removed_is_not(articles: dict[str, dict[str, Any]]) -> None:
    for change in CHANGES:
        there = [
            (label["start"], label["end"])
            for label in articles[change["id"]]["labels"]
            if (label["sentence"], label["label"]) == (change["sentence"], change["label"])
        ]
        assert there == ([(change["start"], change["end"])] if change["action"] == "add" else []), change["id"]
        start, end = articles[change["id"]]["sentences"][change["sentence"]]
        assert start <= change["start"] < change["end"] <= end
