"""Reading JSON Lines records, one bad line at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from classifier.document import Document
from classifier.errors import InvalidInputError
from service.wire import check_size, json_kind, parse_object


@dataclass(frozen=True, slots=True)
class Record:
    """An article to score, from line ``line`` (counted from 1)."""

    line: int
    id: str | int
    document: Document


def lines(stream: BinaryIO, cap: int) -> Iterator[tuple[int, bytes | None]]:
    r"""Read lines of bounded length.

    Parameters
    ----------
    stream : binary file
    cap : int
        Most bytes of a line to keep.

    Yields
    ------
    number, line
        The number counts from 1 and counts blank lines, too, though they aren't yielded. A line over the cap is read
        to its end but comes as ``None``.
    """
    number = 0
    while raw := stream.readline(cap + 2):
        number += 1
        if len(raw.rstrip(b"\r\n")) > cap:
            while not raw.endswith(b"\n") and (raw := stream.readline(cap + 2)):
                pass
            yield number, None
        elif raw.strip():
            yield number, raw


def parse_record(line: int, raw: bytes | None, *, max_bytes: int) -> Record:
    """Check one line.

    Parameters
    ----------
    line : int
        Its number, from 1.
    raw : bytes or None
        Its bytes; None stands for a line over the cap.
    max_bytes : int
        Size limit of text and title together, in bytes of UTF-8.

    Raises
    ------
    InvalidInputError
        If it isn't a JSON object with an ``id`` (string or whole number), a ``text`` and, if at all, a ``title`` that
        can be scored. Further keys are let through unread: corpora carry dates and addresses.
    """
    if raw is None:
        raise InvalidInputError("the line is too long", field="text", code="too_long", limit=max_bytes)
    values = parse_object(raw, "line")
    text, title = values.get("text"), values.get("title")
    if "text" not in values:
        raise InvalidInputError("text is required", field="text", code="missing")
    if not isinstance(text, str):
        raise InvalidInputError(f"text must be a string, not {json_kind(text)}", field="text", code="not_a_string")
    if not isinstance(title, str | None):
        raise InvalidInputError(f"title must be a string, not {json_kind(title)}", field="title", code="not_a_string")
    check_size(text, title, max_bytes)
    return Record(line, _identifier(values), Document(text, title))


def _identifier(values: dict[str, object]) -> str | int:
    if "id" not in values:
        raise InvalidInputError("id is required", field="id", code="missing")
    value = values["id"]
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise InvalidInputError(
            f"id must be a string or a whole number, not {json_kind(value)}", field="id", code="not_a_string"
        )
    if isinstance(value, str):
        try:
            value.encode("utf-8")
        except UnicodeEncodeError:
            raise InvalidInputError(
                "id holds half of a surrogate pair: it is not valid Unicode", field="id", code="lone_surrogate"
            ) from None
    return value
