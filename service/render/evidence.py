"""The article's evidence in a few words, for people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from classifier.annotation import Annotation
from classifier.tellings import place_of, words_for


@dataclass(frozen=True, slots=True)
class Told:
    """One line on the evidence: what is told, where, and the words that tell it."""

    words: str
    place: str
    quote: str


def told(annotation: Annotation) -> Iterator[Told]:
    """What is told of the article's own study, each value once, where it is told first.

    Of several sample sizes only the largest is there: the others are mostly its groups.

    Yields
    ------
    Told
        In document order.
    """
    own = [telling for telling in annotation.context if not telling.background]
    largest = max((int(telling.value) for telling in own if telling.kind == "sample_size"), default=0)
    seen: set[tuple[str, str]] = set()
    for telling in own:
        key = (telling.kind, telling.value)
        if key in seen or (telling.kind == "sample_size" and int(telling.value) != largest):
            continue
        seen.add(key)
        quote = annotation.document.slice(telling.span)
        place = place_of(annotation.paragraph(telling))
        yield Told(words_for(telling, quote), f"a hint only, {place}" if telling.weak else place, quote)


def told_line(annotation: Annotation) -> str:
    """All that is told, as one line; empty if there is nothing."""
    parts = [f"{line.words} ({line.place})" for line in told(annotation)]
    return f"Evidence told: {'; '.join(parts)}" if parts else ""
