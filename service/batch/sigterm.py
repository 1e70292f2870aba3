"""SIGTERM stops a run as Ctrl-C does: its workers end, it says how to go on, and then it ends by that very signal."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn


class Terminated(KeyboardInterrupt):
    """SIGTERM was sent to the process. A kind of Ctrl-C, so that all that is cleaned up then is cleaned up now."""


@contextmanager
def sigterm_stops() -> Iterator[None]:
    """Raise ``Terminated`` at the first SIGTERM; a second one ends the process at once.

    Does nothing where the signal is ignored or somebody else handles it, and in any but the main thread, which alone
    may set handlers.
    """
    if threading.current_thread() is not threading.main_thread() or signal.getsignal(signal.SIGTERM) != signal.SIG_DFL:
        yield
        return
    signal.signal(signal.SIGTERM, _stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def end_by_sigterm() -> NoReturn:
    """End this process as SIGTERM does, so that whoever sent it sees that it was obeyed."""
    sys.stderr.flush()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.kill(os.getpid(), signal.SIGTERM)
    raise Terminated  # only if the signal is blocked


def _stop(_signal: int, _frame: FrameType | None) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    raise Terminated
