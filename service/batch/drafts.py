"""Files of prose, with markup or without: read as every editor reads them, with offsets that count in the file."""

from __future__ import annotations

from dataclasses import dataclass, replace

from classifier.annotation import Annotation
from service import remap
from service.ignores import Ignores, read_ignores
from service.markup import Form, SourceMap, read_markup


@dataclass(frozen=True, slots=True)
class Draft:
    """A file's text as it is read (``pieces.text``), the way back to the file, and what its comments hide."""

    pieces: SourceMap
    ignores: Ignores


def read_draft(source: str, form: Form) -> Draft:
    """Read a file's text.

    Parameters
    ----------
    source : str
        As it is in the file, without lone surrogates.
    form : {"plain", "markdown", "html"}
    """
    return Draft(*read_ignores(read_markup(source, form)))


def as_in_file(annotation: Annotation, draft: Draft) -> Annotation:
    """Turn an annotation of what was read into one of the file: what ``service.checking.check`` answers.

    Parameters
    ----------
    annotation : Annotation
        Of a document whose text is ``draft.pieces.text``.
    draft : Draft

    Raises
    ------
    ValueError
        If the annotation is of another text.
    """
    found = remap.to_source(annotation, draft.pieces)
    remarks = (*draft.pieces.warnings, *draft.ignores.warnings)
    if remarks:
        found = replace(found, warnings=(*found.warnings, *remarks))
    return remap.without(found, draft.ignores.hides)
