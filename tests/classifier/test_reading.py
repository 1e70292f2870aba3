"""Readings of sentences, and the cache of those met last."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.document import Document
from classifier.features.reader import Reader
from classifier.features.reading import Reading, SentenceCache, remembered


def reading(text: str) -> Reading:
    return Reading(text, (text,), ((0, 1),), ())


class TestCache:
    def test_it_gives_back_what_was_put_in(self) -> None:
        cache = SentenceCache(2)
        kept = reading("a")
        cache.keep([kept])
        found = cache.look_up(["a", "b"])
        assert found["a"] is kept
        assert found["b"] is None

    def test_the_one_not_asked_for_the_longest_makes_room(self) -> None:
        cache = SentenceCache(2)
        cache.keep([reading("a"), reading("b")])
        cache.look_up(["a"])
        cache.keep([reading("c")])
        assert [found is not None for found in cache.look_up("abc").values()] == [True, False, True]

    @given(st.integers(0, 5), st.lists(st.sampled_from("abcdefgh"), max_size=40))
    def test_it_never_grows_over_its_size(self, size: int, texts: list[str]) -> None:
        cache = SentenceCache(size)
        for text in texts:
            cache.keep([reading(text)])
            assert len(cache) <= size
        assert len(cache) == min(size, len(set(texts)))

    def test_a_negative_size_is_refused(self) -> None:
        with pytest.raises(ValueError, match="at least 0"):
            SentenceCache(-1)

    def test_many_threads_share_it(self) -> None:
        cache = SentenceCache(20)
        failed: list[str] = []

        def work(number: int) -> None:
            for step in range(500):
                text = str((number * step) % 40)
                cache.keep([reading(text)])
                found = cache.look_up([text])[text]
                if found is not None and found.text != text:
                    failed.append(text)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not failed
        assert len(cache) == 20


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
