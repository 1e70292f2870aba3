"""Measures as text for a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from classifier.labels import LABEL_IDS

_RATES = ("precision", "recall", "f1")


def tables(measured: Mapping[str, Any], heading: str) -> str:
    """The measures of ``evaluate_annotator``."""
    lines = [heading, "", f"{'mode':<11}{'precision':>20}{'recall':>20}{'F1':>20}{'trigger overlap':>20}"]
    for mode, values in measured["modes"].items():
        cells = (values["micro"][name] for name in (*_RATES, "trigger_overlap"))
        lines.append(f"{mode:<11}" + "".join(value_cell(cell).rjust(20) for cell in cells))
    for mode, values in measured["modes"].items():
        lines += _by_label(mode, values)
    lines += ["", f"{'label':<27}{'average precision':>22}{'calibration error':>20}"]
    for label in LABEL_IDS:
        ranked = cell(measured["average_precision"][label], measured["average_precision_interval"][label])
        lines.append(f"{label:<27}{ranked:>22}{measured['calibration_error'][label]:>20.4f}")
    micro = cell(measured["micro_average_precision"], measured["micro_average_precision_interval"])
    lines.append(f"{'all pairs (micro)':<27}{micro:>22}{measured['micro_calibration_error']:>20.4f}")
    low, high = measured["mean_average_precision_interval"] or (0.0, 0.0)
    lines += ["", f"mean average precision {measured['mean_average_precision']:.3f} [{low:.2f}, {high:.2f}]"]
    lines += _confusion(measured["confusion"])
    return "\n".join(lines)


def baseline_table(measured: Mapping[str, Any]) -> str:
    """The measures of ``baselines``, as far as they are there."""
    listed = measured["hype_list"]
    lines = ["", f"{'baseline (balanced)':<27}{'precision':>20}{'recall':>20}{'F1':>20}{'model’s F1 less its':>22}"]
    rows = [("hype list (one label)", listed, listed.get("difference"))]
    for name, title in (("word_ngrams", "word 1-2-grams"), ("minilm", "MiniLM embeddings")):
        if "modes" in measured.get(name, {}):
            rows.append((title, measured[name]["modes"]["balanced"]["micro"], measured[name].get("difference")))
    for title, rates, difference in rows:
        ahead = value_cell(difference["f1"], sign=True) if difference else "–"
        lines.append(f"{title:<27}" + "".join(value_cell(rates[r]).rjust(20) for r in _RATES) + ahead.rjust(22))
    for name, title in (("word_ngrams", "word 1-2-grams"), ("minilm", "MiniLM embeddings")):
        values = measured.get(name)
        if values is None:
            lines.append(f"{title}: not measured; `overclaim evaluate --full` trains it")
        elif "left_out" in values:
            lines.append(f"{title}: left out, since {values['left_out']}")
        else:
            lines.append(f"{title}: mean average precision {values['mean_average_precision']:.3f}")
    return "\n".join(lines)


def study_tables(results: Mapping[str, Any]) -> str:
    """The measures of ``full_measures``."""
    curve, parts = results["learning_curve"], results["ablation"]
    lines = [baseline_table(results["baselines"]), "", f"{'articles':>9}{'share':>8}{'mAP':>24}{'F1':>24}"]
    for point in curve["points"]:
        both = "".join(value_cell(point[name]).rjust(24) for name in ("mean_average_precision", "f1"))
        lines.append(f"{point['articles']:>9}{point['share']:>8g}{both}")
    lines += ["", f"{'without':<15}{'mAP':>24}{'F1':>24}"]
    for family, values in parts["without"].items():
        both = "".join(
            value_cell(values["difference"][name], sign=True).rjust(24) for name in ("mean_average_precision", "f1")
        )
        lines.append(f"{family:<15}{both}")
    return "\n".join(lines)


def cell(value: float | None, limits: Sequence[float] | None, *, sign: bool = False) -> str:
    """A measure with its interval; a dash where there is none."""
    if value is None:
        return "–"
    number = format(value, "+.3f" if sign else ".3f")
    return number if limits is None else f"{number} [{limits[0]:.2f}, {limits[1]:.2f}]"


def value_cell(measure: Mapping[str, float], *, sign: bool = False) -> str:
    """The same of ``{"value", "low", "high"}``."""
    return cell(measure["value"], (measure["low"], measure["high"]), sign=sign)


def _by_label(mode: str, values: Mapping[str, Any]) -> list[str]:
    lines = [
        "",
        f"{mode:<27}{'gold':>6}{'shown':>7}" + "".join(f"{name:>20}" for name in ("precision", "recall", "F1")),
    ]
    for label in LABEL_IDS:
        row, limits = values["by_label"][label], values["intervals"][label]
        # Where nothing was shown, or nothing is gold, a rate of 0 would say more than is known.
        cells = "".join(cell(row[name] if limits[name] else None, limits[name]).rjust(20) for name in _RATES)
        lines.append(f"{label:<27}{row['gold']:>6}{row['shown']:>7}{cells}")
    return lines


def _confusion(table: Mapping[str, Any]) -> list[str]:
    names = table["names"]
    heads = [*(str(number + 1) for number in range(len(names) - 1)), names[-1]]
    lines = ["", "confusion (balanced): gold label against shown label, sentence by sentence"]
    lines.append(f"{'':<30}" + "".join(head.rjust(5) for head in heads))
    for head, name, row in zip(heads, names, table["counts"], strict=True):
        title = name if name == head else f"{head:>2} {name}"
        lines.append(f"{title:<30}" + "".join((str(count) if count else "·").rjust(5) for count in row))
    return lines
