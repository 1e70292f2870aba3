"""``STATS.json``: what is counted, and that it is current."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from small_data import OWN, change, put, write_small_data

from classifier.labels import LABEL_IDS
from classifier.training import stats
from classifier.training.stats import statistics_of, stats_text
from classifier.training.texts import data_folder


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return write_small_data(tmp_path)


def by_label(**counts: int) -> dict[str, int]:
    return {label: counts.get(label, 0) for label in LABEL_IDS}


def test_counts(data: Path) -> None:
    words = sorted(len(text.split()) for text in OWN.values())
    found = statistics_of(data)
    assert found["splits"] == {
        "train": {
            "articles": 2,
            "sentences": 8,
            "flagged_sentences": 2,
            "labels": 3,
            "by_label": by_label(overstated_efficacy=2, sensational_language=1),
        },
        "open": {
            "articles": 1,
            "sentences": 2,
            "flagged_sentences": 1,
            "labels": 1,
            "by_label": by_label(understated_harms=1),
        },
        "own": {
            "articles": 2,
            "sentences": 6,
            "flagged_sentences": 3,
            "labels": 3,
            "by_label": by_label(overstated_efficacy=2, sensational_language=1),
            "by_stance": {"careful": 0, "mixed": 0, "uncritical": 2},
            "words": {"min": words[0], "median": sum(words) / 2, "max": words[1]},
        },
        "dev": {
            "articles": 1,
            "sentences": 2,
            "flagged_sentences": 1,
            "labels": 1,
            "by_label": by_label(missing_absolute_risk=1),
        },
    }
    assert found["folds"] == {"0": 1, "1": 1, "2": 1, "3": 1, "4": 1}
    assert list(found["splits"]) == ["train", "open", "own", "dev"]


def test_digests_are_of_all_files_and_notice_any_change(data: Path) -> None:
    found = statistics_of(data)["sha256"]
    assert isinstance(found, dict)
    assert set(found) == {path.relative_to(data).as_posix() for path in data.rglob("*") if path.is_file()}
    path = data / "articles/batch-01.jsonl"
    assert found["articles/batch-01.jsonl"] == hashlib.sha256(path.read_bytes()).hexdigest()
    before = stats_text(data)
    change(path, 2, lambda row: row.update(topic="a topic that isn't counted"))
    assert stats_text(data) != before


def test_no_articles_of_our_own_have_no_words(data: Path) -> None:
    (data / "articles/batch-01.jsonl").unlink()
    folds = (data / "splits/folds.tsv").read_text(encoding="utf-8").splitlines(keepends=True)
    put(data / "splits/folds.tsv", "".join(line for line in folds if not line.startswith("own")))
    splits = statistics_of(data)["splits"]
    assert isinstance(splits, dict)
    assert (splits["own"]["articles"], splits["own"]["words"]) == (0, None)


def test_command(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert stats.main([str(data)]) == 0
    written = (data / "STATS.json").read_bytes()
    assert written == stats_text(data).encode()
    assert json.loads(written) == statistics_of(data)
    put(data / "splits/dev.txt", "x\n")
    assert stats.main([str(data)]) == 2
    assert capsys.readouterr().err == f"overclaim: error: {data / 'splits/dev.txt'}:1: a line must be an id alone\n"
    assert (data / "STATS.json").read_bytes() == written


def test_the_project_s_file_is_current() -> None:
    data = data_folder()
    written = (data / "STATS.json").read_text(encoding="utf-8")
    assert written == stats_text(data), "run python -m classifier.training.stats and commit STATS.json with the data"
