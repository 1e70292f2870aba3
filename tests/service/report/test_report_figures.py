"""A report's figures are those of a count by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from report_outputs import PLAIN, ROWS, row, write
from scipy.stats import binomtest

from classifier.labels import LABEL_IDS
from service.console import CommandError
from service.report.examples import cut
from service.report.figures import Figures, Group, Trigger, compute
from service.report.intervals import FEWEST, share_of_articles, shares_of_sentences
from service.report.load import opened

WORDS = ("A miracle cure helps.", "It is safe.", "A breakthrough!", "Breakthrough or miracle?", "They met.", "We ate.")
OUTLETS = ("Post", "Clarion", " Clarion", "", None)


def figures_of(path: Path, **settings: Any) -> Figures:
    with opened(path) as archive:
        return compute(archive, **settings)


def computed(rows: Sequence[Mapping[str, Any]], name: str = "out.jsonl", **settings: Any) -> Figures:
    with TemporaryDirectory() as folder:
        return figures_of(write(Path(folder) / name, rows), **settings)


def check_group(group: Group, rows: Sequence[Mapping[str, Any]]) -> None:
    """Compare with a count in plain Python."""
    assert (group.articles, group.sentences) == (len(rows), sum(one["sentences"] for one in rows))
    for label in (None, *LABEL_IDS):
        places = [
            {(s["field"], s["sentence"]["start"]) for s in one["spans"] if label in (None, s["label"])} for one in rows
        ]
        rates = group.any if label is None else group.labels[label]
        assert rates.articles.part == sum(map(bool, places)), label
        assert rates.sentences.part == sum(map(len, places)), label
        assert rates.articles.whole == len(rows)
        assert rates.sentences.whole == group.sentences


articles = st.tuples(
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=15),
    st.sampled_from(OUTLETS),
    st.sampled_from(("2024-01-09", "2024-02-01", "2023-12", "2023", "soon", None)),
)


@settings(max_examples=12)
@given(st.lists(articles, max_size=12), st.sampled_from(("out.jsonl", "out.parquet")))
def test_all_is_counted_as_by_hand(made: list[tuple[list[str], str | None, str | None]], name: str) -> None:
    rows = [row(f"n{n}", " ".join(text), outlet=outlet, date=date) for n, (text, outlet, date) in enumerate(made)]
    if name.endswith(".parquet") and not rows:
        return
    found = computed(rows, name, by=("outlet", "month", "year"))
    check_group(found.overall, rows)
    by_outlet, by_month, by_year = found.groupings
    outlets = [(one["outlet"] or "").strip() or "not given" for one in rows]
    months = [one["date"][:7] if one["date"] and len(one["date"]) > 4 and "-" in one["date"] else None for one in rows]
    years = [one["date"][:4] if one["date"] and one["date"] != "soon" else None for one in rows]
    for grouping, keys in (
        (by_outlet, outlets),
        (by_month, [month or "no date" for month in months]),
        (by_year, [year or "no date" for year in years]),
    ):
        assert [group.name for group in grouping.groups].count("other") == 0
        assert {group.name for group in grouping.groups} == set(keys)
        for group in grouping.groups:
            check_group(group, [one for one, key in zip(rows, keys, strict=True) if key == group.name])
    marks = Counter((s["label"], s["text"].lower()) for one in rows for s in one["spans"])
    for label, triggers in found.triggers.items():
        best = sorted((-n, words) for (name, words), n in marks.items() if name == label)[:5]
        assert [(-t.marks, t.text) for t in triggers] == best
    assert found.unmarked == sum(not one["spans"] for one in rows)


def test_the_rest_of_the_page() -> None:
    found = computed(ROWS)
    assert found.modes == {"sensitive": 5}
    assert found.models == {"fake-1 (abababababab)": 5}
    assert found.warnings == {"not_english": 1}
    assert found.errors is None
    assert [g.column for g in found.groupings] == ["month", "outlet"]
    assert [g.name for g in found.groupings[0].groups] == ["2024-01", "2024-03", "no date"]
    assert found.triggers["sensational_language"] == (Trigger("breakthrough", 2, 2), Trigger("miracle", 1, 1))
    assert found.criteria[0].mean == 0.25
    language = next(entry for entry in found.criteria if entry.id == "language")
    assert (language.unsatisfactory, language.undecided, language.satisfactory) == (5, 0, 0)
    assert [article.id for article in found.most] == ["a", "b"]
    assert [article.id for article in found.least] == ["d", "c"]  # the longer one first
    assert found.long_enough == 4


def test_orders_of_equal_articles_are_by_id() -> None:
    text = f"Safe. {PLAIN}"
    found = computed([row(name, text) for name in "cabdefghijklm"])
    assert [article.id for article in found.most] == list("abcdefghij")
    assert [article.id for article in found.least] == list("klm")


@pytest.mark.parametrize("unit", ["codepoint", "utf16", "utf8"])
def test_marks_stand_on_their_words_in_every_unit(unit: Any) -> None:
    text = f"Ça 😀 va. Überall 😀 ein wunder 😀 pill und miracle cure. {PLAIN}"
    (article,) = computed([row("a", text, unit)]).most
    (sentence,) = article.shown
    assert "".join(piece.text for piece in sentence) == "Überall 😀 ein wunder 😀 pill und miracle cure."
    assert [(piece.text, piece.labels) for piece in sentence if piece.labels] == [
        ("wunder 😀 pill", ("overstated_efficacy",)),
        ("miracle", ("sensational_language", "overstated_efficacy")),
        (" cure", ("overstated_efficacy",)),
    ]


@given(st.text(min_size=1, max_size=20), st.data())
def test_cut_pieces_make_the_text_again(text: str, data: st.DataObject) -> None:
    place = st.integers(0, len(text))
    marks = [
        (min(a, b), max(a, b), label)
        for a, b, label in data.draw(st.lists(st.tuples(place, place, st.sampled_from("xyz"))))
        if a != b
    ]
    pieces = list(cut(text, marks))
    assert "".join(piece.text for piece in pieces) == text
    assert all(piece.text for piece in pieces)
    covered = [label for piece in pieces for label in [frozenset(piece.labels)] * len(piece.text)]
    assert covered == [frozenset(m[2] for m in marks if m[0] <= n < m[1]) for n in range(len(text))]


def test_more_than_twenty_groups_are_merged() -> None:
    names = [f"Outlet {n:02d}" for n in range(25) for _ in range(1 + (n == 24))]
    (grouping,) = computed([row(n, "Safe.", outlet=name) for n, name in enumerate(names)], by=("outlet",)).groupings
    assert [group.name for group in grouping.groups][:2] == ["Outlet 24", "Outlet 00"]
    assert len(grouping.groups) == 21
    assert grouping.groups[-1].kind == "other"
    assert (grouping.groups[-1].articles, grouping.merged) == (5, 5)


def test_a_label_of_another_model_is_counted_too() -> None:
    strange = row("a", "Safe.")
    strange["spans"][0]["label"] = "zeal"
    found = computed([strange])
    assert found.labels == (*LABEL_IDS, "zeal")
    assert found.overall.labels["zeal"].articles.part == 1


def test_errors_beside_the_output_are_counted(tmp_path: Path) -> None:
    out = write(tmp_path / "out.jsonl", ROWS)
    (tmp_path / "out.jsonl.errors.jsonl").write_text('{"code":"empty"}\n{"code":"too_long"}\n{"code":"empty"}\n')
    assert figures_of(out).errors == {"empty": 2, "too_long": 1}
    (tmp_path / "out.jsonl.errors.jsonl").write_text("nonsense\n")
    with pytest.raises(CommandError, match=r"out\.jsonl\.errors\.jsonl: can't be read as JSON Lines"):
        figures_of(out)


def test_no_articles() -> None:
    found = computed([])
    assert (found.overall.articles, found.groupings, found.most, found.least) == (0, (), (), ())


# Wilson's intervals as Newcombe printed them: 1998, Statistics in Medicine 17, 857-872, table I, method 3.
@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_intervals_of_articles_are_as_published(part: int, whole: int, low: float, high: float) -> None:
    found = share_of_articles(part, whole)
    assert found.low == pytest.approx(low, abs=5e-5)
    assert found.high == pytest.approx(high, abs=5e-5)


@given(st.integers(1, 3000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_intervals_of_articles_are_scipys(case: tuple[int, int]) -> None:
    found, other = share_of_articles(*case), binomtest(*case).proportion_ci(0.95, method="wilson")
    assert found.low == pytest.approx(other.low, abs=1e-12)
    assert found.high == pytest.approx(other.high, abs=1e-12)


def test_impossible_shares_are_refused() -> None:
    with pytest.raises(ValueError, match="3 isn't a part of 2"):
        share_of_articles(3, 2)
    assert share_of_articles(0, 0).value is None


def test_intervals_of_sentences_know_that_sentences_of_an_article_are_alike() -> None:
    sentences = np.full(200, 10)
    spread = np.full((200, 1), 1)
    lumped = np.where(np.arange(200) < 20, 10, 0)[:, np.newaxis]
    half = np.where(np.arange(200) % 2, 2, 0)[:, np.newaxis]
    widths = []
    for flagged in (half, lumped):
        (share,) = shares_of_sentences(flagged, sentences)
        assert share.value == 0.1
        assert share.low is not None
        assert share.high is not None
        assert share.low < 0.1 < share.high
        widths.append(share.high - share.low)
    # The standard deviation of an article's share is 0.1 and 0.3; 200 articles; 2 * 1.96 of them.
    assert widths == pytest.approx([3.92 * 0.1 / 200**0.5, 3.92 * 0.3 / 200**0.5], rel=0.1)
    (same,) = shares_of_sentences(spread, sentences)
    assert (same.low, same.high) == (0.1, 0.1)


def test_intervals_of_sentences_are_the_same_again_and_absent_where_they_mean_nothing() -> None:
    some = np.random.default_rng(1).integers(0, 4, size=(30, 2))
    whole = np.full(30, 5)
    assert shares_of_sentences(some, whole) == shares_of_sentences(some, whole)
    assert [s.low for s in shares_of_sentences(some[: FEWEST - 1], whole[: FEWEST - 1])] == [None, None]
    assert [s.low for s in shares_of_sentences(np.column_stack([0 * whole, whole]), whole)] == [None, None]
    assert shares_of_sentences(some[:0], whole[:0])[0].value is None


@cache
def dates() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(config={"threads": 1})
    connection.execute((Path(__file__).parents[3] / "service/report/dates.sql").read_text(encoding="utf-8"))
    return connection


@pytest.mark.parametrize(
    ("text", "month", "year"),
    [
        ("2024-01-31", "2024-01", "2024"),
        ("2024-01-31T23:30:00-05:00", "2024-01", "2024"),  # February in UTC, January where it was written
        ("2024/1/5 10:00", "2024-01", "2024"),
        ("20240105", "2024-01", "2024"),
        ("2024-01", "2024-01", "2024"),
        ("2024", None, "2024"),
        ("Mon, 05 Feb 2024 10:00:00 GMT", "2024-02", "2024"),
        ("5 January 2024", "2024-01", "2024"),
        ("Sept. 5, 2024", "2024-09", "2024"),
        ("1704067200", "2024-01", "2024"),
        ("1704067200000", "2024-01", "2024"),
        ("03/04/2024", None, None),  # March or April?
        ("2024-13-01", None, None),
        ("2023-02-29", None, None),
        ("12 Foo 2024", None, None),
        ("9999-01-01", None, None),
        ("yesterday", None, None),
        ("", None, None),
        (None, None, None),
    ],
)
def test_dates(text: str | None, month: str | None, year: str | None) -> None:
    assert dates().execute("SELECT month_of($1), year_of($1)", [text]).fetchone() == (month, year)


@settings(max_examples=60)
@given(st.text(max_size=30) | st.from_regex(r"[0-9]{1,20}[-/., A-Za-z0-9]{0,20}", fullmatch=True))
def test_no_text_is_too_odd_for_a_date(text: str) -> None:
    assert dates().execute("SELECT length(year_of($1))", [text.replace("\0", "")]).fetchone() in {(4,), (None,)}


@settings(max_examples=30)
@given(st.dates(), st.sampled_from(["%Y-%m-%d", "%Y/%m/%d 12:00", "%d %B %Y", "%a, %d %b %Y 10:00:00 GMT"]))
def test_days_are_read_back(day: Any, form: str) -> None:
    expected = (day.strftime("%Y-%m"),) if 1900 <= day.year <= 2100 else (None,)
    assert dates().execute("SELECT month_of($1)", [day.strftime(form)]).fetchone() == expected


def test_rows_keep_their_order_over_many_vectors(tmp_path: Path) -> None:
    plain = row("x", "We ate.")
    rows = [{**plain, "id": n, "outlet": str(n % 3)} for n in range(9000)]
    marked = row("here", f"Safe. {PLAIN}")
    rows[7777] = {**marked, "outlet": "1"}
    found = figures_of(write(tmp_path / "out.jsonl", rows))
    assert [article.id for article in found.most] == ["here"]
    assert {g.name: g.any.articles.part for g in found.groupings[0].groups} == {"0": 0, "1": 1, "2": 0}
