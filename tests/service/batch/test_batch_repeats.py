"""Ids that several records of a run share: counted, told once, and never a reason to stop."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from batch_files import rows, written
from hypothesis import given
from hypothesis import strategies as st

from service.batch.repeats import Ids, Repeats
from service.cli import main
from service.wire import json_line

WARNING = "overclaim: warning: 2 ids are those of several records (5 in all)\n"


def run(*arguments: object) -> int:
    return main(["batch", *map(str, arguments), "--jobs", "1"])


@pytest.fixture
def source(tmp_path: Path) -> Path:
    ids = ["a", 7, 'b"\\', "a", "c", "7", "a", "d"]
    return written(
        tmp_path / "in.jsonl", *(json.dumps({"id": known, "text": "A pill."}) for known in ids), '{"id": "d"}'
    )


@pytest.mark.usefixtures("fake_model")
@pytest.mark.parametrize("name", ["out.jsonl", "out.parquet", "out.csv"])
def test_they_are_told_once(source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    out = tmp_path / name
    assert run(source, out) == 0
    last = f"overclaim: 8 records written, 1 bad (see {out}.errors.jsonl); 2 repeated ids\n"
    assert capsys.readouterr() == ("", WARNING + last)
    if name == "out.jsonl":
        assert len(rows(out)) == 8


@pytest.mark.usefixtures("fake_model")
def test_they_are_told_of_standard_output_too_but_not_when_quiet(
    source: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(source, "-") == 0
    out, err = capsys.readouterr()
    assert out.count("\n") == 8
    assert err.endswith(f"{WARNING}overclaim: 8 records written, 1 bad; 2 repeated ids\n")
    assert run(source, "-", "--quiet") == 0
    assert "several records" not in capsys.readouterr().err


@pytest.mark.usefixtures("fake_model")
def test_one_id_for_each_record_is_not_worth_a_word(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = written(tmp_path / "in.csv", "text", "A pill.", "A pill.")
    assert run(source, tmp_path / "out.jsonl") == 0
    assert capsys.readouterr().err == "overclaim: 2 records written, 0 bad\n"


@given(st.lists(st.one_of(st.integers(-3, 3), st.text(max_size=2))))
def test_as_counted_by_hand(known: list[int | str]) -> None:
    ids = Ids()
    for value in known:
        ids.see(json_line({"id": value, "text": '{"id":1}'}).encode())
    several = [number for number in Counter(map(str, known)).values() if number > 1]
    assert ids.repeats() == Repeats(len(several), sum(several))


def test_eight_bytes_a_record() -> None:
    ids = Ids()
    for number in range(1000):
        ids.see(b'{"id":%d}' % number)
    assert ids._digests.itemsize * len(ids._digests) == 8000
