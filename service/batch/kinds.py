"""What kind of values a column holds: settled by looking at all rows, as JSON has no columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal, TypeAlias

from service.batch.rows import passing
from service.wire import json_line

Kind: TypeAlias = Literal["string", "int", "float", "bool", "json"]
_INT64 = range(-(2**63), 2**63)
_EXACT_AS_FLOAT = range(-(2**53), 2**53 + 1)


class Kinds:
    """The kind of each column, in the order in which columns first appear.

    A column of strings is a ``string``, of whole numbers that 64 bits can hold an ``int``, of numbers a ``float``, of
    truth values a ``bool``; a column of nothing but null is a ``string``. Whatever else is ``json``: its values are
    written as JSON text.
    """

    def __init__(self) -> None:
        self._kinds: dict[str, set[str]] = {}

    def see(self, values: Mapping[str, Any]) -> None:
        """Take a row into account."""
        for name, value in values.items():
            seen = self._kinds.setdefault(name, set())
            if value is not None:
                seen.add(_kind(value))

    def settled(self) -> dict[str, Kind]:
        """The kinds of all columns that were seen."""
        return {name: _settle(seen) for name, seen in self._kinds.items()}


def kinds_of(rows: Iterable[Mapping[str, Any]]) -> tuple[dict[str, Kind], Kind]:
    """The kinds of the columns that pass through, and of the ids: ``int`` if all are, else ``string``."""
    extra, ids = Kinds(), Kinds()
    for row in rows:
        extra.see(passing(row))
        ids.see({"id": row["id"]})
    return extra.settled(), "int" if ids.settled().get("id") == "int" else "string"


def fitted(value: Any, kind: Kind) -> Any:
    """Write a value as its column's kind; null stays null."""
    if value is None:
        return None
    if kind == "json":
        return json_line(value)
    return float(value) if kind == "float" else value


def fitted_id(value: str | int, kind: Kind) -> str | int:
    """Write an id as its column's kind: whole numbers stay so only if all ids are."""
    return value if kind == "int" else str(value)


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int):
        if value in _EXACT_AS_FLOAT:
            return "int"
        return "long" if value in _INT64 else "json"
    return "float" if isinstance(value, float) else "string" if isinstance(value, str) else "json"


def _settle(seen: set[str]) -> Kind:
    for kind, held in (
        ("string", {"string"}),
        ("bool", {"bool"}),
        ("int", {"int", "long"}),
        ("float", {"int", "float"}),
    ):
        if seen <= held:
            return kind  # type: ignore[return-value]
    return "json"
