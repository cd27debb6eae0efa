"""Answers that were given lately, in memory: what a release and a request decide stays true."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

Answer = TypeVar("Answer")


class AnswerCache(Generic[Answer]):
    """A store of answers by key, bounded in bytes; the one not asked for longest goes first.

    ``size`` tells how many bytes an answer has.
    """

    def __init__(self, most_bytes: int, most_of_one: int, size: Callable[[Answer], int]) -> None:
        self.most_of_one = most_of_one
        self._most = most_bytes
        self._size = size
        self._held: OrderedDict[Hashable, Answer] = OrderedDict()
        self._bytes = 0

    def get(self, key: Hashable) -> Answer | None:
        """Return the answer under a key, or None."""
        answer = self._held.get(key)
        if answer is not None:
            self._held.move_to_end(key)
        return answer

    def put(self, key: Hashable, answer: Answer) -> None:
        """Keep an answer, if it is not too long."""
        if self._size(answer) > self.most_of_one or key in self._held:
            return
        self._held[key] = answer
        self._bytes += self._size(answer)
        while self._bytes > self._most:
            _, oldest = self._held.popitem(last=False)
            self._bytes -= self._size(oldest)
