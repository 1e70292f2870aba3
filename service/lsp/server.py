"""The language server: which documents are open, what is known of them, and what the editor is told."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.uris import to_fs_path

from classifier.annotator import Annotator
from classifier.errors import OverclaimError
from service.lsp import check
from service.lsp.check import Checked
from service.lsp.diagnostics import diagnostics_of
from service.lsp.documents import UNIT_BY_ENCODING, Documents, OpenDocument, Pending
from service.lsp.protocol import Protocol, log_safely, silence_pygls
from service.lsp.scheduling import Later, Scheduler, call_later, outcome
from service.lsp.settings import EditorSettings, read_settings, section_of
from service.offsets import OffsetUnit
from service.version import version

if TYPE_CHECKING:
    from pygls.server import ServerErrors

logger = logging.getLogger("overclaim.lsp")
INTERNAL = "internal error; its place is in the server's log, please report it"


class Lazy:
    """Loads the annotator when it is first needed, once, whichever threads ask.

    Parameters
    ----------
    load : callable
        Takes a second or two. If it fails, it is called again the next time.
    """

    def __init__(self, load: Callable[[], Annotator]) -> None:
        self._load = load
        self._lock = threading.Lock()
        self._loaded: Annotator | None = None

    def __call__(self) -> Annotator:
        """Return the annotator."""
        with self._lock:
            if self._loaded is None:
                self._loaded = self._load()
            return self._loaded


class OverclaimServer(LanguageServer):
    """What the handlers of ``service.lsp.handlers`` share.

    Parameters
    ----------
    load : callable
        Gives the annotator; called in a worker thread.
    max_bytes : int
        Size limit of a document, in bytes of UTF-8.
    threads : int
        How many documents are checked at once, at least 2, so that a long one doesn't block the others.
    later : Later, optional
        The clock of pauses in typing.
    executor : Executor, optional
        Runs the checks; a pool of ``threads`` threads by default.
    """

    def __init__(
        self,
        load: Callable[[], Annotator],
        *,
        max_bytes: int,
        threads: int = 2,
        later: Later = call_later,
        executor: Executor | None = None,
    ) -> None:
        silence_pygls()
        super().__init__("overclaim", version(), protocol_cls=Protocol)
        self.documents = Documents()
        self.settings = EditorSettings()
        self.pulls = False
        """True if the editor asks for diagnostics; else they are pushed. Never both: it would show each twice."""
        self.asked_to_stop = False
        self._load = Lazy(load)
        self._max_bytes = max_bytes
        self._executor = executor or ThreadPoolExecutor(max(2, threads), "overclaim-check")
        self._checks: Scheduler[Checked] = Scheduler(self._executor, later)
        self._told: set[str] = set()

    @property
    def unit(self) -> OffsetUnit:
        """What the editor counts, as agreed on at the start."""
        encoding = self.workspace.position_encoding or types.PositionEncodingKind.Utf16
        return UNIT_BY_ENCODING[encoding.value if isinstance(encoding, types.PositionEncodingKind) else encoding]

    def preload(self) -> None:
        """Load the model before it is needed. A failure shows at the first check."""
        self._executor.submit(self._load)

    def changed(self, document: OpenDocument) -> None:
        """Do what a change calls for: drop the old check, and begin a new one unless the editor will ask for it."""
        self._checks.cancel(document.uri)
        if not self.pulls and document.form is not None:
            self._want(document)

    def recheck_all(self) -> None:
        """Check everything again, after a change of settings."""
        for document in self.documents:
            document.touch()
            self.changed(document)
        if self.pulls:
            self.workspace_diagnostic_refresh(None)

    def forget(self, document: OpenDocument) -> None:
        """Stop checking a document that was closed, and take its marks away."""
        self._checks.forget(document.uri)
        if not self.pulls:
            self._publish(document, [])

    async def current(self, document: OpenDocument) -> Checked | None:
        """Wait for the check of the present text.

        Returns
        -------
        Checked or None
            None if the text was changed or closed meanwhile, or is no prose.

        Raises
        ------
        OverclaimError
            If the model can't be loaded.
        """
        if document.form is None:
            return None
        if document.checked is not None and document.checked_revision == document.revision:
            return document.checked
        pending = document.pending
        if pending is None or pending.revision != document.revision or pending.failed:
            pending = self._want(document)
        return await outcome(pending.answer)

    def use_settings(self, sent: object) -> None:
        """Take over settings; what can't be used is told once, and leaves its default."""
        self.settings, problems = read_settings(section_of(sent))
        for problem in problems:
            self.tell(problem)

    def tell(self, message: str, kind: types.MessageType = types.MessageType.Warning, *, again: bool = False) -> None:
        """Show a message, unless the same was shown before."""
        if again or message not in self._told:
            self._told.add(message)
            self.window_show_message(types.ShowMessageParams(kind, f"Overclaim: {message}"))

    def folders(self) -> list[Path]:
        """The folders that the editor works in."""
        uris = [*(folder.uri for folder in self.workspace.folders.values()), self.workspace.root_uri]
        paths = [to_fs_path(uri) for uri in uris if uri]
        return [Path(path) for path in paths if path]

    def report_server_error(self, error: Exception, source: ServerErrors) -> None:
        """Log that something failed outside of the handlers, which report for themselves."""
        del source
        logger.error("a message of the editor couldn't be used: %s", type(error).__name__)

    def shutdown(self) -> None:
        """Stop; checks that have begun are waited for only by the process's end."""
        self._executor.shutdown(wait=False, cancel_futures=True)
        if self.protocol.writer is not None:
            self.protocol.writer.close()
        super().shutdown()  # type: ignore[no-untyped-call]

    def _want(self, document: OpenDocument) -> Pending:
        assert document.form is not None  # noqa: S101
        request = check.Request(
            text=document.text,
            form=document.form,
            path=document.path,
            folder=next(iter(self.folders()), None),
            mode=self.settings.mode,
            labels=self.settings.wanted_labels,
            max_bytes=self._max_bytes,
        )
        delay = self.settings.debounce_ms / 1000 if document.edited else 0.0
        answer = self._checks.want(document.uri, partial(check.run, self._load, request), delay)
        answer.add_done_callback(partial(self._arrived, document, document.revision))
        document.pending = Pending(document.revision, answer)
        return document.pending

    def _arrived(self, document: OpenDocument, revision: int, answer: asyncio.Future[Checked | None]) -> None:
        if answer.cancelled():
            return
        if err := answer.exception():
            if isinstance(err, OverclaimError):
                self.tell(str(err), types.MessageType.Error)
            else:
                log_safely(err)
                self.tell(INTERNAL, types.MessageType.Error)
            return
        checked = answer.result()
        if checked is None:
            return
        if checked.problem:
            self.tell(checked.problem)
        if revision != document.revision or self.documents.get(document.uri) is not document:
            return
        document.checked, document.checked_revision = checked, revision
        if not self.pulls:
            self._publish(document, diagnostics_of(checked, self.unit))

    def _publish(self, document: OpenDocument, items: list[types.Diagnostic]) -> None:
        self.text_document_publish_diagnostics(
            types.PublishDiagnosticsParams(uri=document.uri, version=document.version, diagnostics=items)
        )
