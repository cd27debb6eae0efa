"""The workers of a parent: forked when they are needed, watched while they answer, reaped.

A request is quick until it has taken a tenth of a second of processor time. Then it goes on when
nothing else wants the processor, and at most so many of them run at the same time; the others are
stopped, and take turns. So a quick request finds a processor whatever else goes on.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from graphsvc.server import bounds, messages
from graphsvc.server.failures import Cause, cause_of
from graphsvc.server.worker import Link, work

if TYPE_CHECKING:
    from collections.abc import Callable

    from graphsvc.server.application import Application
    from graphsvc.server.board import Board, Slot
    from graphsvc.server.clients import Client
    from graphsvc.server.worker import Limits

LEAST = 4
"""How many workers are kept ready."""

#: How long a request is quick, in seconds of processor time and by the clock: its processor time is
#: not looked at before.
_QUICK = 0.1
_LOOKED_AT = 0.05

#: For how many seconds a long request runs while others are stopped.
_TURN = 0.5

#: After how many seconds a worker ends that is idle and one too many.
_IDLE = 10.0

#: How long a worker may rest with a client, in seconds.
_RESTING = 2.0

#: After how many seconds a process that has been sent SIGKILL is interrupted for certain.
_INTERRUPTED = 0.005

#: How long no worker is forked after one has failed before its first request, in seconds: at
#: first, and at most.
_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 5.0

#: How long a worker goes on for a client that has left: one that only ends its sending waits for
#: its answer.
_AFTER_LEAVING = 0.5


@dataclass(slots=True, eq=False)
class Worker:
    """A worker as its parent sees it.

    ``client`` is whom it answers, ``waited`` how long that one has waited for it. ``cause`` is set
    when the parent has ended it. ``begun`` is when the request began that was seen last,
    ``processor`` the worker's processor time then.
    """

    pid: int
    channel: socket.socket
    slot: Slot
    client: Client | None = None
    cause: Cause | None = None
    ended: float = 0.0
    waited: float = 0.0
    begun: float = 0.0
    processor: float = 0.0
    is_long: bool = False
    is_stopped: bool = False
    turn_began: float = 0.0
    client_left: float = 0.0
    quiet_since: float = 0.0
    requests: int = 0
    idle_since: float = field(default_factory=time.monotonic)


@dataclass(frozen=True, slots=True)
class Plan:
    """How many workers there may be, how many of them long, and what each may take."""

    most: int
    long: int
    deadline: float
    limits: Limits


class Pool:
    """The workers. ``open_application`` gives each its application, after it has been forked.

    ``close_others`` closes, in a new worker, what only the parent needs.
    """

    def __init__(
        self,
        board: Board,
        plan: Plan,
        open_application: Callable[[], Application],
        close_others: Callable[[], None],
    ) -> None:
        self.workers: dict[int, Worker] = {}
        self.idle: list[Worker] = []
        self._board = board
        self._plan = plan
        self._open_application = open_application
        self._close_others = close_others
        self._free = list(range(plan.most))
        self._pause = 0.0
        self._not_before = 0.0

    def can_fork(self) -> bool:
        """Tell whether there may be one more worker now."""
        return bool(self._free) and time.monotonic() >= self._not_before

    def fork(self) -> Worker | None:
        """Fork a worker; None if the kernel refuses."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        slot = self._board.slot(self._free[-1])
        try:
            pid = os.fork()
        except OSError as error:
            logging.getLogger(__name__).warning("No worker can be started: %s.", error)
            ours.close()
            theirs.close()
            self._wait_longer()
            return None
        if pid == 0:
            self._work(ours, theirs, slot)
        theirs.close()
        self._free.pop()
        worker = Worker(pid, ours, slot)
        self.workers[ours.fileno()] = worker
        self.idle.append(worker)
        return worker

    def _work(self, ours: socket.socket, theirs: socket.socket, slot: Slot) -> None:
        status = 1
        try:
            ours.close()
            for worker in self.workers.values():
                worker.channel.close()
            self._close_others()
            work(Link(theirs, self._board, slot), self._open_application, self._plan.limits)
            status = 0
        except BaseException:
            logging.getLogger(__name__).exception("A worker has failed.")
        finally:
            os._exit(status)

    def hand_over(self, client: Client) -> Worker | None:
        """Give a client to an idle worker; None if there is none."""
        while self.idle:
            worker = self.idle.pop()
            descriptors = [client.descriptor, *([] if client.file is None else [client.file])]
            retold = client.retold.encode() if client.retold else b""
            worker.slot.clear()
            try:
                messages.send(worker.channel, messages.ANSWER, retold, descriptors)
            except OSError:
                continue  # it has ended, and is reaped when its channel says so
            worker.client, worker.client_left, worker.quiet_since = client, 0.0, 0.0
            worker.waited = time.monotonic() - client.since
            client.worker = worker
            return worker
        return None

    def take_back(self, worker: Worker) -> None:
        """Count a worker among the idle again."""
        self._is_quick_again(worker)
        if worker.client is not None:
            worker.client.worker = None
        worker.client = None
        worker.idle_since = time.monotonic()
        self._pause = 0.0
        self.idle.append(worker)

    def ask_back(self, number: int) -> None:
        """Ask workers that wait for the next request of their clients to give these back."""
        resting = (each for each in self.workers.values() if each.client and not each.slot.begun)
        for worker, _ in zip(resting, range(number), strict=False):
            with suppress(OSError):  # it may have ended
                messages.send(worker.channel, messages.GIVE_BACK, b"", [])

    def reap(self, worker: Worker) -> Cause:
        """Bury a worker whose channel is closed; return why it ended."""
        del self.workers[worker.channel.fileno()]
        worker.channel.close()
        if worker in self.idle:
            self.idle.remove(worker)
        self._wake(worker)
        _, status = os.waitpid(worker.pid, 0)
        self._free.append(worker.slot.number)
        cause = worker.cause or cause_of(status)
        if cause in (Cause.CRASH, Cause.MEMORY) and status and not worker.slot.requests:
            self._wait_longer()
        return cause

    def _wait_longer(self) -> None:
        self._pause = min(max(2 * self._pause, _FIRST_PAUSE), _LONGEST_PAUSE)
        self._not_before = time.monotonic() + self._pause

    def ending(self) -> list[Worker]:
        """Return the workers that have been ended, have a client, and run nothing any more.

        A process that has been sent SIGKILL runs nothing of its own, though it may wait long for a
        processor to end on; what it ran on another processor has been interrupted by now.
        """
        before = time.monotonic() - _INTERRUPTED
        workers = (worker for worker in self.workers.values() if worker.cause and worker.client)
        return [worker for worker in workers if worker.ended < before]

    @property
    def is_ending(self) -> bool:
        """Tell whether a worker has been ended whose client does not know it yet."""
        return any(worker.cause and worker.client for worker in self.workers.values())

    def judge(self) -> None:
        """End the workers that are late or whose clients have left, and slow the long ones."""
        now = time.monotonic()
        for worker in self.workers.values():
            begun = worker.slot.begun if worker.client else 0.0
            if worker.is_long and begun != worker.begun:
                self._is_quick_again(worker)
            if worker.client and not worker.cause and self._is_stuck(worker, begun, now):
                self._end(worker, Cause.KILLED)
            if not begun or worker.cause:
                continue
            # The first request since the client was handed over has waited for a worker.
            waited = worker.waited if worker.slot.requests == 1 else 0.0
            if now - begun + waited > self._plan.deadline:
                self._end(worker, Cause.DEADLINE)
            elif worker.client_left and now - worker.client_left > _AFTER_LEAVING:
                self._end(worker, Cause.CLIENT_LEFT)
            elif not worker.is_long and now - begun > _LOOKED_AT:
                self._look_at(worker, begun)
        self._share(now)

    def _is_stuck(self, worker: Worker, begun: float, now: float) -> bool:
        """Tell whether a worker has had a client for long, and neither answered nor given it back.

        It rests for a moment only: then something has halted it.
        """
        requests = worker.slot.requests
        if begun or not worker.quiet_since or requests != worker.requests:
            worker.quiet_since, worker.requests = now, requests
        return now - worker.quiet_since > self._plan.deadline + _RESTING

    def _look_at(self, worker: Worker, begun: float) -> None:
        processor = bounds.processor_time(worker.pid)
        if worker.begun != begun:
            worker.begun, worker.processor = begun, processor
        elif processor - worker.processor > _QUICK:
            worker.is_long = bounds.lower_priority(worker.pid)
            worker.turn_began = time.monotonic()

    def _is_quick_again(self, worker: Worker) -> None:
        worker.is_long = False
        self._wake(worker)

    def _share(self, now: float) -> None:
        """Let as many long ones run as may; those that have waited longest come first."""
        long = [worker for worker in self.workers.values() if worker.is_long and not worker.cause]
        excess = len(long) - self._plan.long
        if excess <= 0:
            for worker in long:
                self._wake(worker, now)
            return
        long.sort(key=lambda worker: _place_in_turn(worker, now))
        for worker in long[self._plan.long :]:
            self._stop(worker)
        for worker in long[: self._plan.long]:
            self._wake(worker, now)

    def _stop(self, worker: Worker) -> None:
        if not worker.is_stopped:
            os.kill(worker.pid, signal.SIGSTOP)
            worker.is_stopped = True

    def _wake(self, worker: Worker, now: float = 0.0) -> None:
        if worker.is_stopped:
            os.kill(worker.pid, signal.SIGCONT)
            worker.is_stopped = False
            worker.turn_began = now

    def _end(self, worker: Worker, cause: Cause) -> None:
        worker.cause, worker.ended = cause, time.monotonic()
        # Also to end, a process must be given a processor.
        bounds.regain_priority(worker.pid)
        os.kill(worker.pid, signal.SIGKILL)

    def end_surplus(self) -> None:
        """End workers that have been idle for a while, but for the least number."""
        now = time.monotonic()
        while len(self.idle) > LEAST and now - self.idle[0].idle_since > _IDLE:
            self._dismiss(self.idle.pop(0))

    def dismiss_idle(self) -> None:
        """End all idle workers."""
        while self.idle:
            self._dismiss(self.idle.pop())

    def _dismiss(self, worker: Worker) -> None:
        worker.channel.shutdown(socket.SHUT_WR)

    def end_all(self) -> None:
        """End all workers at once."""
        for worker in self.workers.values():
            self._end(worker, Cause.KILLED)


def _place_in_turn(worker: Worker, now: float) -> tuple[bool, bool, float]:
    """Return what sorts long workers: those whose turn it is, those that wait, those that had it.

    Each of these in the order in which their turns began.
    """
    has_had_it = not worker.is_stopped and now - worker.turn_began > _TURN
    return has_had_it, worker.is_stopped, worker.turn_began
