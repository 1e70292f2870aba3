"""How far a run is: a bar in a terminal, a line every so often in a log, or nothing."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterable
from typing import Protocol, TextIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as RichProgress

from service.console import note

# Seconds between two lines in a log.
LOG_INTERVAL = 30.0
_ENOUGH_SECONDS = 1.0


class Progress(Protocol):
    """Told how far a run is."""

    def advance(self, records: int) -> None:
        """Count records that are done now."""

    def close(self) -> None:
        """Show nothing more."""


class Pace:
    """Counts records, and estimates the rate and the time left.

    Parameters
    ----------
    kept : int
        Records that an earlier run did: they count as done, but not for the rate.
    clock : callable
        Seconds from some moment.
    """

    def __init__(self, kept: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.done = kept
        self._kept = kept
        self._clock = clock
        self._start = clock()

    def advance(self, records: int) -> None:
        """Count records."""
        self.done += records

    @property
    def rate(self) -> float | None:
        """Records a second; None as long as nothing can be said."""
        seconds = self._clock() - self._start
        new = self.done - self._kept
        return new / seconds if new and seconds >= _ENOUGH_SECONDS else None

    def told(self, total: int | None) -> str:
        """Rate and time left in words, as far as they are known."""
        rate = self.rate
        if rate is None:
            return ""
        words = f"{rate:,.1f} a second"
        if total is not None and total >= self.done:
            words += f", about {duration((total - self.done) / rate)} left"
        return words


def duration(seconds: float) -> str:
    """Write a time as people say it: ``40 s``, ``3 min``, ``2 h 5 min``."""
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


class Total:
    """Counts the records of a run in the background, so that the time left can be told.

    Parameters
    ----------
    records : iterable, optional
        Read to its end in a thread of its own; without one, the total stays unknown.
    """

    def __init__(self, records: Iterable[object] | None) -> None:
        self.value: int | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._count, args=(records,), daemon=True)
        if records is not None:
            self._thread.start()

    def _count(self, records: Iterable[object]) -> None:
        count = 0
        try:
            for _ in records:
                if self._stop.is_set():
                    return
                count += 1
        except Exception:
            # Whatever is wrong with the input, the run itself will say so.
            return
        self.value = count

    def close(self) -> None:
        """Stop counting."""
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join()


class Quiet:
    """Shows nothing."""

    def advance(self, records: int) -> None:
        """Count nothing."""

    def close(self) -> None:
        """Do nothing."""


class Log:
    """A line every so often."""

    def __init__(self, pace: Pace, total: Total, clock: Callable[[], float] = time.monotonic) -> None:
        self._pace = pace
        self._total = total
        self._clock = clock
        self._last = clock()

    def advance(self, records: int) -> None:
        """Count, and write a line if it is time."""
        self._pace.advance(records)
        now = self._clock()
        if now - self._last < LOG_INTERVAL:
            return
        self._last = now
        total = self._total.value
        of = "" if total is None else f" of {total:,}"
        told = self._pace.told(total)
        note(f"{self._pace.done:,}{of} records{', ' if told else ''}{told}")

    def close(self) -> None:
        """Stop counting the total."""
        self._total.close()


class Bar:
    """A bar in a terminal."""

    def __init__(self, pace: Pace, total: Total, stream: TextIO) -> None:
        self._pace = pace
        self._total = total
        self._progress = RichProgress(
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[told]}"),
            TimeElapsedColumn(),
            console=Console(file=stream),
            transient=True,
        )
        self._task: TaskID = self._progress.add_task("", total=None, completed=pace.done, told="")
        self._progress.start()

    def advance(self, records: int) -> None:
        """Count, and draw the bar anew."""
        self._pace.advance(records)
        total = self._total.value
        self._progress.update(self._task, completed=self._pace.done, total=total, told=self._pace.told(total))

    def close(self) -> None:
        """Remove the bar."""
        self._progress.stop()
        self._total.close()


def progress(kept: int, records: Iterable[object] | None, *, quiet: bool, beside_rows: bool = False) -> Progress:
    """Choose how to show how far a run is.

    Parameters
    ----------
    kept : int
        Records that an earlier run did.
    records : iterable, optional
        All records of the run once more, to be counted; nothing is read if nothing is shown.
    quiet : bool
    beside_rows : bool
        Whether rows go to standard output: in a terminal, they and a bar would get into each other's way.
    """
    if quiet or (beside_rows and sys.stdout.isatty()):
        return Quiet()
    if sys.stderr.isatty():
        return Bar(Pace(kept), Total(records), sys.stderr)
    return Log(Pace(kept), Total(records))
