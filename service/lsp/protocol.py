r"""pygls' protocol with our own documents: its own keep positions wrong in some texts, and copies of the articles.

pygls splits lines at every break that Python knows, among them form feeds and U+2028, and the protocol at
``\n``, ``\r\n`` and ``\r`` only.
"""

from __future__ import annotations

import logging
from collections.abc import Generator
from typing import Any

from lsprotocol import types
from pygls.protocol import LanguageServerProtocol
from pygls.protocol.language_server import lsp_method

from service.errors import safe_traceback

logger = logging.getLogger("overclaim.lsp")


class Protocol(LanguageServerProtocol):
    """Hands the synchronisation of documents to the server's own handlers alone."""

    @lsp_method(types.TEXT_DOCUMENT_DID_OPEN)
    def lsp_text_document__did_open(self, params: types.DidOpenTextDocumentParams) -> Generator[Any, Any, None]:
        """Call the server's handler."""
        yield self.fm.features[types.TEXT_DOCUMENT_DID_OPEN], (params,), None

    @lsp_method(types.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: types.DidChangeTextDocumentParams) -> Generator[Any, Any, None]:
        """Call the server's handler."""
        yield self.fm.features[types.TEXT_DOCUMENT_DID_CHANGE], (params,), None

    @lsp_method(types.TEXT_DOCUMENT_DID_CLOSE)
    def lsp_text_document__did_close(self, params: types.DidCloseTextDocumentParams) -> Generator[Any, Any, None]:
        """Call the server's handler."""
        yield self.fm.features[types.TEXT_DOCUMENT_DID_CLOSE], (params,), None

    @lsp_method(types.EXIT)
    def lsp_exit(self, *_: object) -> Generator[Any, Any, None]:
        """End the server's loop. pygls would end the process in the middle of it, and asyncio complain."""
        self._server.shutdown()  # type: ignore[no-untyped-call]
        yield from ()


def silence_pygls() -> None:
    """Keep pygls from logging: it writes whole messages, and so articles, from level ``info`` up to ``error``."""
    logging.getLogger("pygls").setLevel(logging.CRITICAL + 1)


def log_safely(err: BaseException) -> None:
    """Log where a defect of ours is, without its message, which might quote an article."""
    logger.error("internal error %s", safe_traceback(err))
