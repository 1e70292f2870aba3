"""One record of a web archive: a page of HTML, nothing of interest, or a reason why it is no article."""

from __future__ import annotations

import re
from typing import Any

from classifier.errors import InvalidInputError
from service.batch.sources.base import RawRecord, Reading

# Records about the crawl, which hold nothing that a reader would see.
_SILENT = frozenset({"warcinfo", "request", "metadata"})
_OTHERS = frozenset({"resource", "revisit", "conversion", "continuation"})
_HTML = frozenset({"text/html", "application/xhtml+xml"})
_MEDIA_TYPE = re.compile(r"[a-z0-9.+-]{1,40}/[a-z0-9.+-]{1,80}")
_WITH_A_PAGE = frozenset({200, 203})
# Headers of the answer that say how its body is written.
BODY_HEADERS = ("Content-Type", "Content-Encoding", "Transfer-Encoding")


def read_record(record: Any, place: str, reading: Reading) -> RawRecord | None:
    """Read the record that FastWARC stands at.

    Returns
    -------
    RawRecord or None
        None if it is about the crawl. The body of a page is read up to ``reading.cap`` bytes and decoded later.

    Raises
    ------
    OSError
        If the archive is damaged in the headers; in the body, that is the record's problem.
    """
    headers = record.headers
    kind = (headers.get("WARC-Type") or "").lower()
    if kind in _SILENT:
        return None
    given = _given(headers)
    try:
        problem = _not_a_page(record, kind, headers) or _too_long(record, reading)
        body = b"" if problem else record.reader.read(record.content_length)
    except OSError:
        problem = _problem("the record is damaged", "damaged")
    if problem is None and (len(body) < record.content_length or _broken_off(record.http_headers, len(body))):
        problem = _problem("the page is cut off", "truncated")
    if problem is not None:
        return reading.refused(place, "warc-html", problem, given)
    payload: dict[str, object] = {name: value for name in BODY_HEADERS if (value := record.http_headers.get(name))}
    return reading.record(place, "warc-html", payload | {"body": body}, given)


def _given(headers: Any) -> dict[str, object]:
    archived = headers.get("WARC-Date")
    found = {
        "id": (headers.get("WARC-Record-ID") or "").strip("<> ") or None,
        "url": (headers.get("WARC-Target-URI") or "").strip("<> ") or None,
        "date": archived[:10] if archived else None,
        "archived": archived,
    }
    return {name: value for name, value in found.items() if value is not None}


def _not_a_page(record: Any, kind: str, headers: Any) -> InvalidInputError | None:
    if not kind or not headers.get("Content-Length"):
        return _problem("the record's headers are damaged or cut off", "damaged")
    if kind != "response":
        shown = kind if kind in _OTHERS else "unknown"
        return _problem(f"a record of type {shown}, not a response", "not_a_page")
    if not record.is_http_parsed:
        return _problem("not the response of a web server", "not_a_page")
    if headers.get("WARC-Truncated") or headers.get("WARC-Segment-Number"):
        return _problem("only part of the page was archived", "truncated")
    problem = _other_answer(record.http_headers)
    if problem is not None and record.content_length and not record.reader.read(1):
        # Nothing follows the headers, so they may be cut off themselves.
        return _problem("the response is damaged or cut off", "truncated")
    return problem


def _other_answer(http_headers: Any) -> InvalidInputError | None:
    status = http_headers.status_code
    if status is None:
        return _problem("the response is damaged or cut off", "truncated")
    if status not in _WITH_A_PAGE:
        is_redirect = 300 <= status < 400
        what = f"a redirect (status {status})" if is_redirect else f"status {status}"
        return _problem(f"{what}, not a page", "redirect" if is_redirect else "http_status")
    media = (http_headers.get("Content-Type") or "").partition(";")[0].strip().lower()
    if media in _HTML:
        return None
    shown = media if _MEDIA_TYPE.fullmatch(media) else "missing or malformed"
    return _problem(f"not HTML: the content type is {shown}", "not_html")


def _too_long(record: Any, reading: Reading) -> InvalidInputError | None:
    return reading.too_long("the page", reading.cap) if record.content_length > reading.cap else None


def _broken_off(http_headers: Any, length: int) -> bool:
    """Compare with the length that the server promised; crawlers that decode a body may leave the old header."""
    promised = (http_headers.get("Content-Length") or "").strip()
    decoded = http_headers.get("Content-Encoding") or http_headers.get("Transfer-Encoding")
    return not decoded and promised.isdecimal() and len(promised) < 16 and int(promised) > length


def _problem(message: str, code: str) -> InvalidInputError:
    return InvalidInputError(message, field="page", code=code)
