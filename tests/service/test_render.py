"""HTML is escaped and self-contained; a terminal is coloured but never steered."""

from __future__ import annotations

import io
import os
import re
import sys
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from fake_annotator import FAKE_MODEL, FakeAnnotator
from rich.console import Console

from classifier.annotation import Annotation
from classifier.document import Document, Span
from classifier.evidence import Evidence
from classifier.labels import labels
from classifier.segmentation import split
from service.render import html, text
from service.render.evidence import told_line

ROOT = Path(__file__).parents[2]
FAKE_CLI = [sys.executable, str(Path(__file__).with_name("fake_cli.py"))]
TEXT = "A headline\n\nThe 😀 miracle cure.\nA “breakthrough”: it is safe.\n"


class Checker(HTMLParser):
    """Collects tags, attributes and words of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: dict[str, list[str]] = {}
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            self.attributes.setdefault(name, []).append(value or "")

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def test_html_escapes_everything(fake: FakeAnnotator) -> None:
    evil = "<script>alert(1)</script> & a \"breakthrough\" <img src=x onerror='y'> \x00\x1b miracle cure</mark>"
    page = html.page([("<b>\"name'.txt", fake.annotate(evil, title="</h2><script>a breakthrough"))])
    checker = Checker()
    checker.feed(page)
    assert {"script", "img", "b"}.isdisjoint(checker.tags)
    assert {"onerror", "src"}.isdisjoint(checker.attributes)
    assert all(link.startswith("#note-1-") for link in checker.attributes["href"])
    words = "".join(checker.words)
    assert '<script>alert(1)</script> & a "breakthrough' in words
    assert "<b>\"name'.txt" in words
    assert re.search(r"[\x00-\x08\x0b-\x1f]", page) is None
    assert "https:" not in page
    assert "@media print" in page


def test_html_lists_the_evidence(fake: FakeAnnotator) -> None:
    text = "A breakthrough in mice. Twelve dummy pills, 48 🐁 people. More mice."
    page = html.page([("x", fake.annotate(text, title="Not in MICE"))])
    shown = page[page.index("<h3>Evidence told in the article</h3>") : page.index("<ol>")]
    assert re.findall("<li>(.*)</li>", shown) == [
        "work in mice: <q>mice</q> (paragraph 1)",
        "a placebo: <q>dummy</q> (paragraph 2)",
        "48 participants: <q>48 🐁 people</q> (paragraph 2)",
    ]
    assert "The study was in mice &lt;b&gt;." in page
    assert "<b>" not in page
    assert "Evidence told" not in html.page([("x", fake.annotate("A breakthrough."))])


def test_hints_are_called_so() -> None:
    document = Document("A placebo.")
    hint = Evidence("design", "randomised", 0, Span(2, 9), False, weak=True)
    annotation = Annotation(document, split(document), (), FAKE_MODEL, "balanced", context=(hint,))
    assert told_line(annotation) == "Evidence told: randomised trial (a hint only, paragraph 1)"
    assert told_line(replace(annotation, context=())) == ""


def test_html_titles_cannot_leave_their_attribute(fake: FakeAnnotator, monkeypatch: pytest.MonkeyPatch) -> None:
    quoting = replace(labels()["sensational_language"], message="say \"less\"' onclick='x'")
    monkeypatch.setattr(html, "labels", lambda: {"sensational_language": quoting})
    checker = Checker()
    checker.feed(html.page([("x", fake.annotate("A breakthrough."))]))
    assert "onclick" not in checker.attributes
    assert checker.attributes["title"] == [f"{quoting.title}: {quoting.message}"]


def test_html_marks_the_words_with_titles(fake: FakeAnnotator) -> None:
    page = html.page([("x", fake.annotate("A miracle cure."))])
    marks = re.findall(r'<mark title="([^"]*)">([^<]*)</mark>', page)
    assert [words for _, words in marks] == ["miracle", " cure"]
    assert labels()["sensational_language"].title in marks[0][0]
    assert labels()["overstated_efficacy"].title in marks[0][0]
    assert labels()["sensational_language"].title not in marks[1][0]
    nothing = html.page([("x", fake.annotate("A test."))])
    assert "<mark " not in nothing
    assert "No overclaim found." in nothing


def test_terminal_shows_colours_and_underlines(fake: FakeAnnotator, monkeypatch: pytest.MonkeyPatch) -> None:
    annotation = fake.annotate("A \x1b[2J miracle cure.\r\nIt is [bold]safe[/bold] :smile:.", title="A breakthrough")
    monkeypatch.delenv("NO_COLOR", raising=False)
    shown = _terminal(annotation)
    assert re.search(r"\x1b\[[0-9;]*4[0-9;]*mmiracle", shown)
    assert "\x1b[2J" not in shown, "an article must not steer the terminal"
    assert "[bold]safe[/bold] :smile:" in shown
    assert "[1]" in shown
    assert "Evidence told" not in shown
    assert "Evidence told: work in mice (paragraph 1)" in _terminal(fake.annotate("A miracle in mice."))
    assert labels()["sensational_language"].suggestion.split()[0] in shown
    assert re.search(r"\x1b\[[0-9;]*3[1-6]m", shown)
    monkeypatch.setenv("NO_COLOR", "1")
    uncoloured = _terminal(annotation)
    assert re.search(r"\x1b\[1;4mmiracle", uncoloured)
    assert not re.search(r"\x1b\[[0-9;]*3[1-6]m", uncoloured)


def test_a_terminal_shows_ids_only_on_request(fake: FakeAnnotator) -> None:
    annotation = fake.annotate(TEXT)
    assert len(annotation.spans) == 3
    for found in annotation.spans:
        assert found.id not in _terminal(annotation)
        assert f"[{found.id}]" in _terminal(annotation, ids=True)


def _terminal(annotation: Any, *, ids: bool = False) -> str:
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=True, color_system="standard", width=100, highlight=False)
    if "NO_COLOR" in os.environ:
        console = Console(file=stream, force_terminal=True, width=100, highlight=False)
    text.show(annotation, "x.txt", console, ids=ids)
    return stream.getvalue()
