"""An HTTP server that answers each request with the bytes that the test wants, right or wrong.

It speaks on sockets, so that it can cut its answers, lie about their lengths and be silent.
"""

from __future__ import annotations

import socket
import threading
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import parse_qs

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator

#: What does something with a connection on which a request has come.
Behaviour: TypeAlias = "Callable[[socket.socket], None]"

JSON = "application/sparql-results+json"
N_TRIPLES = "application/n-triples"
YES = b'{"head":{},"boolean":true}'


@dataclass(frozen=True, slots=True)
class Received:
    """A request that has come: its fields with names in lower case, and its parameters."""

    fields: dict[str, str]
    parameters: dict[str, list[str]]


@dataclass(slots=True)
class Naughty:
    """A server at an address. The behaviours are taken one after the other, the last for ever.

    ``received`` are the requests so far, ``connections`` how many have been opened.
    """

    address: str
    behaviours: list[Behaviour]
    received: list[Received] = field(default_factory=list)
    connections: int = 0
    over: threading.Event = field(default_factory=threading.Event)

    def next(self) -> Behaviour:
        return self.behaviours.pop(0) if len(self.behaviours) > 1 else self.behaviours[0]


@contextmanager
def naughty(*behaviours: Behaviour, tls: ssl.SSLContext | None = None) -> Iterator[Naughty]:
    """Run such a server for the block, over TLS if ``tls`` is given."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        host, port = listener.getsockname()
        server = Naughty(f"http://{host}:{port}/sparql", list(behaviours))
        threading.Thread(target=_accept, args=(listener, server, tls), daemon=True).start()
        try:
            yield server
        finally:
            server.over.set()
            # Who waits for a connection is woken by one.
            with suppress(OSError):
                socket.create_connection((host, port)).close()


def _accept(listener: socket.socket, server: Naughty, tls: ssl.SSLContext | None) -> None:
    while not server.over.is_set():
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        if tls is not None:
            try:
                connection = tls.wrap_socket(connection, server_side=True)
            except OSError:
                connection.close()
                continue
        server.connections += 1
        threading.Thread(target=_converse, args=(connection, server), daemon=True).start()


def _converse(connection: socket.socket, server: Naughty) -> None:
    with closing(connection), suppress(OSError), connection.makefile("rb") as coming:
        while not server.over.is_set():
            lines = list(iter(lambda: coming.readline().strip().decode(), ""))
            if not lines:
                return
            pairs = (line.split(": ", 1) for line in lines[1:])
            fields = {name.lower(): value for name, value in pairs}
            body = coming.read(int(fields.get("content-length", 0)))
            server.received.append(
                Received(fields, parse_qs(body.decode(), keep_blank_values=True))
            )
            server.next()(connection)


def answer(content: bytes, kind: str = JSON, status: str = "200 OK", **fields: object) -> Behaviour:
    """Answer as one should; an underscore in the name of a field is a hyphen."""
    more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in fields.items())
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(content)}\r\n{more}"
    return sends(f"{head}\r\n".encode() + content)


def sends(data: bytes) -> Behaviour:
    """Send these bytes, and keep the connection."""
    return lambda connection: connection.sendall(data)


def cuts(data: bytes) -> Behaviour:
    """Send these bytes, and end the connection."""

    def behave(connection: socket.socket) -> None:
        connection.sendall(data)
        connection.shutdown(socket.SHUT_RDWR)

    return behave


def stalls(server_patience: float = 60) -> Behaviour:
    """Say nothing until the client has gone."""

    def behave(connection: socket.socket) -> None:
        connection.settimeout(server_patience)
        connection.recv(1)
        raise ConnectionResetError

    return behave


def refuses(connection: socket.socket) -> None:
    """End the connection without a word."""
    connection.shutdown(socket.SHUT_RDWR)


def headed(length: int, content: bytes, kind: str = JSON) -> bytes:
    """Return an answer that says it has some length, whatever its content has."""
    return (
        f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\r\n".encode()
        + content
    )


def unframed(content: bytes, kind: str = JSON) -> bytes:
    """Return an answer that only the end of the connection ends."""
    return f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\n\r\n".encode() + content


def chunked(*chunks: bytes, kind: str = JSON) -> bytes:
    """Return the beginning of an answer in chunks; an empty one is its end."""
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nTransfer-Encoding: chunked\r\n\r\n"
    return head.encode() + b"".join(b"%x\r\n%b\r\n" % (len(each), each) for each in chunks)
