"""Drafts, the form in which we write articles: front matter, then the text with its labels inline.

``python -m classifier.training.drafts [--first N] [--twins] DRAFT…`` turns them into JSON Lines on standard output.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import NoReturn

from classifier.errors import CorpusError
from classifier.training.articles import OwnArticle, RawLabel, checked_article, label_order
from classifier.training.standoff import Place, decoded, label_problem, named

MIN_WORDS = 200
MAX_WORDS = 600
MIN_TWIN_WORDS = 40
MAX_TWIN_WORDS = 330
MAX_NUMBER = 999

_KEYS = ("kind", "topic", "stance", "evidence")
_OPENING = re.compile(r"\{([^{}|\n]*)\|")
_FENCE = "---"


@dataclass(frozen=True, slots=True)
class InlineLabel:
    """A label as it stood in a draft, with the line of its opening brace."""

    raw: RawLabel
    line: int


def read_draft(path: Path, article_id: str) -> OwnArticle:
    """Read one draft.

    Parameters
    ----------
    path : Path
    article_id : str
        The id that the article gets.

    Raises
    ------
    CorpusError
        If the front matter, the braces or the article break the format, or it is too short or too long. Names the
        draft and the line.
    """
    first = Place(path, 1)
    try:
        raw = path.read_bytes()
    except OSError as err:
        raise CorpusError(f"{path}: can't be read: {(err.strerror or type(err).__name__).lower()}") from None
    if raw.startswith(b"\xef\xbb\xbf"):
        first.refuse("a byte order mark stands before the first line; save the file as plain UTF-8")
    lines = [decoded(line, Place(path, number)) for number, line in enumerate(raw.split(b"\n"), start=1)]
    for number, line in enumerate(lines, start=1):
        if "\r" in line:
            Place(path, number).refuse("a carriage return; lines end in a line feed alone")
    fields, key_lines = _front_matter(path, lines)
    body_line = key_lines["text"]
    text, labels = parse_inline("\n".join(lines[body_line - 1 :]), Place(path, body_line))

    def refuse(why: str, fault: int | str) -> NoReturn:
        line = labels[fault].line if isinstance(fault, int) else key_lines.get(fault, 1)
        Place(path, line).refuse(why)

    article = checked_article(
        first, {"id": article_id, **fields, "text": text}, [label.raw for label in labels], refuse
    )
    # Twins are small, so that nearly all of their words tell the one thing in which they differ.
    twin = article_id.startswith("twin-")
    fewest, most = (MIN_TWIN_WORDS, MAX_TWIN_WORDS) if twin else (MIN_WORDS, MAX_WORDS)
    if not fewest <= article.words <= most:
        refuse(f"the article has {article.words} words; {fewest} to {most} are asked for", "text")
    return article


def _front_matter(path: Path, lines: list[str]) -> tuple[dict[str, str], dict[str, int]]:
    """Return the fields, and the line of each; under ``text``, the first line after the front matter."""
    if lines[0] != _FENCE or _FENCE not in lines[1:]:
        Place(path, 1).refuse("front matter is missing: it stands between two lines of three hyphens")
    end = lines.index(_FENCE, 1)
    fields: dict[str, str] = {}
    key_lines = {"text": end + 2}
    for number, line in enumerate(lines[1:end], start=2):
        key, colon, value = line.partition(": ")
        if not colon:
            Place(path, number).refuse("front matter has one key: value on a line")
        if key not in _KEYS:
            Place(path, number).refuse(f"unknown key{named(key)} in the front matter")
        if key in fields:
            Place(path, number).refuse(f"{key} stands twice in the front matter")
        fields[key] = value.strip()
        key_lines[key] = number
    for key in _KEYS:
        if key not in fields:
            Place(path, end + 1).refuse(f"front matter lacks {key}")
    return fields, key_lines


def parse_inline(body: str, place: Place) -> tuple[str, list[InlineLabel]]:
    """Take the braces, label names and bars out of a text.

    Parameters
    ----------
    body : str
        The text with its labels inline.
    place : Place
        Where it begins.

    Returns
    -------
    tuple of str and list of InlineLabel
        The text, stripped at both ends, and its labels in their order.

    Raises
    ------
    CorpusError
        If a brace is never closed, was never opened or has no label, or a label is unknown.
    """
    parts: list[str] = []
    length = 0
    opened: list[tuple[list[str], int, int]] = []
    found: list[InlineLabel] = []
    position = 0
    line = place.line
    for brace in re.finditer(r"[{}]", body):
        if brace.start() < position:
            continue
        piece = body[position : brace.start()]
        parts.append(piece)
        length += len(piece)
        line += piece.count("\n")
        if brace.group() == "}":
            if not opened:
                Place(place.file, line).refuse("a closing brace that was never opened")
            names, start, opening_line = opened.pop()
            found += [InlineLabel((name, start, length), opening_line) for name in names]
            position = brace.end()
        else:
            opening = _OPENING.match(body, brace.start())
            names = opening.group(1).split("+") if opening else [""]
            if opening is None or "" in names:
                Place(place.file, line).refuse("an opening brace that has no label and bar after it")
            for name in names:
                if problem := label_problem(name):
                    Place(place.file, line).refuse(problem)
            opened.append((names, length, line))
            position = opening.end()
    if opened:
        Place(place.file, opened[-1][2]).refuse("an opening brace that is never closed")
    whole = "".join([*parts, body[position:]])
    lead = len(whole) - len(whole.lstrip())
    shifted = [
        InlineLabel((name, start - lead, end - lead), at) for (name, start, end), at in ((f.raw, f.line) for f in found)
    ]
    return whole.strip(), sorted(shifted, key=lambda label: label_order(label.raw))


def render_inline(text: str, labels: Iterable[RawLabel]) -> str:
    """Put labels into a text: the inverse of :func:`parse_inline`.

    Raises
    ------
    ValueError
        If two triggers cross, so that neither holds the other, or the text holds braces.
    """
    if "{" in text or "}" in text:
        raise ValueError("a text with braces has no inline form")
    # Outer triggers first: those that begin earlier, and of these the longer ones.
    ordered = sorted(labels, key=lambda label: (label[1], -label[2], label_order(label)))
    parts: list[str] = []
    ends: list[int] = []
    position = 0

    def close(until: int) -> None:
        nonlocal position
        while ends and ends[-1] <= until:
            parts.extend((text[position : ends[-1]], "}"))
            position = ends.pop()

    for (start, end), group in groupby(ordered, key=lambda label: label[1:]):
        close(start)
        if ends and end > ends[-1]:
            raise ValueError("two triggers cross: the inline form can only nest them")
        parts += [text[position:start], "{", "+".join(name for name, _, _ in group), "|"]
        position = start
        ends.append(end)
    close(len(text))
    return "".join([*parts, text[position:]])


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; 0 if all drafts are right, 2 and nothing on standard output if one isn't."""
    parser = argparse.ArgumentParser(
        prog="python -m classifier.training.drafts", description="Turn drafts into articles, as JSON Lines."
    )
    parser.add_argument("--first", type=int, default=1, metavar="N", help="number of the first article's id (1)")
    parser.add_argument("--twins", action="store_true", help="the drafts are pairs: an a, its b, the next a …")
    parser.add_argument("drafts", nargs="+", type=Path, metavar="DRAFT")
    chosen = parser.parse_args(arguments)
    if chosen.twins and len(chosen.drafts) % 2:
        parser.error("twins come in pairs: the number of drafts is odd")
    numbers = len(chosen.drafts) // 2 if chosen.twins else len(chosen.drafts)
    if not 0 <= chosen.first <= MAX_NUMBER + 1 - numbers:
        parser.error(f"ids have three digits: numbers from {chosen.first} on don't fit")
    form = "twin-{:03d}{}" if chosen.twins else "own-{:03d}"
    places = [(number, letter) for number in range(numbers) for letter in ("ab" if chosen.twins else ("",))]
    try:
        articles = [
            read_draft(path, form.format(chosen.first + number, letter))
            for path, (number, letter) in zip(chosen.drafts, places, strict=True)
        ]
    except CorpusError as err:
        sys.stderr.write(f"overclaim: error: {err}\n")
        return 2
    rows = "".join(json.dumps(article.as_row(), ensure_ascii=False) + "\n" for article in articles)
    # Bytes, so that neither the encoding nor the line ends are the platform's.
    sys.stdout.buffer.write(rows.encode("utf-8"))
    sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
