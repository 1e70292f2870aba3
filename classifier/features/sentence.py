"""Features of a sentence's words: n-grams, cues, word classes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, Self

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from classifier.features.family import Family, sentences_of

# Models stored before the place had a file of its own look for its family here.
from classifier.features.place import PlaceFeatures  # noqa: F401
from classifier.features.reader import ParsedDocument
from classifier.features.reading import ParsedSentence
from classifier.features.rows import FeatureRows
from classifier.features.scopes import column_names
from classifier.features.word_classes import class_grams, ngrams, word_classes


def word_ngrams(sentence: ParsedSentence, longest: int) -> list[str]:
    """Word n-grams, 1 to ``longest``, with the sentence's edges as words of n-grams over 1."""
    return ngrams(sentence.tokens, longest)


class _Ngrams(Family):
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


class ClassFeatures(Family):
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


class CueFeatures(Family):
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
