"""Simpler methods: what they find, what they must not find, and what is said when one can't be tried."""

from __future__ import annotations

import sys
import types
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from small_evaluation import CURE, HYPE, WordAnnotator, article, news

from classifier.labels import LABEL_IDS
from classifier.training.baselines import Reference, baselines, hype_list, hype_words, minilm_encoder, word_ngrams
from classifier.training.evaluate import outcome_of
from classifier.training.gold import TrainingSet, training_set
from classifier.training.metrics import count_pairs


@pytest.fixture(scope="module")
def taught() -> TrainingSet:
    return training_set(news(20))


def hype(*sentences: str) -> dict[str, Any]:
    """Rates of the word list where each of the sentences is gold."""
    return hype_list(training_set([article(n, text, (HYPE, text)) for n, text in enumerate(sentences)]))


class TestHypeList:
    def test_it_is_a_short_list_for_one_label(self) -> None:
        label, words = hype_words()
        assert label == HYPE
        assert 50 <= len(words) <= 70
        assert len(set(words)) == len(words)
        assert all(word == " ".join(word.lower().replace("-", " ").split()) for word in words)

    @pytest.mark.parametrize(
        "text", ["A miracle.", "MIRACLES are due.", "A game-changer!", "A “game  changer” it is.", "(Dramatically so)"]
    )
    def test_found(self, text: str) -> None:
        assert hype(text)["recall"]["value"] == 1.0

    @pytest.mark.parametrize("text", ["A dramatist spoke.", "The change in the game.", "Unexciting news.", "It helps."])
    def test_not_found(self, text: str) -> None:
        assert hype(text)["recall"]["value"] == 0.0

    def test_rates_by_hand(self) -> None:
        gold = training_set(
            [
                article(1, "A miracle. A stunning pill. It helps.", (HYPE, "miracle"), (CURE, "helps")),
                article(2, "A dull pill for all.", (HYPE, "dull pill")),
            ]
        )
        found = hype_list(gold)
        assert [found[name]["value"] for name in ("precision", "recall", "f1")] == [0.5, 0.5, 0.5]
        assert all(found[name]["low"] <= found[name]["high"] for name in ("precision", "recall", "f1"))

    def test_the_model_s_lead(self) -> None:
        articles = [article(n, "A zebramarvel here.", (HYPE, "zebramarvel")) for n in range(3)]
        outcome = outcome_of(WordAnnotator(), articles)  # type: ignore[arg-type]
        reference = Reference(count_pairs(articles, outcome.shown["balanced"]), outcome.scores)
        assert hype_list(outcome.gold, reference)["difference"]["f1"]["value"] == 1.0


class TestWordNgrams:
    def test_it_learns_words_and_is_beside_the_model(self, taught: TrainingSet) -> None:
        articles = news(10)
        outcome = outcome_of(WordAnnotator(), articles)  # type: ignore[arg-type]
        reference = Reference(count_pairs(articles, outcome.shown["balanced"]), outcome.scores)
        found = word_ngrams(taught, outcome.gold, reference, jobs=1)
        assert found["average_precision"][HYPE] > 0.9
        assert found["average_precision"]["missing_comparator"] is None
        assert set(found["modes"]) == {"strict", "balanced", "sensitive"}
        micro = found["modes"]["balanced"]["micro"]
        assert micro["f1"]["low"] <= micro["f1"]["value"] <= micro["f1"]["high"]
        assert found["modes"]["balanced"]["f1_by_label"]["missing_comparator"] == {"value": 0.0, "interval": None}
        lead = found["difference"]["f1"]
        assert lead["value"] == pytest.approx(1.0 - micro["f1"]["value"], abs=2e-4)
        assert lead["low"] <= lead["high"]

    def test_without_other_articles_it_is_measured_out_of_fold(self) -> None:
        # Each article has a word of its own that tells all: out of fold nothing can be known.
        articles = [article(n, f"It word{n}only. It sense{n}only.", (HYPE, f"word{n}only")) for n in range(10)]
        found = word_ngrams(training_set(articles), None, jobs=1)
        assert "difference" not in found
        assert found["average_precision"][HYPE] == 0.5


class Encoder:
    """In the place of a real one: one dimension a known word."""

    def __init__(self, folder: str, **options: Any) -> None:
        assert options["local_files_only"] is True
        if "broken" in folder:
            raise OSError(f"no model in {folder}")

    def encode(self, sentences: Sequence[str], **_options: Any) -> NDArray[np.float32]:
        words = ("zebramarvel", "zebracure", "zebrasafe", "zebra")
        return np.array([[word in text for word in words] for text in sentences], dtype=np.float32)


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = types.SimpleNamespace(SentenceTransformer=Encoder)
    monkeypatch.setitem(sys.modules, "sentence_transformers", fake)


class TestMiniLM:
    def test_without_a_folder(self) -> None:
        assert minilm_encoder(None) == "no folder of a model was given (--minilm)"

    def test_without_the_package(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "sentence_transformers", None)
        assert minilm_encoder(tmp_path) == "the package sentence_transformers isn't installed"

    @pytest.mark.usefixtures("installed")
    @pytest.mark.parametrize(("name", "why"), [("nowhere", "doesn't exist"), ("broken", r"can be loaded \(OSError\)")])
    def test_a_bad_folder_is_told_without_its_path(self, tmp_path: Path, name: str, why: str) -> None:
        (tmp_path / "broken").mkdir()
        found = minilm_encoder(tmp_path / name)
        assert isinstance(found, str)
        assert str(tmp_path) not in found
        with pytest.raises(ValueError, match=why):
            raise ValueError(found)

    @pytest.mark.usefixtures("installed")
    def test_embeddings_are_learnt_from(self, taught: TrainingSet, tmp_path: Path) -> None:
        lines: list[str] = []
        found = baselines(taught, training_set(news(6)), minilm=tmp_path, jobs=1, log=lines.append)
        assert found["minilm"]["average_precision"][CURE] == 1.0
        assert lines == ["baseline: word n-grams", "baseline: MiniLM embeddings"]

    def test_left_out_in_one_line(self, taught: TrainingSet) -> None:
        lines: list[str] = []
        found = baselines(taught, None, jobs=1, log=lines.append)
        assert found["minilm"] == {"left_out": "no folder of a model was given (--minilm)"}
        assert lines[-1] == "baseline: MiniLM embeddings are left out: no folder of a model was given (--minilm)"
        assert (found["split"], found["articles"]) == ("cross_validation", 20)
        assert len(found["word_ngrams"]["average_precision"]) == len(LABEL_IDS)
