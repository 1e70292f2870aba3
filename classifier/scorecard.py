"""The ten review criteria of a whole article, from its sentences' scores and cues."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.validation import check_is_fitted

from classifier.annotation import CriterionScore
from classifier.features.context import log_odds
from classifier.features.cues import cue_lists
from classifier.features.reader import ParsedDocument
from classifier.labels import CRITERION_IDS

_FOLDS = 5
_MIN_ARTICLES = 40
_MIN_MARGIN = 0.08
"""Held-out macro-F1 must beat the majority's by this much before a criterion gets verdicts."""
_UNSURE = 0.1
"""No verdict where the score is closer than this to one half."""


class Scorecard(BaseEstimator):  # type: ignore[misc]
    """One logistic regression a criterion over article-level features.

    Parameters
    ----------
    strength : float
        Inverse of regularisation, above 0.
    random_state : int
        Seed of the cross-validation that decides which criteria get verdicts.

    Attributes
    ----------
    macro_f1_ : dict of str to float
        Held-out macro-F1 by criterion.
    knows_ : dict of str to bool
        Whether the criterion gets verdicts.
    """

    def __init__(self, strength: float = 0.003, random_state: int = 0) -> None:
        self.strength = strength
        self.random_state = random_state

    def fit(self, features: NDArray[np.float64], verdicts: Sequence[Mapping[str, int | None]]) -> Self:
        """Fit on ``article_features`` of shape (n_articles, n_features) and verdicts 1, 0 or None by criterion.

        Raises
        ------
        ValueError
            If there isn't one mapping of verdicts an article.
        """
        if len(features) != len(verdicts):
            raise ValueError(f"{len(features)} articles but {len(verdicts)} verdicts")
        self.models_: dict[str, Any] = {}
        self.macro_f1_: dict[str, float] = {}
        self.knows_: dict[str, bool] = {}
        for criterion in CRITERION_IDS:
            given = np.array([verdict.get(criterion) is not None for verdict in verdicts], dtype=bool)
            y = np.array([verdict[criterion] for verdict in verdicts if verdict.get(criterion) is not None], dtype=int)
            if len(y) < _MIN_ARTICLES or min(np.bincount(y, minlength=2)) < _FOLDS:
                continue
            model = make_pipeline(
                StandardScaler(), LogisticRegression(C=self.strength, class_weight="balanced", max_iter=2000)
            )
            folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=self.random_state)
            held_out = cross_val_predict(model, features[given], y, cv=folds, method="predict_proba")[:, 1]
            majority = np.full(len(y), int(y.mean() >= 0.5))
            self.macro_f1_[criterion] = float(f1_score(y, held_out >= 0.5, average="macro"))
            self.knows_[criterion] = bool(
                self.macro_f1_[criterion] >= f1_score(y, majority, average="macro", zero_division=0) + _MIN_MARGIN
                and self.macro_f1_[criterion] >= 0.6
            )
            self.models_[criterion] = model.fit(features[given], y)
        return self

    def judge(self, document: ParsedDocument, scores: NDArray[np.float64]) -> dict[str, CriterionScore]:
        """Scores of one article, given its sentences' label probabilities (n_sentences, n_labels)."""
        check_is_fitted(self)
        features = article_features(document, scores)[None, :]
        card: dict[str, CriterionScore] = {}
        for criterion, model in self.models_.items():
            value = round(float(model.predict_proba(features)[0, 1]), 4)
            sure = self.knows_[criterion] and abs(value - 0.5) >= _UNSURE
            card[criterion] = CriterionScore(
                value, ("satisfactory" if value > 0.5 else "not satisfactory") if sure else None
            )
        return card


def article_features(document: ParsedDocument, scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """One row an article: highest, third highest and mean log-odds by label; cues by share, count, place; length."""
    odds = np.sort(log_odds(scores), axis=0)[::-1]
    present = (document.cue_counts[:, : len(cue_lists())] > 0).astype(np.float64)
    words = sum(len(parsed.tokens) for parsed in document.sentences)
    return np.hstack(
        [
            odds[0],
            odds[min(2, len(odds) - 1)],
            odds.mean(axis=0),
            present.mean(axis=0),
            np.minimum(present.sum(axis=0), 4) / 4,
            present[:6].max(axis=0),
            [np.log1p(words), np.log1p(len(odds))],
        ]
    )
