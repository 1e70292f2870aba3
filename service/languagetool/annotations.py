"""The text of a request: plain, or cut by the client into text and markup."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

from classifier.document import Span
from classifier.errors import InvalidInputError
from service.markup.source_map import Piece, SourceMap, plain_map
from service.wire import json_kind, parse_object

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class AnnotatedText:
    """A text with its markup.

    Parameters
    ----------
    pieces : SourceMap
    prose : tuple of (int, int)
        Where the client's text stands in the source, in order, in code points; half-open. All the rest is markup.
    """

    pieces: SourceMap
    prose: tuple[tuple[int, int], ...]

    @property
    def source(self) -> str:
        """Text and markup, as the client has it."""
        return self.pieces.source

    def outside_markup(self, span: Span) -> Span | None:
        """A span without the markup at its ends; None if there is nothing but markup in it.

        Markup may be read as words (``interpretAs``), which can be marked, too. The writer never sees them.
        """
        first = bisect_right(self.prose, span.start, key=lambda place: place[1])
        last = bisect_right(self.prose, span.end - 1, key=lambda place: place[0]) - 1
        if first > last:
            return None
        return Span(max(span.start, self.prose[first][0]), min(span.end, self.prose[last][1]))

    def as_read(self, span: Span) -> str:
        """The words of a stretch of the source, without the markup."""
        return self.pieces.text[self.pieces.to_text(span.start) : self.pieces.to_text(span.end)]


def from_text(text: str) -> AnnotatedText:
    """Take a plain text. Half surrogate pairs, which some clients' cuts leave, become U+FFFD."""
    clean = _encodable(text)
    return AnnotatedText(plain_map(clean), ((0, len(clean)),) if clean else ())


def from_data(written: str) -> AnnotatedText:
    """Read the parameter ``data``.

    Parameters
    ----------
    written : str
        JSON: ``{"text": …}`` or ``{"annotation": [{"text": …}, {"markup": …, "interpretAs": …}]}``; other keys are
        ignored. Markup is read as ``interpretAs``, else as nothing.

    Raises
    ------
    InvalidInputError
        If it has another form. Names the number of the annotation, from 1.
    """
    values = parse_object(written.encode("utf-8"), "data")
    text, annotation = values.get("text"), values.get("annotation")
    if text is not None and annotation is not None:
        raise _refused("data must have either the key text or the key annotation, not both")
    if text is not None:
        return from_text(_string(text, "the text of data"))
    if not isinstance(annotation, list):
        raise _refused(
            "data must have a key text or a key annotation"
            if annotation is None
            else f"the annotation of data must be an array, not {json_kind(annotation)}"
        )
    return _assembled([_part(number, entry) for number, entry in enumerate(annotation, start=1)])


def _part(number: int, entry: object) -> tuple[str, str | None]:
    """The characters of an annotation in the source, and for markup what they are read as."""
    where = f"annotation {number} of data"
    if not isinstance(entry, dict):
        raise _refused(f"{where} must be an object, not {json_kind(entry)}")
    text, markup, read_as = (entry.get(key) for key in ("text", "markup", "interpretAs"))
    if (text is None) == (markup is None):
        raise _refused(f"{where} must have either the key text or the key markup")
    if markup is None:
        if read_as is not None:
            raise _refused(f"{where} has the key interpretAs, which is for markup only")
        return _string(text, f"the text of {where}"), None
    return (
        _string(markup, f"the markup of {where}"),
        "" if read_as is None else _string(read_as, f"interpretAs of {where}"),
    )


def _assembled(parts: list[tuple[str, str | None]]) -> AnnotatedText:
    pieces: list[Piece] = []
    prose: list[tuple[int, int]] = []
    position = 0
    for written, read_as in parts:
        # Where nothing stands in the source, nothing is read: it would have no place.
        if not written:
            continue
        end = position + len(written)
        if read_as is None:
            prose.append((position, end))
        pieces.append(Piece(written if read_as is None else read_as, position, end))
        position = end
    return AnnotatedText(SourceMap("".join(written for written, _ in parts), pieces), tuple(prose))


def _string(value: object, name: str) -> str:
    if not isinstance(value, str):
        raise _refused(f"{name} must be a string, not {json_kind(value)}")
    return _encodable(value)


def _encodable(text: str) -> str:
    # To encode a long text is sooner done than to search it, and hardly any has half a pair.
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return _LONE_SURROGATE.sub("\ufffd", text)
    return text


def _refused(message: str) -> InvalidInputError:
    return InvalidInputError(message, field="data", code="malformed_data")
