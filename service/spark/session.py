"""The Spark session of ``overclaim batch --engine spark``: quiet, and for local masters closed to the network."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from service.console import CommandError
from service.extras import require

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

# One file is one part; only a file larger than this is cut into several.
PART_BYTES = 128 * 1024 * 1024
_SETTINGS = {
    "spark.app.name": "overclaim",
    # Articles on their way to Python, and rows on their way to the disk: few at a time, as texts may be large.
    "spark.sql.execution.arrow.maxRecordsPerBatch": "64",
    "spark.sql.inMemoryColumnarStorage.batchSize": "256",
    # A file as small as may be counts as a whole part, so that two never share one.
    "spark.sql.files.maxPartitionBytes": str(PART_BYTES),
    "spark.sql.files.openCostInBytes": str(PART_BYTES),
    "spark.executorEnv.OMP_NUM_THREADS": "1",
    "spark.python.worker.reuse": "true",
    "spark.ui.showConsoleProgress": "false",
}
_LOCAL = {
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.ui.enabled": "false",
}
# Set by spark-submit, which has chosen the master and started Java.
_SUBMITTED = "PYSPARK_GATEWAY_PORT"


@contextmanager
def spark_session(master: str | None, *, verbose: bool = False) -> Iterator[SparkSession]:
    """Start Spark, and stop it in the end.

    Parameters
    ----------
    master : str or None
        As Spark has it: ``local[4]``, ``yarn``, ``spark://…``. None means what spark-submit was told, else
        ``local[*]``.
    verbose : bool
        Let Spark's own messages through; else nothing of what it writes reaches the terminal.

    Raises
    ------
    CommandError
        If pyspark or Java is missing, or Spark doesn't start.
    """
    for module in ("pyspark.sql", "pyarrow", "pandas"):
        require(module, "spark")
    from py4j.protocol import Py4JError  # noqa: PLC0415  (an optional dependency)
    from pyspark import SparkConf, SparkContext  # noqa: PLC0415
    from pyspark.errors import PySparkException  # noqa: PLC0415
    from pyspark.java_gateway import launch_gateway  # noqa: PLC0415
    from pyspark.sql import SparkSession  # noqa: PLC0415

    submitted = _SUBMITTED in os.environ
    if not submitted:
        master = master or "local[*]"
        _check_java()
    conf = SparkConf(loadDefaults=False).setAll(list(_SETTINGS.items()))
    if master is not None:
        conf.setMaster(master)
        if master.startswith("local"):
            conf.setAll(list(_LOCAL.items()))
            # Workers on this machine run in this environment.
            os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    if not verbose:
        # Its messages to Python's logging quote whole plans.
        for name in ("DataFrameQueryContextLogger", "SQLQueryContextLogger"):
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    silent = {} if verbose else {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    try:
        # Without spark-submit, Java is started here, and what it writes is thrown away unless somebody wants it.
        gateway = None if submitted or SparkContext._gateway else launch_gateway(conf, dict(silent))  # type: ignore[no-untyped-call]
        context = SparkContext(conf=conf, gateway=gateway)
    except (PySparkException, Py4JError, OSError) as err:
        raise CommandError(f"Spark doesn't start: {plain_reason(err)}") from None
    context.setLogLevel("WARN" if verbose else "OFF")
    session = SparkSession(context)
    try:
        yield session
    finally:
        session.stop()
        if gateway is not None:
            _end_java(gateway)
            # Else pyspark would go on talking to it.
            SparkContext._gateway = SparkContext._jvm = None


def _end_java(gateway: Any) -> None:
    """End the Java process that was started here, and with it its Python workers, before the command ends."""
    gateway.shutdown()
    # It lives for as long as this pipe is open.
    gateway.proc.stdin.close()
    try:
        gateway.proc.wait(timeout=30)
    except subprocess.TimeoutExpired:
        gateway.proc.kill()
        gateway.proc.wait()


def plain_reason(err: BaseException) -> str:
    """Why Spark failed, in one line that holds nothing of its data.

    Analysis speaks of columns and paths only. What an executor says is shown only where it is a word of ours.
    """
    lines = [line.strip() for line in str(err).splitlines() if line.strip()]
    ours = [line for line in lines if line.startswith(("classifier.errors.", "RuntimeError: internal error"))]
    if ours:
        return ours[-1].partition(": ")[2]
    name = type(err).__name__
    if name in ("AnalysisException", "ParseException", "PySparkRuntimeError", "PySparkImportError") and lines:
        return lines[0][:300]
    condition = getattr(err, "getCondition", lambda: None)()
    return f"{name}{f' ({condition})' if condition else ''}; OVERCLAIM_LOG_LEVEL=debug shows what Spark says"


def _check_java() -> None:
    home = os.environ.get("JAVA_HOME")
    found = shutil.which("java") if not home else shutil.which(str(Path(home) / "bin" / "java"))
    if found is None:
        raise CommandError(
            "Spark needs Java 17 or later: " + ("JAVA_HOME names no folder of it" if home else "there is no java")
        )
