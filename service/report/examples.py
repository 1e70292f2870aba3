"""The articles with the most and the fewest marks, with their marked sentences."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from service.offsets import OFFSET_UNITS, OffsetTable, OffsetUnit
from service.report.load import Archive

FEWEST_SENTENCES = 10
"""Shorter articles aren't compared: one mark more or less would move them from one end to the other."""
SHOWN = 10
SENTENCES = 8
_COLUMNS = ("title", "url")


@dataclass(frozen=True, slots=True)
class Piece:
    """Words of a sentence and the labels of the marks that cover all of them."""

    text: str
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Article:
    """An article on the page.

    Parameters
    ----------
    id : str
    title, url : str or None
        If the output has them.
    details : mapping of str to str
        Its outlet and date, as they are in the output.
    sentences : int
    marks : int
    shown : tuple of tuple of Piece
        At most ``SENTENCES`` of its marked sentences, in the article's order.
    hidden : int
        How many more there are.
    """

    id: str
    title: str | None
    url: str | None
    details: Mapping[str, str]
    sentences: int
    marks: int
    shown: tuple[tuple[Piece, ...], ...]
    hidden: int

    @property
    def rate(self) -> float:
        """Marks in 100 sentences."""
        return 100 * self.marks / self.sentences

    @property
    def link(self) -> str | None:
        """The address, if a browser may safely go there."""
        return self.url if self.url and self.url.startswith(("https://", "http://")) else None


def extremes(archive: Archive, details: Sequence[str] = ()) -> tuple[tuple[Article, ...], tuple[Article, ...]]:
    """The articles with the most and with the fewest marks in 100 sentences.

    Only those with ``FEWEST_SENTENCES`` or more. Of two with as many, the longer one comes first, then the smaller id.
    No article is in both.

    Parameters
    ----------
    archive : Archive
        With the table ``articles``.
    details : sequence of str
        Columns to show with each.
    """
    run = archive.connection.execute
    rate = "CAST(len(spans) AS DOUBLE) / sentences"
    chosen = f"SELECT number FROM articles WHERE sentences >= {FEWEST_SENTENCES}"  # noqa: S608
    tie = "sentences DESC, id, number"
    most = [n for (n,) in run(f"{chosen} AND len(spans) > 0 ORDER BY {rate} DESC, {tie} LIMIT {SHOWN}").fetchall()]
    least = [
        n
        for (n,) in run(
            f"{chosen} AND NOT list_contains(?, number) ORDER BY {rate}, {tie} LIMIT {SHOWN}", [most]
        ).fetchall()
    ]
    if not most and not least:
        return (), ()
    names = (*_COLUMNS, *details)
    others = ", ".join(f"other_{number}" for number in range(len(names)))
    # Sentences are read only now, and only those that are shown: the archive's would be its longest column by far.
    rows = run(
        f"SELECT number, id, sentences, offset_unit, spans, {others} FROM {archive.rows(names)} "  # noqa: S608
        "WHERE list_contains(?, number)",
        [most + least],
    ).fetchall()
    found = {row[0]: _article(row, details) for row in rows}
    return tuple(found[number] for number in most), tuple(found[number] for number in least)


def _article(row: Sequence[Any], details: Sequence[str]) -> Article:
    _, name, sentences, unit, spans, title, url, *values = row
    by_sentence: dict[tuple[str, int], list[Mapping[str, Any]]] = {}
    for span in spans:
        by_sentence.setdefault((span["field"] or "text", span["sentence"]["start"]), []).append(span)
    known: OffsetUnit = next((other for other in OFFSET_UNITS if other == unit), "codepoint")
    places = sorted(by_sentence, key=lambda place: (place[0] != "title", place[1]))
    return Article(
        id=name,
        title=title or None,
        url=url or None,
        details={key: value for key, value in zip(details, values, strict=True) if value},
        sentences=sentences,
        marks=len(spans),
        shown=tuple(_marked(by_sentence[place], known) for place in places[:SENTENCES]),
        hidden=max(0, len(places) - SENTENCES),
    )


def _marked(spans: Sequence[Mapping[str, Any]], unit: OffsetUnit) -> tuple[Piece, ...]:
    sentence = spans[0]["sentence_text"] or spans[0]["text"] or ""
    table = OffsetTable(sentence)
    marks = []
    for span in spans:
        first = span["sentence"]["start"]
        start, end = (_code_point(table, len(sentence), span[side] - first, unit) for side in ("start", "end"))
        if sentence[start:end] != span["text"]:  # a sentence that was cut or folded on its way here
            start = sentence.find(span["text"] or "")
            end = start + len(span["text"] or "")
        if 0 <= start < end:
            marks.append((start, end, str(span["label"])))
    return tuple(cut(sentence, marks))


def _code_point(table: OffsetTable, length: int, offset: int, unit: OffsetUnit) -> int:
    return bisect_right(range(length + 1), offset, key=lambda point: table.convert(point, unit)) - 1


def cut(text: str, marks: Iterable[tuple[int, int, str]]) -> Iterable[Piece]:
    """Cut a text at the ends of its marks, which may overlap.

    Parameters
    ----------
    text : str
    marks : iterable of (int, int, str)
        Start, end and label, in code points of the text.

    Yields
    ------
    Piece
        In order, none empty; joined, they are the text again.
    """
    marks = sorted(marks)
    inside = (place for start, end, _ in marks for place in (start, end) if 0 < place < len(text))
    for start, end in pairwise(sorted({0, len(text), *inside})):
        labels = (label for first, last, label in marks if first <= start and end <= last)
        yield Piece(text[start:end], tuple(dict.fromkeys(labels)))
