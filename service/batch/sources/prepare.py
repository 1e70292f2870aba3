"""From a raw record to an article that can be scored: what is slow, and so done by the workers."""

from __future__ import annotations

from classifier.document import Document
from classifier.errors import InvalidInputError
from service.batch.drafts import read_draft
from service.batch.sources.base import BOM, ColumnMap, Prepared, RawRecord
from service.batch.sources.bodies import decoded_body, decoded_page
from service.batch.sources.columns import from_json, from_row, identifier, passed_through, plain
from service.batch.sources.extract import main_text
from service.settings import JSON_ENVELOPE_BYTES, JSON_ESCAPE_FACTOR
from service.wire import check_size, decode_utf8, parse_object


def prepare(raw: RawRecord, columns: ColumnMap, max_bytes: int) -> Prepared:
    """Decode, check and, for pages, find the main text.

    Parameters
    ----------
    raw : RawRecord
    columns : ColumnMap
    max_bytes : int
        Size limit of text and title together, in bytes of UTF-8.

    Returns
    -------
    Prepared
        Offsets will count in the file, if it is one of prose; else in ``document``, for a page in the main text that
        was found on it.

    Raises
    ------
    InvalidInputError
        Why the record can't be scored; the reader's own problem comes first.
    """
    if raw.problem is not None:
        raise raw.problem
    if raw.form == "json":
        return from_json(parse_object(raw.data, "line"), columns, max_bytes)
    if raw.form == "row":
        return from_row(raw.row, columns, max_bytes, raw.number)
    if raw.form in {"txt", "md"}:
        return _prose(raw, columns, max_bytes)
    return _page(raw, columns, max_bytes)


def known_id(raw: RawRecord, columns: ColumnMap) -> str | int | None:
    """Return the id of a record that can't be scored, if it can be told; for lists of errors."""
    try:
        if raw.form == "json" and isinstance(raw.payload, bytes) and raw.payload:
            key = columns.id or "id"
            return identifier(parse_object(raw.payload, "line").get(key), key)
        if raw.form == "row" and isinstance(raw.payload, dict):
            key = columns.id or "id"
            return identifier(raw.payload.get(key), key)
        return identifier(raw.given.get(columns.id or "id"), "id")
    except InvalidInputError:
        return None


def _prose(raw: RawRecord, columns: ColumnMap, max_bytes: int) -> Prepared:
    text = decode_utf8(raw.data, "text")
    if "\0" in text:
        raise InvalidInputError("text holds a NUL byte: it is no text file", field="text", code="not_text")
    check_size(text, None, max_bytes)
    draft = read_draft(text, "markdown" if raw.form == "md" else "plain")
    # A byte order mark isn't white space, but nobody sees it.
    document = Document(draft.pieces.text if draft.pieces.text != BOM else "")
    return Prepared(_identifier(raw, columns), document, _extra(raw, columns), draft)


def _page(raw: RawRecord, columns: ColumnMap, max_bytes: int) -> Prepared:
    cap = JSON_ESCAPE_FACTOR * max_bytes + JSON_ENVELOPE_BYTES
    if raw.form == "warc-html":
        html = decoded_page(decoded_body(raw.row, cap), str(raw.row.get("Content-Type", "")))
    else:
        html = decoded_page(raw.data)
    url = raw.given.get("url")
    page = main_text(html, url if isinstance(url, str) else None)
    check_size(page.text, page.title, max_bytes)
    extra = _extra(raw, columns) | {"headline": page.title}
    if page.date or "date" not in extra:
        extra["date"] = page.date
    return Prepared(_identifier(raw, columns), Document(page.text, page.title), extra)


def _identifier(raw: RawRecord, columns: ColumnMap) -> str | int:
    key = columns.id or "id"
    if key not in raw.given:
        if columns.id is not None:
            raise InvalidInputError("the record has no such id", field="id", code="missing")
        return raw.number
    return identifier(plain(raw.given[key], key), key)


def _extra(raw: RawRecord, columns: ColumnMap) -> dict[str, object]:
    return {name: value for name, value in passed_through(raw.given, columns).items() if name != "id"}
