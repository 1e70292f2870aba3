"""A folder of drafts: Markdown is read as prose, marks stand where the words are in the file, comments hide them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from batch_files import rows
from fake_annotator import FakeAnnotator

import classifier
from classifier.annotator import Annotator
from service.batch.rows import annotation_row
from service.checking import check
from service.cli import main
from service.markup import Form, form_of_path

MARKDOWN = (
    "# A *miracle* 😀\r\n\r\nThe **break**through [cures](http://miracle.example/) mice.\r\n\r\n"
    "```\r\na breakthrough in code\r\n```\r\n\r\n- It is a `miracle` of a [breakthrough](x).\r\n"
)
HIDDEN = "<!-- overclaim off -->\nA miracle.\n<!-- overclaim on -->\n\nA breakthrough.\n\n<!-- overclaim nonsense -->\n"
DRAFTS = {
    "a/one.md": MARKDOWN,
    "hidden.markdown": HIDDEN,
    "hidden.txt": HIDDEN,
    "plain.txt": "# *A* miracle &amp; 😀.\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "drafts"
    for name, content in DRAFTS.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode())
    return root


def scored(folder: Path, *options: str) -> list[dict[str, Any]]:
    out = folder.with_name("out.jsonl")
    assert main(["batch", str(folder), str(out), "--jobs", "1", "--quiet", *options]) == 0
    return rows(out)


def marks(row: dict[str, Any]) -> list[str]:
    """The marked words, by their places in the file."""
    return [DRAFTS[row["id"]][span["start"] : span["end"]] for span in row["spans"]]


@pytest.mark.usefixtures("fake_model")
class TestDrafts:
    def test_marks_stand_where_the_words_are_in_the_file(self, folder: Path) -> None:
        found = {row["id"]: row for row in scored(folder, "--keep-text")}
        assert {name: marks(row) for name, row in found.items()} == {
            "a/one.md": ["miracle", "break**through", "breakthrough"],
            "hidden.markdown": ["breakthrough"],
            "hidden.txt": ["breakthrough"],
            "plain.txt": ["miracle"],
        }
        assert {name: row["text"] for name, row in found.items()} == DRAFTS
        for row in found.values():
            assert [span["text"] for span in row["spans"]] == marks(row)
            for span in row["spans"]:
                place = span["sentence"]
                assert span["sentence_text"] == DRAFTS[row["id"]][place["start"] : place["end"]]
        codes = {name: [warning["code"] for warning in row["warnings"]] for name, row in found.items()}
        assert codes == {
            "a/one.md": [],
            "hidden.markdown": ["unknown_comment"],
            "hidden.txt": ["unknown_comment"],
            "plain.txt": [],
        }

    @pytest.mark.parametrize("unit", ["codepoint", "utf16", "utf8"])
    def test_the_answer_is_the_editors(self, folder: Path, fake: FakeAnnotator, unit: Any) -> None:
        for row in scored(folder, "--offset-unit", unit):
            expected = check(fake, DRAFTS[row["id"]], form=form_of_path(row["id"]))
            assert row == {"id": row["id"], **annotation_row(expected, unit)}

    def test_markup_without_prose_is_a_bad_record(self, folder: Path) -> None:
        (folder / "code.md").write_text("```\na miracle\n```\n")
        (folder / "mark.txt").write_text("\ufeff")
        assert len(scored(folder)) == len(DRAFTS)
        errors = rows(folder.with_name("out.jsonl.errors.jsonl"))
        assert [(error["id"], error["code"]) for error in errors] == [("code.md", "empty"), ("mark.txt", "empty")]

    def test_what_is_in_json_lines_is_no_markdown(self, folder: Path, tmp_path: Path) -> None:
        source = tmp_path / "in.jsonl"
        source.write_text(json.dumps({"id": 1, "text": HIDDEN}))
        (row,) = scored(source)
        assert [HIDDEN[span["start"] : span["end"]] for span in row["spans"]] == ["miracle", "breakthrough"]


@pytest.mark.model
def test_with_the_shipped_model(
    folder: Path, annotator: Annotator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(classifier, "load", lambda path=None, **_: annotator)
    text = "# New pill is a **miracle** cure\n\nThe pill [cured](x) all *twelve* mice, and will soon be on sale.\n"
    (folder / "real.md").write_text(text)
    found = {row["id"]: row for row in scored(folder)}
    form: Form = "markdown"
    assert found["real.md"] == {"id": "real.md", **annotation_row(check(annotator, text, form=form))}
    assert found["real.md"]["spans"]
    assert found["real.md"]["scorecard"]
