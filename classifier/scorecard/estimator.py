"""The ten review criteria of a whole article: three kinds of model a criterion, their mean, and the spans behind it.

A logistic regression over article features, one over words and pairs of words, and extremely randomised trees over
the features; each gives log-odds, scaled alike by what it gave held-out articles. The mean is cut where as many
held-out articles lie above as the reviewers passed: with a few hundred articles that is steadier than the best cut.

References
----------
Geurts, P., Ernst, D. and Wehenkel, L. (2006). Extremely randomized trees. Machine Learning 63.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.base import BaseEstimator
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import StratifiedKFold
from sklearn.preprocessing import StandardScaler
from sklearn.utils.validation import check_is_fitted

from classifier.annotation import CriterionScore, LabelledSpan
from classifier.features.reader import ParsedDocument
from classifier.features.reading import Reading
from classifier.labels import CRITERION_IDS
from classifier.odds import log_odds
from classifier.scorecard.article import article_grams, article_row, grams_of
from classifier.scorecard.model import CriteriaModel, CriterionFit
from classifier.scorecard.reasons import reasons_for

_FOLDS = 5
_MIN_ARTICLES = 40
_MIN_MARGIN = 0.08
"""Held-out macro-F1 must beat the majority's by this much before a criterion gets verdicts."""
_MIN_MACRO_F1 = 0.6
_UNSURE = 0.1
"""No verdict where the score is closer than this to one half."""
_MAX_SHARE = 0.95
"""Words that stand in more of the articles than this tell nothing."""

_Rows: TypeAlias = NDArray[np.float32]


class Scorecard(BaseEstimator):  # type: ignore[misc]
    """Scores, verdicts and reasons of the ten review criteria.

    Parameters
    ----------
    strength, word_strength : float
        Inverse of regularisation of the regression over features and over words, above 0.
    min_articles : int
        A word must stand in this many articles.
    trees : int
        Trees a criterion.
    leaf : int
        Fewest articles in a leaf.
    random_state : int
        Seed of the trees and of the cross-validation that scales, cuts and decides on verdicts.

    Attributes
    ----------
    macro_f1_ : dict of str to float
        Held-out macro-F1 by criterion; each fold is cut by what the other folds show.
    knows_ : dict of str to bool
        Whether the criterion gets verdicts.
    """

    def __init__(
        self,
        strength: float = 0.0003,
        word_strength: float = 1.0,
        min_articles: int = 8,
        trees: int = 80,
        leaf: int = 5,
        random_state: int = 0,
    ) -> None:
        self.strength = strength
        self.word_strength = word_strength
        self.min_articles = min_articles
        self.trees = trees
        self.leaf = leaf
        self.random_state = random_state

    def fit(
        self,
        documents: Sequence[ParsedDocument],
        scores: Sequence[NDArray[np.float64]],
        verdicts: Sequence[Mapping[str, int | None]],
    ) -> Self:
        """Fit.

        Parameters
        ----------
        documents : sequence of ParsedDocument
        scores : sequence of ndarray, each of shape (n_sentences, n_labels)
            Label probabilities of a model that hasn't seen the article.
        verdicts : sequence of mapping
            1, 0 or None by criterion.

        Raises
        ------
        ValueError
            If there aren't as many of each, or a parameter is out of range.
        """
        if not len(documents) == len(scores) == len(verdicts):
            raise ValueError(f"{len(documents)} articles, {len(scores)} scores, but {len(verdicts)} verdicts")
        if not (self.strength > 0 and self.word_strength > 0 and min(self.min_articles, self.trees, self.leaf) > 0):
            raise ValueError("all parameters but random_state must be above 0")
        grams = [article_grams(document) for document in documents]
        raw = [article_row(*given) for given in zip(documents, scores, strict=True)]
        words = [[gram for sentence in article for gram in sentence] for article in grams]
        self.scaler_ = StandardScaler().fit(np.vstack(raw))
        rows = self.scaler_.transform(np.vstack(raw)).astype(np.float32)
        self.words_ = self._vectorizer().fit(words)
        table = self.words_.transform(words)
        fits: dict[str, CriterionFit] = {}
        self.macro_f1_: dict[str, float] = {}
        self.knows_: dict[str, bool] = {}
        for criterion in CRITERION_IDS:
            told = [number for number, verdict in enumerate(verdicts) if verdict.get(criterion) is not None]
            y = np.array([verdicts[number][criterion] for number in told], dtype=int)
            if len(y) >= _MIN_ARTICLES and min(np.bincount(y, minlength=2)) >= _FOLDS:
                fits[criterion] = self._fit_one(criterion, rows[told], table[told], y)
        self.model_ = CriteriaModel.join(fits) if fits else None
        return self

    def judge(
        self, document: ParsedDocument, scores: NDArray[np.float64], flagged: Sequence[LabelledSpan] = ()
    ) -> dict[str, CriterionScore]:
        """Scores of one article.

        Parameters
        ----------
        document : ParsedDocument
        scores : ndarray, shape (n_sentences, n_labels)
            Its sentences' label probabilities.
        flagged : sequence of LabelledSpan
            What was marked in it, of which the scorecard may show some as reasons.

        Returns
        -------
        dict of str to CriterionScore
            By criterion; one that couldn't be learnt isn't there.
        """
        check_is_fitted(self)
        if self.model_ is None:
            return {}
        # scikit-learn's own transformers check more than they reckon on a single row.
        row = ((article_row(document, scores) - self.scaler_.mean_) / self.scaler_.scale_).astype(np.float32)
        values = self.model_.scores(row, *self._word_row(document))
        card: dict[str, CriterionScore] = {}
        for criterion, exact in zip(self.model_.criteria, values, strict=True):
            value = round(float(exact), 4)
            sure = self.knows_[criterion] and abs(value - 0.5) >= _UNSURE
            card[criterion] = CriterionScore(
                value,
                ("satisfactory" if value > 0.5 else "not satisfactory") if sure else None,
                reasons_for(criterion, value >= 0.5, document.evidence, flagged),
            )
        return card

    def _word_row(self, document: ParsedDocument) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Numbers and weights of an article's known words, as the vectorizer gives them."""
        known = self.words_.vocabulary_
        found = [number for parsed in document.sentences for number in _known(parsed.reading, known)]
        places, times = np.unique(np.array(found, dtype=np.int64), return_counts=True)
        weights = (1 + np.log(times)) * self.words_.idf_[places]
        return places, weights / max(float(np.sqrt(weights @ weights)), 1e-12)

    def _vectorizer(self) -> TfidfVectorizer:
        return TfidfVectorizer(
            analyzer=_as_it_is,
            min_df=self.min_articles,
            max_df=_MAX_SHARE,
            sublinear_tf=True,
            dtype=np.float32,
        )

    def _fit_one(self, criterion: str, rows: _Rows, words: sparse.csr_matrix, y: NDArray[np.int_]) -> CriterionFit:
        folds = list(StratifiedKFold(_FOLDS, shuffle=True, random_state=self.random_state).split(rows, y))
        held_out = np.empty((len(y), 3))
        for fitting, out in folds:
            members = self._members(rows[fitting], words[fitting], y[fitting])
            held_out[out] = log_odds(
                np.column_stack([member.predict_proba(x[out])[:, 1] for member, x in _with(members, rows, words)])
            )
        centre, spread = held_out.mean(axis=0), np.maximum(held_out.std(axis=0), 1e-6)
        mean = ((held_out - centre) / spread).mean(axis=1)
        self.macro_f1_[criterion] = _held_out_f1(mean, y, folds)
        majority = f1_score(y, np.full(len(y), int(y.mean() >= 0.5)), average="macro", zero_division=0)
        self.knows_[criterion] = self.macro_f1_[criterion] >= max(majority + _MIN_MARGIN, _MIN_MACRO_F1)
        curve = LogisticRegression(C=100.0).fit(mean[:, None], y)
        return CriterionFit(
            *self._members(rows, words, y),
            centre=centre,
            spread=spread,
            # A curve that falls would turn the ranking round; a criterion that weak gets scores near one half.
            slope=max(float(curve.coef_[0, 0]), 0.01),
            cut=_cut(mean, y),
        )

    def _members(self, rows: _Rows, words: sparse.csr_matrix, y: NDArray[np.int_]) -> tuple[Any, Any, Any]:
        line = LogisticRegression(C=self.strength, class_weight="balanced", max_iter=1000)
        said = LogisticRegression(
            C=self.word_strength, class_weight="balanced", solver="liblinear", random_state=self.random_state
        )
        forest = ExtraTreesClassifier(
            self.trees,
            min_samples_leaf=self.leaf,
            max_features=0.1,
            class_weight="balanced",
            n_jobs=1,
            random_state=self.random_state,
        )
        return line.fit(rows, y), said.fit(words, y), forest.fit(rows, y)


def _known(reading: Reading, vocabulary: dict[str, int]) -> list[int]:
    """Numbers of a sentence's known words and pairs; remembered for the vocabulary that asked last."""
    asked: tuple[object, list[int]] | None = reading.memo.get("scorecard")
    if asked is None or asked[0] is not vocabulary:
        numbers = [number for gram in grams_of(reading) if (number := vocabulary.get(gram)) is not None]
        asked = reading.memo["scorecard"] = (vocabulary, numbers)
    return asked[1]


def _with(members: tuple[Any, Any, Any], rows: _Rows, words: sparse.csr_matrix) -> list[tuple[Any, Any]]:
    return list(zip(members, (rows, words, rows), strict=True))


def _as_it_is(words: list[str]) -> list[str]:
    return words


def _cut(scores: NDArray[np.float64], y: NDArray[np.int_]) -> float:
    """Where as many lie above as the reviewers passed."""
    return float(np.quantile(scores, 1 - y.mean()))


def _held_out_f1(scores: NDArray[np.float64], y: NDArray[np.int_], folds: Sequence[tuple[Any, Any]]) -> float:
    passed = np.empty(len(y), dtype=bool)
    for others, out in folds:
        passed[out] = scores[out] >= _cut(scores[others], y[others])
    return float(f1_score(y, passed, average="macro"))
