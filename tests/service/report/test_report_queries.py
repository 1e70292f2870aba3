"""The DuckDB queries of the documentation run as they stand, on what the batch writes."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest
from report_outputs import ROWS, write

README = Path(__file__).parents[3] / "service" / "batch" / "README.md"
QUERIES = re.findall(r"^```sql\n(.*?)^```$", README.read_text(encoding="utf-8") if README.exists() else "", re.M | re.S)
FILES = re.compile(r"'([^']*\.parquet)'")


def test_there_are_three() -> None:
    assert len(QUERIES) >= 3
    assert all(FILES.search(query) for query in QUERIES)


@pytest.mark.parametrize("query", QUERIES)
def test_each_gives_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, query: str) -> None:
    for name in FILES.findall(query):
        write(tmp_path / name.replace(".spans.parquet", ".parquet"), ROWS)
    monkeypatch.chdir(tmp_path)
    # Without access to any extension that isn't built in.
    settings: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    with duckdb.connect(config=settings) as connection:
        rows = connection.execute(query).fetchall()
    assert rows
    assert any(value is not None for value in rows[0])
