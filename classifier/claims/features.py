"""Hashed features of a claim: n-grams of words, stems and word classes, and the order of the telling classes.

All sentences of a batch are laid end to end and read with array operations, which is what keeps this within a few
microseconds a word; and all features are hashed together, as a sentence alone takes as many calls as a thousand. No
feature crosses a sentence's edge and none depends on the batch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

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
_AFFIXES = np.array([[1], [2]], dtype=np.uint64)
"""Keeps a word's beginning and its end apart from words."""
_ORDER_REACH = 8
_NEAR = 4
_ENDS = 8
KINDS = 9
"""Kinds of features."""
# What is read in runs: cues, words, stems, shapes of telling words, shapes. Their tags by the run's size.
_UNWANTED = -1
_RUN_TAGS = np.array(
    (
        (700, 0, 100, 300, _UNWANTED),
        (701, 1, 101, 301, 200),
        (_UNWANTED, 2, 102, 302, 201),
        (_UNWANTED, _UNWANTED, _UNWANTED, 303, 202),
    )
)

Numbers = NDArray[np.uint64]
Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class ClaimFeatures:
    """Features of all sentences.

    Parameters
    ----------
    kinds : ndarray of int64, shape (n_features,)
        Each feature's kind, below ``KINDS``.
    rows : ndarray of int64, shape (n_features,)
        Number of each feature's sentence.
    numbers : ndarray of int64, shape (n_features,)
        The feature, below ``2 ** BITS``.
    """

    kinds: NDArray[np.int64]
    rows: Rows
    numbers: NDArray[np.int64]


class _Part(NamedTuple):
    """Features one after the other: their tags, their sentences and values.

    A tag is a hundred times the kind and the number of the sort in the kind, so that equal values differ.
    """

    tags: NDArray[np.int64]
    rows: Rows
    values: Numbers


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
    word, stem, _, _, shape = table[:5]
    tells, ordered, classed = table[5:].astype(bool)
    return _hashed(
        (
            _runs(*_cues(sentences), word, stem, shape, tells, rows),
            _sorts((103, 104), (len(rows),) * 2, np.concatenate([rows, rows]), (table[2:4] + _AFFIXES).ravel()),
            _order(word[ordered], shape[ordered], rows[ordered], ordered.nonzero()[0]),
            _beside(word, shape, classed, rows),
            _ends(word, shape, rows, lengths),
            _matches(sentences, word, lengths),
        )
    )


def _hashed(parts: Sequence[_Part]) -> ClaimFeatures:
    """All features as numbers."""
    tags = np.concatenate([part.tags for part in parts])
    values = np.concatenate([part.values for part in parts])
    return ClaimFeatures(
        tags // 100,
        np.concatenate([part.rows for part in parts]),
        (_mix(_mix(values, tags.astype(np.uint64))) >> _SHIFT).astype(np.int64),
    )


def _sorts(tags: Sequence[int], counts: Sequence[int], rows: Rows, values: Numbers) -> _Part:
    """So many features of each tag."""
    return _Part(np.repeat(tags, counts), rows, values)


def _mix(values: Numbers, more: Numbers = _ZERO) -> Numbers:
    """One number of two, the order mattering; wraps round."""
    return _mixed(values, _second(more))


def _second(values: Numbers) -> Numbers:
    second: Numbers = values * _SECOND + _THIRD
    return second


def _mixed(values: Numbers, second: Numbers) -> Numbers:
    mixed: Numbers = (values ^ (values >> _TURN)) * _FACTOR + second
    return mixed ^ (mixed >> _FOLD)


def _runs(
    cue_rows: Rows, cues: Numbers, word: Numbers, stem: Numbers, shape: Numbers, tells: NDArray[np.bool_], rows: Rows
) -> _Part:
    """Runs of one to four values that lie in one sentence: of all that is read in runs, laid end to end."""
    telling = rows[tells]
    values = np.concatenate([cues, word, stem, shape[tells], shape])
    inside = np.concatenate([cue_rows, rows, rows, telling, rows])
    series = np.repeat(np.arange(5), (len(cues), len(word), len(word), len(telling), len(word)))
    place, second = inside * 5 + series, _second(values)
    counts = [max(len(values) - size, 0) for size in range(len(_RUN_TAGS))]
    runs = [values]
    for size, count in enumerate(counts[1:], start=1):
        runs.append(_mixed(runs[-1][:count], second[size:]))
    tags = np.concatenate([tags[series[:count]] for tags, count in zip(_RUN_TAGS, counts, strict=True)])
    ends = np.concatenate([place[size:] for size in range(len(counts))])
    starts = np.concatenate([place[:count] for count in counts])
    whole = ((starts == ends) & (tags != _UNWANTED)).nonzero()[0]
    return _Part(tags[whole], starts[whole] // 5, np.concatenate(runs)[whole])


def _order(words: Numbers, shapes: Numbers, rows: Rows, places: Rows) -> _Part:
    """Which class or word stands before which: any two up to 8 classes apart, near ones once more."""
    beyond = np.full(_ORDER_REACH, -1)
    steps = np.arange(1, _ORDER_REACH + 1)[:, None]
    other = np.concatenate([rows, beyond])[np.arange(len(rows)) + steps]
    step, first = (other == rows).nonzero()
    later = first + step + 1
    near = places[later] - places[first] <= _NEAR
    inside = rows[first]
    before, after = shapes[first], shapes[later]
    count = len(first)
    mixed = _mix(np.concatenate([before, words[first], before]), np.concatenate([after, after, words[later]]))
    close = mixed[:count][near]
    return _sorts(
        (400, 401, 402, 403),
        (count, len(close), count, count),
        np.concatenate([inside, inside[near], inside, inside]),
        np.concatenate([mixed[:count], close, mixed[count:]]),
    )


def _beside(word: Numbers, shape: Numbers, classed: NDArray[np.bool_], rows: Rows) -> _Part:
    """A word and the class of its neighbour on either side."""
    inside = rows[:-1] == rows[1:]
    right = (inside & classed[1:]).nonzero()[0]
    left = (inside & classed[:-1]).nonzero()[0] + 1
    both = (rows[:-2] == rows[2:]).nonzero()[0]
    here, there = np.concatenate([right, left, both]), np.concatenate([right + 1, left - 1, both + 1])
    pairs = _mix(word[here], shape[there])
    last = len(right) + len(left)
    pairs[last:] = _mix(pairs[last:], word[both + 2])
    return _sorts((500, 501, 502), (len(right), len(left), len(both)), rows[here], pairs)


def _ends(word: Numbers, shape: Numbers, rows: Rows, lengths: Rows) -> _Part:
    """What the sentence starts and ends with, and about how long it is."""
    starts = np.cumsum(lengths) - lengths
    place = np.arange(len(rows)) - starts[rows]
    left = lengths[rows] - 1 - place
    inside = (place >= 1) & (left >= 1)
    begins = (inside & (place <= _ENDS)).nonzero()[0]
    ends = (inside & (left <= _ENDS)).nonzero()[0]
    first, last = starts + 1, starts + lengths - 2
    words, shapes = np.concatenate([begins, first]), np.concatenate([begins, ends, first, last])
    size, count = np.minimum(lengths // 6, 7).astype(np.uint64), len(lengths)
    return _sorts(
        (600, 603, 601, 602, 604, 605, 606),
        (len(begins), count, len(begins), len(ends), count, count, count),
        np.concatenate([rows[words], rows[shapes], np.arange(count)]),
        np.concatenate([word[words], shape[shapes], size]),
    )


def _cues(sentences: Sequence[ParsedSentence]) -> tuple[Rows, Numbers]:
    """The sentences of the cue lists' matches, and the lists."""
    rows = np.repeat(np.arange(len(sentences)), [len(sentence.cues) for sentence in sentences])
    return rows, np.array([cue for sentence in sentences for cue, _, _ in sentence.cues], dtype=np.uint64)


def _matches(sentences: Sequence[ParsedSentence], word: Numbers, lengths: Rows) -> _Part:
    """The matches of the broad word classes, each with the words beside it."""
    rows = np.repeat(np.arange(len(sentences)), [len(sentence.classes) for sentence in sentences])
    found = [match for sentence in sentences for match in sentence.classes]
    number, first, last = np.array(found, dtype=np.int64).reshape(-1, 3).T
    kind = number.astype(np.uint64)
    start = (np.cumsum(lengths) - lengths)[rows] + 1  # past the edge
    before, head, after = word[start + first - 1], word[start + first], word[start + last]
    count = len(kind)
    pairs = _mix(np.concatenate([before, kind, before]), np.concatenate([kind, after, head]))
    triples = _mix(np.concatenate([pairs[:count], pairs[2 * count :]]), np.concatenate([after, kind]))
    return _sorts(
        (800, 801, 802, 803, 804), (count,) * 5, np.tile(rows, 5), np.concatenate([kind, pairs[: 2 * count], triples])
    )
