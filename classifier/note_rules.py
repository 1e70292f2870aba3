"""The rules of notes, read from ``data/notes.toml``, which says what their keys mean."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from string import Formatter
from typing import Any

from classifier.evidence import KINDS, Evidence
from classifier.evidence.kinds import VALUES
from classifier.labels import LABEL_IDS
from classifier.tellings import settings

FIELDS = frozenset({"place", "where", "subject", "words", "size", "study"})
"""What the text of a note may leave open."""
_KEYS = frozenset(
    {"labels", "tells", "never", "beside", "unless", "clear", "votes", "once", "least", "most", "doubt", "here", "text"}
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Kinds (value ``None``: all of it) and values of evidence."""

    pairs: frozenset[tuple[str, str | None]]

    def has(self, telling: Evidence) -> bool:
        """Whether a telling is one of them."""
        return (telling.kind, telling.value) in self.pairs or (telling.kind, None) in self.pairs


def pairs_of(evidence: Iterable[Evidence]) -> frozenset[tuple[str, str | None]]:
    """All that can be wanted of some tellings: ``Wanted`` has one of them if they have pairs in common."""
    return frozenset(pair for telling in evidence for pair in ((telling.kind, telling.value), (telling.kind, None)))


@dataclass(frozen=True, slots=True)
class NoteRule:
    """One sentence and when it holds. Without ``tells``, it says that nothing of ``never`` is told."""

    tells: Wanted
    never: Wanted
    beside: Wanted
    unless: frozenset[str]
    clear: bool
    votes: float
    once: bool
    least: int
    most: int | None
    doubt: re.Pattern[str] | None
    here: bool
    text: str


@dataclass(frozen=True, slots=True)
class Near:
    """Tellings that silence a label's notes, and how many sentences before, after, and after a headline they reach."""

    tells: Wanted
    before: int
    after: int
    headline: int


@cache
def note_rules() -> dict[str, tuple[NoteRule, ...]]:
    """Rules by label, in the order of the file.

    Raises
    ------
    ValueError
        If a rule has an unknown key, label, kind, value or field, or says nothing of the evidence.
    """
    found: dict[str, list[NoteRule]] = {}
    for row in settings()["note"]:
        for label, rule in make_note_rule(row).items():
            found.setdefault(label, []).append(rule)
    return {label: tuple(rules) for label, rules in found.items()}


def make_note_rule(row: Mapping[str, Any]) -> dict[str, NoteRule]:
    """A rule of the data file, under each of its labels.

    Raises
    ------
    ValueError
        As ``note_rules``.
    """
    if unknown := set(row) - _KEYS:
        raise ValueError(f"unknown keys of a note: {sorted(unknown)}")
    if unknown := {field for _, field, _, _ in Formatter().parse(row["text"]) if field is not None} - FIELDS:
        raise ValueError(f"unknown fields of a note: {sorted(unknown)}")
    rule = NoteRule(
        tells=wanted(row.get("tells", ())),
        never=wanted(row.get("never", ())),
        beside=wanted(row.get("beside", ())),
        unless=frozenset(row.get("unless", ())),
        clear=bool(row.get("clear", False)),
        votes=float(row.get("votes", 0.0)),
        once=bool(row.get("once", False)),
        least=int(row.get("least", 0)),
        most=row.get("most"),
        doubt=re.compile(row["doubt"]) if "doubt" in row else None,
        here=bool(row.get("here", False)),
        text=row["text"],
    )
    if not rule.tells.pairs and not rule.never.pairs:
        raise ValueError(f"a note says nothing of the evidence: {rule.text!r}")
    _check_labels(row["labels"])
    return dict.fromkeys(row["labels"], rule)


@cache
def near_rules() -> dict[str, Near]:
    """What silences the notes of a label.

    Raises
    ------
    ValueError
        If a label, kind or value is unknown.
    """
    rows: dict[str, Any] = settings()["near"]
    _check_labels(rows)
    return {
        label: Near(wanted(row["tells"]), row["before"], row["after"], row["headline"]) for label, row in rows.items()
    }


@cache
def parted() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What stands before or after a number of people that is only a part of the sample, in lower case."""
    row: dict[str, str] = settings()["parted"]
    return re.compile(row["before"]), re.compile(row["after"])


def vague(kind: str) -> frozenset[str]:
    """Values of a kind that speak against no other."""
    return frozenset(settings()["vague"].get(kind, ()))


def wanted(names: Iterable[str]) -> Wanted:
    """Kinds and values written as ``kind`` or ``kind=value``.

    Raises
    ------
    ValueError
        If one is unknown.
    """
    pairs: set[tuple[str, str | None]] = set()
    for name in names:
        kind, _, value = name.partition("=")
        if kind not in KINDS or (value and value not in VALUES[kind]):
            raise ValueError(f"unknown evidence {name!r}")
        pairs.add((kind, value or None))
    return Wanted(frozenset(pairs))


def _check_labels(names: Iterable[str]) -> None:
    if unknown := set(names) - set(LABEL_IDS):
        raise ValueError(f"unknown labels of a note: {sorted(unknown)}")
