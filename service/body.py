"""Reading a request's body without reading more than can be used."""

from __future__ import annotations

from starlette.requests import Request

from classifier.errors import InvalidInputError
from service.settings import Settings


async def read_body(request: Request, settings: Settings) -> bytes:
    """Read the raw body of a request with an article, up to ``settings.max_body_bytes``; see ``read_capped``."""
    too_long = InvalidInputError(
        f"text is too long: the body is over {settings.max_body_bytes} bytes, more than an article within the "
        f"limit of {settings.max_bytes} bytes of UTF-8 can need",
        field="text",
        code="too_long",
        limit=settings.max_bytes,
    )
    return await read_capped(request, settings.max_body_bytes, too_long)


async def read_capped(request: Request, most: int, too_long: InvalidInputError) -> bytes:
    """Read the raw body.

    Parameters
    ----------
    request : Request
    most : int
        Most bytes to accept.
    too_long : InvalidInputError
        Raised as soon as the announced or the received length passes ``most``; the rest is never read.

    Raises
    ------
    InvalidInputError
        ``too_long``.
    starlette.requests.ClientDisconnect
        If the client goes away before the end.
    """
    announced = request.headers.get("content-length", "")
    # `isdecimal` alone lets in other scripts' digits; the server refuses bad lengths itself, so be merely careful.
    if announced.isascii() and announced.isdecimal() and len(announced) < 20:
        _check(int(announced), most, too_long)
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        _check(size, most, too_long)
        parts.append(part)
    return b"".join(parts)


def _check(size: int, most: int, too_long: InvalidInputError) -> None:
    if size > most:
        raise too_long
