"""Comments that hide marks: where they hold, in every form, and what is wrong with some."""

from __future__ import annotations

import pytest
from fake_annotator import FakeAnnotator
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.annotation import Annotation
from service.checking import check
from service.ignores import read_ignores
from service.markup import FORMS, Form, plain_map, read_markup

FAKE = FakeAnnotator()


def shown(source: str, form: Form = "plain") -> list[str]:
    """The marked words with what follows them, so that each is known by its number."""
    found = check(FAKE, source, form=form)
    return [source[span.span.start : span.span.end + 1] for span in found.spans]


def number(source: str) -> str:
    """Each "miracle" gets the next digit: miracle1, miracle2 …"""
    parts = source.split("miracle")
    return parts[0] + "".join(f"miracle{place}{part}" for place, part in enumerate(parts[1:], 1))


CASES: dict[str, tuple[str, list[int]]] = {
    "none": ("miracle\n\nmiracle", [1, 2]),
    "off and on": ("miracle\n<!-- overclaim off -->\nmiracle\n\nmiracle\n\n<!-- overclaim on -->\n\nmiracle", [1, 4]),
    "off alone holds to the end": ("miracle <!-- overclaim off --> miracle\n\nmiracle", [1]),
    "on alone": ("miracle <!-- overclaim on --> miracle", [1, 2]),
    "off twice, on once": ("<!--overclaim off-->miracle<!--overclaim off--> miracle<!-- OVERCLAIM ON --> miracle", [3]),
    "ignore at a line's end": ("miracle\n\nmiracle, miracle <!-- overclaim ignore -->\n\nmiracle", [1, 4]),
    "ignore inside a line": ("miracle\n\nmiracle <!-- overclaim ignore --> miracle\n\nmiracle", [1, 4]),
    "ignore on its own line": ("miracle\n\n<!-- overclaim ignore -->\nmiracle miracle\n\nmiracle", [1, 4]),
    "ignore a line further up": ("miracle\n\n<!-- overclaim ignore -->\n\nmiracle\n\nmiracle", [1, 3]),
    "ignore at the end": ("miracle\n\nmiracle\n\n<!-- overclaim ignore -->\n", [1, 2]),
    "label": ("miracle <!-- overclaim ignore sensational_language -->\n\nmiracle", [2]),
    "other label": ("miracle <!-- overclaim ignore causal_overreach -->", [1]),
    "labels": ("<!-- overclaim off causal_overreach, Sensational_Language -->miracle", []),
    "on for one label": (
        "<!-- overclaim off -->miracle <!-- overclaim on sensational_language -->miracle",
        [2],
    ),
    "on for another label": (
        "<!-- overclaim off sensational_language -->miracle <!-- overclaim on causal_overreach -->miracle",
        [],
    ),
    "unknown label hides nothing": ("miracle <!-- overclaim ignore spin -->", [1]),
    "no comment of ours": ("<!-- overclaims ignore --> miracle <!-- off --> miracle <!-- overclaim off", [1, 2]),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", CASES)
def test_hides(name: str, form: Form) -> None:
    source, wanted = CASES[name]
    source = number(source)
    if form == "html":
        source = "\n\n".join(f"<p>{part}</p>" if "miracle" in part else part for part in source.split("\n\n"))
    assert [int(words[-1]) for words in shown(source, form)] == wanted


@pytest.mark.parametrize("ending", ["\r\n", "\r"])
def test_other_line_breaks(ending: str) -> None:
    source = number("miracle\n\n<!-- overclaim ignore -->\nmiracle\n\nmiracle <!-- overclaim ignore -->\n\nmiracle")
    assert shown(source.replace("\n", ending)) == ["miracle1", "miracle4"]


def test_a_page_in_one_line() -> None:
    source = number("<p>miracle</p><p>miracle</p><!-- overclaim ignore --><p>miracle</p>")
    assert shown(source, "html") == ["miracle1", "miracle3"]


def test_comments_in_code_are_code() -> None:
    source = number("miracle\n\n```html\n<!-- overclaim off -->\n```\n\nmiracle `<!-- overclaim ignore -->`")
    assert shown(source, "markdown") == ["miracle1", "miracle2"]
    assert shown(source, "plain") == ["miracle1"]


def test_a_title_that_is_apart_is_not_hidden() -> None:
    found = check(FAKE, "<!-- overclaim off -->\nmiracle", title="A miracle")
    assert [span.span.field for span in found.spans] == ["title"]


def test_comments_are_not_read() -> None:
    source = (
        "Head\n<!-- overclaim off causal_overreach -->\nOne 😀. <!-- overclaim on -->\nTwo <!-- overclaim ignore -->x"
    )
    clean, _ = read_ignores(plain_map(source))
    assert clean.text == "Head\nOne 😀.\nTwo x"
    assert clean.source == source


@pytest.mark.parametrize(
    ("comment", "code", "message"),
    [
        ("overclaim ignore spin", "unknown_label", "unknown label 'spin'"),
        ("overclaim off spin sensational_language", "unknown_label", "unknown label 'spin'"),
        ("overclaim of", "unknown_comment", "says 'of'; known: off, on, ignore"),
        ("overclaim", "unknown_comment", "says nothing"),
        ("overclaim ignore \u202ex\x1b", "unknown_label", r"'\u202ex\x1b'"),
    ],
)
def test_warnings(comment: str, code: str, message: str) -> None:
    found: Annotation = check(FAKE, f"A miracle.\n\n<!-- {comment} -->\n\nNothing.")
    assert [warning.code for warning in found.warnings] == [code]
    assert message in found.warnings[0].message
    assert len(found.spans) == 1


def test_warnings_are_few() -> None:
    assert len(check(FAKE, "x <!-- overclaim ignore spin -->\n" * 50).warnings) == 5


COMMENTS = tuple(
    f"<!-- overclaim {words} -->" for words in ("off", "on", "ignore", "off sensational_language", "ignore x", "")
)
PARTS = ("miracle", " ", "\n", "\n\n", "\r\n", "😀", "e\u0301", "<p>", "</p>", "*", "`", *COMMENTS)


@settings(max_examples=100)
@given(form=st.sampled_from(FORMS), parts=st.lists(st.sampled_from(PARTS), max_size=20))
def test_hidden_marks_are_some_of_all(form: Form, parts: list[str]) -> None:
    source = "A miracle. " + "".join(parts)
    clean, ignores = read_ignores(read_markup(source, form))
    assert "overclaim" not in clean.text or form == "markdown"  # code, which isn't read, or a broken tag
    for region in ignores.regions:
        assert 0 <= region.start <= region.end <= len(source)
    everything = FAKE.annotate(clean.text)
    found = check(FAKE, source, form=form)
    assert [span.id for span in found.spans if span.id not in {one.id for one in everything.spans}] == []
    assert all(found.document.slice(span.span).lower().startswith("miracle") for span in found.spans)
    assert "off" in source or "ignore" in source or len(found.spans) == len(everything.spans)


def test_thousands_of_comments() -> None:
    source = "miracle <!-- overclaim ignore --> " * 5_000
    clean, ignores = read_ignores(plain_map(source))
    assert len(ignores.regions) == 5_000
    assert "overclaim" not in clean.text
