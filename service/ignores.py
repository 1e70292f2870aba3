"""Comments by which a writer hides marks: ``<!-- overclaim off -->``, ``on`` and ``ignore``.

They work in plain text as in Markdown and HTML, and are never read as prose.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from classifier.annotation import LabelledSpan, TextWarning
from classifier.document import Span
from classifier.labels import LABEL_IDS
from service.markup.source_map import SourceMap
from service.wire import printable

# Bounded, so that a text full of openings takes linear time.
_COMMENT = re.compile(r"<!--[^\S\n]{0,40}overclaim(?:\s+([^<>]{0,1000}?))?\s{0,40}-->", re.I)
_LINE_BREAK = re.compile(r"\r\n|[\n\r]")
_PARAGRAPH_BREAK = re.compile(r"(?:\r\n|[\n\r])[^\S\n\r]*(?:\r\n|[\n\r])")
_NAMES = re.compile(r"[\s,]+")
_VERBS = ("off", "on", "ignore")
_ALL = frozenset(LABEL_IDS)
_MAX_WARNINGS = 5


@dataclass(frozen=True, slots=True)
class Directive:
    """One comment: where it stands in the source, what it orders (``off``, ``on``, ``ignore``), for which labels."""

    start: int
    end: int
    verb: str
    labels: frozenset[str]


@dataclass(frozen=True, slots=True)
class Region:
    """Source in which the spans of some labels are hidden."""

    start: int
    end: int
    labels: frozenset[str]


class Ignores:
    """What the comments of one text hide.

    Parameters
    ----------
    regions : iterable of Region
        In code points of the source.
    warnings : tuple of TextWarning
        Comments that name what isn't known; such a name hides nothing.
    """

    def __init__(self, regions: Iterable[Region] = (), warnings: tuple[TextWarning, ...] = ()) -> None:
        self.regions = tuple(sorted(regions, key=lambda region: (region.start, region.end)))
        self.warnings = warnings
        # By label, merged: starts and ends both rise, so that a span is looked up in no time.
        self._merged: dict[str, list[tuple[int, int]]] = {}
        for region in self.regions:
            for label in region.labels:
                merged = self._merged.setdefault(label, [])
                if merged and region.start <= merged[-1][1]:
                    merged[-1] = (merged[-1][0], max(merged[-1][1], region.end))
                else:
                    merged.append((region.start, region.end))

    def hides(self, found: LabelledSpan) -> bool:
        """True if a span, with its place in the source, is hidden. Spans of a title that is given apart never are."""
        merged = self._merged.get(found.label)
        if not merged or found.span.field != "text":
            return False
        # The last region that starts before the span ends; those before it end earlier.
        index = bisect_left(merged, (found.span.end, 0)) - 1
        return index >= 0 and merged[index][1] > found.span.start


def read_ignores(pieces: SourceMap) -> tuple[SourceMap, Ignores]:
    """Find the comments of a text.

    Parameters
    ----------
    pieces : SourceMap
        The text as its markup is read.

    Returns
    -------
    SourceMap
        The same, without the comments where they would be read as prose.
    Ignores
        What they hide.
    """
    comments = _comments(pieces)
    if not comments:
        return pieces, Ignores()
    directives, warnings = _directives(comments)
    layout = Layout(pieces.source)
    clean = pieces.without(_removed(layout, match) for match in comments)
    read = Layout(clean.text)
    regions = _switched(directives, len(pieces.source))
    regions += [_ignored(one, clean, layout, read) for one in directives if one.verb == "ignore"]
    return clean, Ignores(regions, tuple(warnings[:_MAX_WARNINGS]))


def _comments(pieces: SourceMap) -> list[re.Match[str]]:
    matches = list(_COMMENT.finditer(pieces.source))
    if pieces.comments is None:
        return matches
    # A comment shown in a block of code is code.
    starts = {start for start, _ in pieces.comments}
    return [match for match in matches if match.start() in starts]


def _directives(comments: Iterable[re.Match[str]]) -> tuple[list[Directive], list[TextWarning]]:
    directives: list[Directive] = []
    warnings: list[TextWarning] = []
    for match in comments:
        verb, *names = [name.lower() for name in _NAMES.split(match.group(1) or "") if name] or [""]
        if verb not in _VERBS:
            said = f"says {printable(verb)}" if verb else "says nothing"
            warnings.append(
                TextWarning("unknown_comment", f"A comment for overclaim {said}; known: {', '.join(_VERBS)}.")
            )
            continue
        for name in names:
            if name not in _ALL:
                message = f"A comment for overclaim names the unknown label {printable(name)}; it has no effect."
                warnings.append(TextWarning("unknown_label", message))
        labels = _ALL.intersection(names) if names else _ALL
        if labels:
            directives.append(Directive(match.start(), match.end(), verb, labels))
    return directives, warnings


def _removed(layout: Layout, match: re.Match[str]) -> tuple[int, int]:
    """What to leave out with a comment: its whole line if it has one, else the blanks before it at a line's end."""
    start, end = match.span()
    line_start, line_end, next_line = layout.line(start)
    line_end, next_line = layout.line(end - 1)[1:] if end > line_end else (line_end, next_line)
    if layout.next_word(end) < line_end:
        return start, end
    before = max(layout.word_end(start), line_start)
    return (before, end) if before > line_start else (line_start, next_line)


def _switched(directives: Sequence[Directive], length: int) -> list[Region]:
    """Regions between ``off`` and ``on``; an ``off`` without ``on`` holds to the end."""
    regions: list[Region] = []
    since: dict[str, int] = {}
    for directive in directives:
        if directive.verb == "off":
            for label in directive.labels:
                since.setdefault(label, directive.end)
        elif directive.verb == "on":
            regions += _closed(since, directive.labels, directive.start)
    return regions + _closed(since, _ALL, length)


def _closed(since: dict[str, int], labels: frozenset[str], end: int) -> list[Region]:
    by_start: dict[int, set[str]] = {}
    for label in labels & since.keys():
        by_start.setdefault(since.pop(label), set()).add(label)
    return [Region(start, end, frozenset(names)) for start, names in by_start.items()]


def _ignored(directive: Directive, pieces: SourceMap, layout: Layout, read: Layout) -> Region:
    """The paragraph after a comment that stands alone, else what stands on its line in its paragraph."""
    line_start, line_end, _ = layout.line(directive.start)
    place = pieces.to_text(directive.start)
    first = pieces.to_text(line_start)
    word_end = read.word_end(place)
    if word_end <= first:
        start, end = directive.end, read.paragraph(read.next_word(place))[1]
        return Region(start, max(start, _source_end(pieces, end)), directive.labels)
    # A page may be one long line: its other paragraphs aren't meant.
    paragraph = read.paragraph(word_end - 1)
    start = pieces.to_source(Span(max(first, paragraph[0]), word_end)).start
    return Region(start, max(directive.end, min(line_end, _source_end(pieces, paragraph[1]))), directive.labels)


def _source_end(pieces: SourceMap, offset: int) -> int:
    """Where the source of the first characters of the text ends."""
    return pieces.to_source(Span(0, offset)).end if offset else 0


class Layout:
    """Lines, words and paragraphs of a string, each found by a look-up, as a text may hold thousands of comments."""

    def __init__(self, text: str) -> None:
        breaks = [match.span() for match in _LINE_BREAK.finditer(text)]
        self._line_starts = [0, *(end for _, end in breaks)]
        self._line_ends = [*(start for start, _ in breaks), len(text)]
        words = [match.span() for match in re.finditer(r"\S+", text)]
        self._word_starts = [start for start, _ in words]
        self._word_ends = [end for _, end in words]
        blank = [match.span() for match in _PARAGRAPH_BREAK.finditer(text)]
        self._paragraph_starts = [0, *(end for _, end in blank)]
        self._paragraph_ends = [*(start for start, _ in blank), len(text)]
        self._length = len(text)

    def line(self, offset: int) -> tuple[int, int, int]:
        """Start and end of the line that holds an offset, and the start of the next one."""
        index = bisect_right(self._line_starts, offset)
        following = self._line_starts[index] if index < len(self._line_starts) else self._length
        return self._line_starts[index - 1], self._line_ends[index - 1], following

    def word_end(self, offset: int) -> int:
        """Where the last word that begins before an offset ends, at most the offset; 0 if there is none."""
        index = bisect_left(self._word_starts, offset) - 1
        return min(self._word_ends[index], offset) if index >= 0 else 0

    def next_word(self, offset: int) -> int:
        """Where the first character at or after an offset is that isn't blank; the length if there is none."""
        index = bisect_right(self._word_ends, offset)
        return max(self._word_starts[index], offset) if index < len(self._word_starts) else self._length

    def paragraph(self, offset: int) -> tuple[int, int]:
        """Start and end of the paragraph that holds an offset."""
        index = bisect_right(self._paragraph_starts, offset) - 1
        return self._paragraph_starts[index], self._paragraph_ends[index]
