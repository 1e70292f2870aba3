"""Markdown read as prose: blocks by one grammar, what is inside them by another."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import tree_sitter_markdown
from tree_sitter import Language, Node, Parser

from classifier.annotation import TextWarning
from service.markup.html import PARAGRAPH_BREAK, html_marks
from service.markup.inline import Inline, label_of
from service.markup.source_map import Piece, SourceMap, marked_map, plain_map
from service.offsets import OffsetTable

TOO_DEEP = TextWarning("markup_too_deep", "The Markdown is nested too deeply; it was read as plain text.")
_BULLET = "\n• "
"""What every list marker is read as: the classifier knows bullets, whatever their mark."""
_DEEP = re.compile(r"^(?:[ \t]{0,9}+(?:>|(?:[*+-]|\d{1,9}+[.)])(?=[ \t]))){50}", re.M)
_TOML = re.compile(r"\A\ufeff?\+\+\+[^\S\n]*\n.*?^\+\+\+[^\S\n]*$", re.M | re.S)
_FOOTNOTE = re.compile(r"\[\^[^\]\s]{1,99}\]:[^\S\n]*")
_LEAVES = frozenset({"inline", "pipe_table_cell", "html_block"})


def markdown_map(source: str) -> SourceMap:
    """Read a Markdown text.

    Headings, paragraphs, list items, quotations and cells of tables are prose, each parted from the next by a blank
    line (items: by a line break and a bullet). Marks of headings, lists, emphasis and links, front matter, code, images
    and link destinations are left out. Line breaks inside a paragraph are blanks, as Markdown has it.

    Parameters
    ----------
    source : str
        Without lone surrogates.

    Returns
    -------
    SourceMap
        Of the text as it is, with a warning, if it is nested so deeply that reading it could take minutes.
    """
    if _DEEP.search(source):
        return plain_map(source, (TOO_DEEP,))
    front = _TOML.match(source)
    blocks = _Blocks(source, front.end() if front else 0)
    marks = list(blocks.marks())
    warnings = (TOO_DEEP,) if blocks.inline.is_exhausted else ()
    return marked_map(source, marks, comments=sorted(blocks.comments), warnings=warnings)


@cache
def _language() -> Language:
    return Language(tree_sitter_markdown.language())


class _Blocks:
    """The blocks of one text."""

    def __init__(self, source: str, first: int) -> None:
        self._source = source
        self._offsets = OffsetTable(source)
        self._raw = source.encode("utf-8")
        # Blanked, not cut away, so that all places stay.
        skipped = self._offsets.convert(first, "utf8")
        raw = re.sub(rb"[^\n]", b" ", self._raw[:skipped]) + self._raw[skipped:]
        # The grammar takes a NUL for the end of the text, and knows no line break but "\n" and "\r\n".
        raw = raw.replace(b"\0", b" ").replace(b"\xef\xbb\xbf", b"   ")
        self._root = Parser(_language()).parse(raw).root_node
        self.comments: list[tuple[int, int]] = []
        self.inline = Inline(source, raw, self._offsets, _defined(self._root, raw))

    def marks(self) -> Iterator[Piece]:
        """All markup in order: what stands between blocks, and what is inside them."""
        position = 0
        gap = ""
        for node, is_item in _leaves(self._root):
            start, end = self._range(node)
            if start < position or start == end:
                continue
            if start > position:
                yield Piece((_BULLET if gap else _BULLET[1:]) if is_item else gap, position, start)
            yield from self._inside(node, start, end)
            position, gap = end, PARAGRAPH_BREAK
        if position < len(self._source):
            yield Piece("\n" if position else "", position, len(self._source))

    def _inside(self, node: Node, start: int, end: int) -> Iterator[Piece]:
        if node.type == "html_block":
            marks, comments = html_marks(self._source[start:end], start)
            self.comments += comments
            yield from marks
            return
        footnote = _FOOTNOTE.match(self._source, start, end)
        skipped = footnote.end() if footnote else start
        if footnote:
            yield Piece("", start, skipped)
        for mark in self.inline.marks(node, start, end):
            if mark.start >= skipped:
                yield mark
        self.comments += self.inline.comments
        self.inline.comments.clear()

    def _range(self, node: Node) -> tuple[int, int]:
        start = self._offsets.revert(node.start_byte, "utf8")
        end = self._offsets.revert(node.end_byte, "utf8")
        # Trailing blanks and line breaks belong to what stands between the blocks.
        return start, start + len(self._source[start:end].rstrip())


def _leaves(root: Node) -> Iterator[tuple[Node, bool]]:
    """Blocks that hold prose, in order, and whether one is the first of a list item."""
    waiting = [root]
    is_item = False
    while waiting:
        node = waiting.pop()
        if node.type in _LEAVES:
            yield node, is_item
            is_item = False
        elif node.type.startswith("list_marker"):
            is_item = True
        else:
            waiting += reversed(node.children)


def _defined(root: Node, raw: bytes) -> frozenset[str]:
    """Labels of link definitions, without brackets, as they are compared."""
    found = set()
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.type == "link_label":
            found.add(label_of(raw[node.start_byte : node.end_byte].decode("utf-8", "replace")))
        elif node.type != "inline":
            waiting += node.children
    return frozenset(found)
