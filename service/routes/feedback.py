"""``/v1/feedback``: what a user says of a mark, for an operator who wants to know."""

from __future__ import annotations

import logging

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from classifier.errors import InvalidInputError
from service.body import read_capped
from service.errors import ErrorBody, error_response
from service.feedback.desk import desk_of
from service.feedback.errors import FeedbackUnavailableError
from service.feedback.request import MAX_BODY_BYTES, request_schema

logger = logging.getLogger("overclaim.service")
router = APIRouter()

_ERRORS: dict[int | str, dict[str, object]] = {
    400: {"model": ErrorBody, "description": "The body isn't UTF-8 or isn't JSON."},
    403: {"model": ErrorBody, "description": "The operator hasn't turned feedback on."},
    413: {"model": ErrorBody, "description": "The body or the sentence is over its limit."},
    415: {"model": ErrorBody, "description": "The content type isn't application/json."},
    422: {"model": ErrorBody, "description": "A field is missing, unknown or can't be used."},
    503: {"model": ErrorBody, "description": "The feedback can't be stored now."},
}
_REQUEST_BODY = {"required": True, "content": {"application/json": {"schema": request_schema()}}}


class FeedbackState(BaseModel):
    """Whether feedback is taken in."""

    enabled: bool


@router.get("/v1/feedback", summary="Is feedback taken in?", response_model=FeedbackState)
async def state(request: Request) -> FeedbackState:
    """Say whether the operator has turned feedback on."""
    return FeedbackState(enabled=desk_of(request).enabled)


@router.post(
    "/v1/feedback",
    summary="Judge a mark",
    status_code=204,
    response_class=Response,
    responses=_ERRORS,
    openapi_extra={"requestBody": _REQUEST_BODY},
)
async def tell(request: Request) -> Response:
    """Store what a user says of a mark: that it is wrong or right, or that it is hidden.

    The sentence is stored only if the user agrees. Neither the address nor the time is, only the day.
    """
    desk = desk_of(request)
    if not desk.enabled:
        return error_response(403, "feedback_off", "the operator of this service hasn't turned feedback on")
    # For a page from elsewhere a browser asks before it sends JSON, and is told no. Plain text it would just send.
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        return error_response(415, "not_json", "the content type must be application/json", field="content-type")
    too_long = InvalidInputError(
        f"body is too long: the limit is {MAX_BODY_BYTES} bytes", field="body", code="too_long", limit=MAX_BODY_BYTES
    )
    try:
        await desk.tell(await read_capped(request, MAX_BODY_BYTES, too_long))
    except FeedbackUnavailableError as err:
        logger.error("feedback can't be stored: %s", err)
        return error_response(503, "feedback_unavailable", "the feedback can't be stored now; try again later")
    return Response(status_code=204)
