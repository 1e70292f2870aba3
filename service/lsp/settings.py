"""What an editor may set: ``mode``, ``labels``, ``labelsOff`` and ``debounce``.

It comes as ``initializationOptions``, as the answer to ``workspace/configuration``, or is pushed with
``workspace/didChangeConfiguration``; each with or without ``overclaim`` around it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from classifier.annotation import Mode, check_mode
from classifier.errors import InvalidInputError
from classifier.labels import LABEL_IDS
from service.wire import json_kind, printable

SECTION = "overclaim"
MAX_DEBOUNCE_MS = 10_000


@dataclass(frozen=True, slots=True)
class EditorSettings:
    """Checked settings.

    Parameters
    ----------
    mode : {"strict", "balanced", "sensitive"}, optional
        Overrules the project's.
    labels : tuple of str, optional
        Only these labels; all by default.
    labels_off : tuple of str
        Labels that are left out.
    debounce_ms : int
        How long after the last keystroke a check begins, in milliseconds, 0 to 10000.
    """

    mode: Mode | None = None
    labels: tuple[str, ...] | None = None
    labels_off: tuple[str, ...] = ()
    debounce_ms: int = 200

    @property
    def wanted_labels(self) -> tuple[str, ...]:
        """The labels that are left."""
        chosen = LABEL_IDS if self.labels is None else self.labels
        return tuple(label for label in chosen if label not in self.labels_off)


def section_of(sent: object) -> object:
    """Unwrap ``{"overclaim": …}``, if it is wrapped."""
    if isinstance(sent, Mapping) and SECTION in sent:
        return sent[SECTION]
    return sent


def read_settings(sent: object) -> tuple[EditorSettings, list[str]]:
    """Check what an editor sent.

    Parameters
    ----------
    sent : object
        Parsed JSON. Keys that aren't known are the editor's own affair.

    Returns
    -------
    EditorSettings
        A value that can't be used leaves its default.
    list of str
        What can't be used, one line each.
    """
    if sent is None:
        return EditorSettings(), []
    if not isinstance(sent, Mapping):
        return EditorSettings(), [f"{SECTION} must be an object, not {json_kind(sent)}"]
    values: dict[str, Any] = {}
    problems: list[str] = []
    for key, (name, check) in _CHECKS.items():
        if sent.get(key) is None:
            continue
        try:
            values[name] = check(sent[key])
        except InvalidInputError as err:
            problems.append(f"{SECTION}.{key}: {err.message}")
    return EditorSettings(**values), problems


def _mode(value: object) -> Mode:
    return check_mode(value if isinstance(value, str) else json_kind(value))


def _labels(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise InvalidInputError(
            f"must be an array of labels, not {json_kind(value)}", field="labels", code="not_a_list"
        )
    for name in value:
        if name not in LABEL_IDS:
            known = ", ".join(LABEL_IDS)
            raise InvalidInputError(
                f"label {printable(name)} is unknown; known are {known}", field="labels", code="unknown_label"
            )
    return tuple(dict.fromkeys(value))


def _debounce(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MAX_DEBOUNCE_MS:
        raise InvalidInputError(
            f"must be a whole number of milliseconds from 0 to {MAX_DEBOUNCE_MS}",
            field="debounce",
            code="not_a_delay",
            limit=MAX_DEBOUNCE_MS,
        )
    return value


_CHECKS = {
    "mode": ("mode", _mode),
    "labels": ("labels", _labels),
    "labelsOff": ("labels_off", _labels),
    "debounce": ("debounce_ms", _debounce),
}
