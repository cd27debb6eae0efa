"""A proxy before an engine that spoils its answers: it stalls, cuts, lies, answers HTML."""

from __future__ import annotations

import random
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import urlsplit

from remote.naughty import answer, chunked, cuts, headed, refuses, sends, stalls
from server.wire import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from socket import socket

    from remote.naughty import Behaviour

_HOST = "127.0.0.1"
_PASSED_ON = ("Accept", "Content-Type")


@dataclass(frozen=True, slots=True)
class Reply:
    """What the engine has answered."""

    status: str
    kind: str
    server: str
    content: bytes

    @property
    def part(self) -> bytes:
        """Return the beginning of the content, and not up to the end of a line of N-Triples.

        For an engine that says a graph is whole may cut it there, and nobody can know: it is a
        graph too.
        """
        end = random.randrange(1, len(self.content) + 1) if self.content else 0  # noqa: S311
        return self.content[:end].removesuffix(b"\n").removesuffix(b" .")


#: What is done with an answer instead of passing it on.
Spoiling: TypeAlias = "Callable[[Reply], Behaviour]"


def whole(reply: Reply) -> Behaviour:
    """Pass it on as it is."""
    return answer(reply.content, reply.kind, reply.status, Server=reply.server)


def _silent(_: Reply) -> Behaviour:
    return stalls(PATIENCE)


def _silent_in_the_middle(reply: Reply) -> Behaviour:
    send, stall = sends(headed(len(reply.content), reply.part, reply.kind)), stalls(PATIENCE)

    def behave(connection: socket) -> None:
        send(connection)
        stall(connection)

    return behave


def _cut(reply: Reply) -> Behaviour:
    return cuts(headed(len(reply.content), reply.part, reply.kind))


def _cut_between_chunks(reply: Reply) -> Behaviour:
    return cuts(chunked(reply.part or b"{", kind=reply.kind))


def _too_short(reply: Reply) -> Behaviour:
    """Send all of it, and say that it is shorter."""
    return sends(headed(len(reply.part), reply.content, reply.kind))


def _too_long(reply: Reply) -> Behaviour:
    """Send all of it, and say that it is longer."""
    return cuts(headed(len(reply.content) + 1, reply.content, reply.kind))


def _html(_: Reply) -> Behaviour:
    return answer(b"<!DOCTYPE html><title>Welcome</title><p>It works.", "text/html")


def _html_of_gateway(_: Reply) -> Behaviour:
    return answer(b"<!DOCTYPE html><title>Bad gateway</title>", "text/html", "502 Bad Gateway")


def _no_word(_: Reply) -> Behaviour:
    return refuses


SPOILINGS: dict[str, Spoiling] = {
    "silence": _silent,
    "a cut": _cut,
    "a length that is too small": _too_short,
    "HTML": _html,
    "silence in the middle of an answer": _silent_in_the_middle,
    "a cut between chunks": _cut_between_chunks,
    "a length that is too great": _too_long,
    "HTML of a gateway": _html_of_gateway,
    "an end without a word": _no_word,
}


class Proxy:
    """Passes requests on to the engine at an address; ``spoiling`` changes the answer.

    ``answers`` is how many have been given since `become`.
    """

    def __init__(self, engine: str) -> None:
        parts = urlsplit(engine)
        self.place = (parts.hostname or "", parts.port or 0)
        self.path = parts.path
        self.address = ""
        self.spoiling: Spoiling = whole
        self.answers = 0

    def become(self, spoiling: Spoiling) -> None:
        """Do this with the answers from now on."""
        self.spoiling, self.answers = spoiling, 0

    def ask(self, handler: BaseHTTPRequestHandler) -> Reply:
        """Pass a request on. Errors: OSError, HTTPException."""
        body = handler.rfile.read(int(handler.headers["Content-Length"] or 0))
        fields = {name: handler.headers[name] for name in _PASSED_ON if handler.headers[name]}
        engine = HTTPConnection(*self.place, timeout=PATIENCE)
        try:
            engine.request(handler.command, handler.path, body, fields)
            with engine.getresponse() as reply:
                status, heads = f"{reply.status} {reply.reason}", reply.headers
                return Reply(status, heads["Content-Type"], heads["Server"], reply.read())
        finally:
            engine.close()


@contextmanager
def proxy_before(engine: str) -> Iterator[Proxy]:
    """Run a proxy before the engine at an address; while the engine is away it says nothing."""
    proxy = Proxy(engine)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle(self) -> None:
            # The service ends connections with answers that it does not want.
            with suppress(ConnectionError):
                super().handle()

        def do_POST(self) -> None:
            self.close_connection = True
            with suppress(OSError, HTTPException):
                reply = proxy.ask(self)
                proxy.answers += 1
                proxy.spoiling(reply)(self.connection)
                self.close_connection = False

        def do_GET(self) -> None:
            self.do_POST()

    server = ThreadingHTTPServer((_HOST, 0), Handler)
    server.daemon_threads = True
    server.block_on_close = False
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    proxy.address = f"http://{_HOST}:{server.server_address[1]}{proxy.path}"
    try:
        yield proxy
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
