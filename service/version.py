"""The installed version."""

from __future__ import annotations

from importlib import metadata


def version() -> str:
    """Return the version of the installed distribution, or ``0+unknown`` from a bare checkout."""
    try:
        return metadata.version("overclaim")
    except metadata.PackageNotFoundError:
        return "0+unknown"
