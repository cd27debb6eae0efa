"""What was found lately: kept for as long as a release is served, within a bound."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sized

Found = TypeVar("Found")
Several = TypeVar("Several", bound="Sized")


class Lately:
    """Findings by key, up to a weight in all; the one not asked for longest goes first."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._weight = 0
        self._held: OrderedDict[Hashable, tuple[object, int]] = OrderedDict()
        self._lock = Lock()

    def one(self, key: Hashable, find: Callable[[], Found]) -> Found:
        """Return what is found under a key; it weighs one."""
        return self._found(key, find, lambda _: 1)

    def several(self, key: Hashable, find: Callable[[], Several]) -> Several:
        """Return what is found under a key; it weighs as much as there is in it, and one."""
        return self._found(key, find, lambda found: 1 + len(found))

    def _found(
        self, key: Hashable, find: Callable[[], Found], weight: Callable[[Found], int]
    ) -> Found:
        with self._lock:
            held = self._held.get(key)
            if held is not None:
                self._held.move_to_end(key)
                return held[0]  # type: ignore[return-value]
        # Without the lock: two that ask at once both find it, and none waits for the other.
        found = find()
        with self._lock:
            if key not in self._held:
                self._held[key] = (found, weight(found))
                self._weight += weight(found)
            while self._weight > self._most and self._held:
                self._weight -= self._held.popitem(last=False)[1][1]
        return found
