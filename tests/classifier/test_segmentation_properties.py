"""What holds of the sentences of any text."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import example, given
from hypothesis import strategies as st

from classifier.document import Document
from classifier.segmentation import MAX_SENTENCE_CHARS, split

# Words that can't be the number or letter of a list, and what stands between words.
WORDS = st.one_of(
    st.from_regex(r"[A-Za-zé]{2,9}", fullmatch=True),
    st.sampled_from(["Dr.", "et al.", "U.S.", "3.5%", "“Yes,”", "(b2)", "123", "😀ab", "no.", "end.", "end?”", "a.m."]),
)
GAPS = st.sampled_from([" ", " ", " ", ". ", "! ", "\n", "\n\n", "\r\n\r\n", "\u2028", ".", ", ", "… ", " • ", "\n- "])
PROSE = st.lists(st.tuples(WORDS, GAPS), min_size=1, max_size=40).map(
    lambda pairs: "".join(word + gap for word, gap in pairs)
)
ANY = st.text(st.one_of(st.sampled_from("aB1 .\n!?”•-<>\x00\u2028\r"), st.characters(codec="utf-8"))).filter(str.strip)
TITLES = st.one_of(st.none(), st.text(st.characters(codec="utf-8"), max_size=20), PROSE)


@given(st.one_of(ANY, PROSE), TITLES)
@example("\x1f.", None)
@example("<b>", "<i>")
@example("1. ", None)
@example("a" * 5000, None)
def test_sentences_are_ordered_apart_inside_and_never_empty(text: str, title: str | None) -> None:
    document = Document(text, title)
    found = split(document)
    assert found
    assert [sentence.index for sentence in found] == list(range(len(found)))
    paragraphs = [sentence.paragraph for sentence in found]
    assert paragraphs == sorted(paragraphs)
    for sentence in found:
        words = document.slice(sentence.span)
        assert words == words.strip()
        assert words
        assert len(words) <= MAX_SENTENCE_CHARS
    for before, after in pairwise(found):
        if before.span.field == after.span.field:
            assert before.span.end <= after.span.start
        else:
            assert (before.span.field, after.span.field) == ("title", "text")


@given(PROSE, st.one_of(st.none(), PROSE))
def test_every_letter_and_digit_is_in_a_sentence(text: str, title: str | None) -> None:
    document = Document(text, title)
    found = split(document)
    for field, source in (("text", text), ("title", title or "")):
        inside = {
            place
            for sentence in found
            if sentence.span.field == field
            for place in range(sentence.span.start, sentence.span.end)
        }
        lost = [source[place] for place in range(len(source)) if source[place].isalnum() and place not in inside]
        assert lost == []


@given(PROSE)
@example("AA. Dr.\n")
def test_a_text_is_cut_the_same_with_other_line_breaks(text: str) -> None:
    unix = text.replace("\r\n", "\n").replace("\u2028", "\n")
    first = [Document(unix).slice(sentence.span) for sentence in split(Document(unix))]
    windows = Document(unix.replace("\n", "\r\n"))
    second = [windows.slice(sentence.span).replace("\r\n", "\n") for sentence in split(windows)]
    assert first == second


@given(PROSE, st.sampled_from(["\n\n", "\r\n\r\n"]))
def test_sentences_of_a_paragraph_do_not_depend_on_the_paragraphs_before_it(text: str, gap: str) -> None:
    alone = [Document(text, "T").slice(sentence.span) for sentence in split(Document(text, "T"))][1:]
    moved = Document(f"Something came first.{gap}{text}", "T")
    found = [moved.slice(sentence.span) for sentence in split(moved) if sentence.span.field == "text"]
    assert found[1:] == alone
