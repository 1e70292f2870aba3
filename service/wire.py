"""From bytes to checked values: what HTTP, the command and batch files share before scoring.

Messages name the field and the limit and never repeat any of the article.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import NoReturn

from classifier.errors import InvalidInputError

_JSON_NAMES: dict[type, str] = {
    dict: "an object",
    list: "an array",
    str: "a string",
    bool: "a boolean",
    int: "a number",
    float: "a number",
    type(None): "null",
}


def decode_utf8(raw: bytes, field: str) -> str:
    """Decode bytes strictly.

    Parameters
    ----------
    raw : bytes
        What came in.
    field : str
        What to call it in the error.

    Raises
    ------
    InvalidInputError
        If the bytes aren't UTF-8; names the offset of the first bad byte, from 0. Code ``not_utf8``.
    """
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as err:
        raise InvalidInputError(
            f"{field} is not UTF-8: bad byte 0x{raw[err.start]:02x} at byte offset {err.start}",
            field=field,
            code="not_utf8",
        ) from None


def parse_object(raw: bytes, field: str = "body") -> dict[str, object]:
    """Parse one JSON object.

    Parameters
    ----------
    raw : bytes
        JSON in UTF-8; a byte order mark before it is tolerated.
    field : str
        What to call it in errors: ``body`` of a request, ``line`` of a file.

    Raises
    ------
    InvalidInputError
        Code ``not_utf8`` or ``malformed_json`` if it can't be read, ``not_an_object`` if it is some other JSON value.
    """
    text = decode_utf8(raw, field).removeprefix("\ufeff")
    try:
        value: object = json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as err:
        # `err.msg` is a fixed phrase of the parser; `str(err)` and `err.doc` would do no harm only by luck.
        _malformed(field, f"{err.msg} at line {err.lineno}, column {err.colno}")
    except RecursionError:
        _malformed(field, "nested too deeply")
    except ValueError as err:
        # Python refuses integers of thousands of digits; its message holds none of them.
        _malformed(field, str(err) if isinstance(err, _ConstantError) else "a number has too many digits")
    if not isinstance(value, dict):
        raise InvalidInputError(
            f"{field} must be a JSON object, not {json_kind(value)}", field=field, code="not_an_object"
        )
    return value


def json_kind(value: object) -> str:
    """Name the kind of a parsed JSON value for an error message."""
    return _JSON_NAMES.get(type(value), "something else")


def check_keys(values: Iterable[str], known: Iterable[str], parent: str = "") -> None:
    """Refuse an object with keys that aren't known.

    Parameters
    ----------
    values : iterable of str
        Its keys.
    known : iterable of str
        What they may be.
    parent : str
        Key of the object that holds it, if one does.

    Raises
    ------
    InvalidInputError
        Code ``unknown_key``. Shows up to five of them, each up to 40 characters, and lists what is known.
    """
    names = tuple(known)
    unknown = [name for name in values if name not in names]
    if unknown:
        shown = ", ".join(printable(name) for name in unknown[:5])
        raise InvalidInputError(
            f"unknown key{'s' if len(unknown) > 1 else ''} {shown}{f' in {parent}' if parent else ''}; "
            f"known are {', '.join(names)}",
            field=printable(unknown[0])[1:-1],
            code="unknown_key",
        )


def printable(name: object, length: int = 40) -> str:
    """Quote and shorten a name from outside so that any encoding and terminal can take it."""
    return ascii(str(name)[:length])


def json_line(value: object) -> str:
    """Write a value as JSON on one line, whatever a reader takes for a line's end.

    Non-ASCII characters stay readable, except the three that ``str.splitlines`` and JavaScript break lines at.
    """
    written = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for breaker in "\u0085\u2028\u2029":
        written = written.replace(breaker, f"\\u{ord(breaker):04x}")
    return written


def check_size(text: str, title: str | None, limit: int) -> None:
    """Refuse an article over the limit.

    Parameters
    ----------
    text : str
    title : str, optional
    limit : int
        Most bytes both may have together in UTF-8.

    Raises
    ------
    InvalidInputError
        Code ``too_long``, with the limit.
    """
    # A code point has at most four bytes in UTF-8, so that most articles needn't be encoded to be measured.
    if 4 * (len(text) + len(title or "")) <= limit:
        return
    size = sum(len(part.encode("utf-8", "surrogatepass")) for part in (text, title or ""))
    if size > limit:
        raise InvalidInputError(
            f"text is too long: {size} bytes of UTF-8{' with its title' if title else ''}, and the limit is {limit}",
            field="text",
            code="too_long",
            limit=limit,
        )


class _ConstantError(ValueError):
    pass


def _refuse_constant(name: str) -> NoReturn:
    raise _ConstantError(f"{name} is not JSON")


def _malformed(field: str, reason: str) -> NoReturn:
    raise InvalidInputError(f"{field} is not valid JSON: {reason}", field=field, code="malformed_json") from None
