"""The body of ``POST /v1/feedback``: checked, and refused with a message that repeats no value of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.config import JsonDict

from classifier.annotation import MODES, Mode, span_id
from classifier.errors import InvalidInputError
from classifier.labels import LABEL_IDS
from service.feedback.judgement import VERDICTS, Judgement, Verdict
from service.offsets import OffsetTable, OffsetUnit
from service.wire import check_keys, json_kind

MAX_SENTENCE = 2000
"""Most characters (code points) of a sentence."""
MAX_BODY_BYTES = 12 * MAX_SENTENCE + 8192
"""JSON may write a character as two escaped halves of six bytes each; the rest is room for the other fields."""

_EXAMPLE: JsonDict = {
    "span_id": span_id("sensational_language", "The pill is a miracle."),
    "label": "sensational_language",
    "verdict": "wrong",
    "model": {"version": "0.1.0", "sha256": "9f2c" + "0" * 60},
    "mode": "balanced",
    "score": 0.91,
    "sentence": "The pill is a miracle.",
    "start": 14,
    "end": 21,
    "offset_unit": "codepoint",
    "agreed": True,
}
_CHOICES = {"verdict": VERDICTS, "mode": MODES, "offset_unit": get_args(OffsetUnit)}
_WHOLE_NUMBER = ("a number", "a whole number from 0 up")
_WANTED = {
    "span_id": ("a string", "16 hex digits in lower case"),
    "label": ("a string", "a string"),
    "model": ("an object", "an object with the keys version and sha256"),
    "model.version": ("a string", "1 to 64 letters, digits or any of . + _ -"),
    "model.sha256": ("a string", "64 hex digits in lower case"),
    "score": ("a number", "a number from 0 to 1"),
    "sentence": ("a string", "a string"),
    "start": _WHOLE_NUMBER,
    "end": _WHOLE_NUMBER,
    "agreed": ("a boolean", "true or false"),
} | {name: ("a string", f"one of {', '.join(known)}") for name, known in _CHOICES.items()}
"""Of each field: which kind of JSON value it must be, and what else must be true of it."""


class FeedbackModel(BaseModel):
    """The model that made the mark, as ``/v1/annotate`` named it."""

    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)

    # Pydantic's "$" is the very end, as JSON schema's is, not a place before a last line break.
    version: str = Field(pattern="^[0-9A-Za-z.+_-]{1,64}$")
    sha256: str = Field(pattern="^[0-9a-f]{64}$")


class FeedbackRequest(BaseModel):
    """What a user says of a mark."""

    model_config = ConfigDict(
        extra="forbid", strict=True, hide_input_in_errors=True, json_schema_extra={"example": _EXAMPLE}
    )

    span_id: str = Field(pattern="^[0-9a-f]{16}$", description="The span's id.")
    label: str = Field(description=f"The span's label: {', '.join(LABEL_IDS)}.")
    verdict: Verdict = Field(description="hide says only that the user doesn't want to see the mark.")
    model: FeedbackModel
    mode: Mode
    score: float | None = Field(default=None, ge=0, le=1)
    sentence: str | None = Field(
        default=None, max_length=MAX_SENTENCE, description="The span's sentence; only with agreed = true."
    )
    start: int | None = Field(default=None, ge=0, description="Where the span starts in the sentence.")
    end: int | None = Field(default=None, ge=0, description="Where it ends; needed with a sentence, as is start.")
    offset_unit: OffsetUnit = Field(default="codepoint", description="Unit of start and end.")
    agreed: bool = Field(default=False, description="The user agrees that the sentence is stored.")


def request_schema() -> dict[str, object]:
    """JSON schema of a request, without references, so that it can stand anywhere in a description."""
    schema = FeedbackRequest.model_json_schema()
    schema["properties"]["model"] = schema.pop("$defs")["FeedbackModel"]
    return schema


def parse_feedback(values: Mapping[str, object], today: date) -> Judgement:
    """Check a request.

    Parameters
    ----------
    values : mapping
        The parsed body.
    today : date
        The day that is stored with it.

    Raises
    ------
    InvalidInputError
        Names the field at fault. A sentence that the user hasn't agreed to is refused, not left out: a program that
        sends one must learn that it does so.
    """
    check_keys(values, FeedbackRequest.model_fields)
    if isinstance(model := values.get("model"), dict):
        check_keys(model, FeedbackModel.model_fields, "model")
    try:
        asked = FeedbackRequest.model_validate(values)
    except ValidationError as err:
        raise _field_error(err) from None
    if asked.label not in LABEL_IDS:
        raise _bad("label", "must be one of the ids that /v1/labels lists", "unknown_label")
    start, end = _trigger(asked)
    if asked.sentence is not None and span_id(asked.label, asked.sentence) != asked.span_id:
        raise _bad("span_id", "isn't the id of this label on this sentence", "other_span")
    return Judgement(
        day=today,
        span_id=asked.span_id,
        label=asked.label,
        verdict=asked.verdict,
        model_version=asked.model.version,
        model_sha256=asked.model.sha256,
        mode=asked.mode,
        score=asked.score,
        sentence=asked.sentence,
        start=start,
        end=end,
    )


def _trigger(asked: FeedbackRequest) -> tuple[int | None, int | None]:
    """Where the trigger is in the sentence, in code points; nowhere if there is no sentence."""
    sentence, start, end = asked.sentence, asked.start, asked.end
    if sentence is None:
        if start is not None or end is not None:
            raise _bad("sentence", "is missing, and start and end count in it", "missing")
        return None, None
    if not asked.agreed:
        raise _bad("agreed", "must be true if there is a sentence: it is stored only if the user agrees", "not_agreed")
    if "\0" in sentence:
        raise _bad("sentence", "holds the character U+0000, which not every database can store", "nul")
    if start is None or end is None:
        raise _bad("end" if end is None else "start", "is needed with a sentence", "missing")
    table = OffsetTable(sentence)
    start, end = (
        _reverted(table, sentence, name, value, asked.offset_unit)
        for name, value in zip(("start", "end"), (start, end), strict=True)
    )
    if not sentence[start:end].strip():
        raise _bad("end", "must be after start, with a word between them", "empty")
    return start, end


def _reverted(table: OffsetTable, sentence: str, name: str, value: int, unit: OffsetUnit) -> int:
    length = table.convert(len(sentence), unit)
    if value > length:
        raise _bad(name, f"is outside the sentence, which has {length} in the unit {unit}", "outside")
    offset = table.revert(value, unit)
    if table.convert(offset, unit) != value:
        raise _bad(name, f"is inside a character, in the unit {unit}", "outside")
    return offset


def _field_error(err: ValidationError) -> InvalidInputError:
    # Pydantic's own words name classes and patterns. Of what came, ours tell at most the kind and the length.
    problem = err.errors(include_url=False)[0]
    field, kind = ".".join(str(part) for part in problem["loc"]), problem["type"]
    if kind == "missing":
        return _bad(field, "is required", "missing")
    if kind == "string_too_long":
        size = len(problem["input"])
        return _bad(field, f"is too long: {size} characters, and the limit is {MAX_SENTENCE}", "too_long", MAX_SENTENCE)
    if kind == "string_unicode":
        return _bad(field, "holds half of a surrogate pair: it is not valid Unicode", "lone_surrogate")
    kind_wanted, wanted = _WANTED[field]
    came = json_kind(problem["input"])
    code = f"unknown_{field.removeprefix('offset_')}" if kind == "literal_error" else "invalid"
    return _bad(field, f"must be {wanted}{f', not {came}' if came != kind_wanted else ''}", code)


def _bad(field: str, reason: str, code: str, limit: int | None = None) -> InvalidInputError:
    return InvalidInputError(f"{field} {reason}", field=field, code=code, limit=limit)
