"""Cutting a text at the ends of its spans, which may overlap."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from classifier.annotation import Annotation, LabelledSpan
from classifier.document import Field


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text and the spans that cover all of it; ``numbers`` count the document's spans from 1."""

    text: str
    spans: tuple[LabelledSpan, ...]
    numbers: tuple[int, ...]


def pieces(annotation: Annotation, field: Field) -> Iterator[Piece]:
    """Cut one field of a document so that no piece is covered only in part.

    Yields
    ------
    Piece
        In order; joined, their texts are the field again.
    """
    text = annotation.document.field(field)
    found = [(number, span) for number, span in enumerate(annotation.spans, 1) if span.span.field == field]
    cuts = sorted({0, len(text), *(s.span.start for _, s in found), *(s.span.end for _, s in found)})
    active: list[tuple[int, LabelledSpan]] = []
    waiting = sorted(found, key=lambda entry: entry[1].span.start)
    next_waiting = 0
    for start, end in pairwise(cuts):
        # A sweep: each span is looked at only while it is open, so that thousands of spans stay quick.
        active = [entry for entry in active if entry[1].span.end > start]
        while next_waiting < len(waiting) and waiting[next_waiting][1].span.start <= start:
            active.append(waiting[next_waiting])
            next_waiting += 1
        yield Piece(text[start:end], tuple(s for _, s in active), tuple(number for number, _ in active))
