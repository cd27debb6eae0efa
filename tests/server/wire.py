"""One connection to a server, byte for byte: what a client sends, and what really comes back."""

from __future__ import annotations

import json
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlencode, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PATIENCE = 120.0
"""How many seconds any wait may last; a test that waits longer fails."""

HOST = "lights.example"
"""The value of the Host field of the requests that are made here."""

FORM = "Content-Type: application/x-www-form-urlencoded"
QUERY = "Content-Type: application/sparql-query"


class BrokenOff(Exception):  # noqa: N818 - an outcome that tests expect
    """The connection ended before the answer did; ``content`` is what came of its body."""

    def __init__(self, content: bytes = b"") -> None:
        super().__init__(f"the connection ended after {len(content)} bytes of content")
        self.content = content


@dataclass(frozen=True)
class Head:
    """The status line and the fields; field names are in lower case."""

    version: str
    status: int
    fields: Mapping[str, str]


@dataclass(frozen=True)
class Answer:
    """A head and the content that came after it; ``is_whole`` if its framing came to its end."""

    head: Head
    content: bytes
    is_whole: bool

    @property
    def status(self) -> int:
        return self.head.status

    @property
    def fields(self) -> Mapping[str, str]:
        return self.head.fields

    @property
    def problem(self) -> str:
        """Return the name of the kind of problem (RFC 9457), in the one shape of all errors."""
        assert self.is_whole
        assert self.fields["content-type"] == "application/problem+json", self
        members: dict[str, Any] = json.loads(self.content)
        assert members["status"] == self.status
        assert members["title"]
        assert members["detail"]
        name: str = members["type"].rpartition("/problems#")[2]
        return name

    @property
    def values(self) -> list[str]:
        """Return all values of SPARQL results in JSON, row by row."""
        assert self.is_whole
        assert self.status == 200, self
        results = json.loads(self.content)
        names = results["head"]["vars"]
        return [row[name]["value"] for row in results["results"]["bindings"] for name in names]


def request(
    target: str | bytes,
    *fields: str,
    method: str = "GET",
    version: str = "1.1",
    body: bytes | None = None,
) -> bytes:
    """Return a request with a Host field, the fields, and the length of its body if it has one."""
    raw = target if isinstance(target, bytes) else target.encode("ascii")
    lines = [f"Host: {HOST}", *fields]
    lines += [] if body is None else [f"Content-Length: {len(body)}"]
    start = method.encode() + b" " + raw + f" HTTP/{version}\r\n".encode()
    return start + "\r\n".join([*lines, "", ""]).encode() + (body or b"")


def query(text: str, **parameters: str) -> str:
    """Return the target that asks the endpoint a query."""
    return "/sparql?" + urlencode({"query": text, **parameters})


class Wire:
    """A client's end of a connection."""

    def __init__(self, connection: socket.socket) -> None:
        self.socket = connection
        self.socket.settimeout(PATIENCE)
        self._received = bytearray()
        name = connection.getsockname()
        #: The port of this end, by which the other end's process is found; 0 for a Unix socket.
        self.port: int = name[1] if isinstance(name, tuple) else 0

    @classmethod
    def to(cls, address: str) -> Self:
        """Connect to an http address."""
        parts = urlsplit(address)
        place = (parts.hostname or "", parts.port or 80)
        return cls(socket.create_connection(place, timeout=PATIENCE))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def half_close(self) -> None:
        """Say that nothing more will be sent; answers can still be read."""
        self.socket.shutdown(socket.SHUT_WR)

    def exchange(self, data: bytes, method: str = "GET") -> Answer:
        """Send a request, return its answer."""
        self.send(data)
        return self.read(method)

    def read(self, method: str = "GET") -> Answer:
        """Return the next answer; BrokenOff if not even its head comes."""
        head = self.read_head()
        content = bytearray()
        try:
            for part in self.parts(head, method):
                content += part
        except BrokenOff:
            return Answer(head, bytes(content), is_whole=False)
        return Answer(head, bytes(content), is_whole=True)

    def read_head(self) -> Head:
        """Return the next head, which may be that of an interim answer (100 Continue)."""
        lines = self._until(b"\r\n\r\n").decode("latin-1").split("\r\n")
        version, status, *_ = lines[0].split(" ", 2)
        fields: dict[str, str] = {}
        for line in lines[1:]:
            name, colon, value = line.partition(":")
            assert colon, f"no field: {line!r}"
            key = name.lower()
            fields[key] = f"{fields[key]}, {value.strip()}" if key in fields else value.strip()
        return Head(version, int(status), fields)

    def parts(self, head: Head, method: str = "GET") -> Iterator[bytes]:
        """Yield the content as it arrives (framing: section 6.3); BrokenOff if it is cut."""
        if method == "HEAD" or head.status < 200 or head.status in (204, 304):
            return
        if "transfer-encoding" in head.fields:
            assert head.fields["transfer-encoding"] == "chunked"
            assert "content-length" not in head.fields, "section 6.2 forbids both"
            yield from self._chunks()
        elif "content-length" in head.fields:
            yield from self._exactly(int(head.fields["content-length"]))
        else:
            yield from self._to_the_end()

    def rest(self) -> bytes:
        """Return all that comes until the other side closes the connection."""
        return b"".join(self._to_the_end())

    def is_closed(self) -> bool:
        """Wait for the next bytes; return whether the connection has ended."""
        return not self._received and not self._receive()

    def _chunks(self) -> Iterator[bytes]:
        while size := int(self._until(b"\r\n").partition(b";")[0], 16):
            yield from self._exactly(size)
            assert self._until(b"\r\n") == b""
        while self._until(b"\r\n"):
            pass

    def _exactly(self, size: int) -> Iterator[bytes]:
        while size:
            if not self._received and not self._receive():
                raise BrokenOff
            part = bytes(self._received[:size])
            del self._received[:size]
            size -= len(part)
            yield part

    def _to_the_end(self) -> Iterator[bytes]:
        while self._received or self._receive():
            yield bytes(self._received)
            self._received.clear()
        if self._was_reset:
            raise BrokenOff

    def _until(self, mark: bytes) -> bytes:
        while mark not in self._received:
            if not self._receive():
                raise BrokenOff(bytes(self._received))
        before, _, after = bytes(self._received).partition(mark)
        self._received[:] = after
        return before

    _was_reset = False

    def _receive(self) -> bool:
        """Wait for bytes; tell if some came before the end of the connection."""
        try:
            data = self.socket.recv(65_536)
        except ConnectionResetError:
            self._was_reset = True
            return False
        self._received += data
        return bool(data)
