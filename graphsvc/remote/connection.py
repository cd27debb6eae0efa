"""Connections to an engine's host, within a bounded time, also from a worker without new sockets.

A worker forbids itself new sockets (`graphsvc.server.bounds.forbid_sockets`), so that nothing in it
reaches another host. The kernel's filter only concerns the thread that sets it. So an earlier
thread opens the connections, only to one host. It also limits the time for the resolution of the
host's name, which the system's resolver does not.
"""

from __future__ import annotations

import queue
import socket
import threading
from collections.abc import Callable
from typing import TypeAlias

CONNECTING = 0.8
"""How many seconds it may take until a connection stands, or the engine counts as away."""


class SilentHostError(OSError):
    """A host has not answered in time, so nothing has been sent to it."""


#: Opens a connection to a host and a port. Errors: OSError.
Connect: TypeAlias = Callable[[str, int], socket.socket]


def dial(host: str, port: int) -> socket.socket:
    """Connect to a host within `CONNECTING` seconds.

    Errors: OSError.
    """
    try:
        connection = socket.create_connection((host, port), CONNECTING)
    except TimeoutError as error:
        raise SilentHostError from error
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


class Connector:
    """A thread that opens connections to one host and port only."""

    def __init__(self, host: str, port: int) -> None:
        self._place = host, port
        self._requests: queue.SimpleQueue[_ConnectionRequest] = queue.SimpleQueue()
        threading.Thread(target=self._work, name="dialler", daemon=True).start()

    def dial(self, host: str, port: int) -> socket.socket:
        """Connect within `CONNECTING` seconds, name resolution included. Errors: OSError."""
        if (host, port) != self._place:
            raise PermissionError(f"No connection is opened but to {self._place[0]}.")
        call = _ConnectionRequest()
        self._requests.put(call)
        return call.outcome()

    def _work(self) -> None:
        while True:
            self._requests.get().answer(self._place)


class _ConnectionRequest:
    """A request for a connection, and its outcome."""

    def __init__(self) -> None:
        self._outcome: queue.SimpleQueue[socket.socket | OSError] = queue.SimpleQueue()
        self._is_given_up = False

    def answer(self, place: tuple[str, int]) -> None:
        """Connect, unless the request has been given up."""
        if self._is_given_up:
            return
        try:
            connection = dial(*place)
        except OSError as error:
            self._outcome.put(error)
            return
        self._outcome.put(connection)

    def outcome(self) -> socket.socket:
        """Return the connection. Errors: OSError."""
        try:
            outcome = self._outcome.get(timeout=CONNECTING)
        except queue.Empty:
            self._is_given_up = True
            raise SilentHostError from None
        if isinstance(outcome, OSError):
            raise outcome
        return outcome
