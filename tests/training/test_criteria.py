"""The reader of reviewers' verdicts refuses what FORMAT.md refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from classifier.errors import CorpusError
from classifier.labels import CRITERION_IDS
from classifier.training.criteria import read_criteria
from classifier.training.texts import data_folder

GOOD = {"id": "news_reviews_00001", "criteria": dict.fromkeys(CRITERION_IDS, 1) | {"costs": None, "harms": 0}}


def write(folder: Path, *rows: object) -> Path:
    (folder / "criteria.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return folder


def test_shipped_verdicts_are_read() -> None:
    verdicts = read_criteria(data_folder())
    assert len(verdicts) > 400
    assert {value for row in verdicts.values() for value in row.values()} == {0, 1, None}


def test_values_are_kept(tmp_path: Path) -> None:
    row = read_criteria(write(tmp_path, GOOD))["news_reviews_00001"]
    assert (row["costs"], row["harms"], row["benefits"]) == (None, 0, 1)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([{**GOOD, "extra": 1}], "not an object of id and criteria"),
        ([{"id": "news_reviews_00001"}], "not an object of id and criteria"),
        ([{**GOOD, "id": 7}], "not an object of id and criteria"),
        ([{**GOOD, "criteria": {"costs": 1}}], "each of the ten criteria"),
        ([{**GOOD, "criteria": {**GOOD["criteria"], "costs": 2}}], "1, 0 or null"),  # type: ignore[dict-item]
        ([{**GOOD, "criteria": {**GOOD["criteria"], "costs": True}}], "1, 0 or null"),  # type: ignore[dict-item]
        ([GOOD, GOOD], "news_reviews_00001 occurs twice"),
    ],
)
def test_other_lines_are_refused(tmp_path: Path, rows: list[object], message: str) -> None:
    with pytest.raises(CorpusError, match=message):
        read_criteria(write(tmp_path, *rows))
