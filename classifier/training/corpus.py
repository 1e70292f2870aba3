"""The one reader of training data: all of ``training_data/`` is checked, and the asked articles come back."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from classifier.document import Document, Span
from classifier.errors import CorpusError
from classifier.training.articles import OwnArticle, read_articles
from classifier.training.splits import read_splits
from classifier.training.standoff import Mark, Place, StandoffArticle, check_text, read_standoff

Split: TypeAlias = Literal["train", "open", "own", "dev"]
SPLITS: tuple[Split, ...] = ("train", "open", "own", "dev")
PUBLIC: tuple[Split, ...] = ("train", "open", "dev")
"""Splits whose articles are public ones: their texts are not in the data folder."""


@dataclass(frozen=True, slots=True)
class GoldLabel:
    """A label that a reader gave: its sentence and its trigger inside it."""

    sentence: Span
    label: str
    trigger: Span


@dataclass(frozen=True, slots=True)
class Article:
    """A labelled article with its text.

    Parameters
    ----------
    id : str
    document : Document
    sentences : tuple of Span
        Those that the annotator saw, or the product's for an article of our own.
    labels : tuple of GoldLabel
    split : {"train", "open", "own", "dev"}
    fold : int or None
        0 to 4; None for an article that is never trained on.
    kind : {"story", "release"}
    stance : str or None
        ``careful``, ``mixed`` or ``uncritical`` for an article of our own, else None.
    """

    id: str
    document: Document
    sentences: tuple[Span, ...]
    labels: tuple[GoldLabel, ...]
    split: Split
    fold: int | None
    kind: Literal["story", "release"]
    stance: str | None


@dataclass(frozen=True, slots=True)
class Labelled:
    """All that ``annotations/`` and ``articles/`` hold, in the order of the files; no id occurs twice."""

    public: Mapping[Split, tuple[StandoffArticle, ...]]
    own: tuple[OwnArticle, ...]

    @property
    def trained(self) -> dict[str, Place]:
        """Ids of the articles that may be trained on, and where they are labelled."""
        articles: list[StandoffArticle | OwnArticle] = [*self.public["train"], *self.public["open"], *self.own]
        return {article.id: article.place for article in articles}

    @property
    def held_out(self) -> dict[str, Place]:
        """Ids of the articles that are never trained on, and where they are labelled."""
        return {article.id: article.place for article in self.public["dev"]}


def read_labelled(data: Path) -> Labelled:
    """Read and check all labels, without the public articles' texts and without the splits.

    Parameters
    ----------
    data : Path
        The folder ``training_data``.

    Raises
    ------
    CorpusError
        If a file is missing, one too many, or breaks the format, or an id occurs twice.
    """
    folder = data / "annotations"
    for path in sorted(folder.glob("*.jsonl")):
        if path.stem not in PUBLIC:
            raise CorpusError(f"{path}: not one of {', '.join(f'{name}.jsonl' for name in PUBLIC)}; nothing reads it")
    public: dict[Split, tuple[StandoffArticle, ...]] = {
        split: tuple(read_standoff(folder / f"{split}.jsonl")) for split in PUBLIC
    }
    own = tuple(article for path in sorted((data / "articles").glob("*.jsonl")) for article in read_articles(path))
    seen: dict[str, Place] = {}
    everything: list[StandoffArticle | OwnArticle] = [*(article for split in PUBLIC for article in public[split]), *own]
    for article in everything:
        if article.id in seen:
            article.place.refuse(f"the id {article.id} was seen before, in {seen[article.id]}")
        seen[article.id] = article.place
    return Labelled(public, own)


def load_articles(data: Path, texts: Mapping[str, str] | None, splits: Collection[Split]) -> list[Article]:
    """Load labelled articles with their texts.

    Whatever is asked for, the whole folder is checked.

    Parameters
    ----------
    data : Path
        The folder ``training_data``; see :func:`classifier.training.texts.data_folder`.
    texts : mapping of str to str, or None
        Texts of the public articles by id; see :func:`classifier.training.texts.corpus_texts`. None is enough if
        only ``own`` is asked for.
    splits : collection of str
        Any of ``train``, ``open``, ``own`` and ``dev``.

    Returns
    -------
    list of Article
        By split, in the order above, and in the order of the files.

    Raises
    ------
    CorpusError
        If anything breaks the format, a text is missing or isn't the one that was labelled.
    ValueError
        If a split isn't one of those above.
    """
    unknown = set(splits) - set(SPLITS)
    if unknown:
        raise ValueError(f"unknown splits {sorted(unknown)}; known are {', '.join(SPLITS)}")
    labelled = read_labelled(data)
    folds = read_splits(data, labelled.trained, labelled.held_out).folds
    found: list[Article] = []
    for split in SPLITS:
        if split not in splits:
            continue
        if split == "own":
            found += [_own(article, folds[article.id]) for article in labelled.own]
        elif texts is None:
            raise CorpusError(
                f"the split {split} needs the texts of the public articles: "
                "set OVERCLAIM_CORPUS to a checkout of them, or ask for own alone"
            )
        else:
            found += [_public(article, texts, split, folds.get(article.id)) for article in labelled.public[split]]
    return found


def _own(article: OwnArticle, fold: int) -> Article:
    return Article(
        id=article.id,
        document=Document(article.text),
        sentences=article.sentences,
        labels=_gold(article.sentences, article.marks),
        split="own",
        fold=fold,
        kind=article.kind,
        stance=article.stance,
    )


def _public(article: StandoffArticle, texts: Mapping[str, str], split: Split, fold: int | None) -> Article:
    text = texts.get(article.id)
    if text is None:
        article.place.refuse(f"the data set of public articles has no text for {article.id}")
    check_text(article, text)
    return Article(
        id=article.id,
        document=Document(text),
        sentences=article.sentences,
        labels=_gold(article.sentences, article.marks),
        split=split,
        fold=fold,
        kind="story" if article.id.startswith("story_") else "release",
        stance=None,
    )


def _gold(sentences: tuple[Span, ...], marks: tuple[Mark, ...]) -> tuple[GoldLabel, ...]:
    return tuple(GoldLabel(sentences[mark.sentence], mark.label, mark.trigger) for mark in marks)
