"""The evidence types: one telling, and which kinds and values there are."""

from __future__ import annotations

from dataclasses import dataclass

from classifier.document import Span

KINDS = (
    "design", "stage", "sample_size", "comparison", "absolute_figures",
    "harms", "cost", "limits", "funding", "independent_voice",
)  # fmt: skip

VALUES: dict[str, tuple[str, ...]] = {
    "design": ("preclinical", "observational", "uncontrolled", "randomised", "review"),
    "stage": (
        "phase 1", "phase 2", "phase 3", "phase 4", "pilot", "first in humans", "preclinical", "approved", "unapproved",
    ),
    "sample_size": (),
    "comparison": ("placebo", "control", "usual care", "other arm", "none"),
    "absolute_figures": ("rates", "counts", "nnt"),
    "harms": ("reported", "quantified", "denied"),
    "cost": ("told",),
    "limits": ("cause", "early", "small", "told"),
    "funding": ("industry", "public", "told"),
    "independent_voice": ("told",),
}  # fmt: skip
"""Values of each kind; a sample size is a number written in digits."""

STAGELESS = frozenset({"approved", "unapproved"})
"""Values of ``stage`` that don't tell how far testing has come."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One telling.

    Parameters
    ----------
    kind : str
        One of ``KINDS``.
    value : str
        One of ``VALUES[kind]``, or digits for a sample size.
    sentence : int
        Index in ``ParsedDocument.sentences``.
    span : Span
        The words that tell it, inside the sentence.
    background : bool
        The sentence speaks of other, earlier or planned work rather than of this study.
    weak : bool
        A hint rather than a plain word: "linked to" for an observational study, "placebo" for a randomised one,
        "12 patients" without a word of the study for its size.
    """

    kind: str
    value: str
    sentence: int
    span: Span
    background: bool
    weak: bool = False
