"""A stand-in for the annotator: flags fixed words with fixed scores, so that adapters are tested alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from classifier.annotation import (
    MODES,
    Annotation,
    CriterionScore,
    LabelledSpan,
    Mode,
    ModelInfo,
    TextWarning,
    check_mode,
    span_id,
)
from classifier.annotator import Annotator
from classifier.document import Document, Field, Sentence, Span
from classifier.evidence import Evidence, summarise
from classifier.labels import CRITERION_IDS, LABEL_IDS, select

FAKE_MODEL = ModelInfo(version="fake-1", sha256="ab" * 32)
# Words, their label and score. "miracle cure" overlaps "miracle" on purpose; 😀 takes two UTF-16 units.
TRIGGERS: tuple[tuple[str, str, float], ...] = (
    ("breakthrough", "sensational_language", 0.95),
    ("miracle", "sensational_language", 0.8),
    ("miracle cure", "overstated_efficacy", 0.7),
    ("wunder 😀 pill", "overstated_efficacy", 0.6),
    ("safe", "understated_harms", 0.3),
)
# Words that tell evidence, with kind and value; in capitals they tell of other work. Spans beside mice have a note.
TELLINGS: tuple[tuple[str, str, str], ...] = (
    ("mice", "design", "preclinical"),
    ("twelve", "sample_size", "12"),
    ("48 🐁 people", "sample_size", "48"),
    ("dummy", "comparison", "placebo"),
)
NOTE = "The study was in mice <b>."
THRESHOLDS: dict[Mode, float] = dict(zip(MODES, (0.9, 0.5, 0.2), strict=True))
_SENTENCE = re.compile(r"[^.!?\n]+[.!?]*")


class FakeAnnotator(Annotator):
    """Flags fixed words with fixed scores, so that adapters are tested alone."""

    def __init__(self) -> None:
        self.model = FAKE_MODEL

    def annotate_many(
        self, documents: Iterable[Document], *, mode: Mode = "balanced", labels: Iterable[str] | None = None
    ) -> Iterator[Annotation]:
        wanted = select(labels)
        for document in documents:
            yield self._one(document, check_mode(mode), wanted)

    def _one(self, document: Document, mode: Mode, wanted: frozenset[str]) -> Annotation:
        sentences = [
            *_sentences(document.title or "", "title", 0),
        ]
        sentences += _sentences(document.text, "text", len(sentences))
        context = _tellings(document, sentences)
        mice = {telling.sentence for telling in context if telling.value == "preclinical"}
        found = [
            LabelledSpan(
                id=span_id(label, document.slice(sentence.span)),
                label=label,
                span=Span(sentence.span.start + hit.start(), sentence.span.start + hit.end(), sentence.span.field),
                sentence=sentence.span,
                text=hit.group(),
                score=score,
                note=NOTE if sentence.index in mice else "",
            )
            for sentence in sentences
            for words, label, score in TRIGGERS
            for hit in re.finditer(re.escape(words), document.slice(sentence.span), re.IGNORECASE)
            if label in wanted and score >= THRESHOLDS[mode]
        ]
        found.sort(
            key=lambda s: (s.span.field != "title", s.span.start, s.span.end, LABEL_IDS.index(s.label)),
        )
        remarks = (TextWarning("not_english", "This text doesn't look like English."),)
        return Annotation(
            document=document,
            sentences=tuple(sentences),
            spans=tuple(found),
            model=self.model,
            mode=mode,
            scorecard={
                name: CriterionScore(0.25, "not satisfactory" if name == "language" else None) for name in CRITERION_IDS
            },
            warnings=remarks if "Übelkeit" in document.text else (),
            context=context,
            evidence=summarise(context, max(1, len(sentences))),
        )


def _tellings(document: Document, sentences: list[Sentence]) -> tuple[Evidence, ...]:
    found = [
        Evidence(
            kind,
            value,
            sentence.index,
            Span(sentence.span.start + hit.start(), sentence.span.start + hit.end(), sentence.span.field),
            background=hit.group().isupper(),
        )
        for sentence in sentences
        for words, kind, value in TELLINGS
        for hit in re.finditer(re.escape(words), document.slice(sentence.span), re.IGNORECASE)
    ]
    return tuple(sorted(found, key=lambda telling: (telling.sentence, telling.span.start)))


def _sentences(text: str, field: Field, first: int) -> list[Sentence]:
    found: list[Sentence] = []
    for match in _SENTENCE.finditer(text):
        words = match.group()
        if not words.strip():
            continue
        start = match.start() + len(words) - len(words.lstrip())
        end = match.end() - (len(words) - len(words.rstrip()))
        found.append(Sentence(Span(start, end, field), first + len(found), len(found)))
    return found
