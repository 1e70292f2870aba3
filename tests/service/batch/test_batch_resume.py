"""An unfinished batch run is gone on with, and only where that is right."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from batch_files import RECORDS, expected, outputs, rows, written
from fake_annotator import FAKE_MODEL, FakeAnnotator

import classifier
from classifier.annotation import Annotation
from service.batch.journal import entry_line
from service.cli import main


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return written(tmp_path / "in.jsonl", *(json.dumps(record) for record in RECORDS))


def run(*arguments: object) -> int:
    return main(["batch", *map(str, arguments), "--jobs", "1"])


class Dying(FakeAnnotator):
    """Dies at an article as a killed process would: without any tidying up of the output."""

    def __init__(self, at: int) -> None:
        super().__init__()
        self.at = at
        self.seen: list[str] = []

    def annotate_many(self, documents: Any, **options: Any) -> Iterator[Annotation]:
        for annotation in super().annotate_many(documents, **options):
            if f"Number {self.at} " in annotation.document.text:
                raise KeyboardInterrupt
            self.seen.append(annotation.document.text)
            yield annotation


def load(monkeypatch: pytest.MonkeyPatch, annotator: FakeAnnotator) -> None:
    monkeypatch.setattr(classifier, "load", lambda path=None, **_: annotator)


@pytest.fixture
def half_done(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Path:
    load(monkeypatch, Dying(70))
    out = tmp_path / "out.jsonl"
    assert run(source, out) == 130
    err = capsys.readouterr().err
    assert err == f"overclaim: stopped; what is done is kept in {out}.part: run the same command again to go on\n"
    assert not out.exists()
    assert len(rows(tmp_path / "out.jsonl.part")) == 64
    return out


TORN = [
    b"",
    b'{"number":65,"digest":"0123456789abcdef","crc32":12,"row":{"id":64,"spa',
    entry_line(65, "0123456789abcdef", "row", {"id": 64})[:-1],
    entry_line(65, "0123456789abcdef", "row", {"id": 64}).replace(b"64", b"46"),
    b'{"id": 64}\n',
    b"\x00\x00\x00\n",
    bytes(9000),
    b'"id"\n{"x": 1}\n',
    b"\n" + entry_line(66, "0123456789abcdef", "row", {"id": 65}),
]


@pytest.mark.parametrize("torn", TORN)
def test_going_on_drops_what_is_torn(
    half_done: Path,
    source: Path,
    fake: FakeAnnotator,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    torn: bytes,
) -> None:
    with half_done.with_name("out.jsonl.part").open("ab") as part:
        part.write(torn)
    again = Dying(-1)
    load(monkeypatch, again)
    assert run(source, half_done) == 0
    assert rows(half_done) == expected(fake)
    assert again.seen == [record["text"] for record in RECORDS[64:]], "nothing may be scored twice or left out"
    assert "16 records written, 64 kept from an earlier run, 0 bad" in capsys.readouterr().err
    assert sorted(path.name for path in half_done.parent.iterdir()) == ["in.jsonl", "out.jsonl"]


def test_damage_in_the_middle_costs_what_follows_it(
    half_done: Path, source: Path, fake: FakeAnnotator, monkeypatch: pytest.MonkeyPatch
) -> None:
    part = half_done.with_name("out.jsonl.part")
    lines = part.read_bytes().splitlines(keepends=True)
    part.write_bytes(b"".join([*lines[:20], lines[20].replace(b"breakthrough", b"breakthruogh", 1), *lines[21:]]))
    again = Dying(-1)
    load(monkeypatch, again)
    assert run(source, half_done) == 0
    assert rows(half_done) == expected(fake)
    assert len(again.seen) == 60


def test_going_on_with_bad_records_lists_each_once(
    tmp_path: Path, fake: FakeAnnotator, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [json.dumps(record) for record in RECORDS]
    lines[10:10] = ["nonsense", ""]
    source = written(tmp_path / "in.jsonl", *lines, "more nonsense")
    out = tmp_path / "out.jsonl"
    load(monkeypatch, Dying(70))
    assert run(source, out) == 130
    assert not out.with_name("out.jsonl.errors.jsonl").exists()
    load(monkeypatch, fake)
    assert run(source, out) == 0
    assert rows(out) == expected(fake)
    assert [row["place"] for row in rows(tmp_path / "out.jsonl.errors.jsonl")] == [f"{source}:11", f"{source}:83"]
    assert "17 records written, 63 kept from an earlier run, 2 bad (see" in capsys.readouterr().err


class Other(FakeAnnotator):
    def __init__(self) -> None:
        self.model = classifier.annotation.ModelInfo(FAKE_MODEL.version, "cd" * 32)


CHANGES: list[tuple[str, list[str]]] = [
    ('mode "balanced", not "strict"', ["--mode", "strict"]),
    ('labels null, not ["understated_harms"]', ["--label", "understated_harms"]),
    ('offset_unit "codepoint", not "utf8"', ["--offset-unit", "utf8"]),
    ('to "jsonl", not "csv"', ["--to", "csv"]),
    ('from null, not "jsonl"', ["--from", "jsonl"]),
    ("keep_text false, not true", ["--keep-text"]),
    ('columns {"id": null, "text": "text", "title": "title"}, not', ["--text-column", "title"]),
    ('columns {"id": null, "text": "text", "title": "title"}, not', ["--title-column", "text"]),
    ('columns {"id": null, "text": "text", "title": "title"}, not', ["--id-column", "title"]),
]


@pytest.fixture
def refused(half_done: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., None]:
    part = half_done.with_name("out.jsonl.part")
    before = part.read_bytes()

    def check(reason: str, *arguments: object) -> None:
        capsys.readouterr()
        assert run(*arguments) == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert err.startswith(f"overclaim: error: {reason}")
        assert f"delete {part} to start anew" in err
        assert err.count("\n") == 1
        assert part.read_bytes() == before
        assert not half_done.exists()

    return check


@pytest.mark.parametrize(("reason", "options"), CHANGES)
def test_a_changed_setting_may_not_go_on(
    half_done: Path, source: Path, refused: Callable[..., None], reason: str, options: list[str]
) -> None:
    refused(f"{half_done}.part was begun with {reason}", source, half_done, *options)


def test_another_model_limit_version_or_list_of_inputs_may_not_go_on(
    half_done: Path, source: Path, refused: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = f"{half_done}.part was begun with"
    another = written(source.with_name("in.2.jsonl"))
    refused(f'{begun} inputs ["', source, another, half_done)
    with monkeypatch.context() as patch:
        patch.setenv("OVERCLAIM_MAX_BYTES", "999")
        refused(f"{begun} max_bytes 1000000, not 999", source, half_done)
    with monkeypatch.context() as patch:
        patch.setattr("service.batch.run.version", lambda: "9.9.9")
        refused(f"{begun} version ", source, half_done)
    with monkeypatch.context() as patch:
        load(patch, Other())
        refused(f"{begun} model ", source, half_done)
    load(monkeypatch, FakeAnnotator())
    assert run(source, half_done) == 0


def test_a_journal_of_unknown_origin_may_not_go_on(
    half_done: Path, source: Path, refused: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    meta = half_done.with_name("out.jsonl.part.meta.json")
    good = meta.read_text()
    for damaged in ("{", "[" * 100_000, "\udcff"):
        meta.write_text(damaged, encoding="utf-8", errors="surrogateescape")
        refused(f"{meta} is damaged", source, half_done)
    meta.write_text("[]")
    refused(f"{half_done}.part was begun with version null", source, half_done)
    meta.unlink()
    refused(f"{half_done}.part has no out.jsonl.part.meta.json", source, half_done)
    meta.write_text(good)
    load(monkeypatch, FakeAnnotator())
    assert run(source, half_done) == 0


def test_labels_in_another_order_go_on(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = ["--label", "understated_harms", "--label", "sensational_language"]
    load(monkeypatch, Dying(70))
    assert run(source, tmp_path / "out.jsonl", *names) == 130
    load(monkeypatch, FakeAnnotator())
    assert run(source, tmp_path / "out.jsonl", *names[2:], *names[:2]) == 0


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda lines: lines[1:], "in.jsonl:1 isn't what was there"),
        (lambda lines: lines[:20] + lines[21:], "in.jsonl:21 isn't what was there"),
        (lambda lines: [*lines[:3], "", *lines[3:]], "in.jsonl:5 isn't what was there"),
        (lambda lines: [*lines[:3], lines[3].replace(": a ", ": b "), *lines[4:]], "in.jsonl:4 isn't what was there"),
        (lambda lines: lines[:30], "it holds more records"),
    ],
)
def test_another_input_may_not_go_on(
    half_done: Path,
    source: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    change: Any,
    reason: str,
) -> None:
    load(monkeypatch, FakeAnnotator())
    written(source, *change(source.read_text().splitlines()))
    capsys.readouterr()
    assert run(source, half_done) == 2
    err = capsys.readouterr().err
    assert f"{half_done}.part was begun from another input (" in err
    assert reason in err
    assert not half_done.exists()
    assert len(rows(half_done.with_name("out.jsonl.part"))) == 64


def test_an_input_that_has_grown_goes_on(
    half_done: Path, source: Path, fake: FakeAnnotator, monkeypatch: pytest.MonkeyPatch
) -> None:
    more = {"id": "more", "text": "A miracle."}
    with source.open("a") as file:
        file.write(json.dumps(more) + "\n")
    load(monkeypatch, fake)
    assert run(source, half_done) == 0
    assert rows(half_done) == expected(fake, [*RECORDS, more])


def test_a_finished_output_is_replaced_only_when_the_new_one_is_whole(
    source: Path, tmp_path: Path, fake: FakeAnnotator, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = written(tmp_path / "out.jsonl", "the old one")
    errors = written(tmp_path / "out.jsonl.errors.jsonl", '{"number": 3, "reason": "of the old one"}')
    load(monkeypatch, Dying(5))
    assert run(source, out) == 130
    assert out.read_text() == "the old one\n"
    assert errors.exists()
    load(monkeypatch, fake)
    assert run(source, out) == 0
    assert rows(out) == expected(fake)
    assert not errors.exists()


def test_nothing_in_gives_whole_outputs(tmp_path: Path, fake_model: FakeAnnotator) -> None:
    source = written(tmp_path / "in.jsonl")
    for name in ("out.jsonl", "out.csv", "out.parquet"):
        assert run(source, tmp_path / name) == 0
    assert {name: len(content) > 0 for name, content in outputs(tmp_path).items()} == {
        "out.jsonl": False,
        "out.csv": True,
        "out.parquet": True,
        "out.spans.parquet": True,
    }
