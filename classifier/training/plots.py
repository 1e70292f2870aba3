"""The card's pictures, drawn from the stored figures alone.

Colours are those of Okabe and Ito (2008), which colour-blind readers can tell apart; the heat map's scale is cividis.
matplotlib is a development tool (and brings Pillow along), so it is imported only here and only when a picture is
drawn. The same figures give the same bytes with the same version of it.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from classifier.labels import LABEL_IDS, labels

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NO_MATPLOTLIB = "matplotlib isn't installed"
PICTURES = ("precision-recall.png", "reliability.png", "confusion.png", "learning-curve.png", "ablation.png")
"""Names of all pictures, in the order of the card."""

_BLUE, _ORANGE, _GREY = "#0072B2", "#D55E00", "#767676"
_MARKS = {"strict": "^", "balanced": "o", "sensitive": "s"}


def write_plots(folder: Path, metrics: Mapping[str, Any]) -> tuple[str, ...] | None:
    """Draw what can be drawn from a model's measures.

    Parameters
    ----------
    folder : Path
        Takes the PNG files. One that can't be drawn any more is removed, so that no old figure stays behind.
    metrics : mapping
        As in ``metrics.json``.

    Returns
    -------
    tuple of str or None
        Names of the files written; None if matplotlib isn't installed.
    """
    drawings = _drawings(metrics)
    try:
        import matplotlib  # noqa: PLC0415
    except ImportError:
        drawings, written = {}, None
    else:
        # Whatever style the user's own settings ask for, the pictures look the same.
        with matplotlib.rc_context({**matplotlib.rcParamsDefault, "font.size": 9}):
            for name, draw in drawings.items():
                (folder / name).write_bytes(_png(draw()))
        written = tuple(drawings)
    for name in PICTURES:
        if name not in drawings:
            (folder / name).unlink(missing_ok=True)
    return written


def _drawings(metrics: Mapping[str, Any]) -> dict[str, Callable[[], Figure]]:
    dev = metrics.get("dev", {})
    parts: dict[str, tuple[Any, Callable[[Any], Figure]]] = {
        "precision-recall.png": (dev if "precision_recall" in dev else None, _precision_recall),
        "reliability.png": (dev.get("reliability"), _reliability),
        "confusion.png": (dev.get("confusion"), _confusion),
        "learning-curve.png": (metrics.get("learning_curve"), _learning_curve),
        "ablation.png": (metrics.get("ablation"), _ablation),
    }
    return {
        name: lambda draw=draw, values=values: draw(values)  # type: ignore[misc]
        for name, (values, draw) in parts.items()
        if values
    }


def _figure(width: float, height: float) -> Figure:
    from matplotlib.figure import Figure  # noqa: PLC0415

    return Figure(figsize=(width, height), dpi=100, layout="constrained")


def _png(figure: Figure) -> bytes:
    """PNG without a date or a program's name, in 256 colours: half the size, and nobody sees the difference."""
    from PIL import Image  # noqa: PLC0415

    whole, small = io.BytesIO(), io.BytesIO()
    figure.savefig(whole, format="png", metadata={"Software": None})
    with Image.open(whole) as image:
        reduced = image.convert("RGB").quantize(256, dither=Image.Dither.NONE)
    reduced.save(small, format="png", optimize=True)
    return small.getvalue()


def _precision_recall(dev: Mapping[str, Any]) -> Figure:
    figure = _figure(8.4, 6.9)
    figure.suptitle(f"Precision and recall by label, {dev['articles']} held-out articles")
    axes = figure.subplots(3, 4, sharex=True, sharey=True)
    for label, axis in zip(LABEL_IDS, axes.flat, strict=True):
        curve = dev["precision_recall"][label]
        gold = dev["modes"]["balanced"]["by_label"][label]["gold"]
        precision = dev["average_precision"][label]
        told = f"{gold} gold, AP {precision:.2f}" if curve else "no gold label"
        axis.set_title(f"{labels()[label].title}\n{told}", fontsize=8)
        axis.set(xlim=(-0.03, 1.03), ylim=(-0.03, 1.03), xticks=(0, 0.5, 1), yticks=(0, 0.5, 1))
        axis.grid(color="#dddddd", linewidth=0.6)
        if not curve:
            continue
        recall, height = zip(*([0.0, curve[0][1]], *curve), strict=True)
        axis.step(recall, height, where="pre", color=_BLUE, linewidth=1.4, zorder=2)
        for mode, mark in _MARKS.items():
            row = dev["modes"][mode]["by_label"][label]
            if row["shown"]:
                axis.plot(row["recall"], row["precision"], mark, color=_ORANGE, markersize=5, label=mode, zorder=3)
    figure.supxlabel("recall")
    figure.supylabel("precision")
    handles = {
        name: handle
        for axis in axes.flat
        for handle, name in zip(*axis.get_legend_handles_labels(), strict=True)
    }  # fmt: skip
    if handles:
        shown = [mode for mode in _MARKS if mode in handles]
        figure.legend([handles[m] for m in shown], shown, loc="outside lower right", ncols=3, title="shown in mode")
    return figure


def _reliability(rows: list[dict[str, Any]]) -> Figure:
    figure = _figure(5.0, 4.6)
    axis = figure.subplots()
    axis.plot([0, 1], [0, 1], "--", color=_GREY, linewidth=1, label="perfect")
    for row in rows:
        limits = row["interval"] or (row["share"], row["share"])
        axis.plot([row["score"]] * 2, limits, color=_BLUE, linewidth=1.2)
    axis.plot(
        [row["score"] for row in rows], [row["share"] for row in rows], "o-", color=_BLUE, markersize=5, label="model"
    )
    for row in rows:
        axis.annotate(
            f"{row['pairs']:,}",
            (row["score"], row["share"]),
            (6, -11),
            textcoords="offset points",
            fontsize=7,
            color="#444444",
        )
    axis.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02), xlabel="score", ylabel="share that is gold")
    axis.set_title("How often a score is right\n(pairs of sentence and label at each point, 95% intervals)", fontsize=9)
    axis.legend(loc="upper left", frameon=False)
    return figure


def _confusion(table: Mapping[str, Any]) -> Figure:
    import numpy as np  # noqa: PLC0415

    counts = np.array(table["counts"], dtype=float)
    rows = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    titles = [labels()[name].title if name in LABEL_IDS else name for name in table["names"]]
    figure = _figure(8.4, 6.6)
    axis = figure.subplots()
    image = axis.imshow(rows, cmap="cividis", vmin=0, vmax=1, aspect="auto")
    places = range(len(titles))
    axis.set_xticks(places, titles, rotation=45, ha="right", rotation_mode="anchor", fontsize=8)
    axis.set_yticks(places, titles, fontsize=8)
    for row, column in zip(*np.nonzero(counts), strict=True):
        colour = "black" if rows[row, column] > 0.5 else "white"
        axis.text(column, row, f"{counts[row, column]:.0f}", ha="center", va="center", color=colour, fontsize=7)
    axis.set(xlabel="shown", ylabel="gold")
    axis.set_title("Gold labels and shown labels of a sentence, mode balanced (numbers: pairs)", fontsize=9)
    figure.colorbar(image, label="share of the row")
    return figure


def _learning_curve(curve: Mapping[str, Any]) -> Figure:
    figure = _figure(5.6, 4.0)
    axis = figure.subplots()
    sizes = [point["articles"] for point in curve["points"]]
    for key, title, colour, mark in (
        ("mean_average_precision", "mean average precision", _BLUE, "o-"),
        ("f1", "micro-F1, balanced", _ORANGE, "s--"),
    ):
        values = [point[key] for point in curve["points"]]
        axis.plot(sizes, [value["value"] for value in values], mark, color=colour, label=title)
        axis.fill_between(
            sizes,
            [value["low"] for value in values],
            [value["high"] for value in values],
            color=colour,
            alpha=0.15,
            linewidth=0,
        )
    axis.set_xscale("log", base=2)
    axis.set_xticks(sizes, [str(size) for size in sizes])
    axis.minorticks_off()
    axis.set(xlabel="articles trained on", ylim=(0, None))
    axis.grid(color="#dddddd", linewidth=0.6)
    axis.set_title(f"More articles, measured on {curve['tested_articles']} held out by cross-validation", fontsize=9)
    axis.legend(loc="lower right", frameon=False)
    return figure


def _ablation(parts: Mapping[str, Any]) -> Figure:
    without = parts["without"]
    figure = _figure(6.4, 1.6 + 0.55 * max(len(without), 1))
    axis = figure.subplots()
    for place, family in enumerate(without):
        for shift, key, colour, hatch in ((-0.19, "mean_average_precision", _BLUE, ""), (0.19, "f1", _ORANGE, "///")):
            measure = without[family]["difference"][key]
            axis.barh(place + shift, measure["value"], 0.36, color=colour, hatch=hatch, edgecolor="white", linewidth=0)
            axis.plot((measure["low"], measure["high"]), [place + shift] * 2, color="black", linewidth=1)
    axis.axvline(0, color=_GREY, linewidth=1)
    axis.set_yticks(range(len(without)), [f"without {family}" for family in without])
    axis.invert_yaxis()
    axis.set_xlabel("difference to the whole model, with 95% interval")
    axis.set_title("What each feature family brings (below 0: the model is worse without it)", fontsize=9)
    from matplotlib.patches import Patch  # noqa: PLC0415

    axis.legend(
        handles=[
            Patch(facecolor=_BLUE, label="mean average precision"),
            Patch(facecolor=_ORANGE, hatch="///", edgecolor="white", linewidth=0, label="micro-F1, balanced"),
        ],
        loc="best",
        frameon=False,
        fontsize=8,
    )
    return figure
