"""Errors as HTTP answers: always ``{"error": {"code", "message", "field", "limit"}}``.

Nothing here repeats any of an article: not to the client, who has it, and not to the log, which must not.
"""

from __future__ import annotations

import logging
import traceback
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from classifier.errors import InvalidInputError

logger = logging.getLogger("overclaim.service")

_STATUS_BY_CODE = {"malformed_json": 400, "not_utf8": 400, "too_long": 413}
_CODE_BY_STATUS = {404: "not_found", 405: "method_not_allowed"}


class ErrorDetail(BaseModel):
    """What went wrong: a stable code, a sentence for people, and the field and limit where there are any."""

    code: str
    message: str
    field: str | None = None
    limit: int | None = None


class ErrorBody(BaseModel):
    """The body of every answer that isn't a success."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "error": {
                    "code": "too_long",
                    "message": "text is too long: 1200345 bytes of UTF-8 with its title, and the limit is 1000000",
                    "field": "text",
                    "limit": 1_000_000,
                }
            }
        }
    )

    error: ErrorDetail


class NotReadyError(Exception):
    """No model is loaded (yet), so nothing can be scored."""


def error_response(
    status: int, code: str, message: str, *, field: str | None = None, limit: int | None = None
) -> JSONResponse:
    """Build an error answer.

    Parameters
    ----------
    status : int
        HTTP status, 400 to 599.
    code : str
        Stable identifier for programs.
    message : str
        One sentence for people.
    field : str, optional
        Which part of the request is at fault.
    limit : int, optional
        The limit that was passed.
    """
    # A message may quote an unknown name; whatever is in it must not break the answer's encoding.
    encodable = message.encode("utf-8", "backslashreplace").decode("utf-8")
    detail = ErrorDetail(code=code, message=encodable, field=field, limit=limit)
    return JSONResponse(ErrorBody(error=detail).model_dump(), status_code=status)


def status_of(err: InvalidInputError) -> int:
    """HTTP status of an input error: 400 unreadable, 413 too large, 422 for any bad field."""
    return _STATUS_BY_CODE.get(err.code, 422)


def safe_traceback(err: BaseException) -> str:
    """Where an exception came from, without its message, which might quote an article.

    Returns
    -------
    str
        One line: the type, then ``file:line in function`` from the outermost call to the innermost, at most twelve.
    """
    frames = traceback.extract_tb(err.__traceback__)[-12:]
    places = (f"{Path(frame.filename).name}:{frame.lineno} in {frame.name}" for frame in frames)
    return f"{type(err).__name__}: " + " > ".join(places)


def install(app: FastAPI) -> None:
    """Make an application answer every error in the one form."""

    @app.exception_handler(InvalidInputError)
    async def invalid(_: Request, err: InvalidInputError) -> Response:
        return error_response(status_of(err), err.code, err.message, field=err.field, limit=err.limit)

    @app.exception_handler(NotReadyError)
    async def not_ready(_: Request, __: NotReadyError) -> Response:
        return error_response(503, "not_ready", "no model is loaded; see /readyz")

    @app.exception_handler(HTTPException)
    async def http(_: Request, err: HTTPException) -> Response:
        code = _CODE_BY_STATUS.get(err.status_code, f"http_{err.status_code}")
        answer = error_response(err.status_code, code, str(err.detail))
        answer.headers.update(err.headers or {})
        return answer

    @app.exception_handler(RequestValidationError)
    async def validation(_: Request, err: RequestValidationError) -> Response:
        # No route takes parameters today. Should one, FastAPI's own answer would echo the input.
        place = [str(part) for part in err.errors()[0]["loc"]] if err.errors() else ["request"]
        return error_response(422, "invalid", "a parameter is missing or has the wrong type", field=place[-1])


class SafeErrorsMiddleware:
    """Turns an unexpected exception into a fixed 500 and a log line without the exception's message.

    Starlette's own handler would raise it again for the server to log, message and all.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except ClientDisconnect:
            logger.debug("client went away")
        except Exception as err:
            logger.error("internal error %s", safe_traceback(err))
            if not started:
                answer = error_response(500, "internal", "an internal error occurred; it has been logged")
                await answer(scope, receive, send)
