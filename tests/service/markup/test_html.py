"""What is prose in HTML and what isn't; broken pages lose nothing; no page takes forever."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from classifier.document import Document, Span
from classifier.segmentation import split
from service.markup.html import html_map
from service.markup.tags import tokens

GOLDEN = Path(__file__).with_name("golden")
CASES = {
    "inline tags": ("a <b class='x>y'>c</b>d", "a cd"),
    "block tags": ("<p>a</p><p>b", "a\n\nb"),
    "line break": ("a<br/>b<BR>c", "a\nb\nc"),
    "line breaks of the source": ("<p>a\n  b\n\n c</p>", "a b c"),
    "preformatted": ("<pre>a\n  b</pre>c\nd", "a\n  b\n\nc d"),
    "script and style": ("a<script>b < c</script><STYLE>d</STYLE >e", "ae"),
    "head": ("<html><head><title>a</title><meta b></head><body>c", "c"),
    "unclosed head": ("<html><head><title>a</title><body>c", "c"),
    "navigation": ("<nav>a<p>b</p></nav><main>c</main>", "c"),
    "unclosed navigation hides nothing": ("<nav>a<p>b", "a\n\nb"),
    "nested navigation": ("<nav>a<nav>b</nav>c</nav>d", "d"),
    "code": ("a <code>b</code> c", "a  c"),
    "templates": ("a<template><p>b</p></template>c", "ac"),
    "attributes": ("a<img alt=\"b\" src=c title='d'>e", "ae"),
    "comments": ("a<!-- b --><!-- <p> -->c", "ac"),
    "unclosed comment": ("a<!-- b", "a<!-- b"),
    "doctype": ("<!DOCTYPE html>a<?xml b?>c", "ac"),
    "references": ("a &amp; &lt;b&gt; &#233;&#xe9; &nbsp; &nosuch; & c", "a & <b> éé \xa0 &nosuch; & c"),
    "reference of two characters": ("a &NotEqualTilde; b", "a \u2242\u0338 b"),
    "less than": ("1 < 2 and 3 <4", "1 < 2 and 3 <4"),
    "tag cut off": ("a <a href='b", "a <a href='b"),
    "unclosed quotation mark": ('a <a href="b>c</a> d', "a c d"),
    "stray end tags": ("</p>a</div></b>", "a"),
    "nothing": ("", ""),
}


@pytest.mark.parametrize("name", CASES)
def test_reads(name: str) -> None:
    source, read = CASES[name]
    text = re.sub(r"(?<!\S)\n\n\s*|\n\n\s*$|\n\n\s+", "\n\n", html_map(source).text)
    assert text.strip("\n ") == read


def test_golden() -> None:
    source = (GOLDEN / "sleep.html").read_text(encoding="utf-8")
    read = (GOLDEN / "sleep.html.read").read_text(encoding="utf-8")
    made = html_map(source)
    paragraphs = [paragraph.strip() for paragraph in re.split(r"\n\s*\n", made.text) if paragraph.strip()]
    assert "\n\n".join(paragraphs) == read.strip()
    sentences = [(one.kind, made.text[one.span.start : one.span.end]) for one in split(Document(made.text))]
    assert sentences[0] == ("headline", "Sleep pill is a breakthrough, says maker")
    at = made.text.index("called Somnivex cured all")
    found = made.to_source(Span(at, at + len("called Somnivex cured all")))
    assert source[found.start : found.end] == ('called <a href="/miracle" title="miracle">Somnivex</a> cured\n<b>all')
    assert [source[start:end] for start, end in made.comments or ()] == [
        "<!-- A comment about a miracle -->",
        "<!-- overclaim ignore -->",
    ]


@pytest.mark.parametrize(
    "mark",
    ["<", "<a ", "&", "&a", "<!--", '<a href="', "<a b='<a c=\"", "<div>", "</div>", "</a ", "<!a ", "<?x ", "<script>",
     "<nav>", "<nav></nav>", "<a =", "<title>x</title", " \n x", "<a x='\""],
)  # fmt: skip
def test_long_runs_are_read(mark: str) -> None:
    source = mark * (200_000 // len(mark))
    made = html_map(source)
    assert made.source == source
    assert all(0 <= token.start < token.end <= len(source) for token in tokens(source))
