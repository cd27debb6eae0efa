"""A load client that costs little: sockets, requests made beforehand, answers hardly read.

Every client keeps one connection and always has one request under way on it. One process serves
all clients by waiting for whichever is answered next, so that the servers have the machine.
"""

from __future__ import annotations

import gc
import http.client
import selectors
import socket
import time
from collections import Counter
from dataclasses import dataclass, field
from itertools import count, cycle
from statistics import quantiles
from typing import TYPE_CHECKING
from urllib.parse import quote

from .mix import SOLUTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_BUFFER = 1 << 18
_END_OF_HEAD = b"\r\n\r\n"
#: The last chunk. No answer holds these bytes otherwise: in JSON and in N-Triples a carriage
#: return is written as an escape (https://www.rfc-editor.org/rfc/rfc9112#section-7.1).
LAST_CHUNK = b"\r\n0\r\n\r\n"

#: Marks make every text another one. They are never used twice in one run.
_MARKS = count(10_000_000)
_PREFIX = "PREFIX n{}: <urn:n> "


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer in full."""

    status: int
    content_type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Target:
    """An endpoint."""

    host: str
    port: int
    path: str

    def ask(self, query: str, accept: str = SOLUTIONS, *, patience: float) -> Reply:
        """Ask once and read the answer in full; OSError if that takes longer than ``patience``."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=patience)
        try:
            connection.request("GET", self.address(query), headers={"Accept": accept})
            response = connection.getresponse()
            kind = response.getheader("Content-Type", "")
            return Reply(response.status, kind, response.read())
        except http.client.HTTPException as error:
            raise ConnectionError(f"The answer broke off: {error!r}") from error
        finally:
            connection.close()

    def requests(self, texts: Sequence[str], accept: str, *, repeated: bool) -> Iterator[bytes]:
        """Yield requests without end, the texts in turn.

        Unless ``repeated``, each text gets an unused prefix declaration with a name that was never
        sent before: the query means the same, and no cache can have its answer.
        """
        whole = [self.request(text, accept) for text in texts]
        if repeated:
            yield from cycle(whole)
        marked = [self.request(_PREFIX.format("@@@@@@@@") + text, accept) for text in texts]
        parts = [request.partition(quote("@@@@@@@@").encode()) for request in marked]
        for head, _, tail in cycle(parts):
            yield b"%b%d%b" % (head, next(_MARKS), tail)

    def request(self, query: str, accept: str) -> bytes:
        """Return the bytes of a request."""
        return (
            f"GET {self.address(query)} HTTP/1.1\r\n"
            f"Host: {self.host}:{self.port}\r\nAccept: {accept}\r\n\r\n"
        ).encode()

    def connect(self) -> socket.socket:
        """Return a new connection that sends data without delay (TCP_NODELAY)."""
        connection = socket.create_connection((self.host, self.port))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def address(self, query: str) -> str:
        """Return the path that asks a query."""
        return f"{self.path}?query={quote(query, safe='')}"


def never_sent(text: str) -> str:
    """Return a text that was never sent before and means the same."""
    return _PREFIX.format(next(_MARKS)) + text


@dataclass(slots=True)
class Measured:
    """Results of a measurement: the latency of each answer in seconds, and failures by kind.

    ``elapsed`` ends with the last answer; ``busy`` is how much of it this process computed, and
    ``processor`` how much the server's processes did, if their time was measured.
    """

    latencies: list[float] = field(default_factory=list)
    failures: Counter[str] = field(default_factory=Counter)
    received: int = 0
    elapsed: float = 0.0
    busy: float = 0.0
    processor: float = 0.0

    @property
    def throughput(self) -> float:
        """Return the answers in a second."""
        return len(self.latencies) / self.elapsed if self.elapsed else 0.0


@dataclass(frozen=True, slots=True)
class Latencies:
    """How long answers took, in milliseconds; zeros if there was none."""

    median: float
    percentile_95: float
    percentile_99: float

    @classmethod
    def of(cls, seconds: Sequence[float]) -> Latencies:
        """Return the figures of some answers."""
        if not seconds:
            return cls(0.0, 0.0, 0.0)
        # Twice, since a single answer has no quantiles.
        cuts = quantiles([1000 * each for each in seconds] * 2, n=100, method="inclusive")
        return cls(cuts[49], cuts[94], cuts[98])


@dataclass(frozen=True, slots=True)
class Span:
    """How long to send requests, and how long to wait for the last answers, in seconds."""

    seconds: float
    patience: float


def load(target: Target, requests: Iterator[bytes], clients: int, span: Span) -> Measured:
    """Let so many clients ask without pause; stop asking at the end of the span, then wait."""
    measured = Measured()
    busy, started = time.process_time(), time.perf_counter()
    gc.disable()  # a pause of this process would look like a pause of the server
    try:
        last = _Crowd(target, requests, measured).run(clients, started + span.seconds, span)
    finally:
        gc.enable()
    measured.elapsed = last - started
    measured.busy = time.process_time() - busy
    return measured


class _Crowd:
    """Clients that ask at the same time."""

    def __init__(self, target: Target, requests: Iterator[bytes], measured: Measured) -> None:
        self._target = target
        self._requests = requests
        self._measured = measured
        self._selector = selectors.DefaultSelector()
        self._buffer = bytearray(_BUFFER)
        self._last = time.perf_counter()

    def run(self, clients: int, until: float, span: Span) -> float:
        """Return when the last answer was complete."""
        with self._selector:
            for _ in range(clients):
                self._enter()
            self._serve(until, until + span.patience)
            for key in list(self._selector.get_map().values()):
                self._measured.failures["no answer in time"] += 1
                self._leave(key.data)
        return self._last

    def _serve(self, until: float, at_most: float) -> None:
        while self._selector.get_map() and (seconds_left := at_most - time.perf_counter()) > 0:
            for key, _ in self._selector.select(seconds_left):
                client: Client = key.data
                if not client.receive(self._buffer):
                    continue
                self._last = time.perf_counter()
                self._note(client)
                if self._last >= until:
                    self._leave(client)
                elif client.broken:
                    self._leave(client)
                    self._enter()
                else:
                    client.send(next(self._requests))

    def _enter(self) -> None:
        client = Client(self._target.connect())
        self._selector.register(client.connection, selectors.EVENT_READ, client)
        client.send(next(self._requests))

    def _leave(self, client: Client) -> None:
        self._selector.unregister(client.connection)
        client.connection.close()

    def _note(self, client: Client) -> None:
        self._measured.received += client.received
        if client.broken or client.status != 200:
            self._measured.failures[client.failure] += 1
        else:
            self._measured.latencies.append(self._last - client.sent)


class Client:
    """One connection and the answer that is coming on it."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.sent = 0.0
        self.received = 0
        self.status = 0
        self.broken = False
        self._head = b""
        self._left = 0
        self._tail = b""

    @property
    def failure(self) -> str:
        """Return what went wrong."""
        return "connection broken off" if self.broken else f"status {self.status}"

    def send(self, request: bytes) -> None:
        self.received = self.status = 0
        self._head = b""
        self.sent = time.perf_counter()
        self.connection.sendall(request)

    def receive(self, buffer: bytearray) -> bool:
        """Read the bytes that have arrived; return whether the answer is complete or broken."""
        try:
            number = self.connection.recv_into(buffer)
        except OSError:
            number = 0
        if not number:
            self.broken = True
            return True
        self.received += number
        if self.status:
            return self._goes_on(number, buffer)
        self._head += buffer[:number]
        head, separator, body = self._head.partition(_END_OF_HEAD)
        return bool(separator) and self._begins(head, body)

    def _begins(self, head: bytes, body: bytes) -> bool:
        self.status = int(head[9:12])
        fields = head.lower()
        at = fields.find(b"\r\ncontent-length:")
        if at < 0:
            # Before the first chunk's size there is no line break but that of the head.
            self._left = -1
            self._tail = (b"\r\n" + body)[-len(LAST_CHUNK) :]
            return self._tail == LAST_CHUNK
        self._left = int(fields[at + 17 :].split(b"\r\n", 1)[0]) - len(body)
        return self._left <= 0

    def _goes_on(self, number: int, buffer: bytearray) -> bool:
        if self._left > 0:
            self._left -= number
            return self._left <= 0
        end = bytes(buffer[max(0, number - len(LAST_CHUNK)) : number])
        self._tail = (self._tail + end)[-len(LAST_CHUNK) :]
        return self._tail == LAST_CHUNK
