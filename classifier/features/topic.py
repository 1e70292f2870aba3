"""What a sentence is about: words of the headline and the article's own most frequent words in it."""

from __future__ import annotations

from collections import Counter
from itertools import chain

import numpy as np
from numpy.typing import NDArray
from spacy.lang.en.stop_words import STOP_WORDS

from classifier.features.reader import ParsedDocument
from classifier.features.reading import Reading, remembered

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
    stems = [_stems(parsed.reading) for parsed in document.sentences]
    content = [words for _, words in stems]
    frequent = Counter(chain.from_iterable(row for row, _ in stems))
    del frequent[""]
    ranked = [stem for stem, count in frequent.most_common(_TOPIC_WORDS) if count >= _TOPIC_COUNT]
    topic, top = frozenset(ranked), frozenset(ranked[:_TOP_WORDS])
    headline = content[0]
    rows = []
    for number, (parsed, (row, words)) in enumerate(zip(document.sentences, stems, strict=True)):
        first = frozenset(row[:_FIRST_TOKENS])
        shared = len(words & headline)
        size = max(1, len(words))
        rows.append(
            (
                shared,
                shared / size,
                len(first & headline),
                len(words & topic),
                len(words & top),
                len(first & topic),
                len(first & top),
                len(words & content[number - 1]) / size if number else 0.0,
                bool(parsed.tokens) and parsed.tokens[0] in _PRONOUNS,
                next((place for place, stem in enumerate(row) if stem in top), _NOWHERE),
                shared / max(1, len(headline)),
            )
        )
    return np.asarray(rows, dtype=np.float32)


def _stems(reading: Reading) -> tuple[list[str], frozenset[str]]:
    """The stem of each token, empty for other words than content words; and the stems."""

    def work() -> tuple[list[str], frozenset[str]]:
        row = [_stem(token) for token in reading.tokens]
        return row, frozenset(stem for stem in row if stem)

    return remembered(reading.memo, "stems", work)


def _stem(token: str) -> str:
    """A content word without its ending; empty for other tokens."""
    if len(token) < _SHORTEST or not token.isalpha() or token in _COMMON:
        return ""
    for ending in _ENDINGS:
        if token.endswith(ending) and len(token) - len(ending) >= _SHORTEST:
            return token[: -len(ending)]
    return token
