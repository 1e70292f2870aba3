"""What the article tells of its evidence, as columns a sentence: here, in the rule book's windows, anywhere.

The rule book excuses a missing stage, comparison or absolute figure if it is told nearby: in the two sentences before
or the one (two) after, for a headline in the three after it. The windows here are just those.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.evidence import KINDS
from classifier.evidence.kinds import STAGELESS, VALUES
from classifier.features.reader import ParsedDocument
from classifier.features.reading import Reading, of_each, remembered
from classifier.features.table import ContextTable, Rows

BEFORE, AFTER, FURTHER_AFTER, AFTER_HEADLINE = 2, 1, 2, 3
"""Sentences of the rule book's windows."""

TOLD = tuple(f"{kind}:{value}" for kind in KINDS for value in (VALUES[kind] or ("told",)))
"""A column each kind and value; a sample size is told or not."""
GROUPS: dict[str, tuple[str, ...]] = {
    "stage": tuple(f"stage:{value}" for value in VALUES["stage"] if value not in STAGELESS),
    "stage_or_size": (
        *(f"stage:{value}" for value in VALUES["stage"] if value not in STAGELESS), "sample_size:told",
    ),
    "comparison": tuple(f"comparison:{value}" for value in VALUES["comparison"] if value != "none"),
    "no_comparison": ("comparison:none",),
    "absolute_figures": tuple(f"absolute_figures:{value}" for value in VALUES["absolute_figures"]),
    "harms": ("harms:reported", "harms:quantified"),
    "harms_quantified": ("harms:quantified",),
}  # fmt: skip
"""What excuses a label, of this study or any other."""

_ENDS = frozenset({".", "!", "?", '"', "”"})
_WEAK = 0.5
_FAR = 50.0
_NEVER = 1.2
_NO_SIZE = -1.0
_LEAD = 5
_COLUMN = {name: number for number, name in enumerate(TOLD)}
_MEMBERS = {group: [_COLUMN[name] for name in names] for group, names in GROUPS.items()}


@dataclass(frozen=True, slots=True)
class _Credits:
    """See ``data/credits.toml``."""

    most_tokens: int
    starts: frozenset[str]
    words: frozenset[str]


@cache
def _credits() -> _Credits:
    raw = tomllib.loads(resources.files("classifier").joinpath("data/credits.toml").read_text(encoding="utf-8"))
    return _Credits(int(raw["most_tokens"]), frozenset(raw["starts"]), frozenset(raw["words"]))


def told_names() -> list[str]:
    """Names of the columns of ``told_features``."""
    both = (*TOLD, *GROUPS)
    designs = VALUES["design"]
    return [
        *(f"here:{name}" for name in TOLD),
        *(f"aside:{name}" for name in TOLD),
        *(f"here:any_{name}" for name in GROUPS),
        *(f"window:{name}" for name in both),
        *(f"wide:{name}" for name in GROUPS),
        *(f"article:{name}" for name in TOLD),
        *(f"article_aside:{name}" for name in TOLD),
        *(f"first:{name}" for name in TOLD),
        *(f"lead:{name}" for name in TOLD),
        *(f"votes:{value}" for value in designs),
        *(f"distance:{name}" for name in GROUPS),
        "largest_size",
        "smallest_size",
    ]


def told_memo(document: ParsedDocument) -> dict[Any, Any]:
    """A memo for what hangs on nothing but which sentences tell what, and which of them use up windows.

    See ``ParsedDocument.recent``.
    """

    def work() -> dict[Any, Any]:
        told = tuple([(t.sentence, t.kind, t.value, t.background, t.weak) for t in document.evidence])
        counting = tuple(of_each(document.sentences, "counting", _counts))
        return document.recent(("told", told, counting), len(counting))

    return remembered(document.memo, "told", work)


def told_here(document: ParsedDocument) -> dict[str, NDArray[np.bool_]]:
    """For each group of ``GROUPS``, whether a sentence tells it; shape (n_sentences,)."""
    return dict(zip(GROUPS, _groups(document).T, strict=True))


def _groups(document: ParsedDocument) -> NDArray[np.bool_]:
    """Whether a sentence tells each group, of this study or any other; shape (n_sentences, n_groups)."""

    def work() -> NDArray[np.bool_]:
        own, aside = _tellings(document)
        either = (own + aside) > 0
        return np.stack([either[:, members].any(axis=1) for members in _MEMBERS.values()], axis=1)

    return remembered(told_memo(document), "groups", work)


def told_plainly(document: ParsedDocument, group: str) -> NDArray[np.bool_]:
    """Whether a sentence tells a group of ``GROUPS`` in plain words and of this study, shape (n_sentences,)."""
    own, _ = _tellings(document)
    return np.asarray((own[:, _MEMBERS[group]] >= 1).any(axis=1))


def counting(document: ParsedDocument) -> NDArray[np.bool_]:
    """Which sentences use up a window, shape (n_sentences,): not bylines, datelines, captions and credits."""
    counts = np.array(of_each(document.sentences, "counting", _counts))
    counts[0] = True
    return counts


def _counts(reading: Reading) -> bool:
    credits = _credits()
    tokens = reading.tokens
    if not 0 < len(tokens) <= credits.most_tokens or tokens[-1] in _ENDS:
        return True
    return tokens[0] not in credits.starts and credits.words.isdisjoint(tokens)


def in_window(
    here: NDArray[np.bool_],
    after: int = AFTER,
    after_headline: int = AFTER_HEADLINE,
    counts: NDArray[np.bool_] | None = None,
) -> NDArray[np.bool_]:
    """Whether something is told in a sentence's window: itself, ``BEFORE`` before it, ``after`` after it.

    The window of the first sentence, the headline, ends ``after_headline`` sentences after it, or ``after`` if that
    is more.

    Parameters
    ----------
    here : ndarray of bool, shape (n_sentences, ...)
    after, after_headline : int
    counts : ndarray of bool, shape (n_sentences,), optional
        Sentences that use up windows; see ``counting``. The others have no window and are in none.
    """
    places = np.arange(len(here)) if counts is None else np.flatnonzero(counts)
    known = here[places]
    told = known.copy()
    for step in range(1, BEFORE + 1):
        told[step:] |= known[:-step]
    for step in range(1, after + 1):
        told[:-step] |= known[step:]
    told[0] |= known[1 : 1 + after_headline].any(axis=0)
    result = here.copy()
    result[places] = told
    return result


def told_features(document: ParsedDocument) -> NDArray[np.float32]:
    """Columns named by ``told_names``, shape (n_sentences, len(told_names()))."""
    rows = np.arange(len(document.sentences))
    return ContextTable.of_parts([told_parts(document, rows)], [len(rows)]).values


def told_parts(document: ParsedDocument, rows: Rows) -> list[NDArray[Any]]:
    """The columns of ``told_features`` in parts, read only; see ``ContextTable.of_parts``."""
    parts: list[NDArray[Any]] = remembered(told_memo(document), "parts", lambda: _parts(document))
    return [part[rows] if part.ndim > 1 else part for part in parts]


def _parts(document: ParsedDocument) -> list[NDArray[Any]]:
    count = len(document.sentences)
    counts = counting(document)
    own, aside = _tellings(document)
    groups = _groups(document)
    present = np.hstack([own > 0, groups])
    designs = own[:, : len(VALUES["design"])].sum(axis=0)
    first = np.where((own > 0).any(axis=0), (own > 0).argmax(axis=0) / count, _NEVER)
    lead = (own[:_LEAD] > 0).any(axis=0)
    votes = designs / (designs.sum() + 0.5)
    article = np.hstack([np.log1p(own.sum(axis=0)), np.log1p(aside.sum(axis=0)), first, lead, votes])
    return [
        np.minimum(own, 2),
        aside > 0,
        groups,
        in_window(present, counts=counts),
        in_window(groups, FURTHER_AFTER, counts=counts),
        article,
        _distances(groups),
        np.asarray(_sizes(document)),
    ]


def _tellings(document: ParsedDocument) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """How often each is told of this study, and of other work, by sentence; a weak telling is half a one."""
    return remembered(told_memo(document), "tellings", lambda: _count_tellings(document))


def _count_tellings(document: ParsedDocument) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    shape = (len(document.sentences), len(TOLD))
    own, aside = np.zeros(shape), np.zeros(shape)
    for telling in document.evidence:
        value = telling.value if VALUES[telling.kind] else "told"
        column = _COLUMN[f"{telling.kind}:{value}"]
        (aside if telling.background else own)[telling.sentence, column] += _WEAK if telling.weak else 1.0
    return own, aside


def _distances(groups: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Sentences to the nearest that tells each group; ``_FAR`` if none does."""
    rows = np.arange(len(groups), dtype=np.float64)[:, None]
    before = np.maximum.accumulate(np.where(groups, rows, -np.inf))
    after = np.minimum.accumulate(np.where(groups, rows, np.inf)[::-1])[::-1]
    nearest = np.minimum(rows - before, after - rows)
    return np.where(nearest == np.inf, _FAR, nearest)


def _sizes(document: ParsedDocument) -> tuple[float, float]:
    sizes = [int(told.value) for told in document.evidence if told.kind == "sample_size" and not told.background]
    if not sizes:
        return _NO_SIZE, _NO_SIZE
    largest, smallest = np.log1p(np.minimum([max(sizes), min(sizes)], 1e7))
    return float(largest), float(smallest)
