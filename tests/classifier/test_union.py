"""The union of feature families: scikit-learn's columns, and no warnings from threads."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from sklearn.pipeline import FeatureUnion
from test_reader import read

from classifier.features.place import PlaceFeatures
from classifier.features.sentence import CueFeatures, WordNgrams
from classifier.features.union import FamilyUnion

DOCUMENTS = [read("A miracle pill\n\nIt cures all mice. It may help."), read("A walk\n\nThe town lies by the sea.")]


def families() -> list[tuple[str, object]]:
    return [("cues", CueFeatures()), ("place", PlaceFeatures())]


def test_the_columns_are_those_of_scikit_learn_s_union() -> None:
    ours = FamilyUnion(families()).fit(DOCUMENTS).transform(DOCUMENTS)
    theirs = FeatureUnion(families()).fit(DOCUMENTS).transform(DOCUMENTS)
    assert ours.dtype == np.float32
    assert np.array_equal(ours.toarray(), theirs.toarray())


def test_it_leaves_the_process_s_warning_filters_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    touched: list[str] = []
    ours, theirs = (union(families()).fit(DOCUMENTS) for union in (FamilyUnion, FeatureUnion))
    monkeypatch.setattr(warnings, "resetwarnings", lambda: touched.append("reset"))
    theirs.transform(DOCUMENTS)
    assert touched  # what threads would do to each other
    touched.clear()
    ours.transform(DOCUMENTS)
    assert not touched


def test_the_columns_of_each_row_are_in_order() -> None:
    """Labels are fitted in threads, and a solver that had to sort would change the matrix under the others."""
    union = FamilyUnion([("words", WordNgrams(longest=2, min_sentences=1)), *families()])
    for matrix in (union.fit_transform(DOCUMENTS), union.transform(DOCUMENTS)):
        assert (
            np.diff(matrix.indices)[np.diff(np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))) == 0] > 0
        ).all()
