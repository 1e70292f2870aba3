"""What every reader of archives gives: raw records, cheap to make, and read for good by a worker."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from classifier.document import Document
from classifier.errors import InvalidInputError
from service.batch.drafts import Draft
from service.settings import JSON_ENVELOPE_BYTES, JSON_ESCAPE_FACTOR
from service.wire import printable

BOM = "\ufeff"
_USUAL_TITLE = "title"
RecordForm: TypeAlias = Literal["json", "row", "txt", "md", "html", "warc-html"]


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """Which columns of a table, or keys of a JSON object, hold what.

    Parameters
    ----------
    id : str, optional
        None means ``id``: needed in JSON Lines; in tables the record's number stands in for it.
    text, title : str
        A title that a record lacks is no fault.
    """

    id: str | None = None
    text: str = "text"
    title: str = _USUAL_TITLE

    def needed(self, *, title: bool = True) -> tuple[str, ...]:
        """Columns that must be there: that of the text, and those of the id and the title if they were asked for.

        Parameters
        ----------
        title : bool
            False if the title's may be missing all the same.
        """
        asked = [self.text, *([] if self.id is None else [self.id])]
        # A title is looked for in its usual place unasked, so that place may be empty.
        return (*asked, self.title) if title and self.title != _USUAL_TITLE else tuple(asked)


@dataclass(frozen=True, slots=True)
class RawRecord:
    """One record as the reader found it, picklable.

    Parameters
    ----------
    number : int
        From 1, over all inputs of a run.
    place : str
        Where it stands, for people: ``articles.jsonl:17``, ``drafts/a.html``, ``crawl.warc.gz@123456``.
    form : str
        How `service.batch.sources.prepare` reads the payload.
    payload : bytes or dict
        A line, a row, a file, or the body of a page with the headers that say how to decode it.
    given : dict
        What the reader knows besides. ``id`` becomes the record's id, the rest passes through to the output.
    problem : InvalidInputError, optional
        Why the reader itself couldn't read it.
    """

    number: int
    place: str
    form: RecordForm
    payload: bytes | dict[str, object]
    given: dict[str, object] = field(default_factory=dict)
    problem: InvalidInputError | None = None

    @property
    def data(self) -> bytes:
        """The payload of a line or a file.

        Raises
        ------
        TypeError
            If the record's form has another.
        """
        if not isinstance(self.payload, bytes):
            raise TypeError(f"the payload of form {self.form} isn't bytes")
        return self.payload

    @property
    def row(self) -> dict[str, object]:
        """The payload of a row, or of a page with its headers.

        Raises
        ------
        TypeError
            If the record's form has another.
        """
        if not isinstance(self.payload, dict):
            raise TypeError(f"the payload of form {self.form} isn't a dict")
        return self.payload

    def digest(self) -> str:
        """16 hexadecimal digits that change with the form, the payload and the code of the problem."""
        found = hashlib.sha256(f"{self.form}\0{self.problem.code if self.problem else ''}\0".encode())
        parts = [self.payload] if isinstance(self.payload, bytes) else _parts(self.payload)
        for part in parts:
            found.update(b"%d\0" % len(part))
            found.update(part)
        return found.hexdigest()[:16]


def _parts(row: dict[str, object]) -> Iterator[bytes]:
    for name, value in row.items():
        yield name.encode("utf-8", "surrogatepass")
        yield value if isinstance(value, bytes) else json.dumps(value, default=repr).encode()


@dataclass(frozen=True, slots=True)
class Prepared:
    """An article that is ready to be scored.

    Parameters
    ----------
    id : str or int
    document : Document
        What the annotator reads.
    extra : dict
        All other columns of the input, as JSON values.
    draft : Draft, optional
        If the article is a file of prose: the way back to it.
    """

    id: str | int
    document: Document
    extra: dict[str, object]
    draft: Draft | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What the readers of one run share.

    Parameters
    ----------
    columns : ColumnMap
    max_bytes : int
        Size limit of an article, in bytes of UTF-8 with its title.
    numbers : iterator of int
        Counts the records of the run.
    left_out : callable
        Told the path of each file in a folder that isn't read.
    needs_title : bool
        Whether each table must have the column of the title, if one was asked for.
    """

    columns: ColumnMap
    max_bytes: int
    numbers: Iterator[int]
    left_out: Callable[[str], None]
    needs_title: bool = True

    @property
    def needed(self) -> tuple[str, ...]:
        """Columns that each table must have."""
        return self.columns.needed(title=self.needs_title)

    @property
    def cap(self) -> int:
        """Most bytes of a line, a row or a page to keep: an article may be longer as JSON or HTML than as text."""
        return JSON_ESCAPE_FACTOR * self.max_bytes + JSON_ENVELOPE_BYTES

    def record(
        self,
        place: str,
        form: RecordForm,
        payload: bytes | dict[str, object],
        given: dict[str, object] | None = None,
    ) -> RawRecord:
        """Make the next record."""
        return RawRecord(next(self.numbers), place, form, payload, given or {})

    def refused(
        self, place: str, form: RecordForm, problem: InvalidInputError, given: dict[str, object] | None = None
    ) -> RawRecord:
        """Make the next record out of a problem."""
        return RawRecord(next(self.numbers), place, form, b"", given or {}, problem)

    def too_long(self, what: str, limit: int) -> InvalidInputError:
        """Say that something is over a limit in bytes."""
        return InvalidInputError(
            f"{what} is too long: over the limit of {limit} bytes", field="text", code="too_long", limit=limit
        )


def shown(path: str | os.PathLike[str]) -> str:
    """Write a path so that any encoding can take it: names of files may hold bytes that are no text."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def named(column: str) -> str:
    """Write a column's name into a message: as it is if it is a plain word, else quoted and shortened."""
    return column if column.isascii() and column.isidentifier() and len(column) <= 40 else printable(column)
