"""Labelled articles as the arrays that estimators take."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifier.document import Span
from classifier.features.reader import ParsedDocument, shared_reader
from classifier.labels import LABEL_IDS
from classifier.training.corpus import Article
from classifier.triggers import TriggerExample


@dataclass(frozen=True, slots=True, eq=False)
class TrainingSet:
    """Articles read by the very reader that serves.

    Parameters
    ----------
    articles : tuple of Article
    documents : tuple of ParsedDocument
        One an article, in the same order.
    y : ndarray of 0 and 1, shape (n_sentences, n_labels)
        Gold labels of *our* sentences: a label belongs to the one in which the middle of its trigger falls.
    triggers : tuple of TriggerExample
        Every gold label.
    trigger_articles : tuple of int
        Number of the article of each of ``triggers``.
    """

    articles: tuple[Article, ...]
    documents: tuple[ParsedDocument, ...]
    y: NDArray[np.int8]
    triggers: tuple[TriggerExample, ...]
    trigger_articles: tuple[int, ...]

    @property
    def sizes(self) -> list[int]:
        """Number of sentences of each article."""
        return [len(document.sentences) for document in self.documents]


def typical_articles(gold: TrainingSet) -> NDArray[np.bool_]:
    """Which articles rates are measured on, shape (n_articles,): those of ``train``, or all where there is none.

    They are drawn as the held-out ones are. Our own are denser in labels, the later ones are twice as long and
    sparser: both teach, but would shift probabilities and thresholds.
    """
    drawn = np.array([article.split == "train" for article in gold.articles])
    return drawn if drawn.any() else np.ones(len(drawn), dtype=bool)


def training_set(articles: Sequence[Article]) -> TrainingSet:
    """Read articles and line their labels up with our sentences."""
    documents = [shared_reader().read([article.document])[0] for article in articles]
    column = {label: number for number, label in enumerate(LABEL_IDS)}
    targets, triggers, owners = [], [], []
    for number, (article, document) in enumerate(zip(articles, documents, strict=True)):
        bounds = [parsed.sentence.span for parsed in document.sentences]
        y = np.zeros((len(bounds), len(LABEL_IDS)), dtype=np.int8)
        for gold in article.labels:
            row = nearest(bounds, gold.trigger)
            y[row, column[gold.label]] = 1
            triggers.append(TriggerExample(document.sentences[row], column[gold.label], gold.trigger))
            owners.append(number)
        targets.append(y)
    return TrainingSet(tuple(articles), tuple(documents), np.vstack(targets), tuple(triggers), tuple(owners))


def nearest(sentences: Sequence[Span], span: Span) -> int:
    """Number of the sentence in which the middle of a span falls; in a gap, of the nearest one.

    Parameters
    ----------
    sentences : sequence of Span
        Ascending, of one field.
    span : Span
    """
    middle = span.middle
    row = max(0, bisect_right([sentence.start for sentence in sentences], middle) - 1)
    if row + 1 < len(sentences) and middle > sentences[row].end:
        before, after = middle - sentences[row].end, sentences[row + 1].start - middle
        return row + 1 if after < before else row
    return row
