"""The model card, written from the manifest and the measures: no figure in it is typed by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from classifier.labels import LABEL_IDS, criteria, labels


def card_text(manifest: Mapping[str, Any], metrics: Mapping[str, Any]) -> str:
    """Markdown of a model's card."""
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
        "- Two stages: logistic regressions over word n-grams, cue lists and place; then boosted trees over the"
        " first stage's scores and the cues of neighbours, headline and article.",
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
    if "dev" in metrics:
        lines += _modes("Held-out articles (dev), with 95% bootstrap intervals over articles", metrics["dev"]["modes"])
        lines += _by_label(metrics["dev"])
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
    if metrics["criteria"]:
        lines += ["## Scorecard", "", "Held-out macro-F1 on reviewed press releases:", ""]
        lines += ["| criterion | macro-F1 |", "|---|---|"]
        lines += [f"| {criteria()[name].title} | {value:.3f} |" for name, value in metrics["criteria"].items()]
        lines.append("")
    lines += [
        "## Limits",
        "",
        "- English only. Trained on news and press releases of 2005 to 2018 from the English-speaking world,"
        " and on invented articles about newer topics.",
        "- Labels of the training articles come from one reader each and miss some overclaims.",
        "- The text alone is judged: what a study really found is not looked up.",
        "",
    ]
    return "\n".join(lines)


def _modes(heading: str, modes: Mapping[str, Any]) -> list[str]:
    lines = [f"{heading}:", "", "| mode | precision | recall | F1 | trigger overlap |", "|---|---|---|---|---|"]
    for mode, values in modes.items():
        cells = (values["micro"][name] for name in ("precision", "recall", "f1", "trigger_overlap"))
        lines.append(
            f"| {mode} | " + " | ".join(f"{c['value']:.3f} ({c['low']:.2f}–{c['high']:.2f})" for c in cells) + " |"
        )
    return [*lines, ""]


def _by_label(measured: Mapping[str, Any]) -> list[str]:
    lines = [
        "| label | gold | precision | recall | F1 | average precision | calibration error |",
        "|---|---|---|---|---|---|---|",
    ]
    for label in LABEL_IDS:
        row = measured["modes"]["balanced"]["by_label"][label]
        precision = measured["average_precision"][label]
        rates = " | ".join(f"{row[name]:.3f}" for name in ("precision", "recall", "f1"))
        average = "–" if precision is None else f"{precision:.3f}"
        error = measured["calibration_error"][label]
        lines.append(f"| {labels()[label].title} | {row['gold']} | {rates} | {average} | {error:.3f} |")
    return [*lines, "", f"Mean average precision {measured['mean_average_precision']:.3f}.", ""]
