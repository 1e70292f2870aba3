"""The two-stage scorer: nothing is scored by a model that has seen its article, and no batch changes a score."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from typing import Any, ClassVar, Self

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, clone
from small_training import SmallModel
from test_reader import read

from classifier.features.reader import ParsedDocument, shared_reader
from classifier.features.reading import SentenceCache
from classifier.features.table import ContextTable
from classifier.forest import Memory
from classifier.labels import LABEL_IDS
from classifier.scoring import StackedScorer

pytest_plugins = ("small_model",)

DOCUMENTS = [read(f"Article {name}\n\nIt is here. It is there.") for name in ("a", "b", "c", "d", "e", "f")]
FOLDS = [0, 1, 2, 0, 1, 2]
TARGETS = np.tile(np.array([[1, 0], [0, 1], [0, 0]]), (6, 1))


class SpySentence(BaseEstimator):  # type: ignore[misc]
    """A first stage that notes which articles it was fitted on and scored."""

    seen: ClassVar[list[tuple[set[int], set[int]]]] = []

    def fit(self, documents: Sequence[ParsedDocument], y: NDArray[Any]) -> Self:
        assert len(y) == sum(len(document.sentences) for document in documents)
        self.fitted_ = {DOCUMENTS.index(document) for document in documents}
        return self

    def predict_proba(self, documents: Sequence[ParsedDocument]) -> NDArray[np.float64]:
        asked = [DOCUMENTS.index(document) for document in documents]
        self.seen.append((self.fitted_, set(asked)))
        return np.repeat(np.array(asked) / 10, 3)[:, None].repeat(2, axis=1)


class SpyContext(BaseEstimator):  # type: ignore[misc]
    """Context that is the number of the sentence's article, and the first stage's score."""

    def fit(self, documents: Sequence[ParsedDocument], y: Any = None) -> Self:
        return self

    def transform(
        self, documents: Sequence[ParsedDocument], scores: NDArray[np.float64], strengths: None = None
    ) -> NDArray[np.float64]:
        numbers = [DOCUMENTS.index(document) for document in documents for _ in document.sentences]
        return np.column_stack([numbers, scores[:, 0]])

    def table(
        self, documents: Sequence[ParsedDocument], scores: NDArray[np.float64], strengths: None = None
    ) -> ContextTable:
        return ContextTable.of(self.transform(documents, scores).astype(np.float32))


class SpyFinal(BaseEstimator):  # type: ignore[misc]
    """A second stage that notes the same."""

    seen: ClassVar[list[tuple[set[int], set[int]]]] = []
    least: ClassVar[float | None] = None

    def fit(self, x: NDArray[np.float64], y: NDArray[Any], wanted: NDArray[np.bool_]) -> Self:
        assert len(x) == len(y)
        # What it will be asked about is what it learns from; column 1 is the first stage's score.
        assert self.least is None or np.array_equal(wanted, (x[:, 1:] >= self.least).repeat(2, axis=1))
        assert np.allclose(x[:, 0] / 10, x[:, 1])  # rows of both stages are the same sentence's
        self.fitted_ = set(x[:, 0].astype(int))
        return self

    def predict_proba(
        self, x: NDArray[np.float64], wanted: NDArray[np.bool_] | None = None, memory: Memory | None = None
    ) -> NDArray[np.float64]:
        self.seen.append((self.fitted_, set(x[:, 0].astype(int))))
        return np.full((len(x), 2), 0.3)


@pytest.fixture
def spies(monkeypatch: pytest.MonkeyPatch) -> StackedScorer:
    for spy in (SpySentence, SpyFinal):
        monkeypatch.setattr(spy, "seen", [])
    return StackedScorer(SpySentence(), SpyContext(), SpyFinal())


class TestHeldOut:
    @pytest.mark.parametrize("folds", [FOLDS, None])
    def test_no_stage_scores_an_article_that_it_was_fitted_on(
        self, spies: StackedScorer, folds: list[int] | None
    ) -> None:
        spies.fit(DOCUMENTS, TARGETS, folds)
        for seen in (SpySentence.seen, SpyFinal.seen):
            assert seen
            assert all(not fitted & asked for fitted, asked in seen)
            assert all(fitted | asked == set(range(6)) for fitted, asked in seen)
            assert sorted(number for _, asked in seen for number in asked) == list(range(6))

    def test_the_folds_are_those_asked_for(self, spies: StackedScorer) -> None:
        spies.fit(DOCUMENTS, TARGETS, FOLDS)
        assert [asked for _, asked in SpySentence.seen] == [{0, 3}, {1, 4}, {2, 5}]

    def test_the_model_that_is_kept_has_seen_all(self, spies: StackedScorer) -> None:
        fitted = spies.fit(DOCUMENTS, TARGETS, FOLDS)
        assert fitted.sentence_.fitted_ == fitted.final_.fitted_ == set(range(6))

    def test_held_out_scores_are_in_the_order_of_the_sentences(self, spies: StackedScorer) -> None:
        first, second = spies.fit(DOCUMENTS, TARGETS, FOLDS).held_out_stages_
        assert np.allclose(first[:, 0], np.repeat(np.arange(6) / 10, 3))
        assert np.allclose(second, 0.3)

    @pytest.mark.parametrize("folds", [[0] * 6, [0, 1], [0, 1, 2, 0, 1, 2, 0]])
    def test_folds_that_do_not_fit_are_refused(self, spies: StackedScorer, folds: list[int]) -> None:
        with pytest.raises(ValueError, match="folds must give each document one of at least two folds"):
            spies.fit(DOCUMENTS, TARGETS, folds)

    @pytest.mark.parametrize("share", [-0.1, 1.1])
    def test_a_share_out_of_range_is_refused(self, spies: StackedScorer, share: float) -> None:
        with pytest.raises(ValueError, match=r"share must be in \[0, 1\]"):
            spies.set_params(share=share).fit(DOCUMENTS, TARGETS, FOLDS)

    def test_it_is_calibrated_on_typical_articles_alone(self, spies: StackedScorer) -> None:
        dense = TARGETS.copy()
        dense[9:] = 1  # the last three articles
        half = [True] * 3 + [False] * 3
        typical, plain, skewed = (
            clone(spies).fit(DOCUMENTS, y, FOLDS, rows).calibrator_
            for y, rows in ((dense, half), (TARGETS, half), (dense, None))
        )
        for name in ("slopes_", "shifts_"):
            assert np.array_equal(getattr(typical, name), getattr(plain, name))
            assert not np.allclose(getattr(typical, name), getattr(skewed, name))


class TestSmallModel:
    def test_many_articles_are_scored_bit_for_bit_as_one_by_one(self, small_model: SmallModel) -> None:
        documents = small_model.gold.documents[:25]
        together = small_model.scorer.predict_proba(documents)
        alone = np.vstack([small_model.scorer.predict_proba([document]) for document in documents])
        assert np.array_equal(together, alone)
        assert together.min() >= 0
        assert together.max() <= 1
        assert together.std() > 0.05

    def test_held_out_scores_stay_behind_when_it_is_stored(self, small_model: SmallModel) -> None:
        stored = pickle.loads(pickle.dumps(small_model.scorer))  # noqa: S301
        assert hasattr(small_model.scorer, "held_out_")
        assert not [name for name in vars(stored) if name.startswith("held_out_")]
        documents = small_model.gold.documents[:3]
        assert np.array_equal(stored.predict_proba(documents), small_model.scorer.predict_proba(documents))

    def test_held_out_scores_are_worse_than_scores_of_what_was_learnt(self, small_model: SmallModel) -> None:
        y = small_model.gold.y
        seen = small_model.scorer.predict_proba(small_model.gold.documents)
        margins = [values[y == 1].mean() - values[y == 0].mean() for values in (seen, small_model.scorer.held_out_)]
        assert margins[0] > margins[1] > 0.02

    def test_its_words_have_no_blanks(self, small_model: SmallModel) -> None:
        words = small_model.scorer.words()
        assert "breakthrough" in words
        assert not [word for word in words if " " in word]

    def test_it_scores_twelve_labels(self, small_model: SmallModel) -> None:
        assert small_model.scorer.predict_proba(small_model.gold.documents[:1]).shape[1] == len(LABEL_IDS)


class TestGate:
    """The second stage looks at what the first finds likely."""

    def test_the_others_keep_the_first_stage_s_score(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(SpyFinal, "least", 0.25)
        scorer = StackedScorer(SpySentence(), SpyContext(), SpyFinal(), share=1.0, considered=0.5)
        scorer.fit(DOCUMENTS, TARGETS, FOLDS)
        first, second = scorer.held_out_stages_
        assert scorer.gates_ == pytest.approx([0.25, 0.25])  # half of 0.0, 0.1, … 0.5
        assert (second[first >= 0.25] == 0.3).all()
        assert np.array_equal(second[first < 0.25], first[first < 0.25])
        assert {0.0, 0.3} < set(second[:, 0])

    def test_all_are_looked_at_if_asked(self) -> None:
        scorer = StackedScorer(SpySentence(), SpyContext(), SpyFinal(), considered=1.0).fit(DOCUMENTS, TARGETS, FOLDS)
        assert (scorer.held_out_stages_[1] == 0.3).all()

    @pytest.mark.parametrize("considered", [0.0, 1.1])
    def test_a_share_out_of_range_is_refused(self, considered: float) -> None:
        with pytest.raises(ValueError, match=r"considered in \(0, 1\]"):
            StackedScorer(SpySentence(), SpyContext(), SpyFinal(), considered=considered).fit(DOCUMENTS, TARGETS)


def test_what_words_add_is_the_same_wherever_the_sentence_stands(small_model: SmallModel) -> None:
    first = small_model.scorer.sentence_
    one, two = (
        read("A miracle pill cured all mice."),
        read("A walk\n\nThe town lies by the sea.\n\nA miracle pill cured all mice."),
    )
    assert np.array_equal(first.odds([two])[0][2], first.odds([one])[0][0])
    assert not np.array_equal(first.predict_proba([two])[2], first.predict_proba([one])[0])


def test_the_parts_of_the_log_odds_add_up(small_model: SmallModel) -> None:
    first = small_model.scorer.sentence_
    documents = small_model.gold.documents[:5]
    whole = first["labels"].predict_proba(first["features"].transform(documents))
    assert first.predict_proba(documents) == pytest.approx(whole, abs=1e-6)
    words, places = first.odds(documents)
    assert np.array_equal(first.place_odds(documents), places)
    assert np.array_equal(first.scores(words, places), first.predict_proba(documents))


class TestRemember:
    """What is remembered makes no difference, and some of a document's sentences are enough."""

    def test_scores_have_the_same_bits(self, small_model: SmallModel) -> None:
        cache = SentenceCache(1_000)
        articles = [article.document for article in small_model.gold.articles[:6]]
        for documents in (articles[:1], articles[:3], articles[2:4], articles[:1], articles):
            remembered = small_model.scorer.predict_proba(shared_reader().read(documents, cache), remember=True)
            assert np.array_equal(remembered, small_model.scorer.predict_proba(shared_reader().read(documents)))
