"""A cache of what was asked for lately: what a release and a request decide stays true."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

Value = TypeVar("Value")


class LruCache(Generic[Value]):
    """Values by key, bounded in weight; the one not asked for longest goes first.

    ``weight`` tells what a value weighs, in bytes or in whatever ``most`` and ``most_of_one``
    count. Threads may share a cache.
    """

    def __init__(self, most: int, most_of_one: int, weight: Callable[[Value], int]) -> None:
        self.most_of_one = most_of_one
        self._most = most
        self._weigh = weight
        self._held: OrderedDict[Hashable, Value] = OrderedDict()
        self._weight = 0
        self._lock = Lock()

    def get(self, key: Hashable) -> Value | None:
        """Return the value under a key, or None."""
        with self._lock:
            value = self._held.get(key)
            if value is not None:
                self._held.move_to_end(key)
            return value

    def put(self, key: Hashable, value: Value) -> None:
        """Keep a value, if it is not too heavy."""
        weight = self._weigh(value)
        with self._lock:
            if weight > self.most_of_one or key in self._held:
                return
            self._held[key] = value
            self._weight += weight
            while self._weight > self._most:
                _, oldest = self._held.popitem(last=False)
                self._weight -= self._weigh(oldest)
