"""A small model of the real pipeline, trained on some of our own articles."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

from classifier.annotation import Mode, ModelInfo
from classifier.annotator import Annotator
from classifier.labels import LABEL_IDS
from classifier.pipeline import PipelineConfig, build_pipeline
from classifier.scoring import StackedScorer
from classifier.thresholds import choose_thresholds
from classifier.training.corpus import load_articles
from classifier.training.gold import TrainingSet, training_set
from classifier.training.texts import data_folder
from classifier.triggers import TriggerFinder

ARTICLES = 60
LEARNT = (
    *("overstated_efficacy", "sensational_language", "understated_harms"),
    *("speculative_availability", "missing_absolute_risk", "missing_comparator"),
)
"""Half of the labels, in half of the time."""
MODEL = ModelInfo(version="small-1", sha256="0" * 64)


@dataclass(frozen=True)
class SmallModel:
    """The fitted parts and what they were fitted on."""

    gold: TrainingSet
    scorer: StackedScorer
    triggers: TriggerFinder
    thresholds: dict[Mode, dict[str, float]]
    annotator: Annotator

    def make_annotator(self, remembers: int) -> Annotator:
        """Another annotator of the same parts."""
        return Annotator(self.scorer, self.triggers, self.thresholds, MODEL, remembers=remembers)


@cache
def trained() -> SmallModel:
    """Train it: half of the labels, two folds and few trees, so that it takes seconds."""
    articles = load_articles(data_folder(), None, {"own"})[::3][:ARTICLES]
    gold = training_set(articles)
    known = [LABEL_IDS.index(label) for label in LEARNT]
    gold.y[:, [number for number in range(len(LABEL_IDS)) if number not in known]] = 0
    gold = replace(gold, triggers=tuple(taught for taught in gold.triggers if taught.label in known))
    scorer = build_pipeline(PipelineConfig(rounds=8, longest_ngram=2), jobs=1)
    scorer.fit(gold.documents, gold.y, [number % 2 for number in range(len(articles))])
    triggers = TriggerFinder().fit(gold.triggers)
    thresholds = choose_thresholds(scorer.held_out_, gold.y)
    return SmallModel(gold, scorer, triggers, thresholds, Annotator(scorer, triggers, thresholds, MODEL))
