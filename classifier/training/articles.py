"""Our own articles: text and labels in one line of ``articles/*.jsonl``."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NoReturn, TypeAlias

from classifier.document import Document, Span
from classifier.labels import LABEL_IDS
from classifier.segmentation import MAX_HEADLINE_CHARS, split
from classifier.training.standoff import Mark, Place, check_keys, label_problem, read_objects, trigger_problem

Kind: TypeAlias = Literal["story", "release"]
Stance: TypeAlias = Literal["careful", "mixed", "uncritical"]
RawLabel: TypeAlias = tuple[str, int, int]
"""Label id, start and end of the trigger: unchecked."""
Refuse: TypeAlias = Callable[[str, int | str], NoReturn]
"""Raises CorpusError with a message. The second argument says what is at fault: a label, by its number, or a key.
A line of JSON needs it for the message alone; a draft has a line for each."""

KINDS: tuple[Kind, ...] = ("story", "release")
STANCES: tuple[Stance, ...] = ("careful", "mixed", "uncritical")

_KIND_OF: Mapping[str, Kind] = {kind: kind for kind in KINDS}
_STANCE_OF: Mapping[str, Stance] = {stance: stance for stance in STANCES}
_ID = re.compile(r"own-[0-9]{3}|twin-[0-9]{3}[ab]")
_KEYS: Mapping[str, type] = {
    "id": str,
    "kind": str,
    "topic": str,
    "stance": str,
    "evidence": str,
    "text": str,
    "labels": list,
}
_LABEL_KEYS: Mapping[str, type] = {"label": str, "start": int, "end": int}


@dataclass(frozen=True, slots=True)
class OwnArticle:
    """An article of our own; its sentences are the product's.

    ``marks`` are sorted by the trigger's start, then its end, then label order.
    """

    place: Place
    id: str
    kind: Kind
    topic: str
    stance: Stance
    evidence: str
    text: str
    sentences: tuple[Span, ...]
    marks: tuple[Mark, ...]

    @property
    def words(self) -> int:
        """Words of the text, headline included, counted by splitting at white space."""
        return len(self.text.split())

    def as_row(self) -> dict[str, object]:
        """Return the object that stands for this article in a file, in the documented order of keys."""
        labels = [{"label": mark.label, "start": mark.trigger.start, "end": mark.trigger.end} for mark in self.marks]
        return {**{key: getattr(self, key) for key in _KEYS if key != "labels"}, "labels": labels}


def read_articles(path: Path) -> list[OwnArticle]:
    """Read one file of ``articles/``.

    Raises
    ------
    CorpusError
        If anything in it breaks the format. Ids are checked for their form, not against other lines.
    """
    return [_article(place, row) for place, row in read_objects(path)]


def _article(place: Place, row: dict[str, Any]) -> OwnArticle:
    check_keys(row, _KEYS, place)
    labels: list[RawLabel] = []
    for number, label in enumerate(row["labels"]):
        check_keys(label, _LABEL_KEYS, place, f"labels[{number}]")
        labels.append((label["label"], label["start"], label["end"]))

    def refuse(why: str, fault: int | str) -> NoReturn:
        place.refuse(f"labels[{fault}]: {why}" if isinstance(fault, int) else why)

    fields: dict[str, str] = {key: row[key] for key in _KEYS if key != "labels"}
    return checked_article(place, fields, labels, refuse)


def checked_article(place: Place, fields: Mapping[str, str], labels: Sequence[RawLabel], refuse: Refuse) -> OwnArticle:
    """Make an article of what a line or a draft says, after checking all of it.

    Parameters
    ----------
    place : Place
        Where it stands.
    fields : mapping of str to str
        All keys of an article but ``labels``.
    labels : sequence of (label, start, end)
        As they stand, in their order.
    refuse : callable
        What to do about the first problem; raises.

    Returns
    -------
    OwnArticle

    Raises
    ------
    CorpusError
        By way of ``refuse``.
    """
    if not _ID.fullmatch(fields["id"]):
        refuse("id must be own- and three digits, or twin-, three digits and a or b", "id")
    # Looked up rather than compared: what comes back is typed.
    kind = _KIND_OF.get(fields["kind"])
    if kind is None:
        refuse(f"kind must be {' or '.join(KINDS)}", "kind")
    stance = _STANCE_OF.get(fields["stance"])
    if stance is None:
        refuse(f"stance must be {', '.join(STANCES[:-1])} or {STANCES[-1]}", "stance")
    for key in ("topic", "evidence"):
        if not fields[key].strip():
            refuse(f"{key} is empty", key)
    text = fields["text"]
    _check_headline(text, refuse)
    sentences = tuple(sentence.span for sentence in split(Document(text)))
    marks = tuple(_mark(text, sentences, number, label, refuse) for number, label in enumerate(labels))
    _check_order(marks, refuse)
    return OwnArticle(place, fields["id"], kind, fields["topic"], stance, fields["evidence"], text, sentences, marks)


def _check_headline(text: str, refuse: Refuse) -> None:
    if text != text.strip():
        refuse("text has white space at an end", "text")
    headline, gap, body = text.partition("\n\n")
    if not gap or "\n" in headline or not body.strip():
        refuse("text must begin with a headline on one line and an empty line, and go on after it", "text")
    if len(headline) > MAX_HEADLINE_CHARS:
        refuse(f"the headline has {len(headline)} characters; at most {MAX_HEADLINE_CHARS} are read as one", "text")


def _mark(text: str, sentences: tuple[Span, ...], number: int, label: RawLabel, refuse: Refuse) -> Mark:
    name, start, end = label
    if problem := label_problem(name):
        refuse(problem, number)
    if not 0 <= start < end:
        refuse("the trigger is empty, reversed or negative", number)
    if end > len(text):
        refuse("the trigger reaches past the end of the text", number)
    if problem := trigger_problem(text[start:end]):
        refuse(problem, number)
    trigger = Span(start, end)
    for index, sentence in enumerate(sentences):
        if sentence.contains(trigger):
            return Mark(index, name, trigger)
    refuse("the trigger isn't inside one sentence", number)


def _check_order(marks: tuple[Mark, ...], refuse: Refuse) -> None:
    seen: set[tuple[int, str]] = set()
    for number, mark in enumerate(marks):
        if (mark.sentence, mark.label) in seen:
            refuse(f"the label {mark.label} stands twice on a sentence", number)
        seen.add((mark.sentence, mark.label))
    keys = [label_order((mark.label, mark.trigger.start, mark.trigger.end)) for mark in marks]
    if keys != sorted(keys):
        refuse("labels aren't in order: sort them by start, then end, then label order", "labels")


def label_order(label: RawLabel) -> tuple[int, int, int]:
    """Sort key of an own article's labels; an unknown label comes last, to be refused later."""
    name, start, end = label
    return start, end, LABEL_IDS.index(name) if name in LABEL_IDS else len(LABEL_IDS)
