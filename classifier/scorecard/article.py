"""Features of a whole article: its sentences' scores, its cues, what it tells of its evidence, its words."""

from __future__ import annotations

import tomllib
from collections import Counter
from functools import cache
from importlib import resources
from itertools import chain, pairwise

import numpy as np
from numpy.typing import NDArray

from classifier.evidence import KINDS, Evidence, summarise
from classifier.evidence.kinds import VALUES
from classifier.features.cues import cue_lists
from classifier.features.reader import ParsedDocument
from classifier.features.reading import Reading, remembered
from classifier.odds import log_odds

LEAD = 6
"""Sentences of an article, the headline with them, in which its message stands."""
_DIGEST = 4
"""Sentences of the lead in which words and tellings count as up front."""


@cache
def word_lists() -> dict[str, frozenset[str]]:
    """Words and pairs of words by list, in file order.

    Raises
    ------
    ValueError
        If a list is empty or holds more than pairs.
    """
    raw = tomllib.loads(resources.files("classifier").joinpath("data/article_words.toml").read_text(encoding="utf-8"))
    for name, phrases in raw.items():
        if not phrases or any(len(phrase.split()) > 2 for phrase in phrases):
            raise ValueError(f"article_words.toml: {name!r} is empty or holds more than pairs of words")
    return {name: frozenset(phrases) for name, phrases in raw.items()}


@cache
def _lists_by_phrase() -> dict[str, tuple[int, ...]]:
    found: dict[str, tuple[int, ...]] = {}
    for number, phrases in enumerate(word_lists().values()):
        for phrase in phrases:
            found[phrase] = (*found.get(phrase, ()), number)
    return found


def article_grams(document: ParsedDocument) -> list[list[str]]:
    """Words and pairs of neighbouring words of each sentence."""
    return [grams_of(parsed.reading) for parsed in document.sentences]


def grams_of(reading: Reading) -> list[str]:
    """Words and pairs of neighbouring words of a sentence."""
    tokens = reading.tokens
    return remembered(
        reading.memo, "article_grams", lambda: [*tokens, *(f"{one} {two}" for one, two in pairwise(tokens))]
    )


def article_row(document: ParsedDocument, scores: NDArray[np.float64]) -> NDArray[np.float32]:
    """One row of an article's features.

    Parameters
    ----------
    document : ParsedDocument
    scores : ndarray, shape (n_sentences, n_labels)
        Label probabilities in [0, 1].

    Returns
    -------
    ndarray of float32, shape (n_features,)
        Of one length whatever the article.

    Raises
    ------
    ValueError
        If there isn't one row of scores a sentence.
    """
    if len(scores) != len(document.sentences):
        raise ValueError(f"{len(document.sentences)} sentences but {len(scores)} rows of scores")
    parts = [_scores(scores), _cues(document), _evidence(document), _shape(document), _words(document)]
    return np.hstack(parts).astype(np.float32)


def _scores(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """By label: highest, third highest, mean, lead's and headline's log-odds; expected number, all and by sentence."""
    odds = log_odds(scores)
    falling = np.sort(odds, axis=0)[::-1]
    expected = scores.sum(axis=0)
    return np.hstack(
        [
            falling[0],
            falling[min(2, len(odds) - 1)],
            odds.mean(axis=0),
            odds[:LEAD].max(axis=0),
            odds[0],
            expected,
            np.sqrt(expected),
            expected / len(odds) * 10,
        ]
    )


def _cues(document: ParsedDocument) -> NDArray[np.float64]:
    """By cue list: share of sentences, sentences up to 4, in the lead; by column with scopes: count, any."""
    lists = len(cue_lists())
    counts = document.cue_counts.astype(np.float64)
    present = counts[:, :lists] > 0
    total = counts.sum(axis=0)
    return np.hstack(
        [
            present.mean(axis=0),
            np.minimum(present.sum(axis=0), 4) / 4,
            present[:LEAD].max(axis=0),
            np.log1p(total),
            total[lists:] > 0,
        ]
    )


def _evidence(document: ParsedDocument) -> NDArray[np.float64]:
    """By kind: told, sentences, plainly, of other work, first place, up front, density; by value; the summary."""
    sentences = len(document.sentences)
    row: list[float] = []
    for kind in KINDS:
        own = [telling for telling in document.evidence if telling.kind == kind and not telling.background]
        places = {telling.sentence for telling in own}
        row += [
            bool(own),
            min(len(places), 5) / 5,
            any(not telling.weak for telling in own),
            any(telling.kind == kind and telling.background for telling in document.evidence),
            min(places) / sentences if places else 1.0,
            any(place < _DIGEST for place in places),
            len(places) / sentences**0.5,
        ]
        row += _values(kind, own)
    summary = summarise(document.evidence, sentences)
    for kind, chosen in (("design", summary.design), ("stage", summary.stage)):
        row += [chosen == value for value in (*VALUES[kind], None)]
    row += [summary.approved, np.log1p(summary.sample_size or 0) / 6, len(summary.told) / len(KINDS)]
    return np.asarray(row, dtype=np.float64)


def _values(kind: str, own: list[Evidence]) -> list[float]:
    told = Counter(telling.value for telling in own)
    return [figure for value in VALUES[kind] for figure in (float(told[value] > 0), min(told[value], 4) / 4)]


def _shape(document: ParsedDocument) -> NDArray[np.float64]:
    """Length, paragraphs, figures, quotes, who speaks, hedges, typography."""
    sentences = document.sentences
    tokens = Counter(token for parsed in sentences for token in parsed.tokens)
    words = max(1, sum(tokens.values()))
    figures = sum(number for token, number in tokens.items() if "#" in token)
    quotes = tokens['"'] + tokens["“"]
    share = 50 / words
    row = [
        np.log1p(words),
        np.log1p(len(sentences)),
        words / len(sentences) / 20,
        np.log1p(sentences[-1].sentence.paragraph),
        figures * share,
        (tokens["%"] + tokens["percent"]) * share,
        quotes * share,
        np.log1p(quotes / 2),
        np.log1p(tokens["$"]),
        tokens["said"] * share,
        tokens["says"] * share,
        np.log1p(tokens["study"]),
        np.log1p(tokens["patients"]),
        np.log1p(tokens["we"]),
        tokens["we"] * share,
        (tokens["could"] + tokens["may"] + tokens["might"]) * share,
        tokens["not"] * share,
        tokens["but"] * share,
        tokens["however"] > 0,
        "?" in sentences[0].tokens,
        len(sentences[0].tokens) / 15,
        np.mean([parsed.sentence.kind == "bullet" for parsed in sentences]),
        np.mean([parsed.sentence.kind == "heading" for parsed in sentences]),
    ]
    return np.asarray(row, dtype=np.float64)


def _listed(reading: Reading) -> list[int]:
    """Number of the list of each word and pair that is on one."""
    known = _lists_by_phrase()
    return remembered(
        reading.memo, "article_lists", lambda: [number for gram in grams_of(reading) for number in known.get(gram, ())]
    )


def _words(document: ParsedDocument) -> NDArray[np.float64]:
    """By list of words: any, count, density, up front, in the headline."""
    listed = [_listed(parsed.reading) for parsed in document.sentences]
    size = len(word_lists())
    total, front, headline = (
        np.bincount(np.fromiter(chain.from_iterable(part), dtype=np.int64), minlength=size)
        for part in (listed, listed[:_DIGEST], listed[:1])
    )
    words = max(50, sum(len(parsed.tokens) for parsed in document.sentences))
    return np.hstack([total > 0, np.log1p(total), np.sqrt(total / words * 200), front > 0, headline > 0])
