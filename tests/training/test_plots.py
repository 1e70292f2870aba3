"""The card's pictures: drawn from figures, small, the same twice, and left out in words without matplotlib."""

from __future__ import annotations

import struct
import sys
from pathlib import Path
from typing import Any

import matplotlib as mpl
import pytest
from small_evaluation import HYPE, MANIFEST, measures

from classifier.labels import LABEL_IDS
from classifier.training.card import card_text
from classifier.training.plots import PICTURES, write_plots

MAX_BYTES = 60_000
ALLOWED = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"pHYs"}
"""Chunks of a PNG file that hold no text and no time."""


def chunks(content: bytes) -> list[bytes]:
    found, place = [], 8
    while place < len(content):
        (size,) = struct.unpack(">I", content[place : place + 4])
        found.append(content[place + 4 : place + 8])
        place += size + 12
    return found


def test_all_are_small_and_the_same_twice_whatever_the_user_s_style(tmp_path: Path) -> None:
    assert write_plots(tmp_path, measures()) == PICTURES
    first = {name: (tmp_path / name).read_bytes() for name in PICTURES}
    with mpl.rc_context({"font.size": 20, "axes.facecolor": "black", "savefig.dpi": 300}):
        write_plots(tmp_path, measures())
    for name, content in first.items():
        assert content.startswith(b"\x89PNG\r\n")
        assert set(chunks(content)) <= ALLOWED
        assert 1000 < len(content) < MAX_BYTES
        assert (tmp_path / name).read_bytes() == content


def test_figures_make_a_difference(tmp_path: Path) -> None:
    write_plots(tmp_path, measures())
    before = {name: (tmp_path / name).read_bytes() for name in PICTURES}
    changed: dict[str, Any] = measures()
    changed["dev"]["precision_recall"][HYPE] = [[1.0, 0.2]]
    changed["dev"]["reliability"] = changed["dev"]["reliability"][:4]
    changed["dev"]["confusion"]["counts"][0][1] = 3
    changed["learning_curve"]["points"][0]["f1"]["value"] = 0.1
    changed["ablation"]["without"].pop("cues")
    write_plots(tmp_path, changed)
    assert all((tmp_path / name).read_bytes() != content for name, content in before.items())


def test_what_isn_t_measured_isn_t_drawn_and_an_old_picture_goes(tmp_path: Path) -> None:
    (tmp_path / "ablation.png").write_bytes(b"old")
    (tmp_path / "mine.png").write_bytes(b"not ours")
    left = {name: value for name, value in measures().items() if name not in ("ablation", "dev")}
    assert write_plots(tmp_path, left) == ("learning-curve.png",)
    assert {path.name for path in tmp_path.iterdir()} == {"learning-curve.png", "mine.png"}


def test_labels_that_are_nowhere_can_be_drawn(tmp_path: Path) -> None:
    nothing = measures()
    nothing["dev"]["precision_recall"] = {label: [] for label in LABEL_IDS}
    nothing["dev"]["average_precision"] = dict.fromkeys(LABEL_IDS)
    nothing["dev"]["reliability"] = [{"pairs": 3, "score": 0.05, "share": 0.0, "interval": None}]
    nothing["dev"]["confusion"]["counts"] = [[0] * 13 for _ in range(13)]
    nothing["ablation"]["without"] = {}
    assert write_plots(tmp_path, nothing) == PICTURES


def test_without_matplotlib_none_is_left_and_the_card_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_plots(tmp_path, measures())
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    assert write_plots(tmp_path, measures()) is None
    assert not list(tmp_path.iterdir())
    text = card_text(MANIFEST, measures(), None)
    assert "This card has no pictures: matplotlib isn't installed where it was written." in text
    assert "](" not in text
