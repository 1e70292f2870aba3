"""Quick fixes: hide a mark, turn a label off, say why, ignore with a comment."""

from __future__ import annotations

from collections.abc import Sequence

from lsprotocol import types

from classifier.annotation import LabelledSpan
from classifier.labels import labels
from service.lsp.check import Checked
from service.lsp.diagnostics import SOURCE, corners, diagnostic, range_of, span_at, touched
from service.lsp.documents import OpenDocument
from service.offsets import OffsetUnit

HIDE = "overclaim.hide"
LABEL_OFF = "overclaim.labelOff"
WHY = "overclaim.why"


def actions_of(
    document: OpenDocument, checked: Checked, params: types.CodeActionParams, unit: OffsetUnit
) -> list[types.CodeAction]:
    """Offer what can be done about the marks in a range.

    Parameters
    ----------
    document : OpenDocument
    checked : Checked
        Of its present text.
    params : CodeActionParams
    unit : {"codepoint", "utf16", "utf8"}
        What the editor counts.
    """
    if not _wanted(params.context.only):
        return []
    start, end = span_at(params.range, checked.table, unit)
    return [
        action
        for span in touched(checked, start, end)
        for action in _of_one(span, document, checked, params.context.diagnostics, unit)
    ]


def _wanted(only: Sequence[types.CodeActionKind | str] | None) -> bool:
    kinds = [kind.value if isinstance(kind, types.CodeActionKind) else kind for kind in only or ("",)]
    quick_fix = types.CodeActionKind.QuickFix.value
    return any(kind in ("", quick_fix) for kind in kinds)


def _of_one(
    span: LabelledSpan,
    document: OpenDocument,
    checked: Checked,
    shown: Sequence[types.Diagnostic],
    unit: OffsetUnit,
) -> list[types.CodeAction]:
    place = range_of(span.span, checked.table, unit)
    # The editor's own copy, if it sent one: it knows the diagnostic by it.
    own = [
        one for one in shown if one.source == SOURCE and one.code == span.label and corners(one.range) == corners(place)
    ] or [diagnostic(span, checked.table, unit)]
    title = labels()[span.label].title

    def command(words: str, name: str, **values: str) -> types.CodeAction:
        return types.CodeAction(
            title=words,
            kind=types.CodeActionKind.QuickFix,
            diagnostics=own,
            command=types.Command(title=words, command=name, arguments=[{"uri": document.uri, **values}]),
        )

    actions = [
        command(f"Hide this mark ({title})", HIDE, id=span.id),
        command(f"Turn off “{title}” in this project", LABEL_OFF, label=span.label),
        command(f"Why is this marked? ({title})", WHY, id=span.id),
    ]
    if document.form in ("markdown", "html"):
        behind = range_of(span.sentence, checked.table, unit).end
        edit = types.TextEdit(types.Range(behind, behind), f" <!-- overclaim ignore {span.label} -->")
        actions.append(
            types.CodeAction(
                title=f"Ignore “{title}” here with a comment",
                kind=types.CodeActionKind.QuickFix,
                diagnostics=own,
                edit=types.WorkspaceEdit(changes={document.uri: [edit]}),
            )
        )
    return actions
