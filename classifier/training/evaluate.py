"""Measuring a model on labelled articles: by mode and label, with intervals, beside simpler methods.

``evaluate`` takes seconds. With ``full`` it trains: baselines, a learning curve and an ablation, which go into the
model's ``metrics.json`` and card.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.annotation import MODES, LabelledSpan, Mode
from classifier.annotator import Annotator
from classifier.artifacts import current_model, load, read_manifest
from classifier.claims import ClaimStrength
from classifier.errors import CorpusError
from classifier.pipeline import PipelineConfig
from classifier.training.baselines import Reference, baselines, hype_list
from classifier.training.confusion import confusion
from classifier.training.corpus import SPLITS, Article, Split, load_articles
from classifier.training.curves import precision_recall, reliability
from classifier.training.errors import costliest, listing
from classifier.training.gold import TrainingSet, training_set
from classifier.training.intervals import draws
from classifier.training.metrics import (
    by_label,
    calibration_error,
    calibration_errors,
    count_pairs,
    label_intervals,
    ranking,
    with_intervals,
)
from classifier.training.report import json_text, read_metrics, record
from classifier.training.studies import STUDY_CONFIG, ablation, learning_curve
from classifier.training.tables import baseline_table, study_tables, tables
from classifier.training.texts import corpus_texts, data_folder

__all__ = ["Outcome", "evaluate", "evaluate_annotator", "full_measures", "outcome_of", "tables"]


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What an annotator makes of labelled articles."""

    articles: Sequence[Article]
    gold: TrainingSet
    scores: NDArray[np.float64]
    shown: Mapping[Mode, Sequence[Sequence[LabelledSpan]]]


def evaluate(
    corpus: Path | None,
    model: Path | None,
    split: str = "dev",
    out: Path | None = None,
    *,
    errors: int = 0,
    full: bool = False,
    minilm: Path | None = None,
    log: Callable[[str], None] | None = None,
) -> None:
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
        Where to write the figures as JSON; they never hold words of an article.
    errors : int
        How many of the costliest errors to print, with their words, which belong to others: for a terminal.
    full : bool
        Also train the baselines, the learning curve and the ablation, and write them into the model's
        ``metrics.json`` and card. Only for ``dev``, or for ``own`` with a model that saw nothing else.
    minilm : Path, optional
        Folder of a sentence embedding model, for the baseline that needs one.
    log : callable, optional
        Takes progress in plain lines; standard error by default.

    Raises
    ------
    CorpusError
        If the split is unknown, unfit for ``full``, or the corpus can't be read.
    ArtifactError
        If the model can't be loaded.
    """
    chosen = _split(split)
    folder = model or current_model()
    if full:
        _check_full(chosen, folder)
    say = log or (lambda line: print(line, file=sys.stderr, flush=True))
    texts = None if chosen == "own" else corpus_texts(corpus)
    articles = load_articles(data_folder(), texts, {chosen})
    annotator = load(folder)
    outcome = outcome_of(annotator, articles)
    measured = _figures(outcome)
    print(tables(measured, f"{split}: {len(articles)} articles"))
    results: dict[str, Any] = {"dev": measured} if chosen == "dev" else {}
    if full:
        taught = load_articles(data_folder(), texts, {"own"} if texts is None else {"train", "open", "own"})
        say(f"reading {len(taught)} articles")
        record(folder, results, say)
        held_out = outcome if chosen == "dev" else None
        for part in full_measures(taught, held_out, claims=annotator.claims, minilm=minilm, log=say):
            # Written as soon as it is there: the next one takes minutes.
            record(folder, part, say)
            results |= part
        print(study_tables(results))
    else:
        listed = hype_list(outcome.gold, _reference(outcome))
        stored = read_metrics(folder).get("baselines", {}) if chosen == "dev" else {}
        results["baselines"] = {**stored, "hype_list": listed}
        print(baseline_table(results["baselines"]))
    if out is not None:
        content = {**measured, **{name: value for name, value in results.items() if name != "dev"}}
        out.write_text(json_text(content), encoding="utf-8")
    if errors > 0:
        mistakes = costliest(articles, outcome.gold.documents, outcome.scores, outcome.shown["balanced"], errors)
        print(f"\nThe {len(mistakes)} costliest errors in mode balanced:\n\n{listing(mistakes)}")


def evaluate_annotator(annotator: Annotator, articles: Sequence[Article]) -> dict[str, Any]:
    """All measures of an annotator on labelled articles.

    Returns
    -------
    dict
        By mode the micro-averaged rates and the rates by label, with intervals; the confusion of
        labels in mode ``balanced``; average precision and expected calibration error by label and over all; points
        of curves. Figures and the labels' names alone, no words of an article.
    """
    return _figures(outcome_of(annotator, articles))


def full_measures(
    taught: Sequence[Article],
    outcome: Outcome | None,
    *,
    config: PipelineConfig | None = None,
    claims: ClaimStrength | None = None,
    minilm: Path | None = None,
    jobs: int = -1,
    log: Callable[[str], None] | None = None,
) -> Iterator[dict[str, Any]]:
    """What takes training: ``baselines``, then ``learning_curve``, then ``ablation``, each when it is done.

    The two studies look at differences, so they are made with lighter settings (``STUDY_CONFIG``) and, where there are
    public articles, on those that are drawn as the held-out ones are.

    Parameters
    ----------
    taught : sequence of Article
        Those that the model was trained on.
    outcome : optional
        The model on held-out articles, for the baselines to be measured beside; by cross-validation without it.
    config : PipelineConfig, optional
        Settings of the studies; ``STUDY_CONFIG`` by default.
    claims, minilm, jobs, log
        See ``studies`` and ``baselines``.

    Yields
    ------
    dict
        One key and its measures.
    """
    gold = training_set(taught)
    reference, test = (None, None) if outcome is None else (_reference(outcome), outcome.gold)
    yield {"baselines": baselines(gold, test, reference, minilm=minilm, jobs=jobs, log=log)}
    drawn = [article for article in taught if article.split == "train"]
    if drawn:
        gold = training_set(drawn)
    config = config or STUDY_CONFIG
    yield {"learning_curve": learning_curve(gold, config, claims=claims, jobs=jobs, log=log)}
    yield {"ablation": ablation(gold, config, claims=claims, jobs=jobs, log=log)}


def _split(name: str) -> Split:
    for known in SPLITS:
        if name == known:
            return known
    raise CorpusError(f"there is no split {name!r}; known are {', '.join(SPLITS)}")


def _check_full(split: Split, folder: Path) -> None:
    whole = read_manifest(folder)["training"]["corpus"]
    wanted = "dev" if whole else "own"
    if split != wanted:
        saw = "the public articles" if whole else "our own articles alone"
        raise CorpusError(f"{folder} was trained on {saw}: the full evaluation needs the split {wanted}, not {split}")


def outcome_of(annotator: Annotator, articles: Sequence[Article]) -> Outcome:
    """Let an annotator read labelled articles."""
    documents = [article.document for article in articles]
    return Outcome(
        articles,
        training_set(articles),
        np.vstack([annotator.scores(document) for document in documents]),
        {mode: [found.spans for found in annotator.annotate_many(documents, mode=mode)] for mode in MODES},
    )


def _reference(outcome: Outcome) -> Reference:
    return Reference(count_pairs(outcome.articles, outcome.shown["balanced"]), outcome.scores)


def _figures(outcome: Outcome) -> dict[str, Any]:
    measured: dict[str, Any] = {"articles": len(outcome.articles), "modes": {}}
    for mode, shown in outcome.shown.items():
        counts = count_pairs(outcome.articles, shown)
        measured["modes"][mode] = {
            "micro": with_intervals(counts),
            "by_label": by_label(counts),
            "intervals": label_intervals(counts),
        }
    measured["confusion"] = confusion(outcome.articles, outcome.shown["balanced"])
    y, scores, sizes = outcome.gold.y, outcome.scores, outcome.gold.sizes
    measured |= ranking(scores, y, sizes)
    measured["calibration_error"] = calibration_errors(scores, y)
    measured["micro_calibration_error"] = calibration_error(scores.ravel(), y.ravel())
    measured["precision_recall"] = precision_recall(scores, y)
    owners = np.repeat(np.arange(len(sizes)), sizes)
    measured["reliability"] = reliability(scores, y, owners, draws(len(sizes)))
    return measured
