"""The one composer: every entry point calls ``Annotator.annotate`` or ``annotate_many``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from classifier.annotation import Annotation, Mode, ModelInfo
from classifier.document import Document


class Annotator:
    """Scores articles with one loaded model. Safe to share between threads."""

    def __init__(self, model: ModelInfo) -> None:
        self.model = model

    def annotate(
        self, text: str, *, title: str | None = None, mode: Mode = "balanced", labels: Iterable[str] | None = None
    ) -> Annotation:
        """Annotate one article.

        Parameters
        ----------
        text : str
            The article; with no ``title``, a first line followed by a blank line is its headline.
        title : str, optional
            The headline, if apart; spans in it have the field ``title``.
        mode : {"strict", "balanced", "sensitive"}
            How sure a span must be: precision first, the best balance, or recall first.
        labels : iterable of str, optional
            Only these labels; all by default.

        Raises
        ------
        InvalidInputError
            If an argument can't be used; names it.
        """
        return next(self.annotate_many([Document(text, title)], mode=mode, labels=labels))

    def annotate_many(
        self, documents: Iterable[Document], *, mode: Mode = "balanced", labels: Iterable[str] | None = None
    ) -> Iterator[Annotation]:
        """Annotate articles in order, lazily, with the same results as one by one."""
        raise NotImplementedError
