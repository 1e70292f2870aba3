"""One check of one document, in a worker thread: everything in, everything out, nothing shared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from classifier.annotation import Annotation, LabelledSpan, Mode, TextWarning
from classifier.annotator import Annotator
from classifier.errors import InvalidInputError
from service.checking import check
from service.markup import Form
from service.offsets import OffsetTable
from service.project import Project, ProjectError, find_project
from service.wire import check_size


@dataclass(frozen=True, slots=True)
class Request:
    """What to check.

    Parameters
    ----------
    text : str
    form : {"plain", "markdown", "html"}
    path : Path, optional
        The file, if the document is one.
    folder : Path, optional
        Where to look for the project of a document that is no file.
    mode : {"strict", "balanced", "sensitive"}, optional
        The project's by default.
    labels : tuple of str
        Only these.
    max_bytes : int
        Most bytes of UTF-8 the text may have.
    """

    text: str
    form: Form
    path: Path | None
    folder: Path | None
    mode: Mode | None
    labels: tuple[str, ...]
    max_bytes: int


@dataclass(frozen=True, slots=True)
class Checked:
    """What is known of a document.

    Parameters
    ----------
    table : OffsetTable
        Of the text that was checked.
    annotation : Annotation, optional
        None if the text couldn't be scored, or needn't.
    remarks : tuple of TextWarning
        On the document as a whole.
    problem : str
        Why the project's settings weren't used; empty if they were.
    """

    table: OffsetTable
    annotation: Annotation | None = None
    remarks: tuple[TextWarning, ...] = ()
    problem: str = ""

    @property
    def spans(self) -> tuple[LabelledSpan, ...]:
        """The marks."""
        return self.annotation.spans if self.annotation else ()


def run(load: Callable[[], Annotator], request: Request) -> Checked:
    """Check a text.

    Parameters
    ----------
    load : callable
        Gives the annotator.
    request : Request

    Raises
    ------
    OverclaimError
        If the model can't be loaded.
    """
    table = OffsetTable(request.text)
    project, problem = _project(request)
    if project and request.path and not project.covers(request.path):
        return Checked(table)
    try:
        check_size(request.text, None, request.max_bytes)
        annotation = check(
            load(),
            request.text,
            form=request.form,
            mode=request.mode,
            labels=request.labels,
            project=project,
        )
    except InvalidInputError as err:
        # Nobody needs to be told that an empty page is empty.
        remarks = () if err.code == "empty" else (TextWarning(err.code, f"Not checked: {err.message}."),)
        return Checked(table, None, remarks, problem)
    return Checked(table, annotation, annotation.warnings, problem)


def _project(request: Request) -> tuple[Project | None, str]:
    start = request.path or request.folder
    if start is None:
        return None, ""
    try:
        return find_project(start), ""
    except ProjectError as err:
        return None, str(err)
