"""The access log and the headers that every answer carries."""

from __future__ import annotations

import logging
import time

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

logger = logging.getLogger("overclaim.access")


def policy(style_nonce: str | None = None) -> str:
    """Content security policy: nothing from elsewhere, nothing inline.

    An article that holds markup can then do no harm even if a page had a hole.

    Parameters
    ----------
    style_nonce : str, optional
        Also lets in style elements that hold this nonce, which must be new in each answer.
    """
    styles = f"'self' 'nonce-{style_nonce}'" if style_nonce else "'self'"
    return (
        f"default-src 'none'; script-src 'self'; style-src {styles}; connect-src 'self'; img-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


SECURITY_HEADERS = {
    "Content-Security-Policy": policy(),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


class AccessMiddleware:
    """Logs method, route, status and milliseconds of each request, and adds ``SECURITY_HEADERS``.

    A header that an answer sets itself stays as it is.
    The route's pattern is logged instead of the path that was asked for, and never the query string: people paste
    articles into the oddest places.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        status = 0
        began = time.perf_counter()

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self.app(scope, receive, watched)
        finally:
            route = getattr(scope.get("route"), "path", "-")
            spent = (time.perf_counter() - began) * 1000
            logger.info("%s %s %s %.1f ms", scope["method"], route, status or "-", spent)
