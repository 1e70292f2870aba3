"""Tellings of evidence: what must be found, what must not, and that spans hold for any text."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.document import Document
from classifier.evidence import KINDS, Evidence, find_evidence
from classifier.evidence.kinds import VALUES
from classifier.features.reader import shared_reader

FOLDER = Path(__file__).parent
ANY = "any"


def cases(name: str) -> list[tuple[str, str, str]]:
    """Kind, value and sentence of each case of a file."""
    table = tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))
    return [(kind, value, text) for kind, rows in table.items() for value, texts in rows.items() for text in texts]


FINDS = [*cases("find.toml"), *cases("find_everyday.toml")]
MISSES = [*cases("miss.toml"), *cases("miss_everyday.toml")]


def found(text: str, title: str | None = None) -> tuple[Evidence, ...]:
    return find_evidence(shared_reader().read([Document(text, title)])[0])


def values(text: str, kind: str) -> set[str]:
    return {telling.value for telling in found(text) if telling.kind == kind}


@pytest.mark.parametrize(("kind", "value", "text"), FINDS, ids=[case[2] for case in FINDS])
def test_it_is_found(kind: str, value: str, text: str) -> None:
    assert value in values(text, kind)


@pytest.mark.parametrize(("kind", "value", "text"), MISSES, ids=[f"{case[1]}: {case[2]}" for case in MISSES])
def test_it_is_not_found(kind: str, value: str, text: str) -> None:
    got = values(text, kind)
    assert not got if value == ANY else value not in got


def test_the_cases_cover_every_kind_and_value() -> None:
    assert {kind for kind, _, _ in MISSES} == set(KINDS)
    covered = {(kind, value) for kind, value, _ in FINDS}
    for kind in KINDS:
        assert all((kind, value) in covered for value in VALUES[kind] or ("48",))


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("The trial of 1,200 women ended.", "sample_size", "trial of 1,200 women"),
        ("Then “double-blind” tests began.", "design", "double-blind"),
        ("Side effects rose: 3.1% versus 1.9%.", "absolute_figures", "3.1% versus 1.9%"),
        ("It costs $90, he said.", "cost", "costs"),
        ("It beat <i>dummy</i> pills.", "comparison", "dummy</i> pills"),
    ],
)
def test_the_span_holds_the_words(text: str, kind: str, words: str) -> None:
    assert words in {text[telling.span.start : telling.span.end] for telling in found(text) if telling.kind == kind}


@pytest.mark.parametrize(
    "text",
    [
        "Earlier mouse studies had shown a gain.",
        "A phase 3 trial will start in May.",
        "Previous studies in 400 patients were mixed.",
        "They plan to enroll 300 patients in a larger trial.",
        "A 2009 randomised trial found nothing.",
        "Studies have linked figs to better sleep in mice.",
    ],
)
def test_other_work_is_background(text: str) -> None:
    tellings = [telling for telling in found(text) if telling.kind in {"design", "stage", "sample_size"}]
    assert tellings
    assert all(telling.background for telling in tellings)


@pytest.mark.parametrize(
    "text",
    [
        "The mice slept longer.",
        "The phase 3 trial ended in May.",
        "The study of 400 patients was randomised.",
        "They reviewed 24 earlier studies.",
        "More research is needed.",
        "It was funded by a drug company that will start a second trial.",
    ],
)
def test_this_study_is_not(text: str) -> None:
    tellings = [telling for telling in found(text) if telling.kind in {"design", "stage", "sample_size", "limits"}]
    assert tellings or "funded" in text
    assert not any(telling.background for telling in found(text) if telling.kind != "stage" or "funded" not in text)


def test_in_a_sentence_on_both_only_the_clause_on_other_work_is_background() -> None:
    text = "Earlier studies in mice were mixed, but in the new trial 48 patients were randomly assigned to the gel."
    by_kind = {telling.value: telling.background for telling in found(text) if telling.kind != "comparison"}
    assert by_kind["preclinical"]
    assert not by_kind["randomised"]
    assert not by_kind["48"]


def test_weak_tellings_are_marked() -> None:
    weak = {telling.value: telling.weak for telling in found("Figs were linked to sleep. It was a randomised trial.")}
    assert weak["observational"]
    assert not weak["randomised"]


def test_the_longest_of_overlapping_tellings_stays_and_learns_who_paid() -> None:
    (telling,) = [t for t in found("It was funded by the Kraft Drug Company.") if t.kind == "funding"]
    assert telling.value == "industry"
    assert telling.span.start == len("It was ")


def test_the_headline_is_read_in_its_own_field() -> None:
    tellings = found("It rained.", title="Gel heals wounds in mice")
    assert tellings
    assert {(telling.sentence, telling.span.field) for telling in tellings} == {(0, "title")}


WORDS = sorted({word for _, _, text in FINDS for word in text.split()})
anything = st.one_of(st.text(min_size=1), st.lists(st.sampled_from([*WORDS, "\n\n", "İ", "<b>", ". "])).map(" ".join))


@given(anything.filter(str.strip), st.none() | st.text())
@settings(max_examples=150)
def test_spans_hold_for_any_text(text: str, title: str | None) -> None:
    document = shared_reader().read([Document(text, title)])[0]
    tellings = find_evidence(document)
    places = [(telling.sentence, telling.span.start) for telling in tellings]
    assert places == sorted(places)
    for telling in tellings:
        assert telling.kind in KINDS
        assert telling.value in VALUES[telling.kind] or (telling.kind == "sample_size" and telling.value.isdigit())
        assert document.sentences[telling.sentence].sentence.span.contains(telling.span)
    for first in tellings:
        for second in tellings:
            assert first is second or first.kind != second.kind or not first.span.overlaps(second.span)


@pytest.mark.parametrize(
    "words", ["study of more than ", "two patients in the ", "no side effects 5 % ", "funded by a, "]
)
def test_a_sentence_without_end_takes_no_time_without_end(words: str) -> None:
    document = shared_reader().read([Document(words * 2_000)])[0]
    begun = time.perf_counter()
    find_evidence(document)
    # Generous: it takes a few milliseconds.
    assert time.perf_counter() - begun < 2


def test_evidence_is_the_same_in_every_process() -> None:
    """Sets of words come in another order in each process; what is found may not hang on it."""
    script = """
import hashlib
from classifier.features.reader import shared_reader
from classifier.training.corpus import load_articles
from classifier.training.texts import data_folder
documents = [article.document for article in load_articles(data_folder(), None, {"own"})][60:90]
found = "\\n".join(repr(parsed.evidence) for parsed in shared_reader().read(documents))
print(len(found), hashlib.sha256(found.encode()).hexdigest())
"""
    # At the same time: each takes seconds to begin.
    asked = [
        subprocess.Popen(
            [sys.executable, "-c", script],
            env=os.environ | {"PYTHONHASHSEED": seed},
            cwd=Path(__file__).parents[3],
            stdout=subprocess.PIPE,
            text=True,
        )
        for seed in ("0", "17", "4711")
    ]
    answers = {process.communicate()[0] for process in asked}
    assert [process.returncode for process in asked] == [0, 0, 0]
    assert len(answers) == 1
    assert int(answers.pop().split()[0]) > 1_000
