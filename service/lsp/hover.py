"""Why words are marked, told where the pointer stands."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lsprotocol import types

from classifier.annotation import LabelledSpan
from classifier.labels import labels
from service.lsp.check import Checked
from service.lsp.diagnostics import range_of
from service.offsets import OffsetUnit

# Notes quote figures of the article. None of its characters may become a link, a tag or an image.
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~!&$])")


def hover_of(found: Sequence[LabelledSpan], checked: Checked, unit: OffsetUnit, *, markdown: bool) -> types.Hover:
    """Tell of the marks under the pointer.

    Parameters
    ----------
    found : sequence of LabelledSpan
        At least one.
    checked : Checked
        What they are of.
    unit : {"codepoint", "utf16", "utf8"}
        What the editor counts.
    markdown : bool
        Whether the editor shows Markdown; else it gets plain text.
    """
    told = ("\n\n---\n\n" if markdown else "\n\n").join(why(span, markdown=markdown) for span in found)
    kind = types.MarkupKind.Markdown if markdown else types.MarkupKind.PlainText
    return types.Hover(types.MarkupContent(kind, told), range_of(found[0].span, checked.table, unit))


def why(span: LabelledSpan, *, markdown: bool) -> str:
    """Say what is wrong with a mark's words, what the article's evidence has to do with it, and what to write."""
    label = labels()[span.label]
    chance = f"estimated probability that this is right: {round(100 * span.score)} %"
    parts = (label.title, label.message, span.note, label.suggestion)
    if not markdown:
        title, message, note, suggestion = (" ".join(part.split()) for part in parts)
        return "\n".join(line for line in (f"{title} ({chance})", message, note, f"Instead: {suggestion}") if line)
    title, message, note, suggestion = (escaped(part) for part in parts)
    told = (f"**{title}** ({chance})", message, note, f"**Instead:** {suggestion}")
    return "\n\n".join(paragraph for paragraph in told if paragraph)


def escaped(text: str) -> str:
    """Write text so that Markdown shows it as it is, in one line."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))
