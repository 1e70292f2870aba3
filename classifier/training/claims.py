"""Sentences labelled with the strength of their claim: reading them, and measuring the model on them.

The texts belong to others and aren't distributed with the project: they are read from a folder, or fetched once from
their public home.
"""

from __future__ import annotations

import argparse
import csv
import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.metrics import confusion_matrix, f1_score
from sklearn.model_selection import StratifiedKFold

from classifier.claims import STRENGTHS, ClaimStrength
from classifier.document import Document
from classifier.errors import CorpusError, OverclaimError
from classifier.features.reader import shared_reader
from classifier.features.reading import Matches, ParsedSentence, Reading
from classifier.training.fetching import PublicData, fetched
from classifier.training.texts import CORPUS_VARIABLE

PUBLIC = PublicData(
    name="claims",
    title="claims",
    repository="https://github.com/junwang4/correlation-to-causation-exaggeration.git",
    commit="f02a601fd83b0e0139b899d7a7bd076b3b7ef0fe",
    files=("data/annotated_eureka.csv", "data/annotated_pubmed.csv"),
    instead="or name a folder with its files",
)
RELEASES = ("claims-eureka.csv", "annotated_eureka.csv")
"""Names of the file of press releases: in our own folders, and at its public home."""
ABSTRACTS = ("claims-pubmed.csv", "annotated_pubmed.csv")

_LONGEST = 10_000


@dataclass(frozen=True, slots=True)
class ClaimSet:
    """Labelled sentences.

    Parameters
    ----------
    sentences : tuple of ParsedSentence
    y : ndarray of int64, shape (n_sentences,)
        Places in ``STRENGTHS``.
    """

    sentences: tuple[ParsedSentence, ...]
    y: NDArray[np.int64]


def read_claims(folder: Path | None = None) -> tuple[ClaimSet, ClaimSet]:
    """Sentences of press releases, and of abstracts.

    Parameters
    ----------
    folder : Path, optional
        Where the two files are (or a checkout of their public home); fetched with git if it isn't given.

    Raises
    ------
    CorpusError
        If a file is missing, can't be fetched or breaks the format; names file and line and quotes no sentence.
    """
    found = fetched(PUBLIC) if folder is None else folder
    releases, abstracts = (parsed_claims(read_file(_file(found, names))) for names in (RELEASES, ABSTRACTS))
    return releases, abstracts


def claims_beside(corpus: Path | None) -> Path | None:
    """The folder of the public articles, if the files of claims are in it, too.

    Parameters
    ----------
    corpus : Path, optional
        As for ``corpus_texts``; by default what its environment variable names.
    """
    if corpus is None and (named := os.environ.get(CORPUS_VARIABLE, "").strip()):
        corpus = Path(named).expanduser()
    if corpus is None:
        return None
    folder = corpus.parent if corpus.is_file() else corpus
    return folder if all(any((folder / name).is_file() for name in names) for names in (RELEASES, ABSTRACTS)) else None


def _file(folder: Path, names: Sequence[str]) -> Path:
    for place in (folder, folder / "data"):
        for name in names:
            if (place / name).is_file():
                return place / name
    raise CorpusError(f"{folder}: neither {' nor '.join(names)} is here or in its folder data")


def read_file(path: Path) -> list[tuple[str, int]]:
    """Sentences of one file and their labels.

    Raises
    ------
    CorpusError
        If the file isn't UTF-8, a column is missing, a sentence is empty or overlong, or a label isn't 0 to 3.
    """
    rows: list[tuple[str, int]] = []
    labels = {str(number): number for number in range(len(STRENGTHS))}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            if missing := {"sentence", "label"} - set(reader.fieldnames or ()):
                raise CorpusError(f"{path}:1: no column {' or '.join(sorted(missing))}")
            for row in reader:
                place = f"{path}:{reader.line_num}"
                if None in row or None in row.values():
                    raise CorpusError(f"{place}: not as many fields as the first line has")
                if row["label"] not in labels:
                    raise CorpusError(f"{place}: label must be 0, 1, 2 or 3")
                if not row["sentence"].strip() or len(row["sentence"]) > _LONGEST:
                    raise CorpusError(f"{place}: the sentence is empty or over {_LONGEST} characters")
                rows.append((row["sentence"], labels[row["label"]]))
    except UnicodeDecodeError:
        raise CorpusError(f"{path}: not UTF-8") from None
    except csv.Error as err:
        raise CorpusError(f"{path}:{reader.line_num + 1}: not well-formed CSV ({err})") from None
    except OSError as err:
        raise CorpusError(f"{path}: can't be read ({(err.strerror or type(err).__name__).lower()})") from None
    if not rows:
        raise CorpusError(f"{path}: no sentences in it")
    return rows


def parsed_claims(rows: Sequence[tuple[str, int]]) -> ClaimSet:
    """Labelled sentences with their tokens; where our segmentation parts one, its pieces are put together again."""
    documents = shared_reader().read([Document(" ".join(text.split())) for text, _ in rows])
    sentences = tuple(_joined(document.sentences) for document in documents)
    return ClaimSet(sentences, np.array([label for _, label in rows], dtype=np.int64))


def _joined(parts: Sequence[ParsedSentence]) -> ParsedSentence:
    if len(parts) == 1:
        return parts[0]
    starts = np.cumsum([0, *(len(part.tokens) for part in parts)]).tolist()

    def shifted(matches: Iterable[Matches]) -> Matches:
        pairs = zip(matches, starts, strict=False)
        return tuple((number, first + start, last + start) for found, start in pairs for number, first, last in found)

    # Nobody asks for the places of a claim's words.
    reading = Reading(
        " ".join(part.reading.text for part in parts),
        tuple(token for part in parts for token in part.tokens),
        tuple(place for part in parts for place in part.reading.places),
        shifted(part.cues for part in parts),
        shifted(part.classes for part in parts),
    )
    return ParsedSentence(parts[0].sentence, reading)


def together(
    releases: ClaimSet, abstracts: ClaimSet
) -> tuple[list[ParsedSentence], NDArray[np.int64], NDArray[np.bool_]]:
    """All sentences, their strengths, and whether each is of an abstract: the arguments of ``ClaimStrength.fit``."""
    foreign = np.repeat([False, True], [len(releases.y), len(abstracts.y)])
    return [*releases.sentences, *abstracts.sentences], np.concatenate([releases.y, abstracts.y]), foreign


@dataclass(frozen=True, slots=True)
class Validation:
    """Measures of a cross-validation on press releases.

    Parameters
    ----------
    folds : tuple of float
        Macro-F1 of each fold.
    by_strength : dict of str to float
        F1 over all folds together.
    macro : float
        Mean of ``by_strength``.
    confusion : ndarray of int64, shape (4, 4)
        Rows are the labels, columns the predictions.
    """

    folds: tuple[float, ...]
    by_strength: dict[str, float]
    macro: float
    confusion: NDArray[np.int64]


def cross_validate(
    model: ClaimStrength, releases: ClaimSet, abstracts: ClaimSet | None = None, *, folds: int = 5, seed: int = 0
) -> Validation:
    """Macro-F1 on press releases whose sentences the model hasn't seen.

    Abstracts are only ever trained on. A sentence that reads the same, token by token, as one of the test's is left
    out of the training data, whichever file it is in.
    """
    sentences, y, foreign = (
        (list(releases.sentences), releases.y, np.zeros(len(releases.y), dtype=bool))
        if abstracts is None
        else together(releases, abstracts)
    )
    own = len(releases.y)
    predicted = np.zeros(own, dtype=np.int64)
    scores = []
    for _, test in StratifiedKFold(folds, shuffle=True, random_state=seed).split(np.zeros(own), releases.y):
        hidden = {sentences[number].tokens for number in test}
        training = [number for number, sentence in enumerate(sentences) if sentence.tokens not in hidden]
        fitted = clone(model).fit([sentences[number] for number in training], y[training], foreign[training])
        predicted[test] = fitted.predict([sentences[number] for number in test])
        scores.append(float(f1_score(y[test], predicted[test], average="macro", zero_division=0.0)))
    each = f1_score(releases.y, predicted, average=None, labels=range(len(STRENGTHS)), zero_division=0.0)
    by_strength = {name: float(value) for name, value in zip(STRENGTHS, each, strict=True)}
    confusion = confusion_matrix(releases.y, predicted, labels=range(len(STRENGTHS)))
    return Validation(tuple(scores), by_strength, float(np.mean(each)), confusion)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the measures of a cross-validation."""
    parser = argparse.ArgumentParser(prog="python -m classifier.training.claims", description=main.__doc__)
    parser.add_argument("--claims", type=Path, metavar="FOLDER", help="folder of the two files; fetched if left out")
    parser.add_argument("--seeds", type=int, default=1, help="how often to draw the folds anew")
    options = parser.parse_args(arguments)
    try:
        releases, abstracts = read_claims(options.claims)
    except OverclaimError as err:
        sys.stderr.write(f"{err}\n")
        return 1
    for seed in range(options.seeds):
        measured = cross_validate(ClaimStrength(), releases, abstracts, seed=seed)
        lines = [
            f"seed {seed}: macro-F1 {measured.macro:.3f} on {len(releases.y)} sentences of press releases, "
            f"folds {' '.join(f'{value:.3f}' for value in measured.folds)}",
            *(f"  {name:<15}{value:.3f}" for name, value in measured.by_strength.items()),
            "  labels by row, predictions by column:",
            *("  " + "".join(f"{count:>6}" for count in row) for row in measured.confusion.tolist()),
        ]
        sys.stdout.write("\n".join(lines) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
