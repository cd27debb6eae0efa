"""A long answer: when its first byte comes, and how much memory the server takes meanwhile."""

from __future__ import annotations

import time
from dataclasses import dataclass
from statistics import median
from threading import Event, Thread
from typing import TYPE_CHECKING, Self

from . import processes
from .load import LAST_CHUNK
from .mix import SOLUTIONS
from .tables import table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .load import Target
    from .peers import Server

ROWS = 1_000_000
#: How often the answer is read and timed. Then it is read once more while memory is watched, which
#: takes the kernel so long that no time would count.
READINGS = 3
#: When the first byte is to come, in milliseconds.
AIM = 20

_ALL = "{ GRAPH ?g { ?s ?p ?o } }"
#: One small answer first, so that work that is done only once is not measured.
_FIRST = "SELECT ?s WHERE { ?s ?p ?o } LIMIT 1000"
_EVERY = 0.1
_PATIENCE = 600.0
_BUFFER = 1 << 18
_HEAD_ENDS = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Streamed:
    """A long answer: seconds until its first byte and until all of it, for each reading.

    ``broken_off`` is how many of the readings ended before the answer did.
    ``private_growth`` is by how many megabytes the private memory of one process grew at most,
    ``proportional_growth`` the same of all processes together, seen ten times a second.
    """

    peer: str
    rows: int
    bytes: int
    broken_off: int
    first_byte: list[float]
    whole: list[float]
    private_growth: float
    proportional_growth: float

    def section(self) -> Iterator[str]:
        """Yield the lines of the report."""
        yield f"## A long answer: {self.peer}"
        yield ""
        yield (
            f"{self.rows:,} rows, {self.bytes / 1e6:,.1f} MB, read {len(self.whole)} times"
            f"{f', **{self.broken_off} times broken off**' if self.broken_off else ''}."
        )
        yield ""
        first = [1000 * seconds for seconds in self.first_byte]
        yield from table(
            ("what", "median", "largest"),
            (
                (f"first byte, ms (aim {AIM})", f"{median(first):.1f}", f"{max(first):.1f}"),
                ("all of it, s", f"{median(self.whole):.2f}", f"{max(self.whole):.2f}"),
                ("growth of the private memory of a process, MB", "", f"{self.private_growth:.1f}"),
                (
                    "growth of the memory of all processes, shared parts once, MB",
                    "",
                    f"{self.proportional_growth:.1f}",
                ),
            ),
        )


def stream(server: Server, quads: int, rows: int = ROWS) -> Streamed:
    """Ask for so many rows and watch the server's processes.

    If there are fewer ``quads``, a UNION asks for them several times: it needs no memory.
    """
    often = " UNION ".join([_ALL] * -(-rows // quads))
    query = f"SELECT ?s ?p ?o ?g WHERE {{ {often} }} LIMIT {rows}"
    _read(server.target, _FIRST)
    watch = _Watch(server.pid)
    readings = [_read(server.target, query) for _ in range(READINGS)]
    with watch:
        _read(server.target, query)
    return Streamed(
        peer=server.peer.name,
        rows=rows,
        bytes=max(each.bytes for each in readings),
        broken_off=sum(each.broken_off for each in readings),
        first_byte=[each.first_byte for each in readings],
        whole=[each.whole for each in readings],
        private_growth=watch.private,
        proportional_growth=watch.proportional,
    )


@dataclass(frozen=True, slots=True)
class _Reading:
    first_byte: float
    whole: float
    bytes: int
    broken_off: bool


def _read(target: Target, query: str) -> _Reading:
    """Read an answer to its end, without keeping it."""
    buffer = bytearray(_BUFFER)
    request = target.request(query, SOLUTIONS).replace(_HEAD_ENDS, b"\r\nConnection: close\r\n\r\n")
    with target.connect() as connection:
        connection.settimeout(_PATIENCE)
        started = time.perf_counter()
        connection.sendall(request)
        head = b""
        while not head.partition(_HEAD_ENDS)[2]:
            received = connection.recv(_BUFFER)
            if not received:
                raise ConnectionError(f"There is no answer: {head!r}")
            head += received
        first = time.perf_counter() - started
        if not head.startswith(b"HTTP/1.1 200"):
            raise ConnectionError(f"The answer is {head[:80]!r}")
        size, tail = len(head), head[-len(LAST_CHUNK) :]
        while number := connection.recv_into(buffer):
            size += number
            end = buffer[max(0, number - len(LAST_CHUNK)) : number]
            tail = (tail + end)[-len(LAST_CHUNK) :]
    whole = time.perf_counter() - started
    chunked = b"transfer-encoding: chunked" in head.lower()
    return _Reading(first, whole, size, broken_off=chunked and tail != LAST_CHUNK)


class _Watch:
    """Context in which the growth of the memory of a server's processes is observed."""

    def __init__(self, pid: int) -> None:
        self.private = self.proportional = 0.0
        self._pid = pid
        self._before = self._look()
        self._stopped = Event()
        self._thread = Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._thread.join()
        self._compare()

    def _run(self) -> None:
        while not self._stopped.wait(_EVERY):
            self._compare()

    def _look(self) -> dict[int, processes.Memory]:
        readings = ((each.pid, processes.memory(each)) for each in processes.tree(self._pid))
        return {pid: memory for pid, memory in readings if memory}

    def _compare(self) -> None:
        now = self._look()
        # All that a process which was not there before has of its own is growth.
        nothing = processes.Memory(0.0, 0.0, 0.0)
        growths = (
            memory.private - self._before.get(pid, nothing).private for pid, memory in now.items()
        )
        self.private = max(self.private, *growths)
        self.proportional = max(self.proportional, _total(now) - _total(self._before))


def _total(memories: dict[int, processes.Memory]) -> float:
    return sum(memory.proportional for memory in memories.values())
