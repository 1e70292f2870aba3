"""What happens at each message of the editor."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

from lsprotocol import types
from pygls.capabilities import get_capability
from pygls.exceptions import JsonRpcException

from classifier.errors import OverclaimError
from service.lsp import actions, commands
from service.lsp.diagnostics import diagnostics_of, result_id, span_at, touched
from service.lsp.hover import hover_of
from service.lsp.protocol import log_safely
from service.lsp.server import INTERNAL, OverclaimServer
from service.project import FILE_NAME

Handler = Callable[..., Any]


def guarded(handler: Handler) -> Handler:
    """Turn exceptions into answers without any of an article: pygls would send and log their messages."""

    def as_answer(err: Exception) -> JsonRpcException:
        if isinstance(err, JsonRpcException):
            return err
        if isinstance(err, OverclaimError):
            return JsonRpcException(str(err), types.LSPErrorCodes.RequestFailed.value)
        log_safely(err)
        return JsonRpcException(INTERNAL, types.ErrorCodes.InternalError.value)

    if inspect.iscoroutinefunction(handler):

        @functools.wraps(handler)
        async def later(ls: OverclaimServer, *arguments: Any) -> Any:
            try:
                return await handler(ls, *arguments)
            except Exception as err:
                raise as_answer(err) from None

        return later

    @functools.wraps(handler)
    def now(ls: OverclaimServer, *arguments: Any) -> Any:
        try:
            return handler(ls, *arguments)
        except Exception as err:
            raise as_answer(err) from None

    return now


def initialize(ls: OverclaimServer, params: types.InitializeParams) -> None:
    """Read the options, and decide who asks for diagnostics."""
    ls.use_settings(params.initialization_options)
    can_pull = get_capability(params.capabilities, "text_document.diagnostic") is not None
    # An editor that can't be told to ask again would show hidden marks until the next keystroke.
    if can_pull and get_capability(params.capabilities, "workspace.diagnostics.refresh_support"):
        ls.pulls = True
        options = types.DiagnosticOptions(
            inter_file_dependencies=False, workspace_diagnostics=False, identifier="overclaim"
        )
        ls.feature(types.TEXT_DOCUMENT_DIAGNOSTIC, options)(guarded(pulled))


async def initialized(ls: OverclaimServer, params: types.InitializedParams) -> None:
    """Load the model, ask for settings, and to be told of changes."""
    del params
    ls.preload()
    registrations = []
    if get_capability(ls.client_capabilities, "workspace.did_change_watched_files.dynamic_registration"):
        watcher = types.FileSystemWatcher(f"**/{FILE_NAME}")
        options = types.DidChangeWatchedFilesRegistrationOptions([watcher])
        registrations.append(types.Registration("overclaim-files", types.WORKSPACE_DID_CHANGE_WATCHED_FILES, options))
    if get_capability(ls.client_capabilities, "workspace.did_change_configuration.dynamic_registration"):
        section = types.DidChangeConfigurationRegistrationOptions(section="overclaim")
        registrations.append(
            types.Registration("overclaim-settings", types.WORKSPACE_DID_CHANGE_CONFIGURATION, section)
        )
    if registrations:
        await ls.client_register_capability_async(types.RegistrationParams(registrations))
    await commands.ask_for_settings(ls)


def opened(ls: OverclaimServer, params: types.DidOpenTextDocumentParams) -> None:
    """Check a document that is opened."""
    ls.changed(ls.documents.open(params.text_document))


def changed(ls: OverclaimServer, params: types.DidChangeTextDocumentParams) -> None:
    """Take over an edit."""
    document = ls.documents.get(params.text_document.uri)
    if document is not None:
        document.change(params.content_changes, ls.unit)
        document.version = params.text_document.version
        ls.changed(document)


def saved(ls: OverclaimServer, params: types.DidSaveTextDocumentParams) -> None:
    """Look again at the project's settings, as not all editors tell when they change."""
    document = ls.documents.get(params.text_document.uri)
    if document is not None and not ls.pulls:
        document.touch()
        ls.changed(document)


def closed(ls: OverclaimServer, params: types.DidCloseTextDocumentParams) -> None:
    """Forget a document."""
    document = ls.documents.close(params.text_document.uri)
    if document is not None:
        ls.forget(document)


async def configured(ls: OverclaimServer, params: types.DidChangeConfigurationParams) -> None:
    """Take over settings."""
    await commands.ask_for_settings(ls, params.settings)


def watched(ls: OverclaimServer, params: types.DidChangeWatchedFilesParams) -> None:
    """Check again with a project's new settings."""
    del params
    ls.recheck_all()


async def pulled(ls: OverclaimServer, params: types.DocumentDiagnosticParams) -> types.DocumentDiagnosticReport:
    """Answer what the diagnostics of a document are."""
    document = ls.documents.get(params.text_document.uri)
    if document is None or document.form is None:
        return types.RelatedFullDocumentDiagnosticReport([])
    checked = await ls.current(document)
    if checked is None:
        again = ls.documents.get(document.uri) is document
        raise JsonRpcException(
            "the document has changed", types.LSPErrorCodes.ServerCancelled.value, {"retriggerRequest": again}
        )
    items = diagnostics_of(checked, ls.unit)
    name = result_id(items)
    if params.previous_result_id == name:
        return types.RelatedUnchangedDocumentDiagnosticReport(name)
    return types.RelatedFullDocumentDiagnosticReport(items, result_id=name)


async def hovered(ls: OverclaimServer, params: types.HoverParams) -> types.Hover | None:
    """Say why the words under the pointer are marked."""
    document = ls.documents.get(params.text_document.uri)
    checked = await ls.current(document) if document else None
    if checked is None:
        return None
    found = touched(checked, *span_at(types.Range(params.position, params.position), checked.table, ls.unit))
    formats = get_capability(ls.client_capabilities, "text_document.hover.content_format") or ()
    return hover_of(found, checked, ls.unit, markdown=types.MarkupKind.Markdown in formats) if found else None


async def acted(ls: OverclaimServer, params: types.CodeActionParams) -> list[types.CodeAction | types.Command]:
    """Offer quick fixes."""
    document = ls.documents.get(params.text_document.uri)
    checked = await ls.current(document) if document else None
    if document is None or checked is None:
        return []
    offered = actions.actions_of(document, checked, params, ls.unit)
    if get_capability(ls.client_capabilities, "text_document.code_action.code_action_literal_support"):
        return [*offered]
    return [action.command for action in offered if action.command]


def stopped(ls: OverclaimServer, params: None) -> None:
    """Note that the editor says good-bye before it goes."""
    del params
    ls.asked_to_stop = True


_HANDLERS: dict[str, Handler] = {
    types.INITIALIZE: initialize,
    types.INITIALIZED: initialized,
    types.SHUTDOWN: stopped,
    types.TEXT_DOCUMENT_DID_OPEN: opened,
    types.TEXT_DOCUMENT_DID_CHANGE: changed,
    types.TEXT_DOCUMENT_DID_SAVE: saved,
    types.TEXT_DOCUMENT_DID_CLOSE: closed,
    types.WORKSPACE_DID_CHANGE_CONFIGURATION: configured,
    types.WORKSPACE_DID_CHANGE_WATCHED_FILES: watched,
    types.TEXT_DOCUMENT_HOVER: hovered,
    types.TEXT_DOCUMENT_CODE_ACTION: acted,
}
_OPTIONS: dict[str, object] = {
    types.TEXT_DOCUMENT_CODE_ACTION: types.CodeActionOptions(code_action_kinds=[types.CodeActionKind.QuickFix]),
    types.TEXT_DOCUMENT_DID_SAVE: types.SaveOptions(include_text=False),
}


def install(ls: OverclaimServer) -> OverclaimServer:
    """Give a server its handlers.

    Returns
    -------
    OverclaimServer
        The same.
    """
    for method, handler in _HANDLERS.items():
        ls.feature(method, _OPTIONS.get(method))(guarded(handler))
    for name, command in commands.COMMANDS.items():
        ls.command(name)(guarded(command))
    return ls
