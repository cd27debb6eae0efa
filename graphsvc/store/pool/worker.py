"""A worker: takes queries from one connection at a time and answers each in frames.

It stays with a connection until the client leaves, and ends itself (the supervisor forks another)
when it has copied too much of the shared memory, or was slowed down and may not be as quick again.
"""

from __future__ import annotations

import io
import os
import socket
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from pyoxigraph import RdfFormat, parse

from graphsvc import formats
from graphsvc.errors import GraphsvcError
from graphsvc.formats import Content
from graphsvc.store.base import GraphSelection
from graphsvc.store.pool import bounds, frames
from graphsvc.store.pool.frames import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from graphsvc.formats import Format
    from graphsvc.store.base import Term
    from graphsvc.store.oxigraph import OxigraphStore
    from graphsvc.store.pool.register import Register


#: After how many queries a worker looks at how much memory it has copied.
_WEIGHED_EVERY = 16


@dataclass(frozen=True, slots=True)
class Limits:
    """What one query may take: seconds, bytes beside the release, bytes copied of the release.

    A worker is ``sealed`` when it may open no file and no socket. Where the release is on disk
    the engine must open files, and only the reading of the query refuses SERVICE.
    """

    deadline: float
    memory: int
    copied: int
    sealed: bool


def work(
    listener: socket.socket,
    opened: Callable[[], OxigraphStore],
    register: Register,
    slot: int,
    limits: Limits,
) -> None:
    """Serve connections until the process is ended or retires."""
    bounds.end_by_default()
    bounds.end_with_parent()
    store = opened()
    bounds.limit_memory(limits.memory)
    worker = Worker(store, register, slot, limits)
    while not worker.retires:
        connection, _ = listener.accept()
        with connection:
            worker.serve(connection)
        bounds.unseal_descriptors()


class Worker:
    """One worker's state between queries."""

    def __init__(self, store: OxigraphStore, register: Register, slot: int, limits: Limits) -> None:
        self.retires = False
        self._store = store
        self._register = register
        self._slot = slot
        self._limits = limits
        self._copied = bounds.copied_memory()
        self._until_weighed = _WEIGHED_EVERY

    def serve(self, connection: socket.socket) -> None:
        """Answer the queries of one connection until it is closed or this worker retires."""
        leash, held = os.pipe()
        try:
            bounds.end_with_leash(leash)
            socket.send_fds(connection, [frames.hello(os.getpid(), self._slot)], [held])
            os.close(held)
            if self._limits.sealed:
                bounds.seal_descriptors()
            reader = frames.RequestReader()
            while not self.retires and (received := connection.recv(frames.CHUNK)):
                if (request := reader.feed(received)) is not None:
                    self._answer(request, connection)
        except (BrokenPipeError, ConnectionResetError):
            pass  # the client has gone; the next one is waiting
        finally:
            os.close(leash)

    def _answer(self, request: dict[str, Any], connection: socket.socket) -> None:
        self._register.begin(self._slot)
        out = _FrameWriter(connection)
        try:
            writer = self._store.prepare(
                request["query"],
                _formats(request["formats"]),
                GraphSelection(tuple(request["default"]), tuple(request["named"])),
                _terms(request["bindings"]),
            )
            out.put(frames.frame(Kind.HEAD, writer.format.name.encode()))
            with io.BufferedWriter(out, frames.CHUNK) as buffered:
                writer.write(buffered)
        except GraphsvcError as error:
            out.take_back()
            out.put(frames.error(error))
        except MemoryError:
            os.abort()  # as the engine ends when it is refused memory
        self.retires = self._is_kept_slow() or self._is_worn()
        out.end(frames.frame(Kind.END, b"\1" if self.retires else b""))
        self._register.rest(self._slot)

    def _is_kept_slow(self) -> bool:
        """Tell whether this process was slowed down and may not be as quick again."""
        return self._register.is_slow(self._slot) and not bounds.regain_priority()

    def _is_worn(self) -> bool:
        """Tell whether too much has been copied; looked at now and then, for looking costs."""
        self._until_weighed -= 1
        if self._until_weighed:
            return False
        self._until_weighed = _WEIGHED_EVERY
        return bounds.copied_memory() - self._copied > self._limits.copied


class _FrameWriter(io.RawIOBase):
    """A file whose writes are DATA frames; a short answer goes out in one piece with its END."""

    def __init__(self, connection: socket.socket) -> None:
        super().__init__()
        self._connection = connection
        self._pending = b""

    def writable(self) -> bool:
        """Tell that this is for writing."""
        return True

    def write(self, data: Any) -> int:
        """Send data as a frame, with what was put before."""
        self.put(frames.frame(Kind.DATA, bytes(data)))
        if len(self._pending) >= frames.CHUNK:
            self._flush()
        return len(data)

    def put(self, frame: bytes) -> None:
        """Keep a frame for the next sending."""
        self._pending += frame

    def take_back(self) -> None:
        """Forget what has not been sent yet.

        What fails after that is seen by its asker as an answer that breaks off.
        """
        self._pending = b""

    def end(self, frame: bytes) -> None:
        """Send what is left, and the last frame."""
        self.put(frame)
        self._flush()

    def _flush(self) -> None:
        self._connection.sendall(self._pending)
        self._pending = b""


def _formats(names: Mapping[str, list[str]]) -> dict[Content, Sequence[Format]]:
    return {Content(content): _offer(tuple(offered)) for content, offered in names.items()}


@lru_cache(maxsize=64)
def _offer(names: tuple[str, ...]) -> tuple[Format, ...]:
    return tuple(fmt for name in names if (fmt := formats.named(name)))


def _terms(written: Mapping[str, str]) -> dict[str, Term]:
    """Read the values of variables, each written as in N-Triples."""
    return {name: _term(text) for name, text in written.items()}


def _term(text: str) -> Term:
    line = f"<urn:x:s> <urn:x:p> {text} ."
    (quad,) = parse(line, RdfFormat.N_TRIPLES)
    term: Term = quad.object
    return term
