"""Whether feedback is on; knows nothing of databases, so that a service without it needn't have SQLAlchemy."""

from __future__ import annotations

_OFF = frozenset({"", "none", "off", "no", "false", "0"})
_ON = frozenset({"on", "yes", "true", "1"})


def is_on(setting: str) -> bool:
    """True unless the setting says in words that feedback is off."""
    return setting.strip().lower() not in _OFF


def is_default(setting: str) -> bool:
    """True if the setting asks for the default place."""
    return setting.strip().lower() in _ON
