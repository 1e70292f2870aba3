"""A reader's verdicts at the page, in a real browser, arrive in a real database."""

from __future__ import annotations

from pathlib import Path

from fake_annotator import FakeAnnotator
from fastapi import FastAPI
from playwright.sync_api import Page, expect
from pydantic import SecretStr
from serving import running
from told import stored

from classifier.annotation import span_id
from service.app import create_app
from service.settings import Settings


def service(place: Path) -> FastAPI:
    return create_app(Settings(feedback=SecretStr(str(place))), FakeAnnotator())


def test_verdicts_arrive_and_sentences_only_if_ticked(page: Page, place: Path) -> None:
    sentence = "A 😀 wunder 😀 pill, and so on."
    long = f"It is a miracle {'x' * 2000}."
    with running(service(place)) as address:
        page.goto(address)
        expect(page.locator("#scorecard")).to_be_visible()
        page.click("#clear")
        with page.expect_response("**/v1/annotate"):
            page.keyboard.insert_text(f"Much 😀 else.\n\nMore. {sentence} {long}")
        expect(page.locator("#status.busy")).to_have_count(0)
        expect(page.locator("#status-words")).to_have_text("2 marks")
        page.locator(".mark-head").first.click()

        def judge(name: str) -> None:
            with page.expect_response("**/v1/feedback") as answer:
                page.locator(".detail:visible").get_by_role("button", name=name).click()
            assert answer.value.status == 204

        judge("Wrong")
        page.get_by_role("checkbox", name="Send the sentence too").check()
        judge("Right")
        page.locator(".mark-head").nth(1).click()
        judge("Right")
        judge("Hide")
    rows = stored(place)
    first, second = span_id("overstated_efficacy", sentence), span_id("sensational_language", long)
    assert [(row["span_id"], row["verdict"], row["sentence"]) for row in rows] == [
        (first, "wrong", None),
        (first, "right", sentence),
        # Too long to be stored, so only the verdict is.
        (second, "right", None),
        (second, "hide", None),
    ]
    assert rows[1]["sentence"][rows[1]["start"] : rows[1]["end"]] == "wunder 😀 pill"


def test_no_buttons_if_it_is_off(page: Page) -> None:
    with running(service(Path("none"))) as address:
        page.goto(address)
        expect(page.locator("#scorecard")).to_be_visible()
        page.locator(".mark-head").first.click()
        assert page.locator(".detail:visible").get_by_role("button").all_inner_texts() == ["Hide"]
        expect(page.locator("#feedback")).to_be_hidden()
        expect(page.locator("#unless-sent")).to_be_hidden()
