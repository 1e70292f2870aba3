"""Take the README's picture of the page: ``make picture``.

Starts the service on a free port, presses the page's button in headless Chromium, and saves what a reader then sees.
Chromium is steered through its debugging pipe, so that no driver and no library is needed.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from running import ROOT, SECONDS, running_service

PICTURE = ROOT / ".github" / "images" / "page.png"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
WIDTH = 820
PREPARE = """
(async () => {
  const wait = (ready) => new Promise((done) => {
    const timer = setInterval(() => { if (ready()) { clearInterval(timer); done(); } }, 50);
  });
  await wait(() => document.querySelector("#text").value && document.querySelector("#legend").children.length);
  document.querySelector("#check").click();
  await wait(() => !document.querySelector("#result").hidden);
  document.querySelector("#text").rows = 4;
  const list = document.querySelector("#notes").children;
  const last = list[Math.min(NOTES, list.length) - 1] || document.querySelector("#article");
  return { height: Math.ceil(last.getBoundingClientRect().bottom + window.scrollY + 16), spans: list.length };
})()
"""


class Browser:
    """Headless Chromium at the other end of a pipe; see its DevTools protocol."""

    def __init__(self, program: str, profile: str) -> None:
        to_browser, self._write = os.pipe()
        self._read, from_browser = os.pipe()
        # Chromium reads file descriptor 3 and writes 4; the shell puts them there.
        options = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--remote-debugging-pipe",
            f"--user-data-dir={profile}",
        ]
        self._process = subprocess.Popen(
            ["/bin/sh", "-c", f'exec "$@" 3<&{to_browser} 4>&{from_browser}', "sh", program, *options],
            pass_fds=(to_browser, from_browser),
            stderr=subprocess.DEVNULL,
        )
        os.close(to_browser)
        os.close(from_browser)
        self._number = 0
        self._received = b""

    def call(self, method: str, session: str | None = None, **parameters: object) -> dict[str, Any]:
        """Send a command and wait for its answer, passing over events."""
        self._number += 1
        message: dict[str, object] = {"id": self._number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                return dict(answer["result"])

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._received:
            chunk = os.read(self._read, 65536)
            if not chunk:
                raise RuntimeError("the browser ended")
            self._received += chunk
        message, self._received = self._received.split(b"\0", 1)
        return dict(json.loads(message))

    def close(self) -> None:
        """End the browser."""
        with contextlib.suppress(RuntimeError, OSError):
            self.call("Browser.close")
        self._process.wait(SECONDS)
        os.close(self._write)
        os.close(self._read)


def take(address: str, program: str, notes: int, scheme: str) -> tuple[bytes, int]:
    """Return a PNG of the page with its result, and how many spans it has."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = Browser(program, profile)
        try:
            target = browser.call("Target.createTarget", url="about:blank")["targetId"]
            page = browser.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
            features = [{"name": "prefers-color-scheme", "value": scheme}]
            browser.call("Emulation.setEmulatedMedia", page, features=features)
            metrics = {"width": WIDTH, "height": 1000, "deviceScaleFactor": 1.5, "mobile": False}
            browser.call("Emulation.setDeviceMetricsOverride", page, **metrics)
            browser.call("Page.navigate", page, url=address)
            script = PREPARE.replace("NOTES", str(notes))
            found = _evaluate(browser, page, script)
            clip = {"x": 0, "y": 0, "width": WIDTH, "height": found["height"], "scale": 1}
            shot = browser.call("Page.captureScreenshot", page, format="png", clip=clip, captureBeyondViewport=True)
            return base64.b64decode(shot["data"]), found["spans"]
        finally:
            browser.close()


def _evaluate(browser: Browser, page: str, script: str) -> dict[str, int]:
    # The page is still empty for a moment after it was asked for, and the script then fails.
    end = time.monotonic() + SECONDS
    while True:
        answer = browser.call("Runtime.evaluate", page, expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" not in answer:
            return dict(answer["result"]["value"])
        if time.monotonic() > end:
            raise RuntimeError(answer["exceptionDetails"]["exception"]["description"])
        time.sleep(0.2)


def main() -> None:
    """Take the picture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=PICTURE)
    parser.add_argument("--notes", type=int, default=2, help="how many of the notes below the article are shown")
    parser.add_argument("--scheme", choices=["light", "dark"], default="light")
    options = parser.parse_args()
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        sys.exit("overclaim: make picture needs Chromium (on Debian and Ubuntu: install chromium)")
    with running_service() as port:
        png, spans = take(f"http://127.0.0.1:{port}/", program, options.notes, options.scheme)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_bytes(png)
    print(f"wrote {os.path.relpath(options.out)}: {len(png) // 1024} kB, {spans} spans on the page")


if __name__ == "__main__":
    main()
