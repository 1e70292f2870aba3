"""Requests made up from the service's own description: no answer is a 500, and each is as described."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from fake_annotator import FakeAnnotator
from hypothesis import HealthCheck, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from service.app import create_app
from service.settings import Settings

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
EXAMPLES = 60


@pytest.fixture(scope="module")
def schema() -> schemathesis.BaseSchema:
    # So small a limit that some requests pass it.
    app = create_app(Settings(max_bytes=200), FakeAnnotator())
    return schemathesis.openapi.from_asgi("/openapi.json", app)


def statuses(schema: schemathesis.BaseSchema, path: str, method: str, mode: GenerationMode) -> set[int]:
    """Ask with made-up requests, check each answer, and say which statuses there were."""
    seen = set()

    # The same requests in each run, so that a failure can be looked at.
    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=schema[path][method].as_strategy(generation_mode=mode))
    def ask(case: Case[Any]) -> None:
        answer = case.call()
        case.validate_response(answer, checks=CHECKS)
        seen.add(answer.status_code)

    ask()
    return seen


@pytest.mark.parametrize(
    ("path", "method", "expected"),
    [("/v2/check", "POST", {200, 400}), ("/v2/check", "GET", {200, 400}), ("/v1/annotate", "POST", {200, 422})],
)
def test_requests_as_described(schema: schemathesis.BaseSchema, path: str, method: str, expected: set[int]) -> None:
    seen = statuses(schema, path, method, GenerationMode.POSITIVE)
    # Not all that can be described is right: data is JSON inside a string, labels must be known.
    assert expected <= seen <= expected | {413}


@pytest.mark.parametrize(("path", "method"), [("/v2/check", "POST"), ("/v2/check", "GET"), ("/v1/annotate", "POST")])
def test_requests_that_break_the_description(schema: schemathesis.BaseSchema, path: str, method: str) -> None:
    assert statuses(schema, path, method, GenerationMode.NEGATIVE) <= {200, 400, 413, 422}


@pytest.mark.parametrize("name", ["configinfo", "languages", "info", "maxtextlength", "healthcheck"])
def test_the_other_routes(schema: schemathesis.BaseSchema, name: str) -> None:
    seen = statuses(schema, f"/v2/{name}", "GET", GenerationMode.POSITIVE)
    assert seen <= ({200, 400} if name == "configinfo" else {200})
