"""Trees asked article by article, with and without memory, say what each says of each row alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from test_packed_trees import data, fitted, odds

from classifier.features.table import ContextTable
from classifier.forest import _FEW, Forest, Memory
from classifier.packed_trees import PackedTrees

TREES = [PackedTrees.pack(fitted(seed)) for seed in range(3)]
SHARED = np.arange(10) % 3 == 0
"""Columns of which each sort of question is made."""


def rows_of(rng: np.random.Generator, sizes: list[int], shared: NDArray[np.bool_] = SHARED) -> NDArray[np.float32]:
    x = data(int(rng.integers(2**31)), sum(sizes))[0]
    start = 0
    for size in sizes:
        x[start : start + size, shared] = x[start, shared]
        start += size
    return x


def table_of(x: NDArray[np.float32], sizes: list[int], shared: NDArray[np.bool_] = SHARED) -> ContextTable:
    firsts = np.cumsum(sizes) - sizes
    return ContextTable(x[:, ~shared], x[firsts][:, shared], sizes, shared)


def alone(x: NDArray[np.float32], wanted: NDArray[np.bool_]) -> NDArray[np.float64]:
    return np.where(wanted, np.stack([odds(trees, x) for trees in TREES], axis=1), 0.0)


@settings(max_examples=40)
@given(st.integers(0, 2**31), st.lists(st.integers(1, 300), min_size=1, max_size=4), st.floats(0, 1), st.integers(0, 2))
@example(0, [3], 1.0, 2)
def test_articles_make_no_difference(seed: int, sizes: list[int], share: float, which: int) -> None:
    rng = np.random.default_rng(seed)
    shared = (np.zeros(10, dtype=bool), SHARED, np.ones(10, dtype=bool))[which]
    x, wanted = rows_of(rng, sizes, shared), rng.random((sum(sizes), 3)) < share
    table = table_of(x, sizes, shared)
    assert np.array_equal(table.values, x)
    assert Forest(TREES, shared).odds(table, wanted).tolist() == alone(x, wanted).tolist()


def remembered(
    forest: Forest, x: NDArray[np.float32], wanted: NDArray[np.bool_], memos: list[dict[Any, Any]]
) -> NDArray[np.float64]:
    """The odds of one article, with memos that hang on its rows' own columns."""
    memory = Memory(memos, [row[~SHARED].tobytes() for row in x], wanted)
    table = table_of(x, [len(x)])
    # Only the new rows are at hand.
    return forest.odds(ContextTable(table.own[memory.new], table.article, table.sizes, SHARED), wanted, memory)


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
        assert remembered(forest, x, wanted, kept).tolist() == alone(x, wanted).tolist()
        x[rng.random(size) < 0.3, 1] += 1
        x[:, 0] = rng.integers(0, 3)


@pytest.mark.parametrize("size", [4, 40])
def test_few_rows_and_many_are_asked_alike(size: int) -> None:
    forest, wanted = Forest(TREES, SHARED), np.random.default_rng(size).random((size, 3)) < 0.5
    own = rows_of(np.random.default_rng(1), [size])[:, ~SHARED]
    assert (np.count_nonzero(wanted) <= _FEW) == (size == 4)
    each = [forest._asked(own[row : row + 1], wanted[row : row + 1]) for row in range(size)]
    assert np.array_equal(forest._asked(own, wanted), np.concatenate(each))


def test_only_rows_that_changed_are_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
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
    remembered(forest, x, wanted, memos)
    assert asked == [12]
    x[:, 0] += 1  # shared
    remembered(forest, x, wanted, memos)
    assert asked == [12]
    x[3, 1] += 1
    wanted[1, 2] = True
    remembered(forest, x, wanted, memos)
    assert asked == [12, 4]


def test_no_wanted_row_and_no_row() -> None:
    x = data(0, 4)[0]
    assert not Forest(TREES, SHARED).odds(table_of(x, [4]), np.zeros((4, 3), dtype=bool)).any()
    nothing = np.zeros(10, dtype=bool)
    assert Forest(TREES, nothing).odds(ContextTable.of(x[:0]), np.zeros((0, 3), dtype=bool)).shape == (0, 3)
