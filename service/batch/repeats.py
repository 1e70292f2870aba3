"""Ids that several records of a run share: told, not refused, as nobody but the user knows whether they may."""

from __future__ import annotations

import hashlib
import re
from array import array
from dataclasses import dataclass

import numpy as np

# A row begins with its id, as `service.batch.rows.output_row` writes it.
_ID = re.compile(rb'\{"id":(?:"((?:[^"\\]|\\.)*)"|(-?[0-9]+))')


@dataclass(frozen=True, slots=True)
class Repeats:
    """How many ids are not those of one record only, and how many records have them."""

    ids: int = 0
    records: int = 0

    def told(self) -> str:
        """In words, for a warning; empty if there are none."""
        if not self.ids:
            return ""
        ids = "1 id is that" if self.ids == 1 else f"{self.ids} ids are those"
        return f"{ids} of several records ({self.records} in all)"


class Ids:
    """The ids of a run's rows, 8 bytes each: 80 MB for ten million records.

    Digests of 64 bits: that any two of ten million ids have one by chance is as likely as one in 370,000. The number 7
    and the string "7" are one id, as tables with both write them alike.
    """

    def __init__(self) -> None:
        self._digests = array("Q")

    def see(self, row: bytes) -> None:
        """Take a row into account, as it is in the journal: a JSON object that begins with its id."""
        found = _ID.match(row)
        if found is not None:
            written = found[1] if found[2] is None else found[2]
            self._digests.frombytes(hashlib.blake2b(written, digest_size=8).digest())

    def repeats(self) -> Repeats:
        """Count what was seen so far."""
        digests = np.sort(np.frombuffer(self._digests, dtype=np.uint64))
        same = digests[1:] == digests[:-1]
        # A run of equal ones begins where the one before isn't equal.
        begins = np.count_nonzero(same) - np.count_nonzero(same[1:] & same[:-1])
        return Repeats(int(begins), int(begins + np.count_nonzero(same)))
