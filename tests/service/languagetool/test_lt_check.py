"""``/v2/check``: matches, offsets, rules, categories, languages."""

from __future__ import annotations

import json

import pytest
from fake_annotator import NOTE
from hypothesis import given
from hypothesis import strategies as st
from lt_asking import TEXT, check, refused, utf16, words
from starlette.testclient import TestClient

from classifier.annotator import Annotator
from classifier.labels import LABEL_IDS, labels
from service.app import create_app
from service.groups import GROUPS, group_of
from service.languagetool.rules import choose, rules
from service.settings import Settings

HYPE = "OVERCLAIM_SENSATIONAL_LANGUAGE"
EFFICACY = "OVERCLAIM_OVERSTATED_EFFICACY"
ALL = [(HYPE, "miracle"), (EFFICACY, "miracle cure"), (HYPE, "breakthrough")]


def test_a_match_has_what_clients_read(client: TestClient) -> None:
    answer = check(client, text=TEXT)
    assert words(answer, TEXT) == ALL
    label = labels()["sensational_language"]
    assert answer["matches"][2] == {
        "message": f"{label.message} {label.suggestion}",
        "shortMessage": label.title,
        "replacements": [],
        "offset": 37,
        "length": 12,
        "context": {"text": TEXT.replace("\n", " "), "offset": 37, "length": 12},
        "sentence": "The 😀 miracle cure is a breakthrough.",
        "type": {"typeName": "Other"},
        "rule": {
            "id": HYPE,
            "description": label.title,
            "issueType": "style",
            "category": {"id": "TONE", "name": "Tone"},
        },
        "ignoreForIncompleteSentence": True,
        "contextForSureMatch": -1,
    }
    assert answer["warnings"] == {"incompleteResults": False}
    assert answer["software"].keys() == {"name", "version", "buildDate", "apiVersion", "premium", "status"}
    assert answer["software"]["name"] == "Overclaim"
    assert answer["software"]["apiVersion"] == 1
    assert answer["language"] == {
        "name": "English (US)",
        "code": "en-US",
        "detectedLanguage": {"name": "English (US)", "code": "en-US", "confidence": 1.0},
    }


def test_the_note_stands_between_message_and_suggestion(client: TestClient) -> None:
    label = labels()["sensational_language"]
    (match,) = check(client, text="A breakthrough in mice.")["matches"]
    assert match["message"] == f"{label.message} {NOTE} {label.suggestion}"


def test_offsets_and_context_are_utf16(client: TestClient) -> None:
    text = "😀" * 60 + " It is a breakthrough. " + "🐁" * 60
    (match,) = check(client, text=text)["matches"]
    assert match["offset"] == 2 * 60 + len(" It is a ")
    assert utf16(text, match["offset"], match["length"]) == "breakthrough"
    context = match["context"]
    assert utf16(context["text"], context["offset"], context["length"]) == "breakthrough"
    assert context["text"].startswith("...😀")
    assert context["text"].endswith("🐁...")
    assert len(context["text"]) == len("breakthrough") + 2 * 40 + 2 * len("...")


def test_context_at_the_ends_has_no_dots(client: TestClient) -> None:
    (match,) = check(client, text="A\nbreakthrough")["matches"]
    assert match["context"] == {"text": "A breakthrough", "offset": 2, "length": 12}


@pytest.mark.parametrize("text", ["", " \n\t ", "<!-- overclaim off -->", "A plain result."])
def test_nothing_to_mark(client: TestClient, text: str) -> None:
    assert check(client, text=text)["matches"] == []


def test_comments_hide(client: TestClient) -> None:
    text = "<!-- overclaim off -->A miracle.<!-- overclaim on -->\n\nA breakthrough."
    assert words(check(client, text=text), text) == [(HYPE, "breakthrough")]


def test_picky_is_sensitive(client: TestClient) -> None:
    assert words(check(client, text=TEXT, level="default"), TEXT) == ALL
    assert words(check(client, text=TEXT, level="picky"), TEXT) == [*ALL, ("OVERCLAIM_UNDERSTATED_HARMS", "safe")]
    assert refused(client, text=TEXT, language="en", level="x") == "level must be default or picky, not 'x'"


@pytest.mark.parametrize(
    ("switches", "left"),
    [
        ({"disabledRules": HYPE}, [ALL[1]]),
        ({"disabledRules": "sensational_language"}, [ALL[1]]),
        ({"disabledRules": " overclaim_Sensational_Language , MORFOLOGIK_RULE_EN_US"}, [ALL[1]]),
        ({"disabled": HYPE}, [ALL[1]]),
        ({"disabledRules": f"{HYPE},{EFFICACY}"}, []),
        ({"disabledRules": "MORFOLOGIK_RULE_EN_US"}, ALL),
        ({"enabledRules": HYPE}, ALL),
        ({"enabledRules": HYPE, "disabledRules": HYPE}, ALL),
        ({"enabledRules": HYPE, "enabledOnly": "true"}, [ALL[0], ALL[2]]),
        ({"enabledRules": EFFICACY, "enabledOnly": "yes"}, [ALL[1]]),
        ({"enabledRules": EFFICACY, "enabledOnly": "false"}, ALL),
        ({"enabledRules": "WHITESPACE_RULE", "enabledOnly": "true"}, []),
        ({"disabledCategories": "TONE"}, [ALL[1]]),
        ({"disabledCategories": "tone,TYPOS"}, [ALL[1]]),
        ({"disabledCategories": "TYPOS"}, ALL),
        ({"disabledCategories": "TONE", "enabledRules": HYPE}, ALL),
        ({"disabledCategories": "TONE", "enabledCategories": "TONE"}, ALL),
        ({"disabledRules": HYPE, "enabledCategories": "TONE"}, [ALL[1]]),
        ({"enabledCategories": "CERTAINTY", "enabledOnly": "true"}, [ALL[1]]),
        ({"enabledCategories": "CERTAINTY", "enabledRules": HYPE, "enabledOnly": "true"}, ALL),
        ({"disabledRules": "", "enabledRules": "", "disabledCategories": "", "enabledCategories": ","}, ALL),
    ],
)
def test_rules_and_categories(client: TestClient, switches: dict[str, str], left: list[tuple[str, str]]) -> None:
    assert words(check(client, text=TEXT, **switches), TEXT) == left


_LISTS = st.frozensets(st.sampled_from([*LABEL_IDS, *(rule.id for rule in rules().values()), "X"])).map(",".join)
_GROUPS = st.frozensets(st.sampled_from([*GROUPS, "TYPOS"])).map(",".join)


@given(_LISTS, _LISTS, _GROUPS, _GROUPS)
def test_a_rule_enabled_by_name_is_always_on(on: str, off: str, groups_on: str, groups_off: str) -> None:
    chosen = choose(
        enabled_rules=on, disabled_rules=off, enabled_categories=groups_on, disabled_categories=groups_off, only=False
    ).labels()
    named = {name.lower().removeprefix("overclaim_") for name in on.split(",")}
    refused_ = {name.lower().removeprefix("overclaim_") for name in off.split(",")}
    assert named & set(LABEL_IDS) <= chosen
    assert not chosen & (refused_ - named)
    for label in set(LABEL_IDS) - named - refused_:
        group = group_of(label).id
        assert (label in chosen) == (group in groups_on.split(",") or group not in groups_off.split(","))


def test_enabled_only_that_contradicts_itself(client: TestClient) -> None:
    def said(**lists: str) -> str:
        return refused(client, 400, text=TEXT, language="en", enabledOnly="true", **lists)

    assert "can't be used together with disabledRules" in said(enabledRules="x", disabledRules="y")
    assert "can't be used together" in said(enabledRules="x", disabledCategories="y")
    assert "needs enabledRules or enabledCategories" in said()


@pytest.mark.parametrize(
    ("asked", "code"),
    [("en", "en"), ("en-US", "en-US"), ("en-us", "en-US"), ("EN_gb", "en-GB"), ("en-XX", "en"), ("auto", "en-US")],
)
def test_kinds_of_english(client: TestClient, asked: str, code: str) -> None:
    answer = check(client, text=TEXT, language=asked)
    assert answer["language"]["code"] == answer["language"]["detectedLanguage"]["code"] == code
    assert words(answer, TEXT) == ALL


def test_other_languages_are_refused(client: TestClient) -> None:
    assert refused(client, text=TEXT, language="de-DE").startswith("'de-DE' is not the code of a language")
    assert refused(client, text=TEXT, language="x" * 500).startswith(f"'{'x' * 20}' is not")
    assert "the parameter language is missing" in refused(client, text=TEXT)
    assert "the parameter language is missing" in refused(client, text=TEXT, language=" ")


@pytest.mark.parametrize("language", ["auto", "en-US"])
def test_a_text_in_another_language_has_no_matches(client: TestClient, language: str) -> None:
    answer = check(client, text="Übelkeit", language=language)
    assert answer["matches"] == []
    assert answer["language"]["code"] == "en-US"
    assert answer["language"]["detectedLanguage"] == {"name": "not English", "code": "und", "confidence": 0.0}


def test_preferred_variants_are_for_auto(client: TestClient) -> None:
    answer = check(client, text=TEXT, language="auto", preferredVariants="de-DE, en-GB")
    assert answer["language"]["code"] == "en-GB"
    assert check(client, text=TEXT, language="auto", preferredVariants="de-DE")["language"]["code"] == "en-US"
    message = refused(client, text=TEXT, language="en-US", preferredVariants="en-GB")
    assert message == "preferredVariants is for language=auto only"


def test_no_rule_looks_like_a_spelling_error() -> None:
    for rule in rules().values():
        assert rule.category not in ("TYPOS", "TYPO", "SPELLING")
        assert rule.issue_type not in ("misspelling", "typographical", "grammar")
        assert rule.id.isupper()


def test_the_whole_answer_is_json_that_strict_readers_take(client: TestClient) -> None:
    answer = client.post("/v2/check", data={"language": "en", "text": TEXT})
    assert json.loads(answer.content.decode("utf-8"), parse_constant=pytest.fail)["matches"]
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert "transfer-encoding" not in answer.headers


@pytest.mark.model
def test_the_shipped_model_says_the_same_here(annotator: Annotator) -> None:
    text = (
        "🐁 A miracle for mice\n\nThe pill is a breakthrough that cures cancer. "
        "It has no side effects, and will be on sale soon."
    )
    found = annotator.annotate(text, mode="sensitive").spans
    with TestClient(create_app(Settings(), annotator)) as client:
        answer = check(client, text=text, level="picky")
    assert words(answer, text) == [(f"OVERCLAIM_{span.label.upper()}", span.text) for span in found] != []
