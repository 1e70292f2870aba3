"""``data``: text and markup, cut by the client."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lt_asking import TEXT, annotated, check, refused, words
from starlette.testclient import TestClient

from classifier.document import Span
from service.languagetool.annotations import from_data

HYPE = "OVERCLAIM_SENSATIONAL_LANGUAGE"
EFFICACY = "OVERCLAIM_OVERSTATED_EFFICACY"


def found(client: TestClient, *parts: dict[str, Any]) -> list[tuple[str, str]]:
    data, source = annotated(*parts)
    return words(check(client, data=data), source)


def test_offsets_count_the_markup(client: TestClient) -> None:
    parts = [{"text": "A 😀 "}, {"markup": "<b>"}, {"text": "breakthrough"}, {"markup": "</b>"}, {"text": "."}]
    data, source = annotated(*parts)
    answer = check(client, data=data)
    assert words(answer, source) == [(HYPE, "breakthrough")]
    (match,) = answer["matches"]
    assert match["offset"] == len("A xx <b>")
    assert match["context"]["text"] == source
    assert match["sentence"] == "A 😀 breakthrough."


def test_words_across_markup(client: TestClient) -> None:
    parts = ({"text": "A miracle"}, {"markup": "</b>"}, {"text": " cure"})
    assert found(client, *parts) == [(HYPE, "miracle"), (EFFICACY, "miracle</b> cure")]


def test_nothing_is_marked_inside_markup(client: TestClient) -> None:
    assert found(client, {"text": "A "}, {"markup": "<breakthrough miracle>"}, {"text": " result."}) == []
    assert found(client, {"text": "A "}, {"markup": "`x`", "interpretAs": "breakthrough"}, {"text": " result."}) == []
    same = {"markup": "breakthrough", "interpretAs": "breakthrough"}
    assert found(client, {"text": "A "}, same, {"text": " result."}) == []
    assert found(client, {"markup": "breakthrough", "interpretAs": "breakthrough"}) == []


def test_matches_leave_out_the_markup_at_their_ends(client: TestClient) -> None:
    parts = ({"text": "A miracle"}, {"markup": "<i/>", "interpretAs": " cure"}, {"text": " came."})
    assert found(client, *parts) == [(HYPE, "miracle"), (EFFICACY, "miracle")]


def test_markup_is_read_as_the_client_says(client: TestClient) -> None:
    data, source = annotated(
        {"text": "A result"}, {"markup": "<br>", "interpretAs": "\n\n"}, {"text": "A breakthrough came."}
    )
    (match,) = check(client, data=data)["matches"]
    assert match["sentence"] == "A breakthrough came."
    assert source[match["offset"] :].startswith("breakthrough")


def test_plain_text_and_unknown_keys(client: TestClient) -> None:
    data = json.dumps({"text": TEXT, "metaData": {"x": 1}})
    assert check(client, data=data)["matches"] == check(client, text=TEXT)["matches"] != []
    assert found(client, {"text": "A breakthrough.", "offset": {"start": 0, "end": 15}, "x": None}) == [
        (HYPE, "breakthrough")
    ]


def test_pieces_of_nothing(client: TestClient) -> None:
    assert found(client) == []
    assert found(client, {"text": ""}, {"markup": "", "interpretAs": "miracle"}, {"text": "A breakthrough."}) == [
        (HYPE, "breakthrough")
    ]
    assert found(client, {"markup": "<p>"}) == []


def test_half_a_surrogate_pair_keeps_its_place(client: TestClient) -> None:
    data = '{"annotation": [{"text": "\\ud83d breakthrough"}, {"markup": "\\ude00"}, {"text": " miracle"}]}'
    answer = check(client, data=data)
    assert [(match["offset"], match["length"]) for match in answer["matches"]] == [(2, 12), (16, 7)]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("", "data is not valid JSON: Expecting value"),
        ("{", "data is not valid JSON"),
        ("[]", "data must be a JSON object, not an array"),
        ("[" * 100, "data is not valid JSON"),
        ("{}", "data must have a key text or a key annotation"),
        ('{"text": null}', "data must have a key text or a key annotation"),
        ('{"text": 5}', "the text of data must be a string, not a number"),
        ('{"text": "x", "annotation": []}', "not both"),
        ('{"annotation": "secret"}', "the annotation of data must be an array, not a string"),
        ('{"annotation": ["secret"]}', "annotation 1 of data must be an object, not a string"),
        ('{"annotation": [{"text": "a"}, {}]}', "annotation 2 of data must have either the key text or the key markup"),
        ('{"annotation": [{"text": "secret", "markup": "b"}]}', "annotation 1 of data must have either"),
        ('{"annotation": [{"text": "secret", "interpretAs": "b"}]}', "interpretAs, which is for markup only"),
        ('{"annotation": [{"text": ["secret"]}]}', "the text of annotation 1 of data must be a string, not an array"),
        ('{"annotation": [{"markup": "a", "interpretAs": 1}]}', "interpretAs of annotation 1 of data must be a string"),
        ('{"text": NaN}', "data is not valid JSON: NaN is not JSON"),
    ],
)
def test_bad_data(client: TestClient, data: str, message: str) -> None:
    said = refused(client, data=data, language="en")
    assert message in said
    assert "secret" not in said


_TEXT = st.text(st.sampled_from("ab 😀\n"), max_size=5)
_PART = st.one_of(
    st.builds(lambda text: {"text": text}, _TEXT),
    st.builds(lambda markup: {"markup": markup}, _TEXT),
    st.builds(lambda markup, read: {"markup": markup, "interpretAs": read}, _TEXT, _TEXT),
)


@given(st.lists(_PART, max_size=8), st.data())
def test_no_span_keeps_markup_at_its_ends(parts: list[dict[str, str]], draw: st.DataObject) -> None:
    written, source = annotated(*parts)
    article = from_data(written)
    assert article.source == source
    is_text = [kind == "text" for part in parts for kind in ("text", "markup") for _ in part.get(kind, "")]
    if not source:
        return
    start = draw.draw(st.integers(0, len(source) - 1))
    end = draw.draw(st.integers(start + 1, len(source)))
    place = article.outside_markup(Span(start, end))
    inside = [index for index in range(start, end) if is_text[index]]
    assert (None if place is None else (place.start, place.end)) == ((inside[0], inside[-1] + 1) if inside else None)
