"""JSON Lines: one article on each line."""

from __future__ import annotations

from typing import BinaryIO

from service.batch.writers import Rows


def write_jsonl(rows: Rows, file: BinaryIO) -> None:
    """Write each row as it stands in the journal."""
    for row in rows():
        file.write(row)
        file.write(b"\n")
