"""Fetching a public data set with git: one commit, some folders of it, once.

:mod:`classifier.training.texts` does the same for the articles; this is the part of it that isn't about articles.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from classifier.errors import CorpusError
from classifier.training import texts


@dataclass(frozen=True, slots=True)
class PublicData:
    """A public data set.

    Parameters
    ----------
    name : str
        Its folder in the cache starts with it.
    repository : str
        Where to fetch from.
    commit : str
        Full id of the commit.
    files : tuple of str
        Paths in the repository; nothing else is kept.
    instead : str
        What a user can do if it can't be fetched; ends each message.
    """

    name: str
    repository: str
    commit: str
    files: tuple[str, ...]
    instead: str


def fetched(data: PublicData) -> Path:
    """Return the cached copy of the data set, after fetching it if there is none.

    The copy appears in one step, when it is whole: an interrupted fetch leaves none behind.

    Raises
    ------
    CorpusError
        If git is missing, the repository can't be reached, it hasn't got the commit or the files, or the cache folder
        can't be written.
    """
    whole = texts.cache_folder() / f"{data.name}-{data.commit}"
    if whole.is_dir():
        return whole
    git = shutil.which("git")
    if git is None:
        raise CorpusError(f"git is needed to fetch {data.name} and isn't installed: install it, {data.instead}")
    try:
        whole.parent.mkdir(parents=True, exist_ok=True)
        partial = Path(tempfile.mkdtemp(prefix=f".{whole.name}-", dir=whole.parent))
    except OSError as err:
        raise CorpusError(_not_kept(data, err)) from None
    try:
        _fetch(git, data, partial)
        try:
            partial.rename(whole)
        except OSError as err:
            # Another process may have been quicker; its copy is as good.
            if not whole.is_dir():
                raise CorpusError(_not_kept(data, err)) from None
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return whole


def _not_kept(data: PublicData, err: OSError) -> str:
    reason = (err.strerror or type(err).__name__).lower()
    return f"{data.name} can't be kept in {texts.cache_folder()} ({reason}): set {texts.CACHE_VARIABLE}, {data.instead}"


def _fetch(git: str, data: PublicData, folder: Path) -> None:
    def run(*arguments: str) -> tuple[bool, str]:
        done = texts._git(git, folder, *arguments, check=False)
        return done.returncode == 0, done.stderr

    def must(*arguments: str) -> None:
        fine, stderr = run(*arguments)
        if not fine:
            raise CorpusError(f"git couldn't {arguments[0]} {data.name}{texts._reason(stderr)}: {data.instead}")

    must("init", "--quiet", "--template=")
    must("remote", "add", "origin", data.repository)
    fine, stderr = run("fetch", "--quiet", "--depth=1", "--no-tags", "--filter=blob:none", "origin", data.commit)
    if not fine and texts._NO_SUCH_COMMIT.search(stderr):
        raise CorpusError(f"{data.repository} hasn't got the commit {data.commit}: check both, {data.instead}")
    if not fine:
        reason = texts._reason(stderr)
        raise CorpusError(f"{data.repository} can't be reached{reason}: check the network, {data.instead}")
    fine, stderr = run("checkout", "--quiet", data.commit, "--", *data.files)
    if not fine:
        raise CorpusError(
            f"{data.repository} at {data.commit} hasn't got {' and '.join(data.files)}"
            f"{texts._reason(stderr)}: check the address, {data.instead}"
        )
    shutil.rmtree(folder / ".git", ignore_errors=True)
