"""``overclaim lsp``: run the language server for an editor."""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path
from typing import BinaryIO

from classifier.annotator import REMEMBERS, Annotator
from classifier.segmentation import MAX_SENTENCES
from service.commands.common import load_annotator
from service.console import CommandError, note
from service.extras import require
from service.settings import Settings, load_settings
from service.settling import settle
from service.sources import os_reason

_REMEMBERS = MAX_SENTENCES + REMEMBERS
"""Sentences of one book-long document and of what else is open: each change would else score all of the book anew."""


def run(*, tcp: str | None, model: Path | None) -> int:
    """Serve one editor until it says good-bye or goes away.

    Parameters
    ----------
    tcp : str, optional
        ``PORT`` or ``HOST:PORT`` to listen on; standard input and output by default.
    model : Path, optional
        Folder of the model; that of the settings by default.

    Returns
    -------
    int
        0; 1 if the editor went away without saying so, as the protocol wants it.

    Raises
    ------
    OverclaimError
        If a setting can't be used, or the address is taken.
    """
    settings = load_settings()
    require("pygls.lsp.server", "lsp")
    address = _address(tcp) if tcp is not None else None
    from service.lsp.handlers import install  # noqa: PLC0415
    from service.lsp.server import OverclaimServer  # noqa: PLC0415

    logging.basicConfig(
        level=settings.log_level.upper(), format="%(levelname)s %(name)s %(message)s", stream=sys.stderr
    )

    server = install(
        OverclaimServer(
            lambda: load_for_editor(model, settings), max_bytes=settings.max_bytes, threads=settings.threads
        )
    )
    if address is None:
        server.start_io(stdout=_protocol_only())
    else:
        host, port = address
        note(f"waiting for an editor on {host} port {port}")
        try:
            server.start_tcp(host, port)
        except OSError as err:
            raise CommandError(f"can't listen on {host} port {port}: {os_reason(err)}") from None
        except SystemExit:
            pass
    return 0 if server.asked_to_stop else 1


def load_for_editor(model: Path | None, settings: Settings) -> Annotator:
    """Load the model, to remember all sentences of the longest document; see ``load_annotator``."""
    loaded = load_annotator(model, settings, _REMEMBERS)
    settle()
    return loaded


def _protocol_only() -> BinaryIO:
    """Keep standard output for the protocol: whatever else is printed goes to standard error."""
    sys.stdout.flush()
    own = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return own


def _address(given: str) -> tuple[str, int]:
    host, _, port = given.rpartition(":")
    if not port.isascii() or not port.isdigit() or not 0 < int(port) <= 65_535:
        raise CommandError(f"--tcp must be PORT or HOST:PORT with a port from 1 to 65535, not {given[:40]!r}")
    return host.strip("[]") or "127.0.0.1", int(port)
