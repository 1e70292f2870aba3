"""``overclaim serve``: run the HTTP service."""

from __future__ import annotations

import logging
import socket
import threading
import webbrowser
from pathlib import Path

import uvicorn
from pydantic import ValidationError

from service.app import create_app
from service.commands.common import load_annotator
from service.console import CommandError, note
from service.protocol import HalfCloseProtocol
from service.settings import Settings, load_settings
from service.settling import settle
from service.sources import os_reason


def run(
    *, host: str | None, port: int | None, model: Path | None, open_browser: bool, project: Path | None = None
) -> int:
    """Serve until stopped.

    Parameters
    ----------
    host, port, model, project : optional
        Each overrules its setting.
    open_browser : bool
        Show the page in a browser.

    Raises
    ------
    OverclaimError
        If a setting or the model can't be used, or the address is taken.
    """
    settings = _overruled(load_settings(), host=host, port=port, model=model, project=project)
    # The model comes before the port: a service that can't score says so and ends, instead of answering 503.
    annotator = load_annotator(None, settings)
    settle()
    app = create_app(settings, annotator)
    sock = _bind(settings)
    shown_host = f"[{settings.host}]" if ":" in settings.host else settings.host
    address = f"http://{shown_host}:{sock.getsockname()[1]}/"
    logging.basicConfig(level=settings.log_level.upper(), format="%(levelname)s %(name)s %(message)s")
    # uvicorn's own access log shows query strings; `service.access` logs what is safe to log.
    config = uvicorn.Config(
        app, http=HalfCloseProtocol, log_config=None, log_level=settings.log_level, access_log=False
    )
    note(f"serving on {address}")
    if open_browser:
        timer = threading.Timer(0.5, webbrowser.open, [address])
        timer.daemon = True
        timer.start()
    with sock:
        uvicorn.Server(config).run(sockets=[sock])
    return 0


def _overruled(settings: Settings, **given: object) -> Settings:
    values = settings.model_dump() | {name: value for name, value in given.items() if value is not None}
    try:
        return Settings.model_validate(values)
    except ValidationError as err:
        problem = err.errors(include_input=False, include_url=False)[0]
        raise CommandError(f"--{problem['loc'][0]}: {problem['msg'].lower()}") from None


def _bind(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    # asyncio sends without delay only on sockets that say they are TCP: 40 ms a request on a kept-alive connection.
    sock = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        # A restarted service must not wait for old connections to be forgotten.
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((settings.host, settings.port))
        # From now on, so that who reads the address and asks at once waits instead of being refused.
        sock.listen()
    except OSError as err:
        sock.close()
        raise CommandError(f"can't listen on {settings.host} port {settings.port}: {os_reason(err)}") from None
    return sock
