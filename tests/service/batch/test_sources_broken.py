"""A folder of a hundred broken inputs: none stops the run, and each is told with a reason."""

from __future__ import annotations

from pathlib import Path

from broken import MAX_BYTES, broken_inputs
from reading import read

from classifier.errors import InvalidInputError


def test_each_of_a_hundred_broken_inputs_has_its_reason(tmp_path: Path) -> None:
    cases = broken_inputs(tmp_path / "in")
    found: dict[Path, list[str]] = {}
    for raw, result in read(tmp_path / "in", max_bytes=MAX_BYTES):
        (path,) = [path for path in cases if raw.place == str(path) or raw.place.startswith((f"{path}:", f"{path}@"))]
        assert isinstance(result, InvalidInputError), f"{raw.place} is taken for an article"
        assert result.message
        assert "\n" not in result.message
        assert (result.limit is not None) == (result.code in {"too_long", "too_deep"})
        found.setdefault(path, []).append(result.code)
    assert found == {path: [code] for path, code in cases.items()}


def test_reasons_never_repeat_the_text(tmp_path: Path) -> None:
    broken_inputs(tmp_path / "in")
    for raw, result in read(tmp_path / "in", max_bytes=MAX_BYTES):
        words = set(str(result).lower().replace(",", " ").split())
        assert not words & {"pill", "mice", "berries", "übermut", "müller", "extract"}, raw.place


def test_good_inputs_among_the_broken_ones_are_read(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    cases = broken_inputs(folder)
    names = [path.name for path in cases]
    for name in ("a.txt", "m.csv", "z.jsonl"):
        assert name not in names
    (folder / "a.txt").write_text("The pill.")
    (folder / "m.csv").write_text("text\nThe pill.\n")
    (folder / "z.jsonl").write_text('{"id": "last", "text": "The pill."}\n')
    results = [result for _, result in read(folder, max_bytes=MAX_BYTES)]
    ids = [result.id for result in results if not isinstance(result, InvalidInputError)]
    assert len(results) == 103
    assert (ids[0], ids[-1]) == ("a.txt", "last")
    assert len(ids) == 3
