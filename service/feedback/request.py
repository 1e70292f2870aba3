"""The body of ``POST /v1/feedback``: checked, and refused with a message that repeats none of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.config import JsonDict

from classifier.annotation import Mode, span_id
from classifier.errors import InvalidInputError
from classifier.labels import LABEL_IDS
from service.feedback.judgement import Judgement, Verdict
from service.offsets import OffsetTable, OffsetUnit
from service.wire import printable

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
_CODES = {
    "missing": "missing",
    "extra_forbidden": "unknown_key",
    "string_too_long": "too_long",
    "string_unicode": "lone_surrogate",
    "literal_error": "unknown_{field}",
}


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
    # The messages of these checks name what is expected, never what came.
    problem = err.errors(include_input=False, include_url=False)[0]
    place = [str(part) for part in problem["loc"]]
    code = _CODES.get(problem["type"], "invalid").format(field=place[-1].removeprefix("offset_"))
    if code == "unknown_key":
        return InvalidInputError(
            f"unknown key {printable('.'.join(place))}", field=printable(place[-1])[1:-1], code=code
        )
    field = ".".join(place)
    if code == "missing":
        return _bad(field, "is required", code)
    reason = problem["msg"].replace("Input should", "should", 1)
    return _bad(field, reason[:1].lower() + reason[1:], code, MAX_SENTENCE if code == "too_long" else None)


def _bad(field: str, reason: str, code: str, limit: int | None = None) -> InvalidInputError:
    return InvalidInputError(f"{field} {reason}", field=field, code=code, limit=limit)
