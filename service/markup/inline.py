"""What is inside a block of Markdown: emphasis, links, code, references, line breaks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from html import unescape

import tree_sitter_markdown
from tree_sitter import Language, Node, Parser, Point, Range

from service.markup.source_map import Piece
from service.offsets import OffsetTable

_DELIMITERS = re.compile(rb"[*_~]|!\[")
_BUDGET = 4_000_000
"""The grammar's time grows with the square of a block's delimiters; this many squared ones take below a second."""
_MARKUP = re.compile(rb"[*_~`\[<&\\]|(?:[\t ]{2}|\t)[\r\n]")
"""All inline markup has one of these; a block without needn't be parsed, and most of an article's have none."""
_SOFT_BREAK = re.compile(r"[^\S\n\r]*(?:\r\n|[\n\r])[^\S\n\r]*")
_LEFT_OUT = frozenset({
    "code_span", "image", "link_destination", "link_title", "link_label", "uri_autolink", "email_autolink",
    "emphasis_delimiter",
})  # fmt: skip
_REFERENCES = frozenset({"entity_reference", "numeric_character_reference"})
_LINKS = frozenset({"shortcut_link", "collapsed_reference_link", "full_reference_link"})
_LINE_TAG = re.compile(r"<br\b", re.I)


@cache
def _language() -> Language:
    return Language(tree_sitter_markdown.inline_language())


def label_of(written: str) -> str:
    """A link's label, without brackets, as labels are compared."""
    return " ".join(written.strip().removeprefix("[").removesuffix("]").split()).casefold()


class Inline:
    """Reads the insides of the blocks of one text.

    Parameters
    ----------
    source : str
    raw : bytes
        The source in UTF-8, without what grammars can't take, byte for byte.
    offsets : OffsetTable
        Of the source.
    defined : frozenset of str
        Labels of links that are defined; other words in brackets are just that.
    """

    def __init__(self, source: str, raw: bytes, offsets: OffsetTable, defined: frozenset[str]) -> None:
        self._source = source
        # The grammar takes what is between two sums of money for mathematics; a full stop is punctuation as well.
        self._raw = raw.replace(b"$", b".")
        self._offsets = offsets
        self._defined = defined
        self._parser = Parser(_language())
        self._spent = 0
        self.comments: list[tuple[int, int]] = []
        """Places of comments since the list was cleared last."""

    @property
    def is_exhausted(self) -> bool:
        """True if some block had too many delimiters, and was read without its markup."""
        return self._spent > _BUDGET

    def marks(self, block: Node, start: int, end: int) -> Iterator[Piece]:
        """The markup of a block, in order.

        Parameters
        ----------
        block : Node
            Of the grammar of blocks; its ``block_continuation`` children are the marks of quotations and items.
        start, end : int
            What to read of it, in code points.
        """
        skipped = [(child.start_byte, child.end_byte) for child in block.children if child.type == "block_continuation"]
        marks = [Piece("", *self._place(*bounds)) for bounds in skipped if bounds[0] < bounds[1]]
        first, last = self._offsets.convert(start, "utf8"), self._offsets.convert(end, "utf8")
        delimiters = len(_DELIMITERS.findall(self._raw, first, last))
        self._spent += delimiters * delimiters
        if not self.is_exhausted and _MARKUP.search(self._raw, first, last):
            marks += self._parsed(first, last, skipped)
        yield from _with_breaks(self._source, sorted(marks, key=lambda mark: mark.start), start, end)

    def _parsed(self, first: int, last: int, skipped: list[tuple[int, int]]) -> Iterator[Piece]:
        ranges = []
        position = first
        for start, end in (*skipped, (last, last)):
            if position < min(start, last):
                ranges.append(Range(Point(0, position), Point(0, min(start, last)), position, min(start, last)))
            position = max(position, end)
        if not ranges:
            return
        self._parser.included_ranges = ranges
        waiting = [self._parser.parse(self._raw).root_node]
        while waiting:
            node = waiting.pop()
            start, end = self._place(node.start_byte, node.end_byte)
            if start == end:
                continue
            if node.type in _LEFT_OUT:
                yield Piece("", start, end)
            elif node.type in _REFERENCES:
                yield Piece(unescape(self._source[start:end]), start, end)
            elif node.type == "backslash_escape":
                yield Piece("", start, start + 1)
            elif node.type == "html_tag":
                yield self._tag(start, end)
            elif node.type == "hard_line_break":
                # The blanks or the backslash before the line break.
                yield Piece("\n", start, end)
            elif node.type == "inline_link" or (node.type in _LINKS and self._is_link(node, start, end)):
                yield from self._link(node, waiting, start, end)
            else:
                # The label of a link that isn't one is just words.
                waiting += [child for child in node.children if child.type != "link_label"]

    def _tag(self, start: int, end: int) -> Piece:
        words = self._source[start:end]
        if words.startswith("<!--"):
            self.comments.append((start, end))
        return Piece("\n" if _LINE_TAG.match(words) else "", start, end)

    def _is_link(self, node: Node, start: int, end: int) -> bool:
        words = self._source[start:end]
        if words.startswith("[^"):
            return True
        label = next((child for child in node.children if child.type == "link_label"), None)
        written = self._source[slice(*self._place(label.start_byte, label.end_byte))] if label else words
        return label_of(written.removesuffix("[]")) in self._defined

    def _link(self, node: Node, waiting: list[Node], start: int, end: int) -> Iterator[Piece]:
        """All but the words of a link; a footnote's reference has none."""
        text = next((child for child in node.children if child.type == "link_text"), None)
        if text is None or (node.type == "shortcut_link" and self._source.startswith("[^", start)):
            yield Piece("", start, end)
            return
        first, last = self._place(text.start_byte, text.end_byte)
        yield Piece("", start, first)
        yield Piece("", last, end)
        waiting += text.children

    def _place(self, start: int, end: int) -> tuple[int, int]:
        return self._offsets.revert(start, "utf8"), self._offsets.revert(end, "utf8")


def _with_breaks(source: str, marks: list[Piece], start: int, end: int) -> Iterator[Piece]:
    """The marks inside a range, and line breaks between them as blanks; of marks that overlap the first."""
    position = start
    for mark in (*marks, Piece("", end, end)):
        if mark.start < position or mark.end > end:
            continue
        for match in _SOFT_BREAK.finditer(source, position, mark.start):
            yield Piece(" ", *match.span())
        if mark.start < mark.end:
            yield mark
        position = mark.end
