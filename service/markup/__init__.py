"""Markup read as prose: Markdown and HTML, with the way back to the source."""

from __future__ import annotations

from pathlib import PurePath
from typing import Literal, TypeAlias, get_args

from classifier.errors import InvalidInputError
from service.markup.source_map import Piece, SourceMap, plain_map

__all__ = ["FORMS", "Form", "Piece", "SourceMap", "check_form", "form_of_path", "plain_map", "read_markup"]

Form: TypeAlias = Literal["plain", "markdown", "html"]
FORMS: tuple[Form, ...] = get_args(Form)
_BY_ENDING: dict[str, Form] = {
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
}


def check_form(form: str) -> Form:
    """The form itself, if it is one.

    Raises
    ------
    InvalidInputError
        If the name is no form.
    """
    for known in FORMS:
        if form == known:
            return known
    raise InvalidInputError(
        f"form {str(form)[:40]!r} is unknown; known are {', '.join(FORMS)}", field="form", code="unknown_form"
    )


def form_of_path(path: str | PurePath) -> Form:
    """How a file is read, by its ending; plain text if the ending isn't known."""
    return _BY_ENDING.get(PurePath(path).suffix.lower(), "plain")


def read_markup(source: str, form: Form) -> SourceMap:
    """Read a text in one of the forms.

    Parameters
    ----------
    source : str
        Without lone surrogates (a ``Document`` has none).
    form : {"plain", "markdown", "html"}
    """
    # The grammars are loaded only if they are needed.
    if form == "markdown":
        from service.markup.markdown import markdown_map  # noqa: PLC0415

        return markdown_map(source)
    if form == "html":
        from service.markup.html import html_map  # noqa: PLC0415

        return html_map(source)
    return plain_map(source)
