"""Finding one's way in a damaged web archive."""

from __future__ import annotations

import zlib
from typing import BinaryIO

GZIP = b"\x1f\x8b\x08"
_STARTS = (b"WARC/1.", b"WARC/0.", GZIP)
_PIECE = 1 << 20


def next_start(file: BinaryIO, position: int) -> int | None:
    """Find the next place that looks like the start of a record, from a byte offset on; None if there is no more."""
    overlap = max(map(len, _STARTS)) - 1
    file.seek(position)
    before = b""
    while piece := file.read(_PIECE):
        window = before + piece
        hits = [hit for hit in map(window.find, _STARTS) if hit >= 0]
        if hits:
            return position - len(before) + min(hits)
        position += len(piece)
        before = window[-overlap:]
    return None


def end_of_whole_members(file: BinaryIO, last: int | None, *, told: bool) -> int | None:
    """Find what an iteration that ended without an error left unread.

    The end of a compressed file that is cut off in the first bytes of a record looks like a proper end.

    Parameters
    ----------
    file : binary file
    last : int, optional
        Byte offset of the last record; None if there was none.
    told : bool
        Whether it is known already that the last record is incomplete.

    Returns
    -------
    int or None
        Byte offset of what is left; None if nothing is.
    """
    file.seek(last or 0)
    beginning = file.read(len(GZIP))
    if last is None or beginning != GZIP:
        return 0 if last is None and beginning else None
    member = zlib.decompressobj(wbits=31)
    file.seek(last)
    try:
        while not member.eof:
            piece = member.unconsumed_tail or file.read(_PIECE)
            if not piece:
                return None if told else last
            member.decompress(piece, _PIECE)
    except zlib.error:
        return None if told else last
    rest = len(member.unused_data)
    return file.tell() - rest if rest or file.read(1) else None
