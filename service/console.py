"""What the command says on standard error, one line at a time, and how it treats its streams."""

from __future__ import annotations

import io
import os
import sys
import unicodedata

from classifier.errors import OverclaimError


class CommandError(OverclaimError):
    """Bad usage or input that only the command line knows; its message is one line. Exit code 2."""


def visible(text: str) -> str:
    """Replace each control character but line breaks and tabs, one for one, so that offsets still hold.

    An article may hold escape sequences that would recolour, retitle or clear the reader's terminal, and
    direction overrides that would show its words in another order.
    """
    return "".join(
        "\ufffd"
        if (unicodedata.category(character) == "Cc" and character not in "\r\n\t") or character in _DIRECTIONS
        else character
        for character in text
    )


_DIRECTIONS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def one_line(text: str) -> str:
    """Fold white space and replace control characters."""
    return visible(" ".join(text.split()))


def error(message: str) -> None:
    """Write ``overclaim: error: …``, always in one line."""
    _say(f"overclaim: error: {one_line(message)}")


def warning(message: str) -> None:
    """Write ``overclaim: warning: …``, always in one line."""
    _say(f"overclaim: warning: {one_line(message)}")


def note(message: str) -> None:
    """Write ``overclaim: …``, always in one line."""
    _say(f"overclaim: {one_line(message)}")


def _say(line: str) -> None:
    # File names may hold bytes that are no text (surrogate escapes).
    encoding = sys.stderr.encoding or "utf-8"
    print(line.encode(encoding, "backslashreplace").decode(encoding), file=sys.stderr)


def use_utf8(stream: object) -> None:
    """Make a text stream write UTF-8, whatever the locale: JSON and HTML are UTF-8 by definition."""
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def silence(stream: object) -> None:
    """Point a broken stream at nothing, so that the interpreter's last flush doesn't complain."""
    try:
        if isinstance(stream, io.TextIOWrapper):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    except (OSError, ValueError):
        pass
