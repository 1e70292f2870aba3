"""Settings of the service and the command, from ``OVERCLAIM_…`` environment variables."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from classifier.errors import OverclaimError

# JSON may write every byte of a text as a six-character escape (``\u0041``).
JSON_ESCAPE_FACTOR = 6
# Room for the keys, the list of labels and white space around the two texts.
JSON_ENVELOPE_BYTES = 65_536


class SettingsError(OverclaimError):
    """An environment variable that can't be used; the message names it in one line."""


def _lower(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


class Settings(BaseSettings):
    """What an operator may set; each field is read from ``OVERCLAIM_`` and its name in capitals.

    Parameters
    ----------
    host : str
        Address to listen on.
    port : int
        Port to listen on, 0 to 65535; 0 lets the system choose one.
    model : Path, optional
        Folder of the model; the shipped one by default.
    max_bytes : int
        Size limit of one article, at least 1: the bytes that ``text`` and ``title`` together have in
        UTF-8, however the request wrote them down. It holds for requests, files and batch records.
    threads : int
        How many articles are scored at once, at least 1; the number of processors by default.
    log_level : {"critical", "error", "warning", "info", "debug"}
        What is logged. No level logs any of an article's text.
    project : Path, optional
        Folder of a project, whose ``.overclaim.toml`` holds for texts that editors send to ``/v2``.
    feedback : SecretStr
        Where judgements of marks are stored: ``none``, ``on``, a SQLAlchemy URL, or the path of a SQLite file. Never
        shown, as a URL may hold a password.
    """

    model_config = SettingsConfigDict(
        env_prefix="OVERCLAIM_", env_ignore_empty=True, extra="ignore", frozen=True, hide_input_in_errors=True
    )

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65_535)
    model: Path | None = None
    max_bytes: int = Field(default=1_000_000, ge=1)
    threads: int = Field(default_factory=lambda: os.cpu_count() or 1, ge=1)
    log_level: Annotated[Literal["critical", "error", "warning", "info", "debug"], BeforeValidator(_lower)] = "info"
    project: Path | None = None
    feedback: SecretStr = SecretStr("none")

    @property
    def max_body_bytes(self) -> int:
        """Most bytes that the raw JSON of one article is read to: its size limit with every byte escaped."""
        return JSON_ESCAPE_FACTOR * self.max_bytes + JSON_ENVELOPE_BYTES


def load_settings() -> Settings:
    """Read the environment.

    Returns
    -------
    Settings

    Raises
    ------
    SettingsError
        If a variable can't be used. The message is one line.
    """
    try:
        return Settings()
    except ValidationError as err:
        problem = err.errors(include_input=False, include_url=False)[0]
        name = "_".join(["OVERCLAIM", *(str(part).upper() for part in problem["loc"])])
        reason = problem["msg"][:1].lower() + problem["msg"][1:]
        raise SettingsError(f"environment variable {name}: {reason}") from None
