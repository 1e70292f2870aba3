"""Each label has one group, so that it has one colour and one category."""

from __future__ import annotations

from collections import Counter

import pytest

from classifier.labels import LABEL_IDS
from service.groups import GROUPS, group_of


def test_each_label_is_in_exactly_one_group() -> None:
    counted = Counter(label for group in GROUPS.values() for label in group.labels)
    assert counted == dict.fromkeys(LABEL_IDS, 1)


def test_groups_keep_the_order_of_the_rule_book() -> None:
    for group in GROUPS.values():
        assert list(group.labels) == sorted(group.labels, key=LABEL_IDS.index)


def test_there_are_three_groups_with_names() -> None:
    assert {group.id: group.name for group in GROUPS.values()} == {
        "evidence": "Evidence",
        "certainty": "Certainty",
        "tone": "Tone",
    }
    assert all(key == group.id for key, group in GROUPS.items())


def test_the_group_of_a_label() -> None:
    assert group_of("missing_comparator").id == "evidence"
    assert group_of("causal_overreach").id == "certainty"
    assert group_of("sensational_language").id == "tone"


def test_an_unknown_label_has_no_group() -> None:
    with pytest.raises(KeyError, match="spelling"):
        group_of("spelling")
