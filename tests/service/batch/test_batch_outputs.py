"""The three forms of output hold the same, and tables have the types that their columns deserve."""

from __future__ import annotations

import csv
import gzip
import json
import subprocess
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet
import pytest
import zstandard
from archives import crawl
from batch_files import FAKE_CLI, RECORDS, outputs, rows, written
from broken import MAX_BYTES, broken_inputs
from hypothesis import given
from hypothesis import strategies as st

from classifier.labels import CRITERION_IDS
from service.batch.arrow import article_batch, span_batch
from service.batch.journal import entry_line, parse_entry
from service.batch.kinds import Kinds, kinds_of
from service.batch.progress import LOG_INTERVAL, Log, Pace, Total, duration
from service.batch.rows import ARTICLE_COLUMNS, OWN_NAMES, SPAN_COLUMNS, passing_name, plain, span_rows
from service.batch.writers import parquet as parquet_writer
from service.cli import main

pytestmark = pytest.mark.usefixtures("fake_model")
EXTRA: dict[str, list[Any]] = {
    "word": ["a", None, '=b\r\n"c",'],
    "count": [1, 2**62, None],
    "share": [1, 0.5, -2.5],
    "flag": [True, False, None],
    "mixed": ["a", 1, {"b": [1.5, None]}],
    "huge": [2**64, 1, 2],
    "void": [None, None, None],
    "label": ["x", "y", "z"],
}


def run(*arguments: object) -> int:
    return main(["batch", *map(str, arguments), "--jobs", "1", "--quiet"])


@pytest.fixture
def source(tmp_path: Path) -> Path:
    texts = ["A miracle cure 😀 in mice. It is safe.", "No hype here.", "Übelkeit: a breakthrough. A miracle."]
    records = [
        {"id": n, "text": text, "title": "A breakthrough", **{name: values[n] for name, values in EXTRA.items()}}
        for n, text in enumerate(texts)
    ]
    return written(tmp_path / "in.jsonl", *map(json.dumps, records))


def test_parquet_holds_what_json_lines_hold(source: Path, tmp_path: Path) -> None:
    assert run(source, tmp_path / "out.jsonl") == 0
    assert run(source, tmp_path / "out.parquet") == 0
    told = rows(tmp_path / "out.jsonl")
    table = pyarrow.parquet.read_table(tmp_path / "out.parquet")
    assert table.schema.names == [
        "id",
        *("input_label" if name == "label" else name for name in EXTRA),
        *ARTICLE_COLUMNS,
    ]
    types = {name: str(table.schema.field(name).type) for name in ("id", *table.schema.names[1:9], "sentences")}
    assert types == {
        "id": "int64",
        "word": "string",
        "count": "int64",
        "share": "double",
        "flag": "bool",
        "mixed": "string",
        "huge": "string",
        "void": "string",
        "input_label": "string",
        "sentences": "int64",
    }
    for row, found in zip(told, table.to_pylist(), strict=True):
        for name in ("mixed", "huge"):
            found[name] = json.loads(found[name])
        assert found == row
    assert list(told[0]["scorecard"]) == list(CRITERION_IDS)


def test_the_flat_tables_hold_one_row_a_span(source: Path, tmp_path: Path) -> None:
    for name in ("out.jsonl", "out.parquet", "out.csv"):
        assert run(source, tmp_path / name) == 0
    flat = [row for article in rows(tmp_path / "out.jsonl") for row in span_rows(article)]
    assert len(flat) == sum(len(article["spans"]) for article in rows(tmp_path / "out.jsonl")) > 3
    found = pyarrow.parquet.read_table(tmp_path / "out.spans.parquet").to_pylist()
    for row in found:
        for name in ("mixed", "huge"):
            row[name] = json.loads(row[name])
    assert found == flat
    assert list(flat[0])[-len(SPAN_COLUMNS) :] == list(SPAN_COLUMNS)
    with (tmp_path / "out.csv").open(newline="", encoding="utf-8") as file:
        cells = list(csv.DictReader(file))
    assert [list(row) for row in cells] == [list(flat[0])] * len(flat)
    for row, cell in zip(flat, cells, strict=True):
        for name, value in row.items():
            written = (
                "" if value is None else value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
            )
            assert cell[name] == written


def test_a_table_without_some_columns_and_with_ids_of_two_kinds(tmp_path: Path) -> None:
    source = written(
        tmp_path / "in.jsonl", '{"id": 1, "text": "A miracle.", "a": 1}', '{"id": "x", "text": "No.", "b": []}'
    )
    assert run(source, tmp_path / "out.parquet", "--keep-text") == 0
    found = pyarrow.parquet.read_table(tmp_path / "out.parquet").to_pylist()
    assert [[row[name] for name in ("id", "a", "b", "text", "title")] for row in found] == [
        ["1", 1, None, "A miracle.", None],
        ["x", None, "[]", "No.", None],
    ]


def test_compressed_outputs_hold_the_same_and_no_date(source: Path, tmp_path: Path) -> None:
    for name in ("out.jsonl", "out.jsonl.gz", "out.jsonl.zst", "out.csv", "out.csv.gz"):
        assert run(source, tmp_path / name) == 0
    found = outputs(tmp_path)
    assert gzip.decompress(found["out.jsonl.gz"]) == found["out.jsonl"]
    assert zstandard.ZstdDecompressor().decompressobj().decompress(found["out.jsonl.zst"]) == found["out.jsonl"]
    assert gzip.decompress(found["out.csv.gz"]) == found["out.csv"]
    assert found["out.jsonl.gz"][3:8] == bytes(5)


def test_small_row_groups_hold_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = written(tmp_path / "in.jsonl", *map(json.dumps, RECORDS))
    assert run(source, tmp_path / "one.parquet") == 0
    monkeypatch.setattr(parquet_writer, "_GROUP_BYTES", 5000)
    assert run(source, tmp_path / "many.parquet") == 0
    one, many = (pyarrow.parquet.ParquetFile(tmp_path / name) for name in ("one.parquet", "many.parquet"))
    assert (one.num_row_groups, many.num_row_groups > 5) == (1, True)
    assert one.read().equals(many.read())


def test_several_processes_give_the_same_bytes(tmp_path: Path) -> None:
    source = written(tmp_path / "in.jsonl", *map(json.dumps, RECORDS), "nonsense")
    assert run(source, tmp_path / "out.parquet") == 0
    alone = outputs(tmp_path)
    assert len(alone) == 3
    for left in alone:
        (tmp_path / left).unlink()
    command = [*FAKE_CLI, str(source), str(tmp_path / "out.parquet"), "--jobs", "2"]
    done = subprocess.run(command, capture_output=True, timeout=180, check=False)
    assert done.stderr.decode().startswith("overclaim: 80 records written, 1 bad")
    assert outputs(tmp_path) == alone


def test_a_hundred_broken_inputs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OVERCLAIM_MAX_BYTES", str(MAX_BYTES))
    folder = tmp_path / "in.d"
    codes = broken_inputs(folder)
    written(folder / "good.txt", "A miracle.")
    out = tmp_path / "out.jsonl"
    assert run(folder, out) == 0
    assert [row["id"] for row in rows(out)] == ["good.txt"]
    refused = rows(tmp_path / "out.jsonl.errors.jsonl")
    for path, code in codes.items():
        found = [row["code"] for row in refused if row["place"].startswith(str(path))]
        assert code in found, path.name
    assert all("\n" not in row["reason"] and len(row["reason"]) < 300 for row in refused)
    assert not {"internal"} & {row["code"] for row in refused}


def test_a_web_archive(tmp_path: Path) -> None:
    told = crawl(tmp_path / "in.warc.gz")
    out = tmp_path / "out.parquet"
    assert run(tmp_path / "in.warc.gz", out, "--keep-text") == 0
    found = pyarrow.parquet.read_table(out).to_pylist()
    assert [row["url"] for row in found] == [url for url, _ in told["articles"]]
    assert all(first in row["text"] for row, (_, first) in zip(found, told["articles"], strict=True))
    refused = rows(tmp_path / "out.parquet.errors.jsonl")
    assert [row["code"] for row in refused] == [code for _, code in told["refused"]]


def test_the_readmes_queries_run(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(source, tmp_path / "annotated.parquet") == 0
    monkeypatch.chdir(tmp_path)
    readme = (Path(__file__).parents[3] / "service" / "batch" / "README.md").read_text(encoding="utf-8")
    queries = [block.split("```")[0] for block in readme.split("```sql\n")[1:]]
    assert len(queries) == 3
    for query in queries:
        assert duckdb.execute(query).fetchall()


NAMES = st.one_of(st.sampled_from(sorted(OWN_NAMES)), st.text("input_ab", max_size=14))


@given(st.lists(st.tuples(st.integers(0, 3), NAMES).map(lambda pair: "input_" * pair[0] + pair[1]), unique=True))
def test_no_two_columns_get_one_name_and_none_gets_ours(names: list[str]) -> None:
    passed = [passing_name(name) for name in names]
    assert len(set(passed)) == len(names)
    assert not OWN_NAMES & set(passed)
    assert all(new in {name, f"input_{name}"} for name, new in zip(names, passed, strict=True))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


@given(JSON, st.integers(1, 10**12), st.binary(min_size=1, max_size=3))
def test_a_line_of_the_journal_comes_back_whole_or_not_at_all(value: Any, number: int, noise: bytes) -> None:
    row = {"id": 1, "value": plain(value)}
    line = entry_line(number, "0123456789abcdef", "row", row)
    assert line.count(b"\n") == 1
    entry = parse_entry(line)
    assert entry is not None
    assert (entry.number, entry.kind, json.loads(entry.body)) == (number, "row", row)
    assert parse_entry(line[:-1]) is None
    assert parse_entry(line[: len(line) // 2]) is None
    middle = len(line) - 5
    changed = line[:middle] + noise + line[middle + len(noise) :]
    assert changed == line or parse_entry(changed) is None


@given(st.lists(st.dictionaries(st.sampled_from("abc"), JSON, max_size=3), max_size=4))
def test_any_columns_fit_a_table(values: list[dict[str, Any]]) -> None:
    empty: dict[str, Any] = {"model": {}, "offset_unit": "codepoint", "mode": "strict", "sentences": 0, "spans": []}
    rest: dict[str, Any] = {"context": [], "scorecard": {}, "warnings": []}
    found = [
        {"id": n, **{name: plain(value) for name, value in row.items()}, **empty, **rest}
        for n, row in enumerate(values)
    ]
    extra, id_kind = kinds_of(found)
    assert article_batch(found, extra, id_kind=id_kind).num_rows == len(values)
    assert span_batch(found, extra, id_kind=id_kind).num_rows == 0


def test_whole_numbers_too_large_for_a_float_spoil_a_column_of_floats() -> None:
    kinds = Kinds()
    kinds.see({"a": 2**53 + 1, "b": 2**53, "c": True})
    kinds.see({"a": 0.5, "b": 0.5, "c": 1})
    assert kinds.settled() == {"a": "json", "b": "float", "c": "json"}


def test_a_log_gets_a_line_every_so_often(capsys: pytest.CaptureFixture[str]) -> None:
    now = [100.0]
    total = Total(range(4000))
    total._thread.join()
    log = Log(Pace(1000, lambda: now[0]), total, lambda: now[0])
    for _ in range(10):
        now[0] += LOG_INTERVAL / 4
        log.advance(75)
    log.close()
    assert capsys.readouterr().err.splitlines() == [
        "overclaim: 1,300 of 4,000 records, 10.0 a second, about 4 min left",
        "overclaim: 1,600 of 4,000 records, 10.0 a second, about 4 min left",
    ]
    assert [duration(seconds) for seconds in (0.4, 59, 61, 3600, 7500)] == [
        "0 s",
        "59 s",
        "1 min",
        "1 h 0 min",
        "2 h 5 min",
    ]
