"""Which characters of a text are prose: markup and control characters are read as white space.

The result has the length of the text, so that every offset into one is an offset into the other.
"""

from __future__ import annotations

import re

_TAG = re.compile(r"</?[A-Za-z][^<>]{0,2000}>")
# Control characters; byte order mark, zero-width space, soft hyphen at a word's edge.
_CONTROL = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ufeff\u200b\xad]")
_BLOCK = re.compile(
    r"</?(?:p|div|br|li|ul|ol|h[1-6]|tr|td|table|section|article|header|footer|blockquote|figcaption|figure)\b", re.I
)
_HIDDEN = (("<!--", "-->"), ("<script", "</script>"), ("<style", "</style>"))


def prose_of(text: str) -> str:
    """The text with HTML tags, comments, scripts and control characters blanked.

    Parameters
    ----------
    text : str
        Any Unicode text.

    Returns
    -------
    str
        As long as ``text``. Line breaks outside tags are kept; block-level tags become line breaks, so that
        paragraphs of a page stay paragraphs.
    """
    text = _CONTROL.sub(" ", text)
    if "<" not in text:
        return text
    return _TAG.sub(_blank_tag, _blank_hidden(text))


def looks_like_html(text: str) -> bool:
    """True if the text holds at least three HTML tags."""
    return sum(1 for _, _match in zip(range(3), _TAG.finditer(text), strict=False)) == 3 if "<" in text else False


def _blank_tag(match: re.Match[str]) -> str:
    tag = match.group()
    blank = " " * len(tag)  # line breaks too: a link's attributes on lines of their own part no paragraphs
    # A block needs two line breaks, which the shortest block tag ("<p>") has room for.
    return "\n\n" + blank[2:] if _BLOCK.match(tag) else blank


def _blank_hidden(text: str) -> str:
    """Blank comments, scripts and styles with their content, in one pass each (no backtracking)."""
    lowered = text.lower()
    if len(lowered) != len(text):  # a few letters (İ) grow when lowered: leave offsets alone
        return text
    for opening, closing in _HIDDEN:
        parts: list[str] = []
        last = 0
        start = lowered.find(opening)
        while start >= 0:
            end = lowered.find(closing, start)
            if end < 0:
                break
            end += len(closing)
            parts += [text[last:start], " " * (end - start)]
            last = end
            start = lowered.find(opening, end)
        if last:
            text = "".join(parts) + text[last:]
            lowered = text.lower()
    return text
