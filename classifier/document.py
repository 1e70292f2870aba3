"""The text types: Span, Sentence, Document.

Offsets count Unicode code points and are half-open everywhere in ``classifier``; other units exist
only at the edge (``service.offsets``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from classifier.errors import InvalidInputError

Field: TypeAlias = Literal["title", "text"]
SentenceKind: TypeAlias = Literal["headline", "heading", "bullet", "body"]


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A non-empty half-open range ``[start, end)`` of code points in one field of a document.

    Parameters
    ----------
    start, end : int
        ``0 <= start < end``.
    field : {"text", "title"}
        Which string of the document the offsets count in.

    Raises
    ------
    ValueError
        If the range is empty, reversed or negative, or the field is unknown.
    """

    start: int
    end: int
    field: Field = "text"

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError(f"span [{self.start}, {self.end}) is empty, reversed or negative")
        if self.field not in ("title", "text"):
            raise ValueError(f"span field {self.field!r} is neither 'title' nor 'text'")

    def __len__(self) -> int:
        return self.end - self.start

    @property
    def middle(self) -> float:
        """Centre of the span, in code points; decides which sentence a span counts for."""
        return (self.start + self.end) / 2

    def overlaps(self, other: Span) -> bool:
        """True if both share at least one code point of the same field."""
        return self.field == other.field and self.start < other.end and other.start < self.end

    def contains(self, other: Span) -> bool:
        """True if ``other`` lies wholly inside this span."""
        return self.field == other.field and self.start <= other.start and other.end <= self.end


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence's place in its document.

    Parameters
    ----------
    span : Span
        The sentence without surrounding white space.
    index : int
        Position in the document, from 0.
    paragraph : int
        Number of the paragraph, from 0; the headline has a paragraph of its own.
    kind : {"headline", "heading", "bullet", "body"}
        What the sentence is typographically.
    """

    span: Span
    index: int
    paragraph: int
    kind: SentenceKind = "body"


@dataclass(frozen=True, slots=True)
class Document:
    """An article as it was handed in: its text and, if given apart, its title.

    Parameters
    ----------
    text : str
        The article. With no ``title``, a first line followed by a blank line is its headline.
    title : str, optional
        The headline, if it isn't part of ``text``.

    Raises
    ------
    InvalidInputError
        If a field isn't a string, holds a lone surrogate (such a string is no Unicode text and can
        be stored in no encoding), or ``text`` has no visible character.
    """

    text: str
    title: str | None = None

    def __post_init__(self) -> None:
        _check_unicode(self.text, "text")
        if not self.text.strip():
            raise InvalidInputError("text is empty: there is nothing to score", field="text", code="empty")
        if self.title is not None:
            _check_unicode(self.title, "title")

    def field(self, name: Field) -> str:
        """The string that spans of this field count in (empty for a missing title)."""
        return self.text if name == "text" else self.title or ""

    def slice(self, span: Span) -> str:
        """The words a span covers.

        Raises
        ------
        ValueError
            If the span reaches past the end of its field.
        """
        source = self.field(span.field)
        if span.end > len(source):
            raise ValueError(f"span [{span.start}, {span.end}) ends after its {span.field} of {len(source)} characters")
        return source[span.start : span.end]


def _check_unicode(value: object, field: str) -> None:
    if not isinstance(value, str):
        raise InvalidInputError(f"{field} must be a string", field=field, code="not_a_string")
    try:
        value.encode("utf-8")
    except UnicodeEncodeError as err:
        raise InvalidInputError(
            f"{field} holds half of a surrogate pair at character {err.start}: it is not valid Unicode",
            field=field,
            code="lone_surrogate",
        ) from None
