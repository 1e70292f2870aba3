"""Claims in the reach of a negation, a hedge, a doubt, the lab or a condition."""

from __future__ import annotations

import pytest
from test_reader import read

from classifier.features.cues import cue_lists
from classifier.features.scopes import PLAIN, column_names


def columns(text: str) -> set[str]:
    """Names of the scope columns that a sentence counts in."""
    counts = read(text).cue_counts[0]
    return {name for name, count in zip(column_names(), counts, strict=True) if count and ":" in name}


def test_the_lists_come_first_and_names_are_unique() -> None:
    names = column_names()
    assert names[: len(cue_lists())] == tuple(cue_lists())
    assert len(set(names)) == len(names)
    assert all(":" in name for name in names[len(cue_lists()) :])


@pytest.mark.parametrize("claim", ["It is a breakthrough", "This breakthrough came first", "A breakthrough"])
def test_a_claim_by_itself_is_plain(claim: str) -> None:
    assert f"{PLAIN}:hype_noun" in columns(claim)


@pytest.mark.parametrize("claim", ["It is not a breakthrough", "It is no breakthrough"])
def test_a_negated_claim_is_not(claim: str) -> None:
    assert f"{PLAIN}:hype_noun" not in columns(claim)
    assert any(name.endswith(":hype_noun") for name in columns(claim))


def test_a_negation_far_away_does_not_reach() -> None:
    far = "It was not cold when we all met on the green hill by the old mill near town to hail a breakthrough"
    assert f"{PLAIN}:hype_noun" in columns(far)


def test_every_claim_is_plain_or_in_a_scope() -> None:
    claims = {name.split(":")[1] for name in column_names() if name.startswith(f"{PLAIN}:")}
    assert claims
    counts = read("It is not a breakthrough but this is a miracle that cures and prevents pain.").cue_counts[0]
    table = dict(zip(column_names(), counts, strict=True))
    for claim in claims:
        scoped = sum(count for name, count in table.items() if name.endswith(f":{claim}"))
        assert scoped >= table[claim]


def test_a_text_without_claims_counts_in_none() -> None:
    assert columns("The town lies by the sea") == set()
