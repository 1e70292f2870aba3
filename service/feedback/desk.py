"""What the routes see of feedback: on or off, and a few threads of its own that write."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast

from anyio import CapacityLimiter, to_thread
from starlette.requests import Request

from service.extras import require
from service.feedback.errors import FeedbackUnavailableError
from service.feedback.request import parse_feedback
from service.feedback.switch import is_on
from service.wire import parse_object

if TYPE_CHECKING:
    from service.feedback.store import FeedbackStore

logger = logging.getLogger("overclaim.service")
SETTING = "OVERCLAIM_FEEDBACK"


class Desk:
    """Takes judgements in, if the operator wants them.

    Parameters
    ----------
    setting : str
        ``none``, ``on``, a SQLAlchemy URL, or the path of a SQLite file.

    Raises
    ------
    CommandError
        If it is on and SQLAlchemy isn't installed, or the place can't be one.
    """

    def __init__(self, setting: str) -> None:
        self._store = _opened(setting) if is_on(setting) else None
        # Not those that score: a slow database must not keep articles waiting.
        self._limiter = CapacityLimiter(4)

    @property
    def enabled(self) -> bool:
        """True if judgements are taken in."""
        return self._store is not None

    async def open(self) -> None:
        """Make the database ready. One that can't be used now is logged and tried again with each judgement."""
        if self._store is None:
            return
        try:
            await to_thread.run_sync(self._store.prepare, limiter=self._limiter)
        except FeedbackUnavailableError as err:
            logger.error("feedback can't be stored: %s", err)
        else:
            logger.info("feedback is stored in %s", self._store.shown)

    async def tell(self, raw: bytes) -> None:
        """Check a body, and store it.

        Raises
        ------
        InvalidInputError
            If it can't be used.
        FeedbackUnavailableError
            If it isn't stored.
        """
        await to_thread.run_sync(self._tell, raw, limiter=self._limiter)

    def _tell(self, raw: bytes) -> None:
        judgement = parse_feedback(parse_object(raw), datetime.now(UTC).date())
        if self._store is None:
            raise FeedbackUnavailableError("feedback is off")
        self._store.add(judgement)

    async def close(self) -> None:
        """Close the database."""
        if self._store is not None:
            await to_thread.run_sync(self._store.close)


def _opened(setting: str) -> FeedbackStore:
    require("sqlalchemy", "feedback")
    from service.feedback.store import FeedbackStore  # noqa: PLC0415  (after the check of what it needs)

    return FeedbackStore(setting, SETTING)


def desk_of(request: Request) -> Desk:
    """Return the desk of the application that a request came to."""
    return cast(Desk, request.app.state.desk)
