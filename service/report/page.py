"""The figures as one self-contained HTML page: no script, nothing loaded from elsewhere."""

from __future__ import annotations

from pathlib import Path

from classifier.labels import criteria
from service.console import one_line, visible
from service.extras import require
from service.report.charts import draw, label_title
from service.report.examples import FEWEST_SENTENCES, SENTENCES
from service.report.figures import FEW, LARGEST_GROUPS, TRIGGERS, Figures
from service.report.intervals import FEWEST, ROUNDS, Share


def page(figures: Figures, name: str) -> str:
    """Write a report.

    Parameters
    ----------
    figures : Figures
    name : str
        What the archive is called.

    Returns
    -------
    str
        A whole HTML document. Everything that came from the archive is escaped. The same figures give the same bytes.
    """
    jinja2 = require("jinja2", "report")
    markupsafe = require("markupsafe", "report")
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        percent=_percent,
        interval=_interval,
        number=lambda value: f"{value:,}",
        # A control character is an error in HTML, and a direction override could turn words round.
        words=lambda text: visible(str(text)),
        line=lambda text, length=200: _shortened(one_line(str(text)), length),
        label=label_title,
        plural=lambda count, one, more: f"{count:,} {one if count == 1 else more}",
    )
    html: str = environment.get_template("page.html").render(
        name=one_line(name),
        figures=figures,
        charts={key: markupsafe.Markup(svg) for key, svg in draw(figures).items()},
        criteria=criteria(),
        rounds=ROUNDS,
        fewest=FEWEST,
        few=FEW,
        largest=LARGEST_GROUPS,
        most_triggers=TRIGGERS,
        fewest_sentences=FEWEST_SENTENCES,
        most_sentences=SENTENCES,
    )
    return html


def _percent(value: float | None) -> str:
    """A fraction in percent; one decimal below 10%."""
    if value is None:
        return "–"
    return f"{100 * value:.1f}%" if round(100 * value, 1) < 10 else f"{100 * value:.0f}%"


def _interval(share: Share) -> str:
    if share.low is None or share.high is None:
        return ""
    return f"{_percent(share.low)} to {_percent(share.high)}"


def _shortened(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"
