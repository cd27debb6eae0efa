"""The supervisor: loads a release once, forks workers from itself, and keeps their number right.

It has one thread and runs no query itself, so that it can fork at any moment. A worker whose query
is no longer quick is slowed down (SCHED_IDLE) and replaced, so that quick queries always find a
worker and a processor. When too many are slow already, it may stay where it is for a moment; then
it is ended and its client told to come again.
"""

from __future__ import annotations

import os
import signal
import socket
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphsvc.store.pool import bounds
from graphsvc.store.pool.register import Cause, Register
from graphsvc.store.pool.worker import Limits, work

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import NoReturn

    from graphsvc.store.oxigraph import OxigraphStore
    from graphsvc.store.pool.pins import Pins

_SOCKET = "workers.sock"
_REGISTER = "register"
_BACKLOG = 512
_SIGNALS = {signal.SIGCHLD, signal.SIGTERM, signal.SIGINT}
_SCHEDULED = 2  # CPUCLOCK_SCHED, the kernel's name for the processor time of a process

#: How often the workers are looked at, in seconds.
TICK = 0.05

#: How long after its deadline a worker is killed, in seconds. Its client tells the asker on time;
#: the kernel's work with the memory of those that end is not to come in between.
GRACE = 0.3

#: How long a query is quick, in seconds of processor time: a busy machine makes no query long.
QUICK = 0.1

#: How long a query is quick in seconds by the clock: one may wait for a client that reads slowly.
QUICK_BY_CLOCK = 1.0

#: How long a query that is no longer quick may stay among the quick, in seconds by the clock.
STAY = 2.0


@dataclass(frozen=True, slots=True)
class Plan:
    """How many workers wait for quick queries, how many may be slow, and what each may take."""

    quick: int
    slow: int
    limits: Limits


def socket_path(folder: Path) -> Path:
    """Return where the workers listen."""
    return folder / _SOCKET


def register_path(folder: Path) -> Path:
    """Return where the register is."""
    return folder / _REGISTER


def supervise(
    opened: Callable[[], OxigraphStore], folder: Path, plan: Plan, pins: Pins | None = None
) -> NoReturn:
    """Keep workers until SIGTERM; ``folder`` is private to the service.

    ``opened`` gives each worker the store, after it has been forked: one in memory was loaded
    before, and is shared. The address appears in the folder once workers are ready. ``pins``
    are the other releases that this supervisor starts supervisors for.
    """
    bounds.end_with_parent()
    signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    address = socket_path(folder)
    waiting = address.with_suffix(".new")
    waiting.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(waiting))
    listener.listen(_BACKLOG)
    register = Register(register_path(folder), slots=plan.quick + plan.slow)
    supervisor = _Supervisor(listener, opened, register, plan, pins)
    supervisor.fill()
    waiting.replace(address)
    supervisor.run()


@dataclass(slots=True)
class _Child:
    """A worker as the supervisor sees it.

    ``begun`` is when the query began that was seen last, ``processor`` the processor time of the
    process when it was first seen; ``cause`` is set when the process was ended on purpose.
    """

    slot: int
    slow: bool = False
    begun: float = 0.0
    processor: float = 0.0
    cause: Cause | None = None


class _Supervisor:
    def __init__(
        self,
        listener: socket.socket,
        opened: Callable[[], OxigraphStore],
        register: Register,
        plan: Plan,
        pins: Pins | None,
    ) -> None:
        self._listener = listener
        self._opened = opened
        self._register = register
        self._plan = plan
        self._pins = pins
        self._children: dict[int, _Child] = {}
        self._free = list(range(register.slots))

    def run(self) -> NoReturn:
        wait = TICK
        while True:
            received = signal.sigtimedwait(_SIGNALS, wait)
            if received is not None and received.si_signo in (signal.SIGTERM, signal.SIGINT):
                self._end()
            self._bury()
            now = time.monotonic()
            next_deadline = self._judge(now)
            self.fill()
            if self._pins is not None:
                self._pins.look()
            wait = min(TICK, max(next_deadline - time.monotonic(), 0.0))

    def fill(self) -> None:
        """Fork until enough workers wait for quick queries."""
        quick = sum(not child.slow for child in self._children.values())
        while quick < self._plan.quick and self._free:
            self._fork(self._free.pop())
            quick += 1

    def _fork(self, slot: int) -> None:
        self._register.clear(slot)
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                work(self._listener, self._opened, self._register, slot, self._plan.limits)
                status = 0
            finally:
                os._exit(status)
        self._children[pid] = _Child(slot)

    def _bury(self) -> None:
        while self._children:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            if self._pins is not None and self._pins.bury(pid):
                continue
            child = self._children.pop(pid)
            self._free.append(child.slot)
            self._register.died(pid, child.cause if child.cause is not None else _cause(status))

    def _judge(self, now: float) -> float:
        """Slow down what is slow, end what is late or one too many; return the next deadline."""
        next_deadline = now + TICK
        for pid, child in self._children.items():
            since = self._register.read(child.slot).since
            if child.slow and since != child.begun:
                # It has done with the slow query, and is as quick as before, or will end.
                child.slow = False
                self._register.note_slow(child.slot, 0)
            if since is None or child.cause is not None:
                continue
            deadline = since + self._plan.limits.deadline + GRACE
            if now >= deadline:
                self._kill(pid, child, Cause.DEADLINE)
                continue
            next_deadline = min(next_deadline, deadline)
            if not child.slow and self._is_slow(pid, child, since, now):
                self._slow_down(pid, child, now - since)
        return next_deadline

    def _is_slow(self, pid: int, child: _Child, since: float, now: float) -> bool:
        processor = _processor_time(pid)
        if child.begun != since:
            child.begun, child.processor = since, processor
        return now - since > QUICK_BY_CLOCK or processor - child.processor > QUICK

    def _slow_down(self, pid: int, child: _Child, lasted: float) -> None:
        if sum(other.slow for other in self._children.values()) < self._plan.slow:
            child.slow = True
            self._register.note_slow(child.slot, 1)
            # Whoever wakes up goes before a process that runs when nothing else does: sched(7).
            os.sched_setscheduler(pid, os.SCHED_IDLE, os.sched_param(0))
        elif lasted > STAY:
            self._kill(pid, child, Cause.CROWDED)

    def _kill(self, pid: int, child: _Child, cause: Cause) -> None:
        child.cause = cause
        # Also to end, a process must be given a processor.
        bounds.regain_priority(pid)
        os.kill(pid, signal.SIGKILL)

    def _end(self) -> NoReturn:
        for pid in self._children:
            os.kill(pid, signal.SIGKILL)
        if self._pins is not None:
            self._pins.end()
        raise SystemExit(0)


def _processor_time(pid: int) -> float:
    """Return how long a child has had a processor, in seconds: clock_getcpuclockid(3)."""
    try:
        return time.clock_gettime(~pid << 3 | _SCHEDULED)
    except OSError:
        return 0.0  # it has just ended


def _cause(status: int) -> Cause:
    """Return what a wait status says; the engine aborts when it is refused memory."""
    if not os.WIFSIGNALED(status):
        return Cause.RETIRED if os.waitstatus_to_exitcode(status) == 0 else Cause.CRASHED
    by_signal = {
        bounds.HUNG_UP: Cause.HUNG_UP,
        signal.SIGABRT: Cause.MEMORY,
    }
    return by_signal.get(signal.Signals(os.WTERMSIG(status)), Cause.CRASHED)
