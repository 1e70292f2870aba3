"""The charts, as SVG to stand inside a page.

Colours are those of Okabe and Ito (2008), which colour-blind readers can tell apart; markers, hatches and words say the
same without colour. Letters stay letters, so that they can be found, selected and read aloud.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING

from classifier.labels import criteria, labels
from service.console import one_line
from service.extras import require
from service.groups import GROUPS
from service.report.axes import BLUE, GREEN, GREY, ORANGE, dots, lines, percent_axis, place_of, time_axis
from service.report.figures import CriterionFigures, Figures, Group, Grouping, Rates
from service.report.intervals import Share
from service.report.svg import SETTINGS, new_figure, to_svg

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_GROUP_STYLES = dict(zip(GROUPS, ((BLUE, "o"), (ORANGE, "s"), (GREEN, "^")), strict=True))
_OTHER_STYLE = (GREY, "D")
_BOTH: tuple[tuple[str, Callable[[Rates], Share]], ...] = (
    ("Articles with at least one mark", lambda rates: rates.articles),
    ("Sentences with a mark", lambda rates: rates.sentences),
)


def label_title(name: str) -> str:
    """A label's name for readers; the id itself if this program doesn't know it."""
    return labels()[name].title if name in labels() else name


def draw(figures: Figures) -> dict[str, str]:
    """Draw what there is to draw.

    Returns
    -------
    dict of str to str
        SVG elements, by ``labels``, ``criteria`` and, for each grouping's column, ``by COLUMN`` and
        ``labels by COLUMN``. The same figures give the same bytes with the same version of matplotlib.
    """
    if not figures.overall.articles:
        return {}
    jobs: dict[str, tuple[str, Callable[[], Figure]]] = {
        "labels": ("Shares flagged, by label, with 95% intervals", lambda: _by_label(figures.overall))
    }
    for grouping in figures.groupings:
        words = "over time" if grouping.is_time else f"by {one_line(grouping.column)}"
        whole, parts = (_time, _time_by_label) if grouping.is_time else (_groups, _groups_by_label)
        if not any(group.kind == "named" for group in grouping.groups):
            continue
        jobs[f"by {grouping.column}"] = (
            f"Shares flagged, {words}, with 95% intervals",
            lambda grouping=grouping, whole=whole: whole(grouping),  # type: ignore[misc]
        )
        jobs[f"labels by {grouping.column}"] = (
            f"Share of articles with a mark of each label, {words}, with 95% intervals",
            lambda grouping=grouping, parts=parts: parts(grouping, figures.labels),  # type: ignore[misc]
        )
    if any(entry.mean is not None for entry in figures.criteria):
        jobs["criteria"] = ("How often which verdict was given, by criterion", lambda: _criteria(figures.criteria))
    matplotlib = require("matplotlib", "report")
    with warnings.catch_warnings(), matplotlib.rc_context({**matplotlib.rcParamsDefault, **SETTINGS}):
        # The font that measures lacks some scripts; the reader's browser has its own.
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        return {
            name: to_svg(f"chart-{number}", title, job) for number, (name, (title, job)) in enumerate(jobs.items(), 1)
        }


@cache
def _style(label: str) -> tuple[str, str]:
    return next((_GROUP_STYLES[group.id] for group in GROUPS.values() if label in group.labels), _OTHER_STYLE)


def _by_label(overall: Group) -> Figure:
    names = list(overall.labels)
    figure, panels = new_figure(0.26 * len(names) + 0.9, 1, 2, sharey=True)
    titles = ("Articles with the label", "Sentences with the label")
    for axes, title, (_, pick) in zip(panels, titles, _BOTH, strict=True):
        points = {y: (pick(rates), False) for y, rates in enumerate(overall.labels.values())}
        for style in dict.fromkeys(_style(name) for name in names):
            mine = {y: point for y, point in points.items() if _style(names[y]) == style}
            dots(axes, mine, style, upright=False)
        axes.set_title(title, fontsize=9, loc="left")
        percent_axis(axes.xaxis, list(points.values()))
    panels[0].set_yticks(range(len(names)), [label_title(name) for name in names])
    panels[0].set_ylim(len(names) - 0.5, -0.5)
    from matplotlib.lines import Line2D  # noqa: PLC0415

    keys = [
        Line2D([], [], color=colour, marker=marker, linestyle="none", label=GROUPS[name].name)
        for name, (colour, marker) in _GROUP_STYLES.items()
    ]
    figure.legend(handles=keys, loc="outside lower center", ncols=3, frameon=False)
    return figure


def _shown(name: str, length: int = 26) -> str:
    folded = one_line(name)
    return folded if len(folded) <= length else f"{folded[: length - 1]}…"


def _groups(grouping: Grouping) -> Figure:
    groups = grouping.groups
    figure, panels = new_figure(0.26 * len(groups) + 0.7, 1, 2, sharey=True)
    for axes, (title, pick) in zip(panels, _BOTH, strict=True):
        points = {y: (pick(group.any), group.few) for y, group in enumerate(groups)}
        dots(axes, points, (BLUE, "o"), upright=False)
        axes.set_title(title, fontsize=9, loc="left")
        percent_axis(axes.xaxis, list(points.values()))
    panels[0].set_yticks(range(len(groups)), [f"{_shown(group.name)} ({group.articles:,})" for group in groups])
    panels[0].set_ylim(len(groups) - 0.5, -0.5)
    return figure


def _groups_by_label(grouping: Grouping, names: Sequence[str]) -> Figure:
    groups = grouping.groups
    rows = -(-len(names) // 4)
    figure, panels = new_figure(rows * (0.17 * len(groups) + 0.55) + 0.2, rows, 4, sharey=True, sharex=True)
    everything = [(group.labels[name].articles, group.few) for group in groups for name in names]
    for axes, name in zip(panels, names, strict=False):
        points = {y: (group.labels[name].articles, group.few) for y, group in enumerate(groups)}
        dots(axes, points, _style(name), upright=False)
        axes.set_title(_wrapped(label_title(name)), fontsize=8, loc="left")
        percent_axis(axes.xaxis, everything)
        axes.set_yticks(range(len(groups)), [_shown(group.name, 18) for group in groups])
        axes.set_ylim(len(groups) - 0.5, -0.5)
    for axes in panels[len(names) :]:
        axes.set_axis_off()
    return figure


def _periods(grouping: Grouping) -> dict[int, Group]:
    """Groups by their place in time, in months or years."""
    return {place_of(group.name): group for group in grouping.groups if group.kind == "named"}


def _time(grouping: Grouping) -> Figure:
    periods = _periods(grouping)
    figure, panels = new_figure(4.2, 2, 1, sharex=True)
    for axes, (title, pick), marker in zip(panels, _BOTH, "os", strict=True):
        points = {place: (pick(group.any), group.few) for place, group in periods.items()}
        lines(axes, points, (BLUE if marker == "o" else ORANGE, marker), 5)
        axes.set_title(title, fontsize=9, loc="left")
        percent_axis(axes.yaxis, list(points.values()))
        time_axis(axes, list(periods), 10, months=grouping.column == "month")
    return figure


def _time_by_label(grouping: Grouping, names: Sequence[str]) -> Figure:
    periods = _periods(grouping)
    rows = -(-len(names) // 3)
    figure, panels = new_figure(rows * 1.45, rows, 3, sharex=True, sharey=True)
    everything = [(group.labels[name].articles, group.few) for group in periods.values() for name in names]
    for axes, name in zip(panels, names, strict=False):
        points = {place: (group.labels[name].articles, group.few) for place, group in periods.items()}
        lines(axes, points, _style(name), 3)
        axes.set_title(label_title(name), fontsize=8, loc="left")
        percent_axis(axes.yaxis, everything)
        time_axis(axes, list(periods), 2, months=grouping.column == "month")
    for axes in panels[len(names) :]:
        axes.set_axis_off()
    return figure


def _criteria(entries: Sequence[CriterionFigures]) -> Figure:
    figure, (axes,) = new_figure(0.3 * len(entries) + 0.8)
    styles = (("satisfactory", BLUE, ""), ("can't tell", "#BBBBBB", ""), ("not satisfactory", ORANGE, "////"))
    for y, entry in enumerate(entries):
        parts = (entry.satisfactory, entry.undecided, entry.unsatisfactory)
        whole, left = sum(parts), 0.0
        for part, (_, colour, hatch) in zip(parts, styles, strict=True):
            share = part / whole if whole else 0.0
            axes.barh(y, share, left=left, color=colour, hatch=hatch, height=0.72, linewidth=0)
            if share >= 0.08:
                dark = colour == "#BBBBBB"
                box = {"facecolor": colour, "edgecolor": "none", "pad": 1.5} if hatch else None
                axes.text(left + share / 2, y, f"{share:.0%}", ha="center", va="center", fontsize=8, bbox=box,
                          color="#000000" if dark or hatch else "#FFFFFF")  # fmt: skip
            left += share
    axes.set_yticks(range(len(entries)), [criteria()[entry.id].title for entry in entries])
    axes.set_ylim(len(entries) - 0.5, -0.5)
    axes.set_xlim(0, 1)
    from matplotlib.patches import Patch  # noqa: PLC0415
    from matplotlib.ticker import PercentFormatter  # noqa: PLC0415

    axes.xaxis.set_major_formatter(PercentFormatter(1))
    keys = [Patch(facecolor=colour, hatch=hatch, label=name) for name, colour, hatch in styles]
    figure.legend(handles=keys, loc="outside lower center", ncols=3, frameon=False)
    return figure


def _wrapped(title: str, length: int = 22) -> str:
    """Two lines, where a panel is narrower than its title."""
    import textwrap  # noqa: PLC0415

    return "\n".join(textwrap.wrap(title, length))
