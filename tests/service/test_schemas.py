"""An annotation becomes the same JSON everywhere, and its offsets hold for any Unicode."""

from __future__ import annotations

import json

import pytest
from fake_annotator import NOTE, TELLINGS, TRIGGERS, FakeAnnotator
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from classifier.annotation import Annotation
from classifier.annotator import Annotator
from service.offsets import OffsetUnit
from service.schemas import AnnotateResponse, to_response
from service.wire import json_line, printable

FAKE = FakeAnnotator()
UNITS = st.sampled_from(["codepoint", "utf16", "utf8"])
# Words that are flagged, among characters of every width, line ends, controls and combining marks.
PARTS = st.one_of(
    st.sampled_from([words for words, _, _ in (*TRIGGERS, *TELLINGS)]),
    # Told so that the real finder knows them, too.
    st.sampled_from([" in mice ", " a trial of 48 women ", " no control group ", "randomised 😀 "]),
    st.sampled_from([". ", "\n", "\r\n", "\n\n", " ", "😀", "e\u0301", "\u2028", "\x00", "\ufeff", "‘’“”–", "🏳️‍🌈"]),
    st.text(st.characters(codec="utf-8"), max_size=5),
)
ARTICLES = st.lists(PARTS, min_size=1, max_size=12).map("".join).filter(str.strip)
TITLES = st.none() | st.lists(PARTS, max_size=4).map("".join)


def sliced(text: str, start: int, end: int, unit: str) -> str:
    if unit == "codepoint":
        return text[start:end]
    encoding, width = ("utf-16-le", 2) if unit == "utf16" else ("utf-8", 1)
    return text.encode(encoding)[start * width : end * width].decode(encoding)


def check(annotation: Annotation, unit: OffsetUnit) -> int:
    document = annotation.document
    answer = to_response(annotation, unit)
    for span, found in zip(answer.spans, annotation.spans, strict=True):
        whole = document.field(span.field)
        assert span.field == found.span.field
        assert sliced(whole, span.start, span.end, unit) == span.text == document.slice(found.span)
        sentence = sliced(whole, span.sentence.start, span.sentence.end, unit)
        assert sentence == document.slice(found.sentence)
        assert span.sentence.start <= span.start < span.end <= span.sentence.end
    assert len(answer.context) == len(annotation.context)
    for shown, telling in zip(answer.context, annotation.context, strict=True):
        whole = document.field(shown.field)
        assert sliced(whole, shown.start, shown.end, unit) == shown.text == document.slice(telling.span)
        assert (shown.kind, shown.value, shown.field) == (telling.kind, telling.value, telling.span.field)
        place = annotation.sentences[telling.sentence]
        assert (shown.paragraph == 0) == (place.kind == "headline")
    # What is written can be read again, as one line, and nothing is lost.
    line = json_line(answer.model_dump(mode="json"))
    assert line.splitlines() == [line]
    assert AnnotateResponse.model_validate_json(line) == answer
    assert json.loads(answer.model_dump_json()) == json.loads(line)
    return len(answer.spans)


@given(text=ARTICLES, title=TITLES, unit=UNITS)
@example(text="🧬 wunder 😀 pill", title="😀 miracle cure", unit="utf16")
@example(text="é\r\nbreakthrough\x00", title=None, unit="utf8")
def test_offsets_hold_for_any_text(text: str, title: str | None, unit: OffsetUnit) -> None:
    count = check(FAKE.annotate(text, title=title, mode="sensitive"), unit)
    assert count >= ("breakthrough" in text) + ("wunder 😀 pill" in text)
    context = FAKE.annotate(text, title=title).context
    assert len(context) >= ("mice" in text) + ("48 🐁 people" in text) + ("dummy" in (title or ""))


@pytest.mark.model
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(text=ARTICLES, title=TITLES, unit=UNITS)
def test_offsets_hold_with_the_shipped_model(
    annotator: Annotator, text: str, title: str | None, unit: OffsetUnit
) -> None:
    check(annotator.annotate(text, title=title, mode="sensitive"), unit)


def test_the_note_follows_the_message() -> None:
    with_note, without = to_response(FAKE.annotate("A breakthrough in mice. A breakthrough.")).spans
    assert (with_note.note, without.note) == (NOTE, None)
    assert with_note.message == f"{without.message} {NOTE}"


def test_the_context_tells_where_it_stands() -> None:
    text, title = "Zwölf 😀 MICE.\n\nTwelve mice.", "A dummy"
    answer = to_response(FAKE.annotate(text, title=title), "utf16").model_dump()
    keys = ["kind", "value", "field", "start", "end", "text", "paragraph", "background"]
    assert all(list(row) == keys for row in answer["context"])
    assert [tuple(row.values()) for row in answer["context"]] == [
        ("comparison", "placebo", "title", 2, 7, "dummy", 1, False),
        ("design", "preclinical", "text", 9, 13, "MICE", 1, True),
        ("sample_size", "12", "text", 16, 22, "Twelve", 2, False),
        ("design", "preclinical", "text", 23, 27, "mice", 2, False),
    ]


def test_a_score_is_not_rounded() -> None:
    annotation = FAKE.annotate("A breakthrough.")
    assert to_response(annotation).spans[0].score == annotation.spans[0].score == 0.95


@pytest.mark.parametrize(
    ("name", "shown"), [("a", "'a'"), ("\ud800\n😀", r"'\ud800\n\U0001f600'"), ("x" * 50, "'" + "x" * 40 + "'")]
)
def test_names_from_outside_are_printable(name: str, shown: str) -> None:
    assert printable(name) == shown


def test_json_lines_keep_other_characters_readable() -> None:
    assert json_line({"a": "é “x”\u2028\u0085\n"}) == r'{"a":"é “x”\u2028\u0085\n"}'
    with pytest.raises(ValueError, match="Out of range float values"):
        json_line(float("nan"))
