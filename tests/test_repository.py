"""The repository itself: its rooms, its lock file, its commands, and a README that tells the truth."""

from __future__ import annotations

import ast
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
import typing
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer.main
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from pydantic import SecretStr

from classifier.annotation import MODES
from classifier.artifacts import current_model
from classifier.evidence import KINDS
from classifier.labels import labels
from service.app import create_app
from service.cli import app as command_line
from service.offsets import OffsetUnit
from service.schemas import AnnotateRequest, AnnotateResponse
from service.settings import Settings

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
EXTRAS = [
    line
    for lines in PROJECT["project"]["optional-dependencies"].values()
    for line in lines
    if not line.startswith("overclaim[")
]

TOP_LEVEL = {
    *("classifier", "service", "training_data", "models", "tests", ".ci", ".github"),
    *("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE", "NOTICE"),
    *("Makefile", "pyproject.toml", "requirements.lock", ".gitignore"),
}
MEBIBYTE = 1024 * 1024
# Written in halves, so that this file doesn't hold what it looks for.
HOSTS = [".".join(parts) for parts in (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("deb", "debian"))]
MACHINE_PATH = re.compile(r"(?<![\w.~/-])/(?:work|root|home|Users|opt|tmp)/\w|\.\./sha" + r"red/")


def tracked() -> list[Path]:
    """The files that git tracks; without git or its folder, all but those that .gitignore names."""
    if shutil.which("git") and (ROOT / ".git").exists():
        done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
        return [ROOT / name for name in done.stdout.split("\0") if name and (ROOT / name).exists()]
    ignored = {line.strip("/") for line in (ROOT / ".gitignore").read_text(encoding="utf-8").split()} | {".git"}
    return [
        path
        for path in sorted(ROOT.rglob("*"))
        if path.is_file() and not any(part in ignored or part.endswith(".egg-info") for part in path.parts)
    ]


def texts() -> Iterator[tuple[Path, str]]:
    """Tracked files that are text."""
    for path in tracked():
        raw = path.read_bytes()
        if b"\0" not in raw:
            yield path, raw.decode("utf-8")


class TestTree:
    def test_the_top_level_holds_only_its_fixed_names(self) -> None:
        found = {path.relative_to(ROOT).parts[0] for path in tracked()}
        assert found <= TOP_LEVEL
        assert {"classifier", "service", "training_data", "tests", "pyproject.toml"} <= found

    def test_no_registry_and_no_path_of_a_machine_is_named(self) -> None:
        for path, text in texts():
            for host in HOSTS:
                assert host not in text, f"{path} names {host}"
            found = MACHINE_PATH.search(text)
            assert found is None, f"{path} names {found.group() if found else ''}"

    def test_what_counts_as_a_path_of_a_machine(self) -> None:
        assert MACHINE_PATH.search("cd /ho" + "me/ann/overclaim")
        assert MACHINE_PATH.search('"/wo' + 'rk/main"')
        assert not MACHINE_PATH.search("the home/work balance, ~/.cache/overclaim, https://example.org/home/page")

    def test_no_file_is_too_large(self) -> None:
        for path in tracked():
            limit = 8 * MEBIBYTE if path.name == "model.joblib" else MEBIBYTE
            assert path.stat().st_size <= limit, path

    def test_the_shipped_model_is_small_enough(self) -> None:
        assert (current_model() / "model.joblib").stat().st_size <= 8 * MEBIBYTE


def imported(path: Path) -> set[str]:
    """Top-level names of all modules that a file imports, also by ``importlib``."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            # A relative import can climb out of its package: `from ... import service`.
            names = [node.module] if node.module else [alias.name for alias in node.names]
            found |= {name.split(".")[0] for name in names if name}
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            name = ast.unparse(node.func).split(".")[-1]
            if name in {"import_module", "__import__"}:
                found.add(str(node.args[0].value).split(".")[0])
    return found


class TestRooms:
    def test_the_classifier_knows_nothing_of_the_service(self) -> None:
        files = list((ROOT / "classifier").rglob("*.py"))
        assert len(files) > 10
        for path in files:
            outside = imported(path) & {
                "service",
                "tests",
                "fastapi",
                "starlette",
                "uvicorn",
                "typer",
                "rich",
                "pydantic",
            }
            assert not outside, f"{path} imports {outside}"

    @pytest.mark.parametrize(
        "line",
        [
            "import service.app",
            "from service import app",
            "from .. import service",
            "def f():\n    from service.app import create_app",
            "import importlib\nimportlib.import_module('service.app')",
        ],
    )
    def test_every_way_to_import_is_seen(self, tmp_path: Path, line: str) -> None:
        file = tmp_path / "file.py"
        file.write_text(line)
        assert "service" in imported(file)

    def test_what_is_imported_is_declared(self) -> None:
        declared = {
            canonicalize_name(Requirement(line).name) for line in [*PROJECT["project"]["dependencies"], *EXTRAS]
        }
        provided = {
            **{"sklearn": "scikit-learn", "starlette": "fastapi", "anyio": "fastapi", "h11": "uvicorn"},
            **{"markupsafe": "jinja2", "lxml": "trafilatura", "py4j": "pyspark", "cattrs": "lsprotocol"},
        }
        # matplotlib, with its Pillow, draws the model card's plots, which only developers make; sentence_transformers
        # makes a baseline of the evaluation, which is left out without it.
        own = {"classifier", "service", "matplotlib", "PIL", "sentence_transformers", *sys.stdlib_module_names}
        for room in ("classifier", "service"):
            for path in (ROOT / room).rglob("*.py"):
                for name in imported(path) - own:
                    if (path.parent / f"{name}.py").exists():
                        continue
                    assert canonicalize_name(provided.get(name, name)) in declared, f"{path} imports {name}"


class TestLock:
    entries = re.split(r"\n(?=\S)", LOCK.strip())

    def test_every_entry_is_one_version_with_hashes(self) -> None:
        pins = [entry for entry in self.entries if not entry.startswith("#")]
        assert len(pins) > 50
        for entry in pins:
            first, *hashes = entry.split(" \\\n")
            assert re.fullmatch(r"[a-z0-9-]+==[\w.!+]+( ; .+)?", first), first
            assert hashes, first
            assert all(re.fullmatch(r" {4}--hash=sha256:[0-9a-f]{64}", line) for line in hashes), first

    def test_no_address_and_no_option(self) -> None:
        assert "://" not in LOCK
        assert not re.search(r"^--", LOCK, re.MULTILINE)

    def test_it_has_what_the_project_asks_for(self) -> None:
        pins: dict[str, list[str]] = {}
        for name, version in re.findall(r"^([a-z0-9-]+)==([^\s;]+)", LOCK, re.MULTILINE):
            pins.setdefault(name, []).append(version)
        project = PROJECT["project"]
        asked = project["dependencies"] + EXTRAS + PROJECT["build-system"]["requires"]
        for line in asked:
            wanted = Requirement(line)
            versions = pins.get(canonicalize_name(wanted.name), [])
            assert versions, f"{wanted.name} is not in requirements.lock: run make lock"
            assert all(wanted.specifier.contains(version) for version in versions), f"{line}: run make lock"

    def test_each_dependency_says_why(self) -> None:
        source = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
        listed = re.findall(r'^  "[\w-]+[<>=]=?[^"]*",(.*)$', source, re.MULTILINE)
        assert len(listed) == len(PROJECT["project"]["dependencies"]) + len(EXTRAS)
        assert all(re.fullmatch(r" +# \S.+", reason) for reason in listed)


TARGETS = re.findall(r"^([a-z][a-z-]*):", MAKEFILE, re.MULTILINE)


class TestMakefile:
    def test_help_lists_every_target(self) -> None:
        done = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True, env=clean())
        listed = {line.split()[1]: line.split(maxsplit=2)[2] for line in done.stdout.splitlines()}
        assert set(listed) == set(TARGETS)
        assert {"install", "run", "test", "lint", "types", "train", "evaluate", "bench", "help"} <= set(listed)
        assert max(map(len, done.stdout.splitlines())) <= 120

    def test_help_is_the_default(self) -> None:
        shown = [
            subprocess.run(["make", *goal], cwd=ROOT, capture_output=True, text=True, check=True, env=clean()).stdout
            for goal in ([], ["help"])
        ]
        assert shown[0] == shown[1]

    def test_every_target_is_phony(self) -> None:
        phony = re.search(r"^\.PHONY: (.+)$", MAKEFILE, re.MULTILINE)
        assert phony is not None
        assert set(phony.group(1).split()) == set(TARGETS)

    @pytest.mark.parametrize(
        ("answer", "message"),
        [
            ("exit 1", "Python 3.11 or newer is needed and none was found"),
            ("case $2 in *ensurepip*) exit 1;; esac", "lacks the module venv or ensurepip"),
        ],
    )
    def test_an_unfit_python_is_told_in_one_line(self, tmp_path: Path, answer: str, message: str) -> None:
        fake = tmp_path / "python3"
        fake.write_text(f"#!/bin/sh\n{answer}\n")
        fake.chmod(0o755)
        shell = shutil.which("sh")
        assert shell is not None
        done = subprocess.run(
            [shell, str(ROOT / "tests/tools/find-python.sh")],
            env={"PATH": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stdout) == (1, "")
        assert re.fullmatch(f"overclaim: .*{message}.*\n", done.stderr)

    def test_this_python_is_found(self) -> None:
        done = subprocess.run(
            ["sh", "tests/tools/find-python.sh", sys.executable], cwd=ROOT, capture_output=True, text=True, check=True
        )
        assert done.stdout.strip() == sys.executable


def test_ci_runs_what_contributors_run() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
    assert "set -euo pipefail\n" in script
    ran = re.findall(r"^make ([a-z ]+[a-z])", script, re.MULTILINE)
    assert " ".join(ran).split() == ["install", "lint", "types", "test", "test"]
    # Two halves: what one leaves out the other runs, and both must pass.
    (half,) = re.findall(r'^half="(.+)"$', script, re.MULTILINE)
    assert all((ROOT / folder).is_dir() and folder.startswith("tests/") for folder in half.split())
    assert script.endswith('exit "$status"\n')


def clean() -> dict[str, str]:
    """The environment without what an outer `make` hands down."""
    return {name: value for name, value in os.environ.items() if name not in {"MAKEFLAGS", "MAKELEVEL", "MFLAGS"}}


def fenced() -> list[str]:
    """Lines of the README's blocks without a language: commands."""
    blocks = re.findall(r"^```(\w*)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    return [line for language, block in blocks if not language for line in block.splitlines() if line]


def table(heading: str) -> list[list[str]]:
    """Cells of the first table after a heading of the README."""
    after = README.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    rows = [line for line in after.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows[2:]]


class TestReadme:
    def test_its_make_targets_exist(self) -> None:
        named = set(re.findall(r"(?:^|`)make ([a-z-]+)", README, re.MULTILINE))
        assert named <= set(TARGETS)
        assert {"run", "test", "install", "train", "evaluate", "bench"} <= named

    def test_its_commands_exist_with_their_options(self) -> None:
        known = typer.main.get_command(command_line).commands  # type: ignore[attr-defined]
        lines = [shlex.split(line, comments=True) for line in fenced() if line.startswith("overclaim ")]
        assert {words[1] for words in lines} >= {"annotate", "batch", "serve", "labels"}
        for words in lines:
            options = {option for parameter in known[words[1]].params for option in parameter.opts}
            assert {word for word in words if word.startswith("--")} <= options

    def test_its_files_exist(self) -> None:
        links = re.findall(r"\]\(([^)]+)\)", README)
        assert len(links) > 10
        for link in links:
            path, _, anchor = link.partition("#")
            target = ROOT / path if path else ROOT / "README.md"
            assert target.exists(), link
            if anchor:
                headings = re.findall(r"^#+ (.+)$", target.read_text(encoding="utf-8"), re.MULTILINE)
                assert anchor in {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}

    def test_its_settings_are_the_service_s(self) -> None:
        rows = {row[0].strip("`"): row[1].strip("`") for row in table("Settings")}
        assert set(rows) == {f"OVERCLAIM_{name.upper()}" for name in Settings.model_fields}
        for name, field in Settings.model_fields.items():
            if field.default is not None and field.default_factory is None:
                default = field.default
                plain = default.get_secret_value() if isinstance(default, SecretStr) else str(default)
                assert rows[f"OVERCLAIM_{name.upper()}"] == plain

    def test_its_labels_are_the_classifier_s(self) -> None:
        expected = [[f"`{label.id}`", label.title, label.message] for label in labels().values()]
        assert table("What is looked for") == expected

    def test_its_modes_are_the_classifier_s(self) -> None:
        assert [row[0].strip("`") for row in table("Modes")] == list(MODES)

    def test_its_request_and_response_are_the_contract_s(self) -> None:
        fields = {row[0].strip("`"): row[1] for row in table("Ask the service")}
        assert list(fields) == list(AnnotateRequest.model_fields)
        assert all(f"`{unit}`" in fields["offset_unit"] for unit in typing.get_args(OffsetUnit))
        example = re.search(r"```json\n(.*?)```", README, re.DOTALL)
        assert example is not None
        values = json.loads(example.group(1))
        parsed = AnnotateResponse.model_validate(values)
        assert parsed.model_dump() == values
        assert set(values) == set(AnnotateResponse.model_fields)
        for span in parsed.spans:
            label = labels()[span.label]
            message = f"{label.message} {span.note}" if span.note else label.message
            assert (span.title, span.message, span.suggestion) == (label.title, message, label.suggestion)
            assert span.end - span.start == len(span.text)
        assert all(telling.end - telling.start == len(telling.text) for telling in parsed.context)
        assert all(f"`{kind}`" in README for kind in KINDS)

    def test_its_curl_line_sends_what_the_service_reads(self, tmp_path: Path) -> None:
        lines = [line for line in fenced() if "curl" in line]
        assert len(lines) == 1
        make_body, send = lines[0].split(" | ")
        text = 'A “headline”\n\nIt\'s 5% \\ "better".\n'
        (tmp_path / "article.txt").write_text(text, encoding="utf-8")
        body = subprocess.run(make_body, shell=True, cwd=tmp_path, capture_output=True, check=True).stdout  # noqa: S602
        assert json.loads(body) == {"text": text}
        words = shlex.split(send)
        address = next(word for word in words if word.startswith("http://"))
        defaults = {name: field.default for name, field in Settings.model_fields.items()}
        assert address == f"http://{defaults['host']}:{defaults['port']}/v1/annotate"
        assert "post" in create_app(Settings()).openapi()["paths"]["/v1/annotate"]
        assert words[-2:] == ["--data-binary", "@-"]

    def test_its_walk_has_fewer_than_ten_files(self) -> None:
        walk = README.split("\n## How it works\n", 1)[1].split("\n## ", 1)[0]
        steps = re.findall(r"^\d+\. \[([\w/.]+)\]\(\1\)", walk, re.MULTILINE)
        assert steps[0] == "service/app.py"
        assert len(set(steps)) == len(steps) < 10
        drawing = (ROOT / ".github/images/how-it-works.svg").read_text(encoding="utf-8")
        drawn = set(re.findall(r'class="file"[^>]*>([^<]+)<', drawing))
        assert drawn == {step.split("/", 1)[1] for step in steps}


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built wheel's files."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "files")
    return folder / "files"


class TestWheel:
    # What the page is built from; the page itself is there.
    NOT_SHIPPED = ("web/src/*", "web/*.mjs", "web/package*.json", "web/.*")

    @pytest.mark.parametrize(
        ("source", "target"),
        [
            ("classifier", "classifier"),
            ("service", "service"),
            ("models", "classifier/_models"),
            ("training_data", "classifier/_training_data"),
        ],
    )
    def test_it_has_all_files(self, unpacked: Path, source: str, target: str) -> None:
        files = [path.relative_to(ROOT / source) for path in tracked() if path.is_relative_to(ROOT / source)]
        files = [file for file in files if not any(file.match(pattern) for pattern in self.NOT_SHIPPED)]
        assert files
        for file in files:
            assert (unpacked / target / file).read_bytes() == (ROOT / source / file).read_bytes()

    def test_it_has_nothing_else(self, unpacked: Path) -> None:
        names = {path.name for path in unpacked.iterdir()}
        assert {name for name in names if not name.endswith(".dist-info")} == {"classifier", "service"}
        assert not list(unpacked.rglob("*.pyc"))
        assert not [file for pattern in self.NOT_SHIPPED for file in unpacked.rglob(pattern)]

    def test_it_works_on_its_own(self, unpacked: Path, tmp_path: Path) -> None:
        script = """
import classifier, service.routes.page
from classifier.artifacts import models_folder
from classifier.training.texts import data_folder
print(classifier.__file__, service.routes.page.WEB, models_folder(), data_folder(), sep="\\n")
print(len(list(classifier.load().annotate("A miracle cure for cancer").sentences)))
"""
        done = subprocess.run(
            [sys.executable, "-c", script],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(unpacked)},
            capture_output=True,
            text=True,
            check=True,
        )
        *places, sentences = done.stdout.splitlines()
        assert [Path(place).relative_to(unpacked).as_posix() for place in places] == [
            "classifier/__init__.py",
            "service/web",
            "classifier/_models",
            "classifier/_training_data",
        ]
        assert sentences == "1"
