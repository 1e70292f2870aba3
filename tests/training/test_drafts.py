"""Drafts: the inline form and back, and what is refused, with the draft's own line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from small_data import assert_refused, put

from classifier.errors import CorpusError
from classifier.labels import LABEL_IDS
from classifier.training.articles import RawLabel, label_order, read_articles
from classifier.training.drafts import MAX_WORDS, MIN_WORDS, main, parse_inline, read_draft, render_inline
from classifier.training.standoff import Place

FORMAT = Path(__file__).parents[2] / "training_data/FORMAT.md"
HERE = Place(Path("draft.txt"), 7)
FILLER = "\n\n" + " ".join(["Nothing happened to the zebra."] * 40)
META = {"kind": "story", "topic": "sleep", "stance": "mixed", "evidence": "a trial: 160 adults"}
BODY = "Zebra pill {overstated_efficacy|ends naps}\n\nIt {sensational_language|amazed} us."


def draft(body: str = BODY + FILLER, **meta: str) -> str:
    return front("".join(f"{key}: {value}\n" for key, value in (META | meta).items())) + body + "\n"


def front(content: str) -> str:
    return f"---\n{content}---\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "01-zebra.txt"


def test_a_draft_becomes_an_article(path: Path) -> None:
    put(path, draft())
    article = read_draft(path, "own-007")
    assert article.as_row() == {
        "id": "own-007",
        **META,
        "text": "Zebra pill ends naps\n\nIt amazed us." + FILLER,
        "labels": [
            {"label": "overstated_efficacy", "start": 11, "end": 20},
            {"label": "sensational_language", "start": 25, "end": 31},
        ],
    }


def test_the_order_of_the_front_matter_does_not_matter(path: Path) -> None:
    put(path, draft())
    before = read_draft(path, "own-001")
    put(path, front("".join(f"{key}: {value}\n" for key, value in reversed(META.items()))) + BODY + FILLER)
    assert read_draft(path, "own-001") == before


def test_the_documented_example() -> None:
    page = FORMAT.read_text(encoding="utf-8")
    body = page.split("evidence: randomised trial, 160 adults\n---\n")[1].split("\n```")[0]
    text, labels = parse_inline(body, HERE)
    row = json.loads(page.split("```json\n")[2].split("\n```")[0].replace("…", ""))
    assert text.split(". In the trial")[0] == row["text"].split(". In the trial")[0]
    assert [dict(zip(("label", "start", "end"), label.raw, strict=True)) for label in labels] == row["labels"]


INLINE: list[tuple[str, str, list[RawLabel]]] = [
    ("no labels", "no labels", []),
    ("  \n a {sensational_language|b} \n", "a b", [("sensational_language", 2, 3)]),
    ("{sensational_language|b}", "b", [("sensational_language", 0, 1)]),
    (
        "{sensational_language+overstated_efficacy|b c}",
        "b c",
        [("overstated_efficacy", 0, 3), ("sensational_language", 0, 3)],
    ),
    (
        "{missing_comparator|80% of patients {sensational_language|dramatically} improved}",
        "80% of patients dramatically improved",
        [("missing_comparator", 0, 37), ("sensational_language", 16, 28)],
    ),
    (
        "{missing_comparator|{sensational_language|a} {overstated_efficacy|b}}",
        "a b",
        [("sensational_language", 0, 1), ("missing_comparator", 0, 3), ("overstated_efficacy", 2, 3)],
    ),
    ("😀 {sensational_language|é|+}", "😀 é|+", [("sensational_language", 2, 5)]),
]


@pytest.mark.parametrize(("body", "text", "labels"), INLINE)
def test_inline_labels(body: str, text: str, labels: list[RawLabel]) -> None:
    found, inline = parse_inline(body, HERE)
    assert (found, [label.raw for label in inline]) == (text, labels)


ANY_TEXT = st.text(st.characters(exclude_characters="{}", exclude_categories=["Cs"]), min_size=1, max_size=60).filter(
    lambda text: text == text.strip()
)


@st.composite
def labelled_texts(draw: st.DrawFn) -> tuple[str, list[RawLabel]]:
    text = draw(ANY_TEXT)
    found: list[RawLabel] = []
    for _ in range(draw(st.integers(0, 6))):
        start = draw(st.integers(0, len(text) - 1))
        end = draw(st.integers(start + 1, len(text)))
        label = (draw(st.sampled_from(LABEL_IDS)), start, end)
        if label not in found and not any(s < start < e < end or start < s < end < e for _, s, e in found):
            found.append(label)
    return text, sorted(found, key=label_order)


@given(labelled_texts())
@example(("ab", [("overstated_efficacy", 0, 1), ("overstated_efficacy", 0, 2), ("overstated_efficacy", 1, 2)]))
def test_inline_form_and_back(labelled: tuple[str, list[RawLabel]]) -> None:
    text, labels = labelled
    inline = render_inline(text, labels)
    found, parsed = parse_inline(inline, HERE)
    assert (found, [label.raw for label in parsed]) == (text, labels)
    assert render_inline(found, labels) == inline


@given(st.text(st.sampled_from("{}|+ab \n"), max_size=30) | st.text(max_size=30))
@example("{overstated_efficacy|")
@example("a}")
def test_any_text_is_parsed_or_refused(body: str) -> None:
    if "{" in body or "}" in body:
        # No text of this alphabet has a label's name in it.
        with pytest.raises(CorpusError, match=r"^draft\.txt:\d+: "):
            parse_inline(body, HERE)
    else:
        assert parse_inline(body, HERE) == (body.strip(), [])


@given(st.lists(st.sampled_from(["{overstated_efficacy|", "{", "}", "}", "|", "a", " ", "\n"]), max_size=12))
def test_braces_never_survive(pieces: list[str]) -> None:
    try:
        text, labels = parse_inline("".join(pieces), HERE)
    except CorpusError:
        return
    assert "{" not in text
    assert "}" not in text
    assert "".join(pieces).count("}") == len(labels)


def test_crossing_triggers_and_braces_have_no_inline_form() -> None:
    with pytest.raises(ValueError, match="two triggers cross"):
        render_inline("a b c", [("overstated_efficacy", 0, 3), ("sensational_language", 2, 5)])
    with pytest.raises(ValueError, match="a text with braces"):
        render_inline("a {b} c", [])


REFUSED = [
    ("The zebra\n\nThe zebra.\n", 1, "front matter is missing"),
    ("", 1, "front matter is missing"),
    ("---\nkind: story\n", 1, "front matter is missing"),
    ("\n" + draft(), 1, "front matter is missing"),
    ("----\n" + draft(), 1, "front matter is missing"),
    *((front("".join(f"{k}: x\n" for k in META if k != key)) + BODY, 5, f"front matter lacks {key}") for key in META),
    (draft(mood="zebra"), 6, "unknown key 'mood' in the front matter"),
    (front("the zebra: x\n"), 2, "unknown key in the front matter"),
    (front("kind: story\nkind: story\n"), 3, "kind stands twice in the front matter"),
    (front("kind=zebra\n"), 2, "one key: value on a line"),
    (front("kind: story\n\n"), 3, "one key: value on a line"),
    (draft(kind="feature"), 2, "kind must be story or release"),
    (draft(topic=""), 3, "topic is empty"),
    (draft(stance="neutral"), 4, "stance must be careful, mixed or uncritical"),
    (draft(evidence=" "), 5, "evidence is empty"),
    (draft("Zebra {overstated_efficacy|works\n\nNothing." + FILLER), 7, "an opening brace that is never closed"),
    (draft(BODY + "\n\n{overstated_efficacy|a {sensational_language|b}."), 11, "an opening brace that is never closed"),
    (draft(BODY + "\n\nZebra} works." + FILLER), 11, "a closing brace that was never opened"),
    (draft(BODY + "\n\n{overstated_efficacy|zebra}} works."), 11, "a closing brace that was never opened"),
    *(
        (draft(BODY + f"\n\nOne line\nanother {brace} of zebra."), 12, "an opening brace that has no label")
        for brace in ("{works}", "{|works}", "{+overstated_efficacy|works}", "{overstated_efficacy+|works}", "{{x|y}}")
    ),
    (draft(BODY + "\n\n{overstated_efficacy"), 11, "an opening brace that has no label"),
    (draft(BODY + "\n\n{overstated_efficacy\n|works}"), 11, "an opening brace that has no label"),
    (draft(BODY + "\n\n{hype|works}"), 11, "unknown label 'hype'"),
    (draft(BODY + "\n\n{overstated_efficacy+hype|works}"), 11, "unknown label 'hype'"),
    (draft(BODY + "\n\n{Overstated_efficacy|works}"), 11, "unknown label 'Overstated_efficacy'"),
    (draft(BODY + "\n\n{the zebra|works}"), 11, "unknown label;"),
    (draft("Zebra\nNothing." + FILLER), 7, "must begin with a headline on one line and an empty line"),
    (draft("Zebra"), 7, "must begin with a headline on one line and an empty line"),
    (draft(BODY + "\n\nIt {overstated_efficacy|works }."), 11, "the trigger has white space at an end"),
    (draft("{overstated_efficacy| Zebra} works" + FILLER), 7, "the trigger"),
    (draft(BODY + "\n\nIt {overstated_efficacy|}works."), 11, "the trigger is empty"),
    (draft(BODY + "\n\nIt {overstated_efficacy|works. Nobody} asked."), 11, "the trigger isn't inside one sentence"),
    (draft(BODY + "\n\nIt {overstated_efficacy|" + "so " * 15 + "works}."), 11, "the trigger has 16 words"),
    (
        draft(BODY + "\n\nIt {overstated_efficacy|works} and {overstated_efficacy|cures}."),
        11,
        "overstated_efficacy stands twice on a sentence",
    ),
    (draft(BODY + "\n\nIt {overstated_efficacy+overstated_efficacy|works}."), 11, "stands twice on a sentence"),
    (draft().replace("\n", "\r\n"), 1, "a carriage return"),
    ("\ufeff" + draft(), 1, "a byte order mark"),
]


@pytest.mark.parametrize(("content", "line", "why"), REFUSED)
def test_refuses_in_drafts(path: Path, content: str, line: int, why: str) -> None:
    put(path, content)
    assert_refused(lambda: read_draft(path, "own-001"), path, line, why)


def test_refuses_other_encodings_and_missing_drafts(path: Path) -> None:
    assert_refused(lambda: read_draft(path, "own-001"), path, None, "can't be read: no such file")
    put(path, draft().encode() + b"\xff")
    assert_refused(lambda: read_draft(path, "own-001"), path, draft().count("\n") + 1, "not UTF-8: bad byte 0xff")


@pytest.mark.parametrize(
    ("words", "refused"), [(MIN_WORDS - 1, True), (MIN_WORDS, False), (MAX_WORDS, False), (MAX_WORDS + 1, True)]
)
def test_an_article_is_neither_too_short_nor_too_long(path: Path, words: int, refused: bool) -> None:
    put(path, draft("Zebra\n\n" + "word " * (words - 1)))
    if refused:
        why = f"the article has {words} words; {MIN_WORDS} to {MAX_WORDS} are asked for"
        assert_refused(lambda: read_draft(path, "own-001"), path, 7, why)
    else:
        assert read_draft(path, "own-001").words == words


def test_the_limits_are_the_documented_ones() -> None:
    assert f"{MIN_WORDS} to {MAX_WORDS} words" in FORMAT.read_text(encoding="utf-8")


def run(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "classifier.training.drafts", *arguments]
    return subprocess.run(command, capture_output=True, check=False, cwd=FORMAT.parents[1])


def test_command_numbers_drafts_in_the_order_given(tmp_path: Path) -> None:
    put(tmp_path / "b.txt", draft(topic="été"))
    put(tmp_path / "a.txt", draft(topic="sleep"))
    done = run("--first", "98", str(tmp_path / "b.txt"), str(tmp_path / "a.txt"))
    assert (done.returncode, done.stderr) == (0, b"")
    put(tmp_path / "batch.jsonl", done.stdout)
    assert [(article.id, article.topic) for article in read_articles(tmp_path / "batch.jsonl")] == [
        ("own-098", "été"),
        ("own-099", "sleep"),
    ]
    assert "été".encode() in done.stdout


def test_command_writes_nothing_if_one_draft_is_wrong(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    put(tmp_path / "a.txt", draft())
    put(tmp_path / "b.txt", draft(kind="x"))
    assert main([str(tmp_path / "a.txt"), str(tmp_path / "b.txt")]) == 2
    error = f"overclaim: error: {tmp_path / 'b.txt'}:2: kind must be story or release\n"
    assert capfdbinary.readouterr() == (b"", error.encode())
    assert main([str(tmp_path / "a.txt")]) == 0
    assert json.loads(capfdbinary.readouterr().out)["id"] == "own-001"


@pytest.mark.parametrize("first", ["-1", "999", "x"])
def test_command_refuses_numbers_that_do_not_fit(first: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--first", first, "a.txt", "b.txt"])
    assert caught.value.code == 2
    assert "error: " in capsys.readouterr().err
