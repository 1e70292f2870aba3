"""What the figures are added up from: an article a row, its flagged sentences by label."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.labels import LABEL_IDS
from service.console import CommandError
from service.report.load import Archive, unknown_column

DATE_COLUMNS = ("date", "published", "published_at", "publication_date", "date_published", "datePublished", "pubdate")
"""Columns that are looked into for a date; the first that holds anything is it."""
OUTLET_COLUMNS = ("outlet", "source", "publisher", "site")
PERIODS = ("month", "year")


@dataclass(frozen=True, slots=True)
class Counts:
    """Arrays with an article a row, in the output's order.

    Parameters
    ----------
    labels : tuple of str
        Label ids: those of this program, then others that the output holds.
    sentences : ndarray, shape (n_articles,)
    flagged : ndarray, shape (n_articles, 1 + n_labels)
        Sentences with at least one mark; then those with a mark of each label.
    date_column, outlet_column : str or None
        Which were found.
    places : mapping of str to str
        Where a column that can be grouped by stands in the table ``articles``.
    """

    labels: tuple[str, ...]
    sentences: NDArray[np.int64]
    flagged: NDArray[np.int64]
    date_column: str | None
    outlet_column: str | None
    places: Mapping[str, str]


def count(archive: Archive, *, by: Sequence[str] = (), date_column: str | None = None) -> Counts:
    """Count each article, and leave the tables ``articles`` and ``marks`` for further questions.

    Parameters
    ----------
    archive : Archive
    by : sequence of str
        Columns that will be grouped by; ``month`` and ``year`` are made of the date.
    date_column : str, optional
        The column with the date; otherwise the first of ``DATE_COLUMNS`` that holds anything.

    Raises
    ------
    CommandError
        If an asked column isn't there, or a row isn't one of ``overclaim batch``.
    """
    asked = [*(name for name in by if name not in PERIODS), *([date_column] if date_column is not None else [])]
    # DuckDB takes Date and date for the same name, so the asked one pushes the other out.
    names = list({name.lower(): name for name in (*DATE_COLUMNS, *OUTLET_COLUMNS, *asked)}.values())
    places = {name: f"other_{number}" for number, name in enumerate(names)}
    _make_articles(archive, places)
    _check_rows(archive)
    filled = _filled(archive, places)
    if filled is not None:
        for name in asked:
            if name not in filled and name not in archive.names():
                raise unknown_column(archive, name)
    dates = DATE_COLUMNS if date_column is None else (date_column,)
    found_date = next((name for name in dates if name in (filled or ())), None)
    _make_periods(archive, places[found_date] if found_date else "NULL::VARCHAR")
    labels, table = _table(archive)
    if (table[:, 1] > table[:, 0]).any():
        raise CommandError(f"{archive.path}: an article has more flagged sentences than sentences")
    return Counts(
        labels=labels,
        sentences=table[:, 0],
        flagged=table[:, 1:],
        date_column=found_date,
        outlet_column=next((name for name in OUTLET_COLUMNS if name in (filled or ())), None),
        places={**places, **{period: period for period in PERIODS}},
    )


def _make_articles(archive: Archive, places: Mapping[str, str]) -> None:
    kept = ", ".join(f"nullif(trim({place}), '') AS {place}" for place in places.values())
    archive.connection.execute(
        f"""
        CREATE TABLE articles AS SELECT
          number, id, sentences, mode, model.version AS version, model.sha256 AS sha256, scorecard,
          list_transform(warnings, lambda w: w.code) AS warnings,
          list_transform(spans, lambda s: {{
            'label': s.label, 'field': s.field, 'sentence_start': s.sentence.start,
            'trigger': lower(trim(regexp_replace(s.text, '\\s+', ' ', 'g')))}}) AS spans,
          {kept}
        FROM {archive.rows(tuple(places))}
        """  # noqa: S608
    )
    archive.connection.execute("CREATE TABLE marks AS SELECT number, unnest(spans, recursive := true) FROM articles")


def _make_periods(archive: Archive, date: str) -> None:
    archive.connection.execute(
        f"CREATE TABLE periods AS SELECT number, month_of({date}) AS month, year_of({date}) AS year FROM articles"  # noqa: S608
    )


def _check_rows(archive: Archive) -> None:
    bad = archive.connection.execute(
        """
        SELECT number, sentences IS NULL OR sentences < 0 FROM articles
        WHERE sentences IS NULL OR sentences < 0 OR spans IS NULL OR id IS NULL
          OR len(list_filter(spans, lambda s: s.label IS NULL OR s.sentence_start IS NULL)) > 0
        ORDER BY number LIMIT 1
        """
    ).fetchone()
    if bad is not None:
        what = "has no number of sentences" if bad[1] else "has no id, or no list of spans"
        raise CommandError(f"{archive.path}: row {bad[0]} {what}; write it with this version of overclaim batch")


def _filled(archive: Archive, places: Mapping[str, str]) -> frozenset[str] | None:
    """Columns that hold anything; None if there is no article."""
    counts = ", ".join(f"count({place})" for place in places.values())
    found = archive.connection.execute(f"SELECT count(*), {counts} FROM articles").fetchone()  # noqa: S608
    if found is None or not found[0]:
        return None
    return frozenset(name for name, number in zip(places, found[1:], strict=True) if number)


def _table(archive: Archive) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """Label ids; and of each article its sentences, those flagged, and those flagged by each label."""
    run = archive.connection.execute
    found = [str(label) for (label,) in run("SELECT DISTINCT label FROM marks ORDER BY 1").fetchall()]
    labels = (*LABEL_IDS, *(label for label in found if label not in LABEL_IDS))
    sums = ", ".join(f"count(*) FILTER (label = ?) AS l{number}" for number in range(len(labels)))
    run(
        f"""
        CREATE TABLE flagged AS SELECT number, {sums}
        FROM (SELECT DISTINCT number, label, field, sentence_start FROM marks) GROUP BY number
        """,  # noqa: S608
        list(labels),
    )
    run(
        """
        CREATE TABLE flagged_at_all AS SELECT number, count(*) AS sentences
        FROM (SELECT DISTINCT number, field, sentence_start FROM marks) GROUP BY number
        """
    )
    columns = ", ".join(f"coalesce(l{number}, 0)" for number in range(len(labels)))
    rows: Mapping[str, Any] = run(
        f"""
        SELECT a.sentences, coalesce(f.sentences, 0), {columns}
        FROM articles a LEFT JOIN flagged_at_all f USING (number) LEFT JOIN flagged USING (number) ORDER BY number
        """  # noqa: S608
    ).fetchnumpy()
    return labels, np.column_stack([np.ma.filled(np.ma.asarray(one), 0).astype(np.int64) for one in rows.values()])
