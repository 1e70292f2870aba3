"""What ``.overclaim.toml`` may hold, checked."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pathspec

from classifier.annotation import MODES, LabelledSpan, Mode
from classifier.labels import LABEL_IDS
from service.console import CommandError
from service.sources import os_reason
from service.wire import json_kind, printable

FILE_NAME = ".overclaim.toml"
KEYS = ("mode", "labels_off", "ignore", "include", "exclude")
MAX_BYTES = 1_000_000
"""A larger file isn't read."""
_ID = re.compile(r"[0-9a-f]{16}")


class ProjectError(CommandError):
    """A settings file that can't be used; the message is one line with file, line where it is known, and key."""


@dataclass(frozen=True, slots=True)
class Project:
    """What a team has agreed on.

    Parameters
    ----------
    root : Path, optional
        Folder of the settings file; None for settings that come from elsewhere.
    mode : {"strict", "balanced", "sensitive"}, optional
        The mode where the caller names none.
    labels_off : frozenset of str
        Labels that are never shown.
    ignored : frozenset of str
        Ids of spans that are never shown.
    include, exclude : tuple of str
        Which files are checked, as patterns of ``.gitignore``, relative to ``root``. No ``include`` means all.
    """

    root: Path | None = None
    mode: Mode | None = None
    labels_off: frozenset[str] = field(default_factory=frozenset)
    ignored: frozenset[str] = field(default_factory=frozenset)
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()

    def hides(self, found: LabelledSpan) -> bool:
        """True if a span isn't to be shown."""
        return found.label in self.labels_off or found.id in self.ignored

    def ignoring(self, ids: Iterable[str]) -> Project:
        """The same project with more span ids ignored."""
        return replace(self, ignored=self.ignored.union(ids))

    def covers(self, path: Path) -> bool:
        """True if a file is to be checked. Files outside ``root`` always are."""
        if self.root is None:
            return True
        try:
            inside = path.resolve().relative_to(self.root.resolve()).as_posix()
        except (ValueError, OSError):
            return True
        if self.include and not pathspec.GitIgnoreSpec.from_lines(self.include).match_file(inside):
            return False
        return not pathspec.GitIgnoreSpec.from_lines(self.exclude).match_file(inside)


def project_of(text: str, root: Path | None, file: Path) -> Project:
    """Read settings from the text of a file.

    Parameters
    ----------
    text : str
        TOML.
    root : Path, optional
        What its paths are relative to.
    file : Path
        What errors call it.

    Raises
    ------
    ProjectError
        If they can't be used.
    """
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as err:
        # The parser's words and the place; it quotes one character at most.
        raise ProjectError(f"{file}: not valid TOML: {str(err)[:200]}") from None
    except RecursionError:
        raise ProjectError(f"{file}: not valid TOML: nested too deeply") from None
    settings = _Settings(file, text, values)
    return Project(
        root=root,
        mode=settings.mode(),
        labels_off=frozenset(settings.names("labels_off", _is_label, f"a label; labels are {', '.join(LABEL_IDS)}")),
        ignored=frozenset(settings.names("ignore", is_span_id, "a span's id, which is 16 hex digits")),
        include=settings.names("include", _is_pattern, "a pattern as in .gitignore"),
        exclude=settings.names("exclude", _is_pattern, "a pattern as in .gitignore"),
    )


def read_text(file: Path) -> str:
    """The text of a settings file.

    Raises
    ------
    ProjectError
        If it can't be read, isn't UTF-8 or is over ``MAX_BYTES``.
    """
    try:
        with file.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except OSError as err:
        raise ProjectError(f"{file}: {os_reason(err)}") from None
    if len(raw) > MAX_BYTES:
        raise ProjectError(f"{file}: over the limit of {MAX_BYTES} bytes")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as err:
        raise ProjectError(f"{file}: not UTF-8: bad byte at byte offset {err.start}") from None


class _Settings:
    """The values of one file, checked as they are taken out."""

    def __init__(self, file: Path, text: str, values: dict[str, object]) -> None:
        self._file = file
        self._text = text
        self._values = values
        for key in values:
            if key not in KEYS:
                raise self._error(key, f"unknown key {printable(key)}; known are {', '.join(KEYS)}")

    def mode(self) -> Mode | None:
        value = self._values.get("mode")
        for known in (None, *MODES):
            if value == known:
                return known
        shown = printable(value) if isinstance(value, str) else json_kind(value)
        raise self._error("mode", f"mode must be one of {', '.join(MODES)}, not {shown}")

    def names(self, key: str, is_good: Callable[[str], object], wanted: str) -> tuple[str, ...]:
        values = self._values.get(key, [])
        if not isinstance(values, list):
            raise self._error(key, f"{key} must be an array of strings, not {json_kind(values)}")
        for value in values:
            if not isinstance(value, str):
                raise self._error(key, f"{key} must be an array of strings; it holds {json_kind(value)}")
            if not is_good(value):
                raise self._error(key, f"{key}: {printable(value)} is not {wanted}", value)
        return tuple(values)

    def _error(self, key: str, message: str, value: str | None = None) -> ProjectError:
        line = self._line(key, value)
        return ProjectError(f"{self._file}:{line}: {message}" if line else f"{self._file}: {message}")

    def _line(self, key: str, value: str | None) -> int | None:
        """Where a key, or the value in it, is written, from 1; None if it is written in some roundabout way."""
        found = re.search(rf"^[ \t]*[\[\"']*{re.escape(key)}\b", self._text, re.M)
        if not found:
            return None
        inside = re.compile(rf"[\"']{re.escape(value)}[\"']").search(self._text, found.end()) if value else None
        return self._text.count("\n", 0, (inside or found).end()) + 1


def is_span_id(name: str) -> bool:
    """True for sixteen hex digits."""
    return _ID.fullmatch(name) is not None


def _is_label(name: str) -> bool:
    return name in LABEL_IDS


def _is_pattern(pattern: str) -> bool:
    try:
        pathspec.GitIgnoreSpec.from_lines([pattern])
    except ValueError:
        return False
    return bool(pattern.strip())
