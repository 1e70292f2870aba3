"""The main text of a page: the article without navigation, adverts and comments."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass

from classifier.errors import InvalidInputError
from service.extras import require

# What these libraries log may hold words of the article, which is private.
for _name in ("trafilatura", "htmldate", "courlan", "justext", "charset_normalizer"):
    logging.getLogger(_name).setLevel(logging.CRITICAL + 1)

_TAG = re.compile(r"<[a-zA-Z!/?]")
_DECLARATION = re.compile(r"\s*<\?xml[^>]*>")
_BULLET = "- "
# What is left of a page of links or of a notice; hardly a sentence is shorter.
MIN_CHARACTERS = 40


@dataclass(frozen=True, slots=True)
class Page:
    """What was found on a page: paragraphs separated by blank lines, the headline and the day it was published."""

    text: str
    title: str | None
    date: str | None


def main_text(html: str, url: str | None = None) -> Page:
    """Find the article on a page.

    Parameters
    ----------
    html : str
        The page, decoded.
    url : str, optional
        Its address, which may tell the date.

    Raises
    ------
    InvalidInputError
        Code ``no_article`` if there is none.
    CommandError
        If trafilatura isn't installed.
    """
    trafilatura = require("trafilatura", "archives")
    # A declaration of another encoding than that of a Python string would stop the parser.
    html = _DECLARATION.sub("", html.replace("\0", ""), count=1)
    if not _TAG.search(html):
        raise _no_article()
    try:
        found = trafilatura.bare_extraction(
            html,
            url=url,
            favor_precision=True,
            include_comments=False,
            include_tables=False,
            with_metadata=True,
            # Only dates that the page declares: others on it may be of anything.
            date_extraction_params={"original_date": True, "extensive_search": False},
        )
    except Exception:  # whatever a page does to its parser, the others are read all the same
        raise InvalidInputError("the page can't be read as HTML", field="page", code="no_article") from None
    title = " ".join((found.title or "").split()) if found else ""
    text = _paragraphs(found.text or "", title) if found else ""
    if len(text) < MIN_CHARACTERS:
        raise _no_article()
    return Page(text, title or None, found.date or None)


def _paragraphs(text: str, title: str) -> str:
    """Separate what trafilatura puts on lines of their own; items of a list stay together. The headline goes."""
    kept = [line.strip() for line in text.splitlines() if line.strip()]
    if kept and title and " ".join(kept[0].split()) == title:
        del kept[0]
    parts: list[str] = []
    for number, line in enumerate(kept):
        if number:
            is_list = line.startswith(_BULLET) and kept[number - 1].startswith(_BULLET)
            parts.append("\n" if is_list else "\n\n")
        parts.append(line)
    return "".join(parts)


def _no_article() -> InvalidInputError:
    return InvalidInputError("no article text found on the page", field="page", code="no_article")
