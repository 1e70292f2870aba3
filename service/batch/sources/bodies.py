"""From the bytes of a page to its characters: transfer and content codings, then the encoding."""

from __future__ import annotations

import codecs
import io
import re
import zlib
from collections.abc import Mapping

from classifier.errors import InvalidInputError
from service.extras import require

_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([^\s\"';,>]+)", re.IGNORECASE)
_META = re.compile(rb"<(?:meta|\?xml)\b[^>]*?(?:charset|encoding)\s*=\s*[\"']?\s*([a-zA-Z0-9_:.+-]+)", re.IGNORECASE)
# Where browsers look for a declaration, and somewhat further.
_HEAD_BYTES = 4096
_SAMPLE_BYTES = 20_000
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
# Names that browsers take for a larger encoding than their own, as the Encoding Standard says.
_MEANT = {
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "iso8859-9": "cp1254",
    "tis-620": "cp874",
}
# Encodings whose bytes pass for UTF-8, so that a declaration is believed before UTF-8 is tried.
_UNLIKE_ASCII = re.compile(r"utf-?(16|32)|iso2022|hz")
_USUAL = "cp1252"
# Python's own codecs, which no page is written in.
_NEVER = frozenset({"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "utf-7", "mbcs", "oem"})


def decoded_body(page: Mapping[str, object], cap: int) -> bytes:
    """Undo chunks and compression of an answer's ``body``, as its headers tell.

    Raises
    ------
    InvalidInputError
        If the body is damaged, cut off or, decompressed, over the cap.
    """
    body = page["body"]
    if not isinstance(body, bytes):
        raise TypeError("the body isn't bytes")
    names = f"{page.get('Content-Encoding', '')},{page.get('Transfer-Encoding', '')}".lower().split(",")
    for coding in reversed([name.strip() for name in names]):
        if coding in {"gzip", "x-gzip", "deflate"}:
            body = _inflated(body, cap)
        elif coding in {"br", "zstd", "chunked"}:
            body = _through(coding, body, cap)
        elif coding not in {"", "identity"}:
            raise InvalidInputError("the page is written in an unknown content coding", field="page", code="damaged")
        if len(body) > cap:
            raise InvalidInputError(
                f"the page is too long: over the limit of {cap} bytes", field="text", code="too_long", limit=cap
            )
    return body


def _inflated(body: bytes, cap: int) -> bytes:
    if body[:2] == b"\x1f\x8b":
        bits = 31
    elif body[:1] and body[0] & 0x0F == 8 and int.from_bytes(body[:2]) % 31 == 0:
        bits = 15
    else:
        return body  # some crawlers decompress the body and leave the header
    stream = zlib.decompressobj(wbits=bits)
    try:
        found = stream.decompress(body, cap + 1)
    except zlib.error:
        raise InvalidInputError("the page's compression is damaged", field="page", code="damaged") from None
    if not stream.eof and len(found) <= cap:
        raise InvalidInputError("the page is cut off", field="page", code="truncated")
    return found


def _through(coding: str, body: bytes, cap: int) -> bytes:
    if coding == "chunked" and not re.match(rb"[0-9a-fA-F]{1,8}[ \t]*(;[^\r\n]*)?\r?\n", body):
        return body
    readers = require("fastwarc.stream_io", "archives")
    kinds = {"br": readers.BrotliReader, "zstd": readers.ZstdReader, "chunked": readers.ChunkedReader}
    stream = kinds[coding](io.BytesIO(body))
    found = b""
    try:
        while len(found) <= cap and (piece := stream.read(min(cap + 1, 1 << 20))):
            found += piece
    except (OSError, ValueError):
        if b"<" in body and coding != "chunked":
            return body
        raise InvalidInputError("the page's coding is damaged", field="page", code="damaged") from None
    return found


def decoded_page(body: bytes, content_type: str = "") -> str:
    """Decode a page as browsers do: by its byte order mark, what the server says, what the page says, else by guessing.

    What is valid UTF-8 is taken for UTF-8 even if a declaration says otherwise: chance can hardly make it so.

    Parameters
    ----------
    body : bytes
    content_type : str
        Header of the answer, with its ``charset``, if there is one.

    Raises
    ------
    InvalidInputError
        Code ``not_text`` if it is no text in any encoding that can be told.
    """
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(encoding, "replace")
    declared = [name for name in (_of_header(content_type), _of_page(body)) if name]
    wide = [name for name in declared if _UNLIKE_ASCII.match(name)]
    if not wide and b"\0" in body[:1024]:
        raise _not_text()
    for encoding in (*wide, "utf-8", *declared):
        try:
            return body.decode(encoding)
        except UnicodeDecodeError:
            continue
    if declared:
        # A few bad bytes in a page that says what it is.
        return body.decode(declared[0], "replace")
    guesses = require("charset_normalizer", "archives").from_bytes(body[:_SAMPLE_BYTES])
    best = guesses.best()
    if best is None:
        raise _not_text()
    # Of several that are as likely, the one that most pages without a declaration are written in.
    usual = any(guess.encoding == _USUAL and guess.chaos <= best.chaos for guess in guesses)
    return body.decode(_USUAL if usual else best.encoding, "replace")


def _of_header(content_type: str) -> str | None:
    found = _CHARSET.search(content_type)
    return _known(found.group(1)) if found else None


def _of_page(body: bytes) -> str | None:
    found = _META.search(body[:_HEAD_BYTES])
    name = _known(found.group(1).decode("ascii")) if found else None
    # A page that can be searched for ASCII isn't written in UTF-16, whatever it says.
    return None if name and name.startswith(("utf-16", "utf-32")) else name


def _known(name: str) -> str | None:
    try:
        found = codecs.lookup(name[:40]).name
        b"<".decode(found, "ignore")  # refuses codecs that aren't encodings of text
    except (LookupError, ValueError, TypeError):
        return None
    return None if found in _NEVER else _MEANT.get(found, found)


def _not_text() -> InvalidInputError:
    return InvalidInputError("the page is no text in any known encoding", field="page", code="not_text")
