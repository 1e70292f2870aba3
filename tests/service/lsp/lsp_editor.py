"""An editor for tests: pytest-lsp's client, joined to a server in the same event loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import Executor, Future
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

from fake_annotator import FakeAnnotator
from lsprotocol import types
from pygls.io_ import run_async
from pygls.protocol import default_converter
from pytest_lsp import LanguageClient
from pytest_lsp.client import DEFAULT_CLIENT_FEATURES, register_lsp_features

from classifier.annotator import Annotator
from service.lsp.handlers import install
from service.lsp.scheduling import Later, call_later
from service.lsp.server import OverclaimServer

PATIENCE = 120.0
"""Seconds after which a test that waits in vain fails."""
URI = "untitled:article"


class Clock:
    """A clock that a test moves by hand."""

    def __init__(self) -> None:
        self.timers: list[_Timer] = []

    def __call__(self, delay: float, callback: Callable[[], None]) -> _Timer:
        timer = _Timer(delay, callback)
        self.timers.append(timer)
        return timer

    @property
    def running(self) -> list[_Timer]:
        return [timer for timer in self.timers if timer.callback is not None]

    def ring(self) -> None:
        """Let all the time pass that anybody waits for."""
        for timer in self.running:
            timer.ring()


class _Timer:
    def __init__(self, delay: float, callback: Callable[[], None]) -> None:
        self.delay = delay
        self.callback: Callable[[], None] | None = callback

    def cancel(self) -> None:
        self.callback = None

    def ring(self) -> None:
        callback, self.callback = self.callback, None
        if callback is not None:
            callback()


class Worker(Executor):
    """Does its work when a test says so."""

    def __init__(self) -> None:
        self.waiting: list[tuple[Future[Any], Callable[[], Any]]] = []

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self.waiting.append((future, lambda: fn(*args, **kwargs)))
        return future

    async def work(self) -> None:
        """Do the oldest piece of work, and let everybody learn of it."""
        future, work = self.waiting.pop(0)
        try:
            future.set_result(work())
        except Exception as err:
            future.set_exception(err)
        await settle()


async def settle() -> None:
    """Let all that is ready in the event loop happen."""
    for _ in range(20):
        await asyncio.sleep(0)


class GatedAnnotator(FakeAnnotator):
    """Says when it begins a text that holds a word, and doesn't end before it may."""

    def __init__(self, word: str) -> None:
        super().__init__()
        self.word = word
        self.begun = threading.Event()
        self.may_end = threading.Event()
        self.texts: list[str] = []

    def annotate(self, text: str, **settings: Any) -> Any:
        self.texts.append(text)
        if self.word in text:
            self.begun.set()
            assert self.may_end.wait(PATIENCE)
        return super().annotate(text, **settings)


class Client(LanguageClient):
    """Keeps what the server sends in queues, so that nothing is missed and nobody sleeps."""

    def __init__(self, configuration: dict[str, Any] | None = None) -> None:
        super().__init__(configuration=configuration, converter_factory=default_converter)
        self.published: asyncio.Queue[types.PublishDiagnosticsParams] = asyncio.Queue()
        self.shown: asyncio.Queue[types.ShowMessageParams] = asyncio.Queue()
        self.refreshed: asyncio.Queue[None] = asyncio.Queue()
        self.registered: asyncio.Queue[types.RegistrationParams] = asyncio.Queue()
        own: dict[str, Callable[..., Any]] = {
            types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS: _publish,
            types.WINDOW_SHOW_MESSAGE: _show,
            types.WORKSPACE_DIAGNOSTIC_REFRESH: _refresh,
            types.CLIENT_REGISTER_CAPABILITY: _register,
        }
        register_lsp_features(self, {**DEFAULT_CLIENT_FEATURES, **own})

    async def start(self, capabilities: types.ClientCapabilities, root: Path | None, options: object = None) -> None:
        uri = root.as_uri() if root else None
        await self.initialize_session(
            types.InitializeParams(
                capabilities,
                root_uri=uri,
                initialization_options=options,
                workspace_folders=[types.WorkspaceFolder(uri, "root")] if uri else None,
            )
        )

    def open(self, text: str, uri: str = URI, language: str = "plaintext") -> None:
        self.text_document_did_open(types.DidOpenTextDocumentParams(types.TextDocumentItem(uri, language, 1, text)))

    def edit(self, version: int, changes: Sequence[types.TextDocumentContentChangeEvent] | str, uri: str = URI) -> None:
        """Send changes, or a whole new text."""
        if isinstance(changes, str):
            changes = [types.TextDocumentContentChangeWholeDocument(changes)]
        self.text_document_did_change(
            types.DidChangeTextDocumentParams(types.VersionedTextDocumentIdentifier(version, uri), list(changes))
        )

    async def marks(self) -> list[types.Diagnostic]:
        """The next diagnostics that are pushed."""
        return list((await self.push()).diagnostics)

    async def push(self) -> types.PublishDiagnosticsParams:
        return await asyncio.wait_for(self.published.get(), PATIENCE)

    async def message(self) -> str:
        """The next message that is shown."""
        return (await asyncio.wait_for(self.shown.get(), PATIENCE)).message

    async def hover(self, line: int, character: int, uri: str = URI) -> types.Hover | None:
        return await asyncio.wait_for(
            self.text_document_hover_async(
                types.HoverParams(types.TextDocumentIdentifier(uri), types.Position(line, character))
            ),
            PATIENCE,
        )

    async def actions(self, place: types.Range, uri: str = URI, **context: Any) -> list[Any]:
        params = types.CodeActionParams(
            types.TextDocumentIdentifier(uri), place, types.CodeActionContext(**{"diagnostics": [], **context})
        )
        sent = self.protocol.send_request(types.TEXT_DOCUMENT_CODE_ACTION, params, msg_id=str(uuid4()))
        # lsprotocol reads an action with a command as if it were the command.
        self.protocol._result_types.clear()
        return [self._action(one) for one in await asyncio.wait_for(asyncio.wrap_future(sent), PATIENCE) or ()]

    def _action(self, one: dict[str, Any]) -> types.CodeAction | types.Command:
        if isinstance(one.get("command"), str):
            return self.protocol._converter.structure(one, types.Command)
        return self.protocol._converter.structure(one, types.CodeAction)

    async def run(self, command: types.Command) -> None:
        await asyncio.wait_for(
            self.workspace_execute_command_async(
                types.ExecuteCommandParams(command.command, arguments=command.arguments)
            ),
            PATIENCE,
        )

    async def pull(self, previous: str | None = None, uri: str = URI) -> Any:
        params = types.DocumentDiagnosticParams(types.TextDocumentIdentifier(uri), previous_result_id=previous)
        return await asyncio.wait_for(self.text_document_diagnostic_async(params), PATIENCE)


def _publish(client: Client, params: types.PublishDiagnosticsParams) -> None:
    client.published.put_nowait(params)


def _show(client: Client, params: types.ShowMessageParams) -> None:
    client.shown.put_nowait(params)


def _refresh(client: Client, params: None) -> None:
    client.refreshed.put_nowait(None)


def _register(client: Client, params: types.RegistrationParams) -> None:
    client.registered.put_nowait(params)


class _Pipe:
    def __init__(self) -> None:
        self.reader = asyncio.StreamReader()

    def write(self, data: bytes) -> None:
        self.reader.feed_data(data)

    def close(self) -> None:
        self.reader.feed_eof()


def capabilities(
    *,
    pulls: bool = False,
    refreshes: bool = False,
    asks: bool = False,
    watches: bool = False,
    encodings: Sequence[str] | None = None,
    literals: bool = True,
    markdown: bool = True,
) -> types.ClientCapabilities:
    """What an editor says it can do."""
    kinds = types.ClientCodeActionKindOptions([types.CodeActionKind.QuickFix])
    return types.ClientCapabilities(
        text_document=types.TextDocumentClientCapabilities(
            diagnostic=types.DiagnosticClientCapabilities() if pulls else None,
            publish_diagnostics=types.PublishDiagnosticsClientCapabilities(version_support=True, data_support=True),
            hover=types.HoverClientCapabilities(
                content_format=[types.MarkupKind.Markdown] if markdown else [types.MarkupKind.PlainText]
            ),
            code_action=types.CodeActionClientCapabilities(
                data_support=True,
                code_action_literal_support=types.ClientCodeActionLiteralOptions(kinds) if literals else None,
            ),
        ),
        workspace=types.WorkspaceClientCapabilities(
            configuration=asks,
            diagnostics=types.DiagnosticWorkspaceClientCapabilities(refresh_support=True) if refreshes else None,
            did_change_watched_files=types.DidChangeWatchedFilesClientCapabilities(dynamic_registration=watches),
            did_change_configuration=types.DidChangeConfigurationClientCapabilities(dynamic_registration=watches),
        ),
        general=types.GeneralClientCapabilities(position_encodings=list(encodings)) if encodings else None,
    )


@asynccontextmanager
async def session(
    annotator: Annotator | None = None,
    *,
    can: types.ClientCapabilities | None = None,
    root: Path | None = None,
    options: object = None,
    configuration: dict[str, Any] | None = None,
    load: Callable[[], Annotator] | None = None,
    max_bytes: int = 10_000,
    later: Later | None = None,
    executor: Executor | None = None,
) -> AsyncIterator[Client]:
    """A client that talks with a server; without ``later``, no check waits for a pause in typing."""
    found = annotator or FakeAnnotator()
    server = install(
        OverclaimServer(
            load or (lambda: found),
            max_bytes=max_bytes,
            later=later or (lambda _, callback: call_later(0, callback)),
            executor=executor,
        )
    )
    client = Client(configuration)
    to_server, to_client = _Pipe(), _Pipe()
    server.protocol.set_writer(to_client)
    client.protocol.set_writer(to_server)
    stop = threading.Event()
    loops = [
        asyncio.create_task(run_async(stop, pipe.reader, side.protocol, error_handler=side.report_server_error))
        for pipe, side in ((to_server, server), (to_client, client))
    ]
    try:
        await client.start(can or capabilities(), root, options)
        yield client
        await asyncio.wait_for(client.shutdown_async(None), PATIENCE)
    finally:
        to_server.close()
        to_client.close()
        await asyncio.gather(*loops)
        server.shutdown()
