"""Learning curve and ablation, with a quick model in the pipeline's place, and once with the real one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from small_evaluation import QuickScorer, news

from classifier.claims import ClaimStrength
from classifier.pipeline import PipelineConfig
from classifier.training import studies
from classifier.training.gold import TrainingSet, training_set, typical_articles
from classifier.training.studies import ablation, learning_curve


@pytest.fixture(scope="module")
def gold() -> TrainingSet:
    return training_set(news(40))


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The lessons of each fitted model: its articles' texts."""
    lessons: list[list[str]] = []

    def build(
        config: PipelineConfig | None = None, *, claims: ClaimStrength | None = None, jobs: int = -1
    ) -> QuickScorer:
        scorer = QuickScorer()
        scorer.lessons, scorer.families = lessons, (config or PipelineConfig()).families
        return scorer

    monkeypatch.setattr(studies, "build_pipeline", build)
    return lessons


class TestLearningCurve:
    def test_shares_are_nested_and_folds_held_out(self, gold: TrainingSet, quick: list[list[str]]) -> None:
        lines: list[str] = []
        found = learning_curve(gold, log=lines.append)
        assert [point["share"] for point in found["points"]] == [0.125, 0.25, 0.5, 1.0]
        assert [point["articles"] for point in found["points"]] == [4, 8, 16, 32]
        assert (found["folds"], found["tested_articles"], len(lines)) == (3, 24, 4)
        folds = {article.document.text: article.fold for article in gold.articles}
        by_fold = [quick[start::3] for start in range(3)]
        for fold, lessons in enumerate(by_fold):
            assert all(folds[text] != fold for lesson in lessons for text in lesson)
            for smaller, larger in zip(lessons, lessons[1:], strict=False):
                assert set(smaller) < set(larger)

    def test_figures_by_hand(self, gold: TrainingSet, quick: list[list[str]]) -> None:
        # All three words are in any few articles, so that even the smallest share knows them all.
        for point in learning_curve(gold)["points"]:
            assert point["f1"] == {"value": 1.0, "low": 1.0, "high": 1.0}
            assert point["mean_average_precision"]["value"] == 1.0

    def test_twins_stay_together(self) -> None:
        articles = [replace(article, id=f"own-{n // 2:03}{'ab'[n % 2]}") for n, article in enumerate(news(20))]
        taken = studies._first_share(training_set(articles), np.arange(20), 0.5)
        assert len(taken) == 10
        assert (taken[::2] + 1 == taken[1::2]).all()
        assert (taken[::2] % 2 == 0).all()

    def test_the_news_alone_is_measured_and_the_rest_teaches(self, quick: list[list[str]]) -> None:
        articles = news(20)
        mixed = [replace(article, split="train" if n < 10 else "own") for n, article in enumerate(articles)]
        found = learning_curve(training_set(mixed))
        assert found["tested_articles"] == 6
        assert found["points"][-1]["articles"] == 16


class TestAblation:
    def test_what_a_family_brings(self, gold: TrainingSet, quick: list[list[str]]) -> None:
        lines: list[str] = []
        found = ablation(gold, PipelineConfig(families=("words", "cues")), log=lines.append)
        assert list(found["without"]) == ["words", "cues"]
        assert found["whole"]["f1"]["value"] == 1.0
        helps, idles = found["without"]["words"], found["without"]["cues"]
        assert helps["difference"]["f1"]["value"] == pytest.approx(helps["f1"]["value"] - 1.0, abs=1e-4)
        assert helps["difference"]["f1"]["high"] < 0
        assert helps["difference"]["mean_average_precision"]["high"] < 0
        for measure in idles["difference"].values():
            assert measure == {"value": 0.0, "low": 0.0, "high": 0.0}
        assert lines[0].startswith("ablation: without words, mean average precision -0.")

    def test_the_only_family_stays(self, gold: TrainingSet, quick: list[list[str]]) -> None:
        assert ablation(gold, PipelineConfig(families=("words",)))["without"] == {}


def test_an_article_without_a_fold_is_refused() -> None:
    articles = [replace(article, fold=None) for article in news(2)]
    with pytest.raises(ValueError, match="without a fold is never trained on"):
        learning_curve(training_set(articles))


def test_without_news_all_articles_are_typical(gold: TrainingSet) -> None:
    assert typical_articles(gold).all()


def test_the_real_pipeline(gold: TrainingSet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(studies, "SHARES", (1.0,))
    monkeypatch.setattr(studies, "TESTED_FOLDS", (0,))
    config = PipelineConfig(rounds=2, min_sentences=2, longest_ngram=1, families=("words", "place"))
    curve = learning_curve(gold, config, jobs=1)
    parts: dict[str, Any] = ablation(gold, config, jobs=1)
    assert curve["points"][-1]["mean_average_precision"]["value"] > 0.8
    assert parts["without"]["words"]["difference"]["mean_average_precision"]["high"] < 0
