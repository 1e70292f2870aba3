"""In a real terminal a bar tells how far a run is, and leaves nothing behind it."""

from __future__ import annotations

import json
import os
import pty
import sys
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from batch_files import RECORDS, written
from fake_annotator import FakeAnnotator

import classifier
from classifier.annotation import Annotation
from service.cli import main


class Slow(FakeAnnotator):
    """Takes so long that the bar is drawn a few times, with a rate."""

    def annotate_many(self, documents: Any, **options: Any) -> Iterator[Annotation]:
        for annotation in super().annotate_many(documents, **options):
            time.sleep(0.025)
            yield annotation


def in_a_terminal(arguments: list[str]) -> tuple[int, str]:
    """Run the command in a process with a terminal of its own; its exit code and all that the terminal was sent."""
    with warnings.catch_warnings():
        # As in `batch_files.forked`.
        warnings.simplefilter("ignore", DeprecationWarning)
        child, terminal = pty.fork()
    if child == 0:
        code = 70
        try:
            sys.stdout, sys.stderr = os.fdopen(1, "w", closefd=False), os.fdopen(2, "w", closefd=False)
            code = main(arguments)
            sys.stdout.flush()
            sys.stderr.flush()
        finally:
            os._exit(code)
    told = b""
    try:
        while piece := os.read(terminal, 65_536):
            told += piece
    except OSError:
        # The terminal's way to say that nobody is there any more.
        pass
    finally:
        os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), told.decode()


@pytest.fixture
def arguments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fake_model: FakeAnnotator) -> list[str]:
    for name, value in (("TERM", "xterm-256color"), ("COLUMNS", "120"), ("LINES", "30")):
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("NO_COLOR", raising=False)
    source = written(tmp_path / "in.jsonl", *map(json.dumps, RECORDS))
    return ["batch", str(source), str(tmp_path / "out.jsonl"), "--jobs", "1"]


def test_a_bar_with_rate_and_time_left(arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(classifier, "load", lambda path=None, **_: Slow())
    code, told = in_a_terminal(arguments)
    assert code == 0
    assert "64/80" in told
    assert " a second, about " in told
    assert " left" in told
    bar, _, rest = told.rpartition("\x1b[2K")
    assert "64/80" in bar, "the bar is erased in the end"
    assert rest.endswith("overclaim: 80 records written, 0 bad\r\n")
    assert "/80" not in rest


def test_quiet_sends_nothing_to_a_terminal(arguments: list[str]) -> None:
    assert in_a_terminal([*arguments, "--quiet"]) == (0, "")


def test_rows_in_a_terminal_have_no_bar_among_them(arguments: list[str]) -> None:
    code, told = in_a_terminal([*arguments[:2], "-", "--jobs", "1"])
    assert code == 0
    *lines, last = told.splitlines()
    assert [json.loads(line)["id"] for line in lines] == [record["id"] for record in RECORDS]
    assert last == "overclaim: 80 records written, 0 bad"
