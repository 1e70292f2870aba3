"""The model's way to the executors: shipped once, loaded once in each Python worker."""

from __future__ import annotations

import atexit
import functools
import shutil
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import classifier
from classifier.annotator import Annotator
from classifier.artifacts import check_versions, current_model, read_manifest
from classifier.errors import ArtifactError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_FILES = ("manifest.json", "model.joblib")


@dataclass(frozen=True, slots=True)
class ModelTicket:
    """What a task is told of the model, instead of being sent the model.

    Parameters
    ----------
    sha256 : str
        Digest of the model that every worker must use.
    archive : str or None
        Name of the shipped archive among Spark's files; None for the model of the installed package.
    """

    sha256: str
    archive: str | None = None


def ship(session: SparkSession, model: Path | None) -> ModelTicket:
    """Make a model ready for the executors.

    Parameters
    ----------
    session : SparkSession
    model : Path, optional
        A model's folder on the driver. By default the executors use the one of the package that they have installed.

    Raises
    ------
    ArtifactError
        If the folder is no model, or one of other library versions.
    """
    folder = model if model is not None else current_model()
    manifest = read_manifest(folder)
    check_versions(manifest["libraries"], folder)
    digest = str(manifest["model"]["sha256"])
    if model is None:
        return ModelTicket(digest)
    archive = _archive(folder, digest)
    context = session.sparkContext
    # Spark refuses a name that it has already, even for the same file.
    if not any(known.endswith(f"/{archive.name}") for known in context.listFiles):
        context.addFile(str(archive))
    return ModelTicket(digest, archive.name)


@functools.lru_cache(maxsize=1)
def loaded(ticket: ModelTicket) -> Annotator:
    """Load the model in a Python worker; Spark keeps the worker, and this the model, for the tasks that follow.

    Raises
    ------
    ArtifactError
        If it is damaged, or another one than the driver's.
    """
    annotator = classifier.load(remembers=0) if ticket.archive is None else _load_archive(ticket.archive)
    if annotator.model.sha256 != ticket.sha256:
        raise ArtifactError(
            f"this executor's model is {annotator.model.sha256[:12]}…, the driver's {ticket.sha256[:12]}…: "
            "install the same version of overclaim on both"
        )
    return annotator


def _load_archive(name: str) -> Annotator:
    from pyspark import SparkFiles  # noqa: PLC0415  (only a Spark worker comes here)

    with tempfile.TemporaryDirectory(prefix="overclaim-model-") as folder:
        with zipfile.ZipFile(SparkFiles.get(name)) as packed:
            for member in _FILES:
                packed.extract(member, folder)
        return classifier.load(Path(folder), remembers=0)


@functools.lru_cache(maxsize=8)
def _archive(folder: Path, digest: str) -> Path:
    """Pack a model's folder; the archive stays for as long as the driver runs, as executors may come late."""
    place = Path(tempfile.mkdtemp(prefix="overclaim-model-"))
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    archive = place / f"overclaim-model-{digest[:16]}.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for member in _FILES:
            try:
                packed.write(folder / member, member)
            except OSError as err:
                raise ArtifactError(f"can't read {folder / member}: {err.strerror or err}") from None
    return archive
