"""``overclaim feedback``: export and count what users said of marks."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from classifier.labels import LABEL_IDS
from service.console import CommandError, note, use_utf8
from service.extras import require
from service.feedback.judgement import VERDICTS
from service.feedback.switch import is_on
from service.settings import load_settings
from service.sources import os_reason
from service.wire import json_line

if TYPE_CHECKING:
    from service.feedback.store import FeedbackStore

FORMATS = ("jsonl", "standoff")


def export(out: str, *, place: str | None, output_format: str, since: str | None) -> int:
    """Write judgements to a file.

    Parameters
    ----------
    out : str
        The file, or ``-`` for standard output, which takes JSON Lines only.
    place : str, optional
        Of the database; that of the settings by default.
    output_format : {"jsonl", "standoff"}
        ``standoff`` writes a second file, with the texts.
    since : str, optional
        The first day.

    Returns
    -------
    int
        0.

    Raises
    ------
    OverclaimError
        If an option or the database can't be used, or a file can't be written; then no file is left half written.
    """
    if output_format not in FORMATS:
        raise CommandError(f"--format must be {' or '.join(FORMATS)}")
    if output_format == "standoff" and out == "-":
        raise CommandError("standoff needs a file as OUT: the texts go to a second one beside it")
    first = _day(since)
    with _opened(place) as store:
        if store.file is not None and store.file.exists() and Path(out).exists() and store.file.samefile(out):
            raise CommandError(f"{out}: is the database; name another file as OUT")
        if output_format == "jsonl":
            count = _write(out, (row.as_row() for row in store.rows(first)))
            note(f"{_counted(count, 'verdict')} in {'standard output' if out == '-' else out}")
        else:
            _export_standoff(Path(out), store, first)
    return 0


def stats(place: str | None) -> int:
    """Print how many judgements there are, by label and verdict.

    Raises
    ------
    OverclaimError
        If the database can't be used.
    """
    with _opened(place) as store:
        counts = store.counts()
    known = [label for label in LABEL_IDS if any((label, verdict) in counts for verdict in VERDICTS)]
    names = known + sorted({label for label, _ in counts} - set(known))
    rows = [(name, [counts.get((name, verdict), 0) for verdict in VERDICTS]) for name in names]
    rows.append(("all", [sum(row[column] for _, row in rows) for column in range(len(VERDICTS))]))
    width = max(len(name) for name, _ in rows)
    print(f"{'':{width}}" + "".join(f"{verdict:>8}" for verdict in VERDICTS))
    for name, row in rows:
        print(f"{name:{width}}" + "".join(f"{count:8}" for count in row))
    return 0


def _export_standoff(target: Path, store: FeedbackStore, since: date | None) -> None:
    from service.feedback.standoff import standoff  # noqa: PLC0415  (imports the training's reader)

    found = standoff(store.rows(since))
    texts = target.with_name(f"{target.name.removesuffix('.jsonl')}.texts.jsonl")
    # The texts first: labels without them are of no use.
    _write(str(texts), found.texts)
    _write(str(target), found.articles)
    count = len(found.articles)
    note(f"{_counted(count, 'sentence')} in {target}, and {'its text' if count == 1 else 'their texts'} in {texts}")
    for count, what, why in (
        (found.without_sentence, "verdict", "without a sentence"),
        (found.hidden, "verdict", "that only hid a mark"),
        (found.ties, "label", "called wrong as often as right, with the whole sentence"),
        (found.unusable, "label", "unknown here or with too long a trigger, with the whole sentence"),
    ):
        if count:
            note(f"left out: {_counted(count, what)} {why}")


@contextmanager
def _opened(place: str | None) -> Iterator[FeedbackStore]:
    name = "--from"
    if place is None:
        name = "OVERCLAIM_FEEDBACK"
        place = load_settings().feedback.get_secret_value()
    if not is_on(place):
        raise CommandError("there is no feedback: set OVERCLAIM_FEEDBACK as for the service, or give --from")
    require("sqlalchemy", "feedback")
    from service.feedback.store import FeedbackStore  # noqa: PLC0415  (after the check of what it needs)

    store = FeedbackStore(place, name)
    try:
        yield store
    finally:
        store.close()


def _day(since: str | None) -> date | None:
    if since is None:
        return None
    try:
        return date.fromisoformat(since)
    except ValueError:
        raise CommandError("--since must be a day, as in 2026-11-23") from None


def _write(out: str, rows: Iterable[dict[str, object]]) -> int:
    """Write JSON Lines, to a file whole or not at all, and count them."""
    count = 0
    if out == "-":
        use_utf8(sys.stdout)
        for count, row in enumerate(rows, start=1):  # noqa: B007  (the count is what is returned)
            print(json_line(row))
        return count
    target = Path(out)
    if target.is_dir():
        raise CommandError(f"{target}: is a directory, not a file")
    unfinished = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        try:
            # Sentences are in it: nobody else may read it, whatever the umask.
            handle = os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
                for count, row in enumerate(rows, start=1):  # noqa: B007
                    stream.write(f"{json_line(row)}\n")
            unfinished.replace(target)
        finally:
            unfinished.unlink(missing_ok=True)
    except OSError as err:
        raise CommandError(f"{target}: {os_reason(err)}") from None
    return count


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
