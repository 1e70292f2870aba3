"""Paths that clients put together from a base address with a slash, or a ``/v2``, too many."""

from __future__ import annotations

import re

from starlette.types import ASGIApp, Receive, Scope, Send

_OURS = re.compile(r"(?:/+v2)+(?=/|$)")


class PathMiddleware:
    """Reads ``//v2/check``, ``/v2//check``, ``/v2/v2/check`` and ``/v2/check/`` as ``/v2/check``.

    Paths elsewhere stay as they are.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http" and (ours := _OURS.match(scope["path"])):
            path = "/".join(["/v2", *(part for part in scope["path"][ours.end() :].split("/") if part)])
            scope = {**scope, "path": path, "raw_path": path.encode("utf-8")}
        await self.app(scope, receive, send)
