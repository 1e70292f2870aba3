"""Features of a sentence by itself: words, cues, numbers, place.

Every transformer takes a sequence of ``ParsedDocument`` and gives one row a sentence, in document
order; that is how a scikit-learn pipeline can look at neighbours without breaking rows apart.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.utils.validation import check_is_fitted

from classifier.features.cues import NUMBER
from classifier.features.reader import ParsedDocument
from classifier.features.reading import ParsedSentence, Reading, of_each, remembered
from classifier.features.rows import FeatureRows, stacked
from classifier.features.scopes import column_names
from classifier.features.word_classes import class_grams, ngrams, word_classes

PLACE_NAMES = (
    "headline", "heading", "bullet", "first_body", "early", "depth", "length", "very_short", "has_quote",
    "starts_with_quote", "has_number", "has_percent", "has_money", "has_question", "many_numbers",
)  # fmt: skip
_EARLY = 5
_KINDS = ("headline", "heading", "bullet")
_KIND_NUMBERS = {kind: number for number, kind in enumerate((*_KINDS, "body"))}
_QUOTES = frozenset({'"', "“", "”", "''", "``"})
_PERCENT = frozenset({"%", "percent"})
_MONEY = frozenset({"$", "£", "€"})


def sentences_of(documents: Sequence[ParsedDocument]) -> Iterator[ParsedSentence]:
    """All sentences of the documents, in order."""
    return (sentence for document in documents for sentence in document.sentences)


def part_of(documents: Sequence[ParsedDocument], numbers: Sequence[int]) -> list[ParsedDocument]:
    """Some of the sentences of documents, by their place among all, rising; see ``ParsedDocument.part``."""
    parts = []
    start = 0
    for document in documents:
        stop = start + len(document.sentences)
        inside = [number - start for number in numbers if start <= number < stop]
        if inside:
            parts.append(document.part(inside))
        start = stop
    return parts


def word_ngrams(sentence: ParsedSentence, longest: int) -> list[str]:
    """Word n-grams, 1 to ``longest``, with the sentence's edges as words of n-grams over 1."""
    return ngrams(sentence.tokens, longest)


class _Family(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """A family of features: ``rows`` gives them as arrays, ``transform`` as scikit-learn wants them."""

    by_place: bool

    def rows(self, documents: Sequence[ParsedDocument]) -> FeatureRows:
        """Features of all sentences in document order, float32."""
        raise NotImplementedError

    def transform(self, documents: Sequence[ParsedDocument]) -> sparse.csr_matrix:
        """``rows`` as a matrix.

        Raises
        ------
        NotFittedError
            If it isn't fitted.
        """
        check_is_fitted(self)
        return self.rows(documents).matrix()


class _Ngrams(_Family):
    """TF-IDF of a sentence's n-grams; a subclass says of which, by its analyzer."""

    by_place = False
    longest: int
    min_sentences: int

    def fit(self, documents: Sequence[ParsedDocument], y: Any = None) -> Self:
        """Learn the vocabulary and its weights.

        Raises
        ------
        ValueError
            If a parameter is out of range, or no n-gram is frequent enough.
        """
        if self.longest < 1 or self.min_sentences < 1:
            raise ValueError("longest and min_sentences must be at least 1")
        vectorizer = TfidfVectorizer(
            analyzer=self._analyzer(), min_df=self.min_sentences, sublinear_tf=True, dtype=np.float32
        )
        vectorizer.fit(sentences_of(documents))
        self.vocabulary_ = {gram: int(number) for gram, number in vectorizer.vocabulary_.items()}
        self.idf_ = vectorizer.idf_.astype(np.float32)
        return self

    def rows(self, documents: Sequence[ParsedDocument]) -> FeatureRows:
        """Rows of unit length, shape (n_sentences, n_ngrams)."""
        # The vectorizer's own transform checks more than it reckons: for one sentence it takes ten times as long.
        analyze, known = self._analyzer(), self.vocabulary_
        numbers: list[int] = []
        times: list[int] = []
        ends = [0]
        for sentence in sentences_of(documents):
            found = Counter([number for gram in analyze(sentence) if (number := known.get(gram)) is not None])
            numbers += found.keys()
            times += found.values()
            ends.append(len(numbers))
        columns = np.array(numbers, dtype=np.int32)
        values = (np.log(np.array(times, dtype=np.float32)) + 1) * self.idf_[columns]
        places = np.array(ends)
        lengths = places[1:] - places[:-1]
        squares = np.bincount(np.repeat(np.arange(len(lengths)), lengths), values**2, minlength=len(lengths))
        values /= np.repeat(np.sqrt(squares), lengths).astype(np.float32)
        return FeatureRows(values, columns, places, (len(lengths), len(self.idf_)))

    def _analyzer(self) -> Callable[[ParsedSentence], list[str]]:
        raise NotImplementedError


class WordNgrams(_Ngrams):
    """TF-IDF of word n-grams over spaCy tokens.

    Parameters
    ----------
    longest : int
        Longest n-gram, at least 1.
    min_sentences : int
        An n-gram must stand in this many sentences of the training data.
    """

    def __init__(self, longest: int = 3, min_sentences: int = 3) -> None:
        self.longest = longest
        self.min_sentences = min_sentences

    def _analyzer(self) -> _Analyzer:
        return _Analyzer(self.longest)


class _Analyzer:
    """``word_ngrams`` with its length bound: a callable that pickles."""

    def __init__(self, longest: int) -> None:
        self.longest = longest

    def __call__(self, sentence: ParsedSentence) -> list[str]:
        return word_ngrams(sentence, self.longest)


class ClassGrams(_Ngrams):
    """TF-IDF of n-grams over word classes; see ``word_classes.class_grams``.

    Parameters
    ----------
    longest : int
        Longest n-gram, at least 1.
    min_sentences : int
        An n-gram must stand in this many sentences of the training data.
    """

    def __init__(self, longest: int = 4, min_sentences: int = 4) -> None:
        self.longest = longest
        self.min_sentences = min_sentences

    def _analyzer(self) -> _ClassAnalyzer:
        return _ClassAnalyzer(self.longest)


class _ClassAnalyzer:
    """``class_grams`` with its length bound: a callable that pickles."""

    def __init__(self, longest: int) -> None:
        self.longest = longest

    def __call__(self, sentence: ParsedSentence) -> list[str]:
        return class_grams(sentence, self.longest)


class ClassFeatures(_Family):
    """Which word classes stand in the sentence.

    Parameters
    ----------
    weight : float
        Value of a class that is there; above 0.
    """

    by_place = False

    def __init__(self, weight: float = 0.5) -> None:
        self.weight = weight

    def fit(self, documents: Sequence[ParsedDocument], y: Any = None) -> Self:
        """Remember the classes' names."""
        if not self.weight > 0:
            raise ValueError("weight must be above 0")
        self.names_ = tuple(word_classes())
        return self

    def rows(self, documents: Sequence[ParsedDocument]) -> FeatureRows:
        """0 or ``weight``, shape (n_sentences, n_classes)."""
        counts = np.vstack([document.class_counts for document in documents])
        return FeatureRows.of((counts > 0).astype(np.float32) * self.weight)


class CueFeatures(_Family):
    """Which cue lists match in the sentence, and how often.

    Parameters
    ----------
    weight : float
        Value of a matching list; above 0. Regularisation is the lighter the larger it is.
    """

    by_place = False

    def __init__(self, weight: float = 0.5) -> None:
        self.weight = weight

    def fit(self, documents: Sequence[ParsedDocument], y: Any = None) -> Self:
        """Remember the lists' names, so that a model refuses other lists than it was trained with."""
        if not self.weight > 0:
            raise ValueError("weight must be above 0")
        self.names_ = column_names()
        return self

    def rows(self, documents: Sequence[ParsedDocument]) -> FeatureRows:
        """Columns: a match at all, then the count up to 3 as thirds; shape (n_sentences, 2 n_columns)."""
        counts = np.vstack([document.cue_counts for document in documents])
        return FeatureRows.of(np.hstack([counts > 0, np.minimum(counts, 3) / 3]).astype(np.float32) * self.weight)


class PlaceFeatures(_Family):
    """Where the sentence stands and what it is made of: headline, depth, length, quotes, numbers, money."""

    by_place = True

    def fit(self, documents: Sequence[ParsedDocument], y: Any = None) -> Self:
        """Nothing to learn."""
        self.names_ = PLACE_NAMES
        return self

    def rows(self, documents: Sequence[ParsedDocument]) -> FeatureRows:
        """Values in [0, 1], shape (n_sentences, len(PLACE_NAMES))."""
        return FeatureRows.of(np.vstack([place_features(document) for document in documents]))


def place_features(document: ParsedDocument) -> NDArray[np.float32]:
    """Dense place features of one document, shape (n_sentences, len(PLACE_NAMES))."""
    return remembered(document.memo, "place", lambda: _place_features(document))


def places_of(documents: Iterable[ParsedDocument]) -> Iterator[tuple[int, int, str]]:
    """All that the place features of each sentence hang on but its words."""
    for document in documents:
        size = document.size
        for parsed in document.sentences:
            sentence = parsed.sentence
            yield size, sentence.index, sentence.kind


def _place_features(document: ParsedDocument) -> NDArray[np.float32]:
    result = np.zeros((len(document.sentences), len(PLACE_NAMES)), dtype=np.float32)
    kinds = np.array([_KIND_NUMBERS[parsed.sentence.kind] for parsed in document.sentences])
    places = np.array([parsed.sentence.index for parsed in document.sentences])
    first = len(_KINDS)
    result[:, :first] = kinds[:, None] == np.arange(first)
    result[:, first] = places == 1
    result[:, first + 1] = places < _EARLY
    result[:, first + 2] = places / document.size
    result[:, first + 3 :] = stacked(of_each(document.sentences, "form", _form))
    return result


def _form(reading: Reading) -> NDArray[np.float64]:
    """Length, quotes, numbers, money, question."""
    tokens = reading.tokens
    words = frozenset(tokens)
    numbers = sum(NUMBER in token for token in tokens)
    form = (
        min(len(tokens), 60) / 60,
        len(tokens) < 6,
        not words.isdisjoint(_QUOTES),
        bool(tokens) and tokens[0] in _QUOTES,
        numbers > 0,
        not words.isdisjoint(_PERCENT),
        not words.isdisjoint(_MONEY),
        "?" in words,
        numbers > 2,
    )
    return np.array(form, dtype=np.float64)
