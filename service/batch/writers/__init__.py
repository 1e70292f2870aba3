"""The forms of a finished output, each written from the rows of the journal in bounded memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import PurePath
from typing import Literal, TypeAlias, get_args

from service.console import CommandError

OutFormat: TypeAlias = Literal["jsonl", "parquet", "csv"]
FORMATS: tuple[OutFormat, ...] = get_args(OutFormat)
# All rows as JSON, in order, as often as they are asked for.
Rows: TypeAlias = Callable[[], Iterator[bytes]]

_BY_SUFFIX: dict[str, OutFormat] = {
    "": "jsonl",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "jsonl",
    ".csv": "csv",
    ".parquet": "parquet",
}
COMPRESSED = (".gz", ".zst")


def format_of(out: str, asked: str | None) -> OutFormat:
    """The format of an output: the asked one, else by its name.

    Raises
    ------
    CommandError
        If there is no such format, the name tells none, or the format can't be written in this way.
    """
    path = PurePath(out)
    if asked is not None:
        chosen = next((name for name in FORMATS if name == asked), None)
        if chosen is None:
            raise CommandError(f"--to {asked[:40]!r} is unknown; known are {', '.join(FORMATS)}")
    elif out == "-":
        chosen = "jsonl"
    else:
        suffix = path.suffix.lower()
        chosen = _BY_SUFFIX.get(PurePath(path.stem).suffix.lower() if suffix in COMPRESSED else suffix)
        if chosen is None:
            raise CommandError(f"{out}: its name tells no format; say --to {', --to '.join(FORMATS)}")
    if out == "-" and chosen != "jsonl":
        raise CommandError(f"--to {chosen} needs a file as OUT: standard output takes JSON Lines only")
    if chosen == "parquet" and path.suffix.lower() in COMPRESSED:
        raise CommandError(f"{out}: Parquet is compressed inside; leave out {path.suffix}")
    return chosen
