"""The guides beside the code: their links lead somewhere, their settings can be read, their Python runs."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

SERVICE = Path(__file__).parents[3] / "service"
GUIDES = [path for path in sorted(SERVICE.rglob("*.md")) if "node_modules" not in path.parts]
LINK = re.compile(r"\]\(([^)\s]+)\)")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.M | re.S)
EDITORS = SERVICE / "EDITORS.md"
LANGUAGETOOL = SERVICE / "languagetool" / "README.md"
LSP = SERVICE / "lsp" / "README.md"


def anchors(guide: Path) -> set[str]:
    """The names of a guide's headings, as GitHub makes them."""
    heads = re.findall(r"^#+ (.+)$", guide.read_text(encoding="utf-8"), re.M)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def blocks(guide: Path, language: str) -> list[str]:
    return [code for name, code in BLOCK.findall(guide.read_text(encoding="utf-8")) if name == language]


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: str(path.relative_to(SERVICE)))
def test_links_lead_somewhere(guide: Path) -> None:
    for link in LINK.findall(guide.read_text(encoding="utf-8")):
        if "://" in link:
            continue
        path, _, anchor = link.partition("#")
        target = (guide.parent / path).resolve() if path else guide
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


def test_every_recipe_is_listed_with_what_was_run() -> None:
    rows = [line.split("|") for line in EDITORS.read_text(encoding="utf-8").splitlines() if "[recipe]" in line]
    listed = {match for row in rows for match in LINK.findall(row[3])}
    for folder, skipped in (("languagetool", ()), ("lsp", ("others",))):
        text = (SERVICE / folder / "README.md").read_text(encoding="utf-8")
        heads = re.findall(r"^### (.+)$", text, re.M)
        assert heads
        names = {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads} - set(skipped)
        assert {link.partition("#")[2] for link in listed if link.startswith(f"{folder}/")} == names
    assert all(row[4].strip() for row in rows)


@pytest.mark.parametrize("guide", [LANGUAGETOOL, LSP], ids=["languagetool", "lsp"])
def test_settings_can_be_read(guide: Path) -> None:
    read = [json.loads(code) for code in blocks(guide, "json")] + [
        tomllib.loads(code) for code in blocks(guide, "toml")
    ]
    assert len(read) >= 2


def test_the_python_recipe_runs(address: str) -> None:
    (code,) = blocks(LANGUAGETOOL, "python")
    assert '"http://127.0.0.1:8000/"' in code
    code = code.replace("http://127.0.0.1:8000/", address)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False)
    assert done.stdout.startswith("4 OVERCLAIM_SENSATIONAL_LANGUAGE "), done.stderr
