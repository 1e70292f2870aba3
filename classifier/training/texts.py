"""Where training data lies on this machine: the labels' folder, and the public articles' texts.

The texts belong to others and aren't distributed with the project. They are read from a path, or fetched once with
git at the pinned commit and kept in a cache folder.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import NoReturn

import classifier
from classifier.errors import CorpusError
from classifier.training.standoff import read_objects

REPOSITORY = "https://github.com/EnyanDai/FakeHealth.git"
COMMIT = "ec9379de8f8f13af8c436dd6dd9bfaddacd2df30"
CORPUS_VARIABLE = "OVERCLAIM_CORPUS"
CACHE_VARIABLE = "OVERCLAIM_CACHE"

_CONTENT = Path("dataset", "content")
_FOLDERS = {"HealthStory": "story_reviews_", "HealthRelease": "news_reviews_"}
_STALE_SECONDS = 24 * 60 * 60
_INSTEAD = f"or set {CORPUS_VARIABLE} to a checkout of the data set"
# What git says, in its different versions, if the server hasn't got a commit.
_NO_SUCH_COMMIT = re.compile(r"not our ref|couldn't find remote ref|unadvertised object|no such remote ref", re.I)


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


def cache_folder() -> Path:
    """Return where fetched texts are kept: ``OVERCLAIM_CACHE``, or else ``~/.cache/overclaim``."""
    named = os.environ.get(CACHE_VARIABLE, "").strip()
    return Path(named).expanduser() if named else Path.home() / ".cache" / "overclaim"


def fetched_corpus(repository: str = REPOSITORY, commit: str = COMMIT) -> Path:
    """Return the cached copy of the data set, after fetching it if there is none.

    The copy appears in one step, when it is whole: an interrupted fetch leaves none behind.

    Raises
    ------
    CorpusError
        If git is missing, the repository can't be reached, it hasn't got the commit, its layout differs, or the
        cache folder can't be written.
    """
    whole = cache_folder() / f"fakehealth-{commit}"
    if whole.is_dir():
        return whole
    git = shutil.which("git")
    if git is None:
        raise CorpusError(f"git is needed to fetch the public articles and isn't installed: install it, {_INSTEAD}")
    try:
        whole.parent.mkdir(parents=True, exist_ok=True)
        _remove_stale(whole)
        partial = Path(tempfile.mkdtemp(prefix=f".{whole.name}-", dir=whole.parent))
    except OSError as err:
        _cache_failed(err)
    try:
        _fetch(git, repository, commit, partial)
        try:
            partial.rename(whole)
        except OSError as err:
            # Another process may have been quicker; its copy is as good.
            if not whole.is_dir():
                _cache_failed(err)
    finally:
        # Also if interrupted from the keyboard. After the renaming there is nothing left to remove.
        shutil.rmtree(partial, ignore_errors=True)
    return whole


def _cache_failed(err: OSError) -> NoReturn:
    reason = (err.strerror or type(err).__name__).lower()
    raise CorpusError(
        f"the public articles can't be kept in {cache_folder()} ({reason}): "
        f"set {CACHE_VARIABLE} to a folder that can be written, {_INSTEAD}"
    ) from None


def _remove_stale(whole: Path) -> None:
    """Remove what processes that were killed outright have left; younger folders may still be in use."""
    for folder in whole.parent.glob(f".{whole.name}-*"):
        if time.time() - folder.stat().st_mtime > _STALE_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)


def _fetch(git: str, repository: str, commit: str, folder: Path) -> None:
    """Check one commit's articles out into a folder, without history and without git's own files."""
    _git(git, folder, "init", "--quiet", "--template=")
    _git(git, folder, "config", "core.sparseCheckout", "true")
    (folder / ".git" / "info").mkdir(exist_ok=True)
    (folder / ".git" / "info" / "sparse-checkout").write_text(f"/{_CONTENT.as_posix()}/\n", encoding="utf-8")
    _git(git, folder, "remote", "add", "origin", repository)
    fetch = _git(
        git, folder, "fetch", "--quiet", "--depth=1", "--no-tags", "--filter=blob:none", "origin", commit, check=False
    )
    if fetch.returncode and _NO_SUCH_COMMIT.search(fetch.stderr):
        raise CorpusError(f"{repository} hasn't got the commit {commit}: check both, {_INSTEAD}")
    if fetch.returncode:
        raise CorpusError(f"{repository} can't be reached{_reason(fetch.stderr)}: check the network, {_INSTEAD}")
    _git(git, folder, "checkout", "--quiet", "--detach", commit)
    if not all((folder / _CONTENT / name).is_dir() for name in _FOLDERS):
        raise CorpusError(
            f"{repository} at {commit} hasn't got {' and '.join(_FOLDERS)} in {_CONTENT.as_posix()}: "
            f"check the address, {_INSTEAD}"
        )
    shutil.rmtree(folder / ".git", ignore_errors=True)


def _git(git: str, folder: Path, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    # A caller's GIT_DIR (set in hooks) must not redirect us, nobody is there to type a password, and messages are
    # searched in English.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment |= {"GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    settings = (
        "core.autocrlf=false",
        f"core.hooksPath={os.devnull}",
        "http.lowSpeedLimit=1000",
        "http.lowSpeedTime=60",
    )
    command = [git, "-C", str(folder), *(part for setting in settings for part in ("-c", setting)), *arguments]
    done = subprocess.run(  # noqa: S603  a fixed command; the address and commit are ours or the caller's
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if check and done.returncode:
        raise CorpusError(
            f"git couldn't {arguments[0]} the public articles{_reason(done.stderr)}: try again, {_INSTEAD}"
        )
    return done


def _reason(stderr: str) -> str:
    lines = stderr.strip().splitlines()
    return f" ({lines[-1].strip()[:200]})" if lines else ""
