"""Batch files: the records that tests score, and what must come out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from fake_annotator import FakeAnnotator

from service.schemas import to_response

RECORDS: list[dict[str, Any]] = [
    {"id": n, "text": f"Number {n} 😀: a breakthrough.", **({"title": "A miracle"} if n % 2 else {})} for n in range(80)
]


def written(path: Path, *lines: str) -> Path:
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n")[:-1]]


def expected(fake: FakeAnnotator, records: list[dict[str, Any]] = RECORDS) -> list[dict[str, Any]]:
    return [
        {"id": r["id"], **to_response(fake.annotate(r["text"], title=r.get("title"))).model_dump(mode="json")}
        for r in records
    ]
