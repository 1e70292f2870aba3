"""The report in a real browser: what is on it, for eyes, for screen readers, and on paper."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from browser import Watch, serious_findings
from playwright.sync_api import Page
from report_outputs import PLAIN, ROWS, row, write

from classifier.annotator import Annotator
from classifier.labels import criteria, labels
from service.batch.rows import annotation_row
from service.cli import main

EVIL = '<script>document.title="hit"</script><img src=x onerror=alert(1)>$x^2$ --> id="chart-1"'


def report(folder: Path, rows: Any, *options: str) -> Path:
    out = write(folder / "out.jsonl", rows)
    assert main(["report", str(out), *options]) == 0
    return folder / "out.jsonl.html"


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return report(tmp_path_factory.mktemp("report"), ROWS)


def _cells(page: Page, label: str) -> dict[str, list[str]]:
    """The rows of a table by their heading."""
    rows = page.get_by_role("region", name=label, exact=True, include_hidden=True).locator("tbody tr").all()
    return {one.locator("th").inner_text(): [cell.inner_text() for cell in one.locator("td").all()] for one in rows}


def test_what_is_on_the_page(page: Page, watch: Watch, written: Path) -> None:
    page.goto(written.as_uri())
    assert page.title() == "Overclaim report: out.jsonl"
    tiles = page.locator(".tiles").inner_text()
    sentences = sum(one["sentences"] for one in ROWS)
    assert re.findall(r"^[\d.,%]+$", tiles, re.MULTILINE)[:2] == ["5", str(sentences)]
    assert "60%" in tiles  # three of five, from 23% to 88%
    assert "23% to 88%" in tiles
    for summary in page.locator("summary").all():
        summary.click()
    by_label = _cells(page, "Figures by label")
    assert len(by_label) == len(labels())
    assert by_label["Harms played down"][:2] == ["2", "40% 12% to 77%"]
    assert by_label["Disease mongering"][0] == "0"
    outlets = _cells(page, "Figures by outlet")
    assert list(outlets) == ["Clarion", "Post", "not given"]
    assert outlets["Post"][0] == "2"
    assert outlets["Post"][2].startswith("100%")
    assert list(_cells(page, "Figures by month")) == ["2024-01", "2024-03", "no date"]
    assert list(_cells(page, "The ten criteria")) == [criterion.title for criterion in criteria().values()]
    assert "breakthrough" in page.locator("#triggers").inner_text()
    assert "doesn't look like English" in page.locator("#overview").inner_text()
    assert "Mode: sensitive." in page.locator("#overview").inner_text()
    assert "rank outlets" in page.locator("#reading").inner_text()
    assert len(watch.requests) == 1


def test_highlighted_sentences(page: Page, written: Path) -> None:
    page.goto(written.as_uri())
    first = page.locator("#articles ol.articles").first.locator("> li").first
    assert first.locator("h4").inner_text() == "a"
    assert first.locator("mark").all_inner_texts() == ["miracle", " cure", "safe", "Breakthrough"]
    assert first.locator(".sentences > li").first.inner_text().startswith("A miracle cure.")
    titles = [mark.get_attribute("title") for mark in first.locator("mark").all()]
    assert titles[0] == "Sensational language; Overstated efficacy"
    fewest = page.locator("#articles ol.articles").last
    assert fewest.locator("h4").all_inner_texts() == ["d", "c"]
    assert fewest.locator("mark").count() == 0


def test_charts_are_drawings_with_a_name_and_letters(page: Page, written: Path) -> None:
    page.goto(written.as_uri())
    charts = page.get_by_role("img")
    assert charts.count() == 6
    assert page.get_by_role("img", name="Shares flagged, by outlet, with 95% intervals").count() == 1
    words = page.locator("figure").first.locator("svg text").all_text_contents()
    assert set(words) >= {label.title for label in labels().values()}
    ids = page.eval_on_selector_all("[id]", "all => all.map(one => one.id)")
    assert len(ids) == len(set(ids))
    used = re.findall(r'(?:href="#|url\(#)([^")]+)', written.read_text(encoding="utf-8"))
    assert set(used) <= set(ids)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_serious_for_screen_readers(page: Page, written: Path, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme)
    page.goto(written.as_uri())
    for summary in page.locator("summary").all():
        summary.click()
    assert serious_findings(page) == []


def test_on_paper(page: Page, written: Path) -> None:
    page.goto(written.as_uri())
    page.emulate_media(media="print", color_scheme="dark")
    style = "(one, name) => getComputedStyle(one)[name]"
    assert page.locator("body").evaluate(style, "color") == "rgb(0, 0, 0)"
    assert "underline" in str(page.locator("mark").first.evaluate(style, "textDecorationLine"))
    assert page.locator("summary").first.is_visible() is False
    assert page.locator("figure svg").first.is_visible()
    assert page.pdf(format="A4").startswith(b"%PDF")


def test_narrow_screens_scroll_tables_only(page: Page, written: Path) -> None:
    page.set_viewport_size({"width": 360, "height": 700})
    page.goto(written.as_uri())
    for summary in page.locator("summary").all():
        summary.click()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_markup_in_the_archive_does_nothing(page: Page, watch: Watch, tmp_path: Path) -> None:
    evil = row(EVIL, f"A miracle {EVIL} cure.\n{PLAIN}", outlet=EVIL, date=EVIL, url="javascript:alert(1)")
    evil["spans"][0]["text"] = EVIL
    evil["warnings"] = [{"code": EVIL, "message": EVIL}]
    evil["model"] = {"version": EVIL, "sha256": EVIL}
    page.goto(report(tmp_path, [evil], "--by", "outlet", "--by", "date").as_uri())
    assert page.title() == "Overclaim report: out.jsonl"
    assert page.locator("script, img, iframe").count() == 0
    assert page.locator("a[href^=javascript]").count() == 0
    assert page.locator("#articles h4").first.inner_text().startswith("<script>")
    labelled = page.locator("figure svg text").all_text_contents()
    assert any(words.startswith("<script>document.title") for words in labelled)
    assert len(watch.requests) == 1


def test_safe_addresses_are_links(page: Page, tmp_path: Path) -> None:
    page.goto(report(tmp_path, [row("a", f"Safe. {PLAIN}", url="https://news.example/?a=1&b=2")]).as_uri())
    assert page.locator("h4 a").get_attribute("href") == "https://news.example/?a=1&b=2"
    assert "No column" not in page.locator("main").inner_text()


@pytest.mark.parametrize(
    ("rows", "words"), [([], "has no articles"), ([row("a", "Safe.")], "No article is long enough")]
)
def test_tiny_archives(page: Page, tmp_path: Path, rows: Any, words: str) -> None:
    page.goto(report(tmp_path, rows).as_uri())
    assert words in page.locator("main").inner_text()
    assert serious_findings(page) == []


def test_asked_for_a_time_without_dates(page: Page, tmp_path: Path) -> None:
    page.goto(report(tmp_path, [row("a", "Safe.")], "--by", "month").as_uri())
    assert "No column with a date was found" in page.locator("#by-1").inner_text()


@pytest.mark.model
def test_real_annotations_are_marked_where_they_are(page: Page, tmp_path: Path, annotator: Annotator) -> None:
    text = "A new pill cured all twelve mice. 😀 It is a miracle breakthrough and has no side effects at all. " + PLAIN
    real = {"id": "real", **annotation_row(annotator.annotate(text, title="Hope", mode="sensitive"), "utf16")}
    assert real["spans"]
    page.goto(report(tmp_path, [real]).as_uri())
    shown = page.locator("#articles ol.articles").first.locator("mark").all_inner_texts()
    assert "".join(shown).split()
    assert all(any(piece.strip() in span["text"] for span in real["spans"]) for piece in shown)
    assert "1 article" in page.locator("header").inner_text()
