"""The journal of an unfinished run: what of it is whole, and whether this run may go on with it.

``OUT.part`` has one line for each record that is done, in the order of the input, whatever format the output will have:
its number, the digest of the record as it was read, and its finished row or the reason why there is none.
``OUT.part.meta.json`` says with which model and settings it was begun.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import re
from collections.abc import Iterator, Mapping
from io import FileIO
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeAlias
from zlib import crc32

from service.console import CommandError
from service.wire import json_line

EntryKind: TypeAlias = Literal["row", "error"]
_LINE = re.compile(
    rb'\{"number":([0-9]{1,18}),"digest":"([0-9a-f]{16})","crc32":([0-9]{1,10}),"(row|error)":(\{.*\})\}\n', re.DOTALL
)


class Entry(NamedTuple):
    """One line of a journal; ``body`` is the row or the error as JSON."""

    number: int
    digest: str
    kind: EntryKind
    body: bytes

    def told(self) -> str:
        """An error in words."""
        values = json.loads(self.body)
        return f"{values['place']}: {values['reason']}"


def entry_line(number: int, digest: str, kind: EntryKind, value: Mapping[str, Any]) -> bytes:
    """Write a line of the journal.

    Parameters
    ----------
    number : int
        The record's, from 1.
    digest : str
        The record's, 16 hex digits.
    kind : {"row", "error"}
    value : mapping
        The row or the error, of values that JSON knows.
    """
    body = json_line(value).encode("utf-8")
    return b'{"number":%d,"digest":"%s","crc32":%d,"%s":%s}\n' % (
        number,
        digest.encode(),
        crc32(body),
        kind.encode(),
        body,
    )


def parse_entry(line: bytes) -> Entry | None:
    """Read a line of the journal with its line end; None if it isn't whole."""
    found = _LINE.fullmatch(line)
    if found is None:
        return None
    number, digest, checksum, kind, body = found.groups()
    if crc32(body) != int(checksum):
        return None
    return Entry(int(number), digest.decode(), "row" if kind == b"row" else "error", body)


class Journal:
    """The journal of one output, locked against other runs.

    Parameters
    ----------
    out : Path
        Where the finished output goes.
    meta : mapping
        What decides the output besides the records. A run may only go on with a journal that was begun with the same.

    Raises
    ------
    CommandError
        If the journal can't be gone on with: begun otherwise, its meta file is missing or damaged, or another run is
        writing it.
    OSError
        If a file can't be opened.
    """

    def __init__(self, out: Path, meta: Mapping[str, object]) -> None:
        self.path = out.with_name(out.name + ".part")
        self._meta_path = out.with_name(out.name + ".part.meta.json")
        self._file = _locked(self.path)
        try:
            self._length = _whole_length(self.path)
            if self.path.stat().st_size:
                self._check_meta(meta)
                os.truncate(self._file.fileno(), self._length)
            else:
                self._meta_path.write_text(json.dumps(meta, indent=1) + "\n", encoding="utf-8")
        except BaseException:
            self._file.close()
            raise

    def append(self, lines: bytes) -> None:
        """Add whole lines. They are handed to the system at once, so that a killed run loses none.

        Raises
        ------
        OSError
            If there is no room; the journal keeps what it had.
        """
        left = memoryview(lines)
        try:
            while left:
                left = left[self._file.write(left) or 0 :]
        except OSError as err:
            os.truncate(self._file.fileno(), self._length)
            err.filename = err.filename or str(self.path)
            raise
        self._length += len(lines)

    def entries(self) -> Iterator[Entry]:
        """Read all lines, in order; lines that are added meanwhile come, too."""
        with self.path.open("rb") as file:
            for line in file:
                entry = parse_entry(line)
                if entry is None:
                    raise CommandError(f"{self.path} is damaged: delete it to start anew")
                yield entry

    def remove(self) -> None:
        """Forget the run, as its output is whole."""
        # In this order: a journal without its meta file would be of unknown origin.
        self.path.unlink()
        self._meta_path.unlink(missing_ok=True)

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, *_: object) -> None:
        # Closes and unlocks it; unless it was removed, it stays for the next run.
        self._file.close()

    def _check_meta(self, meta: Mapping[str, object]) -> None:
        advice = f"go on with what it was begun with, or delete {self.path} to start anew"
        try:
            before = json.loads(self._meta_path.read_bytes())
        except FileNotFoundError:
            raise CommandError(f"{self.path} has no {self._meta_path.name}: {advice}") from None
        except (ValueError, RecursionError):
            raise CommandError(f"{self._meta_path} is damaged: {advice}") from None
        for name, value in meta.items():
            found = before.get(name) if isinstance(before, dict) else None
            if found != value:
                raise CommandError(f"{self.path} was begun with {name} {_short(found)}, not {_short(value)}: {advice}")


def _short(value: object) -> str:
    written = json.dumps(value)
    return written if len(written) <= 80 else f"{written[:80]}…"


def _locked(path: Path) -> FileIO:
    while True:
        file = FileIO(path, "ab")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            raise CommandError(f"{path} is being written by another run") from None
        # A run that has just ended may have removed the file between our two calls.
        with contextlib.suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(file.fileno()), path.stat()):
                return file
        file.close()


def _whole_length(path: Path) -> int:
    """Bytes of a journal up to the end of its last whole line before any torn one."""
    length = 0
    with path.open("rb") as file:
        for line in file:
            if parse_entry(line) is None:
                break
            length += len(line)
    return length
