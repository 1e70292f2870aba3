"""Where the labels and the public articles' texts are found."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from small_data import TEXTS, assert_refused, lines, put, write_checkout, write_small_data

import classifier
from classifier.errors import CorpusError
from classifier.training.corpus import SPLITS, load_articles
from classifier.training.texts import corpus_texts, data_folder

FORMAT = Path(__file__).parents[2] / "training_data/FORMAT.md"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache, and no corpus: whatever this machine has must not matter."""
    monkeypatch.delenv("OVERCLAIM_CORPUS", raising=False)
    monkeypatch.setenv("OVERCLAIM_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    return write_checkout(tmp_path / "checkout")


def test_all_forms_of_a_path(checkout: Path, tmp_path: Path) -> None:
    rows = [{"id": article_id, "text": text, "kind": "story"} for article_id, text in TEXTS.items()]
    put(tmp_path / "my.jsonl", lines(*rows))
    (tmp_path / "folder").mkdir()
    put(tmp_path / "folder/articles.jsonl", lines(*rows))
    for path in (checkout, checkout / "dataset/content", tmp_path / "my.jsonl", tmp_path / "folder"):
        assert corpus_texts(path) == TEXTS


def test_the_environment_names_the_path_unless_one_is_given(
    checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OVERCLAIM_CORPUS", str(checkout))
    assert corpus_texts() == TEXTS
    put(tmp_path / "one.jsonl", lines({"id": "a", "text": "b"}))
    assert corpus_texts(tmp_path / "one.jsonl") == {"a": "b"}
    monkeypatch.setenv("OVERCLAIM_CORPUS", str(tmp_path / "nowhere"))
    with pytest.raises(CorpusError, match="nowhere: no such file or folder; set OVERCLAIM_CORPUS"):
        corpus_texts()


def test_texts_fit_the_labels(checkout: Path, tmp_path: Path) -> None:
    found = load_articles(write_small_data(tmp_path), corpus_texts(checkout), set(SPLITS))
    assert len(found) == len(TEXTS) + 2


def test_fields_are_cleaned_as_documented(checkout: Path) -> None:
    file = checkout / "dataset/content/HealthStory/story_reviews_00009.json"
    raw = {"title": "\u00a0 A\u00a0title\r\n", "text": "\n One\r\nline.\r\n\r\nAn\rother \u2003"}
    put(file, json.dumps(raw))
    page = FORMAT.read_text(encoding="utf-8")
    code = page.split("```python\n")[1].split("digest =")[0]
    documented: dict[str, object] = {"article": raw}
    exec(code, documented)  # noqa: S102  our own document
    assert corpus_texts(checkout)["story_reviews_00009"] == documented["text"] == "A title\n\nOne\nline.\n\nAn\rother"


NO_ARTICLES = [
    "",
    "{",
    "[]",
    '{"title": "a"}',
    '{"title": null, "text": "b"}',
    b'{"title": "\xff", "text": "b"}',
    "[" * 99999,
]


@pytest.mark.parametrize("content", NO_ARTICLES)
def test_files_that_hold_no_article_are_left_out(checkout: Path, tmp_path: Path, content: str | bytes) -> None:
    put(checkout / "dataset/content/HealthStory/story_reviews_00002.json", content)
    put(checkout / "dataset/content/HealthStory/other.json", content)
    found = corpus_texts(checkout)
    assert found == {article_id: text for article_id, text in TEXTS.items() if article_id != "story_reviews_00002"}
    data = write_small_data(tmp_path)
    path = data / "annotations/train.jsonl"
    assert_refused(lambda: load_articles(data, found, {"train"}), path, 2, "no text for story_reviews_00002")


def test_refuses_unknown_layouts(checkout: Path, tmp_path: Path) -> None:
    put(tmp_path / "a.csv", "")
    shutil.rmtree(checkout / "dataset/content/HealthRelease")
    for path in (tmp_path, tmp_path / "a.csv", checkout):
        with pytest.raises(
            CorpusError, match=r"not a checkout of FakeHealth, .*; set OVERCLAIM_CORPUS to one of these"
        ):
            corpus_texts(path)


def test_refuses_a_checkout_without_articles(checkout: Path) -> None:
    for file in checkout.glob("dataset/content/*/*.json"):
        file.unlink()
    with pytest.raises(CorpusError, match="no articles in it; set OVERCLAIM_CORPUS to a whole checkout"):
        corpus_texts(checkout)


BAD_LINES = [
    ({"id": "a"}, "id and text must be there"),
    ({"text": "a"}, "id and text must be there"),
    ({"id": 5, "text": "a"}, "be strings"),
    ({"id": "a", "text": None}, "be strings"),
    ({"id": "good", "text": "a"}, "the id was seen before in this file"),
]


@pytest.mark.parametrize(("row", "why"), BAD_LINES)
def test_refuses_bad_lines(tmp_path: Path, row: dict[str, object], why: str) -> None:
    path = tmp_path / "a.jsonl"
    put(path, lines({"id": "good", "text": "a"}, row))
    assert_refused(lambda: corpus_texts(path), path, 2, why)


def test_the_data_folder_of_a_checkout() -> None:
    assert data_folder() == FORMAT.parent


def test_the_data_folder_of_an_installed_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "classifier"
    (package / "_training_data").mkdir(parents=True)
    (tmp_path / "training_data").mkdir()
    monkeypatch.setattr(classifier, "__file__", str(package / "__init__.py"))
    assert data_folder() == package / "_training_data"


def test_no_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(classifier, "__file__", str(tmp_path / "classifier/__init__.py"))
    with pytest.raises(CorpusError, match="isn't installed with this package: work in a checkout"):
        data_folder()
