"""The strict reader of lines, and of the labels that point into the public articles.

Everything here refuses rather than repairs: data that breaks ``training_data/FORMAT.md`` raises
:class:`CorpusError`, whose message names file and line and never quotes an article.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

from classifier.document import Span
from classifier.errors import CorpusError
from classifier.labels import LABEL_IDS

MAX_TRIGGER_WORDS = 15

_ID = re.compile(r"(?:story|news)_reviews_[0-9]{5}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_HARMLESS_NAME = re.compile(r"[A-Za-z0-9_.-]{1,60}")
_KEYS: Mapping[str, type] = {"id": str, "sha256": str, "sentences": list, "labels": list}
_LABEL_KEYS: Mapping[str, type] = {"sentence": int, "label": str, "start": int, "end": int}
_TYPE_NAMES: Mapping[type, str] = {
    str: "a string",
    int: "a whole number",
    list: "an array",
    dict: "an object",
    bool: "a boolean",
    float: "a number with a fraction",
    type(None): "null",
}


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a file, counted from 1."""

    file: Path
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"

    def refuse(self, why: str) -> NoReturn:
        """Raise :class:`CorpusError` for this line."""
        raise CorpusError(f"{self}: {why}")


@dataclass(frozen=True, slots=True)
class Mark:
    """A label on a sentence, given by its index from 0, and its trigger."""

    sentence: int
    label: str
    trigger: Span


@dataclass(frozen=True, slots=True)
class StandoffArticle:
    """The labels of one public article, whose text is elsewhere."""

    place: Place
    id: str
    sha256: str
    sentences: tuple[Span, ...]
    marks: tuple[Mark, ...]


def read_lines(path: Path) -> Iterator[tuple[Place, str]]:
    """Yield the lines of a file, without their line ends.

    Raises
    ------
    CorpusError
        If the file can't be read, isn't UTF-8, starts with a byte order mark, holds an empty line or a carriage
        return, or its last line isn't ended.
    """
    try:
        raw = path.read_bytes()
    except OSError as err:
        raise CorpusError(f"{path}: can't be read: {(err.strerror or type(err).__name__).lower()}") from None
    if raw.startswith(b"\xef\xbb\xbf"):
        Place(path, 1).refuse("a byte order mark stands before the first line; save the file as plain UTF-8")
    *lines, rest = raw.split(b"\n")
    for number, line in enumerate(lines, start=1):
        place = Place(path, number)
        text = decoded(line, place)
        if "\r" in text:
            place.refuse("a carriage return; lines end in a line feed alone")
        if not text.strip():
            place.refuse("an empty line")
        yield place, text
    if rest:
        Place(path, len(lines) + 1).refuse("the last line has no line feed at its end")


def decoded(raw: bytes, place: Place) -> str:
    """Decode a line's bytes as UTF-8, or refuse them."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as err:
        place.refuse(f"not UTF-8: bad byte 0x{raw[err.start]:02x} at byte {err.start} of the line")


def read_objects(path: Path) -> Iterator[tuple[Place, dict[str, Any]]]:
    """Yield the JSON objects of a JSON Lines file.

    Raises
    ------
    CorpusError
        As :func:`read_lines`, and if a line isn't a JSON object or gives a key twice.
    """
    for place, line in read_lines(path):
        try:
            value = json.loads(line, object_pairs_hook=partial(_object, place))
        except json.JSONDecodeError as err:
            # Only the parser's fixed phrase: its full message can hold a piece of the line.
            place.refuse(f"not JSON: {err.msg} at column {err.colno}")
        except (ValueError, RecursionError):
            place.refuse("not JSON that can be read: nested too deeply, or a number with too many digits")
        if not isinstance(value, dict):
            place.refuse(f"must be a JSON object, not {_kind(value)}")
        yield place, value


def _object(place: Place, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        place.refuse("an object gives a key twice")
    return found


def check_keys(value: object, keys: Mapping[str, type], place: Place, what: str = "") -> None:
    """Refuse anything but an object with exactly these keys and types; ``what`` names it in messages."""
    if not isinstance(value, dict):
        place.refuse(f"{what} must be an object, not {_kind(value)}")
    prefix = f"{what}." if what else ""
    for key, kind in keys.items():
        if key not in value:
            place.refuse(f"{prefix}{key} is missing")
        # Not isinstance: True is an int to Python, and no offset.
        if type(value[key]) is not kind:
            place.refuse(f"{prefix}{key} must be {_TYPE_NAMES[kind]}, not {_kind(value[key])}")
        if kind is str and any("\ud800" <= c <= "\udfff" for c in value[key]):
            place.refuse(f"{prefix}{key} holds half of a surrogate pair: it is not valid Unicode")
    for key in value:
        if key not in keys:
            place.refuse(f"{prefix or 'the line has an '}unknown key{named(key)}")


def _kind(value: object) -> str:
    return _TYPE_NAMES.get(type(value), "something else")


def named(value: str) -> str:
    """Return a space and the quoted value, or nothing if it isn't an identifier and so may be an article's words."""
    return f" {value!r}" if _HARMLESS_NAME.fullmatch(value) else ""


def label_problem(label: str) -> str | None:
    """Say what is wrong with a label's id, if anything."""
    return None if label in LABEL_IDS else f"unknown label{named(label)}; classifier/labels.toml has the known ones"


def trigger_problem(words: str) -> str | None:
    """Say what is wrong with the words of a trigger, if anything."""
    if words != words.strip():
        return "the trigger has white space at an end"
    if len(words.split()) > MAX_TRIGGER_WORDS:
        return f"the trigger has {len(words.split())} words; at most {MAX_TRIGGER_WORDS} are allowed"
    return None


def read_standoff(path: Path) -> list[StandoffArticle]:
    """Read one file of ``annotations/``.

    Raises
    ------
    CorpusError
        If anything in it breaks the format. Ids are checked for their form, not against other lines.
    """
    return [_article(place, row) for place, row in read_objects(path)]


def _article(place: Place, row: dict[str, Any]) -> StandoffArticle:
    check_keys(row, _KEYS, place)
    if not _ID.fullmatch(row["id"]):
        place.refuse("id must be story_reviews_ or news_reviews_ and five digits")
    if not _SHA256.fullmatch(row["sha256"]):
        place.refuse("sha256 must be 64 lower-case hexadecimal digits")
    sentences = _sentences(place, row["sentences"])
    marks: list[Mark] = []
    for number, label in enumerate(row["labels"]):
        what = f"labels[{number}]"
        check_keys(label, _LABEL_KEYS, place, what)
        if problem := label_problem(label["label"]):
            place.refuse(f"{what}: {problem}")
        if not 0 <= label["sentence"] < len(sentences):
            place.refuse(f"{what}: there is no sentence {label['sentence']}; the article has {len(sentences)}")
        if not 0 <= label["start"] < label["end"]:
            place.refuse(f"{what}: the trigger is empty, reversed or negative")
        trigger = Span(label["start"], label["end"])
        if not sentences[label["sentence"]].contains(trigger):
            place.refuse(f"{what}: the trigger is outside its sentence")
        marks.append(Mark(label["sentence"], label["label"], trigger))
    keys = [(mark.sentence, LABEL_IDS.index(mark.label)) for mark in marks]
    if len(set(keys)) < len(keys):
        place.refuse("labels: the same label stands twice on a sentence")
    if keys != sorted(keys):
        place.refuse("labels aren't in order: sort them by sentence, then by label order")
    return StandoffArticle(place, row["id"], row["sha256"], sentences, tuple(marks))


def _sentences(place: Place, bounds: list[object]) -> tuple[Span, ...]:
    if not bounds:
        place.refuse("sentences is empty; the headline at least is one")
    found: list[Span] = []
    for number, pair in enumerate(bounds):
        what = f"sentences[{number}]"
        if not (isinstance(pair, list) and len(pair) == 2 and all(type(bound) is int for bound in pair)):
            place.refuse(f"{what} must be [start, end] in whole numbers")
        if not 0 <= pair[0] < pair[1]:
            place.refuse(f"{what} is empty, reversed or negative")
        if found and pair[0] < found[-1].end:
            place.refuse(f"{what} overlaps the sentence before it, or stands before it")
        found.append(Span(pair[0], pair[1]))
    return tuple(found)


def check_text(article: StandoffArticle, text: str) -> None:
    """Refuse a text that the labels don't fit.

    Raises
    ------
    CorpusError
        If its SHA-256 differs, a bound reaches past its end, sentence 0 isn't the headline, or a trigger is too long
        or has white space at an end. Names the line of the labels.
    """
    refuse = article.place.refuse
    # "replace": a lone surrogate, which can't be encoded, then differs in its digest instead of raising.
    if hashlib.sha256(text.encode("utf-8", "replace")).hexdigest() != article.sha256:
        refuse(f"the SHA-256 of the text of {article.id} differs: this isn't the text that was labelled")
    if article.sentences[-1].end > len(text):
        refuse(f"sentences reach past the end of the text of {article.id}, which has {len(text)} characters")
    if (article.sentences[0].start, article.sentences[0].end) != (0, text.find("\n\n")):
        refuse(f"sentence 0 of {article.id} isn't the headline")
    for number, mark in enumerate(article.marks):
        if problem := trigger_problem(text[mark.trigger.start : mark.trigger.end]):
            refuse(f"labels[{number}]: {problem}")
