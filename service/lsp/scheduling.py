"""When which text is checked: after a pause, one check a document at a time, and only the newest counts.

All state belongs to the event loop's thread; only the checks run in others.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from typing import Generic, Protocol, TypeVar

Result = TypeVar("Result")


class Timer(Protocol):
    """Something that will be called later, unless it is cancelled."""

    def cancel(self) -> None:
        """Don't call it."""


class Later(Protocol):
    """Calls a function after some seconds; ``asyncio``'s ``call_later``, or a test's own clock."""

    def __call__(self, delay: float, callback: Callable[[], None]) -> Timer:
        """Call ``callback`` after ``delay`` seconds."""


def call_later(delay: float, callback: Callable[[], None]) -> Timer:
    """Call a function in the running event loop after some seconds."""
    return asyncio.get_running_loop().call_later(delay, callback)


@dataclass(slots=True)
class _Wanted(Generic[Result]):
    work: Callable[[], Result]
    answer: asyncio.Future[Result | None]


@dataclass(slots=True)
class _Slot(Generic[Result]):
    wanted: _Wanted[Result] | None = None
    timer: Timer | None = None
    due: bool = False
    running: bool = False


class Scheduler(Generic[Result]):
    """Runs the newest check that is wanted for each document.

    A check that has begun can't be stopped, but a newer one makes its result worthless: it is dropped.

    Parameters
    ----------
    executor : Executor
        Runs the checks.
    later : Later, optional
        The clock.
    """

    def __init__(self, executor: Executor, later: Later = call_later) -> None:
        self._executor = executor
        self._later = later
        self._slots: dict[str, _Slot[Result]] = {}

    def want(self, key: str, work: Callable[[], Result], delay: float) -> asyncio.Future[Result | None]:
        """Want a check, instead of any that was wanted for the same document before.

        Parameters
        ----------
        key : str
            Which document.
        work : callable
            The check; called in a worker thread.
        delay : float
            Seconds to wait, in case a newer check is wanted.

        Returns
        -------
        asyncio.Future
            The check's result or exception; None as soon as a newer check is wanted, or none any more.
        """
        self.cancel(key)
        slot = self._slots.setdefault(key, _Slot())
        answer: asyncio.Future[Result | None] = asyncio.get_running_loop().create_future()
        slot.wanted = _Wanted(work, answer)
        slot.timer = self._later(delay, partial(self._rang, slot))
        return answer

    def cancel(self, key: str) -> None:
        """Want no check of a document any more; whoever waits for one gets None at once."""
        slot = self._slots.get(key)
        if slot is None:
            return
        if slot.timer is not None:
            slot.timer.cancel()
        if slot.wanted is not None and not slot.wanted.answer.done():
            slot.wanted.answer.set_result(None)
        slot.wanted, slot.timer, slot.due = None, None, False

    def forget(self, key: str) -> None:
        """Drop a document that was closed."""
        self.cancel(key)
        self._slots.pop(key, None)

    def _rang(self, slot: _Slot[Result]) -> None:
        slot.timer, slot.due = None, True
        self._start(slot)

    def _start(self, slot: _Slot[Result]) -> None:
        if slot.running or not slot.due or slot.wanted is None:
            return
        slot.running, slot.due = True, False
        task = asyncio.get_running_loop().run_in_executor(self._executor, slot.wanted.work)
        task.add_done_callback(partial(self._ended, slot, slot.wanted.answer))

    def _ended(self, slot: _Slot[Result], answer: asyncio.Future[Result | None], task: asyncio.Future[Result]) -> None:
        slot.running = False
        err = None if task.cancelled() else task.exception()
        if not answer.done():
            if task.cancelled():
                answer.set_result(None)
            elif err is not None:
                answer.set_exception(err)
            else:
                answer.set_result(task.result())
        self._start(slot)


async def outcome(answer: asyncio.Future[Result | None]) -> Result | None:
    """Wait for a check. Whoever gives up waiting doesn't take it from the others who wait."""
    await asyncio.wait((answer,))
    return answer.result()
