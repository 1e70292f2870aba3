"""From the bytes of a request to its parameters.

What clients send is urlencoded, but some label it as JSON, and LibreOffice 7.4 doesn't encode it at all.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from classifier.annotation import Mode
from classifier.errors import InvalidInputError
from service.languagetool.annotations import AnnotatedText, from_data, from_text
from service.languagetool.rules import Choice, choose, data
from service.wire import check_size, decode_utf8, printable

AUTO = "auto"
PARAMETERS = frozenset(
    {
        "text", "data", "language", "enabledRules", "disabledRules", "enabledCategories", "disabledCategories",
        "enabledOnly", "level", "mode", "preferredVariants", "motherTongue", "altLanguages", "noopLanguages",
        "allowIncompleteResults", "username", "apiKey", "disabled", "enabled",
    }
)  # fmt: skip
_MAX_FIELDS = 10_000
# No other byte is ever in an urlencoded body.
_ENCODED = bytes(range(0x21, 0x7F))
_BROKEN_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_TRUE = ("true", "yes")
# What a program may well send, and what can't be read. Some label an urlencoded body so, too, and that is read.
_OTHER_FORMS = ("application/json", "multipart/form-data")


@dataclass(frozen=True, slots=True)
class CheckRequest:
    """A request to check a text.

    Parameters
    ----------
    article : AnnotatedText
    language : str
        A code of ``data.toml``, or ``auto``.
    variant : str
        The English that ``auto`` stands for.
    choice : Choice
    mode : {"sensitive"} or None
        None leaves it to the project.
    """

    article: AnnotatedText
    language: str
    variant: str
    choice: Choice
    mode: Mode | None


def parse_form(raw: bytes) -> dict[str, str]:
    """Read an urlencoded body or query string.

    Parameters
    ----------
    raw : bytes
        A body that holds a blank or a byte beyond ASCII isn't encoded: its values are taken as they are, and an ``&``
        divides two of them only where the name of a parameter follows that wasn't there before.

    Returns
    -------
    dict
        The last value of each name, as in LanguageTool.

    Raises
    ------
    InvalidInputError
        If a value isn't UTF-8, or there are too many.
    """
    if raw.count(b"&") >= _MAX_FIELDS:
        raise InvalidInputError(
            f"there are more than {_MAX_FIELDS} parameters", field="body", code="too_many", limit=_MAX_FIELDS
        )
    if raw.translate(None, _ENCODED):
        return _verbatim(raw)
    found = {}
    for part in raw.split(b"&"):
        name, equals, value = part.partition(b"=")
        if equals:
            key = _unquoted(name).decode("utf-8", "replace")
            shown = key if key in PARAMETERS else "a parameter"
            found[key] = decode_utf8(_unquoted(value.replace(b"+", b" ")), shown)
    return found


def _unquoted(encoded: bytes) -> bytes:
    """What ``unquote_to_bytes`` gives, five times as soon: a long text is decoded after each keystroke."""
    if _BROKEN_ESCAPE.search(encoded):
        return unquote_to_bytes(encoded)
    # Quoted-printable is the same with another sign, and Python reads it in C.
    return binascii.a2b_qp(encoded.replace(b"=", b"=3D").replace(b"%", b"="))


def _verbatim(raw: bytes) -> dict[str, str]:
    fields: list[tuple[str, list[bytes]]] = []
    for part in raw.split(b"&"):
        name, equals, value = part.partition(b"=")
        known = name.decode("ascii", "replace")
        if equals and known in PARAMETERS and all(known != seen for seen, _ in fields):
            fields.append((known, [value]))
        elif fields:
            fields[-1][1].append(part)
    return {name: decode_utf8(b"&".join(parts), name) for name, parts in fields}


def parse_check(values: Mapping[str, str], max_bytes: int) -> CheckRequest:
    """Check the parameters of a request.

    Parameters
    ----------
    values : mapping
        By name; names that aren't known are ignored.
    max_bytes : int
        Most bytes of UTF-8 that the text may have, with its markup.

    Raises
    ------
    InvalidInputError
        Names the parameter at fault.
    """
    language = parse_language(values)
    variants = [name.strip() for name in values.get("preferredVariants", "").split(",") if name.strip()]
    if variants and language != AUTO:
        raise InvalidInputError(
            "preferredVariants is for language=auto only", field="preferredVariants", code="contradiction"
        )
    known = {code.lower(): code for code in data()["languages"]}
    variant = next((known[name.lower()] for name in variants if name.lower() in known), next(iter(data()["languages"])))
    choice = choose(
        enabled_rules=values.get("enabledRules", ""),
        # Emacs' langtool still uses the parameter's old name.
        disabled_rules=values.get("disabledRules", values.get("disabled", "")),
        enabled_categories=values.get("enabledCategories", ""),
        disabled_categories=values.get("disabledCategories", ""),
        only=values.get("enabledOnly", "").strip().lower() in _TRUE,
    )
    return CheckRequest(_article(values, max_bytes), language, variant, choice, _mode(values.get("level", "")))


def explained(err: InvalidInputError, body: bytes, content_type: str) -> InvalidInputError:
    """Say why a parameter is missing that somebody did send, if it is for the body's form.

    Parameters
    ----------
    err : InvalidInputError
        What ``parse_check`` raised.
    body : bytes
        The raw body.
    content_type : str
        What the request says that it is.

    Returns
    -------
    InvalidInputError
        ``err`` itself, or one with the same code and a longer message.
    """
    kind = content_type.partition(";")[0].strip().lower()
    if err.code != "missing" or kind not in _OTHER_FORMS or not body or not PARAMETERS.isdisjoint(parse_form(body)):
        return err
    return InvalidInputError(
        f"{err.message}; the body is read as application/x-www-form-urlencoded, and this one, which says that it is "
        f"{kind}, holds no parameter in that form",
        field=err.field,
        code=err.code,
    )


def parse_language(values: Mapping[str, str]) -> str:
    """The code of the language that is asked for, or ``auto``.

    Raises
    ------
    InvalidInputError
        If it is missing or isn't English.
    """
    given = values.get("language", "").strip()
    if not given:
        raise InvalidInputError(
            "the parameter language is missing, for example language=en-US or language=auto",
            field="language",
            code="missing",
        )
    code = given.lower().replace("_", "-")
    if code == AUTO:
        return AUTO
    if not code.startswith("en"):
        raise InvalidInputError(
            f"{printable(given, 20)} is not the code of a language that can be checked; known are auto, "
            f"{', '.join(data()['languages'])}",
            field="language",
            code="unknown_language",
        )
    return next((known for known in data()["languages"] if known.lower() == code), "en")


def _article(values: Mapping[str, str], max_bytes: int) -> AnnotatedText:
    if "text" in values and "data" in values:
        raise InvalidInputError("give either text or data, not both", field="data", code="contradiction")
    if "text" in values:
        article = from_text(values["text"])
    elif "data" in values:
        article = from_data(values["data"])
    else:
        raise InvalidInputError("one of the parameters text and data is needed", field="text", code="missing")
    check_size(article.source, None, max_bytes)
    return article


def _mode(level: str) -> Mode | None:
    asked = level.strip().lower()
    if asked in ("", "default"):
        return None
    if asked == "picky":
        return "sensitive"
    raise InvalidInputError(
        f"level must be default or picky, not {printable(level, 20)}", field="level", code="unknown_level"
    )
