"""Sends requests at planned times, however long the earlier answers take.

A client that waits for each answer before it asks again hides how long others would have waited.
So each request goes out at its planned time, on a free connection or on a new one, and its latency
counts from the planned time.
"""

from __future__ import annotations

import gc
import selectors
import time
from collections import deque
from typing import TYPE_CHECKING

from .load import Client, Measured

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .load import Target

    Plan = Sequence[tuple[float, bytes]]
    """When each request is sent, in seconds from the beginning, and its bytes."""

_BUFFER = 1 << 18


def offer(target: Target, plan: Plan, patience: float) -> Measured:
    """Send the requests of a plan; wait so many seconds at most for the answers after the last."""
    measured = Measured()
    busy, started = time.process_time(), time.perf_counter()
    gc.disable()  # a pause of this process would look like a pause of the server
    try:
        _Clients(target, plan, measured).run(started, patience)
    finally:
        gc.enable()
    measured.elapsed = time.perf_counter() - started
    measured.busy = time.process_time() - busy
    return measured


class _Clients:
    """As many connections as there are requests under way at once."""

    def __init__(self, target: Target, plan: Plan, measured: Measured) -> None:
        self._target = target
        self._coming = deque(plan)
        self._measured = measured
        self._selector = selectors.DefaultSelector()
        self._buffer = bytearray(_BUFFER)
        self._free: list[Client] = []
        self._under_way: dict[Client, float] = {}

    def run(self, started: float, patience: float) -> None:
        """Send and receive until all is answered, or patience is at its end."""
        at_most = started + self._coming[-1][0] + patience
        with self._selector:
            while (self._coming or self._under_way) and time.perf_counter() < at_most:
                self._send_what_is_due(started)
                for key, _ in self._selector.select(self._pause(started)):
                    self._receive(key.data)
            self._measured.failures["no answer in time"] += len(self._under_way)
            for client in (*self._free, *self._under_way):
                client.connection.close()

    def _pause(self, started: float) -> float:
        """Return how long to wait for an answer: until the next request is due."""
        if not self._coming:
            return 0.1
        return max(0.0, started + self._coming[0][0] - time.perf_counter())

    def _send_what_is_due(self, started: float) -> None:
        now = time.perf_counter()
        while self._coming and started + self._coming[0][0] <= now:
            at, request = self._coming.popleft()
            client = self._free.pop() if self._free else self._connected()
            self._under_way[client] = started + at
            client.send(request)

    def _connected(self) -> Client:
        client = Client(self._target.connect())
        self._selector.register(client.connection, selectors.EVENT_READ, client)
        return client

    def _receive(self, client: Client) -> None:
        if not client.receive(self._buffer):
            return
        due = self._under_way.pop(client, None)
        if due is not None:
            self._note(client, time.perf_counter() - due)
        if client.broken:
            self._selector.unregister(client.connection)
            client.connection.close()
            if client in self._free:
                self._free.remove(client)
        else:
            self._free.append(client)

    def _note(self, client: Client, seconds: float) -> None:
        self._measured.received += client.received
        if client.broken or client.status != 200:
            self._measured.failures[client.failure] += 1
        else:
            self._measured.latencies.append(seconds)
