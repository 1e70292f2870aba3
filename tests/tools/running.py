"""A running service for the tools that need one."""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
SECONDS = 60
COMMAND = (sys.executable, "-m", "service.cli")


@contextmanager
def running_service() -> Iterator[int]:
    """The port of a service with the shipped model, on this machine and ready to answer; it ends with the block."""
    environment = os.environ | {"OVERCLAIM_HOST": "127.0.0.1", "OVERCLAIM_LOG_LEVEL": "error"}
    command = [*COMMAND, "serve", "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True) as process:
        try:
            port = _port(process)
            _wait(port)
            yield port
        finally:
            process.terminate()


def _port(process: subprocess.Popen[str]) -> int:
    assert process.stderr is not None
    for line in process.stderr:
        if "serving on " in line:
            return int(line.rstrip().rstrip("/").rsplit(":", 1)[1])
        print(line, end="", file=sys.stderr)
    sys.exit("overclaim: the service didn't start")


def _wait(port: int) -> None:
    # The service has its port before it listens.
    end = time.monotonic() + SECONDS
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)
        try:
            connection.request("GET", "/readyz")
            if connection.getresponse().status == http.client.OK:
                return
        except ConnectionRefusedError:
            pass
        finally:
            connection.close()
        if time.monotonic() > end:
            sys.exit("overclaim: the service isn't ready")
        time.sleep(0.05)
