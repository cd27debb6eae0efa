"""What was found lately: kept for as long as a release is served, within a bound."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, TypeVar

from graphsvc.lru import LruCache

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sized

Found = TypeVar("Found")
Several = TypeVar("Several", bound="Sized")


class Lately:
    """Findings by key, up to a weight in all."""

    def __init__(self, most: int) -> None:
        self._held = LruCache[tuple[object, int]](most, most, itemgetter(1))

    def one(self, key: Hashable, find: Callable[[], Found]) -> Found:
        """Return what is found under a key; it weighs one."""
        return self._found(key, find, lambda _: 1)

    def several(self, key: Hashable, find: Callable[[], Several]) -> Several:
        """Return what is found under a key; it weighs as much as there is in it, and one."""
        return self._found(key, find, lambda found: 1 + len(found))

    def _found(
        self, key: Hashable, find: Callable[[], Found], weight: Callable[[Found], int]
    ) -> Found:
        held = self._held.get(key)
        if held is not None:
            return held[0]  # type: ignore[return-value]
        # Two that ask at once both find it, and none waits for the other.
        found = find()
        self._held.put(key, (found, weight(found)))
        return found
