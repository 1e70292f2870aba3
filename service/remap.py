"""An annotation of what was read, turned into one of the source."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from classifier.annotation import Annotation, LabelledSpan
from classifier.document import Document
from service.markup.source_map import SourceMap


def to_source(annotation: Annotation, pieces: SourceMap) -> Annotation:
    """Move every span of an annotation to where its words stand in the source.

    Parameters
    ----------
    annotation : Annotation
        Of a document whose text is ``pieces.text``.
    pieces : SourceMap

    Returns
    -------
    Annotation
        Its document's text is the source. Ids and scores stay, as they belong to the words that were read; a span's
        ``text`` is what stands in the source, with the markup inside it.

    Raises
    ------
    ValueError
        If the annotation is of another text.
    """
    if annotation.document.text != pieces.text:
        raise ValueError("the annotation isn't of the text that the pieces are read as")
    if pieces.is_plain:
        return annotation
    document = Document(pieces.source, annotation.document.title)
    moved = pieces.to_source
    return replace(
        annotation,
        document=document,
        sentences=tuple(replace(sentence, span=moved(sentence.span)) for sentence in annotation.sentences),
        spans=tuple(
            replace(
                found,
                span=moved(found.span),
                sentence=moved(found.sentence),
                text=document.slice(moved(found.span)),
            )
            for found in annotation.spans
        ),
        context=tuple(replace(telling, span=moved(telling.span)) for telling in annotation.context),
        scorecard={
            name: replace(entry, because=tuple(moved(span) for span in entry.because))
            for name, entry in annotation.scorecard.items()
        },
    )


def without(annotation: Annotation, hidden: Callable[[LabelledSpan], bool]) -> Annotation:
    """The annotation without hidden spans. Scorecard and context stay: they are of the whole article."""
    shown = tuple(found for found in annotation.spans if not hidden(found))
    return annotation if len(shown) == len(annotation.spans) else replace(annotation, spans=shown)
