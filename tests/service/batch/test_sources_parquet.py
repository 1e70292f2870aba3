"""Parquet, of one file and of many parts."""

from __future__ import annotations

import datetime as dt
import decimal
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from reading import brief, good, read

from classifier.errors import InvalidInputError
from service.batch.sources import ColumnMap, Prepared, open_sources
from service.batch.sources import parquet as reader


def written(path: Path, **columns: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(columns), path)
    return path


def test_columns_of_every_kind_pass_through(tmp_path: Path) -> None:
    path = written(
        tmp_path / "a.parquet",
        id=[7],
        text=["The pill."],
        title=pa.array([None], pa.string()),
        day=pa.array([dt.date(2024, 1, 2)]),
        at=pa.array([1_704_164_645_123_456_789], pa.timestamp("ns", "America/New_York")),
        local=pa.array([dt.datetime(2024, 1, 2, 3, 4, 5)], pa.timestamp("s")),
        hour=pa.array([3_600_000_000_001], pa.time64("ns")),
        took=pa.array([1_500_000_001], pa.duration("ns")),
        price=pa.array([decimal.Decimal("12.50")]),
        share=[float("nan")],
        raw=[b"\xff\x00"],
        tags=[["a", None]],
        place=[{"city": "Nowhere", "seen": dt.date(2024, 1, 2)}],
        outlet=pa.array(["The Daily"]).dictionary_encode(),
        nothing=pa.nulls(1),
        big=pa.array([2**63], pa.uint64()),
    )
    (article,) = good(path)
    assert (article.id, article.document.title) == (7, None)
    assert article.extra == {
        "day": "2024-01-02",
        "at": "2024-01-02T03:04:05.123456+00:00",
        "local": "2024-01-02T03:04:05",
        "hour": "01:00:00",
        "took": 1.5,
        "price": "12.50",
        "share": None,
        "raw": "/wA=",
        "tags": ["a", None],
        "place": {"city": "Nowhere", "seen": "2024-01-02"},
        "outlet": "The Daily",
        "nothing": None,
        "big": 2**63,
    }
    json.dumps(article.extra, allow_nan=False)


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.binary(), pa.large_binary(), pa.string_view()])
def test_text_of_every_string_type(tmp_path: Path, kind: pa.DataType) -> None:
    texts = [None, "The pïll.", " "]
    path = written(tmp_path / "a.parquet", text=pa.array(texts, pa.string()).cast(kind))
    assert brief(path) == [("a.parquet:1", "[empty]"), ("a.parquet:2", 2), ("a.parquet:3", "[empty]")]
    long = written(tmp_path / "b.parquet", text=pa.array(["x" * 11, "fine"], pa.string()).cast(kind))
    assert [result for _, result in brief(long, max_bytes=10)] == ["[too_long]", 2]


def test_ids(tmp_path: Path) -> None:
    path = written(tmp_path / "a.parquet", id=[1.0, None, 2.5], text=["A.", "B.", "C."])
    assert [result for _, result in brief(path)] == [1, 2, "[not_a_string]"]
    assert [result for _, result in brief(path, columns=ColumnMap(id="id"))] == [1, "[missing]", "[not_a_string]"]
    other = written(tmp_path / "b.parquet", key=["k"], body=["A."], head=["H"], id=[3])
    (article,) = good(other, columns=ColumnMap("key", "body", "head"))
    assert (article.id, article.document.title, article.extra) == ("k", "H", {"id": 3})


def test_a_bad_cell_spoils_only_its_row(tmp_path: Path) -> None:
    texts = pa.array([b"A.", b"B\xff.", b"C."], pa.binary()).cast(pa.string(), safe=False)
    ats = pa.array([0, 0, 2**62], pa.timestamp("ms"))
    path = written(tmp_path / "a.parquet", text=texts, at=ats)
    results = [result for _, result in read(path)]
    assert isinstance(results[0], Prepared)
    assert str(results[1]) == "text is not UTF-8: bad byte 0xff at byte offset 1"
    assert str(results[2]) == "at holds a value that can't be read"


def test_a_folder_of_parts_as_spark_writes_it(tmp_path: Path) -> None:
    folder = tmp_path / "out.parquet"
    written(folder / "year=2024" / "outlet=The%20Daily" / "part-0.snappy.parquet", id=[1, 2], text=["A.", "B."])
    written(folder / "year=2023" / "outlet=__HIVE_DEFAULT_PARTITION__" / "part-0.parquet", id=[3], text=["C."])
    written(folder / "_temporary" / "0" / "part-9.parquet", id=[9], text=["Unfinished."])
    (folder / "_SUCCESS").touch()
    (folder / "_metadata").write_bytes(b"PAR1")
    (folder / ".part-0.parquet.crc").write_bytes(b"crc")
    (folder / "year=2024" / "torn.parquet").write_bytes(b"PAR1")
    results = [result for _, result in read(folder)]
    assert [result.id if isinstance(result, Prepared) else result.code for result in results] == [3, 1, 2, "damaged"]
    articles = [result for result in results if isinstance(result, Prepared)]
    assert articles[0].extra == {"year": "2023", "outlet": None}
    assert articles[2].extra == {"year": "2024", "outlet": "The Daily"}


def test_two_columns_of_one_name_are_both_kept(tmp_path: Path) -> None:
    table = pa.table([pa.array(["A."]), pa.array([1]), pa.array([2])], names=["text", "n", "n"])
    pq.write_table(table, tmp_path / "a.parquet")
    assert good(tmp_path / "a.parquet")[0].extra == {"n": 1, "n_2": 2}


def test_a_file_is_decoded_in_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path / "a.parquet", text=[f"Pill {n}." for n in range(1000)])
    decoded = 0
    real = reader._cells

    def counted(column: pa.Array, *rest: object) -> list[object]:
        nonlocal decoded
        decoded += len(column)
        return real(column, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(reader, "_cells", counted)
    records = open_sources([str(path)])
    for number in range(1, 200):
        next(records)
        assert decoded <= number + reader.BATCH


def test_an_error_amid_a_file_is_told_with_the_row(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    texts = [f"Pill {n} {n * 7919 % 1000}." for n in range(5000)]
    pq.write_table(pa.table({"text": texts}), path, row_group_size=1000, compression="gzip", use_dictionary=False)
    raw = bytearray(path.read_bytes())
    middle = len(raw) // 2
    raw[middle : middle + 2000] = bytes(2000)
    path.write_bytes(raw)
    results = [result for _, result in read(path)]
    assert len(results) > 1000
    assert all(isinstance(result, Prepared) for result in results[:-1])
    assert isinstance(results[-1], InvalidInputError)
    assert f"from row {len(results)} on" in results[-1].message
