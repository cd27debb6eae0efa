"""Writes HTTP/1.1 responses: https://www.rfc-editor.org/rfc/rfc9112."""

from __future__ import annotations

import time
from email.utils import formatdate
from http import HTTPStatus
from typing import TYPE_CHECKING

from graphsvc.server.board import LeaseState
from graphsvc.web.kinds import RequestKind

if TYPE_CHECKING:
    import socket

    from graphsvc.server.board import Slot
    from graphsvc.server.requests import Request
    from graphsvc.web.answer_head import Head

_NO_CONTENT = frozenset((204, 304))

_STATUS_LINES = {
    status.value: f"HTTP/1.1 {status.value} {status.phrase}\r\n" for status in HTTPStatus
}


class Answer:
    """Sends an answer to a client: the transport of a `graphsvc.web.delivery.Delivery`.

    Content of unknown length is sent in chunks, or, to a client without chunked coding, until the
    connection is closed. If an answer is not complete, the connection must be closed, so that the
    client notices.
    """

    def __init__(self, connection: socket.socket, request: Request, slot: Slot) -> None:
        self._connection = connection
        self._slot = slot
        self._pending = b""
        self._has_chunks = False
        self._is_old = request.version == "1.0"
        self._has_no_content = request.method == "HEAD"
        self._is_followed = request.is_followed
        self.keep_alive = request.keep_alive
        self.status = 0
        self.size = 0
        self.kind = RequestKind.OTHER
        self.request_id = ""

    def classify(self, kind: RequestKind) -> None:
        """Set the kind of the request."""
        self.kind = kind
        self._slot.classify(kind)

    def begin(self, status: int, head: Head, length: int | None) -> None:
        """Prepare the head; it is sent with the first bytes of the content."""
        self.status = status
        framing = ""
        if length is not None:
            framing = f"Content-Length: {length}\r\n"
        elif status not in _NO_CONTENT and not self._has_no_content:
            self._has_chunks = not self._is_old
            self.keep_alive = self.keep_alive and not self._is_old
            if self._has_chunks:
                framing = "Transfer-Encoding: chunked\r\n"
        if not self.keep_alive:
            framing += "Connection: close\r\n"
        elif self._is_old:
            framing += "Connection: keep-alive\r\n"
        if self.request_id:
            framing += f"Request-Id: {self.request_id}\r\n"
        line = _STATUS_LINES.get(status, _STATUS_LINES[500])
        self._pending = f"{line}{head.text}{framing}{date_line()}\r\n".encode("latin-1")

    def send(self, data: bytes | bytearray) -> None:
        """Send a part of the content."""
        self.size += len(data)
        if self._has_chunks:
            self._flush(b"%x\r\n%b\r\n" % (len(data), bytes(data)) if data else b"")
        else:
            self._flush(data)

    def end(self) -> None:
        """Send the rest; then the answer is complete."""
        if self._has_chunks:
            self._flush(b"0\r\n\r\n")
        elif self._pending:
            self._flush(b"")
        self._slot.finish(self._next_state())

    def _next_state(self) -> LeaseState:
        if not self.keep_alive:
            return LeaseState.ENDED
        # Without bytes of a next request, the parent can take the connection back now.
        return LeaseState.BUSY if self._is_followed else LeaseState.RESTING

    def _flush(self, data: bytes | bytearray) -> None:
        self._slot.start(self.status, self.size)
        if self._pending:
            data, self._pending = self._pending + data, b""
        self._connection.sendall(data)


_date: tuple[int, str] = (0, "")


def date_line() -> str:
    """Return the current field Date: https://www.rfc-editor.org/rfc/rfc9110#section-6.6.1."""
    global _date  # noqa: PLW0603 - a cache for one second
    now = int(time.time())
    if _date[0] != now:
        _date = now, f"Date: {formatdate(now, usegmt=True)}\r\n"
    return _date[1]


def complete_answer(status: int, content: bytes, headers: list[tuple[str, str]]) -> bytes:
    """Return the bytes of an answer that closes the connection."""
    fields = [
        *headers,
        ("Content-Length", str(len(content))),
        ("Connection", "close"),
    ]
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields) + date_line()
    return f"{_STATUS_LINES[status]}{lines}\r\n".encode("latin-1") + content
