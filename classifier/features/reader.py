"""Sentences to tokens and cue matches: the only place that runs spaCy.

Everything is copied out of spaCy's objects before the memory zone closes, so that a long-running
service doesn't grow, and a lock keeps the zone (which isn't thread-safe) to one thread at a time.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, TypeAlias

import numpy as np
import spacy
from numpy.typing import NDArray
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc

from classifier.document import Document, Sentence, Span
from classifier.evidence import Evidence, find_evidence
from classifier.features.cues import NUMBER, cue_lists, normalise
from classifier.features.scopes import column_names, columns_of
from classifier.features.word_classes import word_classes
from classifier.prose import prose_of
from classifier.segmentation import split

_NOISE = re.compile(r"[^\w\s]{50,}")
"""Holds no word, and spaCy's tokenizer takes quadratic time over it: read as white space."""
_MOST_FOLDED = 100_000
"""So many words' readings are remembered."""
_CLASS = "class:"
"""Keeps a class apart from a cue list of the same name."""
Matches: TypeAlias = tuple[tuple[int, int, int], ...]
"""Number of the list, first token, token after the last."""


@dataclass(frozen=True, slots=True)
class ParsedSentence:
    """A sentence with its tokens.

    Parameters
    ----------
    sentence : Sentence
    tokens : tuple of str
        Normalised words: lower case, straight quotes, numbers as ``#``.
    offsets : tuple of (int, int)
        Code points of each token in its field.
    cues : tuple of (int, int, int)
        Matches as (cue number in ``cue_lists()``, first token, token after the last), by position.
    classes : tuple of (int, int, int)
        The same for word classes, numbered as in ``word_classes()``.
    """

    sentence: Sentence
    tokens: tuple[str, ...]
    offsets: tuple[tuple[int, int], ...]
    cues: tuple[tuple[int, int, int], ...]
    classes: tuple[tuple[int, int, int], ...] = ()

    def span(self, first: int, last: int) -> Span:
        """The span from token ``first`` up to, without, token ``last``."""
        return Span(self.offsets[first][0], self.offsets[last - 1][1], self.sentence.span.field)


@dataclass(frozen=True, slots=True, eq=False)
class ParsedDocument:
    """A document with all its sentences read.

    Parameters
    ----------
    document : Document
    sentences : tuple of ParsedSentence
        Never empty.
    cue_counts : ndarray of float32, shape (n_sentences, n_columns)
        How often each column of ``scopes.column_names()`` matches in each sentence.
    evidence : tuple of Evidence
        What the article tells of its evidence, by position.
    """

    document: Document
    sentences: tuple[ParsedSentence, ...]
    cue_counts: NDArray[np.float32]
    evidence: tuple[Evidence, ...] = ()


class Reader:
    """Reads documents with a blank English pipeline: tokenizer and phrase matcher, no statistical part.

    Safe to share between threads.
    """

    def __init__(self) -> None:
        self._nlp = spacy.blank("en")
        self._lock = threading.Lock()
        self._matcher = PhraseMatcher(self._nlp.vocab, attr="NORM")
        self._folded: dict[int, tuple[str, bool]] = {}
        self._keys: dict[int, int] = {}
        for number, (name, phrases) in enumerate(cue_lists().items()):
            # Glued, as in running text: spaCy reads the "n't" of "doesn't" as "not", but a lone one as itself.
            glued = (phrase.replace(" n't", "n't").replace(NUMBER, "7") for phrase in phrases)
            self._matcher.add(name, [self._tokenise(phrase)[0] for phrase in glued])
            self._keys[self._nlp.vocab.strings[name]] = number
        self._classes: dict[int, int] = {}
        for number, (name, phrases) in enumerate(word_classes().items()):
            # Thousands of phrases: as hashes, which is what the matcher makes of a Doc; Docs would take seconds.
            strings = self._nlp.vocab.strings
            hashes: Any = [[strings.add(word) for word in phrase.split()] for phrase in phrases]
            self._matcher.add(_CLASS + name, hashes)
            self._classes[self._nlp.vocab.strings[_CLASS + name]] = number

    def read(self, documents: Iterable[Document]) -> list[ParsedDocument]:
        """Split and tokenise documents.

        Returns
        -------
        list of ParsedDocument
            In the order given.
        """
        split_documents = [(document, split(document)) for document in documents]
        with self._lock, self._nlp.memory_zone():
            read = [(document, self._read(document, sentences)) for document, sentences in split_documents]
        parsed = [ParsedDocument(document, sentences, _count(sentences)) for document, sentences in read]
        return [replace(document, evidence=find_evidence(document)) for document in parsed]

    def warm(self, words: Iterable[str]) -> None:
        """Fill the tokenizer's cache, which is not filled inside a memory zone."""
        with self._lock:
            for word in words:
                self._nlp.tokenizer(word)

    def _read(self, document: Document, sentences: Sequence[Sentence]) -> tuple[ParsedSentence, ...]:
        fields = {"title": prose_of(document.title or ""), "text": prose_of(document.text)}
        parsed = []
        for sentence in sentences:
            start = sentence.span.start
            prose = fields[sentence.span.field][start : sentence.span.end]
            doc, read = self._tokenise(_NOISE.sub(lambda run: " " * len(run.group()), prose))
            words: list[str] = []
            offsets: list[tuple[int, int]] = []
            position: dict[int, int] = {}
            for number, (word, place, size) in enumerate(read):
                if not word.isspace():
                    position[number] = len(words)
                    words.append(word)
                    offsets.append((start + place, start + place + size))
            parsed.append(
                ParsedSentence(
                    sentence,
                    tuple(words),
                    tuple(offsets),
                    *self._matches(doc, position),
                )
            )
        return tuple(parsed)

    def _matches(self, doc: Doc, position: dict[int, int]) -> tuple[Matches, Matches]:
        """Cues and classes, each by position."""
        cues, classes = [], []
        for key, first, last in self._matcher(doc):
            if first in position and last - 1 in position:
                number = self._keys.get(key)
                place = (position[first], position[last - 1] + 1)
                if number is None:
                    classes.append((self._classes[key], *place))
                else:
                    cues.append((number, *place))
        return tuple(sorted(cues, key=_by_place)), tuple(sorted(classes, key=_by_place))

    def _tokenise(self, text: str) -> tuple[Doc, list[tuple[str, int, int]]]:
        """The tokens, and of each how it reads (NORM in lower case, numbers folded), its place and its size.

        The matcher sees them read so, too.
        """
        doc = self._nlp.tokenizer(text)
        known = self._folded
        read = []
        for token in doc:
            key = token.norm
            folded = known.get(key)
            if folded is None:
                norm = token.norm_
                word = normalise(norm.lower())
                if len(known) >= _MOST_FOLDED:
                    known.clear()
                folded = known[key] = (word, word != norm)
            if folded[1]:
                token.norm_ = folded[0]
            read.append((folded[0], token.idx, len(token)))
        return doc, read


def _count(sentences: Sequence[ParsedSentence]) -> NDArray[np.float32]:
    counts = np.zeros((len(sentences), len(column_names())), dtype=np.float32)
    for row, sentence in enumerate(sentences):
        for column in columns_of(sentence.cues):
            counts[row, column] += 1
    return counts


def _by_place(match: tuple[int, int, int]) -> tuple[int, int, int]:
    return match[1], -match[2], match[0]


@cache
def shared_reader() -> Reader:
    """One reader a process."""
    return Reader()
