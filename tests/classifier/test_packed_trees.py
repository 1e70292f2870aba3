"""Packed trees say what scikit-learn's say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier

from classifier.features.table import ContextTable
from classifier.forest import Forest
from classifier.packed_trees import PackedTrees


def data(seed: int, rows: int = 400) -> tuple[NDArray[np.float32], NDArray[np.int_]]:
    """Rows of ties, small whole numbers and reals; a label that hangs on them."""
    rng = np.random.default_rng(seed)
    x = np.hstack([rng.integers(0, 3, (rows, 3)), rng.normal(size=(rows, 5)), rng.random((rows, 2)) < 0.1])
    return x.astype(np.float32), (x[:, 0] + x[:, 3] + rng.normal(size=rows) > 1).astype(int)


def fitted(seed: int = 0, **settings: int) -> HistGradientBoostingClassifier:
    asked = {"max_iter": 30, "max_leaf_nodes": 16, "min_samples_leaf": 5, "early_stopping": False, **settings}
    return HistGradientBoostingClassifier(**asked, random_state=seed).fit(*data(seed))


def odds(packed: PackedTrees, x: NDArray[np.float32]) -> NDArray[np.float64]:
    """Log-odds of all rows."""
    table = ContextTable.of(x)
    return Forest([packed], table.shared).odds(table, np.ones((len(x), 1), dtype=bool))[:, 0]


MODEL = fitted()
PACKED = PackedTrees.pack(MODEL)


@settings(max_examples=25)
@given(st.integers(0, 2**31), st.integers(0, 150))
def test_the_odds_are_scikit_learn_s(seed: int, rows: int) -> None:
    x = data(seed, rows)[0]
    expected = MODEL.decision_function(x) if rows else np.empty(0)
    # Leaves are rounded to 2**-20, so thirty trees can be 15 millionths off.
    assert odds(PACKED, x) == pytest.approx(expected, abs=30 * 2**-20)


def test_values_at_a_threshold_go_where_scikit_learn_sends_them() -> None:
    limits = sorted({float(limit) for limit in PACKED.threshold[PACKED.ruled_out != 0]})
    assert len(limits) > 20
    for column in range(10):
        x = np.zeros((3 * len(limits), 10), dtype=np.float32)
        at = np.array(limits, dtype=np.float32)
        x[:, column] = np.concatenate([at, np.nextafter(at, np.float32(9e9)), np.nextafter(at, np.float32(-9e9))])
        assert odds(PACKED, x) == pytest.approx(MODEL.decision_function(x), abs=30 * 2**-20)


def test_a_row_gets_the_same_bits_alone_and_among_others() -> None:
    x = data(5, 200)[0]
    together = odds(PACKED, x)
    assert [odds(PACKED, x[row : row + 1])[0] for row in range(200)] == together.tolist()
    assert odds(PACKED, x[::-1])[::-1].tolist() == together.tolist()


def test_a_stump_and_a_tree_without_questions() -> None:
    stumps = fitted(max_leaf_nodes=2, max_iter=3)
    x = data(1)[0]
    assert odds(PackedTrees.pack(stumps), x) == pytest.approx(stumps.decision_function(x), abs=1e-5)
    constant = fitted(min_samples_leaf=400, max_iter=2)
    assert odds(PackedTrees.pack(constant), x) == pytest.approx(constant.decision_function(x), abs=1e-5)


def test_larger_trees_are_refused() -> None:
    with pytest.raises(ValueError, match=r"a tree has \d+ leaves; at most 16 can be packed"):
        PackedTrees.pack(fitted(max_leaf_nodes=31))


def test_more_classes_and_categories_are_refused() -> None:
    x, y = data(2)
    three = HistGradientBoostingClassifier(max_iter=2, max_leaf_nodes=4).fit(x, y + (x[:, 1] > 1))
    sorts = HistGradientBoostingClassifier(max_iter=2, max_leaf_nodes=4, categorical_features=[0]).fit(x, x[:, 0] == 1)
    for model in (three, sorts):
        with pytest.raises(ValueError, match="only trees of two classes and without categories"):
            PackedTrees.pack(model)
