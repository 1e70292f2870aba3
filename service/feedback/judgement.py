"""One judgement of a mark, as it is stored and exported."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias, get_args

Verdict: TypeAlias = Literal["hide", "wrong", "right"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a user said of one mark.

    Parameters
    ----------
    day : date
        When, in UTC. No finer: a time could be matched with other logs.
    span_id : str
        Sixteen hex digits; see ``classifier.annotation.LabelledSpan.id``.
    label : str
    verdict : {"hide", "wrong", "right"}
    model_version, model_sha256 : str
        The model that made the mark.
    mode : str
    score : float, optional
        In [0, 1].
    sentence : str, optional
        Only if the user agreed that it is stored.
    start, end : int, optional
        The trigger in ``sentence``, in code points, half-open. There with a sentence, and only then.
    """

    day: date
    span_id: str
    label: str
    verdict: Verdict
    model_version: str
    model_sha256: str
    mode: str
    score: float | None = None
    sentence: str | None = None
    start: int | None = None
    end: int | None = None

    def as_row(self) -> dict[str, object]:
        """Return the object that stands for it in JSON Lines: the keys of a request, and the day."""
        return {
            "day": self.day.isoformat(),
            "span_id": self.span_id,
            "label": self.label,
            "verdict": self.verdict,
            "model": {"version": self.model_version, "sha256": self.model_sha256},
            "mode": self.mode,
            "score": self.score,
            "sentence": self.sentence,
            "start": self.start,
            "end": self.end,
        }
