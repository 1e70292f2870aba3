"""The shipped model gives the same bytes in every process: however many there are, and whichever of them was killed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from batch_files import expected, outputs, rows

from classifier.annotator import Annotator
from classifier.training.corpus import read_labelled
from classifier.training.texts import data_folder

RUN = [sys.executable, "-c", "import sys; from service.cli import main; sys.exit(main())", "batch", "-"]


def started(out: Path, jobs: int, seed: int) -> subprocess.Popen[bytes]:
    """A run over standard input in fresh processes, whose sets have an order of their own."""
    return subprocess.Popen(
        [*RUN, str(out), "--jobs", str(jobs)],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | {"PYTHONHASHSEED": str(seed), "OMP_NUM_THREADS": "1"},
    )


@pytest.mark.model
def test_the_shipped_model_gives_the_same_bytes_in_every_process(tmp_path: Path, annotator: Annotator) -> None:
    paragraphs = [text for article in read_labelled(data_folder()).own for text in article.text.split("\n\n")]
    records = [{"id": n, "text": text} for n, text in enumerate(text for text in paragraphs if len(text) > 60)][:130]
    lines = b"".join(json.dumps(record).encode() + b"\n" for record in records)
    out = tmp_path / "out.jsonl"
    with started(out, jobs=1, seed=1) as process:
        _, told = process.communicate(lines)
    assert told == b"overclaim: 130 records written, 0 bad\n"
    alone = outputs(tmp_path)
    assert alone.keys() == {"out.jsonl"}
    assert rows(out) == expected(annotator, records)
    assert sum(len(row["spans"]) for row in rows(out)) > 20
    out.unlink()
    with started(out, jobs=1, seed=2) as process:
        assert process.stdin is not None
        # It waits for the rest of a chunk when it is killed.
        process.stdin.write(b"".join(lines.splitlines(keepends=True)[:70]))
        process.stdin.flush()
        part = tmp_path / "out.jsonl.part"
        while not (part.exists() and part.read_bytes().count(b"\n") >= 32):
            assert process.poll() is None, process.communicate()
            time.sleep(0.02)
        process.kill()
    assert not out.exists()
    kept = part.read_bytes().count(b"\n")
    with started(out, jobs=2, seed=3) as process:
        _, told = process.communicate(lines)
    assert told.decode() == f"overclaim: {130 - kept} records written, {kept} kept from an earlier run, 0 bad\n"
    assert outputs(tmp_path) == alone
