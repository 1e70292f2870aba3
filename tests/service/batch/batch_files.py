"""Batch files: the records that tests score, what must come out, and ways to run the command in processes."""

from __future__ import annotations

import json
import os
import sys
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from classifier.annotator import Annotator
from classifier.document import Document
from service.batch.rows import output_row
from service.cli import main

FAKE_CLI = [sys.executable, str(Path(__file__).parents[1] / "fake_cli.py"), "batch"]
RECORDS: list[dict[str, Any]] = [
    {"id": n, "text": f"Number {n} 😀: a breakthrough.", **({"title": "A miracle"} if n % 2 else {})} for n in range(80)
]


def written(path: Path, *lines: str) -> Path:
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n")[:-1]]


def row_of(annotator: Annotator, record: dict[str, Any]) -> dict[str, Any]:
    extra = {name: value for name, value in record.items() if name not in {"id", "text", "title"}}
    article = SimpleNamespace(id=record["id"], document=Document(record["text"], record.get("title")), extra=extra)
    return output_row(article, annotator.annotate(record["text"], title=record.get("title")))


def expected(annotator: Annotator, records: Sequence[dict[str, Any]] = RECORDS) -> list[dict[str, Any]]:
    return [row_of(annotator, record) for record in records]


def outputs(folder: Path) -> dict[str, bytes]:
    """All files but the inputs, by name."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if not path.name.startswith("in.")}


def forked(arguments: Sequence[str], before: Callable[[], None] = lambda: None) -> int:
    """Run the command in a process of its own that has everything imported; return its id."""
    with warnings.catch_warnings():
        # Newer Pythons warn of threads; the ones that the number libraries keep are idle here.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        code = 70
        try:
            log = os.open(os.environ.get("FORKED_LOG", os.devnull), os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            os.dup2(log, 1)
            os.dup2(log, 2)
            sys.stdout, sys.stderr = os.fdopen(1, "w", closefd=False), os.fdopen(2, "w", closefd=False)
            before()
            code = main(arguments)
            sys.stderr.flush()
        finally:
            os._exit(code)
    return child


def ended(child: int) -> int:
    """Wait for a process; its exit code, or minus the signal that killed it."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
