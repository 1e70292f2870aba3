"""Fetching the public articles' texts: from a small local repository of the public one's shape."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from small_data import TEXTS, put, write_checkout

from classifier.errors import CorpusError
from classifier.training import fetching as module
from classifier.training.texts import COMMIT, REPOSITORY, corpus_texts, fetched_corpus

FORMAT = Path(__file__).parents[2] / "training_data/FORMAT.md"
needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git isn't installed")


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache, and no corpus: whatever this machine has must not matter."""
    monkeypatch.delenv("OVERCLAIM_CORPUS", raising=False)
    monkeypatch.setenv("OVERCLAIM_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    return write_checkout(tmp_path / "checkout")


@dataclass(frozen=True)
class Remote:
    address: str
    commit: str
    """Not the newest: what is pinned seldom is."""
    folder: Path


def git(folder: Path, *arguments: str) -> str:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    who = {f"GIT_{role}_{what}": "test@example.org" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    command = ["git", "-C", str(folder), "-c", "commit.gpgsign=false", *arguments]
    return subprocess.run(command, env=clean | who, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def remote(checkout: Path) -> Remote:
    git(checkout, "init", "--quiet")
    git(checkout, "config", "uploadpack.allowFilter", "true")
    git(checkout, "add", "--all")
    git(checkout, "commit", "--quiet", "--message=pinned")
    commit = git(checkout, "rev-parse", "HEAD")
    for file in checkout.glob("dataset/content/*/*.json"):
        put(file, json.dumps({"title": "changed", "text": "later"}))
    git(checkout, "commit", "--quiet", "--all", "--message=later")
    return Remote(checkout.as_uri(), commit, checkout)


def contents(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


@needs_git
class TestFetching:
    def test_the_pinned_commit_is_fetched_once(
        self, remote: Remote, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert corpus_texts(repository=remote.address, commit=remote.commit) == TEXTS
        assert contents(cache) == [f"fakehealth-{remote.commit}"]
        # Neither the network nor git is needed from now on.
        shutil.rmtree(remote.folder)
        monkeypatch.setenv("PATH", str(tmp_path / "empty"))
        assert corpus_texts(repository=remote.address, commit=remote.commit) == TEXTS

    def test_only_the_articles_are_kept(self, remote: Remote) -> None:
        folder = fetched_corpus(remote.address, remote.commit)
        files = {path.relative_to(folder).parts[:3] for path in folder.rglob("*") if path.is_file()}
        assert files == {("dataset", "content", "HealthStory"), ("dataset", "content", "HealthRelease")}

    def test_a_server_without_filters_will_do(self, remote: Remote) -> None:
        git(remote.folder, "config", "uploadpack.allowFilter", "false")
        assert corpus_texts(repository=remote.address, commit=remote.commit) == TEXTS

    def test_each_commit_has_its_own_copy(self, remote: Remote, cache: Path) -> None:
        corpus_texts(repository=remote.address, commit=remote.commit)
        newest = git(remote.folder, "rev-parse", "HEAD")
        assert set(corpus_texts(repository=remote.address, commit=newest).values()) == {"changed\n\nlater"}
        assert len(contents(cache)) == 2

    def test_the_caller_s_own_repository_is_left_alone(
        self, remote: Remote, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Git sets GIT_DIR in hooks; it must not redirect the fetch."""
        monkeypatch.setenv("GIT_DIR", str(tmp_path / "mine"))
        monkeypatch.setenv("GIT_WORK_TREE", str(tmp_path))
        assert corpus_texts(repository=remote.address, commit=remote.commit) == TEXTS
        assert not (tmp_path / "mine").exists()

    def test_the_default_cache_is_in_the_home_folder(
        self, remote: Remote, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("OVERCLAIM_CACHE")
        monkeypatch.setenv("HOME", str(tmp_path / "home"))
        folder = fetched_corpus(remote.address, remote.commit)
        assert folder == tmp_path / "home/.cache/overclaim" / f"fakehealth-{remote.commit}"

    @pytest.mark.parametrize("step", ["init", "fetch", "checkout"])
    @pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit, MemoryError])
    def test_an_interruption_leaves_nothing_behind(
        self, remote: Remote, cache: Path, monkeypatch: pytest.MonkeyPatch, step: str, stop: type[BaseException]
    ) -> None:
        run = module._git

        def interrupted(git: str, folder: Path, *arguments: str) -> object:
            done = run(git, folder, *arguments)
            if arguments[0] == step:
                raise stop
            return done

        with monkeypatch.context() as patch:
            patch.setattr(module, "_git", interrupted)
            with pytest.raises(stop):
                corpus_texts(repository=remote.address, commit=remote.commit)
        assert contents(cache) == []
        assert corpus_texts(repository=remote.address, commit=remote.commit) == TEXTS

    def test_what_a_killed_process_left_is_never_used_and_removed_in_the_end(self, remote: Remote, cache: Path) -> None:
        old, young = (cache / f".fakehealth-{remote.commit}-{name}" for name in ("old", "young"))
        for folder in (old, young):
            (folder / "dataset/content/HealthStory").mkdir(parents=True)
        yesterday = time.time() - 25 * 60 * 60
        os.utime(old, (yesterday, yesterday))
        assert corpus_texts(repository=remote.address, commit=remote.commit) == TEXTS
        assert contents(cache) == [young.name, f"fakehealth-{remote.commit}"]

    def test_another_process_may_be_quicker(self, remote: Remote, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        fetch = module._fetch

        def slow(*arguments: object) -> None:
            with monkeypatch.context() as patch:
                patch.setattr(module, "_fetch", fetch)
                fetched_corpus(remote.address, remote.commit)
            fetch(*arguments)  # type: ignore[arg-type]

        monkeypatch.setattr(module, "_fetch", slow)
        assert corpus_texts(repository=remote.address, commit=remote.commit) == TEXTS
        assert contents(cache) == [f"fakehealth-{remote.commit}"]

    def test_a_commit_that_is_not_there(self, remote: Remote, cache: Path) -> None:
        assert_fails(
            lambda: fetched_corpus(remote.address, "1" * 40), f"hasn't got the commit {'1' * 40}: check both", cache
        )

    def test_a_branch_is_no_commit(self, remote: Remote, cache: Path) -> None:
        assert_fails(lambda: fetched_corpus(remote.address, "no-such-branch"), "hasn't got the commit", cache)

    @pytest.mark.parametrize("address", ["file:///nowhere/at/all", "http://127.0.0.1:1/x.git"])
    def test_a_repository_that_cannot_be_reached(
        self, cache: Path, monkeypatch: pytest.MonkeyPatch, address: str
    ) -> None:
        monkeypatch.setenv("no_proxy", "*")
        assert_fails(lambda: fetched_corpus(address), r"can't be reached \(.+\): check the network", cache)

    def test_a_repository_of_another_layout(self, remote: Remote, cache: Path) -> None:
        git(remote.folder, "rm", "-r", "--quiet", "dataset/content/HealthRelease")
        git(remote.folder, "commit", "--quiet", "--message=other")
        newest = git(remote.folder, "rev-parse", "HEAD")
        why = "hasn't got dataset/content/HealthStory and dataset/content/HealthRelease: check the address"
        assert_fails(lambda: fetched_corpus(remote.address, newest), why, cache)

    def test_a_repository_without_articles_at_all(self, remote: Remote, cache: Path) -> None:
        git(remote.folder, "rm", "-r", "--quiet", "dataset/content")
        git(remote.folder, "commit", "--quiet", "--message=other")
        newest = git(remote.folder, "rev-parse", "HEAD")
        assert_fails(lambda: fetched_corpus(remote.address, newest), "or set OVERCLAIM_CORPUS", cache)

    def test_a_cache_that_cannot_be_written(
        self, remote: Remote, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        put(tmp_path / "file", "")
        monkeypatch.setenv("OVERCLAIM_CACHE", str(tmp_path / "file/cache"))
        why = r"can't be kept in .*file/cache \(not a directory\): set OVERCLAIM_CACHE"
        assert_fails(lambda: fetched_corpus(remote.address, remote.commit), why, tmp_path / "cache")


def test_git_is_missing(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert_fails(corpus_texts, "git is needed to fetch the public articles and isn't installed: install it", cache)


def assert_fails(act: Callable[[], object], why: str, cache: Path) -> None:
    """One line that says what to do, and nothing is left in the cache."""
    with pytest.raises(CorpusError, match=why) as caught:
        act()
    assert str(caught.value).endswith("or set OVERCLAIM_CORPUS to a checkout of the data set")
    assert "\n" not in str(caught.value)
    assert contents(cache) == []


def test_what_is_fetched_is_what_is_documented() -> None:
    page = FORMAT.read_text(encoding="utf-8")
    assert f"`{COMMIT}`" in page
    assert len(COMMIT) == 40
    assert f"`{REPOSITORY.removeprefix('https://github.com/').removesuffix('.git')}`" in page
