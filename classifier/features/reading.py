"""What a sentence's words are, wherever the sentence stands; and the readings of the sentences met last.

While somebody types, all sentences of an article but one stay as they are. What was worked out of a sentence's words
alone is kept beside them (``memo``), so that only the changed sentence is worked out again.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from classifier.document import Sentence, Span
from classifier.features.rows import stacked
from classifier.recent import Recent

T = TypeVar("T")
NUMBERS = itertools.count(1)
"""For all that is made and remembered, so that two of a kind are told apart at a glance."""
_NOTHING = (object(), np.zeros(0), 0)
Matches: TypeAlias = tuple[tuple[int, int, int], ...]
"""Number of the list, first token, token after the last."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The words of a sentence.

    Parameters
    ----------
    text : str
        The sentence's prose.
    tokens : tuple of str
        Normalised words: lower case, straight quotes, numbers as ``#``.
    places : tuple of (int, int)
        Code points of each token in ``text``.
    cues : tuple of (int, int, int)
        Matches as (cue number in ``cue_lists()``, first token, token after the last), by position.
    classes : tuple of (int, int, int)
        The same for word classes, numbered as in ``word_classes()``.
    memo : dict
        What was worked out of all this, by name; see ``remembered``.
    """

    text: str
    tokens: tuple[str, ...]
    places: tuple[tuple[int, int], ...]
    cues: Matches
    classes: Matches = ()
    memo: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)


def remembered(memo: dict[Any, Any], name: object, work: Callable[[], T]) -> T:
    """What ``memo`` holds under a name; worked out once if it holds nothing.

    Two threads may both do the work; it gives the same.
    """
    found: T | None = memo.get(name)
    if found is None:
        found = memo[name] = work()
    return found


def remembered_of(memo: dict[Any, Any], name: object, about: object, work: Callable[[], T]) -> T:
    """The same of what hangs on something else, too: worked out again if that isn't what it was the last time."""
    kept: tuple[object, T] | None = memo.get(name)
    if kept is None or kept[0] != about:
        kept = memo[name] = (about, work())
    return kept[1]


class ParsedSentence(NamedTuple):
    """A sentence with its words."""

    sentence: Sentence
    reading: Reading

    @property
    def tokens(self) -> tuple[str, ...]:
        """Normalised words; see ``Reading``."""
        return self.reading.tokens

    @property
    def cues(self) -> Matches:
        """Cue matches; see ``Reading``."""
        return self.reading.cues

    @property
    def classes(self) -> Matches:
        """Matches of word classes; see ``Reading``."""
        return self.reading.classes

    @property
    def offsets(self) -> tuple[tuple[int, int], ...]:
        """Code points of each token in the sentence's field."""
        start = self.sentence.span.start
        return tuple((start + first, start + last) for first, last in self.reading.places)

    def span(self, first: int, last: int) -> Span:
        """The span from token ``first`` up to, without, token ``last``."""
        start, places = self.sentence.span.start, self.reading.places
        return Span(start + places[first][0], start + places[last - 1][1], self.sentence.span.field)


def of_each(sentences: Iterable[ParsedSentence], name: object, work: Callable[[Reading], T]) -> list[T]:
    """What the memos of the sentences' readings hold under a name; worked out of a reading once where it holds nothing.

    ``work`` mustn't give None.
    """
    result: list[T] = []
    for parsed in sentences:
        reading = parsed.reading
        found: T | None = reading.memo.get(name)
        if found is None:
            found = reading.memo[name] = work(reading)
        result.append(found)
    return result


def changed(kept: Iterable[tuple[object, ...]], abouts: Iterable[object]) -> list[int]:
    """Places of what is kept, each after what it hangs on, where that isn't what it is now."""
    return [place for place, (one, now) in enumerate(zip(kept, abouts, strict=True)) if one[0] != now]


def recalled(
    sentences: Sequence[ParsedSentence],
    name: object,
    abouts: Iterable[object],
    work: Callable[[list[int]], Iterable[NDArray[Any]]],
) -> tuple[NDArray[Any], list[int]]:
    """One row a sentence: what their readings' memos hold under a name.

    Parameters
    ----------
    sentences : sequence of ParsedSentence
        At least one.
    name : object
    abouts : iterable
        One a sentence: all that its row hangs on but its words. A row is worked out again if that isn't what it was.
    work : callable
        Takes places of sentences, rising, at least one, and gives their rows.

    Returns
    -------
    rows : ndarray, shape (n_sentences, n_columns)
    numbers : list of int
        A number for each row, which no row had that was made before.
    """
    memos = [parsed.reading.memo for parsed in sentences]
    kept: list[tuple[object, NDArray[Any], int]] = [memo.get(name, _NOTHING) for memo in memos]
    about = list(abouts)
    new = changed(kept, about)
    for place, row in zip(new, work(new) if new else (), strict=True):
        kept[place] = memos[place][name] = (about[place], row.copy(), next(NUMBERS))
    return stacked([row for _, row, _ in kept]), [number for _, _, number in kept]


class SentenceCache(Recent[str, Reading]):
    """Readings by their text, those met last. Safe to share between threads.

    Parameters
    ----------
    size : int
        Most readings kept, at least 0. One takes about 13 kB with its memo.

    Attributes
    ----------
    memos : Recent
        See ``ParsedDocument.recent``; so many sentences' worth at most.

    Raises
    ------
    ValueError
        If ``size`` is negative.
    """

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.memos: Recent[Hashable, dict[Any, Any]] = Recent(size)
