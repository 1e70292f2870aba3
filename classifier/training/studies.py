"""What more articles would bring, and what each feature family brings: both train many models, by cross-validation.

Folds are of whole articles throughout. Rates are measured on the news only, where there is any: our own articles
teach, but are denser in labels.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from classifier.claims import ClaimStrength
from classifier.pipeline import FAMILIES, PipelineConfig, build_pipeline
from classifier.thresholds import choose_thresholds
from classifier.training.gold import TrainingSet, typical_articles
from classifier.training.intervals import Draws, draws, label_precision_draws, mean_draws, rate_draws, with_range
from classifier.training.metrics import average_precisions, count_sentences, mean_average_precision, rates

SHARES = (0.125, 0.25, 0.5, 1.0)
TESTED_FOLDS = (0, 1, 2)
"""Folds that the learning curve is measured on, of five: enough, and two fifths quicker."""
_INNER_FOLDS = 2
"""Folds by which a model of the learning curve makes its second stage's features and its thresholds."""
_ABLATION_FOLDS = 3

STUDY_CONFIG = PipelineConfig(longest_ngram=2, min_sentences=5, min_gram_sentences=8, rounds=40, rate=0.15)
"""Lighter settings than the shipped ones: a study fits dozens of models, and looks at differences."""

Log: TypeAlias = Callable[[str], None]


@dataclass(frozen=True, slots=True, eq=False)
class _Measured:
    """Mean average precision and balanced micro-F1, with their values in each bootstrap round."""

    precision: float
    f1: float
    precision_draws: NDArray[np.float64]
    f1_draws: NDArray[np.float64]

    def figures(self) -> dict[str, dict[str, float]]:
        return {
            "mean_average_precision": with_range(self.precision, self.precision_draws),
            "f1": with_range(self.f1, self.f1_draws),
        }

    def less(self, other: _Measured) -> dict[str, dict[str, float]]:
        """What is left of it less the other: measured on the same sentences, so the rounds are pairs."""
        return {
            "mean_average_precision": with_range(
                self.precision - other.precision, self.precision_draws - other.precision_draws
            ),
            "f1": with_range(self.f1 - other.f1, self.f1_draws - other.f1_draws),
        }


def learning_curve(
    gold: TrainingSet,
    config: PipelineConfig | None = None,
    *,
    claims: ClaimStrength | None = None,
    jobs: int = -1,
    log: Log | None = None,
) -> dict[str, Any]:
    """Measure models that were trained on a share of the articles, on folds they never saw.

    A smaller share's articles are among a larger one's, and twins stay together. Thresholds are chosen on held-out
    scores of the articles trained on.

    Parameters
    ----------
    gold : TrainingSet
        Articles with folds.
    config : PipelineConfig, optional
        The shipped settings by default.
    claims : ClaimStrength, optional
        Fitted, on other data than these; the family ``claims`` needs it.
    jobs : int
        Threads and processes used to fit; -1 for all cores.
    log : callable, optional
        Takes progress in plain lines.

    Returns
    -------
    dict
        ``folds``, ``tested_articles``, and ``points``: for each share its mean number of ``articles``, and
        ``mean_average_precision`` and ``f1`` as value, low and high.
    """
    folds, typical = _folds(gold), typical_articles(gold)
    tested = [fold for fold in TESTED_FOLDS if (folds == fold).any()]
    judged = typical & np.isin(folds, tested)
    points = []
    for share in SHARES:
        scores = np.zeros(gold.y.shape)
        shown = np.zeros(gold.y.shape, dtype=bool)
        sizes = []
        for fold in tested:
            taught = _first_share(gold, np.flatnonzero(folds != fold), share)
            sizes.append(len(taught))
            rows = _rows(gold, taught)
            scorer = build_pipeline(config, claims=claims, jobs=jobs).fit(
                [gold.documents[number] for number in taught],
                gold.y[rows],
                _grouped(folds[taught], _INNER_FOLDS),
                typical[taught] if typical[taught].any() else None,
            )
            usual = np.repeat(typical[taught], np.array(gold.sizes)[taught])
            usual = usual if usual.any() else ~usual
            thresholds = choose_thresholds(scorer.held_out_[usual], gold.y[rows][usual])["balanced"]
            inside = np.flatnonzero(judged & (folds == fold))
            if len(inside):
                found = scorer.predict_proba([gold.documents[number] for number in inside])
                scores[_rows(gold, inside)] = found
                shown[_rows(gold, inside)] = found >= np.array(list(thresholds.values()))
        measured = _measure(gold, np.flatnonzero(judged), scores, shown)
        points.append({"share": share, "articles": round(sum(sizes) / len(sizes)), **measured.figures()})
        if log is not None:
            log(f"learning curve: {share:g} of the articles, mean average precision {measured.precision:.3f}")
    return {"folds": len(tested), "tested_articles": int(judged.sum()), "points": points}


def ablation(
    gold: TrainingSet,
    config: PipelineConfig | None = None,
    *,
    claims: ClaimStrength | None = None,
    jobs: int = -1,
    log: Log | None = None,
) -> dict[str, Any]:
    """Leave out one feature family at a time and measure again.

    Measured on the scores that a model gives its training sentences out of fold, with thresholds chosen on the
    same scores, as the card's cross-validation is; with three folds instead of five.

    Parameters
    ----------
    gold, config, claims, jobs, log
        See ``learning_curve``. A family that isn't among the settings' is not tried.

    Returns
    -------
    dict
        ``folds``, ``tested_articles``, ``whole`` with its measures, and ``without``: for each family the measures
        of the model without it, and their ``difference`` to the whole (below 0 where the family helps).
    """
    config = config or PipelineConfig()
    typical = typical_articles(gold)
    whole = _out_of_fold(gold, config, claims, typical, jobs)
    without: dict[str, Any] = {}
    for family in FAMILIES:
        if family == "claims" and claims is None:
            continue
        rest = tuple(name for name in config.families if name != family)
        if not rest or rest == config.families:
            continue
        measured = _out_of_fold(gold, replace(config, families=rest), claims, typical, jobs)
        without[family] = {**measured.figures(), "difference": measured.less(whole)}
        if log is not None:
            log(f"ablation: without {family}, mean average precision {measured.precision - whole.precision:+.3f}")
    return {
        "folds": len(set(_grouped(_folds(gold), _ABLATION_FOLDS))),
        "tested_articles": int(typical.sum()),
        "whole": whole.figures(),
        "without": without,
    }


def _out_of_fold(
    gold: TrainingSet, config: PipelineConfig, claims: ClaimStrength | None, typical: NDArray[np.bool_], jobs: int
) -> _Measured:
    scorer = build_pipeline(config, claims=claims, jobs=jobs).fit(
        gold.documents, gold.y, _grouped(_folds(gold), _ABLATION_FOLDS), typical
    )
    rows = np.repeat(typical, gold.sizes)
    thresholds = choose_thresholds(scorer.held_out_[rows], gold.y[rows])["balanced"]
    shown = scorer.held_out_ >= np.array(list(thresholds.values()))
    return _measure(gold, np.flatnonzero(typical), scorer.held_out_, shown)


def _measure(
    gold: TrainingSet, articles: NDArray[np.intp], scores: NDArray[np.float64], shown: NDArray[np.bool_]
) -> _Measured:
    """Measure scores of all sentences on some of the articles."""
    rows = _rows(gold, articles)
    sizes = [gold.sizes[number] for number in articles]
    y = gold.y[rows]
    # The same seed for the same articles: the rounds of two models are pairs.
    drawn: Draws = draws(len(sizes))
    counts = count_sentences(shown[rows], y, sizes)
    return _Measured(
        precision=mean_average_precision(average_precisions(scores[rows], y)),
        f1=rates(counts.sum(axis=(0, 1)))["f1"],
        precision_draws=mean_draws(label_precision_draws(scores[rows], y, sizes, drawn)),
        f1_draws=rate_draws(counts.sum(axis=1), drawn)["f1"],
    )


def _folds(gold: TrainingSet) -> NDArray[np.int64]:
    folds = [article.fold for article in gold.articles]
    if None in folds:
        raise ValueError("an article without a fold is never trained on")
    return np.array(folds, dtype=np.int64)


def _grouped(folds: NDArray[np.int64], groups: int) -> list[int]:
    """Folds dealt out to fewer groups, whole."""
    place = {int(fold): number % groups for number, fold in enumerate(np.unique(folds))}
    return [place[int(fold)] for fold in folds]


def _first_share(gold: TrainingSet, articles: NDArray[np.intp], share: float) -> NDArray[np.intp]:
    """The first articles in an order that hangs on nothing but their ids, back in their own order."""

    def key(number: int) -> str:
        # Twins are named alike but for the letter at the end.
        return hashlib.sha256(f"share {gold.articles[number].id.rstrip('ab')}".encode()).hexdigest()

    return np.sort(np.array(sorted(articles, key=key)[: math.ceil(share * len(articles))], dtype=np.intp))


def _rows(gold: TrainingSet, articles: Sequence[int] | NDArray[np.intp]) -> NDArray[np.intp]:
    """Numbers of the sentences of some articles."""
    starts = np.concatenate([[0], np.cumsum(gold.sizes)])
    return np.concatenate([np.arange(starts[number], starts[number + 1]) for number in articles]).astype(np.intp)
