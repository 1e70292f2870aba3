"""The twelve labels in three groups, read from ``groups.toml``: enough for a colour, and for switching off many."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Group:
    """Labels that belong together.

    Parameters
    ----------
    id : str
        Lower case, for example ``evidence``.
    name : str
        Its name for readers.
    labels : tuple of str
        Ids of its labels, in the rule book's order.
    """

    id: str
    name: str
    labels: tuple[str, ...]


def _read() -> dict[str, Group]:
    table = tomllib.loads(resources.files("service").joinpath("groups.toml").read_text(encoding="utf-8"))
    return {key: Group(key, row["name"], tuple(row["labels"])) for key, row in table.items()}


GROUPS: Mapping[str, Group] = MappingProxyType(_read())
_GROUP_OF = {label: group for group in GROUPS.values() for label in group.labels}


def group_of(label: str) -> Group:
    """Return the group of a label.

    Raises
    ------
    KeyError
        If ``label`` isn't a label's id.
    """
    return _GROUP_OF[label]
