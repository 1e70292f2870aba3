"""A small folder of training data that breaks no rule, to be broken by tests in one place at a time."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from classifier.document import Document
from classifier.errors import CorpusError
from classifier.segmentation import split

Row = dict[str, Any]

# "zebra" stands for what a message must never quote.
TEXTS = {
    "story_reviews_00001": (
        "Zebra pill ends sleeplessness\n\nA 😀 zebra pill works wonders.  It stops naps, too. Nobody minds."
    ),
    "story_reviews_00002": "Zebra walks cure colds\n\nWalks with a zebra cure colds. Why? Nobody asked.",
    "news_reviews_00003": "Zebra milk is safe\n\nThe zebra milk is safe, its maker said on Monday.",
    "story_reviews_00004": "Zebra hats\n\nHats of zebra halve the risk of a stroke, doctors say.",
}
OWN = {
    "own-001": (
        "Zebra oil ends pain\n\nThe zebra oil ends pain for good. It is a breakthrough.\n\nNobody else has tried it."
    ),
    "own-002": "A sober zebra story\n\nThe study found nothing about the zebra.",
}
FILES = {
    "train": ("story_reviews_00001", "story_reviews_00002"),
    "open": ("news_reviews_00003",),
    "dev": ("story_reviews_00004",),
}
MARKS = {
    "story_reviews_00001": [
        ("overstated_efficacy", "ends sleeplessness"),
        ("overstated_efficacy", "works wonders"),
        ("sensational_language", "wonders"),
    ],
    "news_reviews_00003": [("understated_harms", "is safe")],
    "story_reviews_00004": [("missing_absolute_risk", "halve the risk")],
    "own-001": [
        ("overstated_efficacy", "ends pain"),
        ("overstated_efficacy", "ends pain for good"),
        ("sensational_language", "breakthrough"),
    ],
}


def spans(text: str) -> list[list[int]]:
    return [[sentence.span.start, sentence.span.end] for sentence in split(Document(text))]


def public_row(article_id: str) -> Row:
    text = TEXTS[article_id]
    bounds = spans(text)
    labels = []
    for label, words in MARKS.get(article_id, []):
        start = text.index(words)
        index = next(n for n, (first, end) in enumerate(bounds) if first <= start < end)
        labels.append({"sentence": index, "label": label, "start": start, "end": start + len(words)})
    digest = hashlib.sha256(text.encode()).hexdigest()
    return {"id": article_id, "sha256": digest, "sentences": bounds, "labels": labels}


def own_row(article_id: str) -> Row:
    text = OWN[article_id]
    labels = []
    for label, words in MARKS.get(article_id, []):
        start = text.index(words)
        labels.append({"label": label, "start": start, "end": start + len(words)})
    meta = {"kind": "story", "topic": "pain", "stance": "uncritical", "evidence": "none"}
    return {"id": article_id, **meta, "text": text, "labels": labels}


def lines(*rows: Row) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def write_small_data(folder: Path) -> Path:
    """Write all files and return the folder."""
    data = folder / "training_data"
    for name in ("annotations", "articles", "splits"):
        (data / name).mkdir(parents=True)
    for name, ids in FILES.items():
        put(data / f"annotations/{name}.jsonl", lines(*map(public_row, ids)))
    put(data / "articles/batch-01.jsonl", lines(*map(own_row, OWN)))
    trained = (*FILES["train"], *FILES["open"], *OWN)
    put(data / "splits/folds.tsv", "".join(f"{article_id}\t{n % 5}\n" for n, article_id in enumerate(trained)))
    put(data / "splits/dev.txt", "".join(f"{article_id}\n" for article_id in FILES["dev"]))
    return data


def write_checkout(folder: Path) -> Path:
    """A folder of the public data set's shape, holding TEXTS and things that are no articles."""
    for name, prefix in (("HealthStory", "story_"), ("HealthRelease", "news_")):
        content = folder / "dataset/content" / name
        content.mkdir(parents=True)
        for article_id, text in TEXTS.items():
            if article_id.startswith(prefix):
                title, body = text.split("\n\n", 1)
                put(content / f"{article_id}.json", json.dumps({"url": "x", "title": title, "text": body}))
    (folder / "dataset/engagements").mkdir()
    put(folder / "dataset/engagements/large.json", "{}" * 1000)
    put(folder / "README.md", "Not needed.\n")
    return folder


def put(path: Path, content: str | bytes) -> None:
    path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)


def change(path: Path, line: int, mutate: Callable[[Row], object]) -> None:
    """Change the JSON object on one line, from 1."""
    rows = [json.loads(row) for row in path.read_text(encoding="utf-8").split("\n")[:-1]]
    mutate(rows[line - 1])
    put(path, lines(*rows))


def assert_refused(act: Callable[[], object], path: Path, line: int | None, why: str) -> None:
    """It is refused, for this reason (a regular expression), naming file and line and quoting nothing."""
    place = re.escape(str(path) if line is None else f"{path}:{line}")
    with pytest.raises(CorpusError, match=f"^{place}: .*{why}") as caught:
        act()
    message = str(caught.value)
    assert "\n" not in message
    assert "zebra" not in message.removeprefix(str(path)).lower()
