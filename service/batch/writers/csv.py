"""CSV: one span on each line, for a spreadsheet."""

from __future__ import annotations

import csv
import json
from typing import Any, BinaryIO

from service.batch.kinds import kinds_of
from service.batch.rows import SPAN_COLUMNS, span_rows
from service.batch.writers import Rows
from service.batch.writers.files import text_of
from service.wire import json_line


def write_csv(rows: Rows, file: BinaryIO) -> None:
    """Write the flat table of spans, with a header, as RFC 4180 has it.

    Null is an empty field, true and false are words, and a list or an object is JSON text.
    """
    extra, _ = kinds_of(map(json.loads, rows()))
    names = ["article_id", *extra, *SPAN_COLUMNS]
    with text_of(file) as text:
        table = csv.writer(text)
        table.writerow(names)
        for row in map(json.loads, rows()):
            for flat in span_rows(row):
                table.writerow([_cell(flat.get(name)) for name in names])


def _cell(value: Any) -> Any:
    return json_line(value) if isinstance(value, bool | list | dict) else value
