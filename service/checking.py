"""What all editor adapters call: a text with markup in, its marks at their places in the source out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from classifier.annotation import Annotation, LabelledSpan, Mode
from classifier.annotator import Annotator
from classifier.document import Document
from service import remap
from service.ignores import read_ignores
from service.markup import Form, SourceMap, read_markup
from service.project import Project


def check(
    annotator: Annotator,
    source: str,
    *,
    title: str | None = None,
    form: Form = "plain",
    mode: Mode | None = None,
    labels: Iterable[str] | None = None,
    project: Project | None = None,
    pieces: SourceMap | None = None,
) -> Annotation:
    """Annotate a text as it stands in a file or an editor, once.

    Parameters
    ----------
    annotator : Annotator
    source : str
        The text with its markup.
    title : str, optional
        The headline, if it isn't in the text; always plain.
    form : {"plain", "markdown", "html"}
        How the source is read. Plain text without comments for overclaim goes to the annotator as it is.
    mode : {"strict", "balanced", "sensitive"}, optional
        The project's by default; without one, ``balanced``.
    labels : iterable of str, optional
        Only these; all by default.
    project : Project, optional
        Its hidden labels and span ids are left out.
    pieces : SourceMap, optional
        How the source is read, if the caller knows; ``form`` isn't used then.

    Returns
    -------
    Annotation
        Its document is the source, and all its offsets count there. Hidden spans are left out of ``spans``; context
        and scorecard are of the whole text.

    Raises
    ------
    InvalidInputError
        If an argument can't be used, or no prose is left in the text.
    ValueError
        If ``pieces`` are of another source.
    """
    if pieces is not None and pieces.source != source:
        raise ValueError("the pieces are of another source")
    Document(source, title)  # the grammars take only what can be encoded
    project = project or Project()
    read, ignores = read_ignores(read_markup(source, form) if pieces is None else pieces)
    annotation = annotator.annotate(read.text, title=title, mode=mode or project.mode or "balanced", labels=labels)
    annotation = remap.to_source(annotation, read)
    if remarks := (*read.warnings, *ignores.warnings):
        annotation = replace(annotation, warnings=(*annotation.warnings, *remarks))

    def hidden(found: LabelledSpan) -> bool:
        return project.hides(found) or ignores.hides(found)

    return remap.without(annotation, hidden)
