"""Fixtures for the service's tests: Chromium, for every test that asks for a ``page``."""

from browser import browser, page, watch

__all__ = ["browser", "page", "watch"]
