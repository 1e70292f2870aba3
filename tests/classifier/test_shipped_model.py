"""The model that is shipped: it loads, it is small, and it reads the articles that people will try first."""

from __future__ import annotations

import json

import pytest

from classifier.annotation import MODES
from classifier.annotator import Annotator
from classifier.artifacts import current_model, read_manifest
from classifier.document import Document, Span
from classifier.labels import CRITERION_IDS, LABEL_IDS

pytestmark = pytest.mark.model

HYPED = """Miracle pill cures migraine for good

The pill is a revolutionary breakthrough, doctors say. It is 100% effective and has no side effects.

It could be in pharmacies within two years. The study was paid for by the company."""
SOBER = """Town council to discuss the new library

The council will meet on Tuesday to talk about the plans for a library. The building has two floors and a garden.

Work began in March, and the roof was finished in June. The mayor thanked the builders."""
# Said of a vaccine in a first trial, after an article of 2025 that put the claim in its place.
CAREFUL = """What a 100% efficacy claim really means

The vaccine is being described as a potential game-changer. The Phase I study has recruited around 48 volunteers.

Larger trials are required to show whether it works in people. But Phase I safety data do not equal proven cures."""


def labels_of(annotator: Annotator, text: str, words: str) -> set[str]:
    """Labels of the sentence that holds the words, in ``balanced``."""
    place = text.index(words)
    return {
        span.label for span in annotator.annotate(text).spans if span.sentence.overlaps(Span(place, place + len(words)))
    }


@pytest.mark.parametrize(
    ("words", "label"),
    [
        ("Miracle pill", "sensational_language"),
        ("revolutionary", "sensational_language"),
        ("no side effects", "understated_harms"),
        ("within two years", "speculative_availability"),
    ],
)
def test_a_blatant_claim_is_flagged(annotator: Annotator, words: str, label: str) -> None:
    assert label in labels_of(annotator, HYPED, words)


def test_plain_news_is_not(annotator: Annotator) -> None:
    assert annotator.annotate(SOBER).spans == ()
    assert annotator.annotate(SOBER, mode="strict").spans == ()


def test_hype_that_is_passed_on_is_flagged_and_caution_is_not(annotator: Annotator) -> None:
    assert labels_of(annotator, CAREFUL, "game-changer") == {"sensational_language"}
    for words in ("48 volunteers", "Larger trials are required", "do not equal proven cures"):
        assert labels_of(annotator, CAREFUL, words) == set()


def test_modes_are_nested(annotator: Annotator) -> None:
    shown = [set(annotator.annotate(HYPED, mode=mode).spans) for mode in MODES]
    assert shown[0] <= shown[1] <= shown[2]
    assert len(shown[0]) < len(shown[2])


def test_one_by_one_is_as_many(annotator: Annotator) -> None:
    documents = [Document(text) for text in (HYPED, SOBER, CAREFUL)] * 7
    assert (
        list(annotator.annotate_many(documents)) == [annotator.annotate(text) for text in (HYPED, SOBER, CAREFUL)] * 7
    )


def test_every_label_can_be_reached(annotator: Annotator) -> None:
    assert annotator.scores(Document(HYPED)).shape[1] == len(LABEL_IDS)
    assert (annotator.scores(Document(HYPED)).max(axis=0) > annotator.scores(Document(SOBER)).max(axis=0)).sum() >= 8


def test_the_scorecard_has_known_criteria(annotator: Annotator) -> None:
    card = annotator.annotate(HYPED).scorecard
    assert set(card) <= set(CRITERION_IDS)
    assert card
    assert card != annotator.annotate(SOBER).scorecard


def test_it_is_what_its_manifest_says(annotator: Annotator) -> None:
    folder = current_model()
    manifest = read_manifest(folder)
    assert (annotator.model.version, annotator.model.sha256) == (manifest["version"], manifest["model"]["sha256"])
    assert (folder / "model.joblib").stat().st_size == manifest["model"]["bytes"] <= 8_000_000
    assert json.loads((folder / "metrics.json").read_text(encoding="utf-8"))["model"]["version"] == manifest["version"]
