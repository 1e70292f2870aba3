"""The installed version."""

from __future__ import annotations

from functools import cache
from importlib import metadata


# Reading it takes longer than all else that is done for an answer besides the annotation.
@cache
def version() -> str:
    """Return the version of the installed distribution, or ``0+unknown`` from a bare checkout."""
    try:
        return metadata.version("overclaim")
    except metadata.PackageNotFoundError:
        return "0+unknown"
