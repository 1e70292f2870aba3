"""Tags, comments and character references of HTML, found in linear time.

Not a parser of our choice: the grammar of tree-sitter takes half a minute for 100,000 nested tags and loses text beside
an unclosed one, and Python's own parser takes minutes for a text full of ``<a``. Only the tokens are needed here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_START = re.compile(
    r"<!--|<(?P<close>/?)(?P<name>[A-Za-z][^\s/<>]{0,99})|<[!?]"
    r"|(?P<reference>&(?:#[0-9]{1,7};?|#[xX][0-9a-fA-F]{1,6};?|[A-Za-z][A-Za-z0-9]{1,31};?))"
)
# Possessive: one attempt takes linear time. A quotation mark quotes only after "=".
_ATTRIBUTES = re.compile(r"""(?:[^>=]++|=\s*+(?:"[^"]*+"|'[^']*+')|=)*+>""")
_RAW = frozenset({"script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes"})
_MAX_FAILURES = 20


class Token(NamedTuple):
    """A piece of markup.

    Parameters
    ----------
    kind : str
        ``start``, ``end``, ``comment``, ``other`` (a doctype, the content of a script) or ``reference``.
    name : str
        Of the element, in small letters; empty for others.
    start, end : int
        Its place in the source.
    """

    kind: str
    name: str
    start: int
    end: int


def tokens(source: str) -> Iterator[Token]:
    """Find the markup of a page or a part of one.

    Yields
    ------
    Token
        In order, never overlapping. What looks like the start of one and has no end is text.
    """
    ends = _Ends(source)
    position = 0
    while match := _START.search(source, position):
        start = match.start()
        position = match.end()
        if match["reference"]:
            yield Token("reference", "", start, position)
        elif match["name"]:
            end = ends.of_tag(position)
            if end is None:
                continue
            name, kind = match["name"].lower(), "end" if match["close"] else "start"
            yield Token(kind, name, start, end)
            position = end
            if kind == "start" and name in _RAW and (close := ends.of_raw(name, end)) is not None and close > end:
                yield Token("other", "", end, close)
                position = close
        else:
            comment = match.group() == "<!--"
            end = ends.of("-->" if comment else ">", position)
            if end is not None:
                yield Token("comment" if comment else "other", "", start, end)
                position = end


class _Ends:
    """Where markup ends. What was looked for in vain once isn't looked for again, so that the whole is linear."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._missing: set[str] = set()
        self._failures = 0

    def of(self, mark: str, position: int) -> int | None:
        """The end of the next such mark."""
        if mark in self._missing:
            return None
        found = self._source.find(mark, position)
        if found < 0:
            self._missing.add(mark)
            return None
        return found + len(mark)

    def of_tag(self, position: int) -> int | None:
        """The end of the tag whose attributes begin here."""
        if self._failures < _MAX_FAILURES:
            match = _ATTRIBUTES.match(self._source, position)
            if match:
                return match.end()
            self._failures += 1
        # An unclosed quotation mark.
        return self.of(">", position)

    def of_raw(self, name: str, position: int) -> int | None:
        """The start of the end tag of an element whose content is no markup."""
        if name in self._missing:
            return None
        match = re.compile(rf"</{name}(?=[\s/>])", re.I).search(self._source, position)
        if match is None:
            self._missing.add(name)
            return None
        return match.start()
