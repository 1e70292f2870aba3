"""What a sentence is about: words of the headline and the article's own most frequent words in it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray
from spacy.lang.en.stop_words import STOP_WORDS

from classifier.features.reader import ParsedDocument
from classifier.features.reading import Reading, of_each
from classifier.features.rows import stacked

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


def topic_features(document: ParsedDocument) -> NDArray[np.float32]:
    """Columns ``TOPIC_NAMES``, float32, shape (n_sentences, len(TOPIC_NAMES))."""
    stems = of_each(document.sentences, "stems", _stems)
    frequent = Counter(chain.from_iterable(row.content for row in stems))
    # Those that come as often stay in the order in which they come first.
    ranked = sorted([count for count in frequent.items() if count[1] >= _TOPIC_COUNT], key=_by_count)[:_TOPIC_WORDS]
    topic, top = (frozenset([stem for stem, _ in ranked[:most]]) for most in (_TOPIC_WORDS, _TOP_WORDS))
    headline, before = stems[0].known, _NO_STEMS
    rows = []
    for parsed, row in zip(document.sentences, stems, strict=True):
        # All that a sentence's columns hang on, so that they are remembered while somebody writes elsewhere.
        about = (headline, before, topic, top)
        found = parsed.reading.memo.get("topic")
        if found is None or found[0] != about:
            found = parsed.reading.memo["topic"] = (about, _columns(parsed.reading, row, *about))
        rows.append(found[1])
        before = row.known
    return stacked(rows)


@dataclass(frozen=True, slots=True, eq=False)
class _Stems:
    """Stems of a sentence: of each token (empty for other words than content words), those there are, which."""

    row: list[str]
    content: list[str]
    known: frozenset[str]


_NO_STEMS: frozenset[str] = frozenset()


def _columns(
    reading: Reading,
    stems: _Stems,
    headline: frozenset[str],
    before: frozenset[str],
    topic: frozenset[str],
    top: frozenset[str],
) -> NDArray[np.float32]:
    first = frozenset(stems.row[:_FIRST_TOKENS])
    words = stems.known
    shared = len(words & headline)
    size = max(1, len(words))
    row = (
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
    return np.array(row, dtype=np.float32)


def _stems(reading: Reading) -> _Stems:
    row = [_stem(token) for token in reading.tokens]
    content = [stem for stem in row if stem]
    return _Stems(row, content, frozenset(content))


def _by_count(counted: tuple[str, int]) -> int:
    return -counted[1]


def _stem(token: str) -> str:
    """A content word without its ending; empty for other tokens."""
    if len(token) < _SHORTEST or not token.isalpha() or token in _COMMON:
        return ""
    for ending in _ENDINGS:
        if token.endswith(ending) and len(token) - len(ending) >= _SHORTEST:
            return token[: -len(ending)]
    return token
