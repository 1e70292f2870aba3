"""``/healthz`` (is the process alive?) and ``/readyz`` (can it score?)."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel

from service.engine import engine_of
from service.errors import ErrorBody
from service.schemas import ModelOut

router = APIRouter()


class Alive(BaseModel):
    """The process answers."""

    status: Literal["ok"] = "ok"


class Ready(BaseModel):
    """A model is loaded."""

    status: Literal["ready"] = "ready"
    model: ModelOut


@router.get("/healthz", summary="Is the process alive?")
async def healthz() -> Alive:
    """Answer 200 for as long as the process lives, model or not."""
    return Alive()


@router.get(
    "/readyz",
    summary="Can it score?",
    responses={503: {"model": ErrorBody, "description": "No model is loaded."}},
)
async def readyz(request: Request) -> Ready:
    """Answer 200 with the model's version and digest once it is loaded, 503 otherwise."""
    model = engine_of(request).annotator.model
    return Ready(model=ModelOut(version=model.version, sha256=model.sha256))
