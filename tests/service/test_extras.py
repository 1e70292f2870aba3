"""Optional dependencies."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from service.console import CommandError
from service.extras import require


def test_a_module_that_is_there() -> None:
    assert require("json.decoder", "archives").__name__ == "json.decoder"


def test_a_missing_one_says_what_to_install() -> None:
    with pytest.raises(CommandError, match=r'needs overclaim\[spark\]: pip install "overclaim\[spark\]"'):
        require("no_such_module_anywhere.inside", "spark")


def test_a_module_with_a_broken_import_is_not_called_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "half_there.py").write_text("import nothing_of_this_name\n")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    with pytest.raises(ModuleNotFoundError, match="nothing_of_this_name"):
        require("half_there", "spark")
