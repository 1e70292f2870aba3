"""Models on disk: a manifest that doesn't fit is refused before a byte is unpickled."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_training import MODEL, SmallModel

from classifier import artifacts
from classifier.annotation import MODES
from classifier.artifacts import check_versions, current_model, language_data_digest, load, read_manifest, save
from classifier.document import Document
from classifier.errors import ArtifactError
from classifier.labels import LABEL_IDS

pytest_plugins = ("small_model",)

HALF = {mode: dict.fromkeys(LABEL_IDS, 0.5) for mode in MODES}
Manifest = dict[str, Any]
PACKAGE = Path(artifacts.__file__).parent
FEATURE_DATA = [
    *("features/cues/hype.toml", "features/classes/drug.toml", "features/classes/animal.toml"),
    *("data/abbreviations.toml", "data/abstraction.toml", "data/scopes.toml"),
    *sorted(f"data/{path.name}" for path in (PACKAGE / "data").glob("evidence*.toml")),
]


class Bomb:
    """Makes a folder when it is unpickled."""

    def __init__(self, flag: Path) -> None:
        self.flag = flag

    def __reduce__(self) -> tuple[Callable[[str], None], tuple[str]]:
        return os.mkdir, (str(self.flag),)


@pytest.fixture
def flag(tmp_path: Path) -> Path:
    """Exists once the bomb has gone off."""
    return tmp_path / "unpickled"


@pytest.fixture
def bomb(tmp_path: Path, flag: Path) -> Path:
    """A model's folder that is in order but for what it holds."""
    folder = tmp_path / "model"
    parts = {"scorer": Bomb(flag), "triggers": None, "scorecard": None}
    save(folder, parts, version="1", thresholds=HALF, training={})
    return folder


def edit(folder: Path, change: Callable[[Manifest], None]) -> None:
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text())
    change(manifest)
    path.write_text(json.dumps(manifest))


def refused(folder: Path, flag: Path, match: str) -> None:
    with pytest.raises(ArtifactError, match=match):
        load(folder)
    assert not flag.exists()


class TestRefusedBeforeUnpickling:
    def test_the_bomb_goes_off_where_nothing_is_wrong(self, bomb: Path, flag: Path) -> None:
        with pytest.raises(AttributeError, match="'NoneType' object has no attribute 'words'"):
            load(bomb)
        assert flag.exists()

    @pytest.mark.parametrize("place", [0, 0.5, 1])
    def test_a_flipped_byte(self, bomb: Path, flag: Path, place: float) -> None:
        path = bomb / "model.joblib"
        content = bytearray(path.read_bytes())
        content[int(place * (len(content) - 1))] ^= 1
        path.write_bytes(content)
        refused(bomb, flag, r"model\.joblib isn't the file its manifest describes: its SHA-256 is [0-9a-f]{12}…")

    def test_a_cut_file(self, bomb: Path, flag: Path) -> None:
        path = bomb / "model.joblib"
        path.write_bytes(path.read_bytes()[:-1])
        refused(bomb, flag, "isn't the file its manifest describes")

    @pytest.mark.parametrize("library", artifacts.LIBRARIES)
    def test_another_library_version(self, bomb: Path, flag: Path, library: str) -> None:
        edit(bomb, lambda manifest: manifest["libraries"].update({library: "99.1.0"}))
        here = metadata.version(library)
        refused(bomb, flag, f"was made with {library} 99.1.0, but {here} is installed; install 99.1.0 or train again")

    def test_other_cue_lists(self, bomb: Path, flag: Path) -> None:
        edit(bomb, lambda manifest: manifest.update(language_data="0" * 64))
        refused(bomb, flag, "was trained with other cue lists or labels than these; train it again")

    @pytest.mark.parametrize("name", ["model.joblib", "manifest.json"])
    def test_a_missing_file(self, bomb: Path, flag: Path, name: str) -> None:
        (bomb / name).unlink()
        refused(bomb, flag, f"can't read .*{name}: No such file or directory")

    @pytest.mark.parametrize("content", ["", "{", '{"format": 1', "[]", "null", "7", '"model"', "{}", '\xff{"a": 1}'])
    def test_a_torn_manifest(self, bomb: Path, flag: Path, content: str) -> None:
        (bomb / "manifest.json").write_text(content, encoding="latin-1")
        refused(bomb, flag, r"manifest\.json is no manifest")

    @pytest.mark.parametrize("size", [10, 200, -3])
    def test_a_cut_manifest(self, bomb: Path, flag: Path, size: int) -> None:
        path = bomb / "manifest.json"
        path.write_text(path.read_text()[:size])
        refused(bomb, flag, r"manifest\.json is no manifest: JSONDecodeError")

    @pytest.mark.parametrize(
        "change",
        [
            lambda manifest: manifest.update(format=2),
            lambda manifest: manifest.update(version=None),
            lambda manifest: manifest["model"].update(sha256=None),
            lambda manifest: manifest["libraries"].pop("numpy"),
            lambda manifest: manifest["thresholds"]["strict"].update(surrogate_endpoint=1.5),
            lambda manifest: manifest["thresholds"]["strict"].update(surrogate_endpoint=float("nan")),
            lambda manifest: manifest["thresholds"]["strict"].update(surrogate_endpoint="high"),
            lambda manifest: manifest["thresholds"]["strict"].pop("surrogate_endpoint"),
            lambda manifest: manifest["thresholds"].pop("balanced"),
            lambda manifest: manifest.pop("language_data"),
            lambda manifest: manifest.update(libraries=None),
        ],
    )
    def test_a_manifest_of_another_form(self, bomb: Path, flag: Path, change: Callable[[Manifest], None]) -> None:
        read_manifest(bomb)
        edit(bomb, change)
        refused(bomb, flag, r"manifest\.json is no manifest")


class TestVersions:
    def test_the_installed_ones_fit(self, tmp_path: Path) -> None:
        check_versions(artifacts.library_versions(), tmp_path)

    def test_scikit_learn_must_be_the_very_same(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(artifacts, "library_versions", lambda: {"scikit-learn": "1.9.1"})
        check_versions({"scikit-learn": "1.9.1"}, tmp_path)
        with pytest.raises(ArtifactError, match=r"made with scikit-learn 1\.9\.0, but 1\.9\.1 is installed"):
            check_versions({"scikit-learn": "1.9.0"}, tmp_path)

    def test_others_need_the_same_major_version(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(artifacts, "library_versions", lambda: {"numpy": "2.4.1"})
        check_versions({"numpy": "2.0.0"}, tmp_path)
        with pytest.raises(ArtifactError, match=r"made with numpy 1\.26\.0"):
            check_versions({"numpy": "1.26.0"}, tmp_path)


class TestLanguageData:
    @pytest.fixture
    def copy(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        """A copy of the package's data, which stands for it."""
        for folder in ("features/cues", "features/classes", "data"):
            shutil.copytree(PACKAGE / folder, tmp_path / folder)
        before = language_data_digest()
        monkeypatch.setattr("classifier.artifacts.resources.files", lambda _: tmp_path)
        assert language_data_digest() == before
        return tmp_path

    @pytest.mark.parametrize("name", FEATURE_DATA)
    def test_a_changed_byte_of_any_list_changes_the_digest(self, copy: Path, name: str) -> None:
        before = language_data_digest()
        path = copy / name
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
        assert language_data_digest() != before

    @pytest.mark.parametrize("name", ["features/cues/new.toml", "features/classes/new.toml", "data/evidence_new.toml"])
    def test_so_does_a_new_list(self, copy: Path, name: str) -> None:
        before = language_data_digest()
        (copy / name).touch()
        assert language_data_digest() != before

    def test_so_does_a_list_under_another_name(self, copy: Path) -> None:
        before = language_data_digest()
        (copy / "features/classes/drug.toml").rename(copy / "features/classes/drugs.toml")
        assert language_data_digest() != before

    @pytest.mark.parametrize("name", ["data/exemptions.toml", "features/classes/notes.md"])
    def test_what_no_feature_reads_does_not(self, copy: Path, name: str) -> None:
        before = language_data_digest()
        with (copy / name).open("a") as file:
            file.write("# one more line\n")
        assert language_data_digest() == before

    def test_so_do_the_labels(self, monkeypatch: pytest.MonkeyPatch) -> None:
        before = language_data_digest()
        monkeypatch.setattr(artifacts, "LABEL_IDS", LABEL_IDS[::-1])
        assert language_data_digest() != before


class TestCurrent:
    def test_it_is_what_the_pointer_names(self, tmp_path: Path) -> None:
        (tmp_path / "current").write_text("0.3.0\n")
        assert current_model(tmp_path) == tmp_path / "0.3.0"

    def test_none_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(ArtifactError, match=r"no model is current: .*run `overclaim train` first"):
            current_model(tmp_path)


class TestRoundTrip:
    def test_a_loaded_model_answers_as_before(self, small_model: SmallModel, tmp_path: Path) -> None:
        parts = {"scorer": small_model.scorer, "triggers": small_model.triggers, "scorecard": None}
        info = save(tmp_path, parts, version="7", thresholds=small_model.thresholds, training={"seed": 0})
        loaded = load(tmp_path)
        assert loaded.model == info
        assert (info.version, len(info.sha256)) == ("7", 64)
        for article in small_model.gold.articles[:5]:
            assert np.array_equal(loaded.scores(article.document), small_model.annotator.scores(article.document))
            text = article.document.text
            assert loaded.annotate(text).spans == small_model.annotator.annotate(text).spans
        assert loaded.model != MODEL
        assert read_manifest(tmp_path)["training"] == {"seed": 0}

    def test_a_second_save_replaces_the_first_and_leaves_no_scraps(self, bomb: Path, flag: Path) -> None:
        parts = {"scorer": Bomb(flag), "triggers": None, "scorecard": None}
        save(bomb, parts, version="2", thresholds=HALF, training={})
        assert read_manifest(bomb)["version"] == "2"
        assert sorted(path.name for path in bomb.iterdir()) == ["manifest.json", "model.joblib"]

    def test_a_write_that_stops_half_way_leaves_nothing_to_load(
        self, bomb: Path, flag: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def stop(*_: object, **__: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(artifacts, "library_versions", stop)
        with pytest.raises(KeyboardInterrupt):
            save(bomb, {"scorer": Document("x")}, version="2", thresholds=HALF, training={})
        monkeypatch.undo()
        refused(bomb, flag, r"can't read .*manifest\.json")
