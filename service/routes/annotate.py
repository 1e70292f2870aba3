"""``POST /v1/annotate``: an article in, its overclaims out."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from classifier.annotator import Annotator
from service.body import read_body
from service.checking import check
from service.engine import engine_of
from service.errors import ErrorBody
from service.project import Project
from service.schemas import AnnotateRequest, AnnotateResponse, parse_request, to_response
from service.wire import check_size, parse_object

router = APIRouter()

_ERRORS: dict[int | str, dict[str, object]] = {
    400: {"model": ErrorBody, "description": "The body isn't UTF-8 or isn't JSON."},
    413: {"model": ErrorBody, "description": "The article is over the size limit."},
    422: {"model": ErrorBody, "description": "A field is missing, unknown or can't be used."},
    503: {"model": ErrorBody, "description": "No model is loaded."},
}
_REQUEST_BODY = {
    "required": True,
    "content": {"application/json": {"schema": AnnotateRequest.model_json_schema()}},
}


@router.post(
    "/v1/annotate",
    summary="Mark the overclaims of an article",
    response_model=AnnotateResponse,
    responses=_ERRORS,
    openapi_extra={"requestBody": _REQUEST_BODY},
)
async def annotate(request: Request) -> Response:
    """Mark the words that claim more than the article's evidence allows, and score the ten review criteria.

    The body is JSON in UTF-8, whatever its content type says.
    """
    # The body is read and parsed here, not by FastAPI, so that its size is capped while it streams in, that errors
    # never echo the article, and that parsing megabytes happens off the event loop as well.
    engine = engine_of(request)
    annotator = engine.annotator
    raw = await read_body(request, engine.settings)
    content = await engine.run(lambda: _answer(raw, annotator, engine.settings.max_bytes))
    return Response(content, media_type="application/json")


def _answer(raw: bytes, annotator: Annotator, max_bytes: int) -> str:
    asked = parse_request(parse_object(raw))
    check_size(asked.text, asked.title, max_bytes)
    annotation = check(
        annotator,
        asked.text,
        title=asked.title,
        form=asked.form,
        mode=asked.mode,
        labels=asked.labels,
        project=Project().ignoring(asked.ignore or ()),
    )
    return to_response(annotation, asked.offset_unit).model_dump_json()
