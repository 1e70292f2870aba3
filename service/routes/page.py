"""``/``: the page, and ``/web/page.json``: what it needs to know of this service."""

from __future__ import annotations

import json
import secrets
from functools import cache
from pathlib import Path
from string import Template

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from classifier import tellings
from classifier.labels import criteria, labels
from service.access import policy
from service.engine import engine_of
from service.groups import GROUPS

WEB = Path(__file__).parents[1] / "web"
STATIC = WEB / "static"
FEEDBACK = "/v1/feedback"
# As the files beside them; the server leaves the body of an answer to HEAD out.
_METHODS = ["GET", "HEAD"]

router = APIRouter(include_in_schema=False)


@cache
def _template() -> Template:
    return Template((WEB / "index.html").read_text(encoding="utf-8"))


@cache
def _example() -> str:
    return str(json.loads((WEB / "example.json").read_text(encoding="utf-8"))["text"])


@router.api_route("/", methods=_METHODS)
async def page() -> Response:
    """Answer with the page.

    Its editor makes style sheets as it runs. The policy lets in those that hold this answer's own nonce, and no others.
    """
    nonce = secrets.token_urlsafe(16)
    answer = HTMLResponse(_template().substitute(nonce=nonce))
    answer.headers["Content-Security-Policy"] = policy(style_nonce=nonce)
    # A nonce that a cache gives out again is none.
    answer.headers["Cache-Control"] = "no-store"
    return answer


@router.api_route("/web/page.json", methods=_METHODS)
async def page_info(request: Request) -> Response:
    """Answer with limits, groups of labels, criteria, the words for evidence, and the example article."""
    shown = tellings.settings()
    return JSONResponse(
        {
            "max_bytes": engine_of(request).settings.max_bytes,
            # The page asks this route only if it is there: a browser complains of each 404.
            "feedback": FEEDBACK in request.app.openapi()["paths"],
            "groups": [
                {
                    "id": group.id,
                    "name": group.name,
                    "labels": [
                        {"id": name, "title": labels()[name].title, "message": labels()[name].message}
                        for name in group.labels
                    ],
                }
                for group in GROUPS.values()
            ],
            "criteria": [{"id": c.id, "title": c.title, "question": c.question} for c in criteria().values()],
            "words": shown["words"],
            "subjects": shown["subjects"],
            "example": _example(),
        }
    )
