"""The page in a real browser: typing, marks, keyboard, evidence, scorecard; markup and long texts do no harm.

The fixture `page` fails each test in which the page logs an error or asks for anything from elsewhere.
"""

from __future__ import annotations

from browser import Watch, serious_findings
from page_reader import MAX_BYTES, Reader
from playwright.sync_api import Page, expect

TEXT = "A headline\n\nThe 😀 miracle cure is a breakthrough. It is safe."


def test_underlines_move_with_the_words_while_one_types(reader: Reader) -> None:
    reader.write("It is 😀 a miracle pill.", "1 mark")
    assert reader.underlined() == ["miracle"]
    reader.page.keyboard.press("Control+Home")
    reader.page.keyboard.type("🐁 now")
    assert reader.underlined() == ["miracle"]
    assert reader.text().startswith("🐁 nowIt is")
    reader.page.keyboard.press("Control+End")
    reader.page.keyboard.insert_text(" No breakthrough.")
    expect(reader.status).to_have_text("2 marks")
    assert reader.underlined() == ["miracle", "breakthrough"]
    for _ in " No breakthrough.":
        reader.page.keyboard.press("Backspace")
    expect(reader.status).to_have_text("1 mark")
    assert reader.underlined() == ["miracle"]


def test_overlapping_marks_show_both_groups(reader: Reader) -> None:
    reader.write(TEXT, "3 marks")
    assert reader.underlined() == ["miracle", " cure", "breakthrough"]
    both = reader.page.locator(".cm-lintRange").first
    assert {"mark-tone", "mark-certainty"} <= set((both.get_attribute("class") or "").split())
    style = both.evaluate("e => [getComputedStyle(e).textDecorationStyle, getComputedStyle(e).borderBottomStyle]")
    assert style == ["wavy", "dashed"]
    assert both.evaluate("e => getComputedStyle(e).backgroundImage") == "none"


def test_pasted_windows_line_ends_keep_marks_in_place(reader: Reader) -> None:
    reader.write("x", "No marks")
    reader.paste("One\r\n\r\nTwo 😀\r\nA miracle.")
    expect(reader.status).to_have_text("1 mark")
    assert reader.underlined() == ["miracle"]


def test_half_a_character_is_no_error(reader: Reader) -> None:
    reader.write("x", "No marks")
    reader.page.evaluate("document.execCommand('insertText', false, '\\ud83d a miracle')")
    expect(reader.status).to_have_text("1 mark")
    assert reader.underlined() == ["miracle"]


def test_a_message_is_opened_by_keyboard(reader: Reader) -> None:
    reader.write("Not yet.\n\nA breakthrough in mice. A miracle.", "2 marks")
    assert reader.details.count() == 0
    reader.page.keyboard.press("Control+Home")
    reader.page.keyboard.press("F8")
    assert reader.selected() == "breakthrough"
    detail = reader.details
    expect(detail).to_contain_text("This is a word of hype")
    expect(detail.locator(".note")).to_have_text("The study was in mice <b>.")
    expect(detail).to_contain_text("Cut the word")
    expect(detail).to_contain_text("very likely (95%)")
    expect(reader.page.locator("#announcement")).to_contain_text("Mark 1 of 2: Sensational language.")
    reader.page.keyboard.press("F8")
    assert reader.selected() == "miracle"
    expect(detail).to_contain_text("likely (80%)")
    assert detail.count() == 1
    reader.page.keyboard.press("F8")
    assert reader.selected() == "breakthrough"
    reader.page.keyboard.press("Shift+F8")
    assert reader.selected() == "miracle"


def test_the_list_is_walked_by_keyboard(reader: Reader) -> None:
    reader.write("A breakthrough. A miracle.", "2 marks")
    reader.page.keyboard.press("Control+Shift+M")
    expect(reader.heads.nth(0)).to_be_focused()
    expect(reader.heads.nth(0)).to_have_attribute("aria-expanded", "true")
    reader.page.keyboard.press("ArrowDown")
    expect(reader.heads.nth(1)).to_be_focused()
    expect(reader.heads.nth(0)).to_have_attribute("aria-expanded", "false")
    assert reader.page.locator(".emphasis").all_inner_texts() == ["miracle"]
    reader.page.keyboard.press("Enter")
    expect(reader.content).to_be_focused()
    assert reader.selected() == "miracle"
    reader.page.keyboard.press("Escape")
    expect(reader.heads.nth(1)).to_be_focused()
    reader.page.keyboard.press("Escape")
    expect(reader.content).to_be_focused()


def test_tab_leaves_the_editor_and_the_skip_link_comes_first(reader: Reader) -> None:
    reader.content.focus()
    before = reader.text()
    reader.page.keyboard.press("Tab")
    expect(reader.content).not_to_be_focused()
    assert reader.text() == before
    reader.page.reload()
    expect(reader.heads.first).to_be_visible()
    reader.page.keyboard.press("Tab")
    expect(reader.page.locator("#skip")).to_be_focused()
    reader.page.keyboard.press("Enter")
    expect(reader.heads.first).to_be_focused()


def test_a_click_on_marked_words_opens_their_message(reader: Reader) -> None:
    reader.write("A breakthrough. A miracle.", "2 marks")
    reader.page.locator(".cm-lintRange", has_text="miracle").click()
    expect(reader.heads.nth(1)).to_have_attribute("aria-expanded", "true")
    reader.page.locator(".cm-line").click(position={"x": 20, "y": 8})
    expect(reader.heads.nth(1)).to_have_attribute("aria-expanded", "false")
    assert reader.details.count() == 0


def test_a_pointer_that_rests_on_a_mark_is_told_why(reader: Reader) -> None:
    reader.write("A breakthrough in mice.", "1 mark")
    reader.page.locator(".cm-lintRange").hover()
    tip = reader.page.locator(".tip")
    expect(tip).to_contain_text("This is a word of hype")
    expect(tip).to_contain_text("The study was in mice <b>.")


def test_evidence_is_told_in_words_and_jumped_to(reader: Reader) -> None:
    reader.write("A headline\n\nNothing.\n\nIn twelve 😀 mice, 48 🐁 people and DUMMY.", "No marks")
    lines = reader.page.locator("#context li")
    assert lines.all_inner_texts() == ["Work in mice, told in paragraph 3", "48 participants, told in paragraph 3"]
    untold = reader.page.locator("#untold").inner_text()
    assert untold.startswith("Not found: stage of testing, comparison, ")
    lines.nth(1).get_by_role("button").click()
    assert reader.selected() == "48 🐁 people"
    expect(reader.content).to_be_focused()
    # Places follow later changes.
    reader.page.keyboard.press("Control+Home")
    reader.page.keyboard.type("Now! ")
    lines.nth(0).get_by_role("button").click()
    assert reader.selected() == "mice"


def test_the_scorecard_says_in_words_what_its_bars_show(reader: Reader) -> None:
    rows = reader.page.locator(".criterion")
    assert rows.count() == 10
    last = rows.last.inner_text().split("\n")
    assert last == ["Restrained language", "0.25", "not satisfactory"]
    assert rows.first.inner_text().split("\n") == ["Costs", "0.25", "can’t tell"]
    assert rows.first.locator(".bar-score").get_attribute("width") == "25.0"
    assert rows.first.locator("svg").get_attribute("aria-hidden") == "true"


def test_an_article_in_another_language_is_warned_of(reader: Reader) -> None:
    reader.write("Keine Übelkeit.", "No marks")
    assert reader.page.locator("#warnings").inner_text() == "This text doesn't look like English."
    reader.write("Hello.", "No marks")
    assert reader.page.locator("#warnings").inner_text() == ""


def test_markup_in_a_text_is_text(reader: Reader) -> None:
    evil = "<script>window.harm = 1</script><img src=x onerror='window.harm = 2'> <b>miracle</b> in mice </textarea>"
    reader.write(evil, "1 mark")
    reader.heads.first.click()
    expect(reader.details.locator(".note")).to_have_text("The study was in mice <b>.")
    assert reader.text() == evil
    reader.page.emulate_media(media="print")
    expect(reader.page.locator("#paper-article")).to_contain_text("window.harm")
    assert reader.page.evaluate("window.harm") is None
    for place in ("#editor", "#marks", "#evidence", ".paper"):
        assert reader.page.locator(f"{place} script, {place} b, {place} textarea").count() == 0
    assert reader.page.locator("main img[src=x]").count() == 0


def test_the_button_for_more_marks_never_counts_less_than_none(reader: Reader) -> None:
    more = reader.page.locator("#more")
    assert "-" not in (more.text_content() or "")
    reader.write("A miracle pill. " * 101, "101 marks")
    expect(more).to_have_text("Show 1 more mark")
    more.click()
    expect(more).to_be_hidden()
    assert "-" not in (more.text_content() or "")


def test_a_hundred_kilobytes_do_no_harm(reader: Reader) -> None:
    sentence = "A miracle pill helped nobody at all in this study.\n"
    reader.write("x", "No marks")
    reader.paste("\n" + sentence * (100_000 // len(sentence)))
    expect(reader.status).to_have_text("1,960 marks")
    assert reader.heads.count() == 100
    reader.page.click("#more")
    assert reader.heads.count() == 200
    reader.page.keyboard.press("F8")
    assert reader.selected() == "miracle"
    reader.page.keyboard.press("Control+Home")
    reader.page.keyboard.type("No ")
    assert reader.text().startswith("No x\nA miracle")


def test_one_line_of_a_hundred_kilobytes_does_no_harm(reader: Reader) -> None:
    reader.write("x", "No marks")
    reader.paste(" miracle" + "x" * 100_000)
    expect(reader.status).to_have_text("1 mark")
    reader.page.keyboard.press("Control+Home")
    assert reader.underlined() == ["miracle"]
    assert reader.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_more_than_the_limit_is_told_and_not_sent(reader: Reader, watch: Watch) -> None:
    reader.write("x", "No marks")
    asked = len(watch.requests)
    reader.paste("y" * MAX_BYTES)
    expect(reader.status).to_have_text(
        "The article is too long: it has 150,001 bytes, and this service takes 150,000. It was not sent."
    )
    assert len(watch.requests) == asked
    reader.page.keyboard.press("Backspace")
    expect(reader.status).to_have_text("No marks")
    assert len(watch.requests) == asked + 1


def test_axe_finds_nothing_serious(reader: Reader) -> None:
    reader.write(TEXT + " Twelve mice.", "3 marks")
    reader.heads.first.click()
    for summary in reader.page.locator("summary").all():
        summary.click()
    for theme in ("light", "dark"):
        reader.page.select_option("#theme", theme)
        assert serious_findings(reader.page) == []


def test_names_for_screen_readers(page: Page, reader: Reader) -> None:
    reader.write("A miracle.", "1 mark")
    expect(page.get_by_role("textbox", name="Article")).to_be_visible()
    expect(page.get_by_role("status")).to_have_text("1 mark")
    reader.heads.first.click()
    expect(page.get_by_role("button", name="Hide: Sensational language, “miracle”")).to_be_visible()
    for name in ("Previous mark", "Next mark", "Example", "Clear", "Print"):
        expect(page.get_by_role("button", name=name, exact=True)).to_be_visible()
    for name in ("What to mend", "Evidence in this article", "Scorecard", "Article"):
        expect(page.get_by_role("region", name=name, exact=True)).to_be_visible()
