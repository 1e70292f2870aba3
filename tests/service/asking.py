"""What tests ask the service over HTTP, and the form every answer must have."""

from __future__ import annotations

from typing import Any

from starlette.testclient import TestClient

LIMIT = 1000
TEXT = "A headline\n\nThe 😀 miracle cure is a breakthrough. It is safe."


def annotate(client: TestClient, **values: Any) -> dict[str, Any]:
    answer = client.post("/v1/annotate", json=values)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/json"
    found: dict[str, Any] = answer.json()
    return found


def refused(client: TestClient, body: bytes, status: int, **headers: str) -> dict[str, Any]:
    answer = client.post("/v1/annotate", content=body, headers={"content-type": "application/json"} | headers)
    assert answer.status_code == status, answer.text
    assert list(answer.json()) == ["error"]
    error: dict[str, Any] = answer.json()["error"]
    assert list(error) == ["code", "message", "field", "limit"]
    return error
