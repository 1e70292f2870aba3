"""The errors that cost most, with their words: for a terminal only.

The public articles' texts belong to others. Nothing here may be written to a file, and ``evaluate`` doesn't.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from classifier.annotation import LabelledSpan
from classifier.features.reader import ParsedDocument
from classifier.labels import LABEL_IDS
from classifier.training.corpus import Article
from classifier.training.gold import nearest
from classifier.training.metrics import pairs_of


@dataclass(frozen=True, slots=True)
class Mistake:
    """A label that is shown and isn't gold, or is gold and isn't shown.

    Parameters
    ----------
    kind : {"false alarm", "miss"}
    label : str
    score : float
        Calibrated probability in [0, 1] that the sentence carries the label.
    article : str
        The article's id.
    trigger, sentence : str
        Their words: private.
    """

    kind: Literal["false alarm", "miss"]
    label: str
    score: float
    article: str
    trigger: str
    sentence: str


def costliest(
    articles: Sequence[Article],
    documents: Sequence[ParsedDocument],
    scores: NDArray[np.floating[Any]],
    predicted: Sequence[Sequence[LabelledSpan]],
    wanted: int,
) -> list[Mistake]:
    """The false alarms with the highest scores, then the misses with the lowest.

    Parameters
    ----------
    articles : sequence of Article
    documents : sequence of ParsedDocument
        The same articles, read.
    scores : ndarray, shape (n_sentences, n_labels)
        Of the sentences of ``documents``.
    predicted : sequence of sequence of LabelledSpan
        What was shown, an article each.
    wanted : int
        How many in all, at least 0: half of each kind as far as there are as many.

    Returns
    -------
    list of Mistake
        At most ``wanted``. Of equal scores the first in the order of the articles comes first.
    """
    alarms: list[Mistake] = []
    misses: list[Mistake] = []
    start = 0
    for article, document, spans in zip(articles, documents, predicted, strict=True):
        bounds = [parsed.sentence.span for parsed in document.sentences]
        pairs = pairs_of(article, spans)
        for (number, label), found in pairs.shown.items():
            if (number, label) not in pairs.gold:
                best = max(found, key=lambda span: span.score)
                words = article.document.slice(article.sentences[number])
                alarms.append(Mistake("false alarm", label, best.score, article.id, best.text, words))
        for (number, label), trigger in pairs.gold.items():
            if (number, label) not in pairs.shown:
                row = start + nearest(bounds, trigger)
                score = float(scores[row, LABEL_IDS.index(label)])
                words = article.document.slice(article.sentences[number])
                misses.append(Mistake("miss", label, score, article.id, article.document.slice(trigger), words))
        start += len(bounds)
    alarms.sort(key=lambda mistake: -mistake.score)
    misses.sort(key=lambda mistake: mistake.score)
    half = max(wanted // 2, wanted - len(misses))
    alarms = alarms[: min(half, wanted)]
    return [*alarms, *misses[: wanted - len(alarms)]]


def listing(mistakes: Sequence[Mistake]) -> str:
    """The mistakes as text for a terminal, two lines each."""
    lines = []
    for mistake in mistakes:
        words = _plain(mistake.trigger)
        lines.append(f"{mistake.kind:<12}{mistake.score:.3f}  {mistake.label}  “{words}”  ({mistake.article})")
        lines.append(f"    {_plain(mistake.sentence)}")
    return "\n".join(lines)


def _plain(text: str) -> str:
    """On one line, without characters that could steer the terminal."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in " ".join(text.split()))
