"""Take the README's picture of the page: ``make picture``.

Starts the service with the shipped model on a free port, opens the page and one of the example's marks in headless
Chromium, and saves what a reader then sees.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright
from running import ROOT, SECONDS, running_service

PICTURE = ROOT / ".github" / "images" / "page.png"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
SWITCHES = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--hide-scrollbars")
# So high that the column of marks isn't cut off; the picture ends where the scorecard does.
HEIGHT = 1500


def take(address: str, program: str, *, width: int, mark: int, scheme: str) -> tuple[bytes, int]:
    """Return a PNG of the page with its result, and how many marks it has."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(SWITCHES))
        page = browser.new_page(
            viewport={"width": width, "height": HEIGHT},
            device_scale_factor=1.25,
            color_scheme="dark" if scheme == "dark" else "light",
        )
        page.set_default_timeout(SECONDS * 1000)
        page.goto(address)
        page.locator("#scorecard").wait_for()
        heads = page.locator(".mark-head")
        heads.nth(min(mark, heads.count()) - 1).click()
        page.mouse.move(0, 0)
        page.evaluate("scrollTo(0, 0); document.activeElement.blur()")
        ends = [page.locator(part).bounding_box() for part in ("#scorecard", "#marks-column")]
        bottom = max(box["y"] + box["height"] for box in ends if box)
        png = page.screenshot(clip={"x": 0, "y": 0, "width": width, "height": round(bottom) + 16}, full_page=True)
        marks = heads.count()
        browser.close()
        return png, marks


def main() -> None:
    """Take the picture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=PICTURE)
    parser.add_argument("--width", type=int, default=1120, help="of the window, in CSS pixels")
    parser.add_argument("--mark", type=int, default=1, help="which of the marks is open, from 1")
    parser.add_argument("--scheme", choices=["light", "dark"], default="light")
    options = parser.parse_args()
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        sys.exit("overclaim: make picture needs Chromium (on Debian and Ubuntu: install chromium)")
    with running_service() as port:
        address = f"http://127.0.0.1:{port}/"
        png, marks = take(address, program, width=options.width, mark=options.mark, scheme=options.scheme)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_bytes(png)
    print(f"wrote {os.path.relpath(options.out)}: {len(png) // 1024} kB, {marks} marks on the page")


if __name__ == "__main__":
    main()
