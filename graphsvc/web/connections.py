"""Connections over HTTP/1.1: those of uvicorn, with bounds, and a short way for short answers.

The server itself bounds neither the length of a request's head nor the time that a request takes
to come: whoever sends one without end would have all the memory, whoever sends one byte a minute
a thread. What is no HTTP at all is told so in the shape of all errors.

What an application can tell at once is written at once, without a task of its own.
https://www.rfc-editor.org/rfc/rfc9112
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, ClassVar, cast
from urllib.parse import unquote

import httptools
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from graphsvc.web.messages import Whole
from graphsvc.web.problems import NAMED_KINDS, Problem
from graphsvc.web.protocol import LONGEST_ADDRESS

if TYPE_CHECKING:
    from asyncio import TimerHandle
    from typing import Any

    from graphsvc.web.messages import Immediate

LONGEST_HEAD = LONGEST_ADDRESS + 65_536
"""How many bytes the head of a request may have: more than any browser sends."""

#: The fields of a request that has content, or wants to be told to send it.
_WITH_BODY = frozenset((b"content-length", b"transfer-encoding", b"expect", b"upgrade"))

_OF_REFUSALS = [
    (b"content-type", b"application/problem+json"),
    (b"access-control-allow-origin", b"*"),
    (b"cache-control", b"no-store"),
    (b"connection", b"close"),
]


class Connection(HttpToolsProtocol):
    """A connection whose requests have heads of a bounded length, and come within a time."""

    #: How many seconds there are from the first byte of a request to its last.
    patience: ClassVar[float] = 30.0

    def __init__(self, *words: Any, **named: Any) -> None:
        super().__init__(*words, **named)
        self._in_head = False
        self._has_all = True
        self._is_answered = False
        self._length = 0
        self._alarm: TimerHandle | None = None
        self._immediate = cast("Immediate", self.app)
        self._may_be_at_once = True

    def data_received(self, data: bytes) -> None:
        """Read what has come; only the first request of it may be answered at once."""
        self._may_be_at_once = True
        super().data_received(data)
        if self._has_all:
            return
        if self._in_head:
            self._length += len(data)
            if self._length > LONGEST_HEAD:
                self._refuse("fields-too-large", f"At most {LONGEST_HEAD} bytes are read.")
                return
        if self._alarm is None:
            self._alarm = self.loop.call_later(self.patience, self._end_of_patience)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        super().connection_lost(exc)
        self._rest()

    def send_400_response(self, msg: str) -> None:
        """Say that this is no HTTP."""
        self._refuse("bad-request", msg)

    def on_message_begin(self) -> None:
        """Take note that a request begins."""
        super().on_message_begin()
        self._in_head, self._has_all, self._length = True, False, 0

    def on_headers_complete(self) -> None:
        """Take note that the head of a request is there, and answer it."""
        self._in_head = False
        answer = self._found_at_once()
        self._is_answered = answer is not None
        if answer is None:
            super().on_headers_complete()
        else:
            self._write(answer)

    def on_message_complete(self) -> None:
        """Take note that all of a request is there."""
        if not self._is_answered:
            super().on_message_complete()
        self._has_all = True
        self._rest()

    def _found_at_once(self) -> Whole | None:
        """Return the answer, if it is to be had at once and nothing else is on its way.

        It is not where a client does not read what it gets, has more to send, or wants no more.
        """
        parser = self.parser
        if (
            not self._may_be_at_once
            or parser.get_method() != b"GET"
            or parser.get_http_version() != "1.1"
            or not parser.should_keep_alive()
            or self.flow.write_paused
            or not (self.cycle is None or self.cycle.response_complete)
            or any(name in _WITH_BODY for name, _ in self.headers)
        ):
            return None
        self._may_be_at_once = False
        url = httptools.parse_url(self.url)
        return self._immediate.at_once(
            {
                "type": "http",
                "method": "GET",
                "path": unquote(url.path.decode("ascii")),
                "query_string": url.query or b"",
                "root_path": self.root_path,
                "headers": self.headers,
            }
        )

    def _write(self, answer: Whole) -> None:
        fields = chain(self.server_state.default_headers, answer.headers)
        head = b"".join([b"%b: %b\r\n" % field for field in fields])
        self.transport.write(b"%b%b\r\n%b" % (STATUS_LINE[answer.status], head, answer.body))
        self.on_response_complete()

    def _rest(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None

    def _end_of_patience(self) -> None:
        self._refuse("request-timeout", f"A request has {self.patience:g} seconds to come.")

    def _refuse(self, name: str, detail: str) -> None:
        """Close the connection; tell why, unless an answer is on its way already."""
        self._rest()
        if self.cycle is None or self.cycle.response_complete:
            kind = NAMED_KINDS[name]
            content = Problem(kind, detail).as_json("").encode()
            fields = [*_OF_REFUSALS, (b"content-length", b"%d" % len(content))]
            self._write(Whole(kind.status, fields, content))
        self.transport.close()
