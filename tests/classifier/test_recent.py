"""The mapping that keeps what was asked for last."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.recent import Recent


def kept(recent: Recent[str, int], keys: str) -> str:
    """Which of the keys are kept; asks for none of them."""
    return "".join(key for key in keys if key in recent._kept)


def test_it_gives_back_what_was_kept() -> None:
    recent: Recent[str, int] = Recent(2)
    recent.keep([("a", 7, 1)])
    assert recent.look_up("ab") == {"a": 7, "b": None}


def test_only_what_is_not_kept_is_made() -> None:
    recent: Recent[str, int] = Recent(9)
    recent.keep([("a", 7, 1)])
    asked: list[list[str]] = []

    def make(keys: list[str]) -> list[tuple[int, int]]:
        asked.append(keys)
        return [(ord(key), 2) for key in keys]

    assert recent.all_of("bacab", make) == {"a": 7, "b": 98, "c": 99}
    assert recent.all_of("cab", make) == {"a": 7, "b": 98, "c": 99}
    assert asked == [["b", "c"]]
    assert recent._weight == 5
    # What isn't kept, since there is no room, is there all the same.
    assert Recent[str, int](0).all_of("ab", make) == {"a": 97, "b": 98}


def test_what_was_not_asked_for_the_longest_makes_room_for_as_much_as_it_weighs() -> None:
    recent: Recent[str, int] = Recent(10)
    recent.keep([("a", 1, 4), ("b", 2, 3), ("c", 3, 3)])
    recent.look_up("a")
    recent.keep([("d", 4, 2)])
    assert kept(recent, "abcd") == "acd"
    recent.keep([("e", 5, 4)])
    assert kept(recent, "abcde") == "ade"


def test_a_key_that_is_kept_again_weighs_once() -> None:
    recent: Recent[str, int] = Recent(10)
    for weight in (6, 7, 5):
        recent.keep([("a", weight, weight)])
    recent.keep([("b", 0, 5)])
    assert recent.look_up("ab") == {"a": 5, "b": 0}


def test_what_weighs_more_than_all_may_is_not_kept() -> None:
    recent: Recent[str, int] = Recent(3)
    recent.keep([("a", 1, 4)])
    assert len(recent) == 0
    recent.keep([("b", 1, 3)])
    assert kept(recent, "ab") == "b"


@given(st.integers(0, 9), st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(1, 5)), max_size=40))
def test_the_weights_never_grow_over_the_size(size: int, steps: list[tuple[str, int]]) -> None:
    recent: Recent[str, int] = Recent(size)
    for key, weight in steps:
        recent.keep([(key, weight, weight)])
        weights = [value for value in recent.look_up("abcdef").values() if value is not None]
        assert sum(weights) == recent._weight <= size


def test_a_negative_size_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 0"):
        Recent(-1)


def test_many_threads_share_it() -> None:
    recent: Recent[str, str] = Recent(20)
    failed: list[str] = []

    def work(number: int) -> None:
        for step in range(500):
            text = str((number * step) % 40)
            recent.keep([(text, text, 1)])
            if recent.look_up([text])[text] not in (text, None):
                failed.append(text)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert len(recent) == recent._weight == 20
