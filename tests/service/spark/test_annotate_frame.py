"""`annotate_frame` in a user's own job."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from classifier.annotator import Annotator
from classifier.artifacts import current_model
from classifier.errors import ArtifactError, InvalidInputError
from service.batch.rows import ARTICLE_COLUMNS, annotation_row
from service.batch.sources import ColumnMap
from service.spark import annotate_frame

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

TEXT = "New pill is a breakthrough 😀\n\nThe miracle pill cured all mice, and it will soon be on sale."


@pytest.fixture(scope="module")
def frame(spark: SparkSession) -> DataFrame:
    rows = [
        ("a", TEXT, 1.5, {"x": 1}),
        ("b", "", None, None),
        ("c", TEXT + " Word." * 60, 2.5, None),
        ("d", None, 3.5, None),
    ]
    return spark.createDataFrame(rows, "key string, text string, score double, counts map<string, int>").repartition(3)


def plain(row: Any) -> dict[str, Any]:
    found: dict[str, Any] = row.asDict(recursive=True)
    return found


@pytest.mark.model
class TestAnnotateFrame:
    def test_each_row_has_the_annotator_s_answer(self, frame: DataFrame, annotator: Annotator) -> None:
        answer = annotate_frame(frame, offset_unit="utf16", max_bytes=200)
        rows = {row["key"]: plain(row) for row in answer.collect()}
        expected = annotation_row(annotator.annotate(TEXT), "utf16")
        assert {name: rows["a"][name] for name in ARTICLE_COLUMNS} == expected
        assert rows["a"]["error"] is None
        assert (rows["a"]["input_score"], rows["a"]["counts"]) == (1.5, {"x": 1})
        assert {key: row["error"] and row["error"]["code"] for key, row in rows.items()} == {
            "a": None, "b": "empty", "c": "too_long", "d": "empty",
        }  # fmt: skip
        assert rows["c"]["error"]["limit"] == 200
        assert all(rows["c"][name] is None for name in ARTICLE_COLUMNS)

    def test_columns_keep_their_place_and_type_and_the_text_stays_away(self, frame: DataFrame) -> None:
        answer = annotate_frame(frame)
        assert answer.columns == ["key", "input_score", "counts", *ARTICLE_COLUMNS, "error"]
        assert answer.dtypes[:3] == [("key", "string"), ("input_score", "double"), ("counts", "map<string,int>")]
        assert annotate_frame(frame, keep_text=True).columns[:4] == ["key", "text", "input_score", "counts"]

    def test_a_model_of_one_s_own_is_shipped_once(self, spark: SparkSession, frame: DataFrame, tmp_path: Path) -> None:
        own = tmp_path / "own"
        shutil.copytree(current_model(), own)
        scored = [annotate_frame(frame, model=own, mode=mode) for mode in ("strict", "sensitive")]
        assert len([name for name in spark.sparkContext.listFiles if "overclaim-model-" in name]) == 1
        first, second = (answer.where("key = 'a'").select("spans", "mode", "model").collect()[0] for answer in scored)
        assert len(first.spans) < len(second.spans)
        assert first.model.sha256 == json.loads((own / "manifest.json").read_text())["model"]["sha256"]

    def test_partitions_stay(self, frame: DataFrame) -> None:
        assert annotate_frame(frame).rdd.getNumPartitions() == 3


class TestBadArguments:
    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ({"mode": "loud"}, "mode 'loud' is unknown"),
            ({"labels": ["rude"]}, "rude"),
            ({"offset_unit": "line"}, "offset_unit 'line' is unknown"),
            ({"max_bytes": 0}, "max_bytes must be at least 1"),
            ({"columns": ColumnMap(text="body")}, "there is no column body"),
            ({"columns": ColumnMap(id="number")}, "there is no column number"),
            ({"columns": ColumnMap(text="score")}, "the column score must hold strings, not double"),
        ],
    )
    def test_they_are_named_at_once(self, frame: DataFrame, arguments: dict[str, Any], message: str) -> None:
        with pytest.raises(InvalidInputError, match=message):
            annotate_frame(frame, **arguments)

    def test_two_columns_of_one_name(self, frame: DataFrame) -> None:
        with pytest.raises(InvalidInputError, match="there are two columns text"):
            annotate_frame(frame.select("text", "text"))

    def test_a_folder_that_is_no_model(self, frame: DataFrame, tmp_path: Path) -> None:
        with pytest.raises(ArtifactError, match="manifest"):
            annotate_frame(frame, model=tmp_path)
