"""``.overclaim.toml``: found, read, refused with its place, and written without loss."""

from __future__ import annotations

import os
import threading
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.project import (
    FILE_NAME,
    Project,
    ProjectError,
    find_project,
    read_project,
    save_ignored,
    save_label_off,
)
from service.project_settings import project_of

ID, OTHER = "0123456789abcdef", "fedcba9876543210"
FULL = f"""# our rules
mode = "strict"
labels_off = ["disease_mongering"] # we write about rare diseases
ignore = ["{ID}"]
include = ["drafts/"]
exclude = ["drafts/old/", "*.txt"]
"""


def write(folder: Path, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / FILE_NAME).write_bytes(text.encode())
    return folder


def test_reads(tmp_path: Path) -> None:
    project = read_project(write(tmp_path, FULL))
    assert project == Project(
        tmp_path, "strict", frozenset({"disease_mongering"}), frozenset({ID}), ("drafts/",), ("drafts/old/", "*.txt")
    )
    assert project.ignoring([OTHER]).ignored == {ID, OTHER}
    assert read_project(write(tmp_path, "")) == Project(tmp_path)
    assert read_project(write(tmp_path, "\ufeffmode = 'sensitive'\r\n")).mode == "sensitive"


def test_covers(tmp_path: Path) -> None:
    project = read_project(write(tmp_path, FULL))
    covered = {name: project.covers(tmp_path / name) for name in (
        "drafts/a.md", "drafts/b/c.md", "drafts/old/a.md", "drafts/a.txt", "a.md", "../a.md",
    )}  # fmt: skip
    assert covered == {
        "drafts/a.md": True, "drafts/b/c.md": True, "drafts/old/a.md": False, "drafts/a.txt": False, "a.md": False,
        "../a.md": True,
    }  # fmt: skip
    assert Project().covers(tmp_path / "a")
    assert Project(tmp_path).covers(tmp_path / "a")


def test_the_nearest_is_found(tmp_path: Path) -> None:
    write(tmp_path, 'mode = "strict"')
    write(tmp_path / "a", 'mode = "sensitive"')
    (tmp_path / "b").mkdir()

    def mode(path: str) -> str | None:
        found = find_project(tmp_path / path)
        return found.mode if found else None

    assert mode("x.md") == mode("b/x.md") == mode("nowhere/x.md") == mode("b") == "strict"
    assert mode("a/x.md") == mode("a/c/d/x.md") == mode("a") == "sensitive"


@pytest.mark.parametrize("kind", ["folder", "file"])
def test_the_search_ends_at_a_repository(tmp_path: Path, kind: str) -> None:
    write(tmp_path, 'mode = "strict"')
    repository = tmp_path / "repository"
    (repository / "deep").mkdir(parents=True)
    (repository / ".git").mkdir() if kind == "folder" else (repository / ".git").write_text("gitdir: x")
    assert find_project(repository / "deep" / "a.md") is None
    write(repository, 'mode = "sensitive"')
    assert (find_project(repository / "deep" / "a.md") or Project()).mode == "sensitive"


def test_the_search_ends_at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, 'mode = "strict"')
    home = tmp_path / "home"
    home.mkdir()
    assert find_project(home / "a.md") is not None
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    assert find_project(home / "a.md") is None
    assert find_project(Path("a\0b")) is None


BAD = [
    ("mode = ", r": not valid TOML: Invalid value"),
    ('mode = "strict"\nmode = "strict"\n\n', r": not valid TOML: Cannot overwrite a value \(at line 2"),
    ('\nmode = "loud"', r":2: mode must be one of strict, balanced, sensitive, not 'loud'"),
    ("mode = 3", r":1: mode must be one of strict, balanced, sensitive, not a number"),
    ("mode = true", r":1: mode must be one of"),
    ("# x\nmodes = 1", r":2: unknown key 'modes'; known are mode, labels_off, ignore, include, exclude"),
    ("[tool]\nx = 1", r":1: unknown key 'tool'; known are mode"),
    ('ignore = "x"', r":1: ignore must be an array of strings, not a string"),
    (f'ignore = [\n"{ID}",\n"abc"]', r":3: ignore: 'abc' is not a span's id, which is 16 hex digits"),
    (f'ignore = ["{ID.upper()}"]', r"is not a span's id"),
    ("labels_off = [1]", r":1: labels_off must be an array of strings; it holds a number"),
    ('labels_off = ["spin"]', r":1: labels_off: 'spin' is not a label; labels are overstated_efficacy, "),
    ('exclude = ["  "]', r":1: exclude: '  ' is not a pattern"),
    ('include = ["a\\u001b"]\nx = 1', r":2: unknown key 'x'"),
    ("a = " + "[" * 5_000, r": not valid TOML: "),
    ("#" * 1_000_001, r": over the limit of 1000000 bytes"),
]


@pytest.mark.parametrize(("text", "message"), BAD)
def test_refuses(tmp_path: Path, text: str, message: str) -> None:
    write(tmp_path, text)
    with pytest.raises(ProjectError, match=message) as caught:
        find_project(tmp_path / "a.md")
    assert str(caught.value).startswith(str(tmp_path / FILE_NAME))
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 700


def test_refuses_what_is_no_text(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"mode = \xff")
    with pytest.raises(ProjectError, match="not UTF-8: bad byte at byte offset 7"):
        read_project(tmp_path)
    with pytest.raises(ProjectError, match="no such file"):
        read_project(tmp_path / "nowhere")


@pytest.mark.parametrize(
    "text",
    [
        FULL,
        "",
        "# only a comment",
        f'ignore = [ # why\n  "{OTHER}", # this one\n]\r\n\n# end\n',
        "ignore = []\nmode='strict'",
    ],
)
def test_saving_keeps_what_is_there(tmp_path: Path, text: str) -> None:
    write(tmp_path, text)
    before = tomllib.loads(text)
    new = "a" * 16
    assert save_ignored(tmp_path, new)
    written = (tmp_path / FILE_NAME).read_bytes().decode()
    assert tomllib.loads(written) == {**before, "ignore": [*before.get("ignore", []), new]}
    for line in text.splitlines():
        assert line.split("#")[-1] in written if "#" in line else line.rstrip("]") in written
    assert not save_ignored(tmp_path, new)
    assert (tmp_path / FILE_NAME).read_bytes().decode() == written
    assert save_label_off(tmp_path, "causal_overreach")
    assert not save_label_off(tmp_path, "causal_overreach")
    assert "causal_overreach" in read_project(tmp_path).labels_off
    assert [file.name for file in tmp_path.iterdir()] == [FILE_NAME]


def test_saving_makes_the_file(tmp_path: Path) -> None:
    assert save_ignored(tmp_path, ID)
    assert read_project(tmp_path) == Project(tmp_path, ignored=frozenset({ID}))
    with pytest.raises(ProjectError, match="can't be written: no such file"):
        save_ignored(tmp_path / "nowhere", ID)


@pytest.mark.parametrize("text", ["", "mode = ", 'colour = "red"', "ignore = 3"])
def test_a_failed_save_changes_nothing(tmp_path: Path, text: str) -> None:
    write(tmp_path, text)
    for save, name in ((save_ignored, "no id"), (save_label_off, "spin")):
        with pytest.raises(ProjectError, match=r"not valid TOML|unknown key|is not|array"):
            save(tmp_path, name)
    assert (tmp_path / FILE_NAME).read_text(encoding="utf-8") == text
    assert [file.name for file in tmp_path.iterdir()] == [FILE_NAME]


def test_saving_keeps_rights_and_links(tmp_path: Path) -> None:
    real = write(tmp_path / "real", FULL) / FILE_NAME
    real.chmod(0o640)
    linked = tmp_path / "linked"
    linked.mkdir()
    (linked / FILE_NAME).symlink_to(real)
    assert save_ignored(linked, OTHER)
    assert (linked / FILE_NAME).is_symlink()
    assert real.stat().st_mode & 0o777 == 0o640
    assert read_project(real.parent).ignored == {ID, OTHER}


def test_two_writers_lose_nothing(tmp_path: Path) -> None:
    ids = [f"{number:016x}" for number in range(24)]
    threads = [
        threading.Thread(target=lambda part=part: [save_ignored(tmp_path, one) for one in part])
        for part in (ids[:8], ids[8:16], ids[16:], ids[:12])
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert read_project(tmp_path).ignored == set(ids)


def test_a_dead_writers_lock_is_broken(tmp_path: Path) -> None:
    lock = tmp_path / f"{FILE_NAME}.lock"
    lock.touch()
    os.utime(lock, (0, 0))
    assert save_ignored(tmp_path, ID)
    assert not lock.exists()


def test_a_live_writers_lock_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.project.LOCK_SECONDS", 0.2)
    lock = tmp_path / f"{FILE_NAME}.lock"
    lock.touch()
    monkeypatch.setattr("service.project._is_left_over", lambda _: False)
    with pytest.raises(
        ProjectError, match=r"another program is writing it; if none is, delete \.overclaim\.toml\.lock"
    ):
        save_ignored(tmp_path, ID)
    assert lock.exists()


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        project = project_of(text, None, Path("x.toml"))
    except ProjectError as err:
        assert str(err).startswith("x.toml")  # noqa: PT017
    else:
        assert project.root is None
