"""Answers that are asked for again, kept ready to send: a layer around an ASGI 3 application.

A release and a request decide an answer, so one that its application calls public stays true as
long as the process serves the release; but for the few that tell of the other releases, which stay
true until the folder of the releases changes. The whole of it is kept as it went out, coded and
with its fields, under all that answers vary by; a request with a condition, or for a part, is
passed on. https://www.rfc-editor.org/rfc/rfc9111#section-4.1

Browsers say the same in many ways: what of a field decides an answer is compared, and not how it is
written, where somebody can tell.

Most questions of a program that asks about many things come once. An answer is kept when it is
asked for the second time, so that they push nothing out.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

from graphsvc.lru import LruCache
from graphsvc.web.messages import START, Whole, field_value

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping

    from graphsvc.web.messages import Immediate, Message, Receive, Scope, Send

Key: TypeAlias = "tuple[object, ...]"
Alike: TypeAlias = "Mapping[bytes, Callable[[str | None], Hashable]]"

#: The fields of a request by which answers vary: links may name the host that was asked.
_VARYING = frozenset((b"accept", b"accept-encoding", b"accept-language", b"host"))
#: The fields that ask for something else than the whole answer.
_SPECIAL = frozenset((b"if-none-match", b"if-modified-since", b"range", b"authorization"))

#: How many requests are remembered that may come again.
_SEEN = 50_000

_OK = 200


class Kept:
    """Keeps answers, bounded in bytes; the one not asked for longest goes first.

    ``state`` gives what else decides answers: one that was given in another state is not kept.
    ``alike`` tells of fields of a request what they come to; of other fields each byte counts.
    """

    def __init__(
        self,
        application: Immediate,
        most_bytes: int,
        most_of_one: int,
        state: Callable[[], Hashable],
        alike: Alike = MappingProxyType({}),
    ) -> None:
        self._application = application
        self._alike = alike
        self._state = state
        self._held = LruCache[Whole](most_bytes, most_of_one, lambda each: len(each.body))
        self._seen: set[int] = set()

    def at_once(self, scope: Scope) -> Whole | None:
        """Return the answer, if it is kept or can be had at once."""
        key = self._key(scope)
        if key is None:
            return None
        found = self._recalled(key)
        if found is not None:
            return found
        found = self._application.at_once(scope)
        if found is not None and not self._is_first(key):
            self._held.put((self._state(), *key), found)
        return found

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or pass on one event of the server's life."""
        key = self._key(scope)
        if key is None:
            await self._application(scope, receive, send)
            return
        held = self._recalled(key)
        if held is not None:
            await held.send(send)
            return
        state = self._state()
        recorder = _Recorder(send, self._held.most_of_one)
        await self._application(scope, receive, recorder)
        if not self._is_first(key) and (answer := recorder.answer()) is not None:
            self._held.put((state, *key), answer)

    def _key(self, scope: Scope) -> Key | None:
        """Return what in a request decides its answer; None if the answer is not to be kept."""
        if scope["type"] != "http" or scope["method"] != "GET":
            return None
        headers = scope["headers"]
        varying = []
        for field in headers:
            if field[0] in _VARYING and field[0] not in self._alike:
                varying.append(field)
            elif field[0] in _SPECIAL:
                return None
        meant = (tells(field_value(headers, name)) for name, tells in self._alike.items())
        return (scope.get("root_path"), scope["path"], scope["query_string"], *meant, *varying)

    def _recalled(self, key: Key) -> Whole | None:
        """Return the answer that is kept; what nobody has asked for lately is not looked for."""
        return self._held.get((self._state(), *key)) if hash(key) in self._seen else None

    def _is_first(self, key: Key) -> bool:
        """Tell whether nobody has asked for this lately."""
        mark = hash(key)
        if mark in self._seen:
            return False
        if len(self._seen) >= _SEEN:
            self._seen.clear()
        self._seen.add(mark)
        return True


class _Recorder:
    """Passes an answer on, and has it when all of it has gone."""

    def __init__(self, send: Send, most: int) -> None:
        self._send = send
        self._left = most
        self._start: Message | None = None
        self._pieces: list[bytes] = []
        self._is_complete = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == START:
            self._start = message if _may_be_kept(message) else None
        elif self._start is not None:
            self._record(message)
        await self._send(message)

    def _record(self, message: Message) -> None:
        piece: bytes = message.get("body", b"")
        self._left -= len(piece)
        if self._left < 0:
            self._start = None
            self._pieces.clear()
            return
        self._pieces.append(piece)
        self._is_complete = not message.get("more_body", False)

    def answer(self) -> Whole | None:
        """Return the answer, if it is whole, public and not too long."""
        if self._start is None or not self._is_complete:
            return None
        body = b"".join(self._pieces)
        # What came in pieces had no length; without one a client waits until the connection ends.
        others = [field for field in self._start["headers"] if field[0] != b"content-length"]
        length = (b"content-length", b"%d" % len(body))
        return Whole(self._start["status"], [*others, length], body)


def _may_be_kept(start: Message) -> bool:
    return start["status"] == _OK and any(
        name == b"cache-control" and b"public" in value for name, value in start["headers"]
    )
