"""What a sentence is about: words of the headline and the article's own most frequent words in it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from spacy.lang.en.stop_words import STOP_WORDS

from classifier.features.reader import ParsedDocument
from classifier.features.reading import Reading, of_each, remembered
from classifier.features.table import Rows

TOPIC_NAMES = (
    "headline_words", "headline_share", "headline_words_first", "topic_words", "top_words", "topic_words_first",
    "top_words_first", "previous_share", "starts_with_pronoun", "first_top_word", "headline_covered",
)  # fmt: skip
_COMMON = STOP_WORDS | {
    "study", "new", "say", "says", "said", "researchers", "people", "patients", "women", "men", "percent",
}  # fmt: skip
_PRONOUNS = frozenset({"it", "this", "these", "they", "he", "she"})
_ENDINGS = ("ing", "ed", "es", "s", "e")
_SHORTEST = 4
_TOPIC_WORDS, _TOP_WORDS, _TOPIC_COUNT = 8, 3, 3
_FIRST_TOKENS = 6
_NOWHERE = 40
_TRUE = np.ones(1, dtype=bool)


def topic_features(document: ParsedDocument, rows: Rows | None = None) -> NDArray[np.float32]:
    """Columns ``TOPIC_NAMES`` of some sentences, all by default, float32, shape (n_rows, len(TOPIC_NAMES))."""
    stems, topic, top, _ = _topic(document)
    chosen = range(len(stems)) if rows is None else rows.tolist()
    result = np.empty((len(chosen), len(TOPIC_NAMES)), dtype=np.float32)
    for place, row in enumerate(chosen):
        before = stems[row - 1].known if row else _NO_STEMS
        result[place] = _columns(document.sentences[row].reading, stems[row], stems[0].known, before, topic, top)
    return result


def topic_number(document: ParsedDocument) -> int:
    """A number for what the columns hang on but the words of a sentence and of the one before."""
    return _topic(document).number


class _Topic(NamedTuple):
    """Of an article: stems of each sentence; the most frequent stems, and the most frequent of those."""

    stems: list[_Stems]
    topic: frozenset[int]
    top: frozenset[int]
    number: int


def _topic(document: ParsedDocument) -> _Topic:
    def work() -> _Topic:
        stems = of_each(document.sentences, "stems", _stems)
        topic, top = _frequent(np.concatenate([row.content for row in stems]))
        return _Topic(stems, topic, top, document.recent(("topic", stems[0].known, topic, top))["number"])

    return remembered(document.memo, "topic", work)


def _frequent(content: NDArray[np.int64]) -> tuple[frozenset[int], frozenset[int]]:
    """The article's most frequent stems, and the most frequent of those; of equals those that come first."""
    # ``np.unique`` does the same in twice the time.
    order = content.argsort(kind="stable")
    ordered = content[order]
    starts = np.flatnonzero(np.concatenate([_TRUE, ordered[1:] != ordered[:-1], _TRUE]))
    counts = starts[1:] - starts[:-1]
    often = (counts >= _TOPIC_COUNT).nonzero()[0]
    firsts = order[starts[often]]
    ranked = content[firsts[np.lexsort((firsts, -counts[often]))]][:_TOPIC_WORDS].tolist()
    return frozenset(ranked), frozenset(ranked[:_TOP_WORDS])


@dataclass(frozen=True, slots=True, eq=False)
class _Stems:
    """Stems of a sentence by number: of each token (0 for other words than content words), those there are, which."""

    row: list[int]
    content: NDArray[np.int64]
    known: frozenset[int]


_NO_STEMS: frozenset[int] = frozenset()


def _columns(
    reading: Reading,
    stems: _Stems,
    headline: frozenset[int],
    before: frozenset[int],
    topic: frozenset[int],
    top: frozenset[int],
) -> tuple[float, ...]:
    first = frozenset(stems.row[:_FIRST_TOKENS])
    words = stems.known
    shared = len(words & headline)
    size = max(1, len(words))
    return (
        shared,
        shared / size,
        len(first & headline),
        len(words & topic),
        len(words & top),
        len(first & topic),
        len(first & top),
        len(words & before) / size,
        bool(reading.tokens) and reading.tokens[0] in _PRONOUNS,
        next((place for place, stem in enumerate(stems.row) if stem in top), _NOWHERE),
        shared / max(1, len(headline)),
    )


def _stems(reading: Reading) -> _Stems:
    row = [_number(token) for token in reading.tokens]
    content = [stem for stem in row if stem]
    return _Stems(row, np.array(content, dtype=np.int64), frozenset(content))


@lru_cache(maxsize=50_000)
def _number(token: str) -> int:
    """A number for a content word's stem: the words of an article are counted faster by numbers. 0 for other tokens."""
    stem = _stem(token)
    return int.from_bytes(blake2b(stem.encode(), digest_size=8).digest(), "little", signed=True) | 1 if stem else 0


def _stem(token: str) -> str:
    """A content word without its ending; empty for other tokens."""
    if len(token) < _SHORTEST or not token.isalpha() or token in _COMMON:
        return ""
    for ending in _ENDINGS:
        if token.endswith(ending) and len(token) - len(ending) >= _SHORTEST:
            return token[: -len(ending)]
    return token
