"""The whole evaluation: figures by hand, what is printed, what is written, and what never is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from small_evaluation import CURE, HYPE, MANIFEST, SAFE, WordAnnotator, article, measures, news

from classifier.errors import CorpusError
from classifier.labels import LABEL_IDS
from classifier.training import evaluate as module
from classifier.training import train as train_module
from classifier.training.corpus import Article
from classifier.training.evaluate import evaluate, evaluate_annotator
from classifier.training.report import json_text, read_metrics, record

ARTICLES = [
    article(1, "Zebras\n\nOne zebracure=60 here. One zebramarvel too.", (HYPE, "zebramarvel"), split_name="dev"),
    article(2, "Zebras\n\nA quaggacure for all. A zebramarvel=30.", (CURE, "quaggacure"), split_name="dev"),
]
STUDIES = ("ablation", "baselines", "learning_curve")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A model's folder; loading it gives the annotator that looks for words, and the corpus is the one above."""
    model = tmp_path / "model"
    model.mkdir()
    stored = {name: value for name, value in measures().items() if name not in (*STUDIES, "dev")}
    (model / "metrics.json").write_text(json.dumps(stored), encoding="utf-8")
    monkeypatch.setattr(module, "load", lambda path=None: WordAnnotator())
    monkeypatch.setattr(module, "corpus_texts", lambda path=None: {})
    monkeypatch.setattr(module, "read_manifest", lambda path: MANIFEST)
    monkeypatch.setattr("classifier.training.report.read_manifest", lambda path: MANIFEST)

    def articles(_data: Path, _texts: Any, splits: set[str]) -> list[Article]:
        return ARTICLES if splits == {"dev"} else news(20)

    monkeypatch.setattr(module, "load_articles", articles)
    return model


@pytest.fixture
def trained(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the place of minutes of training: invented figures."""
    monkeypatch.setattr(module, "learning_curve", lambda *_, **__: measures()["learning_curve"])
    monkeypatch.setattr(module, "ablation", lambda *_, **__: measures()["ablation"])


def leaves(value: Any) -> Iterator[str]:
    """All strings in JSON, keys too."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from leaves(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner)
    elif isinstance(value, str):
        yield value


def test_figures_by_hand() -> None:
    found = evaluate_annotator(WordAnnotator(), ARTICLES)  # type: ignore[arg-type]
    rates = {
        mode: [row["micro"][name]["value"] for name in ("precision", "recall", "f1")]
        for mode, row in found["modes"].items()
    }
    # strict shows one hit; balanced a false alarm, too; sensitive one more.
    assert rates == {
        "strict": [1.0, 0.5, 0.6667],
        "balanced": [0.5, 0.5, 0.5],
        "sensitive": [0.3333, 0.5, 0.4],
    }
    assert found["modes"]["strict"]["by_label"][HYPE]["f1"] == 1.0
    assert found["modes"]["sensitive"]["by_label"][HYPE]["precision"] == 0.5
    assert found["modes"]["strict"]["intervals"][SAFE] == dict.fromkeys(
        ("precision", "recall", "f1", "trigger_overlap")
    )
    assert found["average_precision"][HYPE] == 1.0
    # The gold sentence of the cure shares its score with all sentences but the one false alarm.
    assert found["average_precision"][CURE] == pytest.approx(1 / 6, abs=1e-4)
    assert found["average_precision"][SAFE] is None
    low, high = found["mean_average_precision_interval"]
    assert 0 <= low <= high <= 1
    # 6 sentences with 12 labels; 69 pairs score 0.01 and one of them is gold, then 0.3, 0.6 (neither), 0.9 (gold).
    expected = (69 * (1 / 69 - 0.01) + 0.3 + 0.6 + 0.1) / 72
    assert found["micro_calibration_error"] == pytest.approx(expected, abs=1e-4)
    assert sum(row["pairs"] for row in found["reliability"]) == 72
    none, hype, cure = (found["confusion"]["names"].index(name) for name in ("none", HYPE, CURE))
    counts = found["confusion"]["counts"]
    assert (counts[hype][hype], counts[cure][none], counts[none][cure], sum(map(sum, counts))) == (1, 1, 1, 3)


def test_every_interval_is_ordered() -> None:
    found = evaluate_annotator(WordAnnotator(), news(15))  # type: ignore[arg-type]
    for mode in found["modes"].values():
        for measure in ("precision", "recall", "f1", "trigger_overlap"):
            assert mode["micro"][measure]["low"] <= mode["micro"][measure]["value"] <= mode["micro"][measure]["high"]
        for label in LABEL_IDS:
            for limits in mode["intervals"][label].values():
                assert limits is None or limits[0] <= limits[1]


class TestPlain:
    def test_no_words_unless_asked(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        evaluate(None, folder)
        printed = capsys.readouterr().out
        assert "zebra" not in printed.lower()
        assert "hype list (one label)" in printed
        assert "word 1-2-grams: not measured; `overclaim evaluate --full` trains it" in printed

    def test_words_on_request_and_never_in_the_file(
        self, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        before = (folder / "metrics.json").read_bytes()
        evaluate(None, folder, out=tmp_path / "figures.json", errors=2)
        printed = capsys.readouterr().out
        assert "The 2 costliest errors in mode balanced:" in printed
        assert "One zebracure=60 here." in printed
        assert "A quaggacure for all." in printed
        text = (tmp_path / "figures.json").read_text(encoding="utf-8")
        figures = json.loads(text)
        assert figures["modes"]["balanced"]["micro"]["f1"]["value"] == 0.5
        assert figures["baselines"]["hype_list"]["words"] > 50
        for words in ("zebra", "quagga", "here", "own-00"):
            assert not [leaf for leaf in leaves(figures) if words in leaf.lower()]
        assert all(len(leaf.split()) == 1 for leaf in leaves(figures))
        assert [path.name for path in folder.iterdir()] == ["metrics.json"]
        assert (folder / "metrics.json").read_bytes() == before

    def test_stored_baselines_are_shown_beside(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (folder / "metrics.json").write_text(json.dumps(measures()), encoding="utf-8")
        evaluate(None, folder)
        printed = capsys.readouterr().out
        assert "word 1-2-grams: mean average precision 0.300" in printed
        assert "MiniLM embeddings: left out, since the package sentence_transformers isn't installed" in printed


@pytest.mark.usefixtures("trained")
class TestFull:
    def test_it_writes_measures_pictures_and_card(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        lines: list[str] = []
        evaluate(None, folder, full=True, errors=1, log=lines.append)
        stored = read_metrics(folder)
        assert set(STUDIES) < set(stored)
        assert stored["dev"]["articles"] == 2
        assert stored["cross_validation"] == measures()["cross_validation"]
        assert stored["baselines"]["articles"] == 2
        assert stored["baselines"]["minilm"] == {"left_out": "no folder of a model was given (--minilm)"}
        assert any("MiniLM embeddings are left out" in line for line in lines)
        card = (folder / "CARD.md").read_text(encoding="utf-8")
        for name in ("precision-recall", "reliability", "confusion", "learning-curve", "ablation"):
            assert (folder / f"{name}.png").stat().st_size < 60_000
            assert f"]({name}.png)" in card
        for text in (card, (folder / "metrics.json").read_text(encoding="utf-8"), "\n".join(lines)):
            assert "zebra" not in text
            assert "quagga" not in text
        printed = capsys.readouterr().out
        assert re.search(r"^without .*mAP .*F1\n(.+\n)*cues +-0\.040 ", printed, re.MULTILINE)

    def test_its_results_survive_a_new_measurement(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        evaluate(None, folder, full=True, log=lambda _: None)
        before = read_metrics(folder)
        monkeypatch.setattr(train_module, "load", lambda path: WordAnnotator())
        monkeypatch.setattr(train_module, "corpus_texts", lambda path=None: {})
        monkeypatch.setattr(train_module, "load_articles", lambda *_: ARTICLES[:1])
        monkeypatch.setattr(train_module, "read_manifest", lambda path: MANIFEST, raising=False)
        train_module.remeasure(folder, None)
        after = read_metrics(folder)
        assert after.pop("dev")["articles"] == 1
        before.pop("dev")
        assert after == before
        assert "Without one feature family" in (folder / "CARD.md").read_text(encoding="utf-8")

    @pytest.mark.parametrize("split", ["train", "open", "own"])
    def test_a_model_of_the_corpus_needs_the_held_out_articles(self, folder: Path, split: str) -> None:
        with pytest.raises(CorpusError, match=f"the full evaluation needs the split dev, not {split}"):
            evaluate(None, folder, split, full=True)

    def test_a_small_model_is_measured_on_our_own_articles(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        small = {**MANIFEST, "training": {**MANIFEST["training"], "corpus": False}}
        monkeypatch.setattr(module, "read_manifest", lambda path: small)
        with pytest.raises(CorpusError, match="needs the split own, not dev"):
            evaluate(None, folder, full=True)
        evaluate(None, folder, "own", full=True, log=lambda _: None)
        stored = read_metrics(folder)
        assert "dev" not in stored
        assert stored["baselines"]["split"] == "cross_validation"


def test_without_matplotlib_the_log_says_so(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("classifier.training.report.write_plots", lambda *_: None)
    lines: list[str] = []
    record(folder, {"learning_curve": measures()["learning_curve"]}, lines.append)
    assert lines == ["the card has no pictures: matplotlib isn't installed"]
    assert "no pictures: matplotlib isn't installed" in (folder / "CARD.md").read_text(encoding="utf-8")


def test_a_list_of_figures_is_one_line_and_json_stays_the_same() -> None:
    text = json_text(measures())
    assert json.loads(text) == json.loads(json.dumps(measures()))
    assert '"mean_average_precision_interval": [0.38, 0.49]' in text
    assert text == json_text(json.loads(text))
