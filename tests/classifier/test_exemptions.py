"""Sentences that take their claim back show no label; those that make it plainly still may."""

from __future__ import annotations

import time

import pytest

from classifier.annotator import TOO_MANY_SENTENCES, Annotator
from classifier.document import Document
from classifier.exemptions import exempt
from classifier.features.reader import shared_reader
from classifier.labels import LABEL_IDS
from classifier.segmentation import MAX_SENTENCES, split


def exempted(sentence: str) -> set[str]:
    document = shared_reader().read([Document(sentence)])[0]
    assert len(document.sentences) == 1
    return {LABEL_IDS[column] for column in exempt(document)[0].nonzero()[0]}


@pytest.mark.parametrize(
    ("sentence", "label"),
    [
        ("This is no miracle drug for people with lupus.", "sensational_language"),
        ("It must be confirmed before it can be called a breakthrough.", "sensational_language"),
        ("The gel is not safe for children under two.", "understated_harms"),
        ("The maker has reported few side effects so far.", "understated_harms"),
        ("The trial does not prove that the capsule cures gout.", "overstated_efficacy"),
    ],
)
def test_a_claim_that_is_taken_back_is_exempt(sentence: str, label: str) -> None:
    assert label in exempted(sentence)


@pytest.mark.parametrize(
    ("sentence", "label"),
    [
        ("This is a miracle drug for people with lupus.", "sensational_language"),
        ("A potential breakthrough was presented on Monday.", "sensational_language"),
        ("The gel is safe for children under two.", "understated_harms"),
        ("The capsule cures gout.", "overstated_efficacy"),
        (
            "It is no miracle, they say, but a remarkable and stunning breakthrough for every patient.",
            "sensational_language",
        ),
        ("The nurse lives in Leeds.", "sensational_language"),
        ("The capsule has no side effects and cures gout.", "overstated_efficacy"),
        ("It is not cheap, but it is safe.", "understated_harms"),
    ],
)
def test_a_plain_claim_is_not(sentence: str, label: str) -> None:
    assert label not in exempted(sentence)


@pytest.mark.model
def test_the_shipped_model_shows_nothing_exempt(annotator: Annotator) -> None:
    shown = annotator.annotate("Trial results\n\nThis is a miracle drug. This is no miracle drug.", mode="sensitive")
    hype = {span.sentence for span in shown.spans if span.label == "sensational_language"}
    assert {shown.document.slice(sentence) for sentence in hype} == {"This is a miracle drug."}


@pytest.mark.model
def test_more_sentences_than_any_article_has_are_cut_off_with_a_warning(annotator: Annotator) -> None:
    text = "a.\n" * 300_000
    assert len(split(Document(text))) == MAX_SENTENCES
    begun = time.perf_counter()
    assert TOO_MANY_SENTENCES in annotator.annotate(text).warnings
    # Generous: it takes a few seconds, and minutes without the limit.
    assert time.perf_counter() - begun < 60
    assert TOO_MANY_SENTENCES not in annotator.annotate("One headline\n\nOne sentence.").warnings
