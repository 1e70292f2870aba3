"""HTML read as prose: tags, comments and what a page doesn't show are left out."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from functools import cache
from html import unescape
from importlib import resources

from service.markup.source_map import Piece, SourceMap, marked_map
from service.markup.tags import Token, tokens

PARAGRAPH_BREAK = "\n\n"
_BLANKS = re.compile(r"[^\S\n\r]*(?:\r\n|[\n\r])\s*")


def html_map(source: str) -> SourceMap:
    """Read a page or a part of one.

    Elements that stand in blocks part paragraphs, ``<br>`` breaks a line, and line breaks of the source are blanks
    but in ``<pre>``. Of broken HTML nothing is lost: what isn't a whole tag is text, and an element that isn't closed
    hides nothing.

    Parameters
    ----------
    source : str
    """
    marks, comments = html_marks(source)
    return marked_map(source, marks, comments=comments)


def html_marks(source: str, first: int = 0) -> tuple[list[Piece], list[tuple[int, int]]]:
    """The markup of a page, in order.

    Parameters
    ----------
    source : str
    first : int
        Added to all offsets.

    Returns
    -------
    list of Piece
        Tags, references and blanks; everything between them is prose.
    list of (int, int)
        Where the comments stand.
    """
    found = list(tokens(source))
    marks: list[Piece] = []
    comments: list[tuple[int, int]] = []
    position = pre = 0
    hidden = iter([*_hidden(found), (len(source), len(source))])
    left_out = next(hidden)
    for token in (*found, Token("end of text", "", len(source), len(source))):
        if token.kind == "comment":
            comments.append((first + token.start, first + token.end))
        if token.start < position:
            continue
        if token.start >= left_out[0] < len(source):
            start, position = left_out
            left_out = next(hidden)
            marks.append(
                Piece(PARAGRAPH_BREAK if token.name in elements()["block"] else "", first + start, first + position)
            )
            continue
        if not pre:
            marks += _blanks(source, position, token.start, first)
        position = token.end
        if token.end > token.start:
            marks.append(Piece(_read_as(source, token), first + token.start, first + token.end))
        if token.name == "pre":
            pre = max(0, pre + {"start": 1, "end": -1}.get(token.kind, 0))
    return marks, comments


def _hidden(found: Sequence[Token]) -> list[tuple[int, int]]:
    """Ranges of the elements that aren't shown, in order, the outermost only. One that isn't closed hides nothing."""
    open_at: dict[str, list[int]] = {}
    ranges: list[tuple[int, int]] = []
    for token in found:
        if token.name not in elements()["hidden"]:
            continue
        if token.kind == "start":
            open_at.setdefault(token.name, []).append(token.start)
        elif token.kind == "end" and open_at.get(token.name):
            ranges.append((open_at[token.name].pop(), token.end))
    merged: list[tuple[int, int]] = []
    for start, end in sorted(ranges):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def _blanks(source: str, start: int, end: int, first: int) -> Iterator[Piece]:
    """Line breaks of the source, with the blanks around them: a blank each."""
    for match in _BLANKS.finditer(source, start, end):
        yield Piece(" ", first + match.start(), first + match.end())


def _read_as(source: str, token: Token) -> str:
    if token.kind == "reference":
        return unescape(source[token.start : token.end])
    if token.name in elements()["block"]:
        return PARAGRAPH_BREAK
    return "\n" if token.name in elements()["line"] else ""


@cache
def elements() -> dict[str, frozenset[str]]:
    """Names of elements by what becomes of them: ``hidden``, ``block``, ``line``."""
    raw = tomllib.loads(resources.files("service.markup").joinpath("elements.toml").read_text(encoding="utf-8"))
    return {name: frozenset(words) for name, words in raw.items()}
