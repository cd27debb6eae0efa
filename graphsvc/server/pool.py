"""The workers of a parent: they are forked when needed, lent clients, and reaped.

A number of workers equal to the number of processors share the connections with quick requests: a
worker that does not sleep between two requests answers twice as many. When a request is not quick,
the other connections of its worker go to other workers, so that they do not wait.
"""

from __future__ import annotations

import logging
import os
import socket
import time
from itertools import count
from typing import TYPE_CHECKING

from graphsvc.server import messages
from graphsvc.server.board import CELLS, Lease, LeaseState, Load
from graphsvc.server.counters import Event
from graphsvc.server.failures import Cause, cause_of
from graphsvc.server.worker import ParentLink, work
from graphsvc.server.worker_process import WorkerProcess

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from graphsvc.server.application import Application
    from graphsvc.server.board import Board, Slot
    from graphsvc.server.clients import ClientConnection
    from graphsvc.server.scheduler import WorkerPlan

LEAST = 4
"""The least number of workers."""

#: Seconds after which a surplus idle worker is ended.
_IDLE = 10.0

#: Seconds after SIGKILL when a process is certainly interrupted.
_INTERRUPTED = 0.005

#: Seconds before the next fork after a worker has failed before its first request: at first, and at
#: most.
_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 5.0


class Pool:
    """The workers, which share the application of the parent.

    ``close_others`` closes the descriptors of the parent in a new worker.
    """

    def __init__(
        self,
        board: Board,
        plan: WorkerPlan,
        application: Application,
        close_others: Callable[[], None],
    ) -> None:
        self.workers: dict[int, WorkerProcess] = {}
        self.idle: list[WorkerProcess] = []
        self._board = board
        self._plan = plan
        self._application = application
        self._close_others = close_others
        self._free = list(range(plan.most))
        self._numbers = count(1)
        self._pause = 0.0
        self._not_before = 0.0

    def can_fork(self) -> bool:
        """Tell whether one more worker may be forked now."""
        return bool(self._free) and time.monotonic() >= self._not_before

    def fork(self) -> WorkerProcess | None:
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
        self._application.journal.count(Event.WORKER_STARTED)
        self._free.pop()
        worker = WorkerProcess(pid, ours, slot)
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
            work(ParentLink(theirs, self._board, slot), self._application, self._plan.limits)
            status = 0
        except BaseException:
            logging.getLogger(__name__).exception("A worker has failed.")
        finally:
            os._exit(status)

    def lend(self, client: ClientConnection) -> bool:
        """Lend a client with a request to a worker; return False if no worker is available."""
        while (worker := self._choose()) is not None:
            lease = Lease(worker.free_cell, next(self._numbers))
            descriptors = [client.descriptor, *([] if client.file is None else [client.file])]
            failed = client.failed.encode() if client.failed else b""
            worker.slot.lend(lease)
            content = messages.encode_time(client.waiting_since, failed)
            message = messages.Message(messages.ANSWER, lease, content, descriptors)
            try:
                # The parent never waits for a worker.
                messages.send(worker.channel, message, socket.MSG_DONTWAIT)
            except OSError:
                # The worker reads nothing, or has ended; then it is reaped when its channel closes.
                worker.is_silent = True
                continue
            client.worker, client.lease, client.lent_at = worker, lease, time.monotonic()
            worker.clients[lease.cell] = client
            return True
        return False

    def _choose(self) -> WorkerProcess | None:
        """Return the worker for the next client; None if the client has to wait."""
        now = time.monotonic()
        quick = [each for each in self.workers.values() if each.clients and each.is_quick(now)]
        if len(quick) >= self._plan.quick:
            return min(quick, key=lambda worker: len(worker.clients))
        while self.idle:
            worker = self.idle.pop()
            if not worker.is_silent:
                return worker
        if quick and not self.can_fork():
            return min(quick, key=lambda worker: len(worker.clients))
        return None

    def take_back(self, worker: WorkerProcess, lease: Lease) -> ClientConnection | None:
        """Take back a client that a worker returns; None if its lease was revoked before."""
        worker.is_silent = False
        self._pause = 0.0
        client = worker.clients.get(lease.cell)
        if client is not None and client.lease == lease:
            self._forget(worker, client)
        else:
            client = None
        self._rest_without_clients(worker)
        return client

    def _forget(self, worker: WorkerProcess, client: ClientConnection) -> None:
        del worker.clients[client.lease.cell]
        client.worker = None

    def _rest_without_clients(self, worker: WorkerProcess) -> None:
        if not (worker.clients or worker.cause or worker.is_silent or worker in self.idle):
            worker.idle_since = time.monotonic()
            self.idle.append(worker)

    def revoke(self, worker: WorkerProcess, state: LeaseState) -> Iterator[ClientConnection]:
        """Take back the clients of a worker whose leases have a state."""
        with worker.slot.lock() as is_locked:
            if not is_locked:
                return
            for client in list(worker.clients.values()):
                if worker.slot.revoke(client.lease, state):
                    self._forget(worker, client)
                    yield client

    def revoke_resting(self) -> Iterator[ClientConnection]:
        """Take back all clients that workers keep without a request."""
        for worker in self.workers.values():
            yield from self.revoke(worker, LeaseState.RESTING)
            self._rest_without_clients(worker)

    def make_room(self) -> Iterator[ClientConnection]:
        """Take clients back from workers that have the most clients, but no request."""
        for worker in self.workers.values():
            if len(worker.clients) == CELLS:
                yield from self.revoke(worker, LeaseState.RESTING)
                self._rest_without_clients(worker)

    def gather(self) -> Iterator[ClientConnection]:
        """Take back resting clients, so that fewer workers share them."""
        now = time.monotonic()
        quick = [each for each in self.workers.values() if each.clients and each.is_quick(now)]
        quick.sort(key=lambda worker: len(worker.clients), reverse=True)
        room = sum(CELLS - len(worker.clients) for worker in quick[: self._plan.quick])
        for worker in quick[self._plan.quick :]:
            room -= len(worker.clients)
            if room >= 0:
                yield from self.revoke(worker, LeaseState.RESTING)
                self._rest_without_clients(worker)

    def relieve(self) -> Iterator[tuple[ClientConnection, LeaseState]]:
        """Take back the clients of busy or silent workers; yield each with its state."""
        now = time.monotonic()
        for worker in self.workers.values():
            if worker.cause:
                continue
            if len(worker.clients) > 1 and worker.is_at_work(now):
                for state in (LeaseState.LENT, LeaseState.RESTING):
                    yield from ((client, state) for client in self.revoke(worker, state))
            elif worker.is_unread(now):
                worker.is_silent = True
                yield from (
                    (client, LeaseState.LENT) for client in self.revoke(worker, LeaseState.LENT)
                )

    def reap(self, worker: WorkerProcess) -> Cause:
        """Reap a worker whose channel is closed; return why it ended."""
        del self.workers[worker.channel.fileno()]
        worker.channel.close()
        if worker in self.idle:
            self.idle.remove(worker)
        worker.wake(time.monotonic())
        _, status, usage = os.wait4(worker.pid, 0)
        worker.note_time(usage.ru_utime + usage.ru_stime)
        self._free.append(worker.slot.number)
        cause = worker.cause or cause_of(status)
        if status:
            # A worker that ends by itself writes its own reason.
            self._application.journal.count_end(cause.value)
        if cause in (Cause.CRASH, Cause.MEMORY) and status and not worker.slot.requests:
            self._wait_longer()
        return cause

    def _wait_longer(self) -> None:
        self._pause = min(max(2 * self._pause, _FIRST_PAUSE), _LONGEST_PAUSE)
        self._not_before = time.monotonic() + self._pause

    def ending(self) -> list[WorkerProcess]:
        """Return the killed workers that still have a client and certainly run no more code.

        After SIGKILL a process runs no code of its own, although its end may take long; code that
        was running on another processor has been interrupted by now.
        """
        before = time.monotonic() - _INTERRUPTED
        workers = (worker for worker in self.workers.values() if worker.cause and worker.clients)
        return [worker for worker in workers if worker.ended < before]

    @property
    def is_ending(self) -> bool:
        """Tell whether a worker was killed and its client has not been answered."""
        return any(worker.cause and worker.clients for worker in self.workers.values())

    @property
    def is_shared(self) -> bool:
        """Tell whether a client may be waiting for another client's request."""
        return any(len(worker.clients) > 1 for worker in self.workers.values())

    def show_load(self, waiting: int, connections: int) -> None:
        """Write the load onto the board; ``waiting`` requests wait for a worker."""
        self._board.load = Load(len(self.workers), len(self.idle), waiting, connections)

    def end_surplus(self) -> None:
        """End workers that have been idle for a while, except the least number."""
        now = time.monotonic()
        while len(self.idle) > LEAST and now - self.idle[0].idle_since > _IDLE:
            self._dismiss(self.idle.pop(0))

    def dismiss_idle(self) -> None:
        """End all idle workers."""
        while self.idle:
            self._dismiss(self.idle.pop())

    def _dismiss(self, worker: WorkerProcess) -> None:
        worker.channel.shutdown(socket.SHUT_WR)

    def end_all(self) -> None:
        """Kill all workers."""
        for worker in self.workers.values():
            worker.end(Cause.KILLED)
