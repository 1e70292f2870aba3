"""``GET /v1/labels``: what can be flagged, in the words a writer sees."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict
from pydantic.config import JsonDict

from classifier.labels import criteria, labels

router = APIRouter()


class LabelOut(BaseModel):
    """One of the twelve labels; ``criteria`` holds the review criteria it belongs to, the main one first."""

    id: str
    title: str
    message: str
    suggestion: str
    criteria: list[str]


class CriterionInfo(BaseModel):
    """One of the ten review criteria of a whole article."""

    id: str
    title: str
    question: str


def _example() -> JsonDict:
    label = next(iter(labels().values()))
    criterion = next(iter(criteria().values()))
    return {
        "labels": [
            {
                "id": label.id,
                "title": label.title,
                "message": label.message,
                "suggestion": label.suggestion,
                "criteria": list(label.criteria),
            }
        ],
        "criteria": [{"id": criterion.id, "title": criterion.title, "question": criterion.question}],
    }


class LabelsResponse(BaseModel):
    """All labels and criteria, in the order of the rule book."""

    model_config = ConfigDict(json_schema_extra={"example": _example()})

    labels: list[LabelOut]
    criteria: list[CriterionInfo]


@router.get("/v1/labels", summary="List the labels and the review criteria")
async def list_labels() -> LabelsResponse:
    """List the twelve labels and the ten review criteria."""
    return LabelsResponse(
        labels=[
            LabelOut(
                id=label.id,
                title=label.title,
                message=label.message,
                suggestion=label.suggestion,
                criteria=list(label.criteria),
            )
            for label in labels().values()
        ],
        criteria=[CriterionInfo(id=c.id, title=c.title, question=c.question) for c in criteria().values()],
    )
