"""All entry points give one article the same spans: HTTP, the command, batch, and the Annotator itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest
from fake_annotator import FakeAnnotator
from starlette.testclient import TestClient

import classifier
from classifier.annotator import Annotator
from classifier.document import Document
from service.app import create_app
from service.cli import main
from service.settings import Settings

ARTICLES: list[tuple[str, str | None]] = [
    (
        "A breakthrough against migraine\n\nThe miracle cure 😀 is safe. Doctors say: “a breakthrough”.\r\nIt’s new.",
        None,
    ),
    (
        "The wunder 😀 pill is a miracle.\n\nIn mice, it halved the risk of stroke. It could be sold by 2030.\n",
        "A miracle",
    ),
    ("A breakthrough in mice 😀, with a dummy pill and 48 🐁 people.\n\nA miracle in MICE.", "Twelve mice"),
    ("A trial of 48 people found no difference between the drug and placebo.", "Drug no better than placebo"),
    (
        "é\u0301 naïve 🧬🧬 A miracle cure, <b>safe</b> & sound!\tNo side effects.\n\n\n• a breakthrough\n• a miracle",
        None,
    ),
]


def check(annotator: Annotator, tmp_path: Path, capsys: pytest.CaptureFixture[str], mode: Any) -> int:
    """Compare all entry points; return how many spans were compared."""
    expected, tellings = [], []
    for text, title in ARTICLES:
        found = annotator.annotate(text, title=title, mode=mode)
        expected.append([(s.id, s.span.field, s.label, s.span.start, s.span.end, s.text, s.score) for s in found.spans])
        tellings.append([found.document.slice(telling.span) for telling in found.context])

    def of(answer: dict[str, Any]) -> list[Any]:
        return [tuple(s[k] for k in ("id", "field", "label", "start", "end", "text", "score")) for s in answer["spans"]]

    many = annotator.annotate_many([Document(text, title) for text, title in ARTICLES], mode=mode)
    assert [[s.id for s in annotation.spans] for annotation in many] == [[s[0] for s in spans] for spans in expected]

    with TestClient(create_app(Settings(threads=1), annotator)) as client:
        http = [
            client.post("/v1/annotate", json={"text": text, "title": title, "mode": mode}).json()
            for text, title in ARTICLES
        ]
    assert [of(answer) for answer in http] == expected
    assert [[telling["text"] for telling in answer["context"]] for answer in http] == tellings
    assert any(tellings)

    for form in ("json", "jsonl"):
        printed = []
        for number, (text, title) in enumerate(ARTICLES):
            file = tmp_path / f"{number}.txt"
            file.write_bytes(text.encode())
            options = ["--title", title] if title else []
            capsys.readouterr()
            assert main(["annotate", str(file), "--format", form, "--mode", mode, *options]) == 0
            printed.append(json.loads(capsys.readouterr().out))
        assert [{k: v for k, v in answer.items() if k != "file"} for answer in printed] == http

    source = tmp_path / "in.jsonl"
    rows = [{"id": n, "text": text, "title": title} for n, (text, title) in enumerate(ARTICLES)]
    source.write_text("\n".join(map(json.dumps, rows)))
    for name in ("out.jsonl", "out.parquet"):
        assert main(["batch", str(source), str(tmp_path / name), "--mode", mode, "--quiet"]) == 0
    written = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert pyarrow.parquet.read_table(tmp_path / "out.parquet").to_pylist() == [
        {**row, "scorecard": row["scorecard"] or None} for row in written
    ]
    for row, (text, title) in zip(written, ARTICLES, strict=True):
        assert row.pop("sentences") == len(annotator.annotate(text, title=title, mode=mode).sentences)
        for span in row["spans"]:
            place = span["sentence"]
            told = (title or "") if span["field"] == "title" else text
            assert span.pop("sentence_text") == told[place["start"] : place["end"]]
    assert written == [{"id": number, **answer} for number, answer in enumerate(http)]
    flat = pyarrow.parquet.read_table(tmp_path / "out.spans.parquet").to_pylist()
    assert [tuple(s[k] for k in ("id", "field", "label", "start", "end", "text", "score")) for s in flat] == [
        span for spans in expected for span in spans
    ]
    return sum(map(len, expected))


@pytest.mark.parametrize(("mode", "count"), [("strict", 4), ("balanced", 13), ("sensitive", 15)])
def test_with_the_fake_annotator(
    fake: FakeAnnotator,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    mode: str,
    count: int,
) -> None:
    monkeypatch.setattr(classifier, "load", lambda path=None, **_: fake)
    assert check(fake, tmp_path, capsys, mode) == count


@pytest.mark.model
@pytest.mark.parametrize("mode", ["strict", "balanced", "sensitive"])
def test_with_the_shipped_model(
    annotator: Annotator, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    monkeypatch.setattr(classifier, "load", lambda path=None, **_: annotator)
    assert check(annotator, tmp_path, capsys, mode) > 0 or mode != "sensitive"
