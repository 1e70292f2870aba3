"""Annotations as text: a listing for logs and editors, coloured and underlined words in a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console
from rich.text import Text

from classifier.annotation import Annotation, LabelledSpan
from classifier.labels import LABEL_IDS, labels
from service.console import one_line, visible
from service.offsets import OffsetTable
from service.render.evidence import told_line
from service.render.pieces import pieces

# Distinguishable on dark and light terminals; a thirteenth label would start again.
_COLOURS = ("red", "magenta", "yellow", "cyan", "green", "blue")


def listing(annotation: Annotation, name: str, *, ids: bool = False) -> Iterator[str]:
    """List the spans, one a line: ``file:line:col: label: "trigger": message``, after one line on the evidence.

    Parameters
    ----------
    annotation : Annotation
    name : str
        What to call the article.
    ids : bool
        End each span's line with its id in square brackets.

    Yields
    ------
    str
        Lines without a line end. Lines and columns count from 1, columns in code points; a span of a title that was
        given apart has ``title`` after the name. The line on the evidence begins with the name alone; it is left out
        where nothing is told.
    """
    document = annotation.document
    tables = {"text": OffsetTable(document.text), "title": OffsetTable(document.title or "")}
    if evidence := told_line(annotation):
        yield f"{one_line(name)}: {one_line(evidence)}"
    for found in annotation.spans:
        line, column = tables[found.span.field].position(found.span.start)
        place = name if found.span.field == "text" else f"{name}:title"
        message = one_line(found.with_note(labels()[found.label].message))
        yield f'{one_line(place)}:{line}:{column}: {found.label}: "{one_line(found.text)}": {message}' + _id(found, ids)


def show(annotation: Annotation, name: str, console: Console, *, ids: bool = False) -> None:
    """Print an article with its triggers coloured, underlined and numbered, its evidence and the notes below it.

    Rich leaves colours out by itself where ``NO_COLOR`` is set; the underlines stay.

    Parameters
    ----------
    annotation : Annotation
    name : str
        What to call the article.
    console : rich.console.Console
        Where to print.
    ids : bool
        End each span's note with its id in square brackets.
    """
    console.print(Text(one_line(name), style="bold"))
    if annotation.document.title:
        console.print(_marked(annotation, title=True))
    console.print(_marked(annotation, title=False))
    console.print()
    if evidence := told_line(annotation):
        console.print(Text(one_line(evidence), style="italic"))
        console.print()
    if not annotation.spans:
        console.print(Text("No overclaim found."))
    for number, found in enumerate(annotation.spans, 1):
        label = labels()[found.label]
        line = Text(f"{number}. ")
        line.append(one_line(found.text), style=_style(found.label))
        message = one_line(found.with_note(label.message))
        line.append(f"  {label.title} ({found.score:.2f}): {message} {label.suggestion}{_id(found, ids)}")
        console.print(line)


def _id(found: LabelledSpan, shown: bool) -> str:
    return f" [{found.id}]" if shown else ""


def _marked(annotation: Annotation, *, title: bool) -> Text:
    text = Text(style="bold" if title else "")
    position = 0
    for piece in pieces(annotation, "title" if title else "text"):
        position += len(piece.text)
        text.append(visible(piece.text), style=_style(piece.spans[0].label) if piece.spans else "")
        for number, span in zip(piece.numbers, piece.spans, strict=True):
            if span.span.end == position:
                text.append(f"[{number}]", style="dim")
    return text


def _style(label: str) -> str:
    return f"bold underline {_COLOURS[LABEL_IDS.index(label) % len(_COLOURS)]}"
