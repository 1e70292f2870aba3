"""Articles as Parquet in several files, and rows of outputs as plain values."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from classifier.training.corpus import read_labelled
from classifier.training.texts import data_folder

TEXTS = (
    "New pill is a breakthrough\n\nThe miracle pill cured all mice, and it will soon be on sale.",
    "A walk a day 😀\n\nThe study followed 48 people. Walking protects the heart, researchers said.",
    "Careful trial\n\nIn a randomised trial of 1200 adults, 12% died with the drug and 14% with placebo.",
    # Whole articles, for all that the model can say.
    *(article.text for article in read_labelled(data_folder()).own[:9]),
)
BAD = {5: None, 11: "  \n "}


def articles(first: int, number: int) -> list[dict[str, Any]]:
    """Rows with an id, a text, perhaps a title, and two columns that pass through."""
    return [
        {
            "id": n,
            "text": BAD[n] if n in BAD else TEXTS[n % len(TEXTS)],
            "title": "A miracle cure" if n % 4 == 1 else None,
            "source": f"paper {n % 2}",
            "mode": "print",
        }
        for n in range(first, first + number)
    ]


SCHEMA = pa.schema(
    [("id", pa.int64()), ("text", pa.string()), ("title", pa.string()), ("source", pa.string()), ("mode", pa.string())]
)


def write_parts(folder: Path, sizes: tuple[int, ...] = (4, 9, 6)) -> Path:
    """Write a folder of Parquet, one file for each size; the largest isn't the first."""
    folder.mkdir(parents=True)
    first = 0
    for part, size in enumerate(sizes):
        pq.write_table(pa.Table.from_pylist(articles(first, size), SCHEMA), folder / f"part-{part:05}.parquet")
        first += size
    return folder


def parts_of(folder: Path) -> list[list[dict[str, Any]]]:
    """Rows of each file of a folder, in the order of the files."""
    return [pq.ParquetFile(path).read().to_pylist() for path in sorted(folder.glob("*.parquet"))]


def rows_of(folder: Path) -> list[dict[str, Any]]:
    """All rows of a folder or file of Parquet, in order."""
    return [row for part in parts_of(folder) for row in part] if folder.is_dir() else pq.read_table(folder).to_pylist()
