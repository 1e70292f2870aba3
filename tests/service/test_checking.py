"""``check``: the annotator is asked once, and everything it says is moved to the source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fake_annotator import FakeAnnotator
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.annotation import Annotation, CriterionScore, Mode
from classifier.annotator import Annotator
from classifier.document import Document, Span
from classifier.errors import InvalidInputError
from service.checking import check
from service.markup import FORMS, Form, Piece, SourceMap, plain_map, read_markup
from service.project import Project
from service.remap import to_source
from service.render import html, text
from service.schemas import to_response

GOLDEN = Path(__file__).parent / "markup" / "golden"
FAKE = FakeAnnotator()
ARTICLE = (
    "A pill\n\nThe **miracle** *cure*: 48 🐁 people &amp; a break<b>through</b> in mice.\n\nIt is [safe](miracle)."
)


class Counting(FakeAnnotator):
    """Remembers what it was asked, and gives a reason for each criterion."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[str, str | None, str, Any]] = []

    def annotate_many(
        self, documents: Iterable[Document], *, mode: Mode = "balanced", labels: Iterable[str] | None = None
    ) -> Iterator[Annotation]:
        for document in documents:
            self.asked.append((document.text, document.title, mode, labels))
            found = self._one(document, mode, frozenset(labels or ("sensational_language", "overstated_efficacy")))
            reasons = tuple(span.span for span in found.spans[:3])
            yield Annotation(
                **{name: getattr(found, name) for name in Annotation.__slots__ if name != "scorecard"},
                scorecard={"language": CriterionScore(0.2, "not satisfactory", reasons)},
            )


def test_markdown_is_read_once_and_moved() -> None:
    annotator = Counting()
    found = check(annotator, ARTICLE, form="markdown", title="A miracle")
    read = "A pill\n\nThe miracle cure: 48 🐁 people & a breakthrough in mice.\n\nIt is safe."
    assert annotator.asked == [
        (read + "\n" if annotator.asked[0][0].endswith("\n") else read, "A miracle", "balanced", None)
    ]
    assert found.document == Document(ARTICLE, "A miracle")
    words = [(span.span.field, span.label, span.text) for span in found.spans]
    assert words == [
        ("title", "sensational_language", "miracle"),
        ("text", "sensational_language", "miracle"),
        ("text", "overstated_efficacy", "miracle** *cure"),
        ("text", "sensational_language", "break<b>through"),
    ]
    assert [found.document.slice(telling.span) for telling in found.context] == ["48 🐁 people", "mice"]
    because = found.scorecard["language"].because
    assert [found.document.slice(span) for span in because] == ["miracle", "miracle", "miracle** *cure"]
    assert found.document.slice(found.sentences[2].span).endswith("break<b>through</b> in mice.")
    # The ids are those of the words that were read.
    assert [span.id for span in found.spans] == [span.id for span in FAKE.annotate(read, title="A miracle").spans]


def test_plain_text_is_not_touched() -> None:
    source = "A **miracle** <b>cure</b> &amp; a `breakthrough`.\r\n\r\nMiracle 😀."
    assert check(FAKE, source) == FAKE.annotate(source)
    assert check(FAKE, source, title="Miracle", mode="sensitive", labels=["overstated_efficacy"]) == FAKE.annotate(
        source, title="Miracle", mode="sensitive", labels=["overstated_efficacy"]
    )


@pytest.mark.model
def test_plain_text_is_not_touched_with_the_shipped_model(annotator: Annotator) -> None:
    source = (GOLDEN / "sleep.md.read").read_text(encoding="utf-8")
    assert check(annotator, source, mode="sensitive") == annotator.annotate(source, mode="sensitive")


@pytest.mark.model
@pytest.mark.parametrize(("name", "form"), [("sleep.md", "markdown"), ("sleep.html", "html")])
def test_marks_of_the_shipped_model_stand_in_the_source(annotator: Annotator, name: str, form: Form) -> None:
    source = (GOLDEN / name).read_text(encoding="utf-8")
    found = check(annotator, source, form=form, mode="sensitive")
    assert any("breakthrough" in span.text for span in found.spans)
    # The ignored paragraph, front matter, code and attributes.
    assert not any(
        source.index("No other miracle") <= span.span.start for span in found.spans if "miracle" in span.text
    )
    read = read_markup(source, form).text
    everything = {(span.id, span.score) for span in annotator.annotate(read, mode="sensitive").spans}
    assert {(span.id, span.score) for span in found.spans} <= everything
    assert any(telling.value == "preclinical" for telling in found.context)


def test_a_project_gives_the_mode_and_hides() -> None:
    source = "A miracle, a breakthrough. It is safe."
    everything = {span.text: span for span in check(FAKE, source, mode="sensitive").spans}
    assert list(everything) == ["miracle", "breakthrough", "safe"]

    def shown(project: Project, mode: Mode | None = None) -> list[str]:
        return [span.text for span in check(FAKE, source, project=project, mode=mode).spans]

    assert shown(Project()) == ["miracle", "breakthrough"]
    assert shown(Project(mode="sensitive")) == ["miracle", "breakthrough", "safe"]
    assert shown(Project(mode="sensitive"), "strict") == ["breakthrough"]
    assert shown(Project(labels_off=frozenset({"sensational_language"}), mode="sensitive")) == ["safe"]
    assert shown(Project(mode="sensitive").ignoring([everything["safe"].id])) == ["miracle", "breakthrough"]


def test_hiding_leaves_scorecard_and_context() -> None:
    source = "A miracle in mice. <!-- overclaim off -->"
    hidden = check(Counting(), source, project=Project(labels_off=frozenset({"overstated_efficacy"})))
    assert [span.text for span in hidden.spans] == ["miracle"]
    hidden = check(Counting(), "<!-- overclaim off -->\n" + source)
    assert hidden.spans == ()
    assert len(hidden.context) == 1
    assert [hidden.document.slice(span) for span in hidden.scorecard["language"].because] == ["miracle"]


def test_pieces_of_the_caller() -> None:
    source = "x<b>miracle</b>"
    pieces = SourceMap(source, [Piece("", 0, 4), Piece("miracle", 4, 11), Piece("", 11, 15)])
    assert [span.span for span in check(FAKE, source, pieces=pieces).spans] == [Span(4, 11)]
    with pytest.raises(ValueError, match="another source"):
        check(FAKE, "y", pieces=pieces)
    with pytest.raises(ValueError, match="isn't of the text"):
        to_source(FAKE.annotate("y"), plain_map("z"))


@pytest.mark.parametrize(
    ("source", "form", "message"),
    [
        ("```\ncode\n```", "markdown", "text is empty"),
        ("<script>x</script>", "html", "text is empty"),
        ("<!-- overclaim off -->", "plain", "text is empty"),
        ("", "markdown", "text is empty"),
        ("a\ud800", "markdown", "half of a surrogate pair at character 1"),
        ("a\ud800", "html", "half of a surrogate pair"),
    ],
)
def test_bad_input(source: str, form: Form, message: str) -> None:
    with pytest.raises(InvalidInputError, match=message) as caught:
        check(FAKE, source, form=form)
    assert caught.value.field == "text"


def test_warnings_of_the_reader_are_passed_on() -> None:
    found = check(FAKE, "miracle\n\n" + "> " * 100 + "x", form="markdown")
    assert [warning.code for warning in found.warnings] == ["markup_too_deep"]
    assert len(found.spans) == 1


PARTS = (
    "miracle", "miracle cure", "wunder 😀 pill", "breakthrough", " ", "\n", "\n\n", "\r\n", "*", "**", "<b>", "</b>",
    "&amp;", "e\u0301", "# ", "- ", "> ", "`", "[", "](u)", "<p>", "mice", ". ", "48 🐁 people",
)  # fmt: skip


@settings(max_examples=150)
@given(
    form=st.sampled_from(FORMS),
    parts=st.lists(st.sampled_from(PARTS), max_size=20),
    title=st.sampled_from([None, "A miracle 😀"]),
)
def test_every_adapter_can_use_the_result(form: Form, parts: list[str], title: str | None) -> None:
    source = "x " + "".join(parts)
    found = check(FAKE, source, form=form, title=title, mode="sensitive")
    assert found.document == Document(source, title)
    for unit, encoding, width in (("codepoint", "utf-32-le", 4), ("utf16", "utf-16-le", 2), ("utf8", "utf-8", 1)):
        answer = to_response(found, unit)  # type: ignore[arg-type]
        for span in answer.spans:
            raw = (title or "" if span.field == "title" else source).encode(encoding)
            assert raw[span.start * width : span.end * width].decode(encoding) == span.text
            assert span.sentence.start <= span.start < span.end <= span.sentence.end
    ends = [0, 0]
    for sentence in found.sentences:
        index = sentence.span.field == "text"
        assert sentence.span.start >= ends[index]
        ends[index] = sentence.span.end
    assert len(list(text.listing(found, "x"))) >= len(found.spans)
    assert html.page([("x", found)])
