"""``overclaim batch``: score a file of records into another."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from classifier.annotation import check_mode
from service.batch.jsonl import Options, run_to_file, run_to_stream
from service.commands.common import chosen_labels, load_annotator
from service.console import CommandError, error, note, use_utf8
from service.offsets import check_unit
from service.settings import load_settings
from service.sources import os_reason
from service.wire import json_line


class _StandardOutput:
    def write(self, row: dict[str, object]) -> None:
        print(json_line(row), flush=True)

    def write_error(self, row: dict[str, object]) -> None:
        error(f"line {row['line']}: {row['reason']}")


def run(source: str, out: str, *, mode: str, labels: Sequence[str], offset_unit: str, model: Path | None) -> int:
    """Score every record of ``source`` into ``out`` (``-`` for the standard streams).

    Returns
    -------
    int
        0, even if some records were bad: they are counted on standard error and listed beside ``out``.

    Raises
    ------
    OverclaimError
        If an option, a file or an unfinished output can't be used.
    """
    options = Options(mode=check_mode(mode), labels=chosen_labels(labels), offset_unit=check_unit(offset_unit))
    settings = load_settings()
    _check_out(source, out)
    with _opened(source) as stream:
        annotator = load_annotator(model, settings)
        if out == "-":
            use_utf8(sys.stdout)
            counts = run_to_stream(stream, _StandardOutput(), annotator, options, settings)
        else:
            try:
                counts = run_to_file(stream, Path(out), annotator, options, settings)
            except BrokenPipeError:
                raise
            except OSError as err:
                raise CommandError(f"{err.filename or out}: {os_reason(err)}") from None
    kept = f", {counts.kept} kept from an earlier run" if counts.kept else ""
    where = f" (see {out}.errors.jsonl)" if counts.bad and out != "-" else ""
    note(f"{counts.written} records written{kept}, {counts.bad} bad{where}")
    return 0


def _check_out(source: str, out: str) -> None:
    if out == "-":
        return
    target = Path(out)
    if target.is_dir():
        raise CommandError(f"{out}: is a directory, not a file")
    if source != "-" and target.exists() and Path(source).exists() and target.samefile(source):
        raise CommandError(f"{out}: IN and OUT are the same file")


@contextmanager
def _opened(source: str) -> Iterator[BinaryIO]:
    if source == "-":
        yield sys.stdin.buffer
        return
    try:
        stream = Path(source).open("rb")  # noqa: SIM115  (closed below, where its own errors are not ours to name)
    except OSError as err:
        raise CommandError(f"{source}: {os_reason(err)}") from None
    with stream:
        yield stream
