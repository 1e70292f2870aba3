"""From an annotation to LanguageTool's matches."""

from __future__ import annotations

from functools import cache

from classifier.annotation import Annotation, LabelledSpan
from classifier.annotator import NOT_ENGLISH, TOO_MANY_SENTENCES, Annotator
from classifier.document import Span
from classifier.errors import InvalidInputError
from service.checking import check
from service.languagetool.annotations import AnnotatedText
from service.languagetool.answers import (
    Category,
    CheckAnswer,
    Context,
    DetectedLanguage,
    Language,
    Match,
    MatchType,
    RuleOut,
    Software,
    Warnings,
)
from service.languagetool.parameters import AUTO, CheckRequest
from service.languagetool.rules import data, rules
from service.offsets import OffsetTable
from service.project import Project
from service.version import version

_CONTEXT = 40
"""Code points of context on each side of a match."""


def answer(asked: CheckRequest, annotator: Annotator, project: Project | None) -> CheckAnswer:
    """Check a text.

    Parameters
    ----------
    asked : CheckRequest
    annotator : Annotator
    project : Project, optional
        Its mode is the default, and what it hides is hidden.

    Returns
    -------
    CheckAnswer
        A text with no words, or a choice of no label, has no matches.

    Raises
    ------
    InvalidInputError
        If the annotator can't use the text.
    """
    labels = asked.choice.labels()
    annotation = _checked(asked, annotator, project, labels) if labels else None
    warnings = {warning.code: warning.message for warning in annotation.warnings} if annotation else {}
    return CheckAnswer(
        software=Software(version=version()),
        warnings=Warnings(
            incompleteResults=TOO_MANY_SENTENCES.code in warnings,
            incompleteResultsReason=warnings.get(TOO_MANY_SENTENCES.code),
        ),
        language=_language(asked, english=NOT_ENGLISH.code not in warnings),
        matches=_matches(annotation, asked.article) if annotation else [],
    )


def _checked(
    asked: CheckRequest, annotator: Annotator, project: Project | None, labels: frozenset[str]
) -> Annotation | None:
    article = asked.article
    if not article.pieces.text.strip():
        return None
    try:
        return check(annotator, article.source, mode=asked.mode, labels=labels, project=project, pieces=article.pieces)
    except InvalidInputError as err:
        # Nothing is left where comments hide all of the text.
        if err.code == "empty":
            return None
        raise


def _language(asked: CheckRequest, *, english: bool) -> Language:
    names = data()["languages"]
    code = asked.variant if asked.language == AUTO else asked.language
    return Language(
        name=names[code],
        code=code,
        detectedLanguage=DetectedLanguage(name=names[code], code=code, confidence=1.0)
        if english
        else DetectedLanguage(name="not English", code="und", confidence=0.0),
    )


def _matches(annotation: Annotation, article: AnnotatedText) -> list[Match]:
    table = OffsetTable(article.source)
    found = ((span, article.outside_markup(span.span)) for span in annotation.spans)
    return [_match(span, place, article, table) for span, place in found if place is not None]


def _match(found: LabelledSpan, place: Span, article: AnnotatedText, table: OffsetTable) -> Match:
    rule = rules()[found.label]
    offset = table.convert(place.start, "utf16")
    return Match(
        message=f"{found.with_note(rule.label.message)} {rule.label.suggestion}",
        shortMessage=rule.label.title,
        replacements=[],
        offset=offset,
        length=table.convert(place.end, "utf16") - offset,
        context=_context(place, article.source, table),
        sentence=article.as_read(found.sentence).strip(),
        type=MatchType(),
        rule=_rule_out(found.label),
    )


@cache
def _rule_out(label: str) -> RuleOut:
    """The rule of a label: the same in all its matches."""
    rule = rules()[label]
    return RuleOut(
        id=rule.id,
        description=rule.label.title,
        issueType=rule.issue_type,
        category=Category(id=rule.category, name=rule.group.name),
    )


def _context(place: Span, source: str, table: OffsetTable) -> Context:
    start, end = max(0, place.start - _CONTEXT), min(len(source), place.end + _CONTEXT)
    before, after = "..." if start else "", "..." if end < len(source) else ""
    offset = table.convert(place.start, "utf16")
    return Context(
        text=before + source[start:end].replace("\n", " ") + after,
        offset=len(before) + offset - table.convert(start, "utf16"),
        length=table.convert(place.end, "utf16") - offset,
    )
