"""Notes that tie a labelled sentence to the article's evidence, by the rules of ``data/notes.toml``.

A note says only what is told plainly of this study, or that nothing of a kind is told at all. Hints and tellings of
other work can only silence it.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from classifier.evidence import Evidence, EvidenceSummary
from classifier.evidence.find import LONGEST
from classifier.features.reader import ParsedDocument
from classifier.features.reading import of_each, remembered
from classifier.features.told import told_memo
from classifier.note_rules import NoteRule, Wanted, near_rules, note_rules, pairs_of, parted, vague
from classifier.segmentation import MAX_SENTENCES
from classifier.tellings import paragraph_of, place_of, size_words, subject_of, words_for

LEAD = 2.0
"""A clear design has so many times the votes of the next."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A note; the sentences that it isn't given to, as they tell it themselves; words anywhere that forbid it."""

    text: str
    sentences: frozenset[int]
    doubt: re.Pattern[str] | None


class Notes:
    """The notes of one document.

    Parameters
    ----------
    document : ParsedDocument
    summary : EvidenceSummary
        Of ``document.evidence``.
    """

    def __init__(self, document: ParsedDocument, summary: EvidenceSummary) -> None:
        self._parsed = document
        self._summary = summary
        self._sentences = tuple([parsed.sentence for parsed in document.sentences])
        self._own = tuple([telling for telling in document.evidence if not telling.background])
        self._plain = tuple([telling for telling in self._own if not telling.weak])

    def of(self, label: str, sentence: int) -> str:
        """The note of a label on a sentence, empty if there is none.

        Parameters
        ----------
        label : str
            A label's id.
        sentence : int
            Index in ``ParsedDocument.sentences``.
        """
        candidates = remembered(self._memo, label, lambda: self._all(label))
        if not candidates or self._is_silenced(label, sentence):
            return ""
        found = (one for one in candidates if sentence not in one.sentences and not self._doubts(one.doubt))
        return next((candidate.text for candidate in found), "")

    @cached_property
    def _memo(self) -> dict[Any, Any]:
        """Notes hold for the whole article but where something near silences them: made once, until a telling changes.

        They hang on what is told where and on the words of those sentences, with their markup; and on whether all was
        read.
        """
        told = dict.fromkeys([telling.sentence for telling in self._parsed.evidence])
        about = [
            (paragraph_of(self._sentences, place), self._parsed.document.slice(self._sentences[place].span))
            for place in told
        ]
        hangs_on = ("notes", told_memo(self._parsed)["number"], self._is_whole(), tuple(about))
        return self._parsed.recent(hangs_on, 1 + len(about))

    @cached_property
    def _told_pairs(self) -> tuple[frozenset[tuple[str, str | None]], frozenset[tuple[str, str | None]]]:
        """What is told at all, and what plainly of this study."""
        return pairs_of(self._parsed.evidence), pairs_of(self._plain)

    @cached_property
    def _study(self) -> str:
        trial = any(t.value == "randomised" or t.value.startswith("phase") for t in self._plain)
        return "trial" if trial else "study"

    def _all(self, label: str) -> tuple[_Candidate, ...]:
        found = (self._candidate(rule) for rule in note_rules().get(label, ()))
        return tuple(candidate for candidate in found if candidate)

    def _is_silenced(self, label: str, sentence: int) -> bool:
        near = near_rules().get(label)
        if near is None:
            return False
        silencing = remembered(
            told_memo(self._parsed),
            ("silencing", label),
            lambda: frozenset(t.sentence for t in self._parsed.evidence if near.tells.has(t)),
        )
        after = near.headline if self._sentences[sentence].kind == "headline" else near.after
        return not silencing.isdisjoint(range(sentence - near.before, sentence + after + 1))

    def _candidate(self, rule: NoteRule) -> _Candidate | None:
        if not rule.never.pairs.isdisjoint(self._told_pairs[0]):
            return None
        if not rule.tells.pairs:
            return _Candidate(rule.text, frozenset(), rule.doubt) if self._is_whole() else None
        told = self._told(rule)
        if not told:
            return None
        first = told[0]
        paragraphs = [paragraph_of(self._sentences, telling.sentence) for telling in told]
        if rule.once and len(set(paragraphs)) > 1:
            return None
        words = self._words(first)
        text = rule.text.format(
            place=place_of(paragraphs[0]),
            where=place_of(paragraphs[0], "the "),
            subject=subject_of(words),
            words=words_for(first, words),
            size=size_words(int(first.value)) if first.kind == "sample_size" else "",
            study=self._study,
        )
        around = frozenset[int]() if rule.here else frozenset(telling.sentence for telling in told)
        return _Candidate(text, around, rule.doubt)

    def _is_whole(self) -> bool:
        """Whether everything was read: of the rest nobody can say that nothing is told in it."""
        return len(self._sentences) < MAX_SENTENCES and all(len(s.span) <= LONGEST for s in self._sentences)

    def _doubts(self, doubt: re.Pattern[str] | None) -> bool:
        if doubt is None:
            return False
        # By sentence, so that it is remembered of each; a pattern itself takes long to hash.
        found = of_each(
            self._parsed.sentences, ("doubt", doubt.pattern), lambda reading: bool(doubt.search(reading.text.lower()))
        )
        return any(found)

    def _told(self, rule: NoteRule) -> list[Evidence]:
        """Tellings that a rule rests on; none if it doesn't hold."""
        if rule.tells.pairs.isdisjoint(self._told_pairs[1]):
            return []
        told = [telling for telling in self._plain if rule.tells.has(telling)]
        if rule.beside.pairs:
            beside = self._telling(rule.beside)
            told = [telling for telling in told if telling.sentence in beside]
        if rule.unless:
            told = [t for t in told if rule.unless.isdisjoint(self._parsed.sentences[t.sentence].tokens)]
        if told and rule.clear:
            told = self._clear(told, rule)
        if told and (told[0].kind, told[0].value) == ("design", "preclinical"):
            # What is told most often: a mouse study may speak of cells once.
            subjects = [subject_of(self._words(telling)) for telling in told]
            main = Counter(subjects).most_common(1)[0][0]
            told = [telling for telling, subject in zip(told, subjects, strict=True) if subject == main]
        return told

    def _clear(self, told: list[Evidence], rule: NoteRule) -> list[Evidence]:
        """Those of the one value that nothing speaks against; none if something does."""
        kind = told[0].kind
        if kind == "sample_size":
            largest = max(int(telling.value) for telling in self._own if telling.kind == kind)
            if largest < rule.least or (rule.most is not None and largest > rule.most):
                return []
            told = [telling for telling in told if int(telling.value) == largest]
            return [] if any(self._is_parted(telling) for telling in told) else told
        others = vague(kind)
        values = {telling.value for telling in self._plain if telling.kind == kind and telling.value not in others}
        if not values:
            return [telling for telling in told if telling.value == told[0].value]
        if len(values) > 1 or (kind == "design" and not self._leads(next(iter(values)), rule.votes)):
            return []
        return [telling for telling in told if telling.value in values]

    def _leads(self, design: str, least: float) -> bool:
        votes = dict(self._summary.votes)
        others = (count for name, count in votes.items() if name != design)
        return votes.get(design, 0.0) >= max(least, LEAD * max(others, default=0.0))

    def _is_parted(self, telling: Evidence) -> bool:
        """Whether the number is perhaps only a part: "30 men and 42 women"."""
        whole, part = self._sentences[telling.sentence].span, telling.span
        text = self._parsed.document.slice(whole).lower()
        before, after = parted()
        start, end = part.start - whole.start, part.end - whole.start
        # Two in one telling: "recruited 30 men and 42 women".
        return bool(before.search(text[:start]) or after.search(text[end:]) or after.search(text[start:end]))

    def _telling(self, wanted: Wanted) -> frozenset[int]:
        return frozenset(telling.sentence for telling in self._plain if wanted.has(telling))

    def _words(self, telling: Evidence) -> str:
        return self._parsed.document.slice(telling.span)
