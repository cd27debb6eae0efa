"""A worker in the parent: its clients, its request, and how to end it."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from graphsvc.server import bounds
from graphsvc.server.board import CELLS, LeaseState

if TYPE_CHECKING:
    import socket

    from graphsvc.server.board import Slot
    from graphsvc.server.clients import ClientConnection
    from graphsvc.server.failures import Cause

#: Seconds until a request is too long for the clients that share its worker.
_QUICK = 0.01

#: Seconds that a worker may leave a lent connection unread.
_UNREAD = 0.05


@dataclass(slots=True, eq=False)
class WorkerProcess:
    """A worker in the parent.

    ``clients`` are its lent connections by their cells. It ``is_silent`` while it does not read its
    messages. ``cause`` is set when the parent has ended it. ``start_time`` is the start of the last
    request that the parent saw, ``processor`` the worker's processor time then. ``spent`` is the
    processor time of its last request, after the worker has ended.
    """

    pid: int
    channel: socket.socket
    slot: Slot
    clients: dict[int, ClientConnection] = field(default_factory=dict)
    cause: Cause | None = None
    ended: float = 0.0
    spent: float = 0.0
    is_silent: bool = False
    start_time: float = 0.0
    processor: float = 0.0
    is_long: bool = False
    is_stopped: bool = False
    turn_began: float = 0.0
    quiet_since: float = 0.0
    requests: int = 0
    idle_since: float = field(default_factory=time.monotonic)

    def is_quick(self, now: float) -> bool:
        """Tell whether a client that it is lent now will not wait long."""
        is_busy = self.is_long or self.is_at_work(now)
        return not (self.cause or self.is_silent or is_busy or len(self.clients) == CELLS)

    def is_at_work(self, now: float) -> bool:
        """Tell whether it answers a request that is not quick."""
        start_time = self.slot.start_time
        return bool(start_time) and now - start_time > _QUICK

    def is_unread(self, now: float) -> bool:
        """Tell whether it has left a lent client unread for long.

        A new worker may still be opening the release; another one would not be ready sooner.
        """
        return self.slot.requests > 0 and any(
            now - client.lent_at > _UNREAD and self.slot.state(client.lease) is LeaseState.LENT
            for client in self.clients.values()
        )

    @property
    def free_cell(self) -> int:
        return next(cell for cell in range(CELLS) if cell not in self.clients)

    def stop(self) -> None:
        """Stop the process until `wake`."""
        if not self.is_stopped:
            os.kill(self.pid, signal.SIGSTOP)
            self.is_stopped = True

    def wake(self, now: float) -> None:
        """Continue the process if it was stopped; its turn begins."""
        if self.is_stopped:
            os.kill(self.pid, signal.SIGCONT)
            self.is_stopped = False
            self.turn_began = now

    def note_time(self, processor: float) -> None:
        """Set the total processor time of the process."""
        self.spent = max(0.0, processor - self.slot.processor)

    def end(self, cause: Cause) -> None:
        """Kill the process; freeing its memory may take longer."""
        self.cause, self.ended = cause, time.monotonic()
        self.note_time(bounds.processor_time(self.pid))
        os.kill(self.pid, signal.SIGKILL)
