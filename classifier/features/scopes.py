"""Claims in the reach of a negation, a hedge, a doubt, the lab or a condition.

In the manner of NegEx: a scope's words reach a fixed number of tokens.

References
----------
Chapman, W. et al. (2001). A simple algorithm for identifying negated findings and diseases in discharge
summaries. Journal of Biomedical Informatics 34(5).
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from classifier.features.cues import cue_lists

PLAIN = "plain"
CueMatch = tuple[int, int, int]
"""Cue number, first token, token after the last."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Which cues (by number) take claims back, how far they reach in tokens, and which claims they leave alone."""

    name: str
    cues: frozenset[int]
    reach: int
    after: bool
    spares: frozenset[int]


@cache
def _settings() -> tuple[tuple[int, ...], tuple[Scope, ...]]:
    numbers = {name: number for number, name in enumerate(cue_lists())}
    raw = tomllib.loads(resources.files("classifier").joinpath("data/scopes.toml").read_text(encoding="utf-8"))
    claims = tuple(numbers[name] for name in raw["claims"])
    scopes = tuple(
        Scope(
            name,
            frozenset(numbers[cue] for cue in row["cues"]),
            int(row["reach"]),
            bool(row["after"]),
            frozenset(numbers[claim] for claim in row["spares"]),
        )
        for name, row in raw["scope"].items()
    )
    return claims, scopes


@cache
def scope_cues() -> frozenset[int]:
    """Numbers of the cues that take claims back in any scope."""
    return frozenset(cue for scope in _settings()[1] for cue in scope.cues)


@cache
def column_names() -> tuple[str, ...]:
    """Names of all cue columns: the lists, then ``scope:claim`` for each scope and for ``plain``."""
    claims, scopes = _settings()
    names = tuple(cue_lists())
    return names + tuple(f"{scope}:{names[claim]}" for scope in (*(s.name for s in scopes), PLAIN) for claim in claims)


def columns_of(matches: Sequence[CueMatch], barriers: Collection[int] = ()) -> Iterator[int]:
    """Columns that a sentence's cue matches count in: each match's list, and for claims their scopes.

    A match of a scope's own cue inside the claim's words doesn't count ("not only").

    Parameters
    ----------
    matches : sequence of (int, int, int)
        See ``ParsedSentence.cues``.
    barriers : collection of int
        Tokens that no scope reaches over, for example an "and". The features of the model know none.
    """
    claims, scopes = _settings()
    base = len(cue_lists())
    place = {claim: number for number, claim in enumerate(claims)}
    for cue, first, last in matches:
        yield cue
        if cue not in place:
            continue
        plain = True
        for number, scope in enumerate(scopes):
            if cue not in scope.spares and any(
                (end <= first and first - end <= scope.reach and not _parted(end, first, barriers))
                or (
                    scope.after and begin >= last and begin - last <= scope.reach and not _parted(last, begin, barriers)
                )
                for other, begin, end in matches
                if other in scope.cues
            ):
                plain = False
                yield base + number * len(claims) + place[cue]
        if plain:
            yield base + len(scopes) * len(claims) + place[cue]


def _parted(start: int, stop: int, barriers: Collection[int]) -> bool:
    return any(start <= barrier < stop for barrier in barriers)
