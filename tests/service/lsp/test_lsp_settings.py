"""Settings of the editor: what can't be used is named, and the rest holds."""

from __future__ import annotations

import pytest

from classifier.labels import LABEL_IDS
from service.lsp.settings import EditorSettings, read_settings, section_of


def test_all_settings() -> None:
    settings, problems = read_settings(
        {"mode": "strict", "labels": ["causal_overreach", "disease_mongering"], "labelsOff": ["disease_mongering"]}
        | {"debounce": 0, "path": "of the editor itself"}
    )
    assert not problems
    assert settings.mode == "strict"
    assert settings.wanted_labels == ("causal_overreach",)
    assert settings.debounce_ms == 0


@pytest.mark.parametrize("sent", [None, {}, {"mode": None, "labels": None, "labelsOff": [], "debounce": None}])
def test_no_settings(sent: object) -> None:
    assert read_settings(sent) == (EditorSettings(), [])
    assert EditorSettings().wanted_labels == LABEL_IDS
    assert EditorSettings().mode is None, "the project's"


def test_no_label_is_no_label() -> None:
    assert read_settings({"labels": []})[0].wanted_labels == ()


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("mode", "loud", "overclaim.mode: mode 'loud' is unknown; known are strict, balanced, sensitive"),
        ("mode", 3, "overclaim.mode: mode 'a number' is unknown; known are strict, balanced, sensitive"),
        ("labels", "all", "overclaim.labels: must be an array of labels, not a string"),
        ("labels", [["x"]], r"overclaim.labels: label \"\['x'\]\" is unknown; known are overstated_efficacy, "),
        ("labelsOff", ["hype"], "overclaim.labelsOff: label 'hype' is unknown; known are overstated_efficacy, "),
        ("labelsOff", {}, "overclaim.labelsOff: must be an array of labels, not an object"),
        ("debounce", -1, "overclaim.debounce: must be a whole number of milliseconds from 0 to 10000"),
        ("debounce", 10_001, "overclaim.debounce: must be a whole number"),
        ("debounce", True, "overclaim.debounce: must be a whole number"),
        ("debounce", 0.5, "overclaim.debounce: must be a whole number"),
    ],
)
def test_a_wrong_value_is_named_and_the_others_hold(key: str, value: object, message: str) -> None:
    settings, (problem,) = read_settings({"mode": "strict", "debounce": 7, key: value})
    assert problem.startswith(message.replace("\\", ""))
    assert "\n" not in problem
    assert settings == EditorSettings(
        mode=None if key == "mode" else "strict", debounce_ms=200 if key == "debounce" else 7
    )


def test_settings_that_are_no_object() -> None:
    assert read_settings(["strict"]) == (EditorSettings(), ["overclaim must be an object, not an array"])


def test_the_section_may_be_wrapped() -> None:
    assert section_of({"overclaim": {"mode": "strict"}, "other": 1}) == {"mode": "strict"}
    assert section_of({"mode": "strict"}) == {"mode": "strict"}
    assert section_of(None) is None
