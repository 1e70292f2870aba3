"""The page at services of other kinds: slow ones, ones that ask for feedback, and one with the shipped model."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from fake_annotator import FAKE_MODEL, FakeAnnotator
from page_reader import Reader
from playwright.sync_api import Page, Route, expect
from serving import running

from classifier.annotation import Annotation, span_id
from classifier.annotator import Annotator
from service.app import create_app
from service.settings import Settings


class HeldAnnotator(FakeAnnotator):
    """Keeps a text with the word "hold" until told to go on."""

    def __init__(self) -> None:
        super().__init__()
        self.held = threading.Event()
        self.go = threading.Event()
        self.done = threading.Event()

    def annotate(self, text: str, **options: Any) -> Annotation:
        if "hold" not in text:
            return super().annotate(text, **options)
        self.held.set()
        assert self.go.wait(60)
        self.done.set()
        return super().annotate(text, **options)


def test_an_answer_to_an_older_text_is_not_shown(page: Page) -> None:
    annotator = HeldAnnotator()
    with running(create_app(Settings(threads=2), annotator)) as address:
        reader = Reader(page).open(address)
        page.click("#clear")
        page.keyboard.insert_text("hold a miracle")
        while not annotator.held.is_set():
            page.wait_for_timeout(20)
        page.keyboard.press("Control+a")
        page.keyboard.insert_text("A breakthrough and a miracle cure.")
        expect(reader.status).to_have_text("3 marks")
        annotator.go.set()
        assert annotator.done.wait(20)
        page.wait_for_timeout(200)
        assert reader.underlined() == ["breakthrough", "miracle", " cure"]
        expect(reader.status).to_have_text("3 marks")


def _ask_for_feedback(page: Page, enabled: bool) -> list[dict[str, Any]]:
    """Make the service one that has the route for feedback; gives what is sent to it."""
    sent: list[dict[str, Any]] = []

    def info(route: Route) -> None:
        route.fulfill(json=route.fetch().json() | {"feedback": True})

    def feedback(route: Route) -> None:
        if route.request.method == "POST":
            body = route.request.post_data_json
            assert isinstance(body, dict)
            sent.append(body)
        route.fulfill(json={"enabled": enabled})

    page.route("**/web/page.json", info)
    page.route("**/v1/feedback", feedback)
    return sent


def test_feedback_is_sent_without_words_unless_they_are_ticked(page: Page, address: str) -> None:
    sent = _ask_for_feedback(page, enabled=True)
    reader = Reader(page).open(address)
    reader.write("Much else. A miracle pill.", "1 mark")
    reader.heads.first.click()
    reader.details.get_by_role("button", name="Wrong").click()
    expect(page.locator("#announcement")).to_have_text("Thank you.")
    # What ticking means is said where it is ticked, and what the page promises of texts is no longer without exception.
    expect(page.locator("#feedback")).to_contain_text("Send the sentence too; it is stored with the verdict")
    expect(page.locator("#article-hint")).to_contain_text("stored nowhere, unless you send a sentence with a verdict.")
    page.get_by_role("checkbox", name="Send the sentence too").check()
    reader.details.get_by_role("button", name="Right").click()
    expect(reader.details.get_by_role("button", name="Right")).to_be_disabled()
    with page.expect_response("**/v1/feedback"):
        reader.details.get_by_role("button", name="Hide").click()
    told = {
        "span_id": span_id("sensational_language", "A miracle pill."),
        "label": "sensational_language",
        "model": {"version": FAKE_MODEL.version, "sha256": FAKE_MODEL.sha256},
        "mode": "balanced",
        "score": 0.8,
    }
    sentence = {"sentence": "A miracle pill.", "start": 2, "end": 9, "offset_unit": "utf16", "agreed": True}
    assert sent == [
        told | {"verdict": "wrong"},
        told | {"verdict": "right"} | sentence,
        told | {"verdict": "hide"} | sentence,
    ]


def test_no_feedback_unless_the_operator_asks_for_it(page: Page, address: str) -> None:
    sent = _ask_for_feedback(page, enabled=False)
    reader = Reader(page).open(address)
    reader.write("A miracle pill.", "1 mark")
    reader.heads.first.click()
    assert reader.details.get_by_role("button").all_inner_texts() == ["Hide"]
    expect(page.locator("#feedback")).to_be_hidden()
    reader.details.get_by_role("button", name="Hide").click()
    expect(reader.status).to_have_text("No mark shown (1 hidden)")
    assert sent == []


@pytest.mark.model
def test_the_shipped_model_at_the_page(page: Page, annotator: Annotator) -> None:
    with running(create_app(Settings(), annotator)) as address:
        reader = Reader(page).open(address)
        expected = annotator.annotate(page.evaluate("fetch('/web/page.json').then(r => r.json()).then(i => i.example)"))
        assert reader.heads.locator(".mark-words").all_inner_texts() == [
            span.text for span in sorted(expected.spans, key=lambda found: (found.span.start, found.span.end))
        ]
        page.click("#clear")
        page.keyboard.insert_text(
            "Drug for diabetes is a miracle 😀\n\nIt cures diabetes.\n\nIn a Phase I trial, 48 volunteers took it."
        )
        expect(page.locator("#context li").first).to_have_text("Phase I, told in paragraph 2")
        assert "48 participants, told in paragraph 2" in page.locator("#context li").all_inner_texts()
        assert "miracle" in " ".join(reader.underlined())
        page.locator("#context button").first.click()
        assert reader.selected() == "Phase I trial"
