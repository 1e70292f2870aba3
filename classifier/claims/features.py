"""Hashed features of a claim: n-grams of words, stems and word classes, and the order of the telling classes.

All sentences of a batch are laid end to end and read with array operations, which is what keeps this within a few
microseconds a word; and all features are hashed together, as a sentence alone takes as many calls as a thousand. No
feature crosses a sentence's edge and none depends on the batch.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
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
_TURN, _FOLD = np.uint64(29), np.uint64(32)
_SHIFT = np.uint64(64 - BITS)
_LONGEST = 3
_LONGEST_SHAPES = 4
_ORDER_REACH = 8
_NEAR = 4
_ENDS = 8
KINDS = 9
"""Kinds of features."""

Numbers = NDArray[np.uint64]
Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class ClaimFeatures:
    """Features of all sentences, kind by kind.

    Parameters
    ----------
    kinds : ndarray of int64, shape (n_features,)
        Each feature's kind, rising, below ``KINDS``.
    rows : ndarray of int64, shape (n_features,)
        Number of each feature's sentence.
    numbers : ndarray of int64, shape (n_features,)
        The feature, below ``2 ** BITS``.
    """

    kinds: NDArray[np.int64]
    rows: Rows
    numbers: NDArray[np.int64]


def claim_features(sentences: Sequence[ParsedSentence]) -> ClaimFeatures:
    """Features of each kind, in an order that is the same for a sentence alone and among others."""
    index: dict[str, int] = {EDGE: 0}
    flat: list[int] = []
    sizes = []
    for sentence in sentences:
        flat.append(0)
        flat.extend([index.setdefault(word, len(index)) for word in sentence.tokens])
        flat.append(0)
        sizes.append(len(sentence.tokens) + 2)
    lengths = np.array(sizes, dtype=np.int64)
    rows = np.repeat(np.arange(len(sentences)), lengths)
    table = np.ascontiguousarray(word_numbers(list(index))[np.array(flat, dtype=np.int64)].T)
    word, stem, start, ending, shape = table[:5]
    tells, ordered, classed = table[5:].astype(bool)
    runs = _runs(np.stack([word, stem, shape]), rows, _LONGEST_SHAPES)
    return _hashed(
        (
            [(places, values[0]) for places, values in runs[:_LONGEST]],
            [*((places, values[1]) for places, values in runs[:_LONGEST]), (rows, start + 1), (rows, ending + 2)],
            [(places, values[2]) for places, values in runs[1:]],
            [(places, values[0]) for places, values in _runs(shape[None, tells], rows[tells], _LONGEST_SHAPES)],
            _order(word[ordered], shape[ordered], rows[ordered], ordered.nonzero()[0]),
            _beside(word, shape, classed, rows),
            _ends(word, shape, rows, lengths),
            _cues(sentences),
            _matches(sentences, word, lengths),
        )
    )


def _hashed(kinds: Iterable[Iterable[tuple[Rows, Numbers]]]) -> ClaimFeatures:
    """Parts of each kind, each a feature's sentence and value, as numbers."""
    parts = [(kind, place, *part) for kind, found in enumerate(kinds) for place, part in enumerate(found)]
    counts = [len(values) for _, _, _, values in parts]
    values = np.concatenate([values for _, _, _, values in parts])
    tags = np.repeat(np.array([100 * kind + place for kind, place, _, _ in parts], dtype=np.uint64), counts)
    return ClaimFeatures(
        np.repeat(np.array([kind for kind, _, _, _ in parts]), counts),
        np.concatenate([rows for _, _, rows, _ in parts]),
        (_mix(_mix(values, tags)) >> _SHIFT).astype(np.int64),
    )


def _mix(values: Numbers, more: Numbers = _ZERO) -> Numbers:
    """One number of two, the order mattering; wraps round."""
    mixed: Numbers = (values ^ (values >> _TURN)) * _FACTOR + (more * _SECOND + _THIRD)
    return mixed ^ (mixed >> _FOLD)


def _runs(values: Numbers, rows: Rows, longest: int) -> list[tuple[Rows, Numbers]]:
    """Runs of 1 to ``longest`` values that lie in one sentence, for several values a place.

    Parameters
    ----------
    values : ndarray of uint64, shape (n_values, n_places)
    rows : ndarray of int64, shape (n_places,)
    longest : int

    Returns
    -------
    list of (ndarray of shape (n_runs,), ndarray of shape (n_values, n_runs))
        The sentences of the runs of each size, and the runs.
    """
    found = [(rows, values)]
    mixed = values
    for size in range(2, longest + 1):
        count = max(len(rows) - size + 1, 0)
        mixed = _mix(mixed[:, :count], values[:, size - 1 :][:, :count])
        inside = rows[:count] == rows[size - 1 :][:count]
        found.append((rows[:count][inside], mixed[:, inside]))
    return found


def _order(words: Numbers, shapes: Numbers, rows: Rows, places: Rows) -> Iterator[tuple[Rows, Numbers]]:
    """Which class or word stands before which: any two up to 8 classes apart, near ones once more."""
    beyond = np.full(_ORDER_REACH, -1)
    steps = np.arange(1, _ORDER_REACH + 1)[:, None]
    other = np.concatenate([rows, beyond])[np.arange(len(rows)) + steps]
    step, first = (other == rows).nonzero()
    later = first + step + 1
    near = places[later] - places[first] <= _NEAR
    inside = rows[first]
    before, after = np.stack([shapes, words])[:, first], np.stack([shapes, words])[:, later]
    pairs, by_word, of_word = _mix(before[[0, 1, 0]], after[[0, 0, 1]])
    yield inside, pairs
    yield inside[near], pairs[near]
    yield inside, by_word
    yield inside, of_word


def _beside(word: Numbers, shape: Numbers, classed: NDArray[np.bool_], rows: Rows) -> Iterator[tuple[Rows, Numbers]]:
    """A word and the class of its neighbour on either side."""
    inside = rows[:-1] == rows[1:]
    right = (inside & classed[1:]).nonzero()[0]
    left = (inside & classed[:-1]).nonzero()[0] + 1
    both = (rows[:-2] == rows[2:]).nonzero()[0]
    here, there = np.concatenate([right, left, both]), np.concatenate([right + 1, left - 1, both + 1])
    pairs = _mix(word[here], shape[there])
    last = len(right) + len(left)
    yield rows[right], pairs[: len(right)]
    yield rows[left], pairs[len(right) : last]
    yield rows[both], _mix(pairs[last:], word[both + 2])


def _ends(word: Numbers, shape: Numbers, rows: Rows, lengths: Rows) -> Iterator[tuple[Rows, Numbers]]:
    """What the sentence starts and ends with, and about how long it is."""
    starts = np.cumsum(lengths) - lengths
    place = np.arange(len(rows)) - starts[rows]
    left = lengths[rows] - 1 - place
    inside = (place >= 1) & (left >= 1)
    begins = (inside & (place <= _ENDS)).nonzero()[0]
    yield rows[begins], word[begins]
    yield rows[begins], shape[begins]
    ends = (inside & (left <= _ENDS)).nonzero()[0]
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
    return ((places, values[0]) for places, values in _runs(cues[None], rows, 2))


def _matches(sentences: Sequence[ParsedSentence], word: Numbers, lengths: Rows) -> Iterator[tuple[Rows, Numbers]]:
    """The matches of the broad word classes, each with the words beside it."""
    rows = np.repeat(np.arange(len(sentences)), [len(sentence.classes) for sentence in sentences])
    found = [match for sentence in sentences for match in sentence.classes]
    number, first, last = np.array(found, dtype=np.int64).reshape(-1, 3).T
    kind = number.astype(np.uint64)
    start = (np.cumsum(lengths) - lengths)[rows] + 1  # past the edge
    before, head, after = word[start + first - 1], word[start + first], word[start + last]
    preceded, followed, begun = _mix(np.stack([before, kind, before]), np.stack([kind, after, head]))
    around, headed = _mix(np.stack([preceded, begun]), np.stack([after, kind]))
    for values in (kind, preceded, followed, around, headed):
        yield rows, values
