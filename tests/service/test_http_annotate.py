"""``POST /v1/annotate``: the contract, every unit, and every kind of bad input."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from asking import LIMIT, TEXT, annotate, refused
from fake_annotator import FAKE_MODEL, NOTE, FakeAnnotator
from starlette.testclient import TestClient

from classifier.labels import CRITERION_IDS, labels
from service.app import create_app
from service.settings import Settings


@pytest.fixture
def client(fake: FakeAnnotator) -> Iterator[TestClient]:
    with TestClient(create_app(Settings(max_bytes=LIMIT, threads=2), fake)) as made:
        yield made


def test_contract_keys_exactly(client: TestClient) -> None:
    answer = annotate(client, text=TEXT)
    assert list(answer) == ["model", "offset_unit", "mode", "spans", "context", "scorecard", "warnings"]
    assert answer["model"] == {"version": FAKE_MODEL.version, "sha256": FAKE_MODEL.sha256}
    assert (answer["offset_unit"], answer["mode"], answer["warnings"]) == ("codepoint", "balanced", [])
    assert list(answer["scorecard"]) == list(CRITERION_IDS)
    assert answer["scorecard"]["language"] == {"score": 0.25, "verdict": "not satisfactory", "because": []}
    assert answer["scorecard"]["costs"] == {"score": 0.25, "verdict": None, "because": []}
    keys = [
        "id",
        "field",
        "label",
        "start",
        "end",
        "text",
        "score",
        "sentence",
        "title",
        "message",
        "note",
        "suggestion",
    ]
    assert [list(span) for span in answer["spans"]] == [keys] * 3
    span = answer["spans"][0]
    label = labels()["sensational_language"]
    assert span["field"] == "text"
    assert (span["label"], span["text"], span["score"]) == ("sensational_language", "miracle", 0.8)
    assert (span["title"], span["message"], span["suggestion"]) == (label.title, label.message, label.suggestion)
    assert span["note"] is None
    assert answer["context"] == []
    assert list(span["sentence"]) == ["start", "end"]
    assert len(span["id"]) == 16


def test_the_evidence_is_shown_and_spans_are_tied_to_it(client: TestClient) -> None:
    answer = annotate(
        client, text="A headline\n\nA 😀 breakthrough in mice. DUMMY pills came earlier.", offset_unit="utf8"
    )
    assert answer["context"] == [
        {
            "kind": "design",
            "value": "preclinical",
            "field": "text",
            "start": 35,
            "end": 39,
            "text": "mice",
            "paragraph": 2,
            "background": False,
        },
        {
            "kind": "comparison",
            "value": "placebo",
            "field": "text",
            "start": 41,
            "end": 46,
            "text": "DUMMY",
            "paragraph": 3,
            "background": True,
        },
    ]
    (span,) = answer["spans"]
    assert span["note"] == NOTE
    assert span["message"] == f"{labels()['sensational_language'].message} {NOTE}"


@pytest.mark.parametrize("unit", ["codepoint", "utf16", "utf8"])
def test_each_unit_cuts_out_the_words(client: TestClient, unit: str) -> None:
    title = "😀 A breakthrough"
    answer = annotate(client, text=TEXT, title=title, offset_unit=unit)
    assert answer["offset_unit"] == unit
    assert [span["field"] for span in answer["spans"]] == ["title", "text", "text", "text"]
    for span in answer["spans"]:
        whole = {"title": title, "text": TEXT}[span["field"]]
        for place, words in ((span, span["text"]), (span["sentence"], None)):
            cut = _cut(whole, place["start"], place["end"], unit)
            assert cut == words if words else span["text"] in cut
    # The same span must not have the same offsets in all units, or the test would prove nothing.
    assert answer["spans"][1]["start"] == TEXT.index("miracle") + {"codepoint": 0, "utf16": 1, "utf8": 3}[unit]


def _cut(text: str, start: int, end: int, unit: str) -> str:
    if unit == "codepoint":
        return text[start:end]
    encoding, width = ("utf-16-le", 2) if unit == "utf16" else ("utf-8", 1)
    return text.encode(encoding)[start * width : end * width].decode(encoding)


def test_modes_and_labels_choose(client: TestClient) -> None:
    def found(**options: Any) -> list[str]:
        answer = annotate(client, text=TEXT, **options)
        assert answer["mode"] == options.get("mode", "balanced")
        return [span["text"] for span in answer["spans"]]

    assert found() == ["miracle", "miracle cure", "breakthrough"]
    assert found(mode="strict") == ["breakthrough"]
    assert found(mode="sensitive") == ["miracle", "miracle cure", "breakthrough", "safe"]
    assert found(labels=["overstated_efficacy"]) == ["miracle cure"]
    assert found(labels=None, title=None) == found()


def test_warnings_are_passed_on(client: TestClient) -> None:
    warned = annotate(client, text="Gegen Übelkeit.")["warnings"]
    assert warned == [{"code": "not_english", "message": "This text doesn't look like English."}]


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "application/x-www-form-urlencoded", ""])
def test_any_content_type_will_do(client: TestClient, content_type: str) -> None:
    body = b"\xef\xbb\xbf" + json.dumps({"text": TEXT}).encode()
    answer = client.post("/v1/annotate", content=body, headers={"content-type": content_type})
    assert answer.status_code == 200
    assert len(answer.json()["spans"]) == 3


@pytest.mark.parametrize("text", ["a\x00b", "\x01\x02 word \x7f\x9f", "\ufeffx\u202e", "\r\r\n", "\x1b[31mred"])
def test_control_characters_are_handled(client: TestClient, text: str) -> None:
    whole = f"{text} is a breakthrough."
    answer = annotate(client, text=whole)
    assert [whole[span["start"] : span["end"]] for span in answer["spans"]] == ["breakthrough"]


def test_html_is_only_text(client: TestClient) -> None:
    text = "<p onclick='x'>A <b>breakthrough</b> &amp; more</p>"
    (span,) = annotate(client, text=text)["spans"]
    assert text[span["start"] : span["end"]] == "breakthrough"


@pytest.mark.model
class TestShippedModel:
    """The same with the shipped model, where a fake could hide something."""

    @pytest.fixture
    def real(self, annotator: Any) -> Iterator[TestClient]:
        with TestClient(create_app(Settings(threads=2), annotator)) as made:
            yield made

    def test_one_long_line(self, real: TestClient) -> None:
        line = "a breakthrough pill that helps " * 16_000
        answer = annotate(real, text=line)
        assert all(line[s["start"] : s["end"]] == s["text"] for s in answer["spans"])

    def test_another_language_is_warned_of(self, real: TestClient) -> None:
        german = (
            "Forscher haben in einer kleinen Studie geprüft, ob das Medikament gegen Kopfschmerzen hilft. "
            "Die Ergebnisse sind noch nicht veröffentlicht worden, und weitere Untersuchungen sollen folgen."
        )
        english = (
            "Researchers tested in a small study whether the drug helps against headaches. "
            "The results have not been published yet, and more studies are to follow."
        )
        assert annotate(real, text=german)["warnings"] != []
        assert annotate(real, text=english)["warnings"] == []

    @pytest.mark.parametrize("text", ["a\x00b", "\x01", ".", "😀", "<p>miracle</p>", "\n\n\nx", "x\n\n", "A\r\n\r\nB."])
    @pytest.mark.parametrize("unit", ["codepoint", "utf16", "utf8"])
    def test_odd_texts(self, real: TestClient, text: str, unit: str) -> None:
        answer = annotate(real, text=text, title=text, mode="sensitive", offset_unit=unit)
        for span in (*answer["spans"], *answer["context"]):
            assert _cut(text, span["start"], span["end"], unit) == span["text"]

    @pytest.mark.parametrize("unit", ["codepoint", "utf16", "utf8"])
    def test_evidence_after_emoji(self, real: TestClient, unit: str) -> None:
        title, text = "🧬 Breakthrough cure for dementia", "🐁🐁 It was tried in mice. “😀 The mice remember,” he said."
        answer = annotate(real, text=text, title=title, mode="sensitive", offset_unit=unit)
        assert [row["kind"] for row in answer["context"]] == ["design", "design"]
        for row in answer["context"]:
            assert _cut(text, row["start"], row["end"], unit) == row["text"]
            assert row["paragraph"] == 1
        assert {span["note"] for span in answer["spans"] if span["field"] == "title"} & {
            "The study was in mice (paragraph 1).",
            "The study was in mice (paragraph 1); this sentence doesn't say so.",
        }

    def test_another_language_shows_no_evidence(self, real: TestClient) -> None:
        text = "In der Studie mit 48 Patienten (randomised, placebo) wurde die neue Tablette bei allen geprüft. " * 3
        assert annotate(real, text=text)["context"] == []

    @pytest.mark.parametrize("values", [{"text": "x", "labels": ["spin"]}, {"text": "x", "labels": []}, {"text": " "}])
    def test_refusals(self, real: TestClient, values: dict[str, object]) -> None:
        field = "labels" if "labels" in values else "text"
        assert refused(real, json.dumps(values).encode(), 422)["field"] == field
