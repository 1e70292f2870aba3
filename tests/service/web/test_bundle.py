"""The committed bundle is what the sources give, and brings what its packages ask for."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
from pathlib import Path

WEB = Path(__file__).parents[3] / "service" / "web"
STATIC = WEB / "static"


def _sources() -> str:
    names = [f"src/{file.name}" for file in (WEB / "src").iterdir()]
    lines = [
        f"{name}\0{hashlib.sha256((WEB / name).read_bytes()).hexdigest()}\n"
        for name in sorted([*names, "build.mjs", "package.json", "package-lock.json"])
    ]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def test_the_bundle_was_made_from_these_sources() -> None:
    for name in ("app.js", "app.css"):
        first = (STATIC / name).read_text(encoding="utf-8").splitlines()[0]
        assert f"sources: {_sources()} " in first, f"{name} is old: run make page"


def test_the_bundle_is_exactly_what_a_build_gives() -> None:
    # Without the packages of package-lock.json, the digest of the sources must do.
    if shutil.which("node") and (WEB / "node_modules").is_dir():
        done = subprocess.run(["node", "build.mjs", "--check"], cwd=WEB, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    assert {file.name for file in STATIC.iterdir()} == {"app.js", "app.css", "LICENSES.txt", "icon.svg"}


def test_the_bundle_asks_for_nothing_from_elsewhere() -> None:
    assert not re.search(r"url\((?!['\"]?data:)|@import", (STATIC / "app.css").read_text(encoding="utf-8"))
    script = (STATIC / "app.js").read_text(encoding="utf-8")
    found = set(re.findall(r"https?://[\w./-]+", script))
    assert found <= {"http://www.w3.org/2000/svg"}, "names of XML vocabularies only"
    assert set(re.findall(r'fetch\("([^"]*)"', script)) == {"/v1/annotate", "/v1/feedback", "/web/page.json"}


def test_our_own_sources_never_read_text_as_markup() -> None:
    sources = "".join(file.read_text(encoding="utf-8") for file in (WEB / "src").glob("*.js"))
    for dangerous in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "new Function",
        "DOMParser",
    ):
        assert dangerous not in sources


def test_the_lock_file_names_no_registry_and_exact_versions() -> None:
    lock = (WEB / "package-lock.json").read_text(encoding="utf-8")
    assert "http" not in lock
    package = json.loads((WEB / "package.json").read_text(encoding="utf-8"))
    for version in (package["dependencies"] | package["devDependencies"]).values():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version)


def test_licences_of_all_bundled_packages_are_there() -> None:
    licences = (STATIC / "LICENSES.txt").read_text(encoding="utf-8")
    for name in json.loads((WEB / "package.json").read_text(encoding="utf-8"))["dependencies"]:
        assert f"{name} " in licences
    assert licences.count("(MIT)") == licences.count("Permission is hereby granted") >= 6
