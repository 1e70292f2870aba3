"""Fixtures for tests of the page."""

from page_reader import address, reader

__all__ = ["address", "reader"]
