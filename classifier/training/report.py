"""What lies beside a model and tells how good it is: ``metrics.json``, the card, and the card's pictures."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from classifier.artifacts import read_manifest
from classifier.training.card import card_text
from classifier.training.plots import NO_MATPLOTLIB, write_plots

METRICS_FILE = "metrics.json"
_FLAT_LIST = re.compile(r"\[\s+([^][{}]*?)\s+\]")


def read_metrics(folder: Path) -> dict[str, Any]:
    """The stored measures of a model; none if it has no such file."""
    try:
        stored: dict[str, Any] = json.loads((folder / METRICS_FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return stored


def record(folder: Path, results: Mapping[str, Any], log: Callable[[str], None] | None = None) -> None:
    """Put results into a model's measures and write its report anew.

    Parameters
    ----------
    folder : Path
        The model's.
    results : mapping
        By key of ``metrics.json``, for example ``baselines``, ``learning_curve`` and ``ablation``; other keys there
        stay as they are.
    log : callable, optional
        Is told in one line if pictures are left out.
    """
    write_report(folder, {**read_metrics(folder), **results}, log)


def write_report(folder: Path, metrics: Mapping[str, Any], log: Callable[[str], None] | None = None) -> None:
    """Write measures, pictures and card."""
    (folder / METRICS_FILE).write_text(json_text(metrics), encoding="utf-8")
    pictures = write_plots(folder, metrics)
    if pictures is None and log is not None:
        log(f"the card has no pictures: {NO_MATPLOTLIB}")
    (folder / "CARD.md").write_text(card_text(read_manifest(folder), metrics, pictures), encoding="utf-8")


def json_text(measured: Mapping[str, Any]) -> str:
    """Measures as JSON with sorted keys, a list of figures on one line."""
    text = json.dumps(measured, indent=1, sort_keys=True)
    return _FLAT_LIST.sub(lambda found: "[" + " ".join(found.group(1).split()) + "]", text) + "\n"
