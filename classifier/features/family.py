"""What families of features have in common.

Every family takes a sequence of ``ParsedDocument`` and gives one row a sentence, in document order; that is how a
scikit-learn pipeline can look at neighbours without breaking rows apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scipy import sparse
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from classifier.features.reader import ParsedDocument
from classifier.features.reading import ParsedSentence
from classifier.features.rows import FeatureRows


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


class Family(TransformerMixin, BaseEstimator):  # type: ignore[misc]
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
