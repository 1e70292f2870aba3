"""The browser that other tests look through notices what it should."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from browser import Watch, serious_findings
from playwright.sync_api import Page

# The icon is named, lest Chromium asks the test's server for one when that has gone.
GOOD = (
    '<!doctype html><html lang="en"><title>A page</title><link rel="icon" href="data:,">'
    "<main><h1>All well</h1></main></html>"
)


def _show(page: Page, folder: Path, html: str) -> None:
    file = folder / "page.html"
    file.write_text(html, encoding="utf-8")
    page.goto(file.as_uri())


def test_a_good_page_has_no_problems(page: Page, watch: Watch, tmp_path: Path) -> None:
    _show(page, tmp_path, GOOD)
    assert page.locator("h1").inner_text() == "All well"
    assert len(watch.requests) == 1
    assert watch.strangers() == watch.problems == []
    assert serious_findings(page) == []


def test_errors_and_exceptions_are_noticed(page: Page, watch: Watch, tmp_path: Path) -> None:
    _show(page, tmp_path, GOOD.replace("<main>", "<script>console.error('oh'); throw new Error('no')</script><main>"))
    assert len(watch.problems) == 2
    assert "oh" in watch.problems[0]
    assert "no" in watch.problems[1]
    watch.problems.clear()


def test_what_keeps_people_out_is_found(page: Page, tmp_path: Path) -> None:
    _show(page, tmp_path, GOOD.replace("<h1>", "<button></button><h1>"))
    assert any(finding.startswith("button-name") for finding in serious_findings(page))


def test_requests_to_elsewhere_are_noticed(page: Page, watch: Watch, tmp_path: Path) -> None:
    # The route answers, so that nothing leaves this machine in the test either.
    page.route("http://elsewhere.invalid/**", lambda route: route.fulfill(body=""))
    _show(page, tmp_path, GOOD.replace("<main>", '<link rel="stylesheet" href="http://elsewhere.invalid/a.css"><main>'))
    assert watch.strangers() == ["http://elsewhere.invalid/a.css"]
    watch.requests.clear()


@pytest.fixture
def server() -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.send_header("content-length", str(len(GOOD)))
            self.end_headers()
            self.wfile.write(GOOD.encode())

        def log_message(self, format: str, *args: object) -> None:
            pass

    # Threads, as Chromium may open a connection ahead of its need and leave it silent.
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}/"
        running.shutdown()
        thread.join()


# The server first: fixtures end in the opposite order, and the page must be gone before it.
def test_a_server_on_this_machine_is_no_stranger(server: str, page: Page, watch: Watch) -> None:
    page.goto(server)
    assert page.title() == "A page"
    assert watch.requests == [server, "data:,"] or watch.requests == [server]
