"""Errors in plain text, and answers that any page may read: what LanguageTool's clients understand."""

from __future__ import annotations

import logging
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi.routing import APIRoute
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response

from classifier.errors import InvalidInputError
from service.errors import NotReadyError, safe_traceback

logger = logging.getLogger("overclaim.service")

# Any page may ask and read the answer: it holds nothing but what is said of the text that the page itself sent.
CORS_HEADERS = {"Access-Control-Allow-Origin": "*"}
PREFLIGHT_HEADERS = {
    "Access-Control-Allow-Methods": "GET, POST, OPTIONS",
    "Access-Control-Allow-Headers": "*",
    "Access-Control-Max-Age": "86400",
}
_TOO_LONG = "too_long"


def error(status: int, message: str) -> Response:
    """Build an error answer: ``Error: `` and one line for people."""
    encodable = message.encode("utf-8", "backslashreplace").decode("utf-8")
    return PlainTextResponse(f"Error: {encodable}", status_code=status)


class PlainTextRoute(APIRoute):
    """A route whose errors are plain text, with a header on every answer that lets any page read it."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap the route's own handler."""
        handler = super().get_route_handler()

        async def handled(request: Request) -> Response:
            try:
                answer = await handler(request)
            except ClientDisconnect:
                raise
            except Exception as err:
                answer = _refused(err)
            answer.headers.update(CORS_HEADERS)
            return answer

        return handled


def _refused(err: Exception) -> Response:
    if isinstance(err, InvalidInputError):
        return error(413 if err.code == _TOO_LONG else 400, err.message)
    if isinstance(err, NotReadyError):
        return error(503, "no model is loaded; see /readyz")
    logger.error("internal error %s", safe_traceback(err))
    return error(500, "an internal error occurred; it has been logged")
