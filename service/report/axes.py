"""What several charts are made of: points with intervals, lines through them, axes in percent and in time.

Colours are those of Okabe and Ito (2008), which colour-blind readers can tell apart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from service.report.intervals import Share
from service.report.svg import PAPER

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BLUE, ORANGE, GREEN, GREY = "#0072B2", "#D55E00", "#009E73", "#7F7F7F"
Point: TypeAlias = tuple[Share, bool]
"""A share, and whether it is of few articles only."""


def percent_axis(axis: Any, points: Sequence[Point]) -> None:
    """Scale an axis from 0 to a bit more than what isn't of few articles, so that small shares can be told apart."""
    from matplotlib.ticker import MaxNLocator  # noqa: PLC0415

    sure = [share for share, few in points if not few] or [share for share, _ in points]
    largest = max([*(s.high or s.value or 0.0 for s in sure), *(s.value or 0.0 for s, _ in points)], default=0.0)
    axis.axes.set(**{f"{axis.axis_name}lim": (0, min(1.0, max(largest * 1.08, 0.02)) * 1.0001)})
    axis.set_major_formatter(lambda value, _: f"{100 * value:.4g}%")
    axis.set_major_locator(MaxNLocator(4, steps=[1, 2, 2.5, 5, 10]))
    axis.axes.grid(axis=axis.axis_name, linewidth=0.6)
    axis.axes.set_axisbelow(True)


def dots(axes: Axes, points: Mapping[int, Point], style: tuple[str, str], *, upright: bool, size: float = 5) -> None:
    """Points with their intervals: along the horizontal, or upright; hollow where they are of few articles."""
    colour, marker = style
    for hollow in (False, True):
        some = {place: share for place, (share, few) in points.items() if few == hollow and share.value is not None}
        if not some:
            continue
        values = [share.value or 0.0 for share in some.values()]
        ends = [
            (v - (v if s.low is None else s.low), (v if s.high is None else s.high) - v)
            for v, s in zip(values, some.values(), strict=True)
        ]
        errors = [[max(0.0, low) for low, _ in ends], [max(0.0, high) for _, high in ends]]
        along: dict[str, Any] = (
            {"x": list(some), "y": values, "yerr": errors}
            if upright
            else {"x": values, "y": list(some), "xerr": errors}
        )
        drawn = axes.errorbar(
            **along, color=colour, marker=marker, markersize=size, linestyle="none", elinewidth=1.1,
            markerfacecolor=PAPER if hollow else colour,
        )  # fmt: skip
        drawn.lines[0].set_clip_on(False)  # a point at 0 is drawn whole


def place_of(period: str) -> int:
    """Place of a month (``2024-05``) or a year on the axis of time, where neighbours are 1 apart."""
    year, _, month = period.partition("-")
    return int(year) * 12 + int(month) - 1 if month else int(year)


def _runs(places: Sequence[int]) -> list[list[int]]:
    """Places cut where a period has no article: no line may cross it."""
    runs: list[list[int]] = []
    for place in places:
        if runs and runs[-1][-1] == place - 1:
            runs[-1].append(place)
        else:
            runs.append([place])
    return runs


def lines(axes: Axes, points: Mapping[int, Point], style: tuple[str, str], size: float) -> None:
    """Points upright, and a line through neighbours in time; ``size`` of the points is in typographic points."""
    known = {place: share.value for place, (share, _) in points.items() if share.value is not None}
    for run in _runs(list(known)):
        axes.plot(run, [known[place] for place in run], color=style[0], linewidth=1.2)
    dots(axes, points, style, upright=True, size=size)


def time_axis(axes: Axes, places: Sequence[int], most: int, *, months: bool) -> None:
    """Name at most about ``most`` of the places below the axis, as months or years."""
    if months:
        # January of each year if there are many; else each so many months.
        span = max(places) - min(places) + 1
        step = next(step for step in (1, 2, 3, 6, 12, 24, 60, 120, 1200) if span <= step * most)
        ticks = [place for place in range(min(places), max(places) + 1) if place % step == 0]
        ticks = ticks or [min(places)]
        axes.set_xticks(
            ticks, [f"{tick // 12}-{tick % 12 + 1:02d}" if step < 12 else str(tick // 12) for tick in ticks]
        )
    else:
        from matplotlib.ticker import MaxNLocator  # noqa: PLC0415

        axes.xaxis.set_major_locator(MaxNLocator(most, integer=True))
        axes.xaxis.set_major_formatter("{x:.0f}")
    axes.set_xlim(min(places) - 0.6, max(places) + 0.6)
