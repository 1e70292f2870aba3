"""Golden articles: blatant overclaims that the shipped model must mostly find, sober words that it must not mark."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from classifier.annotation import Annotation, Mode
from classifier.annotator import Annotator
from classifier.document import Document
from classifier.labels import LABEL_IDS
from classifier.segmentation import split

FOLDER = Path(__file__).parents[1] / "golden"
REQUIRED: dict[Mode, dict[str, float]] = tomllib.loads((FOLDER / "required.toml").read_text(encoding="utf-8"))  # type: ignore[assignment]
MODES: tuple[Mode, ...] = ("balanced", "strict")


@dataclass(frozen=True)
class Golden:
    """An article with what it says about itself."""

    name: str
    text: str
    stance: str
    must_flag: tuple[tuple[str, str], ...]
    must_not_flag: tuple[str, ...]

    def sentences(self) -> list[str]:
        document = Document(self.text)
        return [document.slice(sentence.span) for sentence in split(document)]

    def sentence_of(self, words: str) -> str:
        """The first sentence that holds the words, in any case."""
        return next(sentence for sentence in self.sentences() if words.lower() in sentence.lower())


def golden(path: Path) -> Golden:
    empty, front, text = path.read_text(encoding="utf-8").split("+++\n", 2)
    assert empty == ""
    values: dict[str, Any] = tomllib.loads(front)
    assert set(values) == {"stance", "must_flag", "must_not_flag"}
    wanted = tuple((label, words) for label, words in values["must_flag"])
    return Golden(path.stem, text.strip(), values["stance"], wanted, tuple(values["must_not_flag"]))


ARTICLES = [golden(path) for path in sorted(FOLDER.glob("*.txt"))]


class TestArticles:
    def test_there_are_twelve_of_which_four_are_careful(self) -> None:
        assert sorted(article.stance for article in ARTICLES) == ["careful"] * 4 + ["uncritical"] * 8

    @pytest.mark.parametrize("article", ARTICLES, ids=lambda article: article.name)
    def test_each_is_what_the_read_me_says(self, article: Golden) -> None:
        assert len(article.must_flag) >= (3 if article.stance == "uncritical" else 0)
        assert len(article.must_not_flag) >= 2
        sentences = article.sentences()
        assert set(article.must_not_flag) <= set(sentences)
        pairs = [(label, article.sentence_of(words)) for label, words in article.must_flag]
        assert len(set(pairs)) == len(pairs)
        assert {label for label, _ in pairs} <= set(LABEL_IDS)
        assert not {sentence for _, sentence in pairs} & set(article.must_not_flag)

    def test_most_labels_are_asked_for(self) -> None:
        assert len({label for article in ARTICLES for label, _ in article.must_flag}) >= 10


def flagged(annotation: Annotation) -> set[tuple[str, str]]:
    """Pairs of label and sentence."""
    return {(span.label, annotation.document.slice(span.sentence)) for span in annotation.spans}


@pytest.fixture(scope="module", params=MODES)
def mode(request: pytest.FixtureRequest) -> Mode:
    chosen: Mode = request.param
    return chosen


@pytest.fixture(scope="module")
def found(annotator: Annotator, mode: Mode) -> list[tuple[Golden, Annotation]]:
    answers = annotator.annotate_many([Document(article.text) for article in ARTICLES], mode=mode)
    return list(zip(ARTICLES, answers, strict=True))


@pytest.mark.model
class TestModel:
    def test_it_finds_enough_of_what_is_blatant(self, found: list[tuple[Golden, Annotation]], mode: Mode) -> None:
        wanted = [
            (article.name, label, words, (label, article.sentence_of(words)) in flagged(annotation))
            for article, annotation in found
            for label, words in article.must_flag
        ]
        hits = sum(hit for *_, hit in wanted)
        print(f"\n{mode}: {hits} of {len(wanted)} must_flag items ({hits / len(wanted):.0%})")
        for name, label, words, hit in wanted:
            if not hit:
                print(f"  missed  {name:<22}{label:<27}{words}")
        assert hits / len(wanted) >= REQUIRED[mode]["hit_rate"]

    def test_it_leaves_sober_sentences_alone(self, found: list[tuple[Golden, Annotation]], mode: Mode) -> None:
        alarms = [
            (article.name, label, sentence)
            for article, annotation in found
            for label, sentence in sorted(flagged(annotation))
            if sentence in article.must_not_flag
        ]
        for alarm in alarms:
            print(f"\n{mode}: false alarm", *alarm)
        assert len({sentence for *_, sentence in alarms}) <= REQUIRED[mode]["false_alarms"]

    def test_careful_articles_come_out_nearly_clean(self, found: list[tuple[Golden, Annotation]], mode: Mode) -> None:
        spans = {article.name: annotation.spans for article, annotation in found if article.stance == "careful"}
        for name, marked in spans.items():
            print(f"\n{mode}: {name}:", *(f"{span.label} “{span.text}” {span.score:.2f};" for span in marked))
        assert max(map(len, spans.values())) <= REQUIRED[mode]["careful_spans"]
