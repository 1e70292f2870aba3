"""The one composer: every entry point calls ``Annotator.annotate`` or ``annotate_many``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from classifier.annotation import (
    Annotation,
    LabelledSpan,
    LazyScorecard,
    Mode,
    ModelInfo,
    TextWarning,
    check_mode,
    span_id,
)
from classifier.claims import ClaimStrength
from classifier.document import Document, Span
from classifier.evidence import summarise
from classifier.exemptions import exempt
from classifier.features.reader import ParsedDocument, Reader, shared_reader
from classifier.features.reading import ParsedSentence, SentenceCache, remembered, remembered_of
from classifier.features.told import told_memo
from classifier.labels import LABEL_IDS, select
from classifier.language import is_other_language
from classifier.notes import Notes
from classifier.prose import looks_like_html
from classifier.scorecard import Scorecard
from classifier.scoring import StackedScorer
from classifier.segmentation import MAX_SENTENCES
from classifier.tellings import shown
from classifier.thresholds import Thresholds
from classifier.triggers import TriggerFinder

_BATCH_DOCUMENTS = 16
_BATCH_CHARS = 200_000
REMEMBERS = 2_000
"""Sentences of some thirty articles, about 25 MB."""

NOT_ENGLISH = TextWarning("not_english", "The text doesn't seem to be English, so nothing was marked.")
HTML = TextWarning("html", "The text holds HTML tags; they were read as white space.")


TOO_MANY_SENTENCES = TextWarning(
    "too_many_sentences", f"Only the first {MAX_SENTENCES} sentences were read; the rest of the text was not."
)


class Annotator:
    """Scores articles with one loaded model. Safe to share between threads.

    Parameters
    ----------
    scorer : StackedScorer
        Fitted; documents to probabilities.
    triggers : TriggerFinder
        Fitted.
    thresholds : mapping
        By mode, then label id; in [0, 1].
    model : ModelInfo
    scorecard : Scorecard, optional
    reader : Reader, optional
        Its own tokenizer; the process's shared one by default.
    remembers : int
        Sentences whose words aren't worked out again when they come again, at least 0: those met last. It makes no
        difference to any result. About 13 kB each; they stay in memory only.
    """

    def __init__(
        self,
        scorer: StackedScorer,
        triggers: TriggerFinder,
        thresholds: Thresholds,
        model: ModelInfo,
        scorecard: Scorecard | None = None,
        reader: Reader | None = None,
        remembers: int = REMEMBERS,
    ) -> None:
        self.model = model
        self._scorer = scorer
        self._triggers = triggers
        self._thresholds = {mode: np.array([row[label] for label in LABEL_IDS]) for mode, row in thresholds.items()}
        self._scorecard = scorecard
        self._reader = reader or shared_reader()
        self._cache = SentenceCache(remembers)

    def annotate(
        self, text: str, *, title: str | None = None, mode: Mode = "balanced", labels: Iterable[str] | None = None
    ) -> Annotation:
        """Annotate one article.

        Parameters
        ----------
        text : str
            The article; with no ``title``, a first line followed by a blank line is its headline.
        title : str, optional
            The headline, if apart; spans in it have the field ``title``.
        mode : {"strict", "balanced", "sensitive"}
            How sure a span must be: precision first, the best balance, or recall first.
        labels : iterable of str, optional
            Only these labels; all by default.

        Returns
        -------
        Annotation

        Raises
        ------
        InvalidInputError
            If an argument can't be used; names it.
        """
        return next(self.annotate_many([Document(text, title)], mode=mode, labels=labels))

    def annotate_many(
        self, documents: Iterable[Document], *, mode: Mode = "balanced", labels: Iterable[str] | None = None
    ) -> Iterator[Annotation]:
        """Annotate articles in order, lazily, a small batch at a time, with the same results as one by one.

        Raises
        ------
        InvalidInputError
            At the call, if ``mode`` or ``labels`` can't be used.
        """
        checked, chosen = check_mode(mode), select(labels)
        return (
            annotation for batch in _batches(documents) for annotation in self._annotate_batch(batch, checked, chosen)
        )

    @property
    def claims(self) -> ClaimStrength | None:
        """The model of claims' strength inside the scorer, if it has one."""
        return self._scorer.claims

    def scores(self, document: Document) -> NDArray[np.float64]:
        """Calibrated probabilities of one article, shape (n_sentences, n_labels), before any threshold.

        0 where the rule book excuses a label; see ``exempt``.
        """
        parsed = self._reader.read([document], self._cache)
        return np.where(exempt(parsed[0]), 0.0, self._scorer.predict_proba(parsed, remember=True))

    def forget(self) -> None:
        """Forget all sentences, and the words in them; see ``remembers``."""
        self._cache = SentenceCache(self._cache.size)
        self._reader.forget()

    def warm(self) -> None:
        """Fill the tokenizer's cache with the model's own words, and load the language identifier."""
        self._reader.warm(self._scorer.words())
        self._triggers.warm()
        is_other_language(" ".join(["the words of a sentence"] * 4))

    def _annotate_batch(
        self, documents: Sequence[Document], mode: Mode, labels: frozenset[str]
    ) -> Iterator[Annotation]:
        parsed = self._reader.read(documents, self._cache)
        scores = self._scorer.predict_proba(parsed, remember=True)
        start = 0
        for document in parsed:
            stop = start + len(document.sentences)
            yield self._compose(document, scores[start:stop], mode, labels)
            start = stop

    def _trigger(self, sentence: ParsedSentence, label: int) -> Span:
        def work() -> tuple[int, int]:
            found = self._triggers.find(sentence, label)
            return found.start - place.start, found.end - place.start

        place = sentence.sentence.span
        start, end = remembered(sentence.reading.memo, ("trigger", label, sentence.sentence.kind), work)
        return Span(place.start + start, place.start + end, place.field)

    def _compose(
        self, parsed: ParsedDocument, scores: NDArray[np.float64], mode: Mode, labels: frozenset[str]
    ) -> Annotation:
        document = parsed.document
        sentences = tuple(sentence.sentence for sentence in parsed.sentences)
        warnings: tuple[TextWarning, ...] = (HTML,) if looks_like_html(document.text) else ()
        if len(sentences) >= MAX_SENTENCES:
            warnings = (*warnings, TOO_MANY_SENTENCES)
        if is_other_language(f"{document.title or ''} {parsed.prose}"):
            return Annotation(document, sentences, (), self.model, mode, warnings=(*warnings, NOT_ENGLISH))
        summary = remembered(told_memo(parsed), "summary", lambda: summarise(parsed.evidence, len(sentences)))
        notes = Notes(parsed, summary)
        spans = []
        for row, column in np.argwhere((scores >= self._thresholds[mode]) & ~exempt(parsed)):
            label = LABEL_IDS[column]
            if label not in labels:
                continue
            sentence = parsed.sentences[row]
            trigger = self._trigger(sentence, int(column))
            spans.append(
                LabelledSpan(
                    id=_id(label, document.slice(sentence.sentence.span), sentence),
                    label=label,
                    span=trigger,
                    sentence=sentence.sentence.span,
                    text=document.slice(trigger),
                    score=round(float(scores[row, column]), 4),
                    note=notes.of(label, int(row)),
                )
            )
        scorecard = self._scorecard
        card = LazyScorecard(lambda: scorecard.judge(parsed, scores, spans)) if scorecard else {}
        return Annotation(
            document,
            sentences,
            tuple(spans),
            self.model,
            mode,
            scorecard=card,
            warnings=warnings,
            context=shown(parsed.evidence),
            evidence=summary,
        )


def _id(label: str, text: str, sentence: ParsedSentence) -> str:
    """``span_id``, remembered with the text, which may have other white space or markup than what was read."""
    return remembered_of(sentence.reading.memo, ("id", label), text, lambda: span_id(label, text))


def _batches(documents: Iterable[Document]) -> Iterator[list[Document]]:
    """Runs of documents, bounded in number and in characters."""
    batch: list[Document] = []
    size = 0
    for document in documents:
        batch.append(document)
        size += len(document.text)
        if len(batch) >= _BATCH_DOCUMENTS or size >= _BATCH_CHARS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
