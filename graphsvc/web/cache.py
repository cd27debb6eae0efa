"""Answers that were given lately, in memory: what a release and a request decide stays true."""

from __future__ import annotations

from collections import OrderedDict


class AnswerCache:
    """A store of answers by key, bounded in bytes; the one not asked for longest goes first."""

    def __init__(self, most_bytes: int, most_of_one: int) -> None:
        self._most = most_bytes
        self._most_of_one = most_of_one
        self._held: OrderedDict[str, bytes] = OrderedDict()
        self._bytes = 0

    def get(self, key: str) -> bytes | None:
        """Return the answer under a key, or None."""
        answer = self._held.get(key)
        if answer is not None:
            self._held.move_to_end(key)
        return answer

    def put(self, key: str, answer: bytes) -> None:
        """Keep an answer, if it is not too long."""
        if len(answer) > self._most_of_one or key in self._held:
            return
        self._held[key] = answer
        self._bytes += len(answer)
        while self._bytes > self._most:
            _, oldest = self._held.popitem(last=False)
            self._bytes -= len(oldest)
