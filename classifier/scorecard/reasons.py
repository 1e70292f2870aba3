"""Which spans of an article are shown as the reason for a criterion's score (``data/scorecard.toml``)."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from classifier.annotation import LabelledSpan
from classifier.document import Span
from classifier.evidence import KINDS, Evidence
from classifier.evidence.kinds import VALUES
from classifier.labels import CRITERION_IDS, LABEL_IDS

MOST = 3
"""Reasons shown at most."""


@dataclass(frozen=True, slots=True)
class Reasons:
    """Tellings (kind, or kind=value) for a criterion and against it, and labels against it, the best first."""

    speaks_for: tuple[str, ...]
    against: tuple[str, ...]
    labels: tuple[str, ...]


@cache
def reason_table() -> dict[str, Reasons]:
    """By criterion.

    Raises
    ------
    ValueError
        If the criteria aren't the ten, or a telling or label is unknown.
    """
    raw = tomllib.loads(resources.files("classifier").joinpath("data/scorecard.toml").read_text(encoding="utf-8"))
    if set(raw) != set(CRITERION_IDS):
        raise ValueError("scorecard.toml: not the ten criteria")
    known = {*KINDS, *(f"{kind}={value}" for kind in KINDS for value in VALUES[kind])}
    for name, row in raw.items():
        if unknown := ({*row["for"], *row["against"]} - known) | (set(row["labels"]) - set(LABEL_IDS)):
            raise ValueError(f"scorecard.toml: {name} names unknown {', '.join(sorted(unknown))}")
    return {name: Reasons(tuple(row["for"]), tuple(row["against"]), tuple(row["labels"])) for name, row in raw.items()}


def reasons_for(
    criterion: str, met: bool, evidence: Sequence[Evidence], flagged: Sequence[LabelledSpan]
) -> tuple[Span, ...]:
    """Spans that speak for a score.

    Tellings of other work are left out, plain ones come before hints, and none overlap.

    Parameters
    ----------
    criterion : str
    met : bool
        Whether the score says that the criterion is met.
    evidence : sequence of Evidence
    flagged : sequence of LabelledSpan

    Returns
    -------
    tuple of Span
        At most ``MOST``, in document order, the title's first.
    """
    table = reason_table()[criterion]
    wanted = table.speaks_for if met else table.against
    rank = {name: place for place, name in enumerate(wanted)}
    tellings = [
        (telling.weak, min(places), telling.span)
        for telling in evidence
        if not telling.background
        and (places := [rank[name] for name in (telling.kind, f"{telling.kind}={telling.value}") if name in rank])
    ]
    spans = [span for *_, span in sorted(tellings, key=lambda row: row[:2])]
    if not met:
        marked = [span for span in flagged if span.label in table.labels]
        spans += [span.span for span in sorted(marked, key=lambda span: -span.score)]
    kept: list[Span] = []
    for span in spans:
        if len(kept) < MOST and not any(span.overlaps(other) for other in kept):
            kept.append(span)
    return tuple(sorted(kept, key=lambda span: (span.field == "text", span.start)))
