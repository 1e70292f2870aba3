"""Tables of the model card, in Markdown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from classifier.labels import LABEL_IDS, labels

_RATES = ("precision", "recall", "f1")
_METHODS = (("word_ngrams", "words and pairs of words"), ("minilm", "MiniLM sentence embeddings, frozen"))


def label_tables(measured: Mapping[str, Any]) -> list[str]:
    """Average precision and calibration by label, then the rates by label in each mode."""
    lines = ["| label | gold | average precision | calibration error |", "|---|---|---|---|"]
    for label in LABEL_IDS:
        gold = measured["modes"]["balanced"]["by_label"][label]["gold"]
        ranked = interval(measured["average_precision"][label], measured["average_precision_interval"][label])
        error = measured["calibration_error"][label]
        lines.append(f"| {labels()[label].title} | {gold} | {ranked} | {error:.3f} |")
    micro = interval(measured["micro_average_precision"], measured["micro_average_precision_interval"])
    error = measured["micro_calibration_error"]
    total = measured["modes"]["balanced"]["micro"]["gold"]
    lines.append(f"| All pairs of sentence and label (micro) | {total} | {micro} | {error:.3f} |")
    mean = interval(measured["mean_average_precision"], measured["mean_average_precision_interval"])
    lines += ["", f"Mean average precision {mean}.", ""]
    for mode, values in measured["modes"].items():
        lines += [
            f"Mode {mode}:",
            "",
            "| label | gold | shown | precision | recall | F1 |",
            "|---|---|---|---|---|---|",
        ]
        for label in LABEL_IDS:
            row, limits = values["by_label"][label], values["intervals"][label]
            # Where nothing was shown, or nothing is gold, a rate of 0 would say more than is known.
            cells = " | ".join(interval(row[name] if limits[name] else None, limits[name]) for name in _RATES)
            lines.append(f"| {labels()[label].title} | {row['gold']} | {row['shown']} | {cells} |")
        lines.append("")
    return lines


def confusion_table(table: Mapping[str, Any]) -> list[str]:
    """Gold labels against shown ones; columns are numbered, as twelve titles don't fit on a line."""
    names = table["names"]
    heads = [*(str(number + 1) for number in range(len(names) - 1)), names[-1]]
    lines = [
        "Which labels are taken for which (mode balanced): rows are gold, columns shown. A label of a sentence that is"
        " both stands on the diagonal; each other gold label is set against each other shown one.",
        "",
        f"| gold | {' | '.join(heads)} |",
        "|---" * (len(names) + 1) + "|",
    ]
    for head, name, row in zip(heads, names, table["counts"], strict=True):
        title = name if name not in LABEL_IDS else f"{head} {labels()[name].title}"
        lines.append(f"| {title} | {' | '.join(str(count) if count else '' for count in row)} |")
    return [*lines, ""]


def baseline_table(measured: Mapping[str, Any]) -> list[str]:
    """Simpler methods on the same articles, and how far the model is ahead of them."""
    listed = measured["hype_list"]
    where = "on the same articles" if measured.get("split") == "dev" else "by cross-validation"
    lines = [f"Simpler methods {where}, mode balanced:", ""]
    lines += [
        "| method | precision | recall | F1 | mean average precision | model’s F1 less its | model’s mAP less its |"
    ]
    lines += ["|---|---|---|---|---|---|---|"]
    title = f"{listed['words']} words of hype, for “{labels()[listed['label']].title}” alone"
    lines.append(_baseline_row(title, listed, "–", listed.get("difference", {})))
    left_out = []
    for name, title in _METHODS:
        values = measured.get(name, {})
        if "modes" in values:
            mean = interval(values["mean_average_precision"], values["mean_average_precision_interval"])
            rates = values["modes"]["balanced"]["micro"]
            lines.append(_baseline_row(f"Logistic regression over {title}", rates, mean, values.get("difference", {})))
        elif "left_out" in values:
            left_out += [f"Left out: {title}, since {values['left_out']}.", ""]
    return [*lines, "", *left_out]


def learning_table(curve: Mapping[str, Any]) -> list[str]:
    """Measures by share of the training articles."""
    lines = [
        "With fewer articles, and lighter settings than the model's"
        f" (measured on {curve['tested_articles']} articles in {curve['folds']} folds that the"
        " models hadn't seen):",
        "",
        "| articles | share | mean average precision | F1 (balanced) |",
        "|---|---|---|---|",
    ]
    for point in curve["points"]:
        cells = f"{measure(point['mean_average_precision'])} | {measure(point['f1'])}"
        lines.append(f"| {point['articles']} | {point['share']:g} | {cells} |")
    return [*lines, ""]


def ablation_table(parts: Mapping[str, Any]) -> list[str]:
    """Measures without each feature family."""
    whole = parts["whole"]
    lines = [
        "Without one feature family, with lighter settings than the model's"
        f" (cross-validation in {parts['folds']} folds; differences are paired by article,"
        " below 0 where the family helps):",
        "",
        "| features | mean average precision | difference | F1 (balanced) | difference |",
        "|---|---|---|---|---|",
        f"| all | {measure(whole['mean_average_precision'])} | | {measure(whole['f1'])} | |",
    ]
    for family, values in parts["without"].items():
        cells = [
            f"{measure(values[name])} | {measure(values['difference'][name], sign=True)}"
            for name in ("mean_average_precision", "f1")
        ]
        lines.append(f"| without {family} | {' | '.join(cells)} |")
    return [*lines, ""]


def interval(value: float | None, limits: Sequence[float] | None) -> str:
    """A measure with its interval; a dash where there is none."""
    if value is None:
        return "–"
    number = f"{value:.3f}"
    return number if limits is None else f"{number} ({limits[0]:.2f}–{limits[1]:.2f})"


def measure(values: Mapping[str, float], *, sign: bool = False) -> str:
    """The same of ``{"value", "low", "high"}``; limits that may be below 0 are parted by a word."""
    if sign:
        return f"{values['value']:+.3f} ({values['low']:+.3f} to {values['high']:+.3f})"
    return interval(values["value"], (values["low"], values["high"]))


def _baseline_row(title: str, rates: Mapping[str, Any], mean: str, difference: Mapping[str, Any]) -> str:
    ahead = [
        measure(difference[name], sign=True) if name in difference else "–" for name in ("f1", "mean_average_precision")
    ]
    return f"| {title} | {' | '.join(measure(rates[name]) for name in _RATES)} | {mean} | {' | '.join(ahead)} |"
