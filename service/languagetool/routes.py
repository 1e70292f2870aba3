"""The routes under ``/v2``."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import PlainTextResponse, Response

from classifier.errors import InvalidInputError
from service.body import read_body
from service.engine import engine_of
from service.languagetool import description
from service.languagetool.answers import (
    CheckAnswer,
    ConfigInfoAnswer,
    ConfiguredRule,
    InfoAnswer,
    LanguageInfo,
    Parameter,
    Software,
)
from service.languagetool.matches import answer
from service.languagetool.parameters import explained, parse_check, parse_form, parse_language
from service.languagetool.plain import PREFLIGHT_HEADERS, PlainTextRoute, error
from service.languagetool.rules import data, rules
from service.version import version

router = APIRouter(prefix="/v2", route_class=PlainTextRoute)

# A UTF-16 unit has at most three bytes in UTF-8.
_BYTES_PER_UNIT = 3
_KNOWN = frozenset({"check", "languages", "info", "configinfo", "maxtextlength", "healthcheck"})


@router.post(
    "/check",
    summary="Check a text, as LanguageTool does",
    response_model=CheckAnswer,
    responses=description.ERRORS,
    openapi_extra=description.CHECK_BODY,
)
async def check_posted(request: Request) -> Response:
    """Mark the overclaims of a text, in LanguageTool's form.

    The body is read as urlencoded whatever its content type says. Parameters may stand in the query, too.
    """
    return await _check(request, await read_body(request, engine_of(request).settings))


@router.get(
    "/check",
    summary="Check a short text, as LanguageTool does",
    response_model=CheckAnswer,
    responses=description.ERRORS,
    openapi_extra=description.CHECK_QUERY,
)
async def check_got(request: Request) -> Response:
    """Mark the overclaims of a text that stands in the query, in LanguageTool's form."""
    return await _check(request, b"")


async def _check(request: Request, body: bytes) -> Response:
    engine = engine_of(request)
    annotator, query = engine.annotator, request.scope["query_string"]

    def work() -> str:
        # As in LanguageTool, the query wins.
        try:
            asked = parse_check(parse_form(body) | parse_form(query), engine.settings.max_bytes)
        except InvalidInputError as err:
            raise explained(err, body, request.headers.get("content-type", "")) from None
        return answer(asked, annotator, engine.project).model_dump_json(exclude_none=True)

    return Response(await engine.run(work), media_type="application/json")


@router.get("/languages", summary="List the languages that can be checked", response_model=list[LanguageInfo])
async def languages() -> list[LanguageInfo]:
    """List the kinds of English."""
    return [LanguageInfo(name=name, code=code.partition("-")[0], longCode=code) for code, name in _languages()]


def _languages() -> list[tuple[str, str]]:
    return list(data()["languages"].items())


@router.get("/info", summary="Say who answers", response_model=InfoAnswer)
async def info() -> InfoAnswer:
    """Say which software answers."""
    return InfoAnswer(software=Software(version=version()))


@router.get(
    "/configinfo",
    summary="List the labels as rules",
    response_model=ConfigInfoAnswer,
    responses=description.CONFIG_ERRORS,
    openapi_extra=description.CONFIG_QUERY,
)
async def configinfo(request: Request) -> ConfigInfoAnswer:
    """List what is looked for; ``language`` is required, as in LanguageTool."""
    parse_language(parse_form(request.scope["query_string"]))
    return ConfigInfoAnswer(
        software=Software(version=version()),
        parameter=Parameter(maxTextLength=_most_units(request)),
        rules=[
            ConfiguredRule(
                ruleId=rule.id,
                description=rule.label.title,
                categoryId=rule.category,
                categoryName=rule.group.name,
                locQualityIssueType=rule.issue_type,
            )
            for rule in rules().values()
        ],
    )


@router.get(
    "/maxtextlength", summary="Say how long a text may be, in UTF-16 code units", response_class=PlainTextResponse
)
async def maxtextlength(request: Request) -> Response:
    """Say the length up to which any text is taken; plain ASCII may be three times as long."""
    return PlainTextResponse(str(_most_units(request)))


def _most_units(request: Request) -> int:
    return max(1, engine_of(request).settings.max_bytes // _BYTES_PER_UNIT)


@router.get(
    "/healthcheck",
    summary="Is a model loaded?",
    response_class=PlainTextResponse,
    responses=description.HEALTH_ERRORS,
)
async def healthcheck(request: Request) -> Response:
    """Answer ``OK`` if texts can be checked."""
    engine_of(request).annotator  # noqa: B018  raises if there is none
    return PlainTextResponse("OK")


@router.options("/{rest:path}", include_in_schema=False)
async def preflight(rest: str) -> Response:
    """Tell a browser that any page may ask."""
    return Response(status_code=204, headers=PREFLIGHT_HEADERS)


@router.api_route("", methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE"], include_in_schema=False)
@router.api_route(
    "/{rest:path}", methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE"], include_in_schema=False
)
async def unknown(request: Request, rest: str = "") -> Response:
    """Refuse whatever else is asked for."""
    known = ", ".join(f"/v2/{name}" for name in sorted(_KNOWN))
    if rest not in _KNOWN:
        return error(404, f"there is nothing here; known are {known}")
    refused = error(405, f"/v2/{rest} can't be asked with {request.method[:10]}")
    refused.headers["Allow"] = "GET, POST, OPTIONS" if rest == "check" else "GET, OPTIONS"
    return refused
