"""Settings come from the environment, and bad ones are named in one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from service.settings import Settings, SettingsError, load_settings


def test_defaults() -> None:
    settings = Settings()
    assert (settings.host, settings.port, settings.model) == ("127.0.0.1", 8000, None)
    assert settings.max_bytes == 1_000_000
    assert settings.threads >= 1
    assert settings.log_level == "info"


def test_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"PORT": "9", "MODEL": "/m", "MAX_BYTES": "5", "THREADS": "3", "LOG_LEVEL": "DEBUG"}.items():
        monkeypatch.setenv(f"OVERCLAIM_{name}", value)
    monkeypatch.setenv("OVERCLAIM_CORPUS", "another program's")
    settings = load_settings()
    assert (settings.port, settings.model, settings.max_bytes) == (9, Path("/m"), 5)
    assert (settings.threads, settings.log_level) == (3, "debug")


def test_an_empty_variable_is_no_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OVERCLAIM_PORT", "")
    monkeypatch.setenv("PORT", "77")
    assert load_settings().port == 8000


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("PORT", "x", "valid integer"),
        ("PORT", "65536", "less than or equal to 65535"),
        ("PORT", "-1", "greater than or equal to 0"),
        ("MAX_BYTES", "0", "greater than or equal to 1"),
        ("THREADS", "0", "greater than or equal to 1"),
        ("LOG_LEVEL", "loud", "'critical', 'error', 'warning', 'info' or 'debug'"),
    ],
)
def test_bad_setting(monkeypatch: pytest.MonkeyPatch, name: str, value: str, reason: str) -> None:
    monkeypatch.setenv(f"OVERCLAIM_{name}", value)
    with pytest.raises(SettingsError, match=f"^environment variable OVERCLAIM_{name}: .*{reason}") as caught:
        load_settings()
    assert "\n" not in str(caught.value)


def test_any_article_within_the_limit_fits_the_body_cap() -> None:
    settings = Settings(max_bytes=100)
    worst = '{"text": "' + "\\u0041" * 100 + '"}'
    assert len(worst) <= settings.max_body_bytes
