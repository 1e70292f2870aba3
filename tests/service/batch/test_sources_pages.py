"""From the bytes of a page to the article on it."""

from __future__ import annotations

import codecs
import logging

import pytest
from archives import ADVERT, SENTENCES, page
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.errors import InvalidInputError
from service.batch.sources.bodies import decoded_page
from service.batch.sources.extract import Page, main_text

UMLAUTS = "<p>Übermäßige Hoffnung für Mäuse, schöne Größe; naïve Façade für fünf Ärzte. „Das ist schön.“</p>"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (UMLAUTS.encode(), ""),
        (UMLAUTS.encode(), "text/html; charset=iso-8859-1"),  # wrong, and browsers of old believed it
        (UMLAUTS.encode("utf-8-sig"), "text/html; charset=latin1"),
        (codecs.BOM_UTF16_LE + UMLAUTS.encode("utf-16-le"), ""),
        (codecs.BOM_UTF16_BE + UMLAUTS.encode("utf-16-be"), "text/html"),
        (UMLAUTS.encode("utf-16-le"), "text/html; charset=UTF-16LE"),
        (UMLAUTS.encode("cp1252"), "text/html; charset='windows-1252'"),
        (UMLAUTS.encode("cp1252"), "text/html;charset=ISO-8859-1"),
        (b"<meta charset=us-ascii>" + UMLAUTS.encode("cp1252"), ""),
        (b'<meta http-equiv="x" content="text/html; charset=windows-1252">' + UMLAUTS.encode("cp1252"), "text/html"),
        (b'<?xml version="1.0" encoding="windows-1252"?>' + UMLAUTS.encode("cp1252"), ""),
        (UMLAUTS.encode("cp1252"), "text/html; charset=nonsense"),
        (UMLAUTS.encode("cp1252"), "text/html; charset=rot13"),
    ],
)
def test_encodings(body: bytes, content_type: str) -> None:
    assert decoded_page(body, content_type).endswith(UMLAUTS)


@pytest.mark.parametrize("encoding", ["shift_jis", "gb2312", "euc-kr", "iso-2022-jp", "koi8-r"])
def test_other_scripts(encoding: str) -> None:
    words = {"gb2312": "老鼠被治好了", "euc-kr": "쥐가 나았다", "koi8-r": "Мыши здоровы"}.get(
        encoding, "マウスが治った"
    )
    assert decoded_page(words.encode(encoding), f"text/html; charset={encoding}") == words
    declared = f'<meta charset="{encoding}">'.encode() + words.encode(encoding)
    assert decoded_page(declared).endswith(words)


def test_a_few_bad_bytes_do_not_spoil_a_page_that_says_what_it_is() -> None:
    assert decoded_page(b"<p>fine \xff words</p>", "text/html; charset=utf-8") == "<p>fine \ufffd words</p>"


@pytest.mark.parametrize("body", [b"<p>\0</p>", bytes(2000), b"\x89PNG\r\n\x1a\n\0\0"])
def test_what_is_no_text(body: bytes) -> None:
    with pytest.raises(InvalidInputError, match="the page is no text in any known encoding"):
        decoded_page(body)


@given(st.binary(max_size=400), st.text(max_size=60))
@settings(max_examples=60)
def test_no_bytes_stop_the_decoder(body: bytes, content_type: str) -> None:
    try:
        decoded_page(body, content_type).encode("utf-8", "surrogatepass")
    except InvalidInputError as err:
        assert err.code == "not_text"  # noqa: PT017  (it may pass, too)


def test_paragraphs_are_apart_and_lists_together() -> None:
    first, second, *_ = SENTENCES
    html = page(sentences=SENTENCES).replace(f"<p>{second}</p>", f"<ul><li>{first}</li><li>{second}</li></ul>")
    found = main_text(html)
    assert found.text.split("\n\n")[:2] == [first, f"- {first}\n- {second}"]
    assert found == Page(found.text, "Berry pill cures mice", "2024-03-05")


def test_the_headline_is_not_repeated_in_the_text() -> None:
    assert not main_text(page()).text.startswith("Berry pill")
    other = main_text(page().replace("<h1>Berry pill cures mice</h1>", "<h2>What the study found in mice</h2>"))
    assert other.title == "Berry pill cures mice"


def test_a_page_without_a_title_or_a_date() -> None:
    html = "<html><body>" + "".join(f"<p>{sentence}</p>" for sentence in SENTENCES) + "<p>© 2019</p></body></html>"
    found = main_text(html)
    assert (found.title, found.date) == (None, None)
    assert found.text.startswith(SENTENCES[0])


@pytest.mark.parametrize(
    "change",
    [
        lambda html: '<?xml version="1.0" encoding="ISO-8859-1"?>' + html,
        lambda html: html.replace("mice", "mi\0ce"),
        lambda html: html.replace("</p>", "").replace("</article>", ""),
        lambda html: html.replace('charset="utf-8"', 'charset="utf-16"'),
        lambda html: html + "<div>" * 3000,
    ],
)
def test_pages_that_are_not_quite_right(change: object) -> None:
    assert callable(change)
    found = main_text(change(page(charset="utf-8")))
    assert SENTENCES[0] in found.text
    assert ADVERT not in found.text


def test_nothing_of_a_page_is_logged(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
    caplog.set_level(logging.DEBUG)
    for html in (page(), "<html><body>x</body></html>", "<p>" * 2000):
        try:
            main_text(html, "https://news.example/2024/01/02/")
        except InvalidInputError:
            continue
    assert [record.name for record in caplog.records] == []
    assert capfd.readouterr() == ("", "")


def test_a_page_that_breaks_the_parser_is_only_itself_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("words of the article")

    monkeypatch.setattr("trafilatura.bare_extraction", broken)
    with pytest.raises(InvalidInputError, match="the page can't be read as HTML") as caught:
        main_text(page())
    assert "article" not in caught.value.message
