"""Rules of evidence, read from ``data/evidence*.toml``: which words start them, which pattern must match.

A pattern is a regular expression over folded text (``fold``) in which a blank stands for any number of them
and ``{name}`` for a fragment of ``evidence.toml``. The words are a prefilter: a rule is tried only where one of its
words is a token of the sentence, so that most sentences cost a few look-ups and no search.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from classifier.evidence.kinds import KINDS, VALUES
from classifier.features.cues import expand

_FRAGMENT = re.compile(r"\{([a-z_]+)\}")
_BLANK = re.compile(r"(\[[^\]]*\])| (\?)?")
"""A character class, which stays, or a blank and whether it may be missing."""
_KEYS = frozenset({"tells", "words", "also", "patterns", "except", "weak"})


@dataclass(frozen=True, slots=True)
class Rule:
    """What a pattern tells.

    Parameters
    ----------
    tells : tuple of (str, str)
        Kinds and values; a sample size is read from the match's group.
    words : frozenset of str
        Tokens of which the sentence must hold one.
    also : frozenset of str
        Tokens of which it must hold one as well; empty for none.
    pattern : re.Pattern
        Over folded text.
    unless : re.Pattern or None
        A match that overlaps one of this pattern's doesn't count.
    weak : bool
        See ``Evidence.weak``.
    """

    tells: tuple[tuple[str, str], ...]
    words: frozenset[str]
    also: frozenset[str]
    pattern: re.Pattern[str]
    unless: re.Pattern[str] | None
    weak: bool

    def applies(self, tokens: frozenset[str]) -> bool:
        """Whether a sentence of these tokens may match."""
        return not self.words.isdisjoint(tokens) and (not self.also or not self.also.isdisjoint(tokens))


@dataclass(frozen=True, slots=True)
class Rules:
    """All rules, by the word that starts them.

    Parameters
    ----------
    by_word : dict of str to tuple of Rule
    words : frozenset of str
        Keys of ``by_word``.
    asides : tuple of Rule
        Words of other, earlier or planned work; they tell nothing else.
    own : re.Pattern
        Words of the study that the article is about.
    parting : re.Pattern
        Where a clause ends.
    """

    by_word: Mapping[str, tuple[Rule, ...]]
    words: frozenset[str]
    asides: tuple[Rule, ...]
    own: re.Pattern[str]
    parting: re.Pattern[str]


@cache
def rules() -> Rules:
    """The shipped rules.

    Raises
    ------
    ValueError
        If a rule has an unknown key, kind, value or fragment, or no words.
    """
    folder = resources.files("classifier").joinpath("data")
    files = sorted(
        (file for file in folder.iterdir() if file.name.startswith("evidence") and file.name.endswith(".toml")),
        key=lambda file: file.name,
    )
    raw = [tomllib.loads(file.read_text(encoding="utf-8")) for file in files]
    (common,) = [table for table in raw if "fragments" in table]
    fragments: dict[str, str] = common["fragments"]
    by_word: dict[str, list[Rule]] = {}
    for table in raw:
        for row in table.get("rule", ()):
            rule = make_rule(row, fragments)
            for word in rule.words:
                by_word.setdefault(word, []).append(rule)
    return Rules(
        {word: tuple(found) for word, found in by_word.items()},
        frozenset(by_word),
        tuple(make_rule({"tells": (), **row}, fragments) for row in common["aside"]),
        compiled(common["background"]["own"], fragments),
        compiled(common["background"]["parting"], fragments),
    )


def make_rule(row: Mapping[str, Any], fragments: Mapping[str, str]) -> Rule:
    """A rule of a table of the data files.

    Raises
    ------
    ValueError
        As ``rules``.
    """
    if unknown := set(row) - _KEYS:
        raise ValueError(f"unknown keys of a rule of evidence: {sorted(unknown)}")
    tells = tuple((kind, value) for kind, value in row["tells"])
    for kind, value in tells:
        if kind not in KINDS or (VALUES[kind] and value not in VALUES[kind]):
            raise ValueError(f"unknown evidence {kind} = {value!r}")
    words = frozenset(form for word in row["words"] for form in expand(word))
    if not words:
        raise ValueError(f"a rule of evidence has no words: {dict(row)}")
    return Rule(
        tells,
        words,
        frozenset(form for word in row.get("also", ()) for form in expand(word)),
        compiled(row["patterns"], fragments),
        compiled(row["except"], fragments) if "except" in row else None,
        bool(row.get("weak", False)),
    )


def compiled(patterns: list[str], fragments: Mapping[str, str]) -> re.Pattern[str]:
    """Alternatives as one pattern, fragments put in, blanks made any number of blanks.

    Raises
    ------
    ValueError
        If a fragment is unknown.
    """

    def fragment(match: re.Match[str]) -> str:
        if match[1] not in fragments:
            raise ValueError(f"unknown fragment {match.group()}")
        return f"(?:{fragments[match[1]]})"

    source = "|".join(patterns)
    while _FRAGMENT.search(source):
        source = _FRAGMENT.sub(fragment, source)
    return re.compile(_BLANK.sub(lambda blank: blank[1] or (" *" if blank[2] else " +"), source))


_FOLDED = {"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "‑": "-", "‐": "-"}
_FOLDED |= dict.fromkeys("\t\n\r\v\f\xa0\u2009\u202f", " ")
_POINT = re.compile(r"\.(?=\d)")


def fold(text: str) -> str:
    """Lower case, straight quotes, plain hyphens, blanks for white space, middle dots for decimal points.

    The result has the length of ``text``.

    >>> fold("The “first‑in‑human” trial of 2.5 mg")
    'the "first-in-human" trial of 2·5 mg'
    """
    folded = text.lower()
    if len(folded) != len(text):  # a few letters (İ) grow when lowered
        folded = "".join(low if len(low := letter.lower()) == 1 else letter for letter in text)
    for variant, plain in _FOLDED.items():  # quicker than str.translate, which looks up every letter
        folded = folded.replace(variant, plain)
    return _POINT.sub("·", folded)
