"""``overclaim feedback``: JSON Lines, counts, and every way to be wrong."""

from __future__ import annotations

import json
import sqlite3
import stat
import sys
from pathlib import Path
from typing import Any

import pytest
from told import SENTENCE, body, fill, judgement, service, stored

from service.cli import main

ROWS = [
    judgement(SENTENCE, "right", day=1),
    judgement(None, "wrong", day=2),
    judgement("A “miracle”\u2028cure.", "hide", "miracle\u201d\u2028cure", "overstated_efficacy", day=3),
    judgement(None, "wrong", day=3, label="a_label_of_long_ago"),
]


@pytest.fixture
def full(place: Path) -> Path:
    fill(place, ROWS)
    return place


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def failed(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    assert main(["feedback", *map(str, arguments)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("overclaim: error: ")
    assert err.count("\n") == 1
    return err.removeprefix("overclaim: error: ").rstrip("\n")


def test_json_lines(full: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out.jsonl"
    assert main(["feedback", "export", "--from", str(full), str(out)]) == 0
    assert capsys.readouterr() == ("", f"overclaim: 4 verdicts in {out}\n")
    assert lines(out.read_text("utf-8")) == [row.as_row() for row in ROWS]
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert main(["feedback", "export", "--from", f"sqlite:///{full}", "-"]) == 0
    printed, said = capsys.readouterr()
    assert printed == out.read_text("utf-8")
    assert said == "overclaim: 4 verdicts in standard output\n"
    assert list(lines(printed)[0]) == [
        *("day", "span_id", "label", "verdict", "model", "mode", "score", "sentence", "start", "end")
    ]


def test_since(full: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for day, count in (("2026-11-01", 4), ("2026-11-02", 3), ("2026-11-03", 2), ("2026-11-04", 0)):
        assert main(["feedback", "export", "--from", str(full), "--since", day, "-"]) == 0
        assert len(lines(capsys.readouterr().out)) == count


def test_the_place_of_the_settings(
    full: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OVERCLAIM_FEEDBACK", str(full))
    assert main(["feedback", "export", "-"]) == 0
    assert len(lines(capsys.readouterr().out)) == 4


def test_what_was_sent_comes_out(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sent = body(SENTENCE, "😀 pill", verdict="right")
    with service(place) as client:
        start = len("The ")
        assert client.post("/v1/feedback", json=sent | {"end": start + 7, "offset_unit": "utf16"}).status_code == 204
        # Also while the service runs.
        assert main(["feedback", "export", "--from", str(place), "-"]) == 0
    [row] = lines(capsys.readouterr().out)
    del row["day"], sent["agreed"]
    assert row == sent


def test_stats(full: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fill(full, [judgement(None, "wrong")])
    assert main(["feedback", "stats", "--from", str(full)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "                        hide   wrong   right",
        "overstated_efficacy        1       0       0",
        "sensational_language       0       2       1",
        "a_label_of_long_ago        0       1       0",
        "all                        1       3       1",
    ]


def test_stats_of_nothing(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fill(place, [])
    assert main(["feedback", "stats", "--from", str(place)]) == 0
    assert capsys.readouterr().out == "       hide   wrong   right\nall       0       0       0\n"


def test_a_path_with_odd_characters(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    odd = tmp_path / "a b?mode=memory&x#1 😀%2f'.db"
    fill(odd, ROWS[:1])
    assert odd.is_file()
    assert main(["feedback", "stats", "--from", str(odd)]) == 0
    assert "sensational_language" in capsys.readouterr().out


def test_off(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    for arguments in (["stats"], ["export", tmp_path / "out"], ["stats", "--from", "none"]):
        assert failed(capsys, *arguments).startswith("there is no feedback: set OVERCLAIM_FEEDBACK")


@pytest.mark.parametrize("command", [["stats"], ["export", "-"], ["export", "--format", "standoff", "out.jsonl"]])
def test_databases_that_are_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    missing, text, other = tmp_path / "missing.db", tmp_path / "text.db", tmp_path / "other.db"
    text.write_text("no database\n" * 100)
    connection = sqlite3.connect(other)
    connection.execute("CREATE TABLE other (x)")
    connection.close()
    assert failed(capsys, *command, "--from", missing) == f"{missing}: no such file"
    assert failed(capsys, *command, "--from", text) == f"{text}: file is not a database"
    assert failed(capsys, *command, "--from", other) == f"{other}: no feedback was ever stored in it"
    assert failed(capsys, *command, "--from", tmp_path) == f"--from: {tmp_path} is a directory, not a file"
    # Reading makes nothing.
    assert sorted(file.name for file in tmp_path.iterdir()) == ["other.db", "text.db"]


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        ("postgresql:user:secret@host/db", "--from: a database URL is written with //"),
        ("nothing://user:secret@host/db", "--from: SQLAlchemy knows no such kind of database"),
        ("://secret", "--from: not a database URL that SQLAlchemy can read"),
        ("postgresql://user:secret@host:port/db", "--from: not a database URL"),
        ("mysql+asyncmy://user:secret@host/db", "--from: the database's driver asyncmy isn't installed"),
        ("sqlite://", "--from: a database in memory forgets everything"),
        ("sqlite:///:memory:", "--from: a database in memory forgets everything"),
        ("sqlite:///file:secret?mode=memory&uri=true", "--from: a database in memory forgets everything"),
        ("/nowhere/at/all.db", "--from: there is no folder /nowhere/at"),
    ],
)
def test_bad_places(capsys: pytest.CaptureFixture[str], place: str, reason: str) -> None:
    said = failed(capsys, "stats", "--from", place)
    assert said.startswith(reason)
    assert "secret" not in said


def test_the_service_does_not_start_with_a_bad_place(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], fake_model: object
) -> None:
    monkeypatch.setenv("OVERCLAIM_FEEDBACK", "nothing://user:secret@host/db")
    assert main(["serve", "--port", "0"]) == 2
    said = capsys.readouterr().err
    assert said == "overclaim: error: OVERCLAIM_FEEDBACK: SQLAlchemy knows no such kind of database\n"


def test_without_sqlalchemy(
    full: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], fake_model: object
) -> None:
    monkeypatch.setitem(sys.modules, "sqlalchemy", None)
    reason = 'this needs overclaim[feedback]: pip install "overclaim[feedback]"'
    assert failed(capsys, "stats", "--from", full) == reason
    monkeypatch.setenv("OVERCLAIM_FEEDBACK", str(full))
    assert main(["serve", "--port", "0"]) == 2
    assert capsys.readouterr().err == f"overclaim: error: {reason}\n"
    # Who doesn't turn it on needn't have it.
    with service("none") as client:
        assert client.get("/v1/feedback").json() == {"enabled": False}


def test_bad_options(full: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    start = ["export", "--from", full]
    out = tmp_path / "out"
    assert failed(capsys, *start, "--format", "csv", out) == "--format must be jsonl or standoff"
    assert failed(capsys, *start, "--since", "yesterday", out) == "--since must be a day, as in 2026-11-23"
    assert failed(capsys, *start, "--format", "standoff", "-").startswith("standoff needs a file as OUT")
    assert failed(capsys, *start, tmp_path) == f"{tmp_path}: is a directory, not a file"
    assert failed(capsys, *start, tmp_path / "no" / "out") == f"{tmp_path / 'no' / 'out'}: no such file"
    assert failed(capsys, *start, full) == f"{full}: is the database; name another file as OUT"
    assert not out.exists()
    assert len(stored(full)) == len(ROWS)


def test_an_interrupted_export_leaves_the_old_file(
    full: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.jsonl"
    out.write_text("old\n")
    connection = sqlite3.connect(full)
    connection.execute("UPDATE overclaim_feedback SET day = 'never' WHERE label = 'a_label_of_long_ago'")
    connection.commit()
    connection.close()
    assert failed(capsys, "export", "--from", full, out) == f"{full}: a row in it is damaged"
    assert out.read_text() == "old\n"
    assert [file.name for file in tmp_path.iterdir() if file.name.endswith(".part")] == []
