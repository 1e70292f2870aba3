"""One article's line of output, and the flat rows of its spans."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from typing import Any, Protocol

from classifier.annotation import Annotation
from service.offsets import OffsetUnit
from service.schemas import to_response

# Beside `id` and the columns that pass through.
ARTICLE_COLUMNS = (
    "model",
    "offset_unit",
    "mode",
    "sentences",
    "spans",
    "context",
    "scorecard",
    "warnings",
)
# Of the flat table, beside `article_id` and the columns that pass through.
SPAN_COLUMNS = (
    "id",
    "field",
    "label",
    "start",
    "end",
    "text",
    "score",
    "sentence_start",
    "sentence_end",
    "sentence_text",
    "title",
    "note",
)
# Columns of the article itself, with `--keep-text`.
TEXT_COLUMNS = ("text", "title")
# Names that no column that passes through may have, in any output: so a column is called the same in all of them.
OWN_NAMES = frozenset({"id", "article_id", *TEXT_COLUMNS, *ARTICLE_COLUMNS, *SPAN_COLUMNS})


class Article(Protocol):
    """What `output_row` needs of a prepared record (``service.batch.sources.Prepared``)."""

    @property
    def id(self) -> str | int:
        """The record's id."""

    @property
    def extra(self) -> Mapping[str, object]:
        """All other columns of the input."""


def annotation_row(annotation: Annotation, unit: OffsetUnit = "codepoint") -> dict[str, Any]:
    """Write an annotation as plain values: ``ARTICLE_COLUMNS``.

    Parameters
    ----------
    annotation : Annotation
    unit : {"codepoint", "utf16", "utf8"}
        Unit of every ``start`` and ``end``.

    Returns
    -------
    dict
        The answer of the HTTP service, with the number of ``sentences`` and each span's ``sentence_text``.
    """
    answer = to_response(annotation, unit).model_dump(mode="json")
    for written, found in zip(answer["spans"], annotation.spans, strict=True):
        # After `sentence`, before the words about the label.
        told = {name: written.pop(name) for name in ("title", "message", "note", "suggestion")}
        written["sentence_text"] = annotation.document.slice(found.sentence)
        written.update(told)
    answer["sentences"] = len(annotation.sentences)
    return {name: answer[name] for name in ARTICLE_COLUMNS}


def output_row(
    prepared: Article, annotation: Annotation, unit: OffsetUnit = "codepoint", *, keep_text: bool = False
) -> dict[str, Any]:
    """Write a record's row: its id, the columns that pass through, and ours.

    Parameters
    ----------
    prepared : Prepared
    annotation : Annotation
        Of the record's article, or of the file that it was read from; offsets count in its document.
    unit : {"codepoint", "utf16", "utf8"}
        Unit of every ``start`` and ``end``.
    keep_text : bool
        Write the article's own ``text`` and ``title``, too.

    Returns
    -------
    dict
        Values that JSON knows, and no others.
    """
    row: dict[str, Any] = {"id": prepared.id}
    row.update((passing_name(name), plain(value)) for name, value in prepared.extra.items())
    if keep_text:
        row.update(text=annotation.document.text, title=annotation.document.title)
    row.update(annotation_row(annotation, unit))
    return row


def passing_name(name: str) -> str:
    """What a column of the input is called in the output: ``input_mode`` for ``mode``, which is one of ours.

    No two columns get the same name: a column that is called ``input_mode`` already becomes ``input_input_mode``.
    """
    clean = str(plain(name))
    bare = clean
    while bare.startswith("input_"):
        bare = bare.removeprefix("input_")
    return f"input_{clean}" if bare in OWN_NAMES else clean


def passing(row: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a row that passed through from the input."""
    return {name: value for name, value in row.items() if name not in OWN_NAMES}


def span_rows(row: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The flat rows of an article's row: ``article_id``, the columns that pass through, ``SPAN_COLUMNS``."""
    common = {"article_id": row["id"], **passing(row)}
    for span in row["spans"]:
        flat = {**span, "sentence_start": span["sentence"]["start"], "sentence_end": span["sentence"]["end"]}
        yield {**common, **{name: flat[name] for name in SPAN_COLUMNS}}


def plain(value: object) -> Any:  # noqa: PLR0911  (one line for each kind of value)
    """Turn a value of some table into one that JSON knows.

    Dates become ISO 8601, numbers that JSON hasn't become null, bytes and everything else a string; half of a
    surrogate pair becomes U+FFFD, as no encoding can write it.
    """
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(plain(str(name))): plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return plain(str(value))
