"""The README's example of an archive, run as it is written."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet
import pytest
from archives import page

README = Path(__file__).parents[3] / "README.md"
CLAIM = "New pill is a breakthrough\n\nThe miracle pill cured all mice, and it will soon be on sale."


def example() -> str:
    """The block of commands under the heading, without change."""
    found = re.search(r"^## Score an archive\n\n```\n(.+?)^```$", README.read_text(encoding="utf-8"), re.M | re.S)
    assert found is not None
    return found[1]


@pytest.mark.model
def test_the_example_runs_as_written(tmp_path: Path) -> None:
    articles = [
        {"id": "a1", "text": CLAIM, "outlet": "Echo", "date": "2026-03-01"},
        {
            "id": "a2",
            "text": "In a randomised trial of 1,200 adults, 12% died.",
            "outlet": "Post",
            "date": "2026-04-01",
        },
        {"id": "a3", "text": ""},
    ]
    (tmp_path / "articles.jsonl").write_text("".join(json.dumps(article) + "\n" for article in articles))
    drafts = tmp_path / "drafts"
    drafts.mkdir()
    (drafts / "one.txt").write_text(CLAIM)
    (drafts / "two.md").write_text("# New pill is a **breakthrough**\n\nThe pill [cured](x) all mice.\n")
    (drafts / "three.html").write_text(page())
    commands = example()
    names = re.findall(r"\b(?:articles\.jsonl|drafts/|annotated\.parquet(?:\.html)?)", commands)
    assert {"articles.jsonl", "drafts/", "annotated.parquet", "annotated.parquet.html"} == set(names)
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        ["sh", "-e", "-c", commands], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr.splitlines()) == (
        0,
        "",
        [
            "overclaim: 5 records written, 1 bad (see annotated.parquet.errors.jsonl)",
            "overclaim: 5 articles in annotated.parquet.html",
        ],
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "annotated.parquet",
        "annotated.parquet.errors.jsonl",
        "annotated.parquet.html",
        "annotated.spans.parquet",
        "articles.jsonl",
        "drafts",
    ]
    rows = pyarrow.parquet.read_table(tmp_path / "annotated.parquet").to_pylist()
    assert [row["id"] for row in rows] == ["a1", "a2", "one.txt", "three.html", "two.md"]
    marked = {row["id"]: {span["text"] for span in row["spans"]} for row in rows}
    assert marked["a1"] == marked["one.txt"]
    assert all(any("breakthrough" in text for text in marked[name]) for name in ("a1", "two.md"))
    report = (tmp_path / "annotated.parquet.html").read_text(encoding="utf-8")
    assert "Sensational language" in report
    assert "Echo" in report
