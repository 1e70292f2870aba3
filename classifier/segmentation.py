"""Text to headline, paragraphs and sentences, with offsets that lose nothing.

Rules, not a statistical parser: sentence ends are found at terminal punctuation unless a list says
that the full stop belongs to the word. Runs in time linear in the text.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import islice
from typing import NamedTuple

from classifier.document import Document, Field, Sentence, SentenceKind, Span
from classifier.prose import prose_of
from classifier.recent import Recent

MAX_SENTENCE_CHARS = 1200
"""A longer run without a sentence end is cut at white space: it bounds the work for one sentence."""
MAX_SENTENCES = 10_000
"""Sentences beyond are not read: no article has so many, and memory grows with them."""
MAX_HEADLINE_CHARS = 250
"""A longer first line is a paragraph, not a headline."""
_MAX_HEADING_WORDS = 14
_LOOK_AHEAD = 80
"""Characters of the next line that say whether a line goes on."""

_BREAK = re.compile(r"(?:\r\n|[\n\r\x0b\x0c\x85\u2028\u2029])")
# Begins with a set of characters, which is quickly looked for; possessive, lest one "\r\n" is read as two breaks.
_PARAGRAPH_BREAK = re.compile(
    r"[\n\r\x0b\x0c\x85\u2028\u2029](?:(?<=\r)\n)?+"
    r"[^\S\n\r\x0b\x0c\x85\u2028\u2029]*(?:\r\n|[\n\r\x0b\x0c\x85\u2028\u2029])\s*"
)
_BULLET = re.compile(r"[•·▪◦‣●*–—-]+\s+|[•·▪◦‣●]|\(?(?:\d{1,2}|[a-z])[.)]\s+(?=\S)")
_CLOSERS = "\"'”’»)]}"
# A candidate: terminal punctuation, closing quotes, then white space; or a full stop glued to the next sentence.
# Possessive, and tried at the start of a run only: half a million full stops in a row take linear time.
_CANDIDATE = re.compile(
    rf"(?<![.!?…])(?P<end>[.!?…]++[{re.escape(_CLOSERS)}]*+(?:\[\d+\])?)(?=\s+(?P<next>\S))"
    r"|(?<=[a-z]{3})(?P<glued>[.!?][”\"’]?)(?=[A-Z“\"][a-z’]+\s)"
    r"|(?P<bullet>\s)(?=[•▪●‣]\s*\S)"
)
_WORD_BEFORE = re.compile(r"[^\s(\[“\"‘']+$")
_WORD = re.compile(r"[\w.'’-]+")
_INITIAL = re.compile(r"(?:[A-Z]|[A-Z](?:\.-?[A-Z])+)$")


@dataclass(slots=True, eq=False)
class _Block:
    """A paragraph or a line that stands alone: its kind, and where its sentences stand in the paragraph's text."""

    kind: SentenceKind
    sentences: tuple[tuple[int, int], ...]
    _placed: tuple[tuple[int, int, int, Field], list[Sentence]] | None = None

    def at(self, place: int, index: int, number: int, field: Field) -> list[Sentence]:
        """Its sentences, numbered from ``index``, if its paragraph begins at ``place``.

        Remembered, since what stands before a change stays where it is.
        """
        where = (place, index, number, field)
        placed = self._placed
        if placed is None or placed[0] != where:
            found = [
                Sentence(Span(place + first, place + last, field), index + step, number, self.kind)
                for step, (first, last) in enumerate(self.sentences)
            ]
            placed = self._placed = (where, found)
        return placed[1]


class _Paragraph(NamedTuple):
    """Lines between empty ones: where its words begin and end in its text, if it is one line, and its blocks."""

    start: int
    end: int
    is_line: bool
    blocks: tuple[_Block, ...]


def split(document: Document, prose: Mapping[Field, str] | None = None) -> tuple[Sentence, ...]:
    """All sentences of a document in order, title first.

    Parameters
    ----------
    document : Document
    prose : mapping of str to str, optional
        ``prose_of`` the title and the text, if it is at hand.

    Returns
    -------
    tuple of Sentence
        Never empty, never overlapping; white space, markup and bullet marks lie between them.
        A document whose text is markup alone gives one sentence that covers it.
        At most ``MAX_SENTENCES``, the first ones.
    """
    found: list[Sentence] = []
    number = 0
    fields: tuple[Field, ...] = ("title", "text")
    has_title = bool(document.title and document.title.strip())
    for field in fields:
        read = prose_of(document.field(field)) if prose is None else prose[field]
        for place, block in _title(read) if field == "title" else _blocks(read, has_title):
            found += block.at(place, len(found), number, field)
            if len(found) >= MAX_SENTENCES:
                return tuple(found[:MAX_SENTENCES])
            number += 1
    if not found:
        stripped = document.text.strip()
        first = document.text.index(stripped)
        found.append(Sentence(Span(first, first + min(len(stripped), MAX_SENTENCE_CHARS)), 0, 0))
    return tuple(found)


def _title(prose: str) -> Iterator[tuple[int, _Block]]:
    start, end = _strip(prose, 0, len(prose))
    if start < end:
        yield 0, _Block("headline", tuple(_pieces(prose, start, end)))


def _blocks(prose: str, has_title: bool) -> Iterator[tuple[int, _Block]]:
    """Blocks of the text, each with where its paragraph begins."""
    first = not has_title
    places: list[tuple[int, tuple[str, int]]] = []
    position = 0
    # No paragraph is without a sentence, so that those beyond aren't needed.
    breaks = list(islice(_PARAGRAPH_BREAK.finditer(prose), MAX_SENTENCES))
    for match in breaks if len(breaks) == MAX_SENTENCES else (*breaks, None):
        end = match.start() if match else len(prose)
        places.append((position, (prose[position : end + _LOOK_AHEAD], end - position)))
        position = match.end() if match else end
    last = places[-1][0]
    for (place, _), found in zip(places, _paragraphs([key for _, key in places]), strict=True):
        if first and found.start < found.end:
            first = False
            if place != last and found.is_line and found.end - found.start <= MAX_HEADLINE_CHARS:
                yield 0, _Block("headline", tuple(_pieces(prose, place + found.start, place + found.end)))
                continue
        for block in found.blocks:
            yield place, block


def _paragraphs(keys: Sequence[tuple[str, int]]) -> list[_Paragraph]:
    """The paragraphs of a text, most of which come again while one types."""
    found = _RECENT.all_of(keys, lambda new: [_weighed(*key) for key in new])
    return [found[key] for key in keys]


def _weighed(text: str, length: int) -> tuple[_Paragraph, int]:
    paragraph = _paragraph(text, length)
    return paragraph, len(text) + _SENTENCE_WEIGHT * sum(len(block.sentences) for block in paragraph.blocks)


def _paragraph(text: str, length: int) -> _Paragraph:
    """A paragraph: so many characters of a text, which goes on with what follows."""
    lines = list(_lines(text, 0, length))
    blocks: list[_Block] = []
    for line in lines:
        start, end = _strip(text, *line)
        if start < end:
            for first, last, kind in _typed(text, start, end):
                cuts = _sentences(text[first:last], 0, last - first)
                pieces = (piece for cut in cuts for piece in _pieces(text[first:last], *cut))
                blocks.append(_Block(kind, tuple((first + begin, first + stop) for begin, stop in pieces)))
    return _Paragraph(*_strip(text, 0, length), len(lines) == 1, tuple(blocks))


_RECENT: Recent[tuple[str, int], _Paragraph] = Recent(2_500_000)
"""Paragraphs of a long book: some 20 MB with their sentences. They stay in memory only."""
_SENTENCE_WEIGHT = 100
"""A sentence takes as much room as so many characters."""


def _typed(prose: str, start: int, end: int) -> Iterator[tuple[int, int, SentenceKind]]:
    bullet = _BULLET.match(prose, start, end)
    if bullet and bullet.end() < end:
        start, end = _strip(prose, bullet.end(), end)
        if start < end:
            yield start, end, "bullet"
        return
    block = prose[start:end]
    is_heading = block[-1] not in '.!?…:;,"”’)' and len(block.split(None, _MAX_HEADING_WORDS)) <= _MAX_HEADING_WORDS
    yield start, end, "heading" if is_heading else "body"


def _lines(prose: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Lines of a paragraph; a line that was only wrapped is joined with the next."""
    line_start = start
    for match in _BREAK.finditer(prose, start, end):
        before = prose[line_start : match.start()].rstrip()
        after = prose[match.end() : match.end() + _LOOK_AHEAD].lstrip()
        last_line = before[-100:].splitlines()[-1] if before else ""
        wrapped = bool(before) and before[-1] not in '.!?…:"”’' and len(last_line) >= 40
        if wrapped and after and not _BULLET.match(after):
            continue
        if before and before[-1] in '.!?…"”’' and len(last_line) >= 60 and len(before) < 100 and after[:1].islower():
            continue
        yield line_start, match.start()
        line_start = match.end()
    yield line_start, end


def _sentences(prose: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    position = start
    for match in _CANDIDATE.finditer(prose, start, end):
        if match.group("end") is not None and not _ends(prose, position, match):
            continue
        stripped = _strip(prose, position, match.end())
        if stripped[0] < stripped[1]:
            yield stripped
        position = match.end()
        bullet = _BULLET.match(prose, _strip(prose, position, end)[0], end)
        if match.group("bullet") is not None and bullet:
            position = bullet.end()
    stripped = _strip(prose, position, end)
    if stripped[0] < stripped[1]:
        yield stripped


def _ends(prose: str, start: int, match: re.Match[str]) -> bool:
    """Whether terminal punctuation followed by white space ends the sentence begun at ``start``."""
    after = match.start("next")
    following = _WORD.match(prose, after)
    next_word = following.group() if following else ""
    if next_word[:1].islower() and next_word.islower():
        return False
    mark = match.group("end")
    if mark[0] != "." or mark.startswith(".."):
        return True
    before = _WORD_BEFORE.search(prose, max(start, match.start() - 40), match.start())
    word = before.group() if before else ""
    starts = next_word.lower().rstrip(".'’") in _lists()["starters"]
    if word.lower() in _lists()["never"]:
        # "no." is an abbreviation only before a number.
        return word.lower() in ("no", "nos") and not next_word[:1].isdigit()
    if word.lower() in _lists()["maybe"]:
        return starts or (mark != "." and not next_word)
    if _INITIAL.match(word):
        before_word = prose[max(start, match.start() - 60) : match.start() - len(word)].split()
        is_name = not before_word or before_word[-1][:1].isupper() or len(word) > 1
        return starts if is_name or not starts else True
    return True


@cache
def _lists() -> dict[str, frozenset[str]]:
    raw = tomllib.loads(resources.files("classifier").joinpath("data/abbreviations.toml").read_text(encoding="utf-8"))
    return {name: frozenset(words) for name, words in raw.items()}


def _pieces(prose: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The range itself, or pieces of it if it is longer than a sentence may be."""
    while end - start > MAX_SENTENCE_CHARS:
        limit = start + MAX_SENTENCE_CHARS
        cut = max(prose.rfind(mark, start + MAX_SENTENCE_CHARS // 2, limit) for mark in ("; ", ", ", " ", "\n"))
        cut = cut + 1 if cut > start else limit
        piece = _strip(prose, start, cut)
        if piece[0] < piece[1]:
            yield piece
        start = cut
    start, end = _strip(prose, start, end)
    if start < end:
        yield start, end


def _strip(prose: str, start: int, end: int) -> tuple[int, int]:
    """The range without white space at its ends; empty ranges come back as ``(end, end)``."""
    while start < end and prose[start].isspace():
        start += 1
    while end > start and prose[end - 1].isspace():
        end -= 1
    return start, end
