"""What can go wrong in the classifier, each with the words a user should read.

Adapters translate these into their own protocol (an HTTP status, an exit code); the message
never holds any of the article's text.
"""

from __future__ import annotations

from functools import partial


class OverclaimError(Exception):
    """Base of every error the classifier raises on purpose."""


class InvalidInputError(OverclaimError, ValueError):
    """An argument that can't be scored.

    Parameters
    ----------
    message : str
        One sentence for the user.
    field : str
        Name of the argument at fault: ``text``, ``title``, ``labels`` or ``mode``.
    code : str
        Stable identifier for programs, for example ``empty`` or ``too_long``.
    limit : int, optional
        The limit that was passed, where there is one.
    """

    def __init__(self, message: str, *, field: str, code: str, limit: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.code = code
        self.limit = limit

    def __reduce__(self) -> tuple[partial[InvalidInputError], tuple[str]]:
        # Pickle would call the class with the message alone, so that an error couldn't leave a worker process.
        return partial(type(self), field=self.field, code=self.code, limit=self.limit), (self.message,)


class ArtifactError(OverclaimError):
    """A stored model that is missing, damaged or made by other library versions."""


class CorpusError(OverclaimError):
    """Training data that is missing or breaks the documented format; names file and line."""
