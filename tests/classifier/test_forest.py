"""Trees asked article by article, with and without memory, say what each says of each row alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from test_packed_trees import data, fitted, odds

from classifier.forest import Articles, Forest
from classifier.packed_trees import PackedTrees

TREES = [PackedTrees.pack(fitted(seed)) for seed in range(3)]
SHARED = np.arange(10) % 3 == 0
"""Columns of which each sort of question is made."""


def rows_of(rng: np.random.Generator, sizes: list[int]) -> NDArray[np.float32]:
    x = data(int(rng.integers(2**31)), sum(sizes))[0]
    start = 0
    for size in sizes:
        x[start : start + size, SHARED] = x[start, SHARED]
        start += size
    return x


def alone(x: NDArray[np.float32], wanted: NDArray[np.bool_]) -> NDArray[np.float64]:
    return np.where(wanted, np.stack([odds(trees, x) for trees in TREES], axis=1), 0.0)


@settings(max_examples=40)
@given(st.integers(0, 2**31), st.lists(st.integers(1, 300), min_size=1, max_size=4), st.floats(0, 1), st.booleans())
def test_articles_make_no_difference(seed: int, sizes: list[int], share: float, none_shared: bool) -> None:
    rng = np.random.default_rng(seed)
    shared = np.zeros(10, dtype=bool) if none_shared else SHARED
    x, wanted = rows_of(rng, sizes), rng.random((sum(sizes), 3)) < share
    assert Forest(TREES, shared).odds(x, wanted, Articles(sizes, shared)).tolist() == alone(x, wanted).tolist()


@settings(max_examples=40)
@given(st.integers(0, 2**31), st.integers(1, 40), st.floats(0, 1))
def test_memory_makes_no_difference(seed: int, size: int, share: float) -> None:
    rng = np.random.default_rng(seed)
    forest = Forest(TREES, SHARED)
    x = rows_of(rng, [size])
    # Fewer memos than rows: a sentence may stand in an article twice, in other places.
    memos: list[dict[Any, Any]] = [{} for _ in range(size)]
    kept = [memos[place] for place in rng.integers(0, size, size)]
    for _ in range(4):
        wanted = rng.random((size, 3)) < share
        assert forest.odds(x, wanted, Articles([size], SHARED, kept)).tolist() == alone(x, wanted).tolist()
        x[rng.random(size) < 0.3, 1] += 1
        x[:, 0] = rng.integers(0, 3)


def test_only_rows_whose_own_columns_changed_are_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    forest = Forest(TREES, SHARED)
    asked: list[int] = []
    ask = forest._asked

    def counted(own: NDArray[np.float32], wanted: NDArray[np.bool_]) -> Any:
        asked.append(int(wanted.sum()))
        return ask(own, wanted)

    monkeypatch.setattr(forest, "_asked", counted)
    memos: list[dict[Any, Any]] = [{} for _ in range(5)]
    x, wanted = rows_of(np.random.default_rng(0), [5]), np.ones((5, 3), dtype=bool)
    wanted[1] = False
    forest.odds(x, wanted, Articles([5], SHARED, memos))
    assert asked == [12]
    x[:, 0] += 1  # shared
    forest.odds(x, wanted, Articles([5], SHARED, memos))
    assert asked == [12]
    x[3, 1] += 1
    wanted[1, 2] = True
    forest.odds(x, wanted, Articles([5], SHARED, memos))
    assert asked == [12, 4]


def test_no_wanted_row_and_no_row() -> None:
    x = data(0, 4)[0]
    assert not Forest(TREES, SHARED).odds(x, np.zeros((4, 3), dtype=bool), Articles([4], SHARED)).any()
    nothing = np.zeros(10, dtype=bool)
    assert Forest(TREES, nothing).odds(x[:0], np.zeros((0, 3), dtype=bool), Articles([0], nothing)).shape == (0, 3)
