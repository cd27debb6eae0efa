"""A store whose queries workers answer, for callers that wait: the pages, the command line."""

from __future__ import annotations

import os
import socket
import time
from collections import deque
from contextlib import suppress
from threading import Condition
from typing import TYPE_CHECKING

from pyoxigraph import DefaultGraph, NamedNode, Quad

from graphsvc.errors import QueryError, StoreError
from graphsvc.formats import Content, named
from graphsvc.store.base import UNION, Answer, GraphSelection, Subject, Table, Term
from graphsvc.store.pool import frames, requests
from graphsvc.store.pool.frames import Frame, Kind
from graphsvc.store.pool.register import Cause, Register
from graphsvc.store.pool.supervisor import register_path, socket_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from graphsvc.formats import Format

_JSON = named("json")
_RESULTS = {content: [_JSON] for content in (Content.SOLUTIONS, Content.BOOLEAN) if _JSON}

#: How long a client looks for the cause of a worker's end, in seconds, and how often.
CAUSE_WAIT = 0.15
CAUSE_STEP = 0.005

_QUADS = "SELECT ?s ?p ?o ?g WHERE { GRAPH ?g { ?s ?p ?o } }"
_TRIPLES = "SELECT ?s ?p ?o WHERE { ?s ?p ?o }"


def wait_for_workers(folder: Path, seconds: float) -> None:
    """Return once there are workers; StoreError if there are none after so many seconds."""
    end = time.monotonic() + seconds
    while not socket_path(folder).exists():
        if time.monotonic() > end:
            raise StoreError("There are no query workers.", remedy="Start the service again.")
        time.sleep(CAUSE_STEP)


class Connection:
    """A connection to one worker; closing it ends what the worker is doing."""

    def __init__(self, folder: Path, timeout: float) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(timeout)
        self._reader = frames.FrameReader()
        self._frames: deque[Frame] = deque()
        self._leash: int | None = None
        try:
            self._socket.connect(str(socket_path(folder)))
            received, leashes, _, _ = socket.recv_fds(self._socket, frames.CHUNK, 1)
            (self._leash,) = leashes
            self._frames.extend(self._reader.feed(received))
            self.pid, _ = frames.who(self._frames.popleft())
            self.register = Register(register_path(folder))
        except (OSError, ValueError, IndexError) as error:
            self.close()
            raise StoreError(
                "No worker can be reached.", remedy="Ask the query again in a moment."
            ) from error
        self._socket.settimeout(None)

    def send(self, request: bytes) -> None:
        """Send a request; OSError if the worker has gone."""
        self._socket.sendall(request)

    def receive(self) -> Frame | None:
        """Return the next frame, or None if the worker has gone."""
        while not self._frames:
            try:
                received = self._socket.recv(frames.CHUNK)
            except OSError:
                return None
            if not received:
                return None
            self._frames.extend(self._reader.feed(received))
        return self._frames.popleft()

    def close(self) -> None:
        """Let the worker go, and end what it is doing."""
        if self._leash is not None:
            os.close(self._leash)
            self._leash = None
        self._socket.close()


class PooledStore:
    """The store of a release behind its workers: see `graphsvc.store.base.Store`."""

    def __init__(self, folder: Path, limits: requests.Limits) -> None:
        self._folder = folder
        self._limits = limits
        self._idle: list[Connection] = []
        self._free = limits.quick
        self._waiting = 0
        self._changed = Condition()

    def answer(
        self,
        query: str,
        formats: Mapping[Content, Sequence[Format]],
        graphs: GraphSelection = UNION,
        bindings: Mapping[str, Term] | None = None,
    ) -> Answer:
        """Answer in the first of the formats offered for the kind of answer the query has."""
        asked = requests.request(query, formats, graphs, bindings)
        running = _Running(self, self._connection_asked(asked))
        return Answer(running.format, running)

    def select(self, query: str, bindings: Mapping[str, Term] | None = None) -> Table:
        """Answer a SELECT over the union of all graphs as a table of terms."""
        answer = self._json(query, bindings)
        if b'"boolean"' in answer[:64]:
            raise QueryError("This is not a SELECT query.", remedy="Ask for a table by SELECT.")
        return requests.table(answer)

    def ask(self, query: str, bindings: Mapping[str, Term] | None = None) -> bool:
        """Answer an ASK over the union of all graphs."""
        answer = self._json(query, bindings)
        if b'"boolean"' not in answer[:64]:
            raise QueryError("This is not an ASK query.", remedy="Ask yes or no by ASK.")
        return requests.boolean(answer)

    def quads(
        self,
        graph: str | None = None,
        *,
        subject: Subject | None = None,
        predicate: NamedNode | None = None,
        value: Term | None = None,
    ) -> Iterator[Quad]:
        """Yield the quads of the named graphs, or of one, that have the terms given."""
        name = None if graph is None else NamedNode(graph)
        return self._fitting(_QUADS, {"g": name, "s": subject, "p": predicate, "o": value})

    def triples(
        self,
        subject: Subject | None = None,
        predicate: NamedNode | None = None,
        value: Term | None = None,
    ) -> Iterator[Quad]:
        """Yield each triple of the union that has the terms given, as a quad of no named graph."""
        return self._fitting(_TRIPLES, {"s": subject, "p": predicate, "o": value})

    def _fitting(self, query: str, pattern: Mapping[str, Term | None]) -> Iterator[Quad]:
        given = {name: term for name, term in pattern.items() if term is not None}
        for row in self.select(query, given):
            graph = row.get("g", DefaultGraph())
            yield Quad(row["s"], row["p"], row["o"], graph)  # type: ignore[arg-type]

    def _json(self, query: str, bindings: Mapping[str, Term] | None) -> bytes:
        return b"".join(self.answer(query, _RESULTS, UNION, bindings).chunks)

    def _connection_asked(self, request: bytes) -> Connection:
        """Return a connection on which the request has been sent."""
        self._wait_for_room()
        try:
            while self._idle:
                connection = self._idle.pop()
                with suppress(OSError):
                    connection.send(request)
                    return connection
                connection.close()
            connection = Connection(self._folder, self._limits.deadline)
            connection.send(request)
        except (OSError, StoreError):
            self.leave()
            raise
        return connection

    def _wait_for_room(self) -> None:
        with self._changed:
            if self._free == 0 and self._waiting >= self._limits.waiting:
                raise requests.crowded()
            self._waiting += 1
            found = self._changed.wait_for(lambda: self._free > 0, self._limits.deadline)
            self._waiting -= 1
            if not found:
                raise requests.crowded()
            self._free -= 1

    def leave(self) -> None:
        """Make room for another query."""
        with self._changed:
            self._free += 1
            self._changed.notify()

    def close(self) -> None:
        """Let the workers go that wait for queries."""
        while self._idle:
            self._idle.pop().close()

    def keep(self, connection: Connection) -> None:
        """Keep a connection for the next query."""
        self._idle.append(connection)

    def failure(self, connection: Connection) -> StoreError:
        """Return why a worker has gone in the middle of an answer."""
        end = time.monotonic() + CAUSE_WAIT
        cause: Cause | None = None
        while cause is None and time.monotonic() < end:
            cause = connection.register.cause(connection.pid)
            if cause is None:
                time.sleep(CAUSE_STEP)
        return requests.failure(cause, self._limits)


class _Running:
    """An answer as it comes; its place is free for another when it is done."""

    def __init__(self, store: PooledStore, connection: Connection) -> None:
        self._store = store
        self._connection: Connection | None = connection
        try:
            self.format = requests.format_of(self._next(connection))
        except BaseException:
            self.close()
            raise

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        if self._connection is None:
            raise StopIteration
        try:
            frame = self._next(self._connection)
        except StoreError:
            self.close()
            raise
        if frame.kind is Kind.DATA:
            return frame.payload
        self._finish(frame)
        raise StopIteration

    def _next(self, connection: Connection) -> Frame:
        frame = connection.receive()
        if frame is None:
            raise self._store.failure(connection)
        if frame.kind is Kind.ERROR:
            self._finish(connection.receive())
            frames.raise_error(frame.payload)
        return frame

    def _finish(self, end: Frame | None) -> None:
        connection, self._connection = self._connection, None
        if connection is None:
            return
        self._store.leave()
        if end is not None and end.kind is Kind.END and not end.payload:
            self._store.keep(connection)
        else:
            connection.close()

    def close(self) -> None:
        """Give the answer up; its worker is ended if it is not done."""
        self._finish(None)

    def __del__(self) -> None:
        self.close()
