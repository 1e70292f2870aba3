"""The page in Chromium, at a running service: fixtures and what a reader does there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fake_annotator import FakeAnnotator
from playwright.sync_api import Locator, Page, expect
from serving import running

from service.app import create_app
from service.settings import Settings

MAX_BYTES = 150_000
expect.set_options(timeout=20_000)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A service with the fake annotator, and a small limit."""
    with running(create_app(Settings(max_bytes=MAX_BYTES), FakeAnnotator())) as found:
        yield found


class Reader:
    """Somebody at the page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.content = page.locator(".cm-content")
        self.status = page.locator("#status-words")
        self.heads = page.locator(".mark-head")
        self.details = page.locator(".detail:visible")

    def open(self, address: str) -> Reader:
        """Go there, and wait for the example to be checked."""
        self.page.goto(address)
        expect(self.page.locator("#scorecard")).to_be_visible()
        return self

    def write(self, text: str, status: str) -> None:
        """Put a text in place of the one that is there, and wait for what is said of it."""
        self.page.click("#clear")
        with self.page.expect_response("**/v1/annotate"):
            self.page.keyboard.insert_text(text)
        expect(self.page.locator("#status.busy")).to_have_count(0)
        expect(self.status).to_have_text(status)

    def paste(self, text: str) -> None:
        """Paste a text where the cursor is."""
        self.page.evaluate(
            """text => {
              const data = new DataTransfer();
              data.setData("text/plain", text);
              const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
              document.querySelector(".cm-content").dispatchEvent(event);
            }""",
            text,
        )

    def underlined(self) -> list[str]:
        """The words that are underlined now."""
        return self.page.locator(".cm-lintRange").all_inner_texts()

    def text(self) -> str:
        """What the editor shows."""
        return "\n".join(line.removesuffix("\n") for line in self.page.locator(".cm-line").all_inner_texts())

    def selected(self) -> str:
        """The words that are selected."""
        return str(self.page.evaluate("getSelection().toString()"))

    def focused(self) -> Locator:
        """What has the focus."""
        return self.page.locator("*:focus")


@pytest.fixture
def reader(page: Page, address: str) -> Reader:
    """A reader who sees the checked example."""
    return Reader(page).open(address)
