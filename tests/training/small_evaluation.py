"""Invented articles, an annotator that looks for words, and measures of every kind."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.annotation import MODES, Annotation, LabelledSpan, Mode, ModelInfo
from classifier.document import Document, Span
from classifier.features.reader import shared_reader
from classifier.labels import LABEL_IDS
from classifier.segmentation import split
from classifier.training.corpus import Article, GoldLabel
from classifier.training.corpus import Split as SplitName

HYPE, CURE, SAFE = "sensational_language", "overstated_efficacy", "understated_harms"
WORDS = {HYPE: "zebramarvel", CURE: "zebracure", SAFE: "zebrasafe"}
"""Words that the annotator below knows; "zebra" stands for what no file must ever hold."""
THRESHOLDS: dict[Mode, float] = {"strict": 0.85, "balanced": 0.5, "sensitive": 0.2}


def article(number: int, text: str, *labels: tuple[str, str], split_name: SplitName = "own") -> Article:
    """An article whose labels are given with the words of their triggers."""
    document = Document(text)
    sentences = tuple(sentence.span for sentence in split(document))
    gold = []
    for label, words in labels:
        trigger = Span(text.index(words), text.index(words) + len(words))
        gold.append(GoldLabel(next(s for s in sentences if s.contains(trigger)), label, trigger))
    return Article(f"own-{number:03}", document, sentences, tuple(gold), split_name, number % 5, "story", None)


def news(count: int, split_name: SplitName = "own") -> list[Article]:
    """Articles that can be learnt from: three labels, each with its word, and sentences with none."""
    found = []
    for number in range(count):
        lines = [f"Zebra story {number} about pills", f"A zebra met {number} doctors on Monday."]
        labels = []
        for place, (label, word) in enumerate(WORDS.items()):
            if (number + place) % 2:
                lines.append(f"It is a {word} number {number * 3 + place}.")
                labels.append((label, f"{word} number {number * 3 + place}"))
            lines.append(f"Nobody asked the {number + place} zebras.")
        found.append(article(number, f"{lines[0]}\n\n{' '.join(lines[1:])}", *labels, split_name=split_name))
    return found


class WordAnnotator:
    """Shows a label wherever its word stands; its score is 0.9, or less if a figure says so: ``zebracure=30``."""

    model = ModelInfo(version="word-1", sha256="0" * 64)

    claims = None

    def scores(self, document: Document) -> NDArray[np.float64]:
        sentences = shared_reader().read([document])[0].sentences
        table = np.full((len(sentences), len(LABEL_IDS)), 0.01)
        for row, parsed in enumerate(sentences):
            for label, _span, score in self._found(document.slice(parsed.sentence.span)):
                table[row, LABEL_IDS.index(label)] = score
        return table

    def annotate_many(self, documents: Iterable[Document], *, mode: Mode = "balanced") -> Iterator[Annotation]:
        for document in documents:
            sentences = tuple(split(document))
            spans = []
            for sentence in sentences:
                for label, (start, end), score in self._found(document.slice(sentence.span)):
                    if score >= THRESHOLDS[mode]:
                        span = Span(sentence.span.start + start, sentence.span.start + end)
                        words = document.slice(span)
                        spans.append(LabelledSpan("0" * 16, label, span, sentence.span, words, score))
            yield Annotation(document, sentences, tuple(spans), self.model, mode)

    @staticmethod
    def _found(text: str) -> Iterator[tuple[str, tuple[int, int], float]]:
        for label, word in WORDS.items():
            for match in re.finditer(rf"{word}(?:=(\d+))?", text):
                yield label, match.span(), int(match.group(1) or 90) / 100


class QuickScorer:
    """In the pipeline's place: a score of 0.9 where a word stands that was seen under a label, else 0.1."""

    lessons: list[list[Any]] = []  # noqa: RUF012
    families: tuple[str, ...] = ()

    def fit(self, documents: Sequence[Any], y: NDArray[Any], folds: Any, typical: Any) -> QuickScorer:
        assert len(documents) == len(folds)
        assert typical is None or len(typical) == len(documents)
        self.lessons.append([document.document.text for document in documents])
        self.seen = {
            (token, column)
            for parsed, row in zip((s for d in documents for s in d.sentences), y, strict=True)
            for token in parsed.tokens
            if token.startswith("zebra")
            for column in np.flatnonzero(row).tolist()
        }
        self.held_out_ = self.predict_proba(documents)
        return self

    def predict_proba(self, documents: Sequence[Any]) -> NDArray[np.float64]:
        sentences = [sentence for document in documents for sentence in document.sentences]
        table = np.full((len(sentences), len(LABEL_IDS)), 0.1)
        for row, sentence in enumerate(sentences):
            for column in range(len(LABEL_IDS)):
                # Without its words the model knows nothing.
                if "words" in self.families and any((token, column) in self.seen for token in sentence.tokens):
                    table[row, column] = 0.9
        return table


def measures() -> dict[str, Any]:
    """Invented figures under every key of ``metrics.json`` that the card and its pictures read."""

    def value(middle: float) -> dict[str, float]:
        return {"value": middle, "low": middle - 0.04, "high": middle + 0.04}

    rates = {"precision": 0.5, "recall": 0.4, "f1": 0.44, "trigger_overlap": 0.9}
    limits = {name: [0.3, 0.6] for name in rates}
    count = len(LABEL_IDS)
    micro = {name: value(number) for name, number in rates.items()} | {"hits": 4, "shown": 8, "gold": 10}
    mode = {
        "micro": micro,
        "by_label": {label: rates | {"hits": 4, "shown": 8, "gold": 10} for label in LABEL_IDS},
        "intervals": dict.fromkeys(LABEL_IDS, limits),
    }
    dev = {
        "articles": 60,
        "modes": dict.fromkeys(MODES, mode),
        "average_precision": {label: 0.2 + number / 20 for number, label in enumerate(LABEL_IDS)} | {SAFE: None},
        "average_precision_interval": {key: [0.1, 0.9] for key in LABEL_IDS} | {SAFE: None},
        "mean_average_precision": 0.4321,
        "mean_average_precision_interval": [0.38, 0.49],
        "micro_average_precision": 0.4,
        "micro_average_precision_interval": [0.3, 0.5],
        "calibration_error": dict.fromkeys(LABEL_IDS, 0.004),
        "micro_calibration_error": 0.002,
        "confusion": {
            "names": [*LABEL_IDS, "none"],
            "counts": [
                [7 if row == column else (row * column) % 5 for column in range(count + 1)] for row in range(count + 1)
            ],
        },
        "precision_recall": {
            label: [[(step + 1) / 40, 1 - step / (50 + number)] for step in range(40)]
            for number, label in enumerate(LABEL_IDS)
        }
        | {SAFE: []},
        "reliability": [
            {
                "pairs": 9000 // (step + 1),
                "score": step / 10 + 0.05,
                "share": step / 11,
                "interval": [step / 12, step / 10],
            }
            for step in range(10)
        ],
    }
    trained = {
        "modes": {"balanced": {"micro": micro}},
        "mean_average_precision": 0.3,
        "mean_average_precision_interval": [0.2, 0.4],
        "difference": {"f1": value(0.1), "mean_average_precision": value(0.13)},
    }
    return {
        "dev": dev,
        "cross_validation": {
            "articles": 1380,
            "modes": dict.fromkeys(MODES, rates),
            "mean_average_precision": 0.338,
            "trigger_overlap": 0.9,
        },
        "criteria": {},
        "baselines": {
            "split": "dev",
            "articles": 60,
            "hype_list": {"label": HYPE, "words": 61, **micro, "difference": {"f1": value(-0.01)}},
            "word_ngrams": trained,
            "minilm": {"left_out": "the package sentence_transformers isn't installed"},
        },
        "learning_curve": {
            "folds": 3,
            "tested_articles": 828,
            "points": [
                {
                    "share": share,
                    "articles": round(1266 * share),
                    "mean_average_precision": value(0.3 + share / 10),
                    "f1": value(0.4 + share / 20),
                }
                for share in (0.125, 0.25, 0.5, 1.0)
            ],
        },
        "ablation": {
            "folds": 3,
            "tested_articles": 1380,
            "whole": {"mean_average_precision": value(0.338), "f1": value(0.43)},
            "without": {
                family: {
                    "mean_average_precision": value(0.3),
                    "f1": value(0.4),
                    "difference": {"mean_average_precision": value(-0.04 * place), "f1": value(-0.03 * place)},
                }
                for place, family in enumerate(("words", "cues", "place", "evidence"))
            },
        },
    }


MANIFEST: dict[str, Any] = {
    "version": "1.2.3",
    "model": {"bytes": 4_200_000, "sha256": "a" * 64},
    "libraries": {"numpy": "2.0"},
    "training": {"articles": {"train": 2}, "sentences": 9, "labels": 3, "seed": 0, "corpus": True},
}
