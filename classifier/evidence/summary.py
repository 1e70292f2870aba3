"""What the article's evidence is, from its tellings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from classifier.evidence.kinds import STAGELESS, VALUES, Evidence

PLAIN, WEAK, WEAK_AT_MOST = 1.0, 0.25, 1.0
"""Votes of a plain and of a weak telling, and what all weak ones for a value add up to at most."""
EARLY, EARLY_SHARE, LATE, LATE_SHARE = 1.5, 0.4, 0.5, 0.85
"""What tellings in the first and in the last part of the article count: at the end stand outlook and references."""
NUMBERED = 2.0
"""What a numbered phase counts: nobody says "phase 2" in passing as one says "early results"."""
BESIDE_PEOPLE = 0.5
"""What animals and cells count in an article that tells how many people were studied."""


@dataclass(frozen=True, slots=True)
class EvidenceSummary:
    """What the article's evidence is.

    Parameters
    ----------
    design, stage : str or None
        The value with most votes; None if none is told of this study.
    sample_size : int or None
        People in the study.
    approved : bool
        Votes for approved outweigh those for unapproved.
    told : frozenset of str
        Kinds that are told of this study at all.
    votes : tuple of (str, float)
        Votes for each design, highest first.
    """

    design: str | None
    stage: str | None
    sample_size: int | None
    approved: bool
    told: frozenset[str]
    votes: tuple[tuple[str, float], ...]


def summarise(evidence: Sequence[Evidence], n_sentences: int) -> EvidenceSummary:
    """Sum up an article's tellings.

    Parameters
    ----------
    evidence : sequence of Evidence
        As ``find_evidence`` gives them.
    n_sentences : int
        Sentences of the article, at least 1.

    Raises
    ------
    ValueError
        If a telling stands outside the article.
    """
    if any(not 0 <= telling.sentence < n_sentences for telling in evidence):
        raise ValueError(f"a telling stands outside the article's {n_sentences} sentences")
    own = [telling for telling in evidence if not telling.background]
    designs = _votes(own, "design", n_sentences)
    stages = _votes(own, "stage", n_sentences)
    approval = dict(stages)
    return EvidenceSummary(
        design=designs[0][0] if designs else None,
        stage=next((value for value, _ in stages if value not in STAGELESS), None),
        sample_size=_sample_size(own),
        approved=approval.get("approved", 0.0) > approval.get("unapproved", 0.0),
        told=frozenset(telling.kind for telling in own),
        votes=tuple(designs),
    )


def _votes(own: Sequence[Evidence], kind: str, n_sentences: int) -> list[tuple[str, float]]:
    """Values and their votes, highest first; equal ones in the order of ``VALUES``."""
    people = any(telling.kind == "sample_size" and not telling.weak for telling in own)
    plain = dict.fromkeys(VALUES[kind], 0.0)
    weak = dict.fromkeys(VALUES[kind], 0.0)
    for telling in own:
        if telling.kind == kind:
            worth = _place(telling.sentence / n_sentences)
            worth *= NUMBERED if telling.value.startswith("phase") else 1.0
            worth *= BESIDE_PEOPLE if people and telling.value == "preclinical" else 1.0
            if telling.weak:
                weak[telling.value] += WEAK * worth
            else:
                plain[telling.value] += PLAIN * worth
    totals = [(value, plain[value] + min(weak[value], WEAK_AT_MOST)) for value in VALUES[kind]]
    return sorted((vote for vote in totals if vote[1] > 0), key=lambda vote: -vote[1])


def _place(share: float) -> float:
    if share < EARLY_SHARE:
        return EARLY
    return LATE if share > LATE_SHARE else 1.0


def _sample_size(own: Sequence[Evidence]) -> int | None:
    """The largest size told with a word of the study: smaller ones are its groups; else the largest at all."""
    sizes = [telling for telling in own if telling.kind == "sample_size"]
    best = [telling for telling in sizes if not telling.weak] or sizes
    return max((int(telling.value) for telling in best), default=None)
