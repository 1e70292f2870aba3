"""A memory zone of spaCy that stays open from one text to the next."""

from __future__ import annotations

from contextlib import ExitStack

from spacy.language import Language

MOST_CHARS = 200_000
"""Characters read in one zone: some twenty articles, or days of writing; 9 MB if every word is new."""


class RollingZone:
    """Keeps a pipeline inside a memory zone, and changes it for a new one now and then.

    What words that the vocabulary lacks take is freed with their zone. A zone for each text would make them anew each
    time, most of them for the very article that they were made for before: somebody is writing in it. One for ever
    would grow. Not safe to share between threads.

    Parameters
    ----------
    nlp : Language
        All that it makes must be let go before the next ``enter``.
    most : int
        Characters read in one zone. A longer text has one for itself.
    """

    def __init__(self, nlp: Language, most: int = MOST_CHARS) -> None:
        self._nlp = nlp
        self._most = most
        self._read = 0
        self._open: ExitStack | None = None

    def enter(self, chars: int) -> None:
        """Be in a zone that has room for so many characters, or in a new one."""
        if self._open is not None and self._read + chars > self._most:
            self.leave()
        if self._open is None:
            zone = ExitStack()
            zone.enter_context(self._nlp.memory_zone())
            self._open, self._read = zone, 0
        self._read += chars

    def leave(self) -> None:
        """Free what was made in the zone, if there is one."""
        if self._open is not None:
            self._open.close()
            self._open = None
