"""Minimal pairs by capability: two texts that differ in one thing, of which one must carry the label.

``pytest tests/classifier/test_behaviour.py -s`` prints the table. ``tests/behaviour/floors.toml`` holds the share of
pairs that the shipped model must pass; raise it when a model does better.
"""

from __future__ import annotations

import json
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from classifier.annotation import Annotation
from classifier.annotator import Annotator
from classifier.document import Document
from classifier.labels import LABEL_IDS
from classifier.segmentation import split

FOLDER = Path(__file__).parents[1] / "behaviour"
CAPABILITIES = tuple(sorted(path.stem for path in FOLDER.glob("*.jsonl")))
FLOORS: dict[str, float] = tomllib.loads((FOLDER / "floors.toml").read_text(encoding="utf-8"))
Pair = dict[str, Any]


@cache
def pairs(capability: str) -> tuple[Pair, ...]:
    lines = (FOLDER / f"{capability}.jsonl").read_text(encoding="utf-8").splitlines()
    return tuple(json.loads(line) for line in lines)


class TestPairs:
    @pytest.mark.parametrize("capability", CAPABILITIES)
    def test_each_is_what_the_read_me_says(self, capability: str) -> None:
        assert len(pairs(capability)) >= 15
        for pair in pairs(capability):
            assert set(pair) == {"id", "label", "flag", "clear", "note"}
            assert pair["label"] in LABEL_IDS
            assert pair["flag"] != pair["clear"]
            for side in (pair["flag"], pair["clear"]):
                document = Document(side["text"])
                cut = [document.slice(sentence.span) for sentence in split(document)]
                assert side["text"].count(side["target"]) == 1, pair["id"]
                assert side["target"] in cut, pair["id"]

    def test_ids_are_unique_and_name_their_capability(self) -> None:
        ids = [pair["id"] for capability in CAPABILITIES for pair in pairs(capability)]
        assert len(set(ids)) == len(ids)
        for capability in CAPABILITIES:
            assert all(pair["id"].rpartition("-")[0] == capability for pair in pairs(capability))

    def test_each_capability_has_a_floor_and_nothing_else_does(self) -> None:
        assert set(FLOORS) == {*CAPABILITIES, "overall"}
        assert all(0 <= floor <= 1 for floor in FLOORS.values())
        assert FLOORS["overall"] > 0


def carries(annotation: Annotation, target: str, label: str) -> bool:
    """Whether the target sentence carries the label."""
    return any(span.label == label and annotation.document.slice(span.sentence) == target for span in annotation.spans)


@pytest.fixture(scope="module")
def passed(annotator: Annotator) -> dict[str, list[tuple[bool, bool]]]:
    """By capability, for each pair: the flagged side is flagged, the clear side is clear."""
    results: dict[str, list[tuple[bool, bool]]] = {}
    for capability in CAPABILITIES:
        sides = [(pair["label"], pair[side]) for pair in pairs(capability) for side in ("flag", "clear")]
        answers = annotator.annotate_many([Document(side["text"]) for _, side in sides], mode="balanced")
        shown = [carries(answer, side["target"], label) for (label, side), answer in zip(sides, answers, strict=True)]
        results[capability] = [(flag, not clear) for flag, clear in zip(shown[::2], shown[1::2], strict=True)]
    print(f"\n\n{'capability':<20}{'pairs':>6}{'passed':>8}{'flagged':>9}{'clear':>7}{'floor':>7}")
    everything = [pair for found in results.values() for pair in found]
    for name, found in (*results.items(), ("overall", everything)):
        rates = (share(found), *(sum(pair[side] for pair in found) / len(found) for side in (0, 1)))
        print(f"{name:<20}{len(found):>6}{rates[0]:>8.2f}{rates[1]:>9.2f}{rates[2]:>7.2f}{FLOORS[name]:>7.2f}")
    return results


def share(found: list[tuple[bool, bool]]) -> float:
    """Share of pairs of which both sides are right."""
    return sum(map(all, found)) / len(found)


@pytest.mark.model
class TestModel:
    # One without a floor counts in "overall" alone: a test that can't fail would only look like one.
    @pytest.mark.parametrize("capability", [name for name in CAPABILITIES if FLOORS[name] > 0])
    def test_a_capability_reaches_its_floor(self, passed: dict[str, list[tuple[bool, bool]]], capability: str) -> None:
        assert share(passed[capability]) >= FLOORS[capability]

    def test_all_pairs_together_reach_theirs(self, passed: dict[str, list[tuple[bool, bool]]]) -> None:
        assert share([pair for found in passed.values() for pair in found]) >= FLOORS["overall"]
