"""Requests and responses of the public contract, and the one place where an Annotation becomes JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.config import JsonDict

from classifier.annotation import Annotation, LabelledSpan, Mode
from classifier.document import Field as TextField
from classifier.document import Span
from classifier.errors import InvalidInputError
from classifier.evidence import KINDS, Evidence
from classifier.labels import LABEL_IDS, labels
from service.markup import Form
from service.offsets import OffsetTable, OffsetUnit
from service.wire import check_keys, json_kind, printable

_REQUEST_EXAMPLE: JsonDict = {
    "text": "A pill that melts fat\n\nThe miracle pill cured all twelve mice, and it will soon be on sale.",
    "title": None,
    "labels": None,
    "mode": "balanced",
    "offset_unit": "codepoint",
    "form": "plain",
    "ignore": None,
}
_RESPONSE_EXAMPLE: JsonDict = {
    "model": {"version": "0.1.0", "sha256": "9f2c" + "0" * 60},
    "offset_unit": "codepoint",
    "mode": "balanced",
    "spans": [
        {
            "id": "5d41402abc4b2a76",
            "field": "text",
            "label": "sensational_language",
            "start": 27,
            "end": 34,
            "text": "miracle",
            "score": 0.91,
            "sentence": {"start": 23, "end": 91},
            "title": labels()["sensational_language"].title,
            "message": f"{labels()['sensational_language'].message} The study was in mice (paragraph 1).",
            "note": "The study was in mice (paragraph 1).",
            "suggestion": labels()["sensational_language"].suggestion,
        }
    ],
    "context": [
        {
            "kind": "design",
            "value": "preclinical",
            "field": "text",
            "start": 57,
            "end": 61,
            "text": "mice",
            "paragraph": 1,
            "background": False,
        }
    ],
    "scorecard": {
        "language": {
            "score": 0.12,
            "verdict": "not satisfactory",
            "because": [{"field": "text", "start": 27, "end": 34, "text": "miracle"}],
        },
        "novelty": {"score": 0.5, "verdict": None, "because": []},
    },
    "warnings": [],
}


class AnnotateRequest(BaseModel):
    """An article to score."""

    # `hide_input_in_errors`: a validation error that is ever printed must not show the article.
    model_config = ConfigDict(
        extra="forbid", strict=True, hide_input_in_errors=True, json_schema_extra={"example": _REQUEST_EXAMPLE}
    )

    text: str = Field(description="The article. With no title, a first line followed by a blank line is its headline.")
    title: str | None = Field(default=None, description="The headline, if it isn't part of the text.")
    labels: list[str] | None = Field(default=None, description=f"Only these labels: {', '.join(LABEL_IDS)}.")
    mode: Mode = Field(default="balanced", description="strict: precision first. sensitive: recall first.")
    offset_unit: OffsetUnit = Field(default="codepoint", description="Unit of every offset in the response.")
    form: Form = Field(default="plain", description="How the text is read; offsets always count in it as it is.")
    ignore: list[str] | None = Field(default=None, description="Ids of spans to leave out.")


class Range(BaseModel):
    """A half-open range of one field, in the response's offset unit."""

    start: int = Field(ge=0)
    end: int = Field(ge=0)


class SpanOut(BaseModel):
    """Trigger words of one label; ``start`` and ``end`` count in ``field``."""

    id: str = Field(description="The same for the same label on the same sentence, wherever it stands.")
    field: TextField
    label: str
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    text: str
    score: float = Field(ge=0, le=1, description="Probability that the sentence carries the label.")
    sentence: Range
    title: str
    message: str = Field(description="What is wrong with such words, and then the note if there is one.")
    note: str | None = Field(description="What the article's evidence has to do with it.")
    suggestion: str


class EvidenceOut(BaseModel):
    """Words that tell what the article's evidence is; ``start`` and ``end`` count in ``field``."""

    kind: str = Field(description=f"One of {', '.join(KINDS)}.")
    value: str = Field(description="What is told of it; a sample_size is a number in digits.")
    field: TextField
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    text: str
    paragraph: int = Field(ge=0, description="0 is the headline, 1 the first paragraph after it.")
    background: bool = Field(description="It is told of other work: earlier, planned or somebody else's.")


class ReasonOut(BaseModel):
    """Words of the article that speak for a criterion's score; ``start`` and ``end`` count in ``field``."""

    field: TextField
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    text: str


class CriterionOut(BaseModel):
    """One review criterion of the whole article; 1 is satisfied."""

    score: float = Field(ge=0, le=1)
    verdict: Literal["satisfactory", "not satisfactory"] | None
    because: list[ReasonOut] = Field(description="At most three; what isn't there can't be shown.")


class WarningOut(BaseModel):
    """Something about the text that makes its annotations less reliable."""

    code: str
    message: str


class ModelOut(BaseModel):
    """Which model answered."""

    version: str
    sha256: str


class AnnotateResponse(BaseModel):
    """The annotations of one article: the public contract."""

    model_config = ConfigDict(json_schema_extra={"example": _RESPONSE_EXAMPLE})

    model: ModelOut
    offset_unit: OffsetUnit
    mode: Mode
    spans: list[SpanOut]
    context: list[EvidenceOut] = Field(description="What the article tells of its evidence, in the article's order.")
    scorecard: dict[str, CriterionOut]
    warnings: list[WarningOut]


def to_response(annotation: Annotation, unit: OffsetUnit = "codepoint") -> AnnotateResponse:
    """Write an annotation in the public form, with offsets in the asked unit.

    Parameters
    ----------
    annotation : Annotation
    unit : {"codepoint", "utf16", "utf8"}
        Unit of every ``start`` and ``end``; spans of the title count in the title.

    Returns
    -------
    AnnotateResponse
        What the HTTP service, the command and batch files all write.
    """
    document = annotation.document
    tables = {name: OffsetTable(document.field(name)) for name in get_args(TextField)}

    def place(span: Span) -> tuple[int, int]:
        table = tables[span.field]
        return table.convert(span.start, unit), table.convert(span.end, unit)

    def evidence_out(telling: Evidence) -> EvidenceOut:
        start, end = place(telling.span)
        return EvidenceOut(
            kind=telling.kind,
            value=telling.value,
            field=telling.span.field,
            start=start,
            end=end,
            text=document.slice(telling.span),
            paragraph=annotation.paragraph(telling),
            background=telling.background,
        )

    def reason_out(span: Span) -> ReasonOut:
        start, end = place(span)
        return ReasonOut(field=span.field, start=start, end=end, text=document.slice(span))

    return AnnotateResponse(
        model=ModelOut(version=annotation.model.version, sha256=annotation.model.sha256),
        offset_unit=unit,
        mode=annotation.mode,
        spans=[_span_out(found, place(found.span), place(found.sentence)) for found in annotation.spans],
        context=[evidence_out(telling) for telling in annotation.context],
        scorecard={
            name: CriterionOut(
                score=entry.score,
                verdict=entry.verdict,
                because=[reason_out(span) for span in entry.because],
            )
            for name, entry in annotation.scorecard.items()
        },
        warnings=[WarningOut(code=warning.code, message=warning.message) for warning in annotation.warnings],
    )


def _span_out(found: LabelledSpan, span: tuple[int, int], sentence: tuple[int, int]) -> SpanOut:
    label = labels()[found.label]
    return SpanOut(
        id=found.id,
        field=found.span.field,
        label=found.label,
        start=span[0],
        end=span[1],
        text=found.text,
        score=found.score,
        sentence=Range(start=sentence[0], end=sentence[1]),
        title=label.title,
        message=found.with_note(label.message),
        note=found.note or None,
        suggestion=label.suggestion,
    )


def parse_request(values: Mapping[str, object]) -> AnnotateRequest:
    """Check the types and names of a request.

    Raises
    ------
    InvalidInputError
        Names the field at fault. The values themselves (empty text, labels, surrogates) are the annotator's to judge.
    """
    check_keys(values, AnnotateRequest.model_fields)
    try:
        return AnnotateRequest.model_validate(values)
    except ValidationError as err:
        problem = err.errors(include_input=False, include_url=False, include_context=False)[0]
        raise _field_error(str(problem["loc"][0]), values) from None


def _field_error(field: str, values: Mapping[str, object]) -> InvalidInputError:
    choices: dict[str, tuple[tuple[str, ...], str]] = {
        "mode": (get_args(Mode), "unknown_mode"),
        "offset_unit": (get_args(OffsetUnit), "unknown_unit"),
        "form": (get_args(Form), "unknown_form"),
    }
    if field not in values:
        return InvalidInputError(f"{field} is required", field=field, code="missing")
    value = values[field]
    if field in choices:
        known, code = choices[field]
        shown = printable(value) if isinstance(value, str) else json_kind(value)
        return InvalidInputError(f"{field} must be one of {', '.join(known)}, not {shown}", field=field, code=code)
    if field in ("labels", "ignore"):
        what = "label ids" if field == "labels" else "span ids"
        inside = next((item for item in value if not isinstance(item, str)), None) if isinstance(value, list) else value
        where = f"a list of {what}; it holds" if isinstance(value, list) else f"a list of {what}, not"
        return InvalidInputError(f"{field} must be {where} {json_kind(inside)}", field=field, code="not_a_list")
    return InvalidInputError(f"{field} must be a string, not {json_kind(value)}", field=field, code="not_a_string")
