"""The documents that are open in the editor, kept in step with it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from lsprotocol import types
from pygls.uris import to_fs_path

from service.lsp.check import Checked
from service.markup import Form, form_of_path
from service.offsets import OffsetTable, OffsetUnit

# By the language ids of VS Code, Neovim and Vim (file types), Emacs (modes) and Helix.
_FORM_BY_LANGUAGE: dict[str, Form] = {
    **dict.fromkeys(("markdown", "mdx", "quarto", "rmd", "rmarkdown", "pandoc", "gfm", "markdown.mdx"), "markdown"),
    **dict.fromkeys(("html", "xhtml", "mhtml"), "html"),
    **dict.fromkeys(("plaintext", "text", "txt", "plain", "fundamental", "mail", "org", "rst", "asciidoc"), "plain"),
}
_PLAIN_ENDINGS = frozenset({".txt", ".text", ".org", ".rst", ".adoc", ".eml"})
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")

UNIT_BY_ENCODING: dict[str, OffsetUnit] = {
    types.PositionEncodingKind.Utf8.value: "utf8",
    types.PositionEncodingKind.Utf16.value: "utf16",
    types.PositionEncodingKind.Utf32.value: "codepoint",
}


@dataclass(slots=True)
class Pending:
    """A check that was asked for, and the revision it is of."""

    revision: int
    answer: asyncio.Future[Checked | None]

    @property
    def failed(self) -> bool:
        """True if it is over without a result, so that another try may do better."""
        return self.answer.done() and self.answer.exception() is not None


@dataclass(slots=True)
class OpenDocument:
    """One open document.

    Parameters
    ----------
    uri : str
    form : {"plain", "markdown", "html"} or None
        How it is read; None if it is no prose, and is never checked.
    version : int
        The editor's count.
    text : str
        Without lone surrogates.
    revision : int
        Our count of what a check depends on: grows with each change of the text or of a setting.
    edited : bool
        True if the revision came from a keystroke: its check waits a moment.
    checked : Checked, optional
        The last result that was for the revision of its time.
    pending : Pending, optional
        The last check that was asked for.
    """

    uri: str
    form: Form | None
    version: int
    text: str
    revision: int = 0
    edited: bool = False
    checked: Checked | None = None
    checked_revision: int = -1
    pending: Pending | None = None

    @property
    def path(self) -> Path | None:
        """The file, if it is one."""
        path = to_fs_path(self.uri)
        return Path(path) if path else None

    def change(self, changes: Sequence[types.TextDocumentContentChangeEvent], unit: OffsetUnit) -> None:
        """Apply changes one after the other, as the protocol wants it."""
        for change in changes:
            inserted = whole_characters(change.text)
            if isinstance(change, types.TextDocumentContentChangePartial):
                table = OffsetTable(self.text)
                start, end = (
                    table.offset_at(place.line, place.character, unit)
                    for place in (change.range.start, change.range.end)
                )
                self.text = self.text[:start] + inserted + self.text[max(start, end) :]
            else:
                self.text = inserted
        self.touch(edited=True)

    def touch(self, *, edited: bool = False) -> None:
        """Make what is known of the document old."""
        self.revision += 1
        self.edited = edited


class Documents:
    """All open documents, by URI."""

    def __init__(self) -> None:
        self._open: dict[str, OpenDocument] = {}

    def open(self, item: types.TextDocumentItem) -> OpenDocument:
        """Add a document, or replace it."""
        document = OpenDocument(
            item.uri, form_of(item.language_id, item.uri), item.version, whole_characters(item.text)
        )
        self._open[item.uri] = document
        return document

    def get(self, uri: str) -> OpenDocument | None:
        """The document, if it is open."""
        return self._open.get(uri)

    def close(self, uri: str) -> OpenDocument | None:
        """Remove a document."""
        return self._open.pop(uri, None)

    def __iter__(self) -> Iterator[OpenDocument]:
        return iter(tuple(self._open.values()))


def form_of(language_id: str, uri: str) -> Form | None:
    """How a document is read: by its language id, else by its name's ending; None if neither says prose."""
    if form := _FORM_BY_LANGUAGE.get(language_id.lower()):
        return form
    name = PurePosixPath(unquote(urlsplit(uri).path))
    by_ending = form_of_path(name)
    # A nameless buffer without a language is prose; a file of a language that isn't known is so by its ending only.
    known = by_ending != "plain" or name.suffix.lower() in _PLAIN_ENDINGS or not (language_id or name.suffix)
    return by_ending if known else None


def whole_characters(text: str) -> str:
    """Replace halves of surrogate pairs, which are no characters, by one replacement character each."""
    return _LONE_SURROGATE.sub("\ufffd", text)
