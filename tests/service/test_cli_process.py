"""The command in a process of its own: streams, signals, exit codes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FAKE_CLI = [sys.executable, str(Path(__file__).with_name("fake_cli.py"))]
TEXT = "A headline\n\nThe 😀 miracle cure.\nA “breakthrough”: it is safe.\n"


@pytest.fixture
def article(tmp_path: Path) -> Path:
    file = tmp_path / "story.txt"
    file.write_bytes(TEXT.encode())
    return file


class TestProcess:
    """In a process of its own: streams, signals, exit codes."""

    def run(self, *arguments: str, stdin: bytes = b"", **environment: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [*FAKE_CLI, *arguments],
            input=stdin,
            capture_output=True,
            env=os.environ | environment,
            timeout=60,
            check=False,
        )

    def test_standard_input_under_an_ascii_locale(self) -> None:
        for options in ([], ["--format", "json"], ["--format", "html"]):
            done = self.run("annotate", "-", *options, stdin="Ein “wunder 😀 pill”".encode(), PYTHONIOENCODING="ascii")
            assert (done.returncode, done.stderr) == (0, b"")
            assert "wunder 😀 pill" in done.stdout.decode("utf-8")

    def test_listing_names_standard_input(self) -> None:
        done = self.run("annotate", "-", "--fail-on", "any", stdin=b"A breakthrough")
        assert done.returncode == 1
        assert done.stdout.startswith(b'<stdin>:1:3: sensational_language: "breakthrough": ')
        assert b"\x1b" not in done.stdout

    def test_bad_standard_input(self) -> None:
        done = self.run("annotate", "-", stdin=b"\xff")
        assert (done.returncode, done.stdout) == (2, b"")
        assert done.stderr == b"overclaim: error: <stdin> is not UTF-8: bad byte 0xff at byte offset 0\n"

    def test_a_file_name_that_is_no_text(self, tmp_path: Path) -> None:
        name = os.fsencode(tmp_path) + b"/\xff.txt"
        Path(os.fsdecode(name)).write_text("A breakthrough")
        for options in ([], ["--format", "jsonl"], ["--format", "html"]):
            done = self.run("annotate", os.fsdecode(name), *options)
            assert (done.returncode, done.stderr) == (0, b"")
            assert b"breakthrough" in done.stdout
        assert b"no such file" in self.run("annotate", os.fsdecode(name) + "x").stderr

    def test_a_broken_pipe_is_quiet(self, article: Path) -> None:
        with subprocess.Popen(
            [*FAKE_CLI, "annotate", *[str(article)] * 2000], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            process.stdout.readline()
            process.stdout.close()
            assert process.stderr.read() == b""
            assert process.wait(60) == 141

    def test_ctrl_c_is_quiet(self, article: Path) -> None:
        with subprocess.Popen(
            [*FAKE_CLI, "annotate", "--format", "jsonl", *[str(article)] * 100],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=os.environ | {"FAKE_DELAY": "0.2"},
        ) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            process.stdout.readline()
            time.sleep(0.05)
            process.send_signal(signal.SIGINT)
            assert process.wait(60) == 130
            assert process.stderr.read() == b""

    def test_as_a_module(self) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "service.cli", "annotate", "nowhere"], cwd=ROOT, capture_output=True, check=False
        )
        assert (done.returncode, done.stdout) == (2, b"")
        assert done.stderr == b"overclaim: error: nowhere: no such file\n"
