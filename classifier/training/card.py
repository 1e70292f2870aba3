"""The model card, written from the manifest and the measures: no figure in it is typed by hand."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from classifier.labels import criteria, labels
from classifier.training.card_tables import (
    ablation_table,
    baseline_table,
    confusion_table,
    label_tables,
    learning_table,
    measure,
)
from classifier.training.plots import NO_MATPLOTLIB


def card_text(manifest: Mapping[str, Any], metrics: Mapping[str, Any], pictures: Collection[str] | None = ()) -> str:
    """Markdown of a model's card.

    Parameters
    ----------
    manifest, metrics : mapping
    pictures : collection of str or None
        File names of the pictures beside the card; None if they couldn't be drawn, which the card says.
    """
    shown = pictures or ()
    training = manifest["training"]
    counts = ", ".join(f"{number} {split}" for split, number in training["articles"].items())
    lines = [
        f"# Model card: Overclaim {manifest['version']}",
        "",
        "Marks, sentence by sentence, where English health news claims more than its evidence allows.",
        "Written by the training program; the figures are in `metrics.json`.",
        "",
        "## Model",
        "",
        f"- Size: {manifest['model']['bytes'] / 1e6:.1f} MB, SHA-256 `{manifest['model']['sha256'][:16]}…`",
        f"- Libraries: {', '.join(f'{name} {version}' for name, version in manifest['libraries'].items())}",
        f"- Trained on {counts} articles: {training['sentences']} sentences with {training['labels']} labels,"
        f" seed {training['seed']}",
    ]
    if not training["corpus"]:
        lines.append("- **The small model**: it saw only the articles written for this project, not the public corpus.")
    lines += [
        "- Two stages: logistic regressions over word n-grams, n-grams of word classes, cue lists and place; then"
        " boosted trees over the first stage's scores, over cues and word classes of the sentence, its neighbours, the"
        " headline and the article, over the evidence told in the rule book's windows and anywhere, over what the"
        " sentence is about and how strong its claim is.",
        "- A label is not shown where the sentence takes the claim back, or where the stage, the comparison or the"
        " absolute figures that it misses are found in the rule book's window.",
        "",
        "## For what",
        "",
        "To point writers and editors at sentences worth a second look, and to compare bodies of text.",
        "Not to judge a person, a study or a treatment: a flag says nothing about whether a claim is true,"
        " and no flag doesn't mean that a text is sound.",
        "",
        "## How good",
        "",
    ]
    if pictures is None:
        lines += [f"This card has no pictures: {NO_MATPLOTLIB} where it was written.", ""]
    if "dev" in metrics:
        dev = metrics["dev"]
        lines += _modes("Held-out articles (dev), with 95% bootstrap intervals over articles", dev["modes"])
        lines += label_tables(dev)
        lines += _picture("precision-recall.png", shown, _precision_recall_alt(dev))
        lines += _picture("reliability.png", shown, _reliability_alt(dev))
        lines += confusion_table(dev["confusion"])
        lines += _picture("confusion.png", shown, "Heat map of the table of confusion above, each row as shares.")
    if "baselines" in metrics:
        lines += baseline_table(metrics["baselines"])
    validation = metrics["cross_validation"]
    lines += [f"Cross-validation over {validation['articles']} training articles (five folds by article):", ""]
    lines += ["| mode | precision | recall | F1 |", "|---|---|---|---|"]
    for mode, row in validation["modes"].items():
        lines.append(f"| {mode} | {row['precision']:.3f} | {row['recall']:.3f} | {row['f1']:.3f} |")
    lines += [
        "",
        f"Mean average precision {validation['mean_average_precision']:.3f};"
        f" triggers overlap the gold trigger in {validation['trigger_overlap']:.1%} of gold labels.",
        "",
    ]
    if "learning_curve" in metrics:
        lines += learning_table(metrics["learning_curve"])
        lines += _picture("learning-curve.png", shown, _learning_alt(metrics["learning_curve"]))
    if "ablation" in metrics:
        lines += ablation_table(metrics["ablation"])
        lines += _picture("ablation.png", shown, "Bars of the differences in the table above, with their intervals.")
    if metrics["criteria"]:
        lines += ["## Scorecard", "", "Held-out macro-F1 on reviewed press releases:", ""]
        lines += ["| criterion | macro-F1 |", "|---|---|"]
        lines += [f"| {criteria()[name].title} | {value:.3f} |" for name, value in metrics["criteria"].items()]
        lines.append("")
    if metrics.get("claims"):
        lines += ["## Strength of claims", "", "Held-out F1 on labelled sentences of press releases:", ""]
        lines += ["| strength | F1 |", "|---|---|"]
        lines += [f"| {name} | {value:.3f} |" for name, value in metrics["claims"].items()]
        lines.append("")
    lines += [
        "## Limits",
        "",
        "- English only. Trained on news and press releases of 2005 to 2018 from the English-speaking world,"
        " and on invented articles about newer topics.",
        "- Labels of the training articles come from two readings and still miss some overclaims.",
        "- The text alone is judged: what a study really found is not looked up.",
        "",
    ]
    return "\n".join(lines)


def _modes(heading: str, modes: Mapping[str, Any]) -> list[str]:
    lines = [f"{heading}:", "", "| mode | precision | recall | F1 | trigger overlap |", "|---|---|---|---|---|"]
    for mode, values in modes.items():
        cells = (values["micro"][name] for name in ("precision", "recall", "f1", "trigger_overlap"))
        lines.append(f"| {mode} | " + " | ".join(map(measure, cells)) + " |")
    return [*lines, ""]


def _picture(name: str, shown: Collection[str], alt: str) -> list[str]:
    return [f"![{alt}]({name})", ""] if name in shown else []


def _precision_recall_alt(dev: Mapping[str, Any]) -> str:
    ranked = sorted(
        (-value, labels()[label].title) for label, value in dev["average_precision"].items() if value is not None
    )
    if not ranked:
        return "Precision against recall by label: there is no gold label."
    (best, first), (worst, last) = ranked[0], ranked[-1]
    return (
        f"Precision against recall, one small plot a label. Average precision is highest for {first.lower()}"
        f" ({-best:.2f}) and lowest for {last.lower()} ({-worst:.2f}). Marks show the three modes."
    )


def _reliability_alt(dev: Mapping[str, Any]) -> str:
    points = ", ".join(f"{row['share']:.2f} at {row['score']:.2f}" for row in dev["reliability"])
    return f"Share of pairs that are gold against their mean score, by tenths of the score: {points}."


def _learning_alt(curve: Mapping[str, Any]) -> str:
    first, last = curve["points"][0], curve["points"][-1]
    return (
        f"Mean average precision goes from {first['mean_average_precision']['value']:.2f} with {first['articles']}"
        f" articles to {last['mean_average_precision']['value']:.2f} with {last['articles']},"
        f" micro-F1 from {first['f1']['value']:.2f} to {last['f1']['value']:.2f}."
    )
