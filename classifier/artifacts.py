"""Models on disk: a joblib file beside a manifest that is checked before anything is unpickled.

``models/<version>/`` holds ``model.joblib``, ``manifest.json``, ``metrics.json`` and ``CARD.md``;
``models/current`` names the version that is served.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping
from importlib import metadata, resources
from pathlib import Path
from typing import Any

import joblib

from classifier.annotation import MODES, ModelInfo
from classifier.annotator import REMEMBERS, Annotator
from classifier.errors import ArtifactError
from classifier.labels import LABEL_IDS

FORMAT = 1
LIBRARIES = ("scikit-learn", "numpy", "scipy", "joblib", "spacy")
_EXACT = frozenset({"scikit-learn"})
"""Estimators pickled by one version of these may misbehave silently in another; the rest need the same major version
(spaCy and NumPy: their data in the model is plain arrays and strings)."""


def models_folder() -> Path:
    """Where models are: beside the code in an installed wheel, else at the top of the checkout."""
    package = Path(str(resources.files("classifier")))
    installed = package / "_models"
    return installed if installed.is_dir() else package.parent / "models"


def current_model(folder: Path | None = None) -> Path:
    """The folder of the model that is served.

    Raises
    ------
    ArtifactError
        If there is none.
    """
    folder = folder or models_folder()
    pointer = folder / "current"
    if not pointer.is_file():
        raise ArtifactError(f"no model is current: {pointer} doesn't exist; run `overclaim train` first")
    return folder / pointer.read_text(encoding="utf-8").strip()


def load(path: Path | None = None, *, remembers: int = REMEMBERS) -> Annotator:
    """Load a model, after its digest and library versions have been checked.

    Parameters
    ----------
    path : Path, optional
        A model's folder; the current one by default.
    remembers : int
        Sentences that the annotator remembers; see ``Annotator``.

    Raises
    ------
    ArtifactError
        If files are missing or damaged, the digest differs, or it was made by other library versions
        or with other cue lists. Nothing is unpickled then.
    """
    folder = path or current_model()
    manifest = read_manifest(folder)
    content = _read_bytes(folder / "model.joblib")
    digest = hashlib.sha256(content).hexdigest()
    if digest != manifest["model"]["sha256"]:
        raise ArtifactError(
            f"{folder / 'model.joblib'} isn't the file its manifest describes: its SHA-256 is {digest[:12]}…"
        )
    check_versions(manifest["libraries"], folder)
    if manifest["language_data"] != language_data_digest():
        raise ArtifactError(f"{folder} was trained with other cue lists or labels than these; train it again")
    parts = joblib.load(io.BytesIO(content))
    annotator = Annotator(
        parts["scorer"],
        parts["triggers"],
        manifest["thresholds"],
        ModelInfo(version=manifest["version"], sha256=digest),
        scorecard=parts["scorecard"],
        remembers=remembers,
    )
    annotator.warm()
    return annotator


def read_manifest(folder: Path) -> dict[str, Any]:
    """A model's manifest, checked for its form.

    Raises
    ------
    ArtifactError
        If it is missing or not of the documented form.
    """
    path = folder / "manifest.json"
    try:
        manifest = json.loads(_read_bytes(path))
        complete = (
            manifest["format"] == FORMAT
            and isinstance(manifest["version"], str)
            and isinstance(manifest["model"]["sha256"], str)
            and set(manifest["libraries"]) == set(LIBRARIES)
            and isinstance(manifest["language_data"], str)
            and all(0 <= manifest["thresholds"][mode][label] <= 1 for mode in MODES for label in LABEL_IDS)
        )
    except (ValueError, KeyError, TypeError) as err:
        raise ArtifactError(f"{path} is no manifest: {type(err).__name__} {err}") from None
    if not complete:
        raise ArtifactError(f"{path} is no manifest of format {FORMAT}")
    return dict(manifest)


def save(
    folder: Path, parts: Mapping[str, object], *, version: str, thresholds: object, training: Mapping[str, object]
) -> ModelInfo:
    """Write a model and its manifest; the manifest comes last, so that a torn write can't be loaded.

    Parameters
    ----------
    folder : Path
        Made if missing; an older model in it is replaced.
    parts : mapping
        ``scorer``, ``triggers`` and ``scorecard``.
    version : str
    thresholds : mapping
        By mode and label.
    training : mapping
        What it was trained on and with; stored as it is.
    """
    folder.mkdir(parents=True, exist_ok=True)
    buffer = io.BytesIO()
    joblib.dump(dict(parts), buffer, compress=("xz", 6), protocol=5)
    content = buffer.getvalue()
    digest = hashlib.sha256(content).hexdigest()
    (folder / "manifest.json").unlink(missing_ok=True)
    _write(folder / "model.joblib", content)
    manifest = {
        "format": FORMAT,
        "version": version,
        "model": {"file": "model.joblib", "sha256": digest, "bytes": len(content)},
        "libraries": library_versions(),
        "language_data": language_data_digest(),
        "thresholds": thresholds,
        "training": dict(training),
    }
    _write(folder / "manifest.json", (json.dumps(manifest, indent=1, sort_keys=True) + "\n").encode())
    return ModelInfo(version, digest)


def library_versions() -> dict[str, str]:
    """Versions of the libraries that a model's file depends on."""
    return {name: metadata.version(name) for name in LIBRARIES}


def check_versions(made_by: Mapping[str, str], folder: Path) -> None:
    """Refuse a model of other library versions.

    Raises
    ------
    ArtifactError
        Names the library, its version here and the one needed.
    """
    for name, here in library_versions().items():
        needed = made_by[name]
        same = here == needed if name in _EXACT else here.split(".")[0] == needed.split(".")[0]
        if not same:
            raise ArtifactError(
                f"{folder} was made with {name} {needed}, but {here} is installed; install {needed} or train again"
            )


def language_data_digest() -> str:
    """SHA-256 over all word lists, in name order: features mean the same only with the same lists."""
    root = resources.files("classifier")
    lists = sorted(
        f"features/{folder}/{entry.name}"
        for folder in ("cues", "classes")
        for entry in root.joinpath("features", folder).iterdir()
        if entry.name.endswith(".toml")
    )
    data = sorted(
        f"data/{entry.name}"
        for entry in root.joinpath("data").iterdir()
        if entry.name.startswith(("abbreviations", "abstraction", "article", "claims", "credits", "evidence", "scopes"))
    )
    digest = hashlib.sha256()
    for name in (*lists, *data):
        digest.update(name.encode() + b"\0" + root.joinpath(name).read_bytes() + b"\0")
    digest.update(",".join(LABEL_IDS).encode())
    return digest.hexdigest()


def _read_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as err:
        raise ArtifactError(f"can't read {path}: {err.strerror or err}") from None


def _write(path: Path, content: bytes) -> None:
    partial = path.with_name(path.name + ".part")
    partial.write_bytes(content)
    partial.replace(path)
