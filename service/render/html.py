"""Annotations as one self-contained HTML file: no scripts, nothing loaded from elsewhere, readable on paper."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape

from classifier.annotation import Annotation
from classifier.document import Field
from classifier.labels import criteria, labels
from service.console import visible
from service.render.evidence import told
from service.render.pieces import pieces

_STYLE = """
body { max-width: 44rem; margin: 2rem auto; padding: 0 1rem; font: 1rem/1.55 Georgia, serif; color: #1b1b1f;
  background: #fdfdfb; }
.text, h2 { white-space: pre-wrap; overflow-wrap: anywhere; }
mark { color: inherit; background: #ffe08a; border-bottom: 2px solid #1f5fa8; }
sup { font: .7rem sans-serif; }
table { border-collapse: collapse; }
th, td { padding: .1rem .8rem .1rem 0; text-align: left; }
.faint { color: #5c5c66; }
@media (prefers-color-scheme: dark) {
  body { color: #ececf0; background: #17181c; } mark { background: #6b5200; } .faint { color: #a9a9b4; }
}
@media print {
  body { color: #000; background: #fff; margin: 0; }
  mark { background: none; text-decoration: underline; } li, tr { break-inside: avoid; }
}
"""


def page(articles: Iterable[tuple[str, Annotation]]) -> str:
    """Write articles with their overclaims marked.

    Parameters
    ----------
    articles : iterable of (str, Annotation)
        Name and annotation of each.

    Returns
    -------
    str
        A whole HTML document. Everything that came from an article is escaped.
    """
    sections = "\n".join(_section(number, name, annotation) for number, (name, annotation) in enumerate(articles, 1))
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        # Even a hole in the escaping could then run no script.
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>Overclaim</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n{sections}\n</body>\n</html>\n"
    )


def _section(number: int, name: str, annotation: Annotation) -> str:
    parts = [f"<section>\n<h1>{_safe(name)}</h1>"]
    if annotation.document.title:
        parts.append(f"<h2>{_marked(annotation, 'title', number)}</h2>")
    parts.append(f'<div class="text">{_marked(annotation, "text", number)}</div>')
    parts.extend(f'<p class="faint">{_safe(warning.message)}</p>' for warning in annotation.warnings)
    parts.append(_evidence(annotation))
    parts.append(_notes(annotation, number))
    if annotation.scorecard:
        parts.append(_scorecard(annotation))
    model = annotation.model
    parts.append(
        f'<p class="faint">Model {_safe(model.version)} ({_safe(model.sha256[:12])}), mode {annotation.mode}.</p>'
        "\n</section>"
    )
    return "\n".join(parts)


def _marked(annotation: Annotation, field: Field, article: int) -> str:
    return "".join(_pieces(annotation, field, article))


def _pieces(annotation: Annotation, field: Field, article: int) -> Iterator[str]:
    position = 0
    for piece in pieces(annotation, field):
        position += len(piece.text)
        if not piece.spans:
            yield _safe(piece.text)
            continue
        titles = "; ".join(f"{labels()[s.label].title}: {labels()[s.label].message}" for s in piece.spans)
        yield f'<mark title="{_safe(titles)}">{_safe(piece.text)}</mark>'
        for number, span in zip(piece.numbers, piece.spans, strict=True):
            if span.span.end == position:
                yield f'<sup><a href="#note-{article}-{number}">{number}</a></sup>'


def _evidence(annotation: Annotation) -> str:
    items = [f"<li>{_safe(line.words)}: <q>{_safe(line.quote)}</q> ({line.place})</li>" for line in told(annotation)]
    if not items:
        return ""
    return '<h3>Evidence told in the article</h3>\n<ul class="evidence">\n' + "\n".join(items) + "\n</ul>"


def _notes(annotation: Annotation, article: int) -> str:
    if not annotation.spans:
        return "<p>No overclaim found.</p>"
    items = []
    for number, found in enumerate(annotation.spans, 1):
        label = labels()[found.label]
        message = _safe(found.with_note(label.message))
        items.append(
            f'<li id="note-{article}-{number}"><q>{_safe(found.text)}</q> <strong>{_safe(label.title)}</strong> '
            f'({found.score:.2f})<br>{message} <span class="faint">{_safe(label.suggestion)}</span></li>'
        )
    return "<ol>\n" + "\n".join(items) + "\n</ol>"


def _scorecard(annotation: Annotation) -> str:
    rows = []
    for name, entry in annotation.scorecard.items():
        title = criteria()[name].title if name in criteria() else name
        rows.append(f"<tr><th>{_safe(title)}</th><td>{entry.score:.2f}</td><td>{_safe(entry.verdict or '–')}</td></tr>")
    return "<table>\n" + "\n".join(rows) + "\n</table>"


def _safe(text: str) -> str:
    # A NUL or an escape character is an error in HTML; each becomes one replacement character.
    return escape(visible(text), quote=True)
