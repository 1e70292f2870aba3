"""The page's settings, and what it keeps: mode, groups, hidden marks, theme, zoom, print; never the text."""

from __future__ import annotations

import pytest
from browser import Watch
from page_reader import Reader
from playwright.sync_api import Page, expect

from classifier.annotation import span_id

TEXT = "A breakthrough. A miracle cure. It is safe."
STORED = "Object.entries({...localStorage}).concat(Object.entries({...sessionStorage})).flat().join(' ')"


def test_mode_switch_and_its_link(reader: Reader, address: str) -> None:
    reader.write(TEXT, "3 marks")
    reader.page.get_by_role("radio", name="Strict").check()
    expect(reader.status).to_have_text("1 mark")
    assert reader.underlined() == ["breakthrough"]
    reader.page.get_by_role("radio", name="Sensitive").check()
    expect(reader.status).to_have_text("4 marks")
    assert reader.page.url == f"{address}#mode=sensitive"
    reader.page.reload()
    expect(reader.page.get_by_role("radio", name="Sensitive")).to_be_checked()
    reader.write(TEXT, "4 marks")
    reader.page.get_by_role("radio", name="Balanced").check()
    expect(reader.status).to_have_text("3 marks")
    assert reader.page.url == address


def test_groups_are_switched_off_and_on(reader: Reader, address: str) -> None:
    reader.write(TEXT, "3 marks")
    reader.page.get_by_role("checkbox", name="Tone").uncheck()
    expect(reader.status).to_have_text("1 mark (2 switched off)")
    assert reader.underlined() == ["miracle cure"]
    assert reader.page.url == f"{address}#off=tone"
    reader.page.get_by_role("checkbox", name="Certainty").uncheck()
    expect(reader.status).to_have_text("No mark shown (3 switched off)")
    reader.page.get_by_role("checkbox", name="Tone").check()
    expect(reader.status).to_have_text("2 marks (1 switched off)")
    assert reader.heads.count() == 2


def test_a_link_with_unknown_settings_is_as_one_without(page: Page, address: str) -> None:
    reader = Reader(page).open(f"{address}#mode=<b>&off=nonsense,tone&text=hello")
    expect(page.get_by_role("radio", name="Balanced")).to_be_checked()
    expect(page.get_by_role("checkbox", name="Tone")).not_to_be_checked()
    expect(page.get_by_role("checkbox", name="Evidence")).to_be_checked()
    assert "hello" not in reader.text()


def test_hidden_marks_stay_hidden_until_all_are_shown_again(reader: Reader) -> None:
    reader.write(TEXT, "3 marks")
    reader.heads.nth(1).click()
    reader.details.get_by_role("button", name="Hide").click()
    expect(reader.status).to_have_text("2 marks (1 hidden)")
    assert reader.underlined() == ["breakthrough", "miracle cure"]
    expect(reader.heads.nth(1)).to_be_focused()
    reader.page.reload()
    reader.write(f"Much else before. {TEXT}", "2 marks (1 hidden)")
    hidden = span_id("sensational_language", "A miracle cure.")
    assert reader.page.evaluate("localStorage['overclaim.hidden']") == f'["{hidden}"]'
    reader.page.get_by_role("button", name="Show 1 hidden").click()
    expect(reader.status).to_have_text("3 marks")
    assert reader.page.evaluate("localStorage.length") == 0


@pytest.mark.parametrize("stored", ["no json", '{"a": 1}', '["<b>", 7, null]'])
def test_a_spoilt_store_is_no_error(page: Page, address: str, stored: str) -> None:
    page.add_init_script(f"localStorage['overclaim.hidden'] = {stored!r}; localStorage['overclaim.theme'] = 'pink'")
    reader = Reader(page).open(address)
    reader.write(TEXT, "3 marks")
    assert page.evaluate("document.documentElement.dataset.theme") == "auto"


def test_the_text_is_in_no_address_and_in_no_store(reader: Reader, watch: Watch) -> None:
    reader.write("Secretword. A miracle.", "1 mark")
    reader.heads.first.click()
    reader.details.get_by_role("button", name="Hide").click()
    reader.page.get_by_role("radio", name="Strict").check()
    expect(reader.status).to_have_text("No marks")
    reader.page.select_option("#theme", "dark")
    kept = (
        f"{reader.page.evaluate(STORED)} {reader.page.url} {' '.join(watch.requests)} {reader.page.context.cookies()}"
    )
    assert "overclaim.hidden" in kept
    assert "Secretword" not in kept
    assert "miracle" not in kept
    reader.page.reload()
    expect(reader.page.locator("#scorecard")).to_be_visible()
    assert "Secretword" not in reader.text()


def _brightness(page: Page) -> float:
    colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
    return sum(int(part) for part in colour.removeprefix("rgb(").rstrip(")").split(",")) / 3


def test_dark_mode_follows_the_system_and_a_switch(reader: Reader) -> None:
    assert _brightness(reader.page) > 200
    reader.page.emulate_media(color_scheme="dark")
    assert _brightness(reader.page) < 50
    reader.page.select_option("#theme", "light")
    assert _brightness(reader.page) > 200
    reader.page.emulate_media(color_scheme="light")
    reader.page.select_option("#theme", "dark")
    assert _brightness(reader.page) < 50
    reader.page.reload()
    assert _brightness(reader.page) < 50


def test_zoomed_to_400_percent_nothing_scrolls_sideways(reader: Reader) -> None:
    # 1280 x 1024 pixels at 400 % are 320 x 256.
    reader.page.set_viewport_size({"width": 320, "height": 256})
    reader.write("A breakthrough in mice. " + "miracle" * 30 + " Twelve.", "31 marks")
    reader.heads.first.click()
    expect(reader.details).to_be_visible()
    for summary in reader.page.locator("summary").all():
        summary.click()
    assert reader.page.evaluate("document.documentElement.scrollWidth") == 320
    wide = "[...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > 321).length"
    assert reader.page.evaluate(wide) == 0
    assert reader.page.evaluate("document.querySelector('.cm-scroller').scrollWidth <= 320")


def test_print_has_the_article_with_numbered_notes(reader: Reader) -> None:
    reader.write("A breakthrough. A miracle cure. Twelve mice.", "3 marks")
    reader.page.emulate_media(media="print")
    article = reader.page.locator("#paper-article")
    expect(article).to_have_text("A breakthrough1. A miracle2 cure3. Twelve mice.")
    assert article.locator(".mark-certainty").all_inner_texts() == ["miracle", " cure"]
    notes = reader.page.locator("#paper-notes li")
    assert notes.count() == 3
    assert notes.nth(2).inner_text().startswith("Overstated efficacy (Certainty): “miracle cure”. This promises")
    for gone in ("#editor", "#settings", "#marks", "footer"):
        expect(reader.page.locator(gone)).to_be_hidden()
    for there in ("#context", "#criteria"):
        expect(reader.page.locator(there)).to_be_visible()


def test_the_example_and_undo(reader: Reader) -> None:
    example = reader.text()
    assert example.startswith("Berry extract")
    reader.write("My own text.", "No marks")
    reader.page.click("#example")
    expect(reader.page.locator(".cm-line").first).to_contain_text("Berry extract")
    reader.content.focus()
    reader.page.keyboard.press("Control+z")
    assert reader.text() == "My own text."


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (503, '{"error": {"code": "not_ready", "message": "x"}}', "The service isn’t ready: it has no model loaded."),
        (413, '{"error": {"code": "too_long", "message": "text is too long"}}', "Not checked: text is too long."),
        (502, "<html>Bad gateway</html>", "The service had a problem (status 502)."),
        (None, "", "The service can’t be reached. Your text is still here."),
    ],
)
def test_errors_are_told_and_lose_nothing(
    reader: Reader, watch: Watch, status: int | None, body: str, words: str
) -> None:
    reader.write(TEXT, "3 marks")
    reader.page.route(
        "**/v1/annotate", lambda route: route.fulfill(status=status, body=body) if status else route.abort()
    )
    reader.page.keyboard.insert_text(" And more.")
    expect(reader.status).to_contain_text(words)
    assert reader.text() == f"{TEXT} And more."
    assert reader.underlined() == ["breakthrough", "miracle", " cure"]
    reader.page.unroute("**/v1/annotate")
    reader.page.get_by_role("button", name="Try again").click()
    expect(reader.status).to_have_text("3 marks")
    expect(reader.page.get_by_role("button", name="Try again")).to_be_hidden()
    # The browser itself complains of the answer.
    assert len(watch.problems) == 1
    watch.problems.clear()
