"""The twelve labels, read from ``labels.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources

from classifier.errors import InvalidInputError


@dataclass(frozen=True, slots=True)
class Label:
    """One kind of overclaim.

    Parameters
    ----------
    id : str
        Identifier in data and responses, for example ``overstated_efficacy``.
    title : str
        Its name for readers.
    message : str
        Why words are flagged with it, for a journalist.
    suggestion : str
        How to mend the sentence.
    criteria : tuple of str
        The review criteria it belongs to, the main one first.
    anchor : str
        The heading of its rule in ``training_data/GUIDELINES.md``.
    """

    id: str
    title: str
    message: str
    suggestion: str
    criteria: tuple[str, ...]
    anchor: str

    @property
    def criterion(self) -> str:
        """The main review criterion."""
        return self.criteria[0]


@dataclass(frozen=True, slots=True)
class Criterion:
    """One of the ten review criteria of a whole article."""

    id: str
    title: str
    question: str


@cache
def _table() -> dict[str, list[dict[str, object]]]:
    return tomllib.loads(resources.files("classifier").joinpath("labels.toml").read_text(encoding="utf-8"))


@cache
def labels() -> dict[str, Label]:
    """All labels by id, in the order of the rule book (which is the column order of every score matrix)."""
    found = [
        Label(
            id=str(row["id"]),
            title=str(row["title"]),
            message=str(row["message"]),
            suggestion=str(row["suggestion"]),
            criteria=tuple(row["criteria"]),  # type: ignore[arg-type]
            anchor=str(row["anchor"]),
        )
        for row in _table()["label"]
    ]
    return {label.id: label for label in found}


@cache
def criteria() -> dict[str, Criterion]:
    """The ten review criteria by id, in order."""
    found = [
        Criterion(id=str(r["id"]), title=str(r["title"]), question=str(r["question"])) for r in _table()["criterion"]
    ]
    return {criterion.id: criterion for criterion in found}


LABEL_IDS: tuple[str, ...] = tuple(labels())
CRITERION_IDS: tuple[str, ...] = tuple(criteria())


def select(wanted: Iterable[str] | None) -> frozenset[str]:
    """The asked labels, or all of them for ``None``.

    Raises
    ------
    InvalidInputError
        If a name isn't a label's id, or the selection is empty.
    """
    if wanted is None:
        return frozenset(LABEL_IDS)
    chosen = list(wanted)
    for name in chosen:
        if name not in LABEL_IDS:
            raise InvalidInputError(
                f"labels holds an unknown label {str(name)[:40]!r}; known are {', '.join(LABEL_IDS)}",
                field="labels",
                code="unknown_label",
            )
    if not chosen:
        raise InvalidInputError("labels is an empty list; leave it out to get all labels", field="labels", code="empty")
    return frozenset(chosen)
