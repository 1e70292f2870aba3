"""Overclaim's language and models: finds where health news claims more than its evidence allows.

Nothing here knows of HTTP, editors or users' files; see ``service`` for those.
"""

from classifier.annotation import Annotation, LabelledSpan, Mode, ModelInfo
from classifier.annotator import Annotator
from classifier.artifacts import load
from classifier.document import Document, Sentence, Span
from classifier.errors import ArtifactError, CorpusError, InvalidInputError, OverclaimError
from classifier.labels import Label, labels

__all__ = [
    "Annotation",
    "Annotator",
    "ArtifactError",
    "CorpusError",
    "Document",
    "InvalidInputError",
    "Label",
    "LabelledSpan",
    "Mode",
    "ModelInfo",
    "OverclaimError",
    "Sentence",
    "Span",
    "labels",
    "load",
]
