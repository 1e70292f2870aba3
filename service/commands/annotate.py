"""``overclaim annotate``: score files and print what was found."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

from rich.console import Console

from classifier.annotation import Annotation, Mode, check_mode
from classifier.annotator import Annotator
from classifier.errors import InvalidInputError
from classifier.labels import LABEL_IDS
from service.checking import check
from service.commands.common import chosen_labels, load_annotator
from service.console import CommandError, error, note, use_utf8, warning
from service.markup import Form, check_form, form_of_path
from service.offsets import OffsetUnit, check_unit
from service.project import FILE_NAME, Project, find_project
from service.render import html, text
from service.schemas import to_response
from service.settings import load_settings
from service.sources import display_name, read_article
from service.wire import check_size, json_line

FORMATS = ("text", "json", "jsonl", "html")


def run(
    files: Sequence[str],
    *,
    output_format: str,
    mode: str | None,
    labels: Sequence[str],
    offset_unit: str,
    title: str | None,
    fail_on: Sequence[str],
    model: Path | None,
    form: str | None = None,
    use_project: bool = True,
    ids: bool = False,
) -> int:
    """Score files in order.

    A file that can't be scored is reported on standard error and the others go on. One that its project leaves out is
    named there, too.

    Parameters
    ----------
    mode : str, optional
        The project's of each file by default; without one, ``balanced``.
    form : str, optional
        How all files are read; by default each by the ending of its name.
    use_project : bool
        Whether ``.overclaim.toml`` is looked for above each file.
    ids : bool
        Whether text shows each mark's id; the other formats don't take it.

    Returns
    -------
    int
        0; 1 if a ``fail_on`` label was found; 2 if any file couldn't be scored.

    Raises
    ------
    OverclaimError
        If an option can't be used or the model can't be loaded.
    """
    # Options first: nobody should wait for a model to load only to learn of a typing error.
    checked = Options(
        mode=None if mode is None else check_mode(mode),
        labels=chosen_labels(labels),
        unit=check_unit(offset_unit),
        title=title,
        model=model,
        form=None if form is None else check_form(form),
        use_project=use_project,
        ids=ids,
    )
    if output_format not in FORMATS:
        raise CommandError(f"format {output_format[:40]!r} is unknown; known are {', '.join(FORMATS)}")
    if ids and output_format != "text":
        raise CommandError("--ids belongs to --format text: json and jsonl have ids anyway, and html has none")
    _check_fail_on(fail_on)
    if title is not None and len(files) > 1:
        raise CommandError("--title belongs to one article: give it with one FILE")
    scored = Scored(files, checked)
    _WRITERS[output_format](scored, checked, len(files) > 1)
    if scored.failed:
        return 2
    return int(bool(scored.found & set(fail_on)) or ("any" in fail_on and bool(scored.found)))


class Options:
    """The checked options of one call."""

    def __init__(
        self,
        *,
        mode: Mode | None,
        labels: tuple[str, ...] | None,
        unit: OffsetUnit,
        title: str | None,
        model: Path | None,
        form: Form | None,
        use_project: bool,
        ids: bool,
    ) -> None:
        self.mode = mode
        self.labels = labels
        self.unit = unit
        self.title = title
        self.model = model
        self.form = form
        self.use_project = use_project
        self.ids = ids

    def project(self, file: str) -> Project | None:
        """The settings that hold for a file; those of the current folder for standard input."""
        return find_project(Path() if file == "-" else Path(file)) if self.use_project else None


class Scored:
    """Iterates over name and annotation of each file that can be scored.

    ``found`` holds the labels seen so far; ``failed`` counts the files that couldn't be scored.
    """

    def __init__(self, files: Sequence[str], options: Options) -> None:
        self._files = files
        self._options = options
        self.found: set[str] = set()
        self.failed = 0

    def __iter__(self) -> Iterator[tuple[str, Annotation]]:
        options = self._options
        settings = load_settings()
        annotator: Annotator | None = None
        for file in self._files:
            name = display_name(file)
            try:
                project = options.project(file)
                if project is not None and file != "-" and not project.covers(Path(file)):
                    note(f"{name}: left out by {FILE_NAME}")
                    continue
                article = read_article(file, settings.max_bytes)
            except (CommandError, InvalidInputError) as err:
                self._fail(str(err))
                continue
            if annotator is None:
                annotator = load_annotator(options.model, settings)
            try:
                check_size(article, options.title, settings.max_bytes)
                annotation = check(
                    annotator,
                    article,
                    title=options.title,
                    form=options.form or form_of_path(file),
                    mode=options.mode,
                    labels=options.labels,
                    project=project,
                )
            except InvalidInputError as err:
                self._fail(f"{name}: {err}")
                continue
            self.found.update(span.label for span in annotation.spans)
            for remark in annotation.warnings:
                warning(f"{name}: {remark.message}")
            yield name, annotation

    def _fail(self, message: str) -> None:
        self.failed += 1
        error(message)


class Writer(Protocol):
    """Prints what was found; ``several`` says that more than one file was asked for."""

    def __call__(self, scored: Scored, options: Options, several: bool) -> None:
        """Print."""


def _check_fail_on(names: Sequence[str]) -> None:
    for name in names:
        if name != "any" and name not in LABEL_IDS:
            raise CommandError(f"--fail-on names an unknown label {name[:40]!r}; known are any, {', '.join(LABEL_IDS)}")


def _json_object(name: str, annotation: Annotation, options: Options) -> dict[str, object]:
    # A file name may hold bytes that are no text; they are shown as question marks.
    shown = name.encode("utf-8", "replace").decode("utf-8")
    return {"file": shown, **to_response(annotation, options.unit).model_dump(mode="json")}


def _write_json(scored: Scored, options: Options, several: bool) -> None:
    use_utf8(sys.stdout)
    if several:
        print(json_line([_json_object(name, annotation, options) for name, annotation in scored]))
        return
    for _, annotation in scored:
        print(to_response(annotation, options.unit).model_dump_json(indent=2))


def _write_jsonl(scored: Scored, options: Options, several: bool) -> None:
    use_utf8(sys.stdout)
    for name, annotation in scored:
        print(json_line(_json_object(name, annotation, options)), flush=True)


def _write_html(scored: Scored, options: Options, several: bool) -> None:
    use_utf8(sys.stdout)
    articles = list(scored)
    if articles:
        sys.stdout.write(html.page(articles))


def _write_text(scored: Scored, options: Options, several: bool) -> None:
    if sys.stdout.isatty():
        console = Console(highlight=False, markup=False, emoji=False)
        for name, annotation in scored:
            text.show(annotation, name, console, ids=options.ids)
        return
    # Text goes to people and to editors' parsers: UTF-8 even under LC_ALL=C, never a crash on a curly quote.
    use_utf8(sys.stdout)
    for name, annotation in scored:
        for line in text.listing(annotation, name, ids=options.ids):
            print(line)


_WRITERS: dict[str, Writer] = {
    "text": _write_text,
    "json": _write_json,
    "jsonl": _write_jsonl,
    "html": _write_html,
}
