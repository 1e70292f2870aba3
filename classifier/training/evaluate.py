"""Measuring a model on labelled articles: by mode and label, with intervals."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from classifier.annotation import MODES
from classifier.annotator import Annotator
from classifier.artifacts import load
from classifier.errors import CorpusError
from classifier.labels import LABEL_IDS
from classifier.training.corpus import SPLITS, Article, load_articles
from classifier.training.gold import training_set
from classifier.training.metrics import (
    average_precisions,
    by_label,
    calibration_errors,
    count_pairs,
    mean_average_precision,
    with_intervals,
)
from classifier.training.texts import corpus_texts, data_folder


def evaluate(corpus: Path | None, model: Path | None, split: str = "dev", out: Path | None = None) -> None:
    """Measure a model on one split and print the tables.

    Parameters
    ----------
    corpus : Path, optional
        Where the public articles are; not needed for the split ``own``.
    model : Path, optional
        A model's folder; the current one by default.
    split : {"dev", "own", "train", "open"}
        ``train``, ``open`` and ``own`` were trained on: their figures only show what a model remembers.
    out : Path, optional
        Where to write the figures as JSON.

    Raises
    ------
    CorpusError
        If the split is unknown or the corpus can't be read.
    ArtifactError
        If the model can't be loaded.
    """
    for known in SPLITS:
        if split == known:
            chosen = known
            break
    else:
        raise CorpusError(f"there is no split {split!r}; known are {', '.join(SPLITS)}")
    texts = None if chosen == "own" else corpus_texts(corpus)
    articles = load_articles(data_folder(), texts, {chosen})
    measured = evaluate_annotator(load(model), articles)
    print(tables(measured, f"{split}: {len(articles)} articles"))
    if out is not None:
        out.write_text(json.dumps(measured, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def evaluate_annotator(annotator: Annotator, articles: Sequence[Article]) -> dict[str, Any]:
    """All measures of an annotator on labelled articles.

    Returns
    -------
    dict
        By mode the micro-averaged rates with intervals and the rates by label; average precision and
        expected calibration error by label.
    """
    documents = [article.document for article in articles]
    measured: dict[str, Any] = {"articles": len(articles), "modes": {}}
    for mode in MODES:
        found = [annotation.spans for annotation in annotator.annotate_many(documents, mode=mode)]
        counts = count_pairs(articles, found)
        measured["modes"][mode] = {"micro": with_intervals(counts), "by_label": by_label(counts)}
    gold = training_set(articles)
    scores = np.vstack([annotator.scores(document) for document in documents])
    precisions = average_precisions(scores, gold.y)
    measured["average_precision"] = precisions
    measured["mean_average_precision"] = mean_average_precision(precisions)
    measured["calibration_error"] = calibration_errors(scores, gold.y)
    return measured


def tables(measured: dict[str, Any], heading: str) -> str:
    """The measures as text."""
    lines = [heading, "", f"{'mode':<11}{'precision':>20}{'recall':>20}{'F1':>20}{'trigger overlap':>20}"]
    for mode, values in measured["modes"].items():
        cells = (values["micro"][name] for name in ("precision", "recall", "f1", "trigger_overlap"))
        lines.append(
            f"{mode:<11}" + "".join(f"{c['value']:>8.3f} [{c['low']:.2f}, {c['high']:.2f}]".rjust(20) for c in cells)
        )
    lines += [
        "",
        f"{'label (balanced)':<27}{'gold':>6}{'shown':>7}{'prec.':>8}{'recall':>8}{'F1':>8}{'AP':>8}{'ECE':>8}",
    ]
    for label in LABEL_IDS:
        row = measured["modes"]["balanced"]["by_label"][label]
        precision = measured["average_precision"][label]
        lines.append(
            f"{label:<27}{row['gold']:>6}{row['shown']:>7}{row['precision']:>8.3f}{row['recall']:>8.3f}{row['f1']:>8.3f}"
            f"{'–' if precision is None else format(precision, '.3f'):>8}{measured['calibration_error'][label]:>8.3f}"
        )
    lines += ["", f"mean average precision {measured['mean_average_precision']:.3f}"]
    return "\n".join(lines)
