"""Which articles are in which fold, and which are never trained on.

``python -m classifier.training.splits [DATA]`` writes both files anew from the labelled articles.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from classifier.errors import CorpusError
from classifier.training.standoff import Place, read_lines

FOLDS = 5
FOLDS_FILE = "splits/folds.tsv"
DEV_FILE = "splits/dev.txt"

_FOLD_LINE = re.compile(r"([A-Za-z]+(?:_reviews_|-)[0-9]+[ab]?)\t([0-9]+)")
_ID_LINE = re.compile(r"[A-Za-z]+(?:_reviews_|-)[0-9]+[ab]?")


@dataclass(frozen=True, slots=True)
class Splits:
    """The fold of each article that may be trained on, and the ids that may not."""

    folds: Mapping[str, int]
    dev: frozenset[str]


def fold_of(article_id: str) -> int:
    """Return the fold that an article is given, from 0 to 4.

    It is the SHA-256 of the id, read as one big-endian number, modulo 5. It depends on nothing else, so an article
    stays in its fold whatever is added or removed. Twins share a fold: the letter at the end is left out.
    """
    return int.from_bytes(hashlib.sha256(article_id.rstrip("ab").encode("utf-8")).digest(), "big") % FOLDS


def read_splits(data: Path, trained: Mapping[str, Place], dev: Mapping[str, Place]) -> Splits:
    """Read both files and compare them with the labelled articles.

    Parameters
    ----------
    data : Path
        The folder ``training_data``.
    trained, dev : mapping of str to Place
        Ids of the articles that need a fold, and of those that must not have one, and where each is labelled.

    Raises
    ------
    CorpusError
        If a line isn't of the documented form, an id stands twice, is in both files or has no article, or an article
        is in neither file or the wrong one.
    """
    folds = _read_folds(data / FOLDS_FILE, trained, dev)
    held = _read_dev(data / DEV_FILE, folds, dev)
    for article_id, place in trained.items():
        if article_id not in folds:
            place.refuse(f"{article_id} has no fold in {FOLDS_FILE}")
    for article_id, place in dev.items():
        if article_id not in held:
            place.refuse(f"{article_id} isn't listed in {DEV_FILE}")
    return Splits(folds, frozenset(held))


def _read_folds(path: Path, trained: Collection[str], dev: Collection[str]) -> dict[str, int]:
    folds: dict[str, int] = {}
    for place, line in read_lines(path):
        match = _FOLD_LINE.fullmatch(line)
        if match is None:
            place.refuse("a line must be an id, a tab and a fold")
        article_id, fold = match.groups()
        if fold not in map(str, range(FOLDS)):
            place.refuse(f"the fold must be a digit from 0 to {FOLDS - 1}")
        if article_id in folds:
            place.refuse(f"{article_id} stands twice")
        if article_id in dev:
            place.refuse(f"{article_id} is labelled in dev.jsonl and must not be trained on")
        if article_id not in trained:
            place.refuse(f"{article_id} has no article")
        folds[article_id] = int(fold)
    return folds


def _read_dev(path: Path, folds: Collection[str], dev: Collection[str]) -> set[str]:
    held: set[str] = set()
    for place, line in read_lines(path):
        if not _ID_LINE.fullmatch(line):
            place.refuse("a line must be an id alone")
        if line in held:
            place.refuse(f"{line} stands twice")
        if line in folds:
            place.refuse(f"{line} stands in folds.tsv too")
        if line not in dev:
            place.refuse(f"{line} has no article in dev.jsonl")
        held.add(line)
    return held


def folds_text(ids: Iterable[str]) -> str:
    """Return the content of ``folds.tsv`` for these articles, sorted by id."""
    return "".join(f"{article_id}\t{fold_of(article_id)}\n" for article_id in sorted(ids))


def dev_text(ids: Iterable[str]) -> str:
    """Return the content of ``dev.txt`` for these articles, sorted by id."""
    return "".join(f"{article_id}\n" for article_id in sorted(ids))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; 0 if the files were written, 2 if the labelled articles break the format."""
    # The corpus reader imports this module; only the command needs the reader.
    from classifier.training.corpus import read_labelled  # noqa: PLC0415
    from classifier.training.texts import data_folder  # noqa: PLC0415

    parser = argparse.ArgumentParser(prog="python -m classifier.training.splits", description="Write splits/ anew.")
    parser.add_argument("data", nargs="?", type=Path, metavar="DATA", help="folder training_data (the project's)")
    chosen = parser.parse_args(arguments)
    try:
        data: Path = chosen.data or data_folder()
        labelled = read_labelled(data)
        files = {FOLDS_FILE: folds_text(labelled.trained), DEV_FILE: dev_text(labelled.held_out)}
        for name, content in files.items():
            (data / name).parent.mkdir(exist_ok=True)
            (data / name).write_bytes(content.encode("utf-8"))
    except CorpusError as err:
        sys.stderr.write(f"overclaim: error: {err}\n")
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
