"""HTTP/1.1 for clients that close their sending half once they have asked, such as Emacs' langtool and ``nc -N``."""

from __future__ import annotations

from uvicorn.protocols.http.h11_impl import H11Protocol

_CLOSE = (b"connection", b"close")


class HalfCloseProtocol(H11Protocol):
    """uvicorn's protocol, but a whole request is answered even if the client will send no more."""

    def eof_received(self) -> bool | None:  # type: ignore[override]
        """Say whether the connection stays open for the answer.

        It does if a request has arrived in full and waits for its answer. Otherwise there is nothing left to do, and
        the connection is closed, as uvicorn always does.
        """
        cycle = self.cycle
        if cycle is None or cycle.more_body or cycle.response_complete or self.scheme == "https":
            return None
        cycle.keep_alive = False
        if not cycle.response_started:
            cycle.scope["headers"] = [*cycle.scope["headers"], _CLOSE]
        return True
