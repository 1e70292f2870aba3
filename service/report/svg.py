"""Drawings as SVG to stand inside a page, in the page's own colours."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Stand-ins that become the page's own colours, light or dark.
INK, FAINT, PAPER = "#010203", "#010204", "#010205"
_CSS = {INK: "var(--ink)", FAINT: "var(--line)", PAPER: "var(--paper)"}
_WIDTH = 7.4  # inches of 72 points
SETTINGS = {
    "svg.fonttype": "none",
    "font.size": 9,
    "text.parse_math": False,  # an outlet may be called $
    "text.color": INK,
    "axes.labelcolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.edgecolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "grid.color": FAINT,
    "hatch.color": PAPER,
}
"""matplotlib's, so that letters stay letters, which can be found, selected and read aloud."""


def to_svg(name: str, title: str, job: Callable[[], Figure]) -> str:
    """Draw a figure as an SVG element.

    Parameters
    ----------
    name : str
        Its id in the page; goes before every other id, so that several charts can stand in one page.
    title : str
        What a screen reader says in its place.
    job : callable
        Makes the figure.
    """
    import matplotlib  # noqa: PLC0415

    buffer = io.StringIO()
    with matplotlib.rc_context({"svg.hashsalt": name}):
        job().savefig(
            buffer, format="svg", transparent=True, metadata=dict.fromkeys(("Date", "Creator", "Format", "Type"))
        )
    svg = re.sub(r"<metadata>.*?</metadata>|<!--.*?-->", "", buffer.getvalue(), flags=re.DOTALL)
    head, body = svg[svg.index("<svg") :].split(">", 1)
    head = re.sub(r' (width|height|version)="[^"]*"', "", head)
    head = head.replace("<svg", f'<svg role="img" aria-labelledby="{name}"', 1)
    # Only inside tags: a name in the chart may look like an id or a colour.
    body = re.sub(r"<[^>]+>", lambda tag: _own(tag.group(), name), body)
    return f'{head}>\n<title id="{name}">{escape(title)}</title>{body}'.strip()


def _own(tag: str, name: str) -> str:
    tag = re.sub(r'(\bid="|xlink:href="#|url\(#)', rf"\g<1>{name}-", tag)
    for stand_in, colour in _CSS.items():
        tag = tag.replace(stand_in, colour)
    return tag


def new_figure(height: float, rows: int = 1, columns: int = 1, **more: Any) -> tuple[Figure, list[Axes]]:
    """A figure as wide as the page and ``height`` inches high, with its axes row by row."""
    from matplotlib.figure import Figure  # noqa: PLC0415

    figure = Figure(figsize=(_WIDTH, height), layout="constrained")
    axes = figure.subplots(rows, columns, squeeze=False, **more)
    return figure, list(axes.ravel())
