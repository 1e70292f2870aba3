"""What a text with markup is read as, and the way back from there to the source."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from classifier.annotation import TextWarning
from classifier.document import Span


class Piece(NamedTuple):
    """A stretch of the source and what it is read as.

    Parameters
    ----------
    text : str
        As read. In prose it is the source itself; in markup mostly nothing, a blank or line breaks.
    start, end : int
        The stretch ``[start, end)`` of the source, in code points; ``start < end``.
    """

    text: str
    start: int
    end: int


class SourceMap:
    """A source cut into pieces, and the text that is read in its place.

    Parameters
    ----------
    source : str
        The text as it is in the file.
    pieces : sequence of Piece
        They cover the source without gaps, in order.
    comments : sequence of (int, int), optional
        Where the markup's comments stand in the source. Left out, every ``<!-- … -->`` counts as one.
    warnings : tuple of TextWarning
        What went wrong when the markup was read.

    Attributes
    ----------
    text : str
        What is read.
    prose : tuple of bool
        For each piece, whether it is read as it stands in the source.

    Raises
    ------
    ValueError
        If the pieces leave a gap, overlap or end before or after the source.
    """

    def __init__(
        self,
        source: str,
        pieces: Sequence[Piece],
        *,
        comments: Sequence[tuple[int, int]] | None = None,
        warnings: tuple[TextWarning, ...] = (),
    ) -> None:
        position = length = 0
        starts = []
        prose = []
        for piece in pieces:
            if piece.start != position or piece.end <= piece.start:
                raise ValueError(f"piece [{piece.start}, {piece.end}) doesn't follow on {position}")
            position = piece.end
            starts.append(length)
            prose.append(len(piece.text) == piece.end - piece.start and source.startswith(piece.text, piece.start))
            length += len(piece.text)
        if position != len(source):
            raise ValueError(f"the pieces end at {position}, and the source at {len(source)}")
        self.source = source
        self.pieces = tuple(pieces)
        self.comments = None if comments is None else tuple(comments)
        self.warnings = warnings
        self.text = "".join(piece.text for piece in pieces)
        self.prose = tuple(prose)
        self._starts = starts
        self._source_starts = [piece.start for piece in pieces]

    @property
    def is_plain(self) -> bool:
        """True if the text is the source, character for character."""
        return all(self.prose)

    def to_source(self, span: Span) -> Span:
        """Where words of the text stand in the source.

        Parameters
        ----------
        span : Span
            In ``text``. A span of the title comes back as it is.

        Returns
        -------
        Span
            Its ends are never inside markup. Markup at the ends stays outside unless words of the span are made of it
            (the ``&`` of ``&amp;``); markup in the middle is inside.

        Raises
        ------
        ValueError
            If the span ends after the text.
        """
        if span.field == "title":
            return span
        if span.end > len(self.text):
            raise ValueError(f"span [{span.start}, {span.end}) ends after the text of {len(self.text)} characters")
        first, last = self._at(span.start), self._at(span.end - 1)
        start, end = self.pieces[first].start, self.pieces[last].end
        if self.prose[first]:
            start += span.start - self._starts[first]
        if self.prose[last]:
            end = self.pieces[last].start + span.end - self._starts[last]
        return Span(start, end)

    def to_text(self, offset: int) -> int:
        """How many characters of the text come before a place of the source; from inside markup, before the markup.

        Raises
        ------
        ValueError
            If the offset is outside the source.
        """
        if not 0 <= offset <= len(self.source):
            raise ValueError(f"offset {offset} is outside a source of {len(self.source)} characters")
        if offset == len(self.source):
            return len(self.text)
        index = bisect_right(self._source_starts, offset) - 1
        return self._starts[index] + (offset - self._source_starts[index] if self.prose[index] else 0)

    def without(self, ranges: Iterable[tuple[int, int]]) -> SourceMap:
        """The same map, with ranges of the source read as nothing where they were prose.

        Parameters
        ----------
        ranges : iterable of (int, int)
            Half-open, in order, not overlapping. Markup inside them is read as before.
        """
        cuts = [cut for cut in ranges if cut[0] < cut[1]]
        if not cuts:
            return self
        made: list[Piece] = []
        index = 0
        for piece, prose in zip(self.pieces, self.prose, strict=True):
            while index < len(cuts) and cuts[index][1] <= piece.start:
                index += 1
            if not prose:
                made.append(piece)
                continue
            position, look = piece.start, index
            while look < len(cuts) and cuts[look][0] < piece.end:
                start, end = max(position, cuts[look][0]), min(piece.end, cuts[look][1])
                if position < start:
                    made.append(Piece(self.source[position:start], position, start))
                made.append(Piece("", start, end))
                position, look = end, look + 1
            if position < piece.end:
                made.append(Piece(self.source[position : piece.end], position, piece.end))
        return SourceMap(self.source, made, comments=self.comments, warnings=self.warnings)

    def _at(self, offset: int) -> int:
        """Index of the piece that holds a character of the text."""
        # Of pieces that start at one place of the text all but the last are read as nothing.
        return bisect_right(self._starts, offset) - 1


def plain_map(source: str, warnings: tuple[TextWarning, ...] = ()) -> SourceMap:
    """A map of a text without markup: it is read as it is."""
    return SourceMap(source, [Piece(source, 0, len(source))] if source else [], warnings=warnings)


def marked_map(
    source: str,
    marks: Iterable[Piece],
    *,
    comments: Sequence[tuple[int, int]] | None = None,
    warnings: tuple[TextWarning, ...] = (),
) -> SourceMap:
    """A map of a text in which everything is prose but some pieces of markup.

    Parameters
    ----------
    source : str
    marks : iterable of Piece
        In order, not overlapping.
    comments, warnings
        See ``SourceMap``.
    """
    pieces: list[Piece] = []
    position = 0
    for mark in marks:
        if position < mark.start:
            pieces.append(Piece(source[position : mark.start], position, mark.start))
        pieces.append(mark)
        position = mark.end
    if position < len(source):
        pieces.append(Piece(source[position:], position, len(source)))
    return SourceMap(source, pieces, comments=comments, warnings=warnings)
