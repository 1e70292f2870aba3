"""A real headless Chromium for tests of pages, driven by Playwright.

``page`` fails its test if the page logs an error, throws, or asks for anything that isn't on this machine. A test
that expects such a thing takes it out of ``watch`` itself.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

SWITCHES = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_SERIOUS = ("serious", "critical")


@dataclass
class Watch:
    """What a page did besides what it shows: ``requests`` are addresses, ``problems`` are errors in words."""

    requests: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def strangers(self) -> list[str]:
        """Requests that left this machine."""
        return [url for url in self.requests if not _here(url)]


def _here(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in {"file", "data", "blob", "about"} or parts.hostname in {"127.0.0.1", "localhost", "::1"}


# One browser a module, not one a session: while Playwright's synchronous interface is open, its event loop counts as
# running, and no other test of the thread could start one.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, without a window."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("there is no Chromium on this machine")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=list(SWITCHES))
        yield chromium
        chromium.close()


@pytest.fixture
def watch() -> Watch:
    """What the test's page asks for and complains of."""
    return Watch()


@pytest.fixture
def page(browser: Browser, watch: Watch) -> Iterator[Page]:
    """An empty page of a fresh profile, 1000 pixels wide and light."""
    context = browser.new_context(
        viewport={"width": 1000, "height": 800}, locale="en-GB", timezone_id="UTC", color_scheme="light"
    )
    opened = context.new_page()
    opened.set_default_timeout(10_000)

    def hear(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            watch.problems.append(f"console {message.type}: {message.text}")

    def note(request: Request) -> None:
        watch.requests.append(request.url)

    opened.on("console", hear)
    opened.on("pageerror", lambda err: watch.problems.append(f"exception: {err}"))
    opened.on("request", note)
    yield opened
    context.close()
    assert watch.problems == []
    assert watch.strangers() == []


def serious_findings(opened: Page, **options: Any) -> list[str]:
    """What axe finds on a page that keeps people out, as ``rule: element``."""
    found = Axe().run(opened, **options).response["violations"]
    return [
        f"{rule['id']}: {node['html'][:200]}" for rule in found if rule["impact"] in _SERIOUS for node in rule["nodes"]
    ]
