"""A small model of the real pipeline, trained on some of our own articles once a session.

A plugin rather than a conftest.py, because mypy takes two files of that name for one module. A test file that needs it
says ``pytest_plugins = ("small_model",)``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import pytest

from classifier.annotation import Mode, ModelInfo
from classifier.annotator import Annotator
from classifier.pipeline import PipelineConfig, build_pipeline
from classifier.scoring import StackedScorer
from classifier.thresholds import choose_thresholds
from classifier.training.corpus import load_articles
from classifier.training.gold import TrainingSet, training_set
from classifier.training.texts import data_folder
from classifier.triggers import TriggerFinder

ARTICLES = 60
MODEL = ModelInfo(version="small-1", sha256="0" * 64)


@dataclass(frozen=True)
class SmallModel:
    """The fitted parts and what they were fitted on."""

    gold: TrainingSet
    scorer: StackedScorer
    triggers: TriggerFinder
    thresholds: dict[Mode, dict[str, float]]
    annotator: Annotator


@cache
def trained() -> SmallModel:
    """Train it: two folds and few trees, so that it takes seconds."""
    articles = load_articles(data_folder(), None, {"own"})[::3][:ARTICLES]
    gold = training_set(articles)
    scorer = build_pipeline(PipelineConfig(rounds=8, longest_ngram=2)).set_params(final__jobs=1)
    scorer.fit(gold.documents, gold.y, [number % 2 for number in range(len(articles))])
    triggers = TriggerFinder().fit(gold.triggers)
    thresholds = choose_thresholds(scorer.held_out_, gold.y)
    return SmallModel(gold, scorer, triggers, thresholds, Annotator(scorer, triggers, thresholds, MODEL))


@pytest.fixture(scope="session")
def small_model() -> SmallModel:
    """The small model, trained once a session."""
    return trained()
