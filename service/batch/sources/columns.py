"""From the columns of a record to an article: which is the id, the text, the title, and what passes through."""

from __future__ import annotations

import base64
import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta

from classifier.document import Document
from classifier.errors import InvalidInputError
from service.batch.sources.base import ColumnMap, Prepared, named
from service.wire import check_size, decode_utf8, json_kind

# Deeper than any table; far less deep than what Python's own recursion allows.
MAX_DEPTH = 60
# Code of the problem that a table lacks a column.
MISSING_COLUMN = "missing_column"
# Names of columns that a message lists at most.
_LISTED = 40


def unique(columns: Sequence[str]) -> list[str]:
    """Give columns that share a name, or have none, names of their own: ``a``, ``a_2``, ``column_3``."""
    found: list[str] = []
    for number, column in enumerate(columns, start=1):
        name = column or f"column_{number}"
        copy = 2
        while name in found:
            name, copy = f"{column}_{copy}", copy + 1
        found.append(name)
    return found


def no_column(needed: Iterable[str], names: Sequence[str]) -> InvalidInputError | None:
    """Say that a table lacks the first of the needed columns that isn't among its names."""
    for column in needed:
        if column not in names:
            return InvalidInputError(
                f"the table has no column called {named(column)}; it has {listed(names)}",
                field=named(column),
                code=MISSING_COLUMN,
            )
    return None


def listed(names: Sequence[str]) -> str:
    """Write the names of columns into a message: not more than 40."""
    more = ", …" if len(names) > _LISTED else ""
    return ", ".join(map(named, names[:_LISTED])) + more


def from_json(values: Mapping[str, object], columns: ColumnMap, max_bytes: int) -> Prepared:
    """Check a parsed line of JSON Lines.

    Raises
    ------
    InvalidInputError
        If it has no ``id`` (string or whole number), no ``text``, or one that can't be scored.
    """
    text, title = values.get(columns.text), values.get(columns.title)
    if columns.text not in values:
        raise InvalidInputError(f"{named(columns.text)} is required", field=named(columns.text), code="missing")
    document = _document(text, title, columns, max_bytes)
    key = columns.id or "id"
    if key not in values:
        raise InvalidInputError(f"{named(key)} is required", field=named(key), code="missing")
    return Prepared(identifier(values[key], key), document, passed_through(values, columns))


def from_row(values: Mapping[str, object], columns: ColumnMap, max_bytes: int, number: int) -> Prepared:
    """Check a row of a table; an id that is missing or empty is the record's number, unless a column was named for it.

    Raises
    ------
    InvalidInputError
        If the row has no text, or something that can't be scored or written as JSON.
    """
    text, title = (_text(values.get(column), column) for column in (columns.text, columns.title))
    if text is None:
        raise InvalidInputError("text is empty: there is nothing to score", field="text", code="empty")
    document = _document(text, title or None, columns, max_bytes)
    key = columns.id or "id"
    value = plain(_text(values.get(key), key), key)
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # pandas makes floats of whole numbers if one of them is missing
    if value is None or value == "":
        if columns.id is not None:
            raise InvalidInputError(f"{named(key)} is empty", field=named(key), code="missing")
        value = number
    return Prepared(identifier(value, key), document, passed_through(values, columns))


def _text(value: object, column: str) -> object:
    return decode_utf8(value, named(column)) if isinstance(value, bytes) else value


def _document(text: object, title: object, columns: ColumnMap, max_bytes: int) -> Document:
    if not isinstance(text, str):
        raise _not_a_string(text, columns.text)
    if not isinstance(title, str | None):
        raise _not_a_string(title, columns.title)
    check_size(text, title, max_bytes)
    return Document(text, title)


def _not_a_string(value: object, column: str) -> InvalidInputError:
    return InvalidInputError(
        f"{named(column)} must be a string, not {json_kind(value)}", field=named(column), code="not_a_string"
    )


def identifier(value: object, column: str) -> str | int:
    """Check an id.

    Raises
    ------
    InvalidInputError
        If it is neither a string nor a whole number.
    """
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise InvalidInputError(
            f"{named(column)} must be a string or a whole number, not {json_kind(value)}",
            field=named(column),
            code="not_a_string",
        )
    plain(value, column)
    return value


def passed_through(values: Mapping[str, object], columns: ColumnMap) -> dict[str, object]:
    """Return all columns but those of id, text and title, as JSON values.

    Raises
    ------
    InvalidInputError
        If a value can't be written as JSON in UTF-8.
    """
    used = {columns.id or "id", columns.text, columns.title}
    return {str(plain(name, name)): plain(value, name) for name, value in values.items() if name not in used}


def plain(value: object, column: str, depth: int = 0) -> object:
    """Turn a value into what JSON can say.

    Dates and times become ISO 8601, durations seconds, decimals strings with all their digits, bytes Base64, and
    what is no number or infinite becomes null.

    Raises
    ------
    InvalidInputError
        If a string holds half of a surrogate pair, or lists and objects are nested too deeply.
    """
    if isinstance(value, str):
        _check_unicode(value, column)
    elif isinstance(value, Mapping | list | tuple):
        if depth == MAX_DEPTH:
            raise InvalidInputError(
                f"{named(column)} is nested too deeply: over the limit of {MAX_DEPTH} levels",
                field=named(column),
                code="too_deep",
                limit=MAX_DEPTH,
            )
        if isinstance(value, Mapping):
            pairs = value.items()
            return {str(plain(str(key), column)): plain(inner, column, depth + 1) for key, inner in pairs}
        return [plain(inner, column, depth + 1) for inner in value]
    return _scalar(value)


def _check_unicode(value: str, column: str) -> None:
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        raise InvalidInputError(
            f"{named(column)} holds half of a surrogate pair: it is not valid Unicode",
            field=named(column),
            code="lone_surrogate",
        ) from None


def _scalar(value: object) -> object:
    match value:
        case float():
            return value if math.isfinite(value) else None
        case datetime() | date() | time():
            return value.isoformat()
        case timedelta():
            return value.total_seconds()
        case bytes():
            return base64.b64encode(value).decode("ascii")
        case None | bool() | int() | str():
            return value
    return str(value)
