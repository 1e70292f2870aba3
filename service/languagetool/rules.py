"""Labels as rules and their groups as categories, and which of them a request switches on or off."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

from classifier.errors import InvalidInputError
from classifier.labels import LABEL_IDS, Label, labels
from service.groups import GROUPS, Group, group_of

PREFIX = "OVERCLAIM_"


@dataclass(frozen=True, slots=True)
class Rule:
    """A label as a rule.

    Parameters
    ----------
    label : Label
    group : Group
    issue_type : str
        A type of the W3C's Internationalization Tag Set, which some clients choose a colour by.
    """

    label: Label
    group: Group
    issue_type: str

    @property
    def id(self) -> str:
        """Its name in requests and answers, for example ``OVERCLAIM_CAUSAL_OVERREACH``."""
        return PREFIX + self.label.id.upper()

    @property
    def category(self) -> str:
        """Its category's name in requests and answers, for example ``CERTAINTY``."""
        return self.group.id.upper()


@cache
def data() -> dict[str, dict[str, str]]:
    """The tables of ``data.toml``: ``languages`` and ``issue_types``."""
    return tomllib.loads(resources.files("service.languagetool").joinpath("data.toml").read_text(encoding="utf-8"))


@cache
def rules() -> dict[str, Rule]:
    """All rules by label id, in the labels' order."""
    types = data()["issue_types"]
    return {label.id: Rule(label, group_of(label.id), types[group_of(label.id).id]) for label in labels().values()}


@dataclass(frozen=True, slots=True)
class Choice:
    """What a request switches on and off; names that aren't ours mean nothing, as they are other checkers'.

    Parameters
    ----------
    enabled_rules, disabled_rules : frozenset of str
        Label ids.
    enabled_groups, disabled_groups : frozenset of str
        Group ids.
    only : bool
        Nothing but what is enabled by name.
    """

    enabled_rules: frozenset[str] = frozenset()
    disabled_rules: frozenset[str] = frozenset()
    enabled_groups: frozenset[str] = frozenset()
    disabled_groups: frozenset[str] = frozenset()
    only: bool = False

    def labels(self) -> frozenset[str]:
        """The labels that are on, maybe none.

        As in LanguageTool, a rule that is enabled by name is on whatever else is off, and a category that is both
        enabled and disabled is on.
        """
        return frozenset(label for label in LABEL_IDS if self._is_on(label))

    def _is_on(self, label: str) -> bool:
        group = group_of(label).id
        if label in self.enabled_rules:
            return True
        if self.only:
            return group in self.enabled_groups
        return label not in self.disabled_rules and (group in self.enabled_groups or group not in self.disabled_groups)


def choose(
    *, enabled_rules: str, disabled_rules: str, enabled_categories: str, disabled_categories: str, only: bool
) -> Choice:
    """Read the four comma lists of a request.

    Rules go by the rule's id or the label's, categories by the category's id; in any case.

    Raises
    ------
    InvalidInputError
        If ``only`` contradicts the lists.
    """
    on, off = _names(enabled_rules), _names(disabled_rules)
    groups_on, groups_off = _names(enabled_categories), _names(disabled_categories)
    if only and (off or groups_off):
        raise InvalidInputError(
            "enabledOnly can't be used together with disabledRules or disabledCategories",
            field="enabledOnly",
            code="contradiction",
        )
    if only and not (on or groups_on):
        raise InvalidInputError(
            "enabledOnly needs enabledRules or enabledCategories: else nothing would be checked",
            field="enabledOnly",
            code="contradiction",
        )
    return Choice(
        enabled_rules=on.intersection(LABEL_IDS),
        disabled_rules=off.intersection(LABEL_IDS),
        enabled_groups=groups_on.intersection(GROUPS),
        disabled_groups=groups_off.intersection(GROUPS),
        only=only,
    )


def _names(listed: str) -> frozenset[str]:
    names = (name.strip().lower().removeprefix(PREFIX.lower()) for name in listed.split(","))
    return frozenset(name for name in names if name)
