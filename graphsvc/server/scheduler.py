"""Ends workers, and shares the processors among workers with long requests.

A request is long after a tenth of a second of processor time. Then its worker has a tenth of the
usual priority. A limited number of long requests run at the same time; the others are stopped and
take turns. So there is always a processor for a quick request, and a long request makes progress
even if other programs keep the machine busy.
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

#: Seconds of processor time after which a request is long, and seconds of the clock after which
#: the processor time is read first.
_LONG = 0.1
_LOOKED_AT = 0.05

#: Seconds that a long request runs while others are stopped.
_TURN = 0.5

#: Seconds that a worker may keep a client without a request.
_RESTING = 2.0

#: Seconds that a worker continues for a client that has closed its side: the client may still wait
#: for the answer.
_AFTER_LEAVING = 0.5


@dataclass(frozen=True, slots=True)
class WorkerPlan:
    """The number of workers, and the limits of each.

    ``quick`` workers share the clients with quick requests; ``long`` workers may run long requests
    at the same time.
    """

    most: int
    quick: int
    long: int
    deadline: float
    limits: Limits


class Scheduler:
    """Ends and slows the workers of a plan."""

    def __init__(self, plan: WorkerPlan) -> None:
        self._plan = plan

    def schedule(self, workers: Collection[WorkerProcess]) -> None:
        """End workers that are late or whose clients have left; slow workers with long requests."""
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
        """Tell whether a worker has clients, but has not answered or returned one for long.

        A worker keeps clients only for a moment, so such a worker has been halted.
        """
        requests = worker.slot.requests
        has_clients = worker.clients or worker.is_silent
        if start_time or not has_clients or not worker.quiet_since or requests != worker.requests:
            worker.quiet_since, worker.requests = now, requests
        return now - worker.quiet_since > self._plan.deadline + _RESTING

    def _share(self, workers: Collection[WorkerProcess], now: float) -> None:
        """Let the allowed number of long requests run; those that wait longest come first."""
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
    """Read the processor time of a request; slow the worker down if the request is long."""
    processor = bounds.processor_time(worker.pid)
    if worker.start_time != start_time:
        worker.start_time, worker.processor = start_time, processor
    elif processor - worker.processor > _LONG:
        worker.is_long = bounds.lower_priority(worker.pid)
        worker.turn_began = time.monotonic()


def _place_in_turn(worker: WorkerProcess, now: float) -> tuple[bool, bool, float]:
    """Return a sort key: workers in their turn, then waiting ones, then those after their turn.

    Within each group they are in the order in which their turns began.
    """
    has_had_it = not worker.is_stopped and now - worker.turn_began > _TURN
    return has_had_it, worker.is_stopped, worker.turn_began
