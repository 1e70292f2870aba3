"""Reviewers' verdicts on the ten criteria, by article id."""

from __future__ import annotations

from pathlib import Path

from classifier.errors import CorpusError
from classifier.labels import CRITERION_IDS
from classifier.training.standoff import read_objects


def read_criteria(data: Path) -> dict[str, dict[str, int | None]]:
    """Verdicts of ``criteria.jsonl``: 1 satisfactory, 0 not, None not applicable.

    Raises
    ------
    CorpusError
        If a line is not ``{"id", "criteria": {criterion: 1, 0 or null}}`` with all ten criteria, or an id
        occurs twice.
    """
    found: dict[str, dict[str, int | None]] = {}
    path = data / "criteria.jsonl"
    for place, row in read_objects(path):
        verdicts = row.get("criteria")
        if not isinstance(row.get("id"), str) or not isinstance(verdicts, dict) or set(row) != {"id", "criteria"}:
            raise CorpusError(f"{place}: not an object of id and criteria")
        if set(verdicts) != set(CRITERION_IDS) or any(
            isinstance(value, bool) or value not in (0, 1, None) for value in verdicts.values()
        ):
            raise CorpusError(f"{place}: not a verdict of 1, 0 or null for each of the ten criteria")
        if row["id"] in found:
            raise CorpusError(f"{place}: {row['id']} occurs twice")
        found[row["id"]] = {criterion: verdicts[criterion] for criterion in CRITERION_IDS}
    return found
