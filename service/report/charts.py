"""The charts, as SVG to stand inside a page.

Colours are those of Okabe and Ito (2008), which colour-blind readers can tell apart; markers, hatches and words say the
same without colour. Letters stay letters, so that they can be found, selected and read aloud.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from html import escape
from typing import TYPE_CHECKING, Any, TypeAlias

from classifier.labels import criteria, labels
from service.console import one_line
from service.extras import require
from service.groups import GROUPS
from service.report.figures import CriterionFigures, Figures, Group, Grouping
from service.report.intervals import Share

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Stand-ins that become the page's own colours, light or dark.
_INK, _FAINT, _PAPER = "#010203", "#010204", "#010205"
_CSS = {_INK: "var(--ink)", _FAINT: "var(--line)", _PAPER: "var(--paper)"}
_BLUE, _ORANGE, _GREEN, _GREY = "#0072B2", "#D55E00", "#009E73", "#7F7F7F"
_GROUP_STYLES = dict(zip(GROUPS, ((_BLUE, "o"), (_ORANGE, "s"), (_GREEN, "^")), strict=True))
_OTHER_STYLE = (_GREY, "D")
_BOTH = (
    ("Articles with at least one mark", lambda rates: rates.articles),
    ("Sentences with a mark", lambda rates: rates.sentences),
)
_WIDTH = 7.4  # inches of 72 points

Point: TypeAlias = tuple[float, Share]


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
    settings = {
        **matplotlib.rcParamsDefault,
        "svg.fonttype": "none",
        "font.size": 9,
        "text.parse_math": False,  # an outlet may be called $
        "text.color": _INK,
        "axes.labelcolor": _INK,
        "xtick.color": _INK,
        "ytick.color": _INK,
        "axes.edgecolor": _INK,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "grid.color": _FAINT,
        "hatch.color": _PAPER,
    }
    with warnings.catch_warnings(), matplotlib.rc_context(settings):
        # The font that measures lacks some scripts; the reader's browser has its own.
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        return {
            name: _svg(f"chart-{number}", title, job) for number, (name, (title, job)) in enumerate(jobs.items(), 1)
        }


def _svg(name: str, title: str, job: Callable[[], Figure]) -> str:
    import matplotlib  # noqa: PLC0415

    buffer = io.StringIO()
    with matplotlib.rc_context({"svg.hashsalt": name}):
        job().savefig(
            buffer, format="svg", transparent=True, metadata=dict.fromkeys(("Date", "Creator", "Format", "Type"))
        )
    svg = buffer.getvalue()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r' (width|height|version)="[^"]*"', "", svg.split(">", 1)[0]) + ">" + svg.split(">", 1)[1]
    # Several charts stand in one page, where each id may be there once.
    svg = re.sub(r'(\bid="|xlink:href="#|url\(#)', rf"\g<1>{name}-", svg)
    for stand_in, colour in _CSS.items():
        svg = svg.replace(stand_in, colour)
    opening = f'<svg role="img" aria-labelledby="{name}"'
    return svg.replace("<svg", opening, 1).replace(">", f'>\n<title id="{name}">{escape(title)}</title>', 1).strip()


def _figure(height: float, rows: int = 1, columns: int = 1, **more: Any) -> tuple[Figure, list[Axes]]:
    from matplotlib.figure import Figure  # noqa: PLC0415

    figure = Figure(figsize=(_WIDTH, height), layout="constrained")
    axes = figure.subplots(rows, columns, squeeze=False, **more)
    return figure, list(axes.ravel())


@cache
def _style(label: str) -> tuple[str, str]:
    return next((_GROUP_STYLES[group.id] for group in GROUPS.values() if label in group.labels), _OTHER_STYLE)


def _percent_axis(axis: Any, shares: Sequence[Share]) -> None:
    """From 0 to a bit more than the largest, so that small shares can be told apart."""
    from matplotlib.ticker import MaxNLocator, PercentFormatter  # noqa: PLC0415

    largest = max((share.high or share.value or 0.0 for share in shares), default=0.0)
    axis.axes.set(**{f"{axis.axis_name}lim": (0, min(1.0, max(largest * 1.08, 0.02)) * 1.0001)})
    axis.set_major_formatter(PercentFormatter(1, decimals=None))
    axis.set_major_locator(MaxNLocator(4, steps=[1, 2, 2.5, 5, 10]))
    axis.axes.grid(axis=axis.axis_name, linewidth=0.6)
    axis.axes.set_axisbelow(True)


def _errors(share: Share) -> list[list[float]]:
    value = share.value or 0.0
    low, high = share.low, share.high
    return [[0.0 if low is None else max(0.0, value - low)], [0.0 if high is None else max(0.0, high - value)]]


def _dot(axes: Axes, y: float, share: Share, style: tuple[str, str], *, hollow: bool = False) -> None:
    if share.value is None:
        return
    colour, marker = style
    axes.errorbar(
        share.value, y, xerr=_errors(share), color=colour, marker=marker, markersize=5, capsize=2, linewidth=1.3,
        markerfacecolor=_PAPER if hollow else colour, clip_on=False,
    )  # fmt: skip


def _by_label(overall: Group) -> Figure:
    names = list(overall.labels)
    figure, panels = _figure(0.26 * len(names) + 0.9, 1, 2, sharey=True)
    for axes, (title, pick) in zip(panels, _BOTH, strict=True):
        shares = [pick(rates) for rates in overall.labels.values()]
        for y, (name, share) in enumerate(zip(names, shares, strict=True)):
            _dot(axes, y, share, _style(name))
        axes.set_title(title, fontsize=9, loc="left")
        _percent_axis(axes.xaxis, shares)
    panels[0].set_yticks(range(len(names)), [label_title(name) for name in names])
    panels[0].set_ylim(len(names) - 0.5, -0.5)
    from matplotlib.lines import Line2D  # noqa: PLC0415

    keys = [
        Line2D([], [], color=colour, marker=marker, label=GROUPS[name].name)
        for name, (colour, marker) in _GROUP_STYLES.items()
    ]
    figure.legend(handles=keys, loc="outside lower center", ncols=3, frameon=False)
    return figure


def _shown(name: str, length: int = 26) -> str:
    folded = one_line(name)
    return folded if len(folded) <= length else f"{folded[: length - 1]}…"


def _groups(grouping: Grouping) -> Figure:
    groups = grouping.groups
    figure, panels = _figure(0.26 * len(groups) + 0.7, 1, 2, sharey=True)
    for axes, (title, pick) in zip(panels, _BOTH, strict=True):
        shares = [pick(group.any) for group in groups]
        for y, (group, share) in enumerate(zip(groups, shares, strict=True)):
            _dot(axes, y, share, (_BLUE, "o"), hollow=group.few)
        axes.set_title(title, fontsize=9, loc="left")
        _percent_axis(axes.xaxis, shares)
    panels[0].set_yticks(range(len(groups)), [f"{_shown(group.name)} ({group.articles:,})" for group in groups])
    panels[0].set_ylim(len(groups) - 0.5, -0.5)
    return figure


def _groups_by_label(grouping: Grouping, names: Sequence[str]) -> Figure:
    groups = grouping.groups
    rows = -(-len(names) // 4)
    figure, panels = _figure(rows * (0.17 * len(groups) + 0.55) + 0.2, rows, 4, sharey=True, sharex=True)
    shares = [group.labels[name].articles for group in groups for name in names]
    for axes, name in zip(panels, names, strict=False):
        for y, group in enumerate(groups):
            _dot(axes, y, group.labels[name].articles, _style(name), hollow=group.few)
        axes.set_title(_wrapped(label_title(name)), fontsize=8, loc="left")
        _percent_axis(axes.xaxis, shares)
        axes.set_yticks(range(len(groups)), [_shown(group.name, 18) for group in groups])
        axes.set_ylim(len(groups) - 0.5, -0.5)
    for axes in panels[len(names) :]:
        axes.set_axis_off()
    return figure


def _periods(grouping: Grouping) -> dict[float, Group]:
    """Groups by their place in time, in months or years."""
    return {_place(group.name): group for group in grouping.groups if group.kind == "named"}


def _place(period: str) -> float:
    year, _, month = period.partition("-")
    return int(year) * 12 + int(month) - 1 if month else int(year)


def _runs(places: Sequence[float]) -> list[list[float]]:
    """Places cut where a period has no article: no line may cross it."""
    runs: list[list[float]] = []
    for place in places:
        if runs and runs[-1][-1] == place - 1:
            runs[-1].append(place)
        else:
            runs.append([place])
    return runs


def _lines(axes: Axes, points: Mapping[float, tuple[Share, bool]], style: tuple[str, str], size: float) -> None:
    colour, marker = style
    known = {place: (share, few) for place, (share, few) in points.items() if share.value is not None}
    for run in _runs(list(known)):
        axes.plot(run, [known[place][0].value or 0.0 for place in run], color=colour, linewidth=1.2)
    for place, (share, few) in known.items():
        axes.errorbar(
            place, share.value or 0.0, yerr=_errors(share), color=colour, marker=marker, markersize=size, capsize=0,
            elinewidth=0.9, markerfacecolor=_PAPER if few else colour, clip_on=False,
        )  # fmt: skip


def _time_axis(axes: Axes, places: Sequence[float], most: int, *, months: bool) -> None:
    if months:
        # January of each year if there are many; else each so many months.
        span = int(max(places) - min(places)) + 1
        step = next(step for step in (1, 2, 3, 6, 12, 24, 60, 120, 1200) if span <= step * most)
        ticks = [place for place in range(int(min(places)), int(max(places)) + 1) if place % step == 0]
        ticks = ticks or [int(min(places))]
        axes.set_xticks(
            ticks, [f"{tick // 12}-{tick % 12 + 1:02d}" if step < 12 else str(tick // 12) for tick in ticks]
        )
    else:
        from matplotlib.ticker import MaxNLocator  # noqa: PLC0415

        axes.xaxis.set_major_locator(MaxNLocator(most, integer=True))
        axes.xaxis.set_major_formatter("{x:.0f}")
    axes.set_xlim(min(places) - 0.6, max(places) + 0.6)


def _time(grouping: Grouping) -> Figure:
    periods = _periods(grouping)
    figure, panels = _figure(4.2, 2, 1, sharex=True)
    for axes, (title, pick), marker in zip(panels, _BOTH, "os", strict=True):
        points = {place: (pick(group.any), group.few) for place, group in periods.items()}
        _lines(axes, points, (_BLUE if marker == "o" else _ORANGE, marker), 5)
        axes.set_title(title, fontsize=9, loc="left")
        _percent_axis(axes.yaxis, [share for share, _ in points.values()])
        _time_axis(axes, list(periods), 10, months=grouping.column == "month")
    return figure


def _time_by_label(grouping: Grouping, names: Sequence[str]) -> Figure:
    periods = _periods(grouping)
    rows = -(-len(names) // 3)
    figure, panels = _figure(rows * 1.45, rows, 3, sharex=True, sharey=True)
    shares = [group.labels[name].articles for group in periods.values() for name in names]
    for axes, name in zip(panels, names, strict=False):
        points = {place: (group.labels[name].articles, group.few) for place, group in periods.items()}
        _lines(axes, points, _style(name), 3)
        axes.set_title(label_title(name), fontsize=8, loc="left")
        _percent_axis(axes.yaxis, shares)
        _time_axis(axes, list(periods), 4, months=grouping.column == "month")
    for axes in panels[len(names) :]:
        axes.set_axis_off()
    return figure


def _criteria(entries: Sequence[CriterionFigures]) -> Figure:
    figure, (axes,) = _figure(0.3 * len(entries) + 0.8)
    styles = (("satisfactory", _BLUE, ""), ("can't tell", "#BBBBBB", ""), ("not satisfactory", _ORANGE, "////"))
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
