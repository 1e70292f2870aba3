"""Processes that score chunks of records, each with its own model; results come in the order of the chunks."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from types import TracebackType
from typing import Any

import classifier
from classifier.annotation import ModelInfo
from classifier.errors import OverclaimError
from service.batch.scoring import Recipe, Scored, Scorer
from service.batch.sources import RawRecord
from service.console import CommandError
from service.settling import settle

# Chunks, for each process, that may be read but not yet written: a slow one keeps the others busy and memory bounded.
_WINDOW = 4
# Each process has one thread for numbers; more would fight over the cores.
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


class WorkerError(CommandError):
    """A process ended before its work was done."""


@dataclass(frozen=True, slots=True)
class _Failed:
    """A worker's last word; ``known`` says that the message is for the user as it is."""

    message: str
    known: bool


class InProcess:
    """Scores in this process. The same calls as ``Pool``."""

    def __init__(self, recipe: Recipe) -> None:
        annotator = classifier.load(recipe.model, remembers=0)
        self.model = annotator.model
        self._scorer = Scorer(annotator, recipe)

    def map(self, chunks: Iterable[Sequence[RawRecord]]) -> Iterator[Scored]:
        """Score chunks, lazily."""
        return map(self._scorer.score, chunks)

    def __enter__(self) -> InProcess:
        return self

    def __exit__(self, *_: object) -> None:
        pass


class _Worker:
    def __init__(self, recipe: Recipe) -> None:
        context = multiprocessing.get_context("spawn")
        self.connection, theirs = context.Pipe()
        self.process: BaseProcess = context.Process(target=_work, args=(theirs, recipe), daemon=True)
        with _quiet_start():
            self.process.start()
        theirs.close()
        self.chunk: int | None = None

    def receive(self) -> Any:
        try:
            answer = self.connection.recv()
        except (EOFError, OSError):
            raise self.died() from None
        if isinstance(answer, _Failed):
            raise CommandError(answer.message) if answer.known else WorkerError(answer.message)
        return answer

    def send(self, number: int, chunk: Sequence[RawRecord]) -> None:
        self.chunk = number
        try:
            self.connection.send(chunk)
        except OSError:
            raise self.died() from None

    def died(self) -> WorkerError:
        self.process.join(5)
        code = self.process.exitcode
        how = f"with exit code {code}" if code is None or code >= 0 else f"killed by {signal.Signals(-code).name}"
        hint = "; perhaps memory ran out" if code == -signal.SIGKILL else ""
        return WorkerError(f"a worker process ended before its work was done, {how}{hint}")


class Pool:
    """Scores in several processes.

    Parameters
    ----------
    recipe : Recipe
        What each process does; it loads the model itself.
    jobs : int
        How many processes, at least 1.

    Raises
    ------
    CommandError
        If the model can't be loaded, or a process ends before its work is done.
    """

    model: ModelInfo

    def __init__(self, recipe: Recipe, jobs: int) -> None:
        self._workers: list[_Worker] = []
        self._idle: list[_Worker] = []
        try:
            # Its start would undo what `_quiet_start` does.
            resource_tracker.ensure_running()
            for _ in range(jobs):
                self._workers.append(_Worker(recipe))
            while not self._idle:
                self._collect({})
        except BaseException:
            self._kill()
            raise

    def map(self, chunks: Iterable[Sequence[RawRecord]]) -> Iterator[Scored]:
        """Score chunks, lazily; what comes out is in their order."""
        source = enumerate(chunks)
        ahead: tuple[int, Sequence[RawRecord]] | None = None
        done: dict[int, Scored] = {}
        first = 0
        more = True
        while True:
            if ahead is not None and self._idle and ahead[0] < first + _WINDOW * len(self._workers):
                self._idle.pop().send(*ahead)
                ahead = None
            # Before the next is read, which may take long: what is done is safe by then.
            while first in done:
                yield done.pop(first)
                first += 1
            if ahead is None and more:
                # One is read ahead while all workers are busy, so that none waits for the reader.
                ahead = next(source, None)
                more = ahead is not None
            elif ahead is not None and self._idle and ahead[0] < first + _WINDOW * len(self._workers):
                continue
            elif ahead is None and all(worker.chunk is None for worker in self._workers):
                return
            else:
                self._collect(done)

    def __enter__(self) -> Pool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._kill()

    def _collect(self, done: dict[int, Scored]) -> None:
        """Wait for an answer, and take all that are there."""
        by_connection = {worker.connection: worker for worker in self._workers if worker not in self._idle}
        for connection in wait(list(by_connection)):
            worker = by_connection[connection]  # type: ignore[index]
            answer = worker.receive()
            if isinstance(answer, ModelInfo):
                self.model = answer
            else:
                assert worker.chunk is not None  # noqa: S101  (for the type checker)
                done[worker.chunk] = answer
                worker.chunk = None
            self._idle.append(worker)

    def _kill(self) -> None:
        # They hold nothing that would be lost.
        for worker in self._workers:
            worker.process.kill()
        for worker in self._workers:
            worker.process.join()
            worker.connection.close()


@contextmanager
def _quiet_start() -> Iterator[None]:
    """Start a process deaf to Ctrl-C, which is for its parent, and with one thread for numbers."""
    before = {name: os.environ.get(name) for name in _THREADS}
    os.environ.update(dict.fromkeys(_THREADS, "1"))
    masked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, masked)
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _work(connection: Connection, recipe: Recipe) -> None:
    """Score chunks until there are no more; the whole life of a worker."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        annotator = classifier.load(recipe.model, remembers=0)
        scorer = Scorer(annotator, recipe)
        settle()
        connection.send(annotator.model)
        while True:
            connection.send(scorer.score(connection.recv()))
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return
    except OverclaimError as err:
        connection.send(_Failed(str(err), known=True))
    except MemoryError:
        connection.send(_Failed("a worker process ran out of memory", known=False))
    except Exception as err:
        from service.errors import safe_traceback  # noqa: PLC0415  (it brings the web framework)

        connection.send(_Failed(f"a worker process failed, please report it: {safe_traceback(err)}", known=False))


def _end_with_parent() -> None:
    """End this process when its parent does, even if that was killed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
