"""The reader of lines and of ``annotations/``: what FORMAT.md says is refused, is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from small_data import FILES, TEXTS, Row, assert_refused, change, lines, public_row, put, write_small_data

from classifier.document import Span
from classifier.errors import CorpusError
from classifier.training.corpus import load_articles, read_labelled
from classifier.training.standoff import Mark, read_lines, read_standoff

FIRST = public_row("story_reviews_00001")
GOOD = lines(FIRST)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return write_small_data(tmp_path)


def test_reads_what_is_there(data: Path) -> None:
    first, second = read_standoff(data / "annotations/train.jsonl")
    text = TEXTS["story_reviews_00001"]
    assert (first.id, second.id) == FILES["train"]
    assert first.sentences[:2] == (Span(0, 29), Span(31, 31 + len("A 😀 zebra pill works wonders.")))
    words = [text[mark.trigger.start : mark.trigger.end] for mark in first.marks]
    assert words == ["ends sleeplessness", "works wonders", "wonders"]
    assert [mark.sentence for mark in first.marks] == [0, 1, 1]
    assert first.marks[0] == Mark(0, "overstated_efficacy", Span(11, 29))
    assert second.marks == ()


def test_order_of_keys_does_not_matter(tmp_path: Path) -> None:
    put(tmp_path / "a.jsonl", GOOD)
    put(tmp_path / "b.jsonl", lines(dict(reversed(FIRST.items()))))
    (a,), (b,) = read_standoff(tmp_path / "a.jsonl"), read_standoff(tmp_path / "b.jsonl")
    assert (a.id, a.sha256, a.sentences, a.marks) == (b.id, b.sha256, b.sentences, b.marks)


def test_two_sentences_may_touch(data: Path) -> None:
    path = data / "annotations/train.jsonl"
    change(path, 1, lambda row: row["sentences"][2].__setitem__(0, row["sentences"][1][1]))
    assert read_standoff(path)[0].sentences[2].start == read_standoff(path)[0].sentences[1].end


def test_a_line_separator_inside_a_string_ends_no_line(tmp_path: Path) -> None:
    put(tmp_path / "a.jsonl", '{"a": "x\u2028y\x85z"}\n')
    assert [line for _, line in read_lines(tmp_path / "a.jsonl")] == ['{"a": "x\u2028y\x85z"}']


def test_a_file_without_lines_has_no_articles(tmp_path: Path) -> None:
    put(tmp_path / "a.jsonl", "")
    assert read_standoff(tmp_path / "a.jsonl") == []


ANY_FILE = [
    pytest.param(b"\xef\xbb\xbf" + GOOD.encode(), 1, "byte order mark", id="bom"),
    pytest.param(GOOD.encode() + b'{"id": "\xff"}\n', 2, "not UTF-8: bad byte 0xff at byte 8 of the line", id="utf8"),
    pytest.param(GOOD.encode("utf-16"), 1, "not UTF-8", id="utf16"),
    pytest.param(GOOD + "\n", 2, "an empty line", id="empty-last"),
    pytest.param("\n" + GOOD, 1, "an empty line", id="empty-first"),
    pytest.param(GOOD + " \t\n", 2, "an empty line", id="white-space"),
    pytest.param(GOOD.rstrip("\n"), 1, "no line feed at its end", id="unended"),
    pytest.param(GOOD.replace("\n", "\r\n"), 1, "carriage return", id="crlf"),
    pytest.param(GOOD + '{"id": "zebra\n', 2, "not JSON: .* at column", id="torn"),
    pytest.param(GOOD + GOOD.replace("{", "{zebra", 1), 2, "not JSON", id="bare-word"),
    pytest.param(GOOD + "[" * 100_000 + "\n", 2, "nested too deeply", id="deep"),
    pytest.param(GOOD + "9" * 5000 + "\n", 2, "too many digits", id="digits"),
    pytest.param(GOOD + '["zebra"]\n', 2, "must be a JSON object, not an array", id="array"),
    pytest.param(GOOD + '"zebra"\n', 2, "must be a JSON object, not a string", id="string"),
    pytest.param(GOOD + "null\n", 2, "must be a JSON object, not null", id="null"),
    pytest.param(GOOD + GOOD.replace("{", '{"id": "x", ', 1), 2, "gives a key twice", id="twice"),
]


@pytest.mark.parametrize(("content", "line", "why"), ANY_FILE)
def test_refuses_in_any_json_lines(tmp_path: Path, content: str | bytes, line: int, why: str) -> None:
    path = tmp_path / "train.jsonl"
    put(path, content)
    assert_refused(lambda: read_standoff(path), path, line, why)


def test_refuses_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert_refused(lambda: read_standoff(tmp_path / "no"), tmp_path / "no", None, "can't be read: no such file")


KEYS: list[tuple[str, object, str]] = [
    ("id", 5, "id must be a string, not a whole number"),
    ("sha256", None, "sha256 must be a string, not null"),
    ("sentences", {}, "sentences must be an array, not an object"),
    ("labels", "zebra", "labels must be an array, not a string"),
    ("labels", ["zebra"], r"labels\[0\] must be an object, not a string"),
]


@pytest.mark.parametrize(("key", "value", "why"), KEYS)
def test_refuses_wrong_types(data: Path, key: str, value: object, why: str) -> None:
    assert_article_refused(data, lambda row: row.update({key: value}), why)


@pytest.mark.parametrize("key", ["id", "sha256", "sentences", "labels"])
def test_refuses_missing_keys(data: Path, key: str) -> None:
    assert_article_refused(data, lambda row: row.pop(key), f"{key} is missing")


def set_in_label(row: Row, key: str, value: object) -> None:
    row["labels"][1][key] = value


@pytest.mark.parametrize("key", ["sentence", "label", "start", "end"])
def test_refuses_missing_and_wrong_keys_of_labels(data: Path, key: str) -> None:
    kind = "a string" if key == "label" else "a whole number"
    path = data / "annotations/train.jsonl"
    good = path.read_bytes()
    for value, what in ((True, "a boolean"), (1.0, "a number with a fraction"), (None, "null"), ([], "an array")):
        mutate = partial(set_in_label, key=key, value=value)
        assert_article_refused(data, mutate, rf"labels\[1\]\.{key} must be {kind}, not {what}")
        put(path, good)
    assert_article_refused(data, lambda row: row["labels"][1].pop(key), rf"labels\[1\]\.{key} is missing")


BAD_IDS = [
    "",
    "story_reviews_",
    "story_reviews_1",
    "story_reviews_000001",
    "story_reviews_0000١",
    "story_reviews_00001\n",
    "x story_reviews_00001",
    "Story_reviews_00001",
    "own-001",
]
REFUSED: list[tuple[Callable[[Row], object], str]] = [
    (lambda row: row.update(more=1), "unknown key 'more'"),
    (lambda row: row.update({"the zebra said": 1}), "unknown key$"),
    (lambda row: row["labels"][0].update(more=1), r"labels\[0\]\.unknown key 'more'"),
    *(
        (lambda row, bad=bad: row.update(id=bad), "id must be story_reviews_ or news_reviews_ and five digits")
        for bad in BAD_IDS
    ),
    *(
        (lambda row, bad=bad: row.update(sha256=bad), "sha256 must be 64 lower-case hexadecimal digits")
        for bad in ("", "a" * 63, "a" * 65, "A" * 64, "g" * 64, "a" * 64 + "\n")
    ),
    (lambda row: row.update(id="\ud800"), "id holds half of a surrogate pair"),
    (lambda row: row.update(sentences=[]), "sentences is empty"),
    (lambda row: row["sentences"][1].__setitem__(1, 31), r"sentences\[1\] is empty, reversed or negative"),
    (lambda row: row["sentences"][1].reverse(), r"sentences\[1\] is empty, reversed or negative"),
    (lambda row: row["sentences"][0].__setitem__(0, -1), r"sentences\[0\] is empty, reversed or negative"),
    (lambda row: row["sentences"][1].__setitem__(0, 28), r"sentences\[1\] overlaps the sentence before"),
    (lambda row: row["sentences"].insert(0, row["sentences"].pop(1)), r"sentences\[1\] overlaps .* or stands before"),
    (lambda row: row["sentences"][1].append(5), r"sentences\[1\] must be \[start, end\]"),
    (lambda row: row["sentences"][1].pop(), r"sentences\[1\] must be \[start, end\]"),
    (lambda row: row["sentences"].__setitem__(1, "zebra"), r"sentences\[1\] must be \[start, end\]"),
    (
        lambda row: row["sentences"].__setitem__(1, [31, 40.0]),
        r"sentences\[1\] must be \[start, end\] in whole numbers",
    ),
    (
        lambda row: row["sentences"].__setitem__(0, [False, 29]),
        r"sentences\[0\] must be \[start, end\] in whole numbers",
    ),
    (lambda row: row["labels"][2].update(sentence=5), r"labels\[2\]: there is no sentence 5; the article has 4"),
    (lambda row: row["labels"][2].update(sentence=-1), r"labels\[2\]: there is no sentence -1"),
    (lambda row: row["labels"][0].update(label="hype"), r"labels\[0\]: unknown label 'hype'"),
    (lambda row: row["labels"][0].update(label="Overstated efficacy"), r"labels\[0\]: unknown label;"),
    (lambda row: row["labels"][0].update(label="zebra oil"), r"labels\[0\]: unknown label;"),
    (lambda row: row["labels"][2].update(label="overstated_efficacy"), "the same label stands twice on a sentence"),
    (lambda row: row["labels"].append(dict(row["labels"][2])), "the same label stands twice on a sentence"),
    (lambda row: row["labels"][0].update(end=11), r"labels\[0\]: the trigger is empty, reversed or negative"),
    (lambda row: row["labels"][0].update(end=5), r"labels\[0\]: the trigger is empty, reversed or negative"),
    (lambda row: row["labels"][0].update(start=-1), r"labels\[0\]: the trigger is empty, reversed or negative"),
    (lambda row: row["labels"][0].update(end=30), r"labels\[0\]: the trigger is outside its sentence"),
    (lambda row: row["labels"][1].update(start=30), r"labels\[1\]: the trigger is outside its sentence"),
    (lambda row: row["labels"][1].update(sentence=0), r"labels\[1\]: the trigger is outside its sentence"),
    (lambda row: row["labels"].reverse(), "labels aren't in order"),
    (lambda row: row["labels"].insert(1, row["labels"].pop(2)), "labels aren't in order"),
]


@pytest.mark.parametrize(("mutate", "why"), REFUSED)
def test_refuses_in_annotations(data: Path, mutate: Callable[[Row], object], why: str) -> None:
    assert_article_refused(data, mutate, why)


def test_label_order_is_that_of_the_rule_book_not_the_alphabet(data: Path) -> None:
    path = data / "annotations/train.jsonl"
    change(path, 1, lambda row: row["labels"][1].update(label="sensational_language"))
    change(path, 1, lambda row: row["labels"][2].update(label="anecdotal_evidence"))
    assert [mark.label for mark in read_standoff(path)[0].marks[1:]] == ["sensational_language", "anecdotal_evidence"]


@pytest.mark.parametrize("name", ["train", "open", "dev"])
def test_the_line_at_fault_is_named_in_each_file(data: Path, name: str) -> None:
    path = data / f"annotations/{name}.jsonl"
    last = len(FILES[name])
    change(path, last, lambda row: row.update(id="x"))
    assert_refused(lambda: load_articles(data, None, {"own"}), path, last, "id must be")


def test_refuses_a_file_that_nothing_reads(data: Path) -> None:
    path = data / "annotations/test.jsonl"
    put(path, "")
    assert_refused(lambda: read_labelled(data), path, None, "not one of train.jsonl, open.jsonl, dev.jsonl")


@pytest.mark.parametrize("name", ["train", "open", "dev"])
def test_refuses_a_missing_file(data: Path, name: str) -> None:
    path = data / f"annotations/{name}.jsonl"
    path.unlink()
    assert_refused(lambda: read_labelled(data), path, None, "no such file")


@pytest.mark.parametrize(("name", "line"), [("train", 2), ("open", 1), ("dev", 1)])
def test_refuses_an_id_that_was_seen_before(data: Path, name: str, line: int) -> None:
    path = data / f"annotations/{name}.jsonl"
    change(path, line, lambda row: row.update(id="story_reviews_00001"))
    first = data / "annotations/train.jsonl"
    assert_refused(lambda: read_labelled(data), path, line, f"story_reviews_00001 was seen before, in {first}:1")


def assert_article_refused(data: Path, mutate: Callable[[Row], object], why: str) -> None:
    path = data / "annotations/train.jsonl"
    change_escaped(path, mutate)
    assert_refused(lambda: read_standoff(path), path, 1, why)
    with pytest.raises(CorpusError):
        load_articles(data, None, {"own"})


def change_escaped(path: Path, mutate: Callable[[Row], object]) -> None:
    """As ``change``, for the first line, also if a value can't be written as UTF-8."""
    first, rest = path.read_text(encoding="utf-8").split("\n", 1)
    row = json.loads(first)
    mutate(row)
    put(path, json.dumps(row) + "\n" + rest)
