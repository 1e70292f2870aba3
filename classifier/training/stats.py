"""``STATS.json``: counts of what is in ``training_data/``, and the digest of each file.

``python -m classifier.training.stats [DATA]`` writes it. The public articles' texts aren't needed.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import statistics
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from classifier.errors import CorpusError
from classifier.labels import LABEL_IDS
from classifier.training.articles import STANCES, OwnArticle
from classifier.training.corpus import SPLITS, read_labelled
from classifier.training.splits import FOLDS, read_splits
from classifier.training.standoff import Mark, StandoffArticle
from classifier.training.texts import data_folder

STATS_FILE = "STATS.json"
_COUNTED = ("annotations/*.jsonl", "articles/*.jsonl", "splits/folds.tsv", "splits/dev.txt")


def statistics_of(data: Path) -> dict[str, object]:
    """Count what is in the folder ``training_data``.

    Returns
    -------
    dict
        ``splits`` (for each: articles, sentences, flagged sentences, labels in all and by label; for ``own`` also
        articles by stance and words), ``folds`` (articles in each) and ``sha256`` (of each file).

    Raises
    ------
    CorpusError
        If anything in the folder breaks the format.
    """
    labelled = read_labelled(data)
    folds = Counter(read_splits(data, labelled.trained, labelled.held_out).folds.values())
    counts = {split: _counts(labelled.own if split == "own" else labelled.public[split]) for split in SPLITS}
    counts["own"] |= _own_counts(labelled.own)
    files = sorted(path for pattern in _COUNTED for path in data.glob(pattern))
    return {
        "splits": counts,
        "folds": {str(fold): folds[fold] for fold in range(FOLDS)},
        "sha256": {path.relative_to(data).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files},
    }


def _counts(articles: Sequence[StandoffArticle | OwnArticle]) -> dict[str, object]:
    return {
        "articles": len(articles),
        "sentences": sum(len(article.sentences) for article in articles),
        "flagged_sentences": sum(len({mark.sentence for mark in article.marks}) for article in articles),
        "labels": sum(len(article.marks) for article in articles),
        "by_label": _by_label(mark for article in articles for mark in article.marks),
    }


def _by_label(marks: Iterable[Mark]) -> dict[str, int]:
    counted = Counter(mark.label for mark in marks)
    return {label: counted[label] for label in LABEL_IDS}


def _own_counts(articles: Sequence[OwnArticle]) -> dict[str, object]:
    words = [article.words for article in articles]
    stances = Counter(article.stance for article in articles)
    return {
        "by_stance": {stance: stances[stance] for stance in STANCES},
        "words": {"min": min(words), "median": statistics.median(words), "max": max(words)} if words else None,
    }


def stats_text(data: Path) -> str:
    """Return the content that ``STATS.json`` should have."""
    return json.dumps(statistics_of(data), indent=2) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; 0 if the file was written, 2 if the data breaks the format."""
    parser = argparse.ArgumentParser(prog="python -m classifier.training.stats", description="Write STATS.json anew.")
    parser.add_argument("data", nargs="?", type=Path, metavar="DATA", help="folder training_data (the project's)")
    chosen = parser.parse_args(arguments)
    try:
        data: Path = chosen.data or data_folder()
        (data / STATS_FILE).write_bytes(stats_text(data).encode("utf-8"))
    except CorpusError as err:
        sys.stderr.write(f"overclaim: error: {err}\n")
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
