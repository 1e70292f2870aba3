"""Neovim, without a window, with its own client and `overclaim lsp` with the shipped model."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from service.project import FILE_NAME, read_project

NEOVIM = shutil.which("nvim")
SCRIPT = Path(__file__).with_name("neovim.lua")
ARTICLE = "# A new pill for the heart\n\nThe 😀 *new* pill is a stunning breakthrough, doctors said.\n"


def hype(marks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [mark for mark in marks if mark["words"].split()[-1] == "breakthrough"]


@pytest.mark.model
@pytest.mark.skipif(NEOVIM is None, reason="Neovim (nvim) isn't installed")
def test_a_session_in_neovim(tmp_path: Path) -> None:
    root = tmp_path / "news"
    root.mkdir()
    (root / "draft.md").write_text(ARTICLE, encoding="utf-8")
    result = tmp_path / "result.json"
    done = subprocess.run(
        [str(NEOVIM), "--headless", "-u", "NONE", "-i", "NONE", "-n", "-c", f"luafile {SCRIPT}"],
        env={
            **{name: value for name, value in os.environ.items() if not name.startswith(("NVIM", "VIM"))},
            **{"PYTHON": sys.executable, "ROOT": str(root), "RESULT": str(result)},
            **{"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path)},
            "OVERCLAIM_LOG_LEVEL": "debug",
        },
        cwd=tmp_path,
        capture_output=True,
        timeout=600,
        check=False,
    )
    assert result.exists(), done.stderr.decode()
    seen = json.loads(result.read_text(encoding="utf-8"))
    assert "problem" not in seen, seen["problem"]

    (mark,) = hype(seen["opened"])
    assert (mark["line"], mark["code"], mark["source"]) == (2, "sensational_language", "overclaim")
    assert "word of hype" in mark["message"]
    assert [(one["line"], one["words"]) for one in hype(seen["edited"])] == [(4, mark["words"])]
    assert seen["hover"].startswith("**Sensational language**")
    assert any(title.startswith("Turn off “Sensational language”") for title in seen["actions"])
    assert not hype(seen["hidden"])
    assert seen["configured"] is True

    assert len(read_project(root).ignored) == 1
    assert (root / "draft.md").read_text(encoding="utf-8") == ARTICLE, "nobody saved it"
    logs = [path for path in tmp_path.rglob("*") if path.is_file() and path.name not in {"draft.md", "result.json"}]
    assert root / FILE_NAME in logs
    assert not [path for path in logs if b"stunning" in path.read_bytes()], "no article in a log"
