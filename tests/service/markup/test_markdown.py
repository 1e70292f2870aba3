"""What is prose in Markdown and what isn't, and that no text takes forever."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.document import Document, Span
from classifier.segmentation import split
from service.markup import inline
from service.markup.inline import _BUDGET
from service.markup.markdown import markdown_map

GOLDEN = Path(__file__).with_name("golden")
CASES = {
    "heading": ("# Head\nText", "Head\n\nText"),
    "setext heading": ("Head *x*\n======\nText", "Head x\n\nText"),
    "emphasis": ("a *b* **c** ***d*** _e_ ~~f~~", "a b c d e f"),
    "asterisks that are none": ("2 * 3 * 4 and a_b_c", "2 * 3 * 4 and a_b_c"),
    "inline link": ('a [b *c*](u "t") d', "a b c d"),
    "reference link": ("a [b][1] [c][] [d] e\n\n[1]: u\n[c]: v 'title'\n[D]: w", "a b c d e\n"),
    "brackets that are no link": ("a [sic] [b][] [c][1] d", "a [sic] [b][] [c][1] d"),
    "image": ("a ![b](c.png) d", "a  d"),
    "autolink": ("a <http://b.org/c> d", "a  d"),
    "code": ("a `b` c", "a  c"),
    "indented code": ("a\n\n    code\n\nb", "a\n\nb"),
    "fenced code": ("a\n```\ncode\n```\nb", "a\n\nb"),
    "unclosed fence": ("a\n\n```\ncode", "a\n"),
    "hard line breaks": ("a  \nb\\\nc", "a\nb\nc"),
    "soft line break": ("a\n  b\r\nc", "a b c"),
    "list": ("a\n- b\n- c\n  d\n\n1. e\n2) f", "a\n• b\n• c d\n• e\n• f"),
    "paragraphs in an item": ("- a\n\n  b\n- c", "• a\n\nb\n• c"),
    "task list": ("- [ ] a\n- [x] b", "• a\n• b"),
    "quotation": ("> a *b\n> c* d\n>\n> e", "a b c d\n\ne"),
    "nested quotation": ("> > a\n> > b", "a b"),
    "table": ("| a | b |\n|---|:-:|\n| *c* | d |\n\ne", "a\n\nb\n\nc\n\nd\n\ne"),
    "references": ("a &amp; b &#233; &copy c &nosuch;", "a & b é &copy c &nosuch;"),
    "escapes": (r"\*a\* \# b", "*a* # b"),
    "inline tags": ("a <b>c</b><br>d <span title='x > y'>e</span> 1 < 2", "a c\nd e 1 < 2"),
    "footnotes": ("a[^1] b\n\n[^1]: c *d*", "a b\n\nc d"),
    "front matter": ("---\na: b\n---\nc", "c"),
    "front matter in TOML": ("+++\na = 'b'\n\n# c\n+++\n\nd", "d"),
    "byte order mark": ("\ufeff# a\n\nb", "a\n\nb"),
    "thematic break": ("a\n\n---\n\nb\n\n***\n", "a\n\nb\n"),
    "money": ("from $5 to **$6** and $7", "from $5 to $6 and $7"),
    "NUL": ("a\0b\n\n*c*", "a\0b\n\nc"),
    "nothing": ("", ""),
    "code alone": ("```\na\n```\n", ""),
}


@pytest.mark.parametrize("name", CASES)
def test_reads(name: str) -> None:
    source, read = CASES[name]
    assert markdown_map(source).text.rstrip("\n") == read.rstrip("\n")


def test_html_blocks_are_read_as_html() -> None:
    made = markdown_map("a\n\n<div class='b'>\n<p>c\nd</p>\n<script>e</script>\n</div>\n\nf")
    assert made.text.split() == ["a", "c", "d", "f"]
    assert [s.span.start for s in split(Document(made.text))] == [0, made.text.index("c"), made.text.index("f")]


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_golden(ending: str) -> None:
    source = (GOLDEN / "sleep.md").read_text(encoding="utf-8").replace("\n", ending)
    read = (GOLDEN / "sleep.md.read").read_text(encoding="utf-8")
    made = markdown_map(source)
    assert re.sub(r"\n\s*\n", "\n\n", made.text).strip() == read.strip()
    kinds = [
        (sentence.kind, made.text[sentence.span.start : sentence.span.end]) for sentence in split(Document(made.text))
    ]
    assert kinds[0] == ("headline", "Sleep pill is a breakthrough, says maker")
    assert ("bullet", "Safe for everybody") in kinds
    at = made.text.index("pill called Somnivex cured all")
    found = made.to_source(Span(at, at + len("pill called Somnivex cured all")))
    assert source[found.start : found.end] == (
        f'pill called [Somnivex](https://example.org/miracle "miracle") cured{ending}*all'
    )


def test_comments_are_known() -> None:
    source = "a <!-- b -->\n\n<!-- c -->\n\n```\n<!-- d -->\n```\n\n`<!-- e -->`"
    assert [source[start:end] for start, end in markdown_map(source).comments or ()] == ["<!-- b -->", "<!-- c -->"]


@pytest.mark.parametrize("mark", ["*", "_", "~", "![", "**a _b "])
def test_a_block_full_of_delimiters_is_read_as_it_is(mark: str) -> None:
    source = "# a *b*\n\nx" + mark * 20_000
    made = markdown_map(source)
    assert made.text.rstrip() == "a b\n\nx" + (mark * 20_000).rstrip()
    assert [warning.code for warning in made.warnings] == ["markup_too_deep"]


@pytest.mark.parametrize("mark", ["[", "[a](", "<", "&", "`", "$", "]", "\\", "[^1]", "<a ", "<!--", "|"])
def test_long_runs_are_read(mark: str) -> None:
    source = "a *b*\n\nx" + mark * 10_000
    made = markdown_map(source)
    assert made.text.startswith("a b\n\nx")
    assert made.warnings == ()


@pytest.mark.parametrize("mark", ["> ", "- ", ">", "1. ", "* > "])
def test_deep_nesting_is_plain_text(mark: str) -> None:
    source = "a *b*\n\n" + mark * 1_000 + "c"
    made = markdown_map(source)
    assert made.is_plain
    assert [warning.code for warning in made.warnings] == ["markup_too_deep"]
    # A line of dashes is no nesting.
    assert markdown_map("-" * 1_000 + "\n\n*a*").text == "a"


def test_ordinary_articles_are_far_from_the_limit() -> None:
    source = "Some *words* and **more** of [them](u), ![i](j) _and_ so ~~on~~.\n\n" * 300
    assert markdown_map(source).warnings == ()
    # Every paragraph of a megabyte could be like that.
    assert _BUDGET > 1_000_000 / 65 * 13**2


@settings(max_examples=200)
@given(st.text(st.sampled_from("ab. \t\n\r>-#*_~`[](){}!<&;\\$:/@|^'\"=+0"), max_size=40))
def test_blocks_that_need_no_parser_are_read_as_if_they_were_parsed(source: str) -> None:
    read = markdown_map(source).pieces
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(inline, "_MARKUP", re.compile(b""))
        assert markdown_map(source).pieces == read


def test_prose_alone_needs_no_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inline.Inline, "_parsed", lambda *_: pytest.fail("parsed"))
    assert (
        markdown_map("# It's 5 > 4\n\n> A pill (new), $5!\n> and so on.").text
        == "It's 5 > 4\n\nA pill (new), $5! and so on."
    )
