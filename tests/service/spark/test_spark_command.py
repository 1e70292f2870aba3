"""``overclaim batch --engine spark`` as a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from archives_of_articles import rows_of, write_parts

from service.cli import main
from service.version import version

MARK = "OVERCLAIM_TEST_OF_SPARK"


def run(mark: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    code = "import sys; from service.cli import main; sys.exit(main())"
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, MARK: mark},
    )


def processes_with(mark: str) -> list[str]:
    """Names of the processes that have inherited a mark in their environment."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.environ().get(MARK) == mark:
                found.append(process.name())
    return found


@pytest.mark.model
@pytest.mark.usefixtures("java")
def test_it_says_one_line_and_leaves_no_process(tmp_path: Path) -> None:
    source, out = write_parts(tmp_path / "in", (7,)), tmp_path / "out.parquet"
    done = run(str(tmp_path), "batch", "--engine", "spark", "--master", "local[1]", str(source), str(out))
    assert done.stderr == f"overclaim: 6 records written, 1 bad (see {out}.errors.jsonl)\n"
    assert (done.returncode, done.stdout) == (0, "")
    assert processes_with(str(tmp_path)) == []
    assert [row["model"]["version"] for row in rows_of(out)] == [version()] * 6
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "in",
        "out.parquet",
        "out.parquet.errors.jsonl",
        "out.spans.parquet",
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--engine", "flink"], "--engine 'flink' is unknown; known are local, spark"),
        (["--master", "yarn"], "--master is used with --engine spark only"),
        (["--engine", "spark", "--to", "csv"], "--to must be parquet"),
        (["--engine", "spark", "--jobs", "2"], "--jobs belongs to the local engine"),
        (["--engine", "spark", "--mode", "loud"], "mode 'loud' is unknown"),
    ],
)
def test_options_that_do_not_fit(
    arguments: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["batch", *arguments, str(tmp_path / "in.parquet"), str(tmp_path / "out.parquet")]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1


def test_without_java_it_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("pandas", reason="pyspark asks for pandas before Java")
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "none"))
    source = write_parts(tmp_path / "in", (1,))
    assert main(["batch", "--engine", "spark", str(source), str(tmp_path / "out")]) == 2
    assert "Spark needs Java 17 or later: JAVA_HOME names no folder of it" in capsys.readouterr().err
