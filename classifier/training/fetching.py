"""Fetching a public data set with git: one commit, some files of it, once, into a cache folder."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from classifier.errors import CorpusError

CACHE_VARIABLE = "OVERCLAIM_CACHE"

_STALE_SECONDS = 24 * 60 * 60
# What git says, in its different versions, if the server hasn't got a commit.
_NO_SUCH_COMMIT = re.compile(r"not our ref|couldn't find remote ref|unadvertised object|no such remote ref", re.I)


@dataclass(frozen=True, slots=True)
class PublicData:
    """A public data set.

    Parameters
    ----------
    name : str
        Its folder in the cache starts with it.
    title : str
        What messages call it.
    repository : str
        Where to fetch from.
    commit : str
        Full id of the commit.
    files : tuple of str
        Paths of files and folders in the repository; nothing else is kept.
    instead : str
        What a user can do if it can't be fetched; ends each message.
    """

    name: str
    title: str
    repository: str
    commit: str
    files: tuple[str, ...]
    instead: str


def cache_folder() -> Path:
    """Return where fetched data sets are kept: ``OVERCLAIM_CACHE``, or else ``~/.cache/overclaim``."""
    named = os.environ.get(CACHE_VARIABLE, "").strip()
    return Path(named).expanduser() if named else Path.home() / ".cache" / "overclaim"


def fetched(data: PublicData) -> Path:
    """Return the cached copy of the data set, after fetching it if there is none.

    The copy appears in one step, when it is whole: an interrupted fetch leaves none behind.

    Raises
    ------
    CorpusError
        If git is missing, the repository can't be reached, it hasn't got the commit or the files, or the cache folder
        can't be written.
    """
    whole = cache_folder() / f"{data.name}-{data.commit}"
    if whole.is_dir():
        return whole
    git = shutil.which("git")
    if git is None:
        raise CorpusError(f"git is needed to fetch {data.title} and isn't installed: install it, {data.instead}")
    try:
        whole.parent.mkdir(parents=True, exist_ok=True)
        _remove_stale(whole)
        partial = Path(tempfile.mkdtemp(prefix=f".{whole.name}-", dir=whole.parent))
    except OSError as err:
        raise _not_kept(data, err) from None
    try:
        _fetch(git, data, partial)
        try:
            partial.rename(whole)
        except OSError as err:
            # Another process may have been quicker; its copy is as good.
            if not whole.is_dir():
                raise _not_kept(data, err) from None
    finally:
        # Also if interrupted from the keyboard. After the renaming there is nothing left to remove.
        shutil.rmtree(partial, ignore_errors=True)
    return whole


def _not_kept(data: PublicData, err: OSError) -> CorpusError:
    reason = (err.strerror or type(err).__name__).lower()
    return CorpusError(
        f"{data.title} can't be kept in {cache_folder()} ({reason}): "
        f"set {CACHE_VARIABLE} to a folder that can be written, {data.instead}"
    )


def _remove_stale(whole: Path) -> None:
    """Remove what processes that were killed outright have left; younger folders may still be in use."""
    for folder in whole.parent.glob(f".{whole.name}-*"):
        if time.time() - folder.stat().st_mtime > _STALE_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)


def _fetch(git: str, data: PublicData, folder: Path) -> None:
    """Check one commit's files out into a folder, without history and without git's own files."""

    def must(*arguments: str) -> None:
        done = _git(git, folder, *arguments)
        if done.returncode:
            raise CorpusError(
                f"git couldn't {arguments[0]} {data.title}{_reason(done.stderr)}: try again, {data.instead}"
            )

    must("init", "--quiet", "--template=")
    # A sparse checkout asks for all files at once; naming them to `checkout` would ask for one after another.
    must("config", "core.sparseCheckout", "true")
    (folder / ".git" / "info").mkdir(exist_ok=True)
    wanted = "".join(f"/{path}\n" for path in data.files)
    (folder / ".git" / "info" / "sparse-checkout").write_text(wanted, encoding="utf-8")
    must("remote", "add", "origin", data.repository)
    fetch = _git(git, folder, "fetch", "--quiet", "--depth=1", "--no-tags", "--filter=blob:none", "origin", data.commit)
    if fetch.returncode and _NO_SUCH_COMMIT.search(fetch.stderr):
        raise CorpusError(f"{data.repository} hasn't got the commit {data.commit}: check both, {data.instead}")
    if fetch.returncode:
        reason = _reason(fetch.stderr)
        raise CorpusError(f"{data.repository} can't be reached{reason}: check the network, {data.instead}")
    must("checkout", "--quiet", "--detach", data.commit)
    if not all((folder / path).exists() for path in data.files):
        raise CorpusError(
            f"{data.repository} at {data.commit} hasn't got {' and '.join(data.files)}: "
            f"check the address, {data.instead}"
        )
    shutil.rmtree(folder / ".git", ignore_errors=True)


def _git(git: str, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
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
    return subprocess.run(  # noqa: S603  a fixed command; the address and commit are ours or the caller's
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )


def _reason(stderr: str) -> str:
    lines = stderr.strip().splitlines()
    return f" ({lines[-1].strip()[:200]})" if lines else ""
