"""Where training data lies on this machine: the labels' folder, and the public articles' texts.

The texts belong to others and aren't distributed with the project. They are read from a path, or fetched once with
git at the pinned commit and kept in a cache folder.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import classifier
from classifier.errors import CorpusError
from classifier.training.fetching import PublicData, fetched
from classifier.training.standoff import read_objects

REPOSITORY = "https://github.com/EnyanDai/FakeHealth.git"
COMMIT = "ec9379de8f8f13af8c436dd6dd9bfaddacd2df30"
CORPUS_VARIABLE = "OVERCLAIM_CORPUS"

_CONTENT = Path("dataset", "content")
_FOLDERS = {"HealthStory": "story_reviews_", "HealthRelease": "news_reviews_"}


def data_folder() -> Path:
    """Return the folder ``training_data``: an installed package's own, or the checkout's.

    Raises
    ------
    CorpusError
        If neither exists.
    """
    package = Path(classifier.__file__).parent
    for folder in (package / "_training_data", package.parent / "training_data"):
        if folder.is_dir():
            return folder
    raise CorpusError("the training data isn't installed with this package: work in a checkout of the project")


def corpus_texts(path: Path | None = None, *, repository: str = REPOSITORY, commit: str = COMMIT) -> dict[str, str]:
    """Read the texts of the public articles by id, fetching them first if no path is given.

    Parameters
    ----------
    path : Path, optional
        A checkout of FakeHealth, its folder ``dataset/content``, a ``.jsonl`` file whose lines have ``id`` and
        ``text``, or a folder with such a file named ``articles.jsonl``. If it isn't given, the environment variable
        ``OVERCLAIM_CORPUS`` is used; if that isn't set either, the data set is fetched with git.
    repository : str
        Where to fetch from.
    commit : str
        Full id of the commit to fetch.

    Returns
    -------
    dict of str to str
        Nothing is checked against a digest here; :func:`classifier.training.corpus.load_articles` does that.

    Raises
    ------
    CorpusError
        If there is nothing of a known layout at the path, or the data set can't be fetched.
    """
    if path is None and (named := os.environ.get(CORPUS_VARIABLE, "").strip()):
        path = Path(named).expanduser()
    if path is None:
        path = fetched_corpus(repository, commit)
    return _texts_at(path)


def _texts_at(path: Path) -> dict[str, str]:
    if not path.exists():
        raise CorpusError(f"{path}: no such file or folder; set {CORPUS_VARIABLE} to a checkout of the data set")
    if path.is_file() and path.suffix == ".jsonl":
        return _texts_of_lines(path)
    if (path / "articles.jsonl").is_file():
        return _texts_of_lines(path / "articles.jsonl")
    for content in (path / _CONTENT, path):
        if all((content / folder).is_dir() for folder in _FOLDERS):
            return _texts_of_content(content)
    raise CorpusError(
        f"{path}: not a checkout of FakeHealth, its folder {_CONTENT.as_posix()}, a .jsonl file of articles or a "
        f"folder with articles.jsonl; set {CORPUS_VARIABLE} to one of these"
    )


def _texts_of_lines(path: Path) -> dict[str, str]:
    texts: dict[str, str] = {}
    for place, row in read_objects(path):
        article_id, text = row.get("id"), row.get("text")
        if not isinstance(article_id, str) or not isinstance(text, str):
            place.refuse("id and text must be there and be strings")
        if article_id in texts:
            place.refuse("the id was seen before in this file")
        texts[article_id] = text
    return texts


def _texts_of_content(content: Path) -> dict[str, str]:
    """Texts made from the data set's own files.

    A file that has no article in it is left out: only if its article is labelled does it matter, and then the
    reader of the labels says that there is no text for it.
    """
    texts: dict[str, str] = {}
    for folder, prefix in _FOLDERS.items():
        for file in sorted((content / folder).glob(f"{prefix}*.json")):
            try:
                row = json.loads(file.read_bytes())
            except (OSError, ValueError, RecursionError):
                continue
            if isinstance(row, dict) and isinstance(row.get("title"), str) and isinstance(row.get("text"), str):
                texts[file.stem] = f"{_clean(row['title'])}\n\n{_clean(row['text'])}"
    if not texts:
        raise CorpusError(f"{content}: no articles in it; set {CORPUS_VARIABLE} to a whole checkout of the data set")
    return texts


def _clean(field: str) -> str:
    return field.replace("\r\n", "\n").replace("\u00a0", " ").strip()


def fetched_corpus(repository: str = REPOSITORY, commit: str = COMMIT) -> Path:
    """Return the cached copy of the data set, after fetching it if there is none.

    Raises
    ------
    CorpusError
        If git is missing, the repository can't be reached, it hasn't got the commit, its layout differs, or the
        cache folder can't be written.
    """
    return fetched(
        PublicData(
            name="fakehealth",
            title="the public articles",
            repository=repository,
            commit=commit,
            files=tuple((_CONTENT / folder).as_posix() for folder in _FOLDERS),
            instead=f"or set {CORPUS_VARIABLE} to a checkout of the data set",
        )
    )
