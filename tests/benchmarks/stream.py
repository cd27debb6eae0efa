"""A long answer: when its first byte comes, and how much memory our processes take meanwhile."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from threading import Event, Thread
from typing import TYPE_CHECKING

from . import processes
from .mix import SOLUTIONS

if TYPE_CHECKING:
    import socket

    from .load import Target
    from .peers import Server

ROWS = 1_000_000

_ALL = "{ GRAPH ?g { ?s ?p ?o } }"
#: One small answer before, so that what is only done once is done.
_FIRST = "SELECT ?s WHERE { ?s ?p ?o } LIMIT 1000"
_EVERY = 0.05
_PATIENCE = 600.0
_BUFFER = 1 << 18
_HEAD_ENDS = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Growth:
    """How much more memory a process took at most than before, in megabytes.

    ``resident`` is what the kernel kept of its peak; ``proportional`` and ``private`` are the
    most that was seen, looking twenty times a second. Pages of a database's file that come into
    memory count in the first two; a process shares such pages with whoever reads the same file.
    """

    process: str
    pid: int
    before: float
    resident: float
    proportional: float
    private: float


@dataclass(frozen=True, slots=True)
class Streamed:
    """A long answer: times in seconds since it was asked for, and the processes that gave it."""

    peer: str
    rows: int
    bytes: int
    first_byte: float
    whole: float
    growth: list[Growth]


def stream(server: Server, quads: int, rows: int = ROWS) -> Streamed:
    """Ask for so many rows and watch the server's processes.

    If there are fewer ``quads`` they are asked for again and again: a union needs no memory.
    """
    often = " UNION ".join([_ALL] * -(-rows // quads))
    _read(server.target, _FIRST)
    watch = _Watch(server.pid)
    started = time.perf_counter()
    first, size = _read(server.target, f"SELECT ?s ?p ?o ?g WHERE {{ {often} }} LIMIT {rows}")
    whole = time.perf_counter() - started
    return Streamed(server.peer.name, rows, size, first, whole, watch.stop())


def _read(target: Target, query: str) -> tuple[float, int]:
    """Return when the first byte of the body came, and how many bytes came in all."""
    buffer = bytearray(_BUFFER)
    request = target.request(query, SOLUTIONS).replace(_HEAD_ENDS, b"\r\nConnection: close\r\n\r\n")
    with target.connect() as connection:
        connection.settimeout(_PATIENCE)
        started = time.perf_counter()
        connection.sendall(request)
        head = b""
        while not head.partition(_HEAD_ENDS)[2]:
            got = connection.recv(_BUFFER)
            if not got:
                raise ConnectionError(f"There is no answer: {head!r}")
            head += got
        first = time.perf_counter() - started
        if not head.startswith(b"HTTP/1.1 200"):
            raise ConnectionError(f"The answer is {head[:80]!r}")
        return first, len(head) + _drain(connection, buffer)


def _drain(connection: socket.socket, buffer: bytearray) -> int:
    size = 0
    while number := connection.recv_into(buffer):
        size += number
    return size


class _Watch:
    """Looks at a server's processes until it is stopped."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._before: dict[int, processes.Memory] = {}
        self._most: dict[int, processes.Memory] = {}
        self._stopped = Event()
        self._look(forget=True)
        self._before = dict(self._most)
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self) -> list[Growth]:
        """Return the growth of each process that was there before or is there now."""
        self._stopped.set()
        self._thread.join()
        self._look()
        return [self._growth(pid) for pid in self._most]

    def _run(self) -> None:
        while not self._stopped.wait(_EVERY):
            self._look()

    def _look(self, *, forget: bool = False) -> None:
        for pid in processes.family(self._pid):
            if forget:
                # A process of another user cannot be told; its peak is that of its life then.
                with suppress(OSError):
                    processes.forget_peak(pid)
            now = processes.memory(pid)
            if now is not None:
                most = self._most.get(pid, now)
                self._most[pid] = processes.Memory(
                    resident=max(most.resident, now.resident),
                    proportional=max(most.proportional, now.proportional),
                    private=max(most.private, now.private),
                    peak=now.peak,
                )

    def _growth(self, pid: int) -> Growth:
        # One that came meanwhile began as the copy of its parent: all that it has of its own
        # is growth.
        empty = processes.Memory(self._most[pid].resident, 0, 0, 0)
        before, most = self._before.get(pid, empty), self._most[pid]
        return Growth(
            process=processes.name(pid),
            pid=pid,
            before=_megabytes(before.resident),
            resident=_megabytes(most.peak - before.resident),
            proportional=_megabytes(most.proportional - before.proportional),
            private=_megabytes(most.private - before.private),
        )


def _megabytes(number: int) -> float:
    return round(number / 1_000_000, 1)
