"""A killed batch run goes on where it stopped, and only where that is right."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from batch_files import RECORDS, expected, rows, written
from fake_annotator import FAKE_MODEL, FakeAnnotator

import classifier
from classifier.annotation import Annotation
from service.cli import main

FAKE_CLI = [sys.executable, str(Path(__file__).with_name("fake_cli.py")), "batch"]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return written(tmp_path / "in.jsonl", *(json.dumps(record) for record in RECORDS))


class Dying(FakeAnnotator):
    """Dies at an article as a killed process would: without any tidying up of the output."""

    def __init__(self, at: int) -> None:
        super().__init__()
        self.at = at
        self.seen: list[str] = []

    def annotate_many(self, documents: Any, **options: Any) -> Iterator[Annotation]:
        for annotation in super().annotate_many(documents, **options):
            if f"Number {self.at} " in annotation.document.text:
                raise KeyboardInterrupt
            self.seen.append(annotation.document.text)
            yield annotation


@pytest.fixture
def half_done(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(classifier, "load", lambda path=None: Dying(50))
    out = tmp_path / "out"
    assert main(["batch", str(source), str(out)]) == 130
    assert not out.exists()
    assert len(rows(tmp_path / "out.part")) == 50
    return out


@pytest.mark.parametrize("torn", [b"", b'{"id": 50, "spa', b'{"id": 50}', b"\x00\x00\x00\n", b'"id"\n{"x": 1}\n'])
def test_going_on_drops_what_is_torn(
    half_done: Path,
    source: Path,
    fake: FakeAnnotator,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    torn: bytes,
) -> None:
    with half_done.with_name("out.part").open("ab") as part:
        part.write(torn)
    again = Dying(-1)
    monkeypatch.setattr(classifier, "load", lambda path=None: again)
    assert main(["batch", str(source), str(half_done)]) == 0
    assert rows(half_done) == expected(fake)
    assert again.seen == [record["text"] for record in RECORDS[50:]], "nothing may be scored twice or left out"
    assert "30 records written, 50 kept from an earlier run, 0 bad" in capsys.readouterr().err
    assert sorted(path.name for path in half_done.parent.iterdir()) == ["in.jsonl", "out"]


def test_going_on_with_bad_records_lists_each_once(
    tmp_path: Path, fake: FakeAnnotator, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [json.dumps(record) for record in RECORDS]
    lines[10:10] = ["nonsense", ""]
    source = written(tmp_path / "in", *lines, "more nonsense")
    out = tmp_path / "out"
    monkeypatch.setattr(classifier, "load", lambda path=None: Dying(50))
    assert main(["batch", str(source), str(out)]) == 130
    monkeypatch.setattr(classifier, "load", lambda path=None: fake)
    assert main(["batch", str(source), str(out)]) == 0
    assert rows(out) == expected(fake)
    assert [row["line"] for row in rows(tmp_path / "out.errors.jsonl")] == [11, 83]


def test_a_run_of_another_kind_may_not_go_on(
    half_done: Path, source: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    part = half_done.with_name("out.part")
    before = part.read_bytes()

    class Other(FakeAnnotator):
        def __init__(self) -> None:
            self.model = classifier.annotation.ModelInfo(FAKE_MODEL.version, "cd" * 32)

    def refused(reason: str, *options: str) -> None:
        capsys.readouterr()
        assert main(["batch", str(source), str(half_done), *options]) == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert err.startswith(f"overclaim: error: {reason}")
        assert f"delete {part} to start anew" in err
        assert err.count("\n") == 1
        assert part.read_bytes() == before
        assert not half_done.exists()

    refused(f'{part} was begun with another mode ("balanced")', "--mode", "strict")
    refused(f"{part} was begun with another labels", "--label", "understated_harms")
    refused(f"{part} was begun with another offset_unit", "--offset-unit", "utf8")
    monkeypatch.setattr(classifier, "load", lambda path=None: Other())
    refused(f"{part} was begun with another model")
    monkeypatch.undo()
    monkeypatch.setattr(classifier, "load", lambda path=None: FakeAnnotator())
    meta = half_done.with_name("out.part.meta.json")
    good = meta.read_text()
    meta.write_text("{")
    refused(f"{meta} is damaged")
    meta.unlink()
    refused(f"{part} has no out.part.meta.json")
    meta.write_text(good)
    assert main(["batch", str(source), str(half_done)]) == 0


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda lines: lines[1:], "the record of line 1 isn't in its place there"),
        (lambda lines: lines[:20] + lines[21:], "the record of line 21 isn't in its place there"),
        (lambda lines: lines[:30], "it holds more records"),
    ],
)
def test_another_input_may_not_go_on(
    half_done: Path,
    source: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    change: Any,
    reason: str,
) -> None:
    monkeypatch.setattr(classifier, "load", lambda path=None: FakeAnnotator())
    written(source, *change(source.read_text().splitlines()))
    assert main(["batch", str(source), str(half_done)]) == 2
    assert f"was begun from another input ({reason})" in capsys.readouterr().err
    assert not half_done.exists()
    assert len(rows(half_done.with_name("out.part"))) == 50


def test_a_finished_output_is_replaced_only_when_the_new_one_is_whole(
    source: Path, tmp_path: Path, fake: FakeAnnotator, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = written(tmp_path / "out", "the old one")
    written(tmp_path / "out.errors.jsonl", '{"line": 3, "reason": "of the old one"}')
    monkeypatch.setattr(classifier, "load", lambda path=None: Dying(5))
    assert main(["batch", str(source), str(out)]) == 130
    assert out.read_text() == "the old one\n"
    monkeypatch.setattr(classifier, "load", lambda path=None: fake)
    assert main(["batch", str(source), str(out)]) == 0
    assert rows(out) == expected(fake)
    assert not (tmp_path / "out.errors.jsonl").exists()


def test_killed_for_good_and_run_again(source: Path, tmp_path: Path, fake: FakeAnnotator) -> None:
    out = tmp_path / "out"
    part = tmp_path / "out.part"
    command = [*FAKE_CLI, str(source), str(out)]
    with subprocess.Popen(command, env=os.environ | {"FAKE_DELAY": "0.4"}, stderr=subprocess.PIPE) as process:
        deadline = time.monotonic() + 60
        while not (part.exists() and part.read_bytes().count(b"\n") >= 5):
            assert time.monotonic() < deadline
            time.sleep(0.01)
        second = subprocess.run(command, capture_output=True, timeout=60, check=False)
        assert second.returncode == 2
        assert second.stderr.decode() == f"overclaim: error: {part} is being written by another run\n"
        process.send_signal(signal.SIGKILL)
        assert process.wait(60) == -signal.SIGKILL
    kept = part.read_bytes().count(b"\n")
    assert 5 <= kept < 80
    done = subprocess.run(command, capture_output=True, timeout=60, check=False)
    assert done.returncode == 0
    assert f"{80 - kept} records written, {kept} kept from an earlier run, 0 bad" in done.stderr.decode()
    assert rows(out) == expected(fake)
