"""Judgements as labels that the training's reader takes: each judged sentence becomes an article of its own."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from classifier.labels import LABEL_IDS
from classifier.training.standoff import MAX_TRIGGER_WORDS
from service.console import CommandError
from service.feedback.judgement import Judgement

HEADLINE = "A sentence from feedback"
"""The reader wants a headline; this one claims nothing."""
FIRST_ID = 90_000
LAST_ID = 99_999
"""The reader wants the ids of public articles, five digits each; the public data set's own end far below these."""


@dataclass(slots=True)
class Export:
    """What comes out.

    Parameters
    ----------
    articles : list of dict
        Lines of ``annotations/*.jsonl``; see ``training_data/FORMAT.md``.
    texts : list of dict
        Their texts, with ``id`` and ``text``, as ``OVERCLAIM_CORPUS`` may name them.
    without_sentence : int
        Verdicts that can't be used, as their sentence isn't stored.
    hidden : int
        Verdicts ``hide``: they don't say whether the mark was right.
    ties : int
        Labels of a sentence that as many called wrong as right; the whole sentence is left out.
    unusable : int
        Labels that this version doesn't know, or whose trigger is too long for the reader; so is the sentence.
    """

    articles: list[dict[str, object]] = field(default_factory=list)
    texts: list[dict[str, object]] = field(default_factory=list)
    without_sentence: int = 0
    hidden: int = 0
    ties: int = 0
    unusable: int = 0


@dataclass(slots=True)
class _Votes:
    """What was said of one label on one sentence: how often it is wrong, and how often right with which trigger."""

    wrong: int = 0
    right: Counter[tuple[int, int]] = field(default_factory=Counter)


def standoff(rows: Iterable[Judgement]) -> Export:
    """Make labelled articles of judgements.

    White space of a sentence is folded, so that the same sentence from two articles is one. If a label on it was called
    both right and wrong, the majority decides. A label that was called wrong, or of which nobody said anything, is not
    there.

    Raises
    ------
    CommandError
        If there are more sentences than ids.
    """
    export = Export()
    sentences: dict[str, dict[str, _Votes]] = {}
    for row in rows:
        if row.sentence is None or row.start is None or row.end is None:
            export.without_sentence += 1
        elif row.verdict == "hide":
            export.hidden += 1
        else:
            votes = sentences.setdefault(_folded(row.sentence), {}).setdefault(row.label, _Votes())
            if row.verdict == "right":
                votes.right[_folded_range(row.sentence, row.start, row.end)] += 1
            else:
                votes.wrong += 1
    # Numbered before anything is left out: a verdict that comes later doesn't renumber the sentences before it.
    for number, (sentence, labels) in enumerate(sentences.items(), start=FIRST_ID):
        if number > LAST_ID:
            raise CommandError(
                f"more than {LAST_ID - FIRST_ID + 1} sentences, and there are no more ids: export less with --since"
            )
        _add(export, f"story_reviews_{number}", sentence, labels)
    return export


def _add(export: Export, article_id: str, sentence: str, labels: dict[str, _Votes]) -> None:
    decided = [(label, _decided(label, votes, sentence, export)) for label, votes in labels.items()]
    # Without the label, the sentence would teach that it is wrong.
    if any(trigger is None for _, trigger in decided):
        return
    kept = [(label, *trigger) for label, trigger in decided if trigger]
    text = f"{HEADLINE}\n\n{sentence}"
    first = len(HEADLINE) + 2
    export.articles.append(
        {
            "id": article_id,
            "sha256": hashlib.sha256(text.encode("utf-8")).hexdigest(),
            "sentences": [[0, len(HEADLINE)], [first, len(text)]],
            "labels": [
                {"sentence": 1, "label": label, "start": first + start, "end": first + end}
                for label, start, end in sorted(kept, key=lambda found: LABEL_IDS.index(found[0]))
            ],
        }
    )
    export.texts.append({"id": article_id, "text": text})


def _decided(label: str, votes: _Votes, sentence: str, export: Export) -> tuple[int, int] | tuple[()] | None:
    """The label's trigger, nothing if it is wrong, and None if nobody can say."""
    if label not in LABEL_IDS:
        export.unusable += 1
        return None
    right = votes.right.total()
    if right == votes.wrong:
        export.ties += 1
        return None
    if right < votes.wrong:
        return ()
    # Of triggers that were meant as often, the first in the sentence.
    start, end = min(votes.right, key=lambda trigger: (-votes.right[trigger], trigger))
    if len(sentence[start:end].split()) > MAX_TRIGGER_WORDS:
        export.unusable += 1
        return None
    return start, end


def _folded(text: str) -> str:
    return " ".join(text.split())


def _folded_range(sentence: str, start: int, end: int) -> tuple[int, int]:
    """Where the words of a range are once white space is folded; the range gets none at its ends."""
    words = sentence[start:end]
    first = start + len(words) - len(words.lstrip())
    last = end - (len(words) - len(words.rstrip()))
    # A letter in the place of the rest keeps the white space before it from being taken for an end.
    folded = len(_folded(sentence[:first] + "x")) - 1
    return folded, len(_folded(sentence[:last]))
