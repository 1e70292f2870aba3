"""An annotator that remembers sentences answers as one that doesn't, whatever is written and changed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_training import SmallModel

from classifier.annotator import Annotator
from classifier.features.reader import ParsedDocument
from classifier.features.reading import SentenceCache
from classifier.first_stage import SentencePipeline

pytest_plugins = ("small_model",)

PIECES = (
    "A miracle pill\n\n", "The pill cures all mice.", "It may help some patients, the team said.", "\n\n", " ",
    "Nobody was harmed.", "Attacks fell by 62 percent", "in 48 volunteers", ". ", "“A breakthrough,” he said.",
    "e\u0301😀",    "The study had no comparison group.", "• ", "1,204", "<p>", "n't", "?",
)  # fmt: skip
CHANGES = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 0.2), st.sampled_from(PIECES)), min_size=1, max_size=6)


@pytest.fixture(scope="module")
def forgetful(small_model: SmallModel) -> Annotator:
    return small_model.make_annotator(remembers=0)


@pytest.fixture(scope="module")
def remembering(small_model: SmallModel) -> Annotator:
    # So few that sentences are forgotten and met again all the time.
    return small_model.make_annotator(remembers=12)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=15).map("".join), CHANGES)
def test_each_change_is_answered_as_if_it_were_the_first(
    forgetful: Annotator, remembering: Annotator, text: str, changes: list[tuple[float, float, str]]
) -> None:
    for place, length, piece in changes:
        if text.strip():
            assert remembering.annotate(text, mode="sensitive") == forgetful.annotate(text, mode="sensitive")
        start = int(place * len(text))
        text = text[:start] + piece + text[start + int(length * len(text)) :]


def test_real_articles_in_any_order(forgetful: Annotator, remembering: Annotator, small_model: SmallModel) -> None:
    texts = [article.document.text for article in small_model.gold.articles[:15]]
    expected = {text: forgetful.annotate(text) for text in texts}
    assert sum(len(annotation.spans) for annotation in expected.values()) > 20
    for text in [*texts, *reversed(texts), *texts[::3]]:
        assert remembering.annotate(text) == expected[text]


def test_only_new_sentences_are_asked_of_the_model(small_model: SmallModel, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    odds: Callable[..., object] = SentencePipeline.odds

    def counted(pipeline: SentencePipeline, documents: list[ParsedDocument]) -> object:
        asked.append(sum(len(document.sentences) for document in documents))
        return odds(pipeline, documents)

    monkeypatch.setattr(SentencePipeline, "odds", counted)
    annotator = small_model.make_annotator(remembers=100)
    article = "A new pill\n\nIt cures all mice. It may help. Nobody was harmed."
    annotator.annotate(article)
    annotator.annotate(article.replace("may help", "might help"))
    annotator.annotate(article)
    assert asked == [4, 1]


def test_what_is_forgotten_is_asked_again(small_model: SmallModel) -> None:
    annotator = small_model.make_annotator(remembers=100)
    first = annotator.annotate("A new pill\n\nIt cures all mice.")
    assert len(annotator._cache) == 2
    annotator.forget()
    assert len(annotator._cache) == 0
    assert annotator.annotate("A new pill\n\nIt cures all mice.") == first


def test_a_negative_number_of_sentences_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 0"):
        SentenceCache(-3)


def test_a_long_article_keeps_all_that_hangs_on_it(small_model: SmallModel) -> None:
    # If each sort weighed as much as the article, one would push out the other at each change.
    article = "A new pill\n\n" + " ".join(f"It cures mouse {letter} of all." for letter in "abcdefghijklmnopq")
    annotator = small_model.make_annotator(remembers=30)
    annotator.annotate(article)
    memos = annotator._cache.memos
    assert {"told", "topic"} <= {key[0] for key in memos._kept if isinstance(key, tuple)}
    kept = list(memos._kept)
    annotator.annotate(article.replace("mouse d", "mouse e"))
    assert list(memos._kept) == kept
