"""What can go wrong with the store of feedback. No message holds a sentence or a password."""

from __future__ import annotations

from classifier.errors import OverclaimError
from service.console import CommandError


class FeedbackSettingError(CommandError):
    """A place for feedback that can't be one; the service doesn't start with it."""


class FeedbackUnavailableError(OverclaimError):
    """A database that can't be reached, read or written now."""
