"""Marks as diagnostics of the protocol."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

from lsprotocol import types

from classifier.annotation import LabelledSpan, TextWarning
from classifier.document import Span
from classifier.labels import labels
from service.lsp.check import Checked
from service.offsets import OffsetTable, OffsetUnit

SOURCE = "overclaim"
LIKELY = 0.5
"""A mark is a warning from this score on: more likely right than wrong. Below, it is an information."""


def diagnostics_of(checked: Checked, unit: OffsetUnit) -> list[types.Diagnostic]:
    """All diagnostics of a document, remarks on the whole first, then marks in the text's order.

    Parameters
    ----------
    checked : Checked
    unit : {"codepoint", "utf16", "utf8"}
        What the editor counts.
    """
    first_line = _first_line(checked.table, unit)
    remarks = [_remark(remark, first_line) for remark in checked.remarks]
    return [*remarks, *(diagnostic(span, checked.table, unit) for span in checked.spans)]


def diagnostic(span: LabelledSpan, table: OffsetTable, unit: OffsetUnit) -> types.Diagnostic:
    """One mark as a diagnostic; its ``data`` is the mark's id, its ``code`` the label."""
    label = labels()[span.label]
    severity = types.DiagnosticSeverity.Warning if span.score >= LIKELY else types.DiagnosticSeverity.Information
    return types.Diagnostic(
        range=range_of(span.span, table, unit),
        severity=severity,
        code=span.label,
        source=SOURCE,
        message=f"{label.title}. {span.with_note(label.message)} {label.suggestion}",
        data=span.id,
    )


def range_of(span: Span, table: OffsetTable, unit: OffsetUnit) -> types.Range:
    """A span's place in the editor's units."""
    return types.Range(start=_position(span.start, table, unit), end=_position(span.end, table, unit))


def span_at(place: types.Range, table: OffsetTable, unit: OffsetUnit) -> tuple[int, int]:
    """Code points ``[start, end]`` of a range, both inclusive; a cursor's are equal."""
    start, end = (table.offset_at(end.line, end.character, unit) for end in (place.start, place.end))
    return start, max(start, end)


def touched(checked: Checked, start: int, end: int) -> list[LabelledSpan]:
    """The marks that a range of code points touches; a cursor right behind a mark touches it."""
    return [found for found in checked.spans if found.span.start <= end and start <= found.span.end]


def result_id(items: Sequence[types.Diagnostic]) -> str:
    """Name a list of diagnostics so that equal lists have equal names: sixteen hex digits."""
    written = json.dumps([(*corners(one.range), one.severity, one.code, one.message, one.data) for one in items])
    return hashlib.sha256(written.encode()).hexdigest()[:16]


def corners(place: types.Range) -> tuple[int, int, int, int]:
    """Return line and character of both ends, for comparing."""
    return place.start.line, place.start.character, place.end.line, place.end.character


def _position(offset: int, table: OffsetTable, unit: OffsetUnit) -> types.Position:
    line, character = table.line_and_character(offset, unit)
    return types.Position(line=line, character=character)


def _first_line(table: OffsetTable, unit: OffsetUnit) -> types.Range:
    end = table.offset_at(0, 2**31 - 1, unit)
    return types.Range(start=types.Position(0, 0), end=_position(end, table, unit))


def _remark(remark: TextWarning, place: types.Range) -> types.Diagnostic:
    return types.Diagnostic(
        range=place,
        severity=types.DiagnosticSeverity.Information,
        code=remark.code,
        source=SOURCE,
        message=remark.message,
    )
