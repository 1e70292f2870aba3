"""All figures of a report, before anything is drawn or written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from classifier.labels import CRITERION_IDS
from service.report.counts import PERIODS, Counts, count
from service.report.examples import FEWEST_SENTENCES, Article, extremes
from service.report.intervals import Share, share_of_articles, shares_of_sentences
from service.report.load import Archive, errors_by_code

LARGEST_GROUPS = 20
MOST_MONTHS = 60
FEW = 20
"""Articles below which a group's figures are shown as uncertain."""
TRIGGERS = 5

GroupKind: TypeAlias = Literal["named", "other", "missing"]


@dataclass(frozen=True, slots=True)
class Rates:
    """Of some articles: the share with at least one mark, and the share of their sentences that have one."""

    articles: Share
    sentences: Share


@dataclass(frozen=True, slots=True)
class Group:
    """Some articles together; ``labels`` holds the rates of each label by id."""

    name: str
    kind: GroupKind
    articles: int
    sentences: int
    any: Rates
    labels: Mapping[str, Rates]

    @property
    def few(self) -> bool:
        """Too few articles for figures that hold."""
        return self.articles < FEW


@dataclass(frozen=True, slots=True)
class Grouping:
    """All articles by a column; ``merged`` of its values are together in the group “other”."""

    column: str
    groups: tuple[Group, ...]
    merged: int

    @property
    def is_time(self) -> bool:
        """Made of the date."""
        return self.column in PERIODS


@dataclass(frozen=True, slots=True)
class Trigger:
    """Words that were marked, in small letters; the number of marks, and of articles that have any."""

    text: str
    marks: int
    articles: int


@dataclass(frozen=True, slots=True)
class CriterionFigures:
    """One of the ten criteria: its mean score (0 to 1, None if no article has one) and how often which verdict."""

    id: str
    mean: float | None
    satisfactory: int
    unsatisfactory: int
    undecided: int


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything on the page."""

    labels: tuple[str, ...]
    overall: Group
    groupings: tuple[Grouping, ...]
    date_column: str | None
    triggers: Mapping[str, tuple[Trigger, ...]]
    criteria: tuple[CriterionFigures, ...]
    most: tuple[Article, ...]
    least: tuple[Article, ...]
    long_enough: int
    unmarked: int
    warnings: Mapping[str, int]
    models: Mapping[str, int]
    modes: Mapping[str, int]
    errors: Mapping[str, int] | None


def compute(archive: Archive, *, by: Sequence[str] = (), date_column: str | None = None) -> Figures:
    """Add up an archive.

    Parameters
    ----------
    archive : Archive
        Just opened.
    by : sequence of str
        Columns to group by, ``month`` and ``year`` among them. With none, the time and the outlet, if they are there.
    date_column : str, optional
        The column with the date.

    Raises
    ------
    CommandError
        If a column isn't there or the output can't be read.
    """
    counts = count(archive, by=by, date_column=date_column)
    run = archive.connection.execute
    marks = dict(run("SELECT coalesce(len(spans), 0) > 0, count(*) FROM articles GROUP BY 1").fetchall())
    enough = run("SELECT count(*) FROM articles WHERE sentences >= ?", [FEWEST_SENTENCES]).fetchone()
    extra = tuple(name for name in (counts.outlet_column, counts.date_column) if name is not None)
    most, least = extremes(archive, extra)
    return Figures(
        labels=counts.labels,
        overall=_group("all articles", "named", counts, np.ones(len(counts.sentences), dtype=bool)),
        groupings=tuple(_grouping(archive, counts, column) for column in by or _usual(archive, counts)),
        date_column=counts.date_column,
        triggers=_triggers(archive, counts.labels),
        criteria=_criteria(archive),
        most=most,
        least=least,
        long_enough=int(enough[0]) if enough else 0,
        unmarked=int(marks.get(False, 0)),
        warnings=_tally(archive, "unnest(list_distinct(warnings))"),
        models=_tally(archive, "coalesce(version, '?') || ' (' || coalesce(left(sha256, 12), '?') || ')'"),
        modes=_tally(archive, "coalesce(mode, '?')"),
        errors=errors_by_code(archive),
    )


def _usual(archive: Archive, counts: Counts) -> list[str]:
    columns = []
    months = archive.connection.execute("SELECT count(DISTINCT month), count(year) FROM periods").fetchone() or (0, 0)
    if months[1]:
        columns.append("month" if 1 < months[0] <= MOST_MONTHS else "year")
    if counts.outlet_column is not None:
        columns.append(counts.outlet_column)
    return columns


def _group(name: str, kind: GroupKind, counts: Counts, members: NDArray[np.bool_]) -> Group:
    flagged, sentences = counts.flagged[members], counts.sentences[members]
    of_sentences = shares_of_sentences(flagged, sentences)
    rates = [
        Rates(share_of_articles(int((flagged[:, kind] > 0).sum()), len(sentences)), share)
        for kind, share in enumerate(of_sentences)
    ]
    return Group(
        name=name,
        kind=kind,
        articles=len(sentences),
        sentences=int(sentences.sum()),
        any=rates[0],
        labels=dict(zip(counts.labels, rates[1:], strict=True)),
    )


def _grouping(archive: Archive, counts: Counts, column: str) -> Grouping:
    place, is_time = counts.places[column], column in PERIODS
    run = archive.connection.execute
    order = "1" if is_time else "2 DESC, 1"
    sizes = run(
        f"SELECT {place}, count(*) FROM articles JOIN periods USING (number) WHERE {place} IS NOT NULL "  # noqa: S608
        f"GROUP BY 1 ORDER BY {order}"
    ).fetchall()
    names = [str(name) for name, _ in sizes]
    shown = names if is_time else names[:LARGEST_GROUPS]
    # 0 is for a value beyond the largest, -1 for none.
    codes = run(
        f"SELECT CASE WHEN {place} IS NULL THEN -1 ELSE coalesce(list_position(?, {place}), 0) END "  # noqa: S608
        "FROM articles JOIN periods USING (number) ORDER BY number",
        [shown],
    ).fetchnumpy()
    code = np.asarray(next(iter(codes.values())))
    groups = [_group(name, "named", counts, code == number) for number, name in enumerate(shown, 1)]
    merged = len(names) - len(shown)
    if merged:
        groups.append(_group(f"other ({merged})", "other", counts, code == 0))
    if (code == -1).any():
        groups.append(_group("no date" if is_time else "not given", "missing", counts, code == -1))
    return Grouping(column, tuple(groups), merged)


def _triggers(archive: Archive, labels: Sequence[str]) -> dict[str, tuple[Trigger, ...]]:
    rows = archive.connection.execute(
        """
        SELECT label, trigger, count(*) AS n, count(DISTINCT number) FROM marks WHERE trigger <> ''
        GROUP BY label, trigger QUALIFY row_number() OVER (PARTITION BY label ORDER BY count(*) DESC, trigger) <= ?
        ORDER BY label, n DESC, trigger
        """,
        [TRIGGERS],
    ).fetchall()
    return {
        label: tuple(Trigger(str(text), int(n), int(articles)) for name, text, n, articles in rows if name == label)
        for label in labels
    }


def _criteria(archive: Archive) -> tuple[CriterionFigures, ...]:
    found = []
    for name in CRITERION_IDS:
        # Scores have four digits; added up as whole numbers, they give the same sum in any order.
        row = archive.connection.execute(
            f"""
            SELECT count(c.score), sum(CAST(round(c.score * 10000) AS BIGINT)),
              count(*) FILTER (c.verdict = 'satisfactory'), count(*) FILTER (c.verdict = 'not satisfactory')
            FROM (SELECT scorecard.{name} AS c FROM articles)
            """  # noqa: S608
        ).fetchone() or (0, 0, 0, 0)
        scored, total, good, bad = (int(value or 0) for value in row)
        found.append(CriterionFigures(name, total / scored / 10000 if scored else None, good, bad, scored - good - bad))
    return tuple(found)


def _tally(archive: Archive, expression: str) -> dict[str, int]:
    rows = archive.connection.execute(
        f"SELECT value, count(*) FROM (SELECT {expression} AS value FROM articles) "  # noqa: S608
        "WHERE value IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1"
    ).fetchall()
    return {str(value): int(number) for value, number in rows}
