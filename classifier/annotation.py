"""What the annotator returns: labelled spans, the article's evidence, a scorecard, warnings."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias, get_args

from classifier.document import Document, Sentence, Span
from classifier.errors import InvalidInputError
from classifier.evidence import Evidence, EvidenceSummary
from classifier.tellings import paragraph_of

Mode: TypeAlias = Literal["strict", "balanced", "sensitive"]
MODES: tuple[Mode, ...] = get_args(Mode)


def check_mode(mode: str) -> Mode:
    """The mode itself, if it is one.

    Raises
    ------
    InvalidInputError
        If the name is no mode.
    """
    for known in MODES:
        if mode == known:
            return known
    raise InvalidInputError(
        f"mode {str(mode)[:40]!r} is unknown; known are {', '.join(MODES)}", field="mode", code="unknown_mode"
    )


@dataclass(frozen=True, slots=True)
class LabelledSpan:
    """Trigger words of one label in one sentence.

    Parameters
    ----------
    id : str
        Sixteen hex digits; the same for the same label on the same words of a sentence (white space
        folded), wherever the sentence stands, so that a client can hide a span and keep it hidden.
        The second occurrence of an identical sentence in one document shares it.
    label : str
        A label's id.
    span : Span
        The trigger, inside ``sentence``.
    sentence : Span
        The sentence that was scored.
    text : str
        The trigger's words.
    score : float
        Calibrated probability in [0, 1] that the sentence carries the label.
    note : str
        What the article's evidence has to do with it, in a sentence; empty where nothing certain can be said.
    """

    id: str
    label: str
    span: Span
    sentence: Span
    text: str
    score: float
    note: str = ""

    def __post_init__(self) -> None:
        if not self.sentence.contains(self.span):
            raise ValueError(f"trigger {self.span} is outside its sentence {self.sentence}")
        if not 0.0 <= self.score <= 1.0:
            raise ValueError(f"score {self.score} is outside [0, 1]")

    def with_note(self, message: str) -> str:
        """A message, and the note after it if there is one."""
        return f"{message} {self.note}" if self.note else message


@dataclass(frozen=True, slots=True)
class CriterionScore:
    """One review criterion: ``score`` in [0, 1] (1 = satisfied) and a verdict where one can be given.

    ``because`` holds at most three spans that speak for the score, in document order.
    """

    score: float
    verdict: Literal["satisfactory", "not satisfactory"] | None
    because: tuple[Span, ...] = ()


class LazyScorecard(Mapping[str, CriterionScore]):
    """A scorecard that is worked out when somebody looks at it: an editor's marks don't need it.

    Parameters
    ----------
    work : callable
        Gives the scores by criterion; called once at most, or by two threads at the same time with the same result.
    """

    def __init__(self, work: Callable[[], Mapping[str, CriterionScore]]) -> None:
        self._work: Callable[[], Mapping[str, CriterionScore]] | None = work
        self._card: Mapping[str, CriterionScore] = {}

    def __getitem__(self, criterion: str) -> CriterionScore:
        return self._done()[criterion]

    def __iter__(self) -> Iterator[str]:
        return iter(self._done())

    def __len__(self) -> int:
        return len(self._done())

    def __repr__(self) -> str:
        return repr(dict(self))

    def __reduce__(self) -> tuple[type[dict[str, CriterionScore]], tuple[dict[str, CriterionScore]]]:
        """Another process gets the scores, not the way to them."""
        return dict, (dict(self),)

    def _done(self) -> Mapping[str, CriterionScore]:
        work = self._work
        if work is not None:
            # The scores first: a thread that finds no work must find them.
            self._card = work()
            self._work = None
        return self._card


@dataclass(frozen=True, slots=True)
class TextWarning:
    """Something about the text that makes its annotations less reliable."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """Which model answered."""

    version: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Annotation:
    """All that is known of one article.

    Parameters
    ----------
    document : Document
    sentences : tuple of Sentence
        In document order, title first.
    spans : tuple of LabelledSpan
        In document order, then in the order of the labels.
    scorecard : mapping of str to CriterionScore
        By criterion id; empty if the model has none.
    warnings : tuple of TextWarning
    model : ModelInfo
    mode : {"strict", "balanced", "sensitive"}
    context : tuple of Evidence
        What the article tells of its evidence, in document order, each value once a sentence. Hints are left out where
        something of their kind is told plainly. ``Evidence.sentence`` is an index in ``sentences``. Empty if the text
        isn't English.
    evidence : EvidenceSummary or None
        What the evidence is by all tellings, hints too. None if the text isn't English.
    """

    document: Document
    sentences: tuple[Sentence, ...]
    spans: tuple[LabelledSpan, ...]
    model: ModelInfo
    mode: Mode
    scorecard: Mapping[str, CriterionScore] = field(default_factory=dict)
    warnings: tuple[TextWarning, ...] = ()
    context: tuple[Evidence, ...] = ()
    evidence: EvidenceSummary | None = None

    def paragraph(self, telling: Evidence) -> int:
        """Number of a telling's paragraph: 0 for the headline, 1 for the first after it."""
        return paragraph_of(self.sentences, telling.sentence)


def span_id(label: str, sentence_text: str) -> str:
    """Identifier of a label on a sentence: see ``LabelledSpan.id``."""
    folded = " ".join(sentence_text.split())
    return hashlib.sha256(f"{label}\n{folded}".encode()).hexdigest()[:16]
