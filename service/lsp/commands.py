"""What the quick fixes do, and where settings come from."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls.capabilities import get_capability
from pygls.exceptions import JsonRpcInvalidParams

from classifier.errors import OverclaimError
from classifier.labels import LABEL_IDS, labels
from service.lsp.actions import HIDE, LABEL_OFF, WHY
from service.lsp.documents import OpenDocument
from service.lsp.hover import why
from service.lsp.server import OverclaimServer
from service.lsp.settings import SECTION, section_of
from service.project import FILE_NAME, find_project, save_ignored, save_label_off


async def ask_for_settings(ls: OverclaimServer, pushed: object = None) -> None:
    """Take over what was pushed; if that is nothing, what the editor answers; if that is nothing, stay."""
    section = section_of(pushed)
    if not section and get_capability(ls.client_capabilities, "workspace.configuration"):
        params = types.ConfigurationParams([types.ConfigurationItem(section=SECTION)])
        section = ([*(await ls.workspace_configuration_async(params) or ())] or [None])[0]
    if section:
        before = ls.settings
        ls.use_settings(section)
        if ls.settings != before:
            ls.recheck_all()


async def hide(ls: OverclaimServer, *arguments: Any) -> None:
    """Hide a mark for good, in the project's settings."""
    uri, span_id = _strings(arguments, "id")
    if len(span_id) != 16 or not set(span_id) <= set("0123456789abcdef"):
        raise JsonRpcInvalidParams("id must be a mark's id, sixteen hex digits")
    await _save(ls, uri, lambda root: save_ignored(root, span_id))


async def label_off(ls: OverclaimServer, *arguments: Any) -> None:
    """Turn a label off, in the project's settings."""
    uri, label = _strings(arguments, "label")
    if label not in LABEL_IDS:
        raise JsonRpcInvalidParams(f"label must be one of {', '.join(LABEL_IDS)}")
    if await _save(ls, uri, lambda root: save_label_off(root, label)):
        title = labels()[label].title
        ls.tell(f"“{title}” is off in this project ({FILE_NAME}).", types.MessageType.Info, again=True)


async def explain(ls: OverclaimServer, *arguments: Any) -> None:
    """Show why words are marked, in an editor's message."""
    uri, span_id = _strings(arguments, "id")
    document = ls.documents.get(uri)
    checked = await ls.current(document) if document else None
    for span in checked.spans if checked else ():
        if span.id == span_id:
            ls.tell(why(span, markdown=False), types.MessageType.Info, again=True)
            return


def _strings(arguments: tuple[Any, ...], key: str) -> tuple[str, str]:
    given = arguments[0] if len(arguments) == 1 and isinstance(arguments[0], dict) else {}
    uri, value = given.get("uri"), given.get(key)
    if not isinstance(uri, str) or not isinstance(value, str):
        raise JsonRpcInvalidParams(f"the command needs one object with the strings uri and {key}")
    return uri, value


async def _save(ls: OverclaimServer, uri: str, write: Callable[[Path], object]) -> bool:
    document = ls.documents.get(uri)
    try:
        root = _root(ls, document) if document else None
        if root is None:
            ls.tell(f"there is no folder to keep {FILE_NAME} in; save the document first", again=True)
            return False
        # Another program may hold the file for a while.
        await asyncio.to_thread(write, root)
    except OverclaimError as err:
        ls.tell(str(err), types.MessageType.Error, again=True)
        return False
    ls.recheck_all()
    return True


def _root(ls: OverclaimServer, document: OpenDocument) -> Path | None:
    """The project's folder; without one, the outermost in which its settings would be found."""
    workspace = ls.folders()
    start = document.path or next(iter(workspace), None)
    if start is None:
        return None
    project = find_project(start)
    if project is not None and project.root is not None:
        return project.root
    if document.path is None:
        return start
    for folder in document.path.parents:
        if folder in workspace or (folder / ".git").exists():
            return folder
    return document.path.parent


COMMANDS: dict[str, Callable[..., Any]] = {HIDE: hide, LABEL_OFF: label_off, WHY: explain}
