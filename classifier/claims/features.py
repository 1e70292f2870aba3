"""Hashed features of a claim: n-grams of words, stems and word classes, and the order of the telling classes.

All sentences of a batch are laid end to end and read with array operations, which is what keeps this within a few
microseconds a word. No feature crosses a sentence's edge and none depends on the batch.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifier.claims.words import EDGE, word_numbers
from classifier.features.reading import ParsedSentence

BITS = 20
"""Features are numbered by a hash of so many bits."""

_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_SECOND = np.uint64(0xC2B2AE3D27D4EB4F)
_THIRD = np.uint64(0x165667B19E3779F9)
_ZERO = np.zeros(1, dtype=np.uint64)
_SHIFT = np.uint64(64 - BITS)
_LONGEST = 3
_LONGEST_SHAPES = 4
_ORDER_REACH = 8
_NEAR = 4
_ENDS = 8

Numbers = NDArray[np.uint64]
Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Block:
    """Features of one kind, over all sentences.

    Parameters
    ----------
    rows : ndarray of int64, shape (n_features,)
        Number of each feature's sentence.
    numbers : ndarray of int64, shape (n_features,)
        The feature, below ``2 ** BITS``.
    """

    rows: Rows
    numbers: NDArray[np.int64]


def claim_blocks(sentences: Sequence[ParsedSentence]) -> list[Block]:
    """Features of each kind; a kind is always in the same place of the list."""
    index: dict[str, int] = {EDGE: 0}
    flat: list[int] = []
    lengths = []
    for sentence in sentences:
        flat.append(0)
        flat.extend([index.setdefault(word, len(index)) for word in sentence.tokens])
        flat.append(0)
        lengths.append(len(sentence.tokens) + 2)
    rows = np.repeat(np.arange(len(sentences)), lengths)
    table = word_numbers(list(index))[np.array(flat, dtype=np.int64)]
    word, stem, start, ending, shape = (np.ascontiguousarray(table[:, column]) for column in range(5))
    tells, ordered, classed = (table[:, column].astype(bool) for column in (5, 6, 7))
    kinds = (
        [_grams(word, rows, size) for size in range(1, _LONGEST + 1)],
        [_grams(stem, rows, size) for size in range(1, _LONGEST + 1)] + [(rows, start + 1), (rows, ending + 2)],
        [_grams(shape, rows, size) for size in range(2, _LONGEST_SHAPES + 1)],
        [_grams(shape[tells], rows[tells], size) for size in range(1, _LONGEST_SHAPES + 1)],
        list(_order(word[ordered], shape[ordered], rows[ordered], np.flatnonzero(ordered))),
        list(_beside(word, shape, classed, rows)),
        list(_ends(word, shape, rows, np.array(lengths, dtype=np.int64))),
        list(_cues(sentences)),
        list(_matches(sentences, word, np.array(lengths, dtype=np.int64))),
    )
    return [_block(kind, parts) for kind, parts in enumerate(kinds)]


def _block(kind: int, parts: Sequence[tuple[Rows, Numbers]]) -> Block:
    rows = np.concatenate([rows for rows, _ in parts])
    values = np.concatenate([values for _, values in parts])
    tags = np.repeat(np.arange(len(parts), dtype=np.uint64), [len(values) for _, values in parts]) + np.uint64(
        100 * kind
    )
    return Block(rows, (_mix(_mix(values, tags)) >> _SHIFT).astype(np.int64))


def _mix(values: Numbers, more: Numbers = _ZERO) -> Numbers:
    """One number of two, the order mattering; wraps round."""
    mixed = (values ^ (values >> np.uint64(29))) * _FACTOR + more * _SECOND + _THIRD
    return mixed ^ (mixed >> np.uint64(32))


def _grams(values: Numbers, rows: Rows, size: int) -> tuple[Rows, Numbers]:
    """Runs of ``size`` values that lie in one sentence."""
    count = max(len(values) - size + 1, 0)
    inside = rows[:count] == rows[size - 1 : size - 1 + count]
    mixed = values[:count]
    for step in range(1, size):
        mixed = _mix(mixed, values[step : step + count])
    return rows[:count][inside], mixed[inside]


def _order(words: Numbers, shapes: Numbers, rows: Rows, places: Rows) -> Iterator[tuple[Rows, Numbers]]:
    """Which class or word stands before which: any two up to 8 classes apart, near ones once more."""
    parts: list[list[tuple[Rows, Numbers]]] = [[], [], [], []]
    for step in range(1, _ORDER_REACH + 1):
        count = max(len(shapes) - step, 0)
        first, later = slice(0, count), slice(step, step + count)
        inside = rows[first] == rows[later]
        near = inside & (places[later] - places[first] <= _NEAR)
        pairs = _mix(shapes[first], shapes[later])
        parts[0].append((rows[first][inside], pairs[inside]))
        parts[1].append((rows[first][near], pairs[near]))
        parts[2].append((rows[first][inside], _mix(words[first], shapes[later])[inside]))
        parts[3].append((rows[first][inside], _mix(shapes[first], words[later])[inside]))
    for found in parts:
        yield np.concatenate([sentence for sentence, _ in found]), np.concatenate([pairs for _, pairs in found])


def _beside(word: Numbers, shape: Numbers, classed: NDArray[np.bool_], rows: Rows) -> Iterator[tuple[Rows, Numbers]]:
    """A word and the class of its neighbour on either side."""
    inside = rows[:-1] == rows[1:]
    right = inside & classed[1:]
    yield rows[:-1][right], _mix(word[:-1][right], shape[1:][right])
    left = inside & classed[:-1]
    yield rows[1:][left], _mix(word[1:][left], shape[:-1][left])
    both = (rows[:-2] == rows[2:]) if len(rows) > 2 else np.zeros(0, dtype=bool)
    yield rows[:-2][both], _mix(_mix(word[:-2], shape[1:-1]), word[2:])[both]


def _ends(word: Numbers, shape: Numbers, rows: Rows, lengths: Rows) -> Iterator[tuple[Rows, Numbers]]:
    """What the sentence starts and ends with, and about how long it is."""
    starts = np.cumsum(lengths) - lengths
    place = np.arange(len(rows)) - np.repeat(starts, lengths)
    left = np.repeat(lengths, lengths) - 1 - place
    begins = (place >= 1) & (place <= _ENDS) & (left >= 1)
    yield rows[begins], word[begins]
    yield rows[begins], shape[begins]
    ends = (left >= 1) & (left <= _ENDS) & (place >= 1)
    yield rows[ends], shape[ends]
    first, last = place == 1, left == 1
    yield rows[first], word[first]
    yield rows[first], shape[first]
    yield rows[last], shape[last]
    yield np.arange(len(lengths)), np.minimum(lengths // 6, 7).astype(np.uint64)


def _cues(sentences: Sequence[ParsedSentence]) -> Iterator[tuple[Rows, Numbers]]:
    """The cue lists that match, and each two that match one after the other."""
    rows = np.repeat(np.arange(len(sentences)), [len(sentence.cues) for sentence in sentences])
    cues = np.array([cue for sentence in sentences for cue, _, _ in sentence.cues], dtype=np.uint64)
    yield rows, cues
    yield _grams(cues, rows, 2)


def _matches(sentences: Sequence[ParsedSentence], word: Numbers, lengths: Rows) -> Iterator[tuple[Rows, Numbers]]:
    """The matches of the broad word classes, each with the words beside it."""
    rows = np.repeat(np.arange(len(sentences)), [len(sentence.classes) for sentence in sentences])
    found = [match for sentence in sentences for match in sentence.classes]
    number, first, last = np.array(found, dtype=np.int64).reshape(-1, 3).T
    kind = number.astype(np.uint64)
    start = (np.cumsum(lengths) - lengths)[rows] + 1  # past the edge
    before, head, after = word[start + first - 1], word[start + first], word[start + last]
    preceded = _mix(before, kind)
    yield rows, kind
    yield rows, preceded
    yield rows, _mix(kind, after)
    yield rows, _mix(preceded, after)
    yield rows, _mix(_mix(before, head), kind)
