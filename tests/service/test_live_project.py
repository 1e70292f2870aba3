"""A project's settings in a server that goes on while the file is changed, taken away and put back."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from service import live_project
from service.live_project import LiveProject
from service.project import FILE_NAME, Project, ProjectError


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / FILE_NAME).write_text("mode = 'strict'\n", encoding="utf-8")
    return tmp_path / FILE_NAME


def mode(live: LiveProject) -> str | None:
    now = live.current
    return now.mode if now else "no settings"


def test_a_deleted_file_is_no_settings_until_it_is_there_again(file: Path, caplog: pytest.LogCaptureFixture) -> None:
    live = LiveProject(file.parent)
    assert mode(live) == "strict"
    assert caplog.text == ""
    file.unlink()
    assert [live.current, live.current] == [None, None]
    assert caplog.text.count("no settings hold until there is one again") == 1
    file.write_text("mode = 'sensitive'\n", encoding="utf-8")
    assert mode(live) == "sensitive"


def test_a_file_that_cannot_be_used_keeps_the_last_good_settings(file: Path, caplog: pytest.LogCaptureFixture) -> None:
    live = LiveProject(file.parent)
    for bad in ("mode = 'loud'\n", "mode = \n", "modes = 'strict'\n"):
        file.write_text(bad, encoding="utf-8")
        assert mode(live) == mode(live) == "strict"
    assert caplog.text.count("the last settings that could be used stay in force") == 3
    file.write_text("", encoding="utf-8")
    assert live.current == Project(file.parent)


def test_a_folder_that_cannot_be_looked_into_keeps_them_too(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    live = LiveProject(file.parent)

    def locked(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "stat", locked)
        patched.setattr(Path, "open", locked)
        assert mode(live) == "strict"
    file.write_text("mode = 'sensitive'\n", encoding="utf-8")
    assert mode(live) == "sensitive"


def renamed(file: Path, text: str, between: Callable[[], None]) -> None:
    """As most editors save."""
    new = file.with_name("new")
    new.write_text(text, encoding="utf-8")
    between()
    new.replace(file)


def taken_away(file: Path, text: str, between: Callable[[], None]) -> None:
    """As editors do that keep a backup: the old one is moved away first."""
    file.replace(file.with_name("backup"))
    between()
    file.write_text(text, encoding="utf-8")


@pytest.mark.parametrize("save", [renamed, taken_away])
@pytest.mark.parametrize(("text", "then"), [("mode = 'sensitive'\n", "sensitive"), ("mode = 'loud'\n", "strict")])
def test_a_save_loses_nothing_for_longer_than_itself(
    file: Path, save: Callable[[Path, str, Callable[[], None]], None], text: str, then: str
) -> None:
    live = LiveProject(file.parent)
    seen: list[str | None] = []
    save(file, text, lambda: seen.append(mode(live)))
    assert seen == ["strict" if save is renamed else "no settings"]
    assert mode(live) == mode(live) == then
    # A bad one doesn't keep the next good one out.
    save(file, "mode = 'balanced'\n", lambda: None)
    assert mode(live) == "balanced"


def test_a_file_of_the_same_size_and_time_is_read_if_it_is_another(file: Path) -> None:
    file.write_text("mode = 'balanced'\n", encoding="utf-8")
    live = LiveProject(file.parent)
    times = file.stat().st_atime_ns, file.stat().st_mtime_ns
    new = file.with_name("new")
    new.write_text("labels_off  =  []\n", encoding="utf-8")
    os.utime(new, ns=times)
    assert new.stat().st_size == file.stat().st_size
    new.replace(file)
    assert mode(live) is None


def test_a_file_that_stays_is_read_once(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    live = LiveProject(file.parent)
    monkeypatch.setattr(live_project, "read_project", lambda root: pytest.fail(f"{root} was read again"))
    assert mode(live) == mode(live) == "strict"


def test_what_it_says_is_logged_without_the_settings(file: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        live = LiveProject(file.parent)
        file.write_text("mode = 'sensitive'\n", encoding="utf-8")
        assert mode(live) == "sensitive"
    assert caplog.messages == [f"{file}: read again"]


def test_a_folder_that_is_none_is_told_from_one_without_settings(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    with pytest.raises(ProjectError, match="nowhere: no such folder$"):
        LiveProject(tmp_path / "nowhere")
    with pytest.raises(ProjectError, match=r"there is no \.overclaim\.toml in this folder or above it$"):
        LiveProject(tmp_path)
    # What stands above a folder holds for it, even if it isn't there yet.
    (tmp_path / FILE_NAME).write_text("mode = 'strict'\n", encoding="utf-8")
    assert mode(LiveProject(tmp_path / "nowhere")) == "strict"
