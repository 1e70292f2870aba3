"""Simpler methods on the same split, to tell what the model is worth: a word list, word n-grams, sentence embeddings.

Baselines score our sentences and mark no words, so their rates count pairs of sentence and label as the model's do,
without triggers.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.base import clone
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import Pipeline

from classifier.first_stage import LinearLabelScorer
from classifier.labels import LABEL_IDS
from classifier.thresholds import choose_thresholds
from classifier.training.gold import TrainingSet, typical_articles
from classifier.training.intervals import draws, label_precision_draws, mean_draws, rate_draws, with_range
from classifier.training.metrics import (
    Counts,
    average_precisions,
    count_sentences,
    label_intervals,
    mean_average_precision,
    ranking,
    rates,
    with_intervals,
)
from classifier.training.studies import Log

_STRENGTH = 3.0
"""Inverse of regularisation, as in the model's own first stage."""
_RATES = ("precision", "recall", "f1")

Encoder: TypeAlias = Callable[[Sequence[str]], NDArray[np.float32]]
"""Sentences to embeddings, shape (n_sentences, n_dimensions)."""


@dataclass(frozen=True, slots=True, eq=False)
class Reference:
    """What the model does on the split: the baselines' measure.

    Parameters
    ----------
    counts : ndarray
        In mode ``balanced``; see ``Counts``.
    scores : ndarray, shape (n_sentences, n_labels)
    """

    counts: Counts
    scores: NDArray[np.float64]


@cache
def hype_words() -> tuple[str, tuple[str, ...]]:
    """The label of the word list, and its words."""
    raw = tomllib.loads(resources.files("classifier").joinpath("data/hype_baseline.toml").read_text(encoding="utf-8"))
    return raw["label"], tuple(raw["words"])


def hype_list(gold: TrainingSet, reference: Reference | None = None) -> dict[str, Any]:
    """Measure the list of hype words: a sentence with one of them carries the list's label.

    Parameters
    ----------
    gold : TrainingSet
        The articles measured on.
    reference : Reference, optional
        Adds ``difference``: the model's F1 of this label less the list's.

    Returns
    -------
    dict
        The ``label``, the number of ``words``; ``precision``, ``recall`` and ``f1`` as value, low and high.
    """
    label, words = hype_words()
    column = LABEL_IDS.index(label)
    one = slice(column, column + 1)
    found = np.array([[bool(_pattern().search(_folded(text)))] for text in sentence_texts(gold)])
    counts = count_sentences(found, gold.y[:, one], gold.sizes)
    measured = with_intervals(counts)
    result: dict[str, Any] = {"label": label, "words": len(words), **{name: measured[name] for name in _RATES}}
    if reference is not None:
        result["difference"] = {"f1": _f1_difference(reference.counts[:, one], counts)}
    return result


def word_ngrams(
    train: TrainingSet, test: TrainingSet | None, reference: Reference | None = None, *, jobs: int = -1
) -> dict[str, Any]:
    """Measure a logistic regression a label over TF-IDF of single words and pairs of words.

    Parameters
    ----------
    train : TrainingSet
        Articles with folds. Thresholds are chosen on scores out of fold, as the model's are.
    test : TrainingSet, optional
        Articles to measure on; the scores out of fold are measured if it is left out.
    reference : Reference, optional
        The model on ``test``; adds ``difference``, the model less the baseline.
    jobs : int
        Threads used to fit.

    Returns
    -------
    dict
        ``modes`` with the micro-averaged rates and F1 by label, and what ``ranking`` measures.
    """
    estimator = Pipeline(
        [
            ("words", TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True, dtype=np.float32)),
            ("labels", LinearLabelScorer(strength=_STRENGTH, jobs=jobs)),
        ]
    )
    x = np.array(sentence_texts(train), dtype=object)
    return _measured(estimator, x, train, None if test is None else (sentence_texts(test), test), reference)


def sentence_embeddings(
    encode: Encoder,
    train: TrainingSet,
    test: TrainingSet | None,
    reference: Reference | None = None,
    *,
    jobs: int = -1,
) -> dict[str, Any]:
    """Measure a logistic regression a label over frozen sentence embeddings; otherwise as ``word_ngrams``."""
    x = sparse.csr_matrix(encode(sentence_texts(train)))
    held = None if test is None else (sparse.csr_matrix(encode(sentence_texts(test))), test)
    return _measured(LinearLabelScorer(strength=_STRENGTH, jobs=jobs), x, train, held, reference)


def minilm_encoder(folder: Path | None) -> Encoder | str:
    """The encoder of a local MiniLM model, or why there is none, in words that name no path."""
    if folder is None:
        return "no folder of a model was given (--minilm)"
    try:
        # Heavy, and no dependency of this project: who wants this baseline installs it.
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415
    except ImportError:
        return "the package sentence_transformers isn't installed"
    if not folder.is_dir():
        return "the folder given with --minilm doesn't exist"
    try:
        model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    except (OSError, ValueError, KeyError) as err:
        return f"the folder given with --minilm holds no model that can be loaded ({type(err).__name__})"
    return lambda sentences: np.asarray(
        model.encode(list(sentences), normalize_embeddings=True, show_progress_bar=False), dtype=np.float32
    )


def baselines(
    train: TrainingSet,
    test: TrainingSet | None,
    reference: Reference | None = None,
    *,
    minilm: Path | None = None,
    jobs: int = -1,
    log: Log | None = None,
) -> dict[str, Any]:
    """All baselines; see the functions above.

    Returns
    -------
    dict
        ``split`` (``dev``, or ``cross_validation`` without ``test``) and its number of ``articles``; ``hype_list``,
        ``word_ngrams`` and ``minilm``, which has only the key ``left_out`` (why) if it couldn't be tried.
    """
    say = log or (lambda _line: None)
    say("baseline: word n-grams")
    result: dict[str, Any] = {
        "split": "cross_validation" if test is None else "dev",
        "articles": int(typical_articles(train).sum()) if test is None else len(test.articles),
        "hype_list": hype_list(test or _usual(train), reference),
        "word_ngrams": word_ngrams(train, test, reference, jobs=jobs),
    }
    encode = minilm_encoder(minilm)
    if isinstance(encode, str):
        say(f"baseline: MiniLM embeddings are left out: {encode}")
        result["minilm"] = {"left_out": encode}
    else:
        say("baseline: MiniLM embeddings")
        result["minilm"] = sentence_embeddings(encode, train, test, reference, jobs=jobs)
    return result


def sentence_texts(gold: TrainingSet) -> list[str]:
    """The words of all sentences, in order."""
    return [
        document.document.slice(parsed.sentence.span) for document in gold.documents for parsed in document.sentences
    ]


def _measured(
    estimator: Any, x: Any, train: TrainingSet, test: tuple[Any, TrainingSet] | None, reference: Reference | None
) -> dict[str, Any]:
    folds = np.repeat([-1 if article.fold is None else article.fold for article in train.articles], train.sizes)
    held = np.zeros(train.y.shape)
    for fold in np.unique(folds):
        inside = folds == fold
        held[inside] = clone(estimator).fit(x[~inside], train.y[~inside]).predict_proba(x[inside])
    usual = np.repeat(typical_articles(train), train.sizes)
    thresholds = choose_thresholds(held[usual], train.y[usual])
    if test is None:
        gold, scores = _usual(train), held[usual]
    else:
        gold, scores = test[1], clone(estimator).fit(x, train.y).predict_proba(test[0])
    result: dict[str, Any] = {"modes": {}, **ranking(scores, gold.y, gold.sizes)}
    for mode, row in thresholds.items():
        counts = count_sentences(scores >= np.array([row[label] for label in LABEL_IDS]), gold.y, gold.sizes)
        micro, by_label = with_intervals(counts), label_intervals(counts)
        result["modes"][mode] = {
            "micro": {name: micro[name] for name in _RATES},
            "f1_by_label": {
                label: {
                    "value": round(rates(counts[:, column].sum(axis=0))["f1"], 4),
                    "interval": by_label[label]["f1"],
                }
                for column, label in enumerate(LABEL_IDS)
            },
        }
        if reference is not None and mode == "balanced":
            result["difference"] = {
                "f1": _f1_difference(reference.counts, counts),
                "mean_average_precision": _precision_difference(reference.scores, scores, gold),
            }
    return result


def _usual(train: TrainingSet) -> TrainingSet:
    """The articles that rates are measured on."""
    usual = typical_articles(train)
    keep = np.flatnonzero(usual)
    return TrainingSet(
        tuple(train.articles[number] for number in keep),
        tuple(train.documents[number] for number in keep),
        train.y[np.repeat(usual, train.sizes)],
        (),
        (),
    )


def _f1_difference(model: Counts, baseline: Counts) -> dict[str, float]:
    drawn = draws(len(model))
    values = [rate_draws(counts.sum(axis=1), drawn)["f1"] for counts in (model, baseline)]
    points = [rates(counts.sum(axis=(0, 1)))["f1"] for counts in (model, baseline)]
    return with_range(points[0] - points[1], values[0] - values[1])


def _precision_difference(
    model: NDArray[np.float64], baseline: NDArray[np.float64], gold: TrainingSet
) -> dict[str, float]:
    drawn = draws(len(gold.sizes))
    values = [mean_draws(label_precision_draws(scores, gold.y, gold.sizes, drawn)) for scores in (model, baseline)]
    points = [mean_average_precision(average_precisions(scores, gold.y)) for scores in (model, baseline)]
    return with_range(points[0] - points[1], values[0] - values[1])


@cache
def _pattern() -> re.Pattern[str]:
    words = sorted(hype_words()[1], key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, words))})s?(?!\w)")


def _folded(text: str) -> str:
    """Lower case, with runs of white space and hyphens as one space."""
    return re.sub(r"[\s\-‐‑–]+", " ", text.lower())
