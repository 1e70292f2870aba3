"""Optional dependencies: imported when they are needed, with a plain word if they are missing."""

from __future__ import annotations

import importlib
from types import ModuleType

from service.console import CommandError


def require(module: str, extra: str) -> ModuleType:
    """Import a module of an optional dependency.

    Parameters
    ----------
    module : str
        Its full name, for example ``pyarrow.parquet``.
    extra : str
        The extra of this distribution that brings it, for example ``archives``.

    Raises
    ------
    CommandError
        If it isn't installed; says how to install it.
    """
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as err:
        if err.name is None or not (module + ".").startswith(err.name + "."):
            raise
        raise CommandError(f'this needs overclaim[{extra}]: pip install "overclaim[{extra}]"') from None
