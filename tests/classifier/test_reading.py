"""Readings of sentences, and the cache of those met last."""

from __future__ import annotations

from collections.abc import Iterator

from classifier.document import Document
from classifier.features.reader import Reader
from classifier.features.reading import Reading, SentenceCache, remembered


def reading(text: str) -> Reading:
    return Reading(text, (text,), ((0, 1),), ())


class TestReader:
    text = "A new pill\n\nIt cures all mice. It may help."

    def test_a_sentence_is_read_once(self) -> None:
        reader, cache = Reader(), SentenceCache(10)
        first = reader.read([Document(self.text)], cache)[0]
        again = reader.read([Document(self.text.replace("It cures", "It may help. It cures"))], cache)[0]
        assert again.sentences[-1].reading is first.sentences[-1].reading
        assert again.sentences[1].reading is first.sentences[-1].reading
        assert again.sentences[1].offsets != first.sentences[-1].offsets

    def test_a_sentence_that_comes_twice_in_a_batch_is_read_once(self) -> None:
        parsed = Reader().read([Document(self.text), Document(self.text)])
        assert parsed[0].sentences[1].reading is parsed[1].sentences[1].reading

    def test_without_a_cache_nothing_is_kept(self) -> None:
        reader = Reader()
        first, again = (reader.read([Document(self.text)])[0] for _ in range(2))
        assert first.sentences[1].reading is not again.sentences[1].reading
        assert first.sentences[1].reading == again.sentences[1].reading

    def test_a_full_cache_still_reads_all(self) -> None:
        parsed = Reader().read([Document(self.text)], SentenceCache(1))[0]
        assert [sentence.tokens[-1] for sentence in parsed.sentences] == ["pill", ".", "."]


def test_remembered_works_once() -> None:
    def work() -> str:
        return next(answers)

    answers: Iterator[str] = iter(["first", "second"])
    memo: dict[object, object] = {}
    assert [remembered(memo, "name", work), remembered(memo, "name", work)] == ["first", "first"]
    assert remembered(memo, "other", work) == "second"
