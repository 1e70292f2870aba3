"""A mapping that keeps what was asked for last, within a bound."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Recent(Generic[K, V]):
    """Values by key, those kept or asked for last. Safe to share between threads.

    Parameters
    ----------
    size : int
        What the weights of all values kept may add up to, at least 0.

    Raises
    ------
    ValueError
        If ``size`` is negative.
    """

    def __init__(self, size: int) -> None:
        if size < 0:
            raise ValueError("the size of a cache must be at least 0")
        self.size = size
        self._kept: OrderedDict[K, tuple[V, int]] = OrderedDict()
        self._weight = 0
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._kept)

    def all_of(self, keys: Iterable[K], make: Callable[[list[K]], Sequence[tuple[V, int]]]) -> dict[K, V]:
        """The values of keys; those that aren't kept are made together, and kept.

        Parameters
        ----------
        keys : iterable
        make : callable
            Takes different keys, at least one, and gives the value and the weight of each in their order. Two threads
            may both make the same.
        """
        found: dict[K, V] = {}
        missing: list[K] = []
        for key, value in self.look_up(keys).items():
            if value is None:
                missing.append(key)
            else:
                found[key] = value
        if missing:
            made = make(missing)
            found.update((key, value) for key, (value, _) in zip(missing, made, strict=True))
            self.keep((key, value, weight) for key, (value, weight) in zip(missing, made, strict=True))
        return found

    def look_up(self, keys: Iterable[K]) -> dict[K, V | None]:
        """The values of keys, None for those that aren't kept."""
        kept = self._kept
        found: dict[K, V | None] = {}
        with self._lock:
            for key in keys:
                one = kept.get(key)
                if one is None:
                    found[key] = None
                else:
                    found[key] = one[0]
                    kept.move_to_end(key)
        return found

    def keep(self, values: Iterable[tuple[K, V, int]]) -> None:
        """Keep values, each with its key and its weight, at least 1; those not asked for the longest make room."""
        kept = self._kept
        with self._lock:
            for key, value, weight in values:
                before = kept.pop(key, None)
                self._weight += weight - (before[1] if before else 0)
                kept[key] = (value, weight)
            while self._weight > self.size:
                _, (_, weight) = kept.popitem(last=False)
                self._weight -= weight
