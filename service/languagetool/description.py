"""What ``/openapi.json`` says of the routes under ``/v2``: they read their parameters themselves."""

from __future__ import annotations

from typing import Any

from classifier.labels import LABEL_IDS
from service.groups import GROUPS
from service.languagetool.rules import PREFIX, data

_EXAMPLE = "The miracle pill cured all twelve mice."
_LABEL = PREFIX + LABEL_IDS[0].upper()
_GROUP = next(iter(GROUPS)).upper()


def _text(description: str, **more: object) -> dict[str, Any]:
    return {"type": "string", "description": description, **more}


_PARAMETERS: dict[str, dict[str, Any]] = {
    "language": _text(
        f"auto, or a kind of English, such as {', '.join(data()['languages'])}.",
        pattern=r"^([Aa][Uu][Tt][Oo]|[Ee][Nn]([-_][A-Za-z]+)?)$",
        examples=["en-US"],
    ),
    "text": _text("The text; either this or data.", examples=[_EXAMPLE]),
    "data": _text(
        'The text as JSON: {"text": …} or {"annotation": [{"text": …}, {"markup": …, "interpretAs": …}]}. '
        "Nothing is marked inside markup, and offsets count it.",
        examples=['{"annotation": [{"markup": "<b>"}, {"text": "A miracle"}, {"markup": "</b>"}]}'],
    ),
    "enabledRules": _text(f"Labels, with commas between them, such as {_LABEL}.", examples=[_LABEL]),
    "disabledRules": _text("Labels that aren't looked for.", examples=[_LABEL]),
    "enabledCategories": _text(f"Groups of labels: {', '.join(key.upper() for key in GROUPS)}.", examples=[_GROUP]),
    "disabledCategories": _text("Groups of labels that aren't looked for.", examples=[_GROUP]),
    "enabledOnly": _text("true or yes: only what is enabled by name.", examples=["false"]),
    "level": _text("picky marks as much as can be found, with many false alarms.", enum=["default", "picky"]),
    "preferredVariants": _text("Which English auto stands for; only with language=auto."),
    **{
        name: _text("Accepted, without effect.")
        for name in ("mode", "motherTongue", "altLanguages", "noopLanguages", "allowIncompleteResults")
    },
    **{name: _text("Accepted, without effect: there are no accounts.") for name in ("username", "apiKey")},
}
_FORM = {
    "type": "object",
    "properties": _PARAMETERS,
    "required": ["language"],
    "oneOf": [{"required": ["text"]}, {"required": ["data"]}],
}

CHECK_BODY: dict[str, Any] = {
    "requestBody": {"required": True, "content": {"application/x-www-form-urlencoded": {"schema": _FORM}}}
}
CHECK_QUERY: dict[str, Any] = {
    "parameters": [
        {"name": name, "in": "query", "required": name == "language", "schema": schema}
        for name, schema in _PARAMETERS.items()
    ]
}
CONFIG_QUERY: dict[str, Any] = {
    "parameters": [{"name": "language", "in": "query", "required": True, "schema": _PARAMETERS["language"]}]
}

_PLAIN = {"text/plain": {"schema": {"type": "string", "pattern": "^Error: "}}}


def _refusal(description: str) -> dict[str, Any]:
    return {"description": description, "content": _PLAIN}


ERRORS: dict[int | str, dict[str, Any]] = {
    400: _refusal("A parameter is missing or can't be used."),
    413: _refusal("The text is over the size limit."),
    503: _refusal("No model is loaded."),
}
CONFIG_ERRORS: dict[int | str, dict[str, Any]] = {400: ERRORS[400]}
HEALTH_ERRORS: dict[int | str, dict[str, Any]] = {503: ERRORS[503]}
