"""Requests made up from the service's own description: no answer is a 500, and each is as described."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from told import service

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


@pytest.mark.parametrize("on", [True, False])
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_made_up_requests(place: Path, on: bool, mode: GenerationMode) -> None:
    seen = set()
    with service(place if on else "none") as client:
        schema = schemathesis.openapi.from_asgi("/openapi.json", client.app)

        @settings(max_examples=60, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
        @given(case=schema["/v1/feedback"]["POST"].as_strategy(generation_mode=mode))
        def ask(case: Case[Any]) -> None:
            answer = case.call()
            case.validate_response(answer, checks=CHECKS)
            seen.add(answer.status_code)

        ask()
    expected = {403} if not on else {204, 422} if mode is GenerationMode.POSITIVE else {422}
    assert 422 in seen or not on
    assert seen <= expected | ({400, 415} if on else set()), seen
