"""A client of ``/v2`` in this process, and a real server in a thread."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fake_annotator import FakeAnnotator
from lt_asking import LIMIT, serving
from starlette.testclient import TestClient

from service.app import create_app
from service.settings import Settings


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "libreoffice: runs LibreOffice Writer, which must be installed")


@pytest.fixture
def client(fake: FakeAnnotator) -> Iterator[TestClient]:
    with TestClient(create_app(Settings(max_bytes=LIMIT), fake)) as asked:
        yield asked


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """Address of a server, ending in a slash."""
    with serving(FakeAnnotator()) as served:
        yield served
