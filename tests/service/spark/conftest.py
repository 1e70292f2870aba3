"""One Spark for all tests of a run: its start takes seconds."""

from __future__ import annotations

import os
import shutil
import sys
import warnings
from collections.abc import Iterator
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest

from service.spark.session import spark_session

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def why_no_spark() -> str | None:
    """What is missing here for a local Spark."""
    if shutil.which("java") is None and not os.environ.get("JAVA_HOME"):
        return "needs Java 17 (for example the package openjdk-17-jre-headless)"
    if find_spec("pandas") is None:
        return "needs pandas, which pyspark asks for: install overclaim[spark] again"
    return None


@pytest.fixture(scope="session")
def java() -> None:
    """Skip a test where Spark can't run."""
    reason = why_no_spark()
    if reason is not None:
        pytest.skip(reason)


@pytest.fixture(scope="session")
def spark(java: None) -> Iterator[SparkSession]:
    """A real local Spark with two workers, as the command makes it."""
    with warnings.catch_warnings():
        # pyspark's own imports and sockets are none of ours.
        warnings.simplefilter("ignore", DeprecationWarning)
        warnings.simplefilter("ignore", ResourceWarning)
        with spark_session("local[2]") as session:
            assert session.sparkContext.pythonExec == sys.executable
            yield session
