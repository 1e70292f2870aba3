"""Which labels are taken for which: gold labels of a sentence against the labels shown on it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from classifier.annotation import LabelledSpan
from classifier.labels import LABEL_IDS
from classifier.training.corpus import Article
from classifier.training.metrics import pairs_of

NONE = "none"
NAMES = (*LABEL_IDS, NONE)
"""Names of the rows (gold) and of the columns (shown)."""


def confusion(articles: Sequence[Article], predicted: Iterable[Sequence[LabelledSpan]]) -> dict[str, Any]:
    """Count pairs of gold and shown label, sentence by sentence.

    A label that is both gold and shown is a hit, on the diagonal, and takes no part in anything else. Each other
    gold label of the sentence is set against each other shown one; against ``none`` only if there is no such label.
    A row may therefore add up to more than its gold labels.

    Returns
    -------
    dict
        ``names`` of rows and columns, and ``counts``: a list of rows (gold) of whole numbers (shown). What is
        neither gold nor shown isn't counted: the last cell is 0.
    """
    place = {name: number for number, name in enumerate(NAMES)}
    counts = [[0] * len(NAMES) for _ in NAMES]
    for article, spans in zip(articles, predicted, strict=True):
        pairs = pairs_of(article, spans)
        for sentence in {number for number, _label in (*pairs.gold, *pairs.shown)}:
            gold = {label for number, label in pairs.gold if number == sentence}
            shown = {label for number, label in pairs.shown if number == sentence}
            for label in gold & shown:
                counts[place[label]][place[label]] += 1
            missed, false = gold - shown, shown - gold
            if not missed and not false:
                continue
            for label in missed or {NONE}:
                for other in false or {NONE}:
                    counts[place[label]][place[other]] += 1
    return {"names": list(NAMES), "counts": counts}
