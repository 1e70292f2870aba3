"""Sentences to tokens and cue matches: the only place that runs spaCy.

Everything is copied out of spaCy's objects before their memory zone closes, so that a long-running
service doesn't grow, and a lock keeps the zone (which isn't thread-safe) to one thread at a time.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import chain
from typing import Any

import numpy as np
import spacy
from numpy.typing import NDArray
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc

from classifier.document import Document, Field, Sentence
from classifier.evidence import Evidence, find_evidence
from classifier.features.cues import NUMBER, PERCENT, WHOLE, cue_lists, forms, normalise
from classifier.features.reading import NUMBERS, Matches, ParsedSentence, Reading, SentenceCache, of_each, remembered
from classifier.features.rows import stacked
from classifier.features.scopes import column_names, columns_of
from classifier.features.word_classes import word_classes
from classifier.features.zone import RollingZone
from classifier.prose import prose_of
from classifier.recent import Recent
from classifier.segmentation import split

_NOISE = re.compile(r"[^\w\s]{50,}")
"""Holds no word, and spaCy's tokenizer takes quadratic time over it: read as white space."""
_MOST_FOLDED = 100_000
"""So many words' readings are remembered."""
_CLASS = "class:"
"""Keeps a class apart from a cue list of the same name."""


@dataclass(frozen=True, slots=True, eq=False)
class ParsedDocument:
    """A document with all its sentences read.

    Parameters
    ----------
    document : Document
    sentences : tuple of ParsedSentence
        Never empty.
    memo : dict
        What was worked out of all this, by name.
    whole : int, optional
        How many sentences the document has, if these are only some of them; see ``part``.
    """

    document: Document
    sentences: tuple[ParsedSentence, ...]
    memo: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)
    whole: int | None = None

    @property
    def size(self) -> int:
        """Sentences of the whole document."""
        return self.whole or len(self.sentences)

    def part(self, numbers: Iterable[int]) -> ParsedDocument:
        """Some of its sentences, by their place among these: for what hangs on no neighbour."""
        return ParsedDocument(self.document, tuple([self.sentences[number] for number in numbers]), whole=self.size)

    def recent(self, about: Hashable, weight: int = 1) -> dict[Any, Any]:
        """A memo for what hangs on nothing but ``about``, by name; "number" is a number that no other memo has.

        Those of a few articles are kept beside the readings, so that an article gets its own back while somebody
        writes in it without changing that.

        Parameters
        ----------
        about : hashable
        weight : int
            About how many sentences' worth the memo and ``about`` hold, at least 1: so many fewer are kept.
        """

        def made(abouts: list[Hashable]) -> list[tuple[dict[Any, Any], int]]:
            return [({"number": next(NUMBERS)}, weight) for _ in abouts]

        kept: Recent[Hashable, dict[Any, Any]] | None = self.memo.get("recent")
        return made([about])[0][0] if kept is None else kept.all_of([about], made)[about]

    @property
    def prose(self) -> str:
        """The text without markup; see ``prose_of``."""
        return remembered(self.memo, "prose", lambda: prose_of(self.document.text))

    @property
    def cue_counts(self) -> NDArray[np.float32]:
        """How often each column of ``scopes.column_names()`` matches in each sentence, (n_sentences, n_columns)."""
        return self._counts[:, : len(column_names())]

    @property
    def class_counts(self) -> NDArray[np.float32]:
        """How often each word class matches in each sentence, shape (n_sentences, n_classes)."""
        return self._counts[:, len(column_names()) :]

    @property
    def _counts(self) -> NDArray[np.float32]:
        return remembered(self.memo, "counts", lambda: stacked(of_each(self.sentences, "counts", _counts)))

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """What the article tells of its evidence, by position."""
        return remembered(self.memo, "evidence", lambda: find_evidence(self))


class Reader:
    """Reads documents with a blank English pipeline: tokenizer and phrase matcher, no statistical part.

    Safe to share between threads.
    """

    def __init__(self) -> None:
        self._nlp = spacy.blank("en")
        self._lock = threading.Lock()
        self._zone = RollingZone(self._nlp)
        self._matcher = PhraseMatcher(self._nlp.vocab, attr="NORM")
        self._folded: dict[int, tuple[str, bool]] = {}
        self._keys: dict[int, int] = {}
        for number, (name, phrases) in enumerate(cue_lists().items()):
            # Glued, as in running text: spaCy reads the "n't" of "doesn't" as "not", but a lone one as itself.
            glued = (
                form.replace(" n't", "n't").replace(NUMBER, "7") for form in chain.from_iterable(map(forms, phrases))
            )
            self._matcher.add(name, [self._tokenise(phrase)[0] for phrase in glued])
            self._keys[self._nlp.vocab.strings[name]] = number
        self._classes: dict[int, int] = {}
        for number, (name, phrases) in enumerate(word_classes().items()):
            # Thousands of phrases: as hashes, which is what the matcher makes of a Doc; Docs would take seconds.
            strings = self._nlp.vocab.strings
            hashes: Any = [
                [strings.add(word) for word in form.split()] for form in chain.from_iterable(map(forms, phrases))
            ]
            self._matcher.add(_CLASS + name, hashes)
            self._classes[self._nlp.vocab.strings[_CLASS + name]] = number

    def read(self, documents: Iterable[Document], cache: SentenceCache | None = None) -> list[ParsedDocument]:
        """Split and tokenise documents.

        Parameters
        ----------
        documents : iterable of Document
        cache : SentenceCache, optional
            Where readings are looked up and kept.

        Returns
        -------
        list of ParsedDocument
            In the order given.
        """
        read: list[tuple[Document, str, list[tuple[Sentence, str]]]] = []
        for document in documents:
            prose = prose_of(document.text)
            fields: dict[Field, str] = {"title": prose_of(document.title or ""), "text": prose}
            read.append((document, prose, list(_texts(document, fields))))
        kept = SentenceCache(0) if cache is None else cache
        readings = kept.all_of((text for _, _, sentences in read for _, text in sentences), self._read_all)
        return [
            ParsedDocument(
                document,
                tuple([ParsedSentence(sentence, readings[text]) for sentence, text in sentences]),
                {"prose": prose, "recent": kept.memos},
            )
            for document, prose, sentences in read
        ]

    def warm(self, words: Iterable[str]) -> None:
        """Fill the tokenizer's cache, which is not filled inside a memory zone."""
        with self._lock:
            self._zone.leave()
            for word in words:
                self._nlp.tokenizer(word)

    def forget(self) -> None:
        """Forget the words that were met and that the vocabulary lacks."""
        with self._lock:
            self._zone.leave()

    def _read_all(self, texts: Sequence[str]) -> list[tuple[Reading, int]]:
        with self._lock:
            self._zone.enter(sum(map(len, texts)))
            return [(self._read(text), 1) for text in texts]

    def _read(self, text: str) -> Reading:
        doc, read = self._tokenise(_NOISE.sub(lambda run: " " * len(run.group()), text))
        words: list[str] = []
        places: list[tuple[int, int]] = []
        position: dict[int, int] = {}
        for number, (word, place, size) in enumerate(read):
            if not word.isspace():
                position[number] = len(words)
                words.append(word)
                places.append((place, place + size))
        return Reading(text, tuple(words), tuple(places), *self._matches(doc, position))

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
        for number, (key, place, size) in enumerate(doc.to_array(["NORM", "IDX", "LENGTH"]).tolist()):
            folded = known.get(key)
            if folded is None:
                norm = doc[number].norm_
                word = normalise(norm.lower())
                if len(known) >= _MOST_FOLDED:
                    known.clear()
                folded = known[key] = (word, word != norm)
            if folded[1]:
                doc[number].norm_ = folded[0]
            read.append((folded[0], place, size))
        if WHOLE in text:
            _unfold(doc, read)
        return doc, read


def _unfold(doc: Doc, read: list[tuple[str, int, int]]) -> None:
    """Give whole percentages their number back."""
    for number, (_, place, size) in enumerate(read[:-1]):
        after = [word for word, _, _ in read[number + 1 : number + 3]]
        if doc[number].text == WHOLE and (after[0] in PERCENT or " ".join(after) in PERCENT):
            doc[number].norm_ = WHOLE
            read[number] = (WHOLE, place, size)


def _texts(document: Document, prose: Mapping[Field, str]) -> Iterator[tuple[Sentence, str]]:
    """Each sentence and its prose."""
    for sentence in split(document, prose):
        span = sentence.span
        yield sentence, prose[span.field][span.start : span.end]


def _counts(reading: Reading) -> NDArray[np.float32]:
    """Cues and their scopes, then word classes."""
    first = len(column_names())
    counts = np.zeros(first + len(word_classes()), dtype=np.float32)
    for column in columns_of(reading.cues):
        counts[column] += 1
    for number, _, _ in reading.classes:
        counts[first + number] += 1
    return counts


def _by_place(match: tuple[int, int, int]) -> tuple[int, int, int]:
    return match[1], -match[2], match[0]


@cache
def shared_reader() -> Reader:
    """One reader a process."""
    return Reader()
