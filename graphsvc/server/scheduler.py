"""Which workers are ended, and how those with long requests share the processors.

A request is long once it has taken a tenth of a second of processor time. Then it has a tenth of
the priority of others, and at most so many of them run at the same time; the others are stopped,
and take turns. So a quick request finds a processor whatever else goes on, and a long one goes on
also where other programs keep the machine busy.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphsvc.server import bounds
from graphsvc.server.failures import Cause

if TYPE_CHECKING:
    from collections.abc import Collection

    from graphsvc.server.worker import Limits
    from graphsvc.server.worker_process import WorkerProcess

#: After how many seconds of processor time a request is long, and after how many seconds by the
#: clock that is looked at first.
_LONG = 0.1
_LOOKED_AT = 0.05

#: For how many seconds a long request runs while others are stopped.
_TURN = 0.5

#: How long a worker may rest with a client, in seconds.
_RESTING = 2.0

#: How long a worker goes on for a client that has left: one that only ends its sending waits for
#: its answer.
_AFTER_LEAVING = 0.5


@dataclass(frozen=True, slots=True)
class WorkerPlan:
    """How many workers there may be, and what each may take.

    ``quick`` of them share the clients with quick requests, ``long`` may run long ones at a time.
    """

    most: int
    quick: int
    long: int
    deadline: float
    limits: Limits


class Scheduler:
    """What ends and slows the workers of a plan."""

    def __init__(self, plan: WorkerPlan) -> None:
        self._plan = plan

    def schedule(self, workers: Collection[WorkerProcess]) -> None:
        """End the workers that are late or whose clients have left, and slow the long ones."""
        now = time.monotonic()
        for worker in workers:
            start_time = worker.slot.start_time
            if worker.is_long and start_time != worker.start_time:
                worker.is_long = False
                worker.wake(now)
            if worker.cause:
                continue
            if self._is_stuck(worker, start_time, now):
                worker.end(Cause.KILLED)
            elif start_time:
                self._check_request(worker, start_time, now)
        self._share(workers, now)

    def _check_request(self, worker: WorkerProcess, start_time: float, now: float) -> None:
        client = worker.clients.get(worker.slot.cell)
        if now - worker.slot.waiting_since > self._plan.deadline:
            worker.end(Cause.DEADLINE)
        elif client is not None and client.left_at and now - client.left_at > _AFTER_LEAVING:
            worker.end(Cause.CLIENT_LEFT)
        elif not worker.is_long and now - start_time > _LOOKED_AT:
            _look_at(worker, start_time)

    def _is_stuck(self, worker: WorkerProcess, start_time: float, now: float) -> bool:
        """Tell whether a worker has long had clients, and neither answered nor given one back.

        It keeps them for a moment only: then something has halted it.
        """
        requests = worker.slot.requests
        has_clients = worker.clients or worker.is_silent
        if start_time or not has_clients or not worker.quiet_since or requests != worker.requests:
            worker.quiet_since, worker.requests = now, requests
        return now - worker.quiet_since > self._plan.deadline + _RESTING

    def _share(self, workers: Collection[WorkerProcess], now: float) -> None:
        """Let as many long ones run as may; those that have waited longest come first."""
        long = [worker for worker in workers if worker.is_long and not worker.cause]
        excess = len(long) - self._plan.long
        if excess <= 0:
            for worker in long:
                worker.wake(now)
            return
        long.sort(key=lambda worker: _place_in_turn(worker, now))
        for worker in long[self._plan.long :]:
            worker.stop()
        for worker in long[: self._plan.long]:
            worker.wake(now)


def _look_at(worker: WorkerProcess, start_time: float) -> None:
    """Learn how much processor time the request has taken; slow it down if it is long."""
    processor = bounds.processor_time(worker.pid)
    if worker.start_time != start_time:
        worker.start_time, worker.processor = start_time, processor
    elif processor - worker.processor > _LONG:
        worker.is_long = bounds.lower_priority(worker.pid)
        worker.turn_began = time.monotonic()


def _place_in_turn(worker: WorkerProcess, now: float) -> tuple[bool, bool, float]:
    """Return what sorts long workers: those whose turn it is, those that wait, those that had it.

    Each of these in the order in which their turns began.
    """
    has_had_it = not worker.is_stopped and now - worker.turn_began > _TURN
    return has_had_it, worker.is_stopped, worker.turn_began
