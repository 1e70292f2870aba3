"""The answers' forms: what LanguageTool's clients read, key by key."""

# The keys are LanguageTool's, in its camel case.
# ruff: noqa: N815

from __future__ import annotations

from pydantic import BaseModel, Field


class Software(BaseModel):
    """Who answers."""

    name: str = "Overclaim"
    version: str
    buildDate: str = ""
    apiVersion: int = 1
    premium: bool = False
    status: str = ""


class Warnings(BaseModel):
    """Whether the whole text was read."""

    incompleteResults: bool
    incompleteResultsReason: str | None = None


class DetectedLanguage(BaseModel):
    """What the text is written in; ``confidence`` is 1, or 0 for a text that isn't English."""

    name: str
    code: str
    confidence: float = Field(ge=0, le=1)


class Language(BaseModel):
    """The language that was asked for, and the one that was found."""

    name: str
    code: str
    detectedLanguage: DetectedLanguage


class Replacement(BaseModel):
    """What could stand in place of the words."""

    value: str


class Context(BaseModel):
    """Some words around a match; ``offset`` counts in ``text``."""

    text: str
    offset: int = Field(ge=0)
    length: int = Field(ge=0)


class MatchType(BaseModel):
    """A kind of match, by which some clients choose a colour."""

    typeName: str = "Other"


class Category(BaseModel):
    """A group of labels."""

    id: str
    name: str


class RuleOut(BaseModel):
    """A label."""

    id: str
    description: str
    issueType: str
    category: Category


class Match(BaseModel):
    """Marked words; offsets and lengths are UTF-16 code units and count the markup."""

    message: str
    shortMessage: str
    replacements: list[Replacement] = Field(description="Always empty: what to write instead is in the message.")
    offset: int = Field(ge=0)
    length: int = Field(ge=1)
    context: Context
    sentence: str
    type: MatchType
    rule: RuleOut
    ignoreForIncompleteSentence: bool = True
    contextForSureMatch: int = -1


class CheckAnswer(BaseModel):
    """The answer of ``check``."""

    software: Software
    warnings: Warnings
    language: Language
    matches: list[Match]


class LanguageInfo(BaseModel):
    """One of the languages that can be checked."""

    name: str
    code: str
    longCode: str


class InfoAnswer(BaseModel):
    """The answer of ``info``."""

    software: Software


class Parameter(BaseModel):
    """Limits."""

    maxTextLength: int


class ConfiguredRule(BaseModel):
    """A label, as ``configinfo`` lists it."""

    ruleId: str
    description: str
    categoryId: str
    categoryName: str
    locQualityIssueType: str


class ConfigInfoAnswer(BaseModel):
    """The answer of ``configinfo``."""

    software: Software
    parameter: Parameter
    rules: list[ConfiguredRule]
