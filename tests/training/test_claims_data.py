"""Labelled claims: what is refused, what is read, and that no test sentence is trained on."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

import numpy as np
import pytest
from numpy.typing import NDArray

from classifier.claims import ClaimStrength
from classifier.errors import CorpusError
from classifier.features.reading import ParsedSentence
from classifier.training import claims as module
from classifier.training.claims import PUBLIC, cross_validate, main, parsed_claims, read_claims, read_file
from classifier.training.fetching import PublicData, fetched

HEADER = "sentence,label\n"
# "zebra" stands for what a message must never quote.
SUBJECTS = ("Milk", "Soup", "Salt", "Rest", "Tea", "Bread")
RELEASES = [
    (f"{subject} {claim}", label)
    for subject in SUBJECTS
    for label, claim in enumerate(
        ("was studied by a zebra.", "is linked to gout.", "may prevent gout.", "prevents gout.")
    )
]
ABSTRACTS = [*RELEASES[:2], ("Zebra milk is linked to colds, and more.", 1)]
needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git isn't installed")


def lines(rows: Sequence[tuple[str, int]]) -> str:
    return HEADER + "".join(f'"{text}",{label}\n' for text, label in rows)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "claims-eureka.csv").write_text(lines(RELEASES), encoding="utf-8")
    (tmp_path / "claims-pubmed.csv").write_text(lines(ABSTRACTS), encoding="utf-8")
    return tmp_path


class TestReading:
    def test_both_files(self, folder: Path) -> None:
        releases, abstracts = read_claims(folder)
        assert releases.y.tolist() == [label for _, label in RELEASES]
        assert abstracts.y.tolist() == [0, 1, 1]
        assert abstracts.sentences[2].tokens[:4] == ("zebra", "milk", "is", "linked")

    def test_a_checkout_of_their_public_home(self, folder: Path) -> None:
        (folder / "data").mkdir()
        (folder / "claims-eureka.csv").rename(folder / "data/annotated_eureka.csv")
        (folder / "claims-pubmed.csv").rename(folder / "data/annotated_pubmed.csv")
        assert [len(found.y) for found in read_claims(folder)] == [24, 3]

    def test_further_columns_and_line_breaks_in_a_sentence(self, tmp_path: Path) -> None:
        path = tmp_path / "claims.csv"
        path.write_text('id,label,sentence\n1,2,"A zebra\nmay sing."\n', encoding="utf-8")
        assert read_file(path) == [("A zebra\nmay sing.", 2)]

    def test_a_row_of_two_sentences_is_one(self) -> None:
        both = parsed_claims([("A zebra may sing. It is linked to gout.", 2)]).sentences[0]
        second = parsed_claims([("It is linked to gout.", 2)]).sentences[0]
        assert both.tokens == ("a", "zebra", "may", "sing", ".", *second.tokens)
        assert second.cues
        assert [(cue, first + 5, last + 5) for cue, first, last in second.cues] == [
            match for match in both.cues if match[1] >= 5
        ]

    @pytest.mark.parametrize(
        ("content", "line", "why"),
        [
            (HEADER + "A zebra.,4\n", 2, "label must be 0, 1, 2 or 3"),
            (HEADER + "A zebra.,1\nA zebra.,1.0\n", 3, "label must be"),
            (HEADER + "A zebra.,\n", 2, "label must be"),
            (HEADER + '" ",1\n', 2, "sentence is empty"),
            (HEADER + "zebra" * 3000 + ",1\n", 2, "over 10000 characters"),
            (HEADER + "A zebra\n", 2, "not as many fields"),
            (HEADER + "A zebra,1,2\n", 2, "not as many fields"),
            (HEADER + "A zebra.,1\n" + '"A zebra" x,1\n', 3, "not well-formed CSV"),
            ("zebra,label\nA zebra.,1\n", 1, "no column sentence"),
            ("sentence,zebra\nA zebra.,1\n", 1, "no column label"),
            ("", 1, "no column label or sentence"),
            (HEADER, None, "no sentences in it"),
        ],
    )
    def test_what_breaks_the_format(self, tmp_path: Path, content: str, line: int | None, why: str) -> None:
        path = tmp_path / "claims.csv"
        path.write_text(content, encoding="utf-8")
        with pytest.raises(CorpusError, match=why) as caught:
            read_file(path)
        assert str(caught.value).startswith(f"{path}:{line}: " if line else f"{path}: ")
        assert "zebra" not in str(caught.value).removeprefix(str(path))

    def test_not_utf_8(self, tmp_path: Path) -> None:
        path = tmp_path / "claims.csv"
        path.write_bytes(HEADER.encode() + b"A z\xe9bra.,1\n")
        with pytest.raises(CorpusError, match="not UTF-8"):
            read_file(path)

    def test_a_missing_file(self, folder: Path) -> None:
        (folder / "claims-pubmed.csv").unlink()
        with pytest.raises(CorpusError, match=r"neither claims-pubmed.csv nor annotated_pubmed.csv is here"):
            read_claims(folder)


class Spy(ClaimStrength):
    """Says "none" to all, and checks that it wasn't shown what it is asked."""

    seen: frozenset[tuple[str, ...]] = frozenset()

    def fit(
        self,
        sentences: Sequence[ParsedSentence],
        y: Sequence[int] | NDArray[Any],
        foreign: Sequence[bool] | NDArray[np.bool_] | None = None,
    ) -> Self:
        assert foreign is not None
        assert len(sentences) == len(y) == len(foreign)
        self.seen = frozenset(sentence.tokens for sentence in sentences)
        self.foreign_seen_ = int(np.sum(foreign))
        return self

    def predict(self, sentences: Sequence[ParsedSentence]) -> NDArray[np.int64]:
        assert not self.seen & {sentence.tokens for sentence in sentences}
        assert self.foreign_seen_ > 0
        return np.zeros(len(sentences), dtype=np.int64)


class TestCrossValidation:
    def test_no_test_sentence_is_trained_on(self, folder: Path) -> None:
        releases, abstracts = read_claims(folder)
        measured = cross_validate(Spy(), releases, abstracts, folds=3)
        assert measured.confusion[:, 0].tolist() == [6, 6, 6, 6]
        assert measured.by_strength == pytest.approx({"none": 0.4, "correlational": 0, "conditional": 0, "causal": 0})
        assert measured.macro == pytest.approx(0.1)
        assert len(measured.folds) == 3

    def test_a_model_that_learns(self, folder: Path) -> None:
        releases, _ = read_claims(folder)
        measured = cross_validate(ClaimStrength(strength=1.0), releases, folds=2)
        assert measured.macro > 0.9
        assert measured.confusion.sum() == len(RELEASES)

    def test_the_command(
        self, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(module, "ClaimStrength", Spy)
        assert main(["--claims", str(folder)]) == 0
        printed = capsys.readouterr().out
        assert "macro-F1 0.100 on 24 sentences" in printed
        assert "zebra" not in printed

    def test_the_command_says_what_is_wrong(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["--claims", str(tmp_path)]) == 1
        assert "claims-eureka.csv" in capsys.readouterr().err


@needs_git
class TestFetching:
    @pytest.fixture
    def public(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PublicData:
        monkeypatch.setenv("OVERCLAIM_CACHE", str(tmp_path / "cache"))
        home = tmp_path / "home"
        (home / "data").mkdir(parents=True)
        (home / "data/annotated_eureka.csv").write_text(lines(RELEASES), encoding="utf-8")
        (home / "data/annotated_pubmed.csv").write_text(lines(ABSTRACTS), encoding="utf-8")
        (home / "large.bin").write_text("not needed", encoding="utf-8")
        who = ("-c", "user.name=test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false")
        for arguments in (("init", "--quiet"), ("add", "--all"), ("commit", "--quiet", "--message=pinned")):
            subprocess.run(["git", "-C", str(home), *who, *arguments], check=True)
        head = ["git", "-C", str(home), "rev-parse", "HEAD"]
        commit = subprocess.run(head, check=True, capture_output=True, text=True).stdout.strip()
        return replace(PUBLIC, repository=home.as_uri(), commit=commit)

    def test_only_the_files_are_kept_and_fetched_once(
        self, public: PublicData, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(module, "PUBLIC", public)
        assert [len(found.y) for found in read_claims()] == [24, 3]
        shutil.rmtree(tmp_path / "home")
        assert [len(found.y) for found in read_claims()] == [24, 3]
        kept = sorted(path.name for path in fetched(public).rglob("*") if path.is_file())
        assert kept == ["annotated_eureka.csv", "annotated_pubmed.csv"]

    @pytest.mark.parametrize(
        ("change", "why"),
        [
            ({"repository": "file:///nowhere/at/all"}, r"can't be reached \(.+\): check the network"),
            ({"commit": "1" * 40}, "hasn't got the commit 1{40}: check both"),
            ({"files": ("data/other.csv",)}, "hasn't got data/other.csv: check the address"),
        ],
    )
    def test_what_cannot_be_fetched(self, public: PublicData, tmp_path: Path, change: dict[str, Any], why: str) -> None:
        with pytest.raises(CorpusError, match=why) as caught:
            fetched(replace(public, **change))
        assert str(caught.value).endswith("or name a folder with its files")
        assert list((tmp_path / "cache").iterdir()) == []

    def test_a_cache_that_cannot_be_written(
        self, public: PublicData, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("OVERCLAIM_CACHE", str(tmp_path / "home/large.bin/cache"))
        with pytest.raises(CorpusError, match=r"can't be kept in .* \(not a directory\): set OVERCLAIM_CACHE"):
            fetched(public)

    def test_git_is_missing(self, public: PublicData, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PATH", str(tmp_path))
        with pytest.raises(CorpusError, match="git is needed to fetch claims and isn't installed"):
            fetched(public)
