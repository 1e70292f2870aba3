"""The unfinished output of a batch run: what of it is whole, and whether this run may go on with it.

``OUT.part`` grows by whole lines and becomes ``OUT`` when the run is done. ``OUT.part.meta.json`` says with which
model and options it was begun. ``OUT.errors.jsonl`` lists the records that couldn't be scored.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from service.console import CommandError
from service.wire import json_line


def _beside(out: Path, suffix: str) -> Path:
    return out.with_name(out.name + suffix)


class PartFile:
    """An output that isn't whole yet.

    Parameters
    ----------
    out : Path
        Where the finished output goes.
    meta : mapping
        Model and options. A run may only go on with a part that was begun with the same.

    Raises
    ------
    CommandError
        If a part can't be gone on with: begun otherwise, its meta file is missing or damaged, or another run is
        writing it.
    OSError
        If a file can't be opened.
    """

    def __init__(self, out: Path, meta: Mapping[str, object]) -> None:
        self.out = out
        self.part = _beside(out, ".part")
        self.errors = _beside(out, ".errors.jsonl")
        self._meta_file = _beside(out, ".part.meta.json")
        resuming = self.part.exists()
        if resuming:
            self._check_meta(meta)
        else:
            # The meta file comes first: a part without one would be of unknown origin.
            self._meta_file.write_text(json.dumps(meta, indent=1) + "\n", encoding="utf-8")
        self._file = self.part.open("ab")
        self._lock()
        if not resuming:
            self.errors.unlink(missing_ok=True)
        self._kept_bytes = _drop_torn_end(self.part, "id")
        if self.errors.exists():
            _drop_torn_end(self.errors, "line")
        self.known_bad = {row["line"] for row in _rows(self.errors)} if self.errors.exists() else set()
        self._errors_file: BinaryIO | None = None

    def kept_ids(self) -> Iterator[object]:
        """Read the ids of the records that an earlier run finished, in order."""
        return (row["id"] for row in _rows(self.part, self._kept_bytes))

    def write(self, row: Mapping[str, object]) -> None:
        """Add a finished record. It is handed to the system at once, so that a killed run loses none."""
        _append(self._file, row)

    def write_error(self, row: Mapping[str, object]) -> None:
        """Add a record that couldn't be scored, unless an earlier run has listed its line."""
        if row["line"] in self.known_bad:
            return
        if self._errors_file is None:
            self._errors_file = self.errors.open("ab")
        _append(self._errors_file, row)

    def finish(self) -> None:
        """Put the output in its place in one step."""
        os.fsync(self._file.fileno())
        self.part.replace(self.out)
        self._meta_file.unlink(missing_ok=True)

    def close(self) -> None:
        """Close the files; an unfinished part stays for the next run."""
        self._file.close()
        if self._errors_file is not None:
            self._errors_file.close()

    def _check_meta(self, meta: Mapping[str, object]) -> None:
        advice = f"go on with what it was begun with, or delete {self.part} to start anew"
        try:
            before = json.loads(self._meta_file.read_bytes())
        except FileNotFoundError:
            raise CommandError(f"{self.part} has no {self._meta_file.name}: {advice}") from None
        except ValueError:
            raise CommandError(f"{self._meta_file} is damaged: {advice}") from None
        for name, value in meta.items():
            found = before.get(name) if isinstance(before, dict) else None
            if found != value:
                raise CommandError(f"{self.part} was begun with another {name} ({_short(found)}): {advice}")

    def _lock(self) -> None:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._file.close()
            raise CommandError(f"{self.part} is being written by another run") from None


def _append(file: BinaryIO, row: Mapping[str, object]) -> None:
    file.write(json_line(row).encode("utf-8") + b"\n")
    file.flush()


def _short(value: object) -> str:
    return json.dumps(value)[:80]


def _drop_torn_end(path: Path, key: str) -> int:
    """Cut a file after its last whole row that holds ``key``; return its length in bytes."""
    kept = 0
    with path.open("r+b") as file:
        for raw in file:
            try:
                row = json.loads(raw)
            except ValueError:
                break
            if not (raw.endswith(b"\n") and isinstance(row, dict) and key in row):
                break
            kept += len(raw)
        file.truncate(kept)
    return kept


def _rows(path: Path, end: int | None = None) -> Iterator[dict[str, object]]:
    position = 0
    with path.open("rb") as file:
        for raw in file:
            position += len(raw)
            if end is not None and position > end:
                return
            yield json.loads(raw)
