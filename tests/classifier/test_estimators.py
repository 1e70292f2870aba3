"""Estimators: what they refuse, what they keep, what they learn from a toy."""

from __future__ import annotations

import inspect
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import sparse
from sklearn.base import BaseEstimator, clone
from sklearn.exceptions import NotFittedError
from test_packed_trees import odds

from classifier.boosting import BoostedLabelScorer
from classifier.checks import check_targets
from classifier.claims import ClaimStrength
from classifier.features.context import CONTEXT_FAMILIES, ContextFeatures
from classifier.features.place import PlaceFeatures
from classifier.features.sentence import ClassFeatures, ClassGrams, CueFeatures, WordNgrams
from classifier.first_stage import LinearLabelScorer
from classifier.odds import sigmoid
from classifier.pipeline import FAMILIES, PipelineConfig, build_pipeline
from classifier.scorecard import Scorecard
from classifier.scoring import Calibrator
from classifier.triggers import TriggerFinder

ESTIMATORS = [
    *(WordNgrams(), CueFeatures(), PlaceFeatures(), ClassGrams(), ClassFeatures()),
    *(ContextFeatures(), ContextFeatures(families=("place", "topic")), LinearLabelScorer(), Calibrator()),
    *(BoostedLabelScorer(), ClaimStrength(), Scorecard(), TriggerFinder(), build_pipeline()),
]


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=lambda estimator: type(estimator).__name__)
class TestEstimators:
    def test_its_constructor_only_stores(self, estimator: BaseEstimator) -> None:
        names = [name for name in inspect.signature(type(estimator)).parameters if name not in ("args", "kwargs")]
        assert sorted(vars(estimator)) == sorted(names)
        kept = {name: object() for name in names}
        made = type(estimator)(**kept)  # even nonsense is stored as it is, and checked by fit
        assert all(getattr(made, name) is value for name, value in kept.items())

    def test_a_clone_has_the_same_settings(self, estimator: BaseEstimator) -> None:
        plain = (int, float, str, bool, tuple)
        settings = {name: value for name, value in estimator.get_params().items() if isinstance(value, plain)}
        copy = clone(estimator)
        assert copy is not estimator
        assert {name: copy.get_params()[name] for name in settings} == settings


class TestLinear:
    x = sparse.csr_matrix(np.eye(4, dtype=np.float32))
    y = np.array([[1, 0, 1], [0, 0, 1], [1, 0, 1], [0, 0, 1]])

    def test_it_learns(self) -> None:
        scores = LinearLabelScorer(strength=100).fit(self.x, self.y).predict_proba(self.x)
        assert ((scores[:, 0] > 0.5) == self.y[:, 0]).all()

    def test_a_label_that_is_never_or_always_there_is_constant(self) -> None:
        scores = LinearLabelScorer().fit(self.x, self.y).predict_proba(self.x)
        assert scores[:, 1] == pytest.approx([sigmoid(np.array(-6.0))] * 4)
        assert scores[:, 2] == pytest.approx([sigmoid(np.array(6.0))] * 4)

    def test_small_coefficients_are_dropped(self) -> None:
        assert LinearLabelScorer(keep_above=0).fit(self.x, self.y).weights_.nnz > 0
        assert LinearLabelScorer(keep_above=100).fit(self.x, self.y).weights_.nnz == 0

    @pytest.mark.parametrize("settings", [{"strength": 0.0}, {"strength": -1.0}, {"keep_above": -0.1}])
    def test_settings_out_of_range_are_refused(self, settings: dict[str, Any]) -> None:
        with pytest.raises(ValueError, match="strength must be above 0 and keep_above at least 0"):
            LinearLabelScorer(**settings).fit(self.x, self.y)

    def test_it_must_be_fitted_first(self) -> None:
        with pytest.raises(NotFittedError, match="not fitted yet"):
            LinearLabelScorer().predict_proba(self.x)


class TestTargets:
    def test_they_come_back_as_small_integers(self) -> None:
        assert check_targets(np.array([[True, False]]), 1).dtype == np.int8

    @pytest.mark.parametrize("y", [np.zeros(3), np.zeros((2, 1)), np.zeros((3, 1, 1))])
    def test_another_shape_is_refused(self, y: NDArray[Any]) -> None:
        with pytest.raises(ValueError, match=r"y has shape .*, not \(3, n_labels\)"):
            check_targets(y, 3)

    @pytest.mark.parametrize("value", [2, -1, 0.5, np.nan])
    def test_other_values_are_refused(self, value: float) -> None:
        with pytest.raises(ValueError, match="y must hold 0 and 1 only"):
            check_targets(np.array([[0, value]]), 1)


class TestCalibrator:
    def test_it_brings_scores_to_their_rates(self) -> None:
        rng = np.random.default_rng(1)
        truth = rng.uniform(size=(4000, 1))
        y = (rng.uniform(size=truth.shape) < truth).astype(int)
        overconfident = sigmoid(3 * np.log(truth / (1 - truth)) + 1)
        found = Calibrator().fit(overconfident, y).transform(overconfident)
        assert abs(overconfident - truth).mean() > 0.1
        assert abs(found - truth).mean() < 0.03

    def test_it_never_turns_the_order_round(self) -> None:
        scores = np.linspace(0.1, 0.9, 50)[:, None]
        falling = (scores < 0.5).astype(int)
        found = Calibrator().fit(scores, falling).transform(scores)[:, 0]
        assert (np.diff(found) > 0).all()


def test_a_matrix_that_is_not_in_order_is_left_as_it_is() -> None:
    rng = np.random.default_rng(0)
    ordered = sparse.random(80, 30, density=0.3, format="csr", dtype=np.float32, random_state=0)
    order = np.concatenate([np.arange(end - 1, start - 1, -1) for start, end in pairwise(ordered.indptr)])
    turned = sparse.csr_matrix((ordered.data[order], ordered.indices[order], ordered.indptr), shape=ordered.shape)
    before = turned.indices.copy()
    assert not turned.has_canonical_format
    y = (rng.random((80, 3)) < 0.4).astype(int)
    found, expected = (LinearLabelScorer(jobs=2).fit(x, y).predict_proba(ordered) for x in (turned, ordered))
    assert np.array_equal(turned.indices, before)
    assert np.array_equal(found, expected)


class TestBoosted:
    x = np.random.default_rng(2).normal(size=(400, 3)).astype(np.float32)
    y = np.column_stack([x[:, 0] > 0.8, np.zeros(400), np.ones(400)]).astype(int)

    def test_it_learns_and_constants_stay_constant(self) -> None:
        scores = BoostedLabelScorer(rounds=20, jobs=1, feature_share=1.0).fit(self.x, self.y).predict_proba(self.x)
        assert scores[self.y[:, 0] == 1, 0].mean() > scores[self.y[:, 0] == 0, 0].mean() + 0.3
        assert (scores[:, 1] < 0.01).all()
        assert (scores[:, 2] > 0.99).all()

    def test_the_same_seed_gives_the_same_trees(self) -> None:
        one, same, other = (
            BoostedLabelScorer(rounds=5, jobs=1, random_state=seed).fit(self.x, self.y).predict_proba(self.x)
            for seed in (0, 0, 1)
        )
        assert np.array_equal(one, same)
        assert not np.array_equal(one, other)

    @pytest.mark.parametrize("share", [1.0, 0.5, 0.15])
    def test_a_model_of_a_drawn_share_gives_the_true_rates(self, share: float) -> None:
        rng = np.random.default_rng(2)
        x, fresh = rng.normal(size=(2, 20_000, 2)).astype(np.float32)
        truth, expected = (sigmoid(1.5 * rows[:, 0] - 2.5) for rows in (x, fresh))
        y = (rng.uniform(size=len(x)) < truth).astype(int)[:, None]
        model = BoostedLabelScorer(rounds=60, jobs=1, feature_share=1.0, negative_share=share).fit(x, y)
        found = model.predict_proba(fresh)[:, 0]
        # Without the shift a share of 0.15 would give 0.5 for the true rate of 0.14.
        assert found.mean() == pytest.approx(expected.mean(), abs=0.02)
        for rare_or_frequent in (fresh[:, 0] < 0, (fresh[:, 0] >= 0) & (fresh[:, 0] < 1), fresh[:, 0] >= 1):
            assert found[rare_or_frequent].mean() == pytest.approx(expected[rare_or_frequent].mean(), abs=0.06)

    def test_a_share_is_undone_by_the_shift_and_nothing_else(self) -> None:
        model = BoostedLabelScorer(rounds=5, jobs=1, negative_share=0.25).fit(self.x, self.y)
        found = sigmoid(odds(model.models_[0], self.x) + np.log(0.25))
        assert model.predict_proba(self.x)[:, 0] == pytest.approx(found)

    def test_a_label_of_which_no_negative_is_drawn_is_constant(self) -> None:
        y = np.ones((60, 1), dtype=int)
        y[0] = 0
        model = BoostedLabelScorer(rounds=3, jobs=1, negative_share=0.001).fit(self.x[:60], y)
        assert (model.predict_proba(self.x[:60]) > 0.99).all()

    def test_sentences_that_are_not_wanted_teach_nothing(self) -> None:
        wanted = np.asarray(np.random.default_rng(3).random(self.y.shape) < 0.6)
        model = BoostedLabelScorer(rounds=5, jobs=1).fit(self.x, self.y, wanted)
        turned = BoostedLabelScorer(rounds=5, jobs=1).fit(self.x, np.where(wanted, self.y, 1 - self.y), wanted)
        everything = BoostedLabelScorer(rounds=5, jobs=1).fit(self.x, self.y)
        assert np.array_equal(model.predict_proba(self.x), turned.predict_proba(self.x))
        assert not np.array_equal(model.predict_proba(self.x), everything.predict_proba(self.x))

    def test_a_label_of_which_no_sentence_is_wanted_is_constant(self) -> None:
        model = BoostedLabelScorer(rounds=5, jobs=1).fit(self.x, self.y, np.zeros(self.y.shape, dtype=bool))
        assert (model.predict_proba(self.x) < 0.01).all()

    def test_wanted_of_another_shape_is_refused(self) -> None:
        with pytest.raises(ValueError, match=r"wanted has shape \(400, 2\), not \(400, 3\)"):
            BoostedLabelScorer(jobs=1).fit(self.x, self.y, np.ones((400, 2), dtype=bool))

    @pytest.mark.parametrize("share", [0.0, 1.5])
    def test_a_share_out_of_range_is_refused(self, share: float) -> None:
        with pytest.raises(ValueError, match=r"negative_share must be in \(0, 1\]"):
            BoostedLabelScorer(negative_share=share, jobs=1).fit(self.x, self.y)


class TestPipeline:
    def test_the_settings_reach_their_steps(self) -> None:
        config = PipelineConfig(strength=7, rounds=9, share=0.25, longest_ngram=2, seed=4)
        more = PipelineConfig(longest_gram=3, min_gram_sentences=6, class_weight=0.75, negative_share=0.4)
        settings = build_pipeline(more).get_params()
        assert settings["sentence__features__grams__longest"] == 3
        assert settings["sentence__features__grams__min_sentences"] == 6
        assert settings["sentence__features__classes__weight"] == 0.75
        assert settings["final__negative_share"] == 0.4
        model = build_pipeline(config)
        settings = model.get_params()
        assert settings["sentence__labels__strength"] == 7
        assert settings["sentence__features__words__longest"] == 2
        assert (settings["final__rounds"], settings["final__random_state"]) == (9, 4)
        assert (settings["share"], settings["random_state"]) == (0.25, 4)

    @pytest.mark.parametrize(
        ("families", "named"),
        [
            ((), "none"),
            (("words", "hunches"), "hunches, words"),
            (("topic", "evidence"), "evidence, topic"),
            (("claims",), "claims"),
        ],
    )
    def test_unknown_families_or_none_of_the_first_stage_are_refused(
        self, families: tuple[str, ...], named: str
    ) -> None:
        message = (
            f"feature families must be some of {', '.join(FAMILIES)}, one of the first stage among them, not {named}$"
        )
        with pytest.raises(ValueError, match=message):
            build_pipeline(PipelineConfig(families=families))

    @pytest.mark.parametrize(
        ("families", "first", "second"),
        [
            (FAMILIES, ["words", "cues", "place", "classes", "grams"], CONTEXT_FAMILIES),
            (("cues",), ["cues"], ("cues",)),
            (("evidence", "words"), ["words"], ("evidence",)),
            (("grams", "classes", "topic"), ["classes", "grams"], ("topic", "classes")),
        ],
    )
    def test_a_family_can_be_left_out(
        self, families: tuple[str, ...], first: list[str], second: tuple[str, ...]
    ) -> None:
        model = build_pipeline(PipelineConfig(families=families))
        assert [name for name, _ in model.sentence.named_steps["features"].transformer_list] == first
        assert model.context.families == second
        assert model.context.claims is None

    def test_claims_are_a_fitted_model_that_clones_keep(self) -> None:
        fitted = ClaimStrength()
        fitted.bias_ = np.zeros(4)
        model = clone(build_pipeline(claims=fitted))
        assert model.claims is fitted
        assert build_pipeline(PipelineConfig(families=("words", "topic")), claims=fitted).claims is None
