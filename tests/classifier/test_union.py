"""The union of feature families: scikit-learn's columns, and no warnings from threads."""

from __future__ import annotations

import warnings
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from sklearn.pipeline import FeatureUnion
from test_reader import read

from classifier.features.sentence import CueFeatures, PlaceFeatures
from classifier.features.union import FamilyUnion

DOCUMENTS = [read("A miracle pill\n\nIt cures all mice. It may help."), read("A walk\n\nThe town lies by the sea.")]


def families() -> list[tuple[str, object]]:
    return [("cues", CueFeatures()), ("place", PlaceFeatures())]


def test_the_columns_are_those_of_scikit_learn_s_union() -> None:
    ours = FamilyUnion(families()).fit(DOCUMENTS).transform(DOCUMENTS)
    theirs = FeatureUnion(families()).fit(DOCUMENTS).transform(DOCUMENTS)
    assert ours.dtype == np.float32
    assert np.array_equal(ours.toarray(), theirs.toarray())


def test_threads_leave_the_warning_filters_alone() -> None:
    union = FamilyUnion(families()).fit(DOCUMENTS)
    before = list(warnings.filters)
    with ThreadPoolExecutor(8) as pool:
        tables = list(pool.map(lambda _: union.transform(DOCUMENTS).toarray(), range(200)))
    assert warnings.filters == before
    assert all(np.array_equal(table, tables[0]) for table in tables)
