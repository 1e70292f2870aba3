"""The Spark engine beside the local one, over the same inputs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from archives_of_articles import articles, parts_of, rows_of, write_parts

from classifier.errors import InvalidInputError
from service.batch.repeats import Repeats
from service.batch.run import Run, run_to_file
from service.batch.scoring import Recipe
from service.batch.sources import ColumnMap
from service.console import CommandError
from service.spark.engine import beside, run_spark

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def both(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Outputs of the local engine and of Spark."""
    folder = tmp_path_factory.mktemp("parquet")
    source = write_parts(folder / "in")
    recipe = Recipe(offset_unit="utf16", keep_text=True)
    run_to_file(Run((str(source),), recipe, to="parquet", quiet=True), folder / "local.parquet")
    counts = run_spark([str(source)], str(folder / "spark.parquet"), recipe, session=spark)
    assert (counts.written, counts.bad) == (17, 2)
    return folder / "local.parquet", folder / "spark.parquet"


@pytest.mark.model
class TestParquet:
    def test_the_rows_are_the_local_engine_s(self, both: tuple[Path, Path]) -> None:
        local, out = both
        expected = rows_of(local)
        assert any(row["spans"] for row in expected)
        assert rows_of(out) == expected

    def test_the_spans_are_the_local_engine_s(self, both: tuple[Path, Path]) -> None:
        local, out = both
        expected = rows_of(local.with_name("local.spans.parquet"))
        found = rows_of(out.with_name("spark.spans.parquet"))
        assert found == expected
        assert found[0]["input_mode"] == "print"

    def test_the_errors_are_the_local_engine_s(self, both: tuple[Path, Path]) -> None:
        local, out = both
        found = lines(out.with_name("spark.parquet.errors.jsonl"))
        assert found == lines(local.with_name("local.parquet.errors.jsonl"))
        assert [error["id"] for error in found] == [5, 11]

    def test_each_file_stays_a_file(self, both: tuple[Path, Path]) -> None:
        out = both[1]
        assert [[row["id"] for row in part] for part in parts_of(out)] == [
            [0, 1, 2, 3],
            [4, 6, 7, 8, 9, 10, 12],
            [13, 14, 15, 16, 17, 18],
        ]

    def test_it_says_when_it_is_whole(self, both: tuple[Path, Path]) -> None:
        assert (both[1] / "_SUCCESS").exists()

    def test_an_output_is_not_replaced(self, spark: SparkSession, both: tuple[Path, Path]) -> None:
        before = sorted(both[1].iterdir())
        with pytest.raises(CommandError, match="exists already"):
            run_spark([str(both[0])], str(both[1]), Recipe(), session=spark)
        assert sorted(both[1].iterdir()) == before


@pytest.mark.model
class TestOtherInputs:
    def test_ids_of_several_records_are_counted_as_the_local_engine_does(
        self, spark: SparkSession, tmp_path: Path
    ) -> None:
        source, ids = tmp_path / "in.jsonl", ("a", "b", "a", "c", "b", "a", "d")
        source.write_text("".join(json.dumps({"id": known, "text": "A pill."}) + "\n" for known in ids))
        local = run_to_file(Run((str(source),), Recipe(), quiet=True), tmp_path / "local.jsonl")
        counts = run_spark([str(source)], str(tmp_path / "spark"), Recipe(), session=spark)
        assert counts.repeats == local.repeats == Repeats(2, 5)

    def test_json_lines(self, spark: SparkSession, tmp_path: Path) -> None:
        source = tmp_path / "in.jsonl"
        written = [json.dumps(row) for row in articles(0, 7)]
        source.write_text("\n".join([*written[:3], "{no json", '{"id": 9, "text": 3}', *written[3:]]) + "\n")
        recipe = Recipe(labels=("sensational_language",), keep_text=True)
        out, local = tmp_path / "spark.parquet", tmp_path / "local.parquet"
        run_to_file(Run((str(source),), recipe, to="parquet", quiet=True), local)
        counts = run_spark([str(source)], str(out), recipe, session=spark)
        assert (counts.written, counts.bad) == (6, 3)
        assert rows_of(out) == rows_of(local)
        told = [{**error, "id": None} for error in lines(Path(beside(str(local))[1]))]
        assert [{**error, "id": None} for error in lines(Path(beside(str(out))[1]))] == told

    def test_csv(self, spark: SparkSession, tmp_path: Path) -> None:
        source = tmp_path / "in.csv"
        source.write_text(
            'name,body,note\na,"A ""miracle""\n\nThe pill cured all mice, at once.",x\nb,Hello there.\nc,,y\n'
        )
        recipe = Recipe(columns=ColumnMap(id="name", text="body"))
        out, local = tmp_path / "spark", tmp_path / "local.parquet"
        run_to_file(Run((str(source),), recipe, to="parquet", quiet=True), local)
        counts = run_spark([str(source)], str(out), recipe, session=spark)
        assert (counts.written, counts.bad) == (1, 2)
        assert rows_of(out) == rows_of(local)
        codes = [error["code"] for error in lines(Path(beside(str(out))[1]))]
        assert codes == [error["code"] for error in lines(Path(beside(str(local))[1]))]
        assert codes == ["malformed_csv", "empty"]

    def test_columns_that_folders_tell_stay_folders(self, spark: SparkSession, tmp_path: Path) -> None:
        for year in (2023, 2024):
            write_parts(tmp_path / "in" / f"year={year}", (2,))
        out = tmp_path / "out"
        run_spark([str(tmp_path / "in")], str(out), Recipe(), session=spark)
        assert sorted(path.name for path in out.glob("year=*")) == ["year=2023", "year=2024"]
        assert [len(rows_of(out / f"year={year}")) for year in (2023, 2024)] == [2, 2]

    def test_one_file_is_spread_in_order_and_counted_as_its_ids(self, spark: SparkSession, tmp_path: Path) -> None:
        source = write_parts(tmp_path / "in", (40,))
        spark.read.parquet(str(source)).drop("id").coalesce(1).write.parquet(str(tmp_path / "no ids"))
        out = tmp_path / "out"
        run_spark([str(tmp_path / "no ids")], str(out), Recipe(), session=spark)
        assert len(parts_of(out)) == 2
        assert [row["id"] for row in rows_of(out)] == [n for n in range(1, 41) if n not in (6, 12)]
        assert not Path(beside(str(out))[1]).with_suffix(".jsonl.part.tmp").exists()


class TestRefused:
    def test_web_archives_are_for_the_local_engine(self, spark: SparkSession, tmp_path: Path) -> None:
        (tmp_path / "a.warc").touch()
        with pytest.raises(CommandError, match="use the local engine for warc"):
            run_spark([str(tmp_path / "a.warc")], str(tmp_path / "out"), Recipe(), session=spark)

    def test_nothing_is_read_from_standard_input(self, spark: SparkSession, tmp_path: Path) -> None:
        with pytest.raises(CommandError, match="use the local engine for standard input"):
            run_spark(["-"], str(tmp_path / "out"), Recipe(), session=spark)

    def test_a_damaged_file_is_told_in_one_line(self, spark: SparkSession, tmp_path: Path) -> None:
        (tmp_path / "a.parquet").write_bytes(b"secret words that are no Parquet")
        with pytest.raises(CommandError, match="^Spark failed: ") as caught:
            run_spark([str(tmp_path / "a.parquet")], str(tmp_path / "out"), Recipe(), session=spark)
        assert "\n" not in str(caught.value)
        assert "secret" not in str(caught.value)
        assert not (tmp_path / "out").exists()

    @pytest.mark.parametrize(
        ("name", "content"), [("a.jsonl", '{"id": 1, "body": "A."}\n{"id": 2}\n'), ("a.csv", "id,body\n1,A.\n")]
    )
    def test_a_column_that_no_record_has(self, spark: SparkSession, tmp_path: Path, name: str, content: str) -> None:
        (tmp_path / name).write_text(content)
        for columns in (ColumnMap(text="nope"), ColumnMap(text="body", id="nope")):
            with pytest.raises(InvalidInputError, match="^there is no column nope; there are (id, body|body, id)$"):
                run_spark([str(tmp_path / name)], str(tmp_path / "out"), Recipe(columns=columns), session=spark)
        assert [path.name for path in tmp_path.iterdir()] == [name]

    @pytest.mark.parametrize(("out", "message"), [("-", "standard output"), ("no/where/out", "no such folder")])
    def test_outputs_that_cannot_be(self, out: str, message: str) -> None:
        with pytest.raises(CommandError, match=message):
            run_spark(["in.parquet"], out, Recipe())
