"""Tellings of evidence in a document.

For each sentence: the rules whose words it holds, their patterns over its folded text, then whether it speaks of this
study or of other work. A sentence without such words costs one look-up a token.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, TypeAlias

from classifier.document import Span
from classifier.evidence.kinds import Evidence
from classifier.evidence.numbers import number_of
from classifier.evidence.rules import Rule, Rules, fold, rules
from classifier.features.reading import ParsedSentence, Reading, of_each, remembered_of

if TYPE_CHECKING:  # the reader calls this module
    from classifier.features.reader import ParsedDocument

LONGEST = 1_000
"""Longer sentences are read up to here: lists and tables, in which patterns would only wander."""

_Found: TypeAlias = tuple[str, str, int, int, bool]
"""Kind, value, start, end, weak."""
_Told: TypeAlias = tuple[str, str, int, int, bool, bool]
"""The same, and whether it is told of other work."""
_VAGUE = "told"
_MARKS = frozenset(' ,.;:"')
_NO_BACKGROUND = frozenset({"cost", "limits", "funding", "independent_voice"})
"""Kinds that are told of the article's study whatever work the sentence speaks of."""


def find_evidence(document: ParsedDocument) -> tuple[Evidence, ...]:
    """All tellings of a document's evidence.

    Returns
    -------
    tuple of Evidence
        By position; of overlapping tellings of one kind only the longest.
    """
    found: list[Evidence] = []
    known = rules()
    told = of_each(document.sentences, "evidence", lambda reading: _tellings(reading, known))
    for parsed, tellings in zip(document.sentences, told, strict=True):
        if tellings:
            found += _placed(parsed, tellings)
    return tuple(found)


def _placed(parsed: ParsedSentence, tellings: list[_Told]) -> list[Evidence]:
    """The tellings at their places; remembered, since a sentence before a change stays where it is."""
    span, index = parsed.sentence.span, parsed.sentence.index

    def work() -> list[Evidence]:
        return [
            Evidence(kind, value, index, Span(span.start + start, span.start + end, span.field), background, weak)
            for kind, value, start, end, weak, background in tellings
        ]

    return remembered_of(parsed.reading.memo, "evidence placed", (index, span.start, span.field), work)


def _applying(reading: Reading, known: Rules) -> list[Rule]:
    """Rules of which the sentence holds a word of each list, each once."""
    words = known.words.intersection(reading.tokens)
    if not words:
        return []
    tokens = frozenset(reading.tokens)
    candidates = {id(rule): rule for word in words for rule in known.by_word[word]}
    return [rule for rule in candidates.values() if rule.applies(tokens)]


def _tellings(reading: Reading, known: Rules) -> list[_Told]:
    """Tellings of one sentence, by position."""
    applying = _applying(reading, known)
    if not applying:
        return []
    text = fold(reading.text[:LONGEST])
    found: list[_Found] = []
    for rule in applying:
        for start, end, value in _matches(rule, text):
            found += [(kind, told or value, start, end, rule.weak) for kind, told in rule.tells]
    if not found:
        return []
    asides = _asides(text, frozenset(reading.tokens), known)
    return [
        (kind, value, start, end, weak, kind not in _NO_BACKGROUND and _is_background(value, start, asides))
        for kind, value, start, end, weak in _longest(found)
    ]


def _matches(rule: Rule, text: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and value (digits for sizes, else empty) of a rule's matches."""
    matches = [match for match in rule.pattern.finditer(text) if match.end() > match.start()]
    if not matches:
        return
    refused = [match.span() for match in rule.unless.finditer(text)] if rule.unless else []
    for match in matches:
        start, end = _trimmed(text, *match.span())
        if any(start < stop and begin < end for begin, stop in refused):
            continue
        value = ""
        if rule.pattern.groups:
            value = number_of(next((group for group in match.groups() if group), ""))
            if not value:
                continue
        yield start, end, value


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Without blanks and marks at the edges that the pattern took along; never empty."""
    while end - start > 1 and text[end - 1] in _MARKS:
        end -= 1
    while end - start > 1 and text[start] in _MARKS:
        start += 1
    return start, end


def _longest(found: list[_Found]) -> list[_Found]:
    """Those that overlap no longer one of their kind.

    The longest takes over what a shorter one knows better: who paid, or that it's told in plain words.
    """
    kept: list[_Found] = []
    # By name at last: the rules come in the order of a set's words, which is another in each process.
    for telling in sorted(found, key=lambda row: (row[2] - row[3], row[4], row[2], row[0], row[1])):
        kind, value, start, end, weak = telling
        for place, other in enumerate(kept):
            if kind == other[0] and start < other[3] and other[2] < end:
                if other[1] == _VAGUE:
                    kept[place] = (kind, value, *other[2:])
                elif other[1] == value and not weak:
                    kept[place] = (*other[:4], False)
                break
        else:
            kept.append(telling)
    return sorted(kept, key=lambda row: (row[2], row[3], row[0]))


def _asides(text: str, tokens: frozenset[str], known: Rules) -> list[tuple[int, int, int]]:
    """Parts of the sentence about other work: first and last place, and where the words begin that say so.

    The whole sentence, unless it names this study as well: then the clause alone.
    """
    cues = [match.start() for rule in known.asides if rule.applies(tokens) for match in rule.pattern.finditer(text)]
    if not cues:
        return []
    if not known.own.search(text):
        return [(0, len(text), cue) for cue in cues]
    cuts = [0, *(match.start() for match in known.parting.finditer(text)), len(text)]
    return [
        (max(cut for cut in cuts if cut <= cue), min((cut for cut in cuts if cut > cue), default=len(text)), cue)
        for cue in cues
    ]


def _is_background(value: str, start: int, asides: list[tuple[int, int, int]]) -> bool:
    # A review looks at earlier studies by its nature: they are its material if they are named after it.
    return any(first <= start < last and not (value == "review" and cue >= start) for first, last, cue in asides)
