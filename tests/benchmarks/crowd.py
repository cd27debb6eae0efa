"""Clients that only hold connections, in a process of their own: idle ones, and very slow ones."""

from __future__ import annotations

import multiprocessing
import resource
import selectors
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import cycle
from typing import TYPE_CHECKING

from .mix import SOLUTIONS

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator
    from multiprocessing.connection import Connection

    from .load import Target

CONNECTIONS = 500

#: So many times a second some of the slow clients have their turn to send a byte.
_TURNS = 50
#: A request that takes some ten minutes at a byte a second, and is never sent to its end.
_REQUEST = "SELECT * WHERE { ?s ?p ?o } " + " ".join(["# a slow request"] * 20)
_STARTING = 60.0
_BUFFER = 1 << 16


@dataclass(frozen=True, slots=True)
class CrowdReport:
    """How it went: connections that the server closed meanwhile, bytes sent, and our own work.

    ``processor`` is the part of the time for which this process itself was computing.
    """

    closed: int
    sent: int
    processor: float


@contextmanager
def crowd(target: Target, bytes_per_second: int) -> Iterator[list[CrowdReport]]:
    """Hold connections for as long as the context lasts; the list gets its one entry at the end.

    Each connection sends so many bytes a second of a request; with none they are idle.
    RuntimeError if the connections cannot be made. One that the server closes is made anew.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_hold, args=(target, theirs, bytes_per_second))
    process.start()
    try:
        if not ours.poll(_STARTING):
            raise RuntimeError(f"There were not {CONNECTIONS} connections after {_STARTING:g} s.")
        ours.recv()
        reports: list[CrowdReport] = []
        yield reports
        ours.send("enough")
        reports.append(ours.recv())
    finally:
        process.terminate()
        process.join()


def _hold(target: Target, pipe: Connection, bytes_per_second: int) -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    holder = _Holder(target)
    pipe.send("ready")
    pipe.send(holder.run(pipe, bytes_per_second))


class _Holder:
    """Holds connections, and makes those anew that the server closes."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._request = target.request(_REQUEST, SOLUTIONS)
        self._selector = selectors.DefaultSelector()
        self._sent = self._closed = 0
        self._places: list[_Place] = []
        for _ in range(CONNECTIONS):
            self._places.append(_Place(self._connect()))
            self._watch(self._places[-1])

    def run(self, pipe: Connection, bytes_per_second: int) -> CrowdReport:
        """Hold the connections until something comes through the pipe."""
        started, processor_start = time.monotonic(), time.process_time()
        turn = started
        places = cycle(self._places)
        while not pipe.poll():
            turn += 1 / _TURNS
            while (seconds_left := turn - time.monotonic()) > 0:
                self._renew(seconds_left)
            for _ in range(bytes_per_second * CONNECTIONS // _TURNS):
                self._send_byte(next(places))
        elapsed = time.monotonic() - started
        return CrowdReport(
            self._closed, self._sent, (time.process_time() - processor_start) / elapsed
        )

    def _renew(self, seconds: float) -> None:
        """Make the connections anew that are closed within some seconds."""
        for key, _ in self._selector.select(seconds):
            place: _Place = key.data
            if _is_open(place.connection):
                continue  # an answer: why the server is about to close it
            self._closed += 1
            self._selector.unregister(place.connection)
            place.connection.close()
            place.connection, place.sent = self._connect(), 0
            self._watch(place)

    def _send_byte(self, place: _Place) -> None:
        # The server may have closed it already; then it is opened again soon.
        with suppress(OSError):
            at = place.sent % len(self._request)
            self._sent += place.connection.send(self._request[at : at + 1])
            place.sent += 1

    def _connect(self) -> socket.socket:
        connection = self._target.connect()
        connection.settimeout(0)
        return connection

    def _watch(self, place: _Place) -> None:
        self._selector.register(place.connection, selectors.EVENT_READ, place)


@dataclass(slots=True)
class _Place:
    """A connection, and how many bytes have been sent on it."""

    connection: socket.socket
    sent: int = 0


def _is_open(connection: socket.socket) -> bool:
    """Read the bytes that have arrived; return whether more can come."""
    try:
        return bool(connection.recv(_BUFFER))
    except BlockingIOError:
        return True
    except OSError:
        return False
