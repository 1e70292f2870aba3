"""Training end to end on a part of our own articles, with few rounds."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import classifier
from classifier.errors import CorpusError
from classifier.pipeline import PipelineConfig
from classifier.training import train as train_module
from classifier.training.corpus import Article, load_articles
from classifier.training.evaluate import evaluate, evaluate_annotator, tables
from classifier.training.texts import CORPUS_VARIABLE, data_folder
from classifier.training.train import train

QUICK = PipelineConfig(rounds=2, min_sentences=8)


@pytest.fixture
def without_corpus(monkeypatch: pytest.MonkeyPatch) -> None:
    """No corpus named, and none that can be fetched; few articles, so that training takes seconds."""
    monkeypatch.delenv(CORPUS_VARIABLE, raising=False)

    def unreachable(path: Path | None = None) -> dict[str, str]:
        raise CorpusError(f"can't read {path}")

    monkeypatch.setattr(train_module, "corpus_texts", unreachable)

    def few(*arguments: Any) -> list[Article]:
        # Two folds instead of five: fewer fits.
        return [replace(article, fold=(article.fold or 0) % 2) for article in load_articles(*arguments)[::8]]

    monkeypatch.setattr(train_module, "load_articles", few)


@pytest.mark.usefixtures("without_corpus")
def test_the_small_model_says_so_and_comes_out_the_same_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines: list[str] = []
    first = train(None, tmp_path / "a", seed=3, log=lines.append, config=QUICK)
    second = train(None, tmp_path / "b", seed=3, log=lines.append, config=QUICK)

    assert first == tmp_path / "a" / f"{train_module.VERSION}-own"
    assert any("smaller model on our own articles only" in line for line in lines)
    assert "The small model" in (first / "CARD.md").read_text(encoding="utf-8")
    assert (first / "metrics.json").read_bytes() == (second / "metrics.json").read_bytes()
    assert (tmp_path / "a" / "current").read_text(encoding="utf-8").strip() == first.name

    manifest = json.loads((first / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["training"]["corpus"] is False
    assert manifest["training"]["seed"] == 3
    assert set(manifest["training"]["data"]) >= {"articles/batch-01.jsonl", "splits/folds.tsv"}
    assert not any(name.startswith("annotations/") for name in manifest["training"]["data"])

    annotator = classifier.load(first)
    assert annotator.model.version == first.name
    articles = load_articles(data_folder(), None, {"own"})[:10]
    measured = evaluate_annotator(annotator, articles)
    assert measured["articles"] == len(articles)
    text = tables(measured, "own")
    assert "balanced" in text
    assert f"mean average precision {measured['mean_average_precision']:.3f}" in text

    before = json.loads((first / "metrics.json").read_text(encoding="utf-8"))
    assert "dev" not in before
    monkeypatch.setattr(train_module, "corpus_texts", lambda path=None: {})
    monkeypatch.setattr(train_module, "load_articles", lambda *_: articles)
    train_module.remeasure(first, None)
    after = json.loads((first / "metrics.json").read_text(encoding="utf-8"))
    assert after.pop("dev") == measured
    assert after == before
    assert "Held-out articles (dev)" in (first / "CARD.md").read_text(encoding="utf-8")


@pytest.mark.usefixtures("without_corpus")
def test_a_small_model_doesnt_push_out_a_current_one(tmp_path: Path) -> None:
    (tmp_path / "current").write_text("1.2.3\n", encoding="utf-8")
    train(None, tmp_path, log=lambda _: None, config=QUICK)
    assert (tmp_path / "current").read_text(encoding="utf-8") == "1.2.3\n"


@pytest.mark.usefixtures("without_corpus")
@pytest.mark.parametrize("named_by", ["argument", "environment"])
def test_a_corpus_that_was_named_must_be_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named_by: str) -> None:
    if named_by == "environment":
        monkeypatch.setenv(CORPUS_VARIABLE, str(tmp_path / "missing"))
    with pytest.raises(CorpusError, match="can't read"):
        train(tmp_path / "missing" if named_by == "argument" else None, tmp_path, log=lambda _: None, config=QUICK)
    assert not list(tmp_path.iterdir())


def test_an_unknown_split_is_refused() -> None:
    with pytest.raises(CorpusError, match="no split 'tset'; known are train, open, own, dev"):
        evaluate(None, None, "tset")
