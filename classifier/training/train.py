"""Training: labelled articles to a model's folder, with its measures and its card."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.annotation import MODES, Mode, ModelInfo
from classifier.annotator import Annotator
from classifier.artifacts import load, save
from classifier.claims import ClaimStrength
from classifier.errors import CorpusError
from classifier.exemptions import exempt
from classifier.labels import LABEL_IDS
from classifier.pipeline import PipelineConfig, build_pipeline
from classifier.scorecard import Scorecard
from classifier.thresholds import choose_thresholds
from classifier.training.claims import claims_beside, cross_validate, read_claims, together
from classifier.training.corpus import load_articles
from classifier.training.criteria import read_criteria
from classifier.training.evaluate import evaluate_annotator
from classifier.training.gold import TrainingSet, training_set, typical_articles
from classifier.training.metrics import at_thresholds, average_precisions, calibration_errors, mean_average_precision
from classifier.training.report import write_report
from classifier.training.texts import CORPUS_VARIABLE, corpus_texts, data_folder
from classifier.triggers import TriggerFinder

_FEWEST = 50
"""With fewer sentences of a label among typical articles, these can't tell where its threshold should be."""
VERSION = "0.1.0"
"""Version of a model trained on the whole corpus; ``-own`` is added to one trained on our articles alone."""


def train(
    corpus: Path | None,
    out: Path,
    seed: int = 0,
    *,
    log: Callable[[str], None] | None = None,
    config: PipelineConfig | None = None,
) -> Path:
    """Train a model and write it with its manifest, measures and card.

    Parameters
    ----------
    corpus : Path, optional
        Where the public articles are (see ``corpus_texts``). Without them (nothing given, and no way to
        fetch them) a smaller model is trained on our own articles, and the log says so.
    out : Path
        Folder of models; the model goes to ``out/<version>``, and ``out/current`` names it if it was
        trained on the corpus or nothing was current.
    seed : int
        The same data, libraries and seed give the same measures.
    log : callable, optional
        Takes progress in plain lines; standard error by default.
    config : PipelineConfig, optional
        Other settings than the shipped ones; its seed is replaced.

    Returns
    -------
    Path
        The model's folder.

    Raises
    ------
    CorpusError
        If a corpus was named that can't be read, or the labels don't fit it.
    """
    say = log or (lambda line: print(line, file=sys.stderr, flush=True))
    data = data_folder()
    texts = _texts(corpus, say)
    articles = load_articles(data, texts, {"own"} if texts is None else {"train", "open", "own"})
    say(f"reading {len(articles)} articles")
    gold = training_set(articles)
    config = replace(config or PipelineConfig(), seed=seed)
    say(f"fitting the scorer on {len(gold.y)} sentences with {int(gold.y.sum())} labels")
    folds = [fold_ for article in articles if (fold_ := article.fold) is not None]
    typical = typical_articles(gold)
    claims, claim_scores = _claims(corpus, seed, say) if texts is not None else (None, {})
    scorer = build_pipeline(config, claims=claims).fit(gold.documents, gold.y, folds, typical)
    rows = np.repeat(typical, gold.sizes)
    # What the annotator never shows can't be a false alarm, so thresholds don't count it.
    excused = np.vstack([exempt(document) for document in gold.documents])
    held_out = np.where(excused, 0.0, scorer.held_out_)
    thresholds = _thresholds(held_out, gold.y, rows)
    say(f"fitting triggers on {len(gold.triggers)} examples")
    triggers = TriggerFinder().fit(gold.triggers)
    scorecard, criteria_scores = _scorecard(gold, held_out, data, texts, seed, say)

    version = VERSION if texts is not None else f"{VERSION}-own"
    folder = out / version
    training = {
        "seed": seed,
        "corpus": texts is not None,
        "articles": {split: sum(a.split == split for a in articles) for split in sorted({a.split for a in articles})},
        "sentences": len(gold.y),
        "labels": int(gold.y.sum()),
        "data": _digests(data, {article.split for article in articles}),
        "features": config.as_dict(),
    }
    info = save(
        folder,
        {"scorer": scorer, "triggers": triggers, "scorecard": scorecard},
        version=version,
        thresholds=thresholds,
        training=training,
    )
    precisions = average_precisions(held_out[rows], gold.y[rows])
    metrics: dict[str, Any] = {
        "model": {"version": info.version},
        "training": training,
        "cross_validation": {
            "articles": int(typical.sum()),
            "modes": at_thresholds(held_out[rows], gold.y[rows], thresholds),
            "average_precision": precisions,
            "mean_average_precision": mean_average_precision(precisions),
            "calibration_error": calibration_errors(held_out[rows], gold.y[rows]),
            "trigger_overlap": _trigger_overlap(gold, folds),
        },
        "criteria": criteria_scores,
        "claims": claim_scores,
        "thresholds": thresholds,
    }
    if texts is not None:
        say("measuring on dev")
        annotator = Annotator(scorer, triggers, thresholds, info, scorecard)
        metrics["dev"] = evaluate_annotator(annotator, load_articles(data, texts, {"dev"}))
    _finish(folder, out, info, metrics, whole=texts is not None)
    say(f"wrote {folder} ({(folder / 'model.joblib').stat().st_size / 1e6:.1f} MB)")
    return folder


def remeasure(folder: Path, corpus: Path | None) -> None:
    """Measure a stored model on dev again and write its measures and card anew, for a change that needs no training.

    Raises
    ------
    CorpusError
        If the corpus can't be read.
    ArtifactError
        If the model can't be loaded.
    """
    metrics = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
    metrics["dev"] = evaluate_annotator(load(folder), load_articles(data_folder(), corpus_texts(corpus), {"dev"}))
    write_report(folder, metrics)


def _texts(corpus: Path | None, say: Callable[[str], None]) -> dict[str, str] | None:
    try:
        return corpus_texts(corpus)
    except CorpusError as err:
        # Who names a corpus wants it; a small model instead would be a nasty surprise.
        if corpus is not None or os.environ.get(CORPUS_VARIABLE, "").strip():
            raise
        say(f"training the smaller model on our own articles only: {err}")
        return None


def _thresholds(
    held_out: NDArray[np.float64], y: NDArray[np.int8], typical: NDArray[np.bool_]
) -> dict[Mode, dict[str, float]]:
    """Thresholds chosen on typical articles; of a label that is too rare in them, on all articles."""
    chosen = choose_thresholds(held_out[typical], y[typical])
    everywhere = choose_thresholds(held_out, y)
    for label, count in zip(LABEL_IDS, y[typical].sum(axis=0), strict=True):
        if count < _FEWEST:
            for mode in MODES:
                chosen[mode][label] = everywhere[mode][label]
    return chosen


def _claims(
    corpus: Path | None, seed: int, say: Callable[[str], None]
) -> tuple[ClaimStrength | None, dict[str, float]]:
    """The model of claims' strength and its held-out F1 by strength; none if its data can't be had."""
    try:
        releases, abstracts = read_claims(claims_beside(corpus))
    except CorpusError as err:
        say(f"going on without the strength of claims: {err}")
        return None, {}
    sentences, y, foreign = together(releases, abstracts)
    say(f"fitting the strength of claims on {len(y)} sentences")
    measured = cross_validate(ClaimStrength(), releases, abstracts, seed=seed)
    scores = {**measured.by_strength, "macro": measured.macro}
    return ClaimStrength().fit(sentences, y, foreign), {name: round(value, 4) for name, value in scores.items()}


def _scorecard(
    gold: TrainingSet,
    held_out: np.ndarray[Any, np.dtype[np.float64]],
    data: Path,
    texts: Mapping[str, str] | None,
    seed: int,
    say: Callable[[str], None],
) -> tuple[Scorecard | None, dict[str, float]]:
    """The scorecard and its held-out macro-F1; none without the corpus, since its verdicts are on public releases."""
    if texts is None:
        return None, {}
    verdicts = read_criteria(data)
    documents, scores, wanted = [], [], []
    start = 0
    for article, document in zip(gold.articles, gold.documents, strict=True):
        stop = start + len(document.sentences)
        if article.id in verdicts:
            documents.append(document)
            scores.append(held_out[start:stop])
            wanted.append(verdicts[article.id])
        start = stop
    say(f"fitting the scorecard on {len(wanted)} reviewed releases")
    scorecard = Scorecard(random_state=seed).fit(documents, scores, wanted)
    return scorecard, {name: round(value, 4) for name, value in scorecard.macro_f1_.items()}


def _trigger_overlap(gold: TrainingSet, folds: list[int]) -> float:
    """Share of gold labels whose found trigger overlaps the gold one, on the first fold by a finder of the others."""
    held = [folds[owner] == folds[0] for owner in gold.trigger_articles]
    finder = TriggerFinder().fit([example for example, out in zip(gold.triggers, held, strict=True) if not out])
    tried = [example for example, out in zip(gold.triggers, held, strict=True) if out]
    hits = sum(finder.find(example.sentence, example.label).overlaps(example.trigger) for example in tried)
    return round(hits / len(tried), 4) if tried else 0.0


def _digests(data: Path, splits: set[str]) -> dict[str, str]:
    files = (
        sorted(data.glob("articles/*.jsonl")) + sorted(data.glob("annotations/*.jsonl")) + [data / "splits/folds.tsv"]
    )
    used = [file for file in files if file.parent.name != "annotations" or file.stem in splits]
    return {str(file.relative_to(data)): hashlib.sha256(file.read_bytes()).hexdigest() for file in used}


def _finish(folder: Path, out: Path, info: ModelInfo, metrics: Mapping[str, Any], *, whole: bool) -> None:
    write_report(folder, metrics)
    current = out / "current"
    if whole or not current.exists():
        current.write_text(info.version + "\n", encoding="utf-8")
