"""Runs in real processes are really killed: nothing is lost, nothing comes twice, no process is left behind."""

from __future__ import annotations

import errno
import json
import os
import random
import resource
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest
from batch_files import FAKE_CLI, RECORDS, ended, forked, outputs, rows, written
from fake_annotator import FakeAnnotator

import classifier
from classifier.annotator import Annotator
from classifier.training.corpus import read_labelled
from classifier.training.texts import data_folder
from service.batch.sigterm import Terminated, sigterm_stops

LINES = [json.dumps({**record, "date": f"2026-01-{record['id'] % 28 + 1:02}"}) for record in RECORDS]
LINES[7:7] = ["nonsense"]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return written(tmp_path / "in.jsonl", *LINES)


@pytest.fixture(autouse=True)
def _log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORKED_LOG", str(tmp_path / "in.log"))


def undisturbed(source: Path, out: Path) -> dict[str, bytes]:
    assert ended(forked(["batch", str(source), str(out), "--jobs", "1"])) == 0
    found = outputs(out.parent)
    for name in found:
        (out.parent / name).unlink()
    return found


@pytest.mark.model
@pytest.mark.parametrize("name", ["out.jsonl", "out.parquet"])
def test_killed_at_ten_random_moments(
    tmp_path: Path, annotator: Annotator, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(classifier, "load", lambda path=None, **_: annotator)
    paragraphs = [text for article in read_labelled(data_folder()).own for text in article.text.split("\n\n")]
    lines = [json.dumps({"id": n, "text": text, "n": n / 2}) for n, text in enumerate(paragraphs[:160]) if text.strip()]
    lines[50:50] = ["nonsense"]
    source, out = written(tmp_path / "in.jsonl", *lines), tmp_path / name
    start = time.monotonic()
    expected = undisturbed(source, out)
    whole = time.monotonic() - start
    chance = random.Random(name)
    kills = 0
    while True:
        child = forked(["batch", str(source), str(out), "--jobs", "1"])
        if kills < 10:
            # Now and then later, in the last phase; and never so early each time that nothing is ever done.
            time.sleep(chance.uniform(0, whole / 3 * (1 + kills / 10)))
            os.kill(child, signal.SIGKILL)
        code = ended(child)
        if code == 0:
            assert outputs(tmp_path) == expected
            if kills == 10:
                return
            for left in outputs(tmp_path):
                (tmp_path / left).unlink()
        else:
            assert code == -signal.SIGKILL, (tmp_path / "in.log").read_text()
            kills += 1


class Killer:
    """Kills its process at the n-th call of what changes files, before it happens."""

    def __init__(self, at: int) -> None:
        self.left = at

    def before(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def killing(*arguments: Any, **options: Any) -> Any:
            if self.left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            self.left -= 1
            return call(*arguments, **options)

        return killing

    def install(self) -> None:
        for owner, name in ((os, "fsync"), (Path, "replace"), (Path, "unlink"), (Path, "open")):
            setattr(owner, name, self.before(getattr(owner, name)))


@pytest.mark.parametrize("name", ["out.jsonl", "out.parquet"])
def test_killed_at_every_step_of_the_last_phase(
    source: Path, tmp_path: Path, fake_model: FakeAnnotator, name: str
) -> None:
    out = tmp_path / name
    arguments = ["batch", str(source), str(out), "--jobs", "1"]
    expected = undisturbed(source, out)
    for step in range(100):
        code = ended(forked(arguments, Killer(step).install))
        if code == 0:
            break
        assert code == -signal.SIGKILL
        # The main output comes last: where it is, all is.
        assert not out.exists() or {**outputs(tmp_path), **expected} == outputs(tmp_path)
        assert ended(forked(arguments)) == 0, (tmp_path / "in.log").read_text()
        assert outputs(tmp_path) == expected
        for left in expected:
            (tmp_path / left).unlink()
    assert 10 < step < 99
    assert outputs(tmp_path) == expected


def _limited(size: int) -> Callable[[], None]:
    # The system then refuses to make files longer, as a full disk does.
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def _die_before_sync() -> None:
    setattr(os, "fsync", Killer(0).before(os.fsync))  # noqa: B010  (no type fits)


@pytest.mark.parametrize("name", ["out.jsonl", "out.csv", "out.parquet"])
def test_no_room(source: Path, tmp_path: Path, fake_model: FakeAnnotator, name: str) -> None:
    out, log = tmp_path / name, tmp_path / "in.log"
    part = tmp_path / f"{name}.part"
    arguments = ["batch", str(source), str(out), "--jobs", "1"]
    expected = undisturbed(source, out)
    room = f"what is done is kept in {part}: run the same command again to go on"
    reason = os.strerror(errno.EFBIG).lower()
    for size in (1_000, 100_000):
        assert ended(forked(arguments, _limited(size))) == 2
        assert log.read_text() == f"overclaim: error: {part}: {reason}; make room ({room})\n"
        assert part.stat().st_size <= size
        assert not out.exists()
    assert len(rows(part)) == 64
    # The journal is whole, and there is no room for the output.
    assert ended(forked(arguments, _die_before_sync)) == -signal.SIGKILL
    assert len(rows(part)) == 81
    before = outputs(tmp_path).keys()
    assert ended(forked(arguments, _limited(1_000))) == 2
    assert log.read_text().endswith(f": {reason}; make room ({room})\n")
    assert log.read_text().count("\n") == 1
    assert outputs(tmp_path).keys() <= before, "what couldn't be written whole must go"
    assert ended(forked(arguments)) == 0
    assert outputs(tmp_path) == expected


def _started(arguments: list[str], part: Path, lines: int, **environment: str) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        [*FAKE_CLI, *arguments],
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    deadline = time.monotonic() + 120
    while not (part.exists() and part.read_bytes().count(b"\n") >= lines):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return process


def _gone(processes: list[psutil.Process]) -> bool:
    return not psutil.wait_procs(processes, timeout=60)[1]


@pytest.mark.parametrize(
    ("how", "to_all"),
    # A terminal sends Ctrl-C to the workers, too, and some service managers send them SIGTERM.
    [("SIGKILL", False), ("SIGTERM", False), ("SIGTERM", True), ("SIGINT", True)],
)
def test_no_process_outlives_its_parent(
    source: Path, tmp_path: Path, fake_model: FakeAnnotator, how: str, to_all: bool
) -> None:
    out, part = tmp_path / "out.jsonl", tmp_path / "out.jsonl.part"
    expected = undisturbed(source, out)
    arguments = [str(source), str(out), "--jobs", "2"]
    with _started(arguments, part, 32, FAKE_DELAY="0.2") as process:
        workers = psutil.Process(process.pid).children(recursive=True)
        assert len(workers) >= 2
        assert ended(forked(["batch", str(source), str(out), "--jobs", "1"])) == 2
        assert (tmp_path / "in.log").read_text() == f"overclaim: error: {part} is being written by another run\n"
        (os.killpg if to_all else os.kill)(process.pid, signal.Signals[how])
        _, err = process.communicate(timeout=60)
        assert _gone(workers)
    assert process.returncode == (130 if how == "SIGINT" else -signal.Signals[how])
    told = f"overclaim: stopped; what is done is kept in {part}: run the same command again to go on\n"
    assert err.decode() == ("" if how == "SIGKILL" else told)
    kept = part.read_bytes().count(b"\n")
    assert 32 <= kept < 81
    assert ended(forked(["batch", str(source), str(out), "--jobs", "1"])) == 0
    told = (tmp_path / "in.log").read_text()
    assert f"{81 - kept} records written, {kept - 1} kept from an earlier run, 1 bad" in told
    assert outputs(tmp_path) == expected


def test_sigterm_with_one_job_is_told_once_and_only_of_a_file(source: Path, tmp_path: Path) -> None:
    out, part = tmp_path / "out.jsonl", tmp_path / "out.jsonl.part"
    with _started([str(source), str(out), "--jobs", "1"], part, 32, FAKE_DELAY="0.1") as process:
        process.terminate()
        _, err = process.communicate(timeout=60)
    assert process.returncode == -signal.SIGTERM
    assert err.decode() == f"overclaim: stopped; what is done is kept in {part}: run the same command again to go on\n"
    # What is printed can't be gone on with, so nothing says that it could.
    arguments = [str(source), "-", "--jobs", "1"]
    with subprocess.Popen(
        [*FAKE_CLI, *arguments],
        env=os.environ | {"FAKE_DELAY": "0.1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline()
        process.terminate()
        _, err = process.communicate(timeout=60)
    assert process.returncode == -signal.SIGTERM
    assert b"stopped" not in err


def test_sigterm_that_is_ignored_stays_so() -> None:
    before = signal.getsignal(signal.SIGTERM)
    try:
        for kept in (signal.SIG_IGN, lambda *_: None):
            signal.signal(signal.SIGTERM, kept)
            with sigterm_stops():
                assert signal.getsignal(signal.SIGTERM) is kept
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        with pytest.raises(Terminated), sigterm_stops():
            os.kill(os.getpid(), signal.SIGTERM)
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    finally:
        signal.signal(signal.SIGTERM, before)


def test_a_worker_that_dies(source: Path, tmp_path: Path, fake_model: FakeAnnotator) -> None:
    out, part = tmp_path / "out.jsonl", tmp_path / "out.jsonl.part"
    expected = undisturbed(source, out)
    command = [*FAKE_CLI, str(source), str(out), "--jobs", "2"]
    died = subprocess.run(
        command, env=os.environ | {"FAKE_DEATH": "Number 75 "}, capture_output=True, timeout=120, check=False
    )
    assert died.returncode == 2
    assert died.stderr.decode() == (
        "overclaim: error: a worker process ended before its work was done, killed by SIGKILL; perhaps memory ran out; "
        f"what is done is kept in {part}: run the same command again, perhaps with fewer --jobs\n"
    )
    assert not out.exists()
    assert ended(forked(["batch", str(source), str(out), "--jobs", "1"])) == 0
    assert outputs(tmp_path) == expected
