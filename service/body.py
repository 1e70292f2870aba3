"""Reading a request's body without reading more than can be used."""

from __future__ import annotations

from starlette.requests import Request

from classifier.errors import InvalidInputError
from service.settings import Settings


async def read_body(request: Request, settings: Settings) -> bytes:
    """Read the raw body up to ``settings.max_body_bytes``.

    Raises
    ------
    InvalidInputError
        Code ``too_long`` as soon as the announced or the received length passes the cap; the rest is never read.
    starlette.requests.ClientDisconnect
        If the client goes away before the end.
    """
    announced = request.headers.get("content-length", "")
    # `isdecimal` alone lets in other scripts' digits; the server refuses bad lengths itself, so be merely careful.
    if announced.isascii() and announced.isdecimal() and len(announced) < 20:
        _check(int(announced), settings)
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        _check(size, settings)
        parts.append(part)
    return b"".join(parts)


def _check(size: int, settings: Settings) -> None:
    if size > settings.max_body_bytes:
        raise InvalidInputError(
            f"text is too long: the body is over {settings.max_body_bytes} bytes, more than an article within the "
            f"limit of {settings.max_bytes} bytes of UTF-8 can need",
            field="text",
            code="too_long",
            limit=settings.max_bytes,
        )
