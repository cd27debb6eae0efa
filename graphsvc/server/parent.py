"""The parent: accepts connections, lends those with a request to workers, and never answers itself.

It has one thread and sleeps until an event: a connection or a request has come, a worker is done or
has ended, a deadline is near. It parses nothing that a client sends. It keeps a descriptor of every
connection. So if a worker ends before its answer is complete, another worker sends an error, or, if
bytes were sent already, the parent resets the connection.
"""

from __future__ import annotations

import gc
import logging
import os
import select
import signal
import socket
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphsvc.server import bounds, messages
from graphsvc.server.board import LeaseState
from graphsvc.server.clients import ClientConnection
from graphsvc.server.counters import Event
from graphsvc.server.failures import Cause, FailedRequest, error_answer, error_of, request_timeout
from graphsvc.server.pool import LEAST, Pool
from graphsvc.server.records import Record
from graphsvc.server.scheduler import Scheduler

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from graphsvc.server.application import Application
    from graphsvc.server.board import Board
    from graphsvc.server.scheduler import WorkerPlan
    from graphsvc.server.worker_process import WorkerProcess

#: Seconds between two checks of the workers: while one is ending, while one has several clients,
#: while one has any client, and otherwise.
_SOON, _SHARED, _TICK, _REST = 0.005, 0.01, 0.025, 1.0

#: Seconds that a connection stays open: without a request, after its last answer, and without a
#: request after another parent has taken over.
_IDLE, _CLOSING, _LEAVING = 75.0, 2.0, 5.0

_UNAVAILABLE = 503

_ONCE = select.EPOLLIN | select.EPOLLRDHUP | select.EPOLLONESHOT
_LEFT = select.EPOLLRDHUP | select.EPOLLONESHOT


@dataclass(frozen=True, slots=True)
class Bounds:
    """Limits for clients: the number that may wait, and the seconds until a request is complete."""

    waiting: int
    patience: float


class Parent:
    """A parent that serves one release on some listening sockets, by an application for workers."""

    def __init__(
        self,
        listeners: Sequence[socket.socket],
        plan: WorkerPlan,
        client_bounds: Bounds,
        application: Application,
        board: Board,
    ) -> None:
        self._listeners = {listener.fileno(): listener for listener in listeners}
        self._bounds = client_bounds
        self._deadline = plan.deadline
        self._journal = application.journal
        self._board = board
        self._scheduler = Scheduler(plan)
        self._pool = Pool(self._board, plan, application, self._close_all)
        self._events = select.epoll()
        self._clients: dict[int, ClientConnection] = {}
        self._waiting: deque[ClientConnection] = deque()
        self._wakeup, self._signals = socket.socketpair()
        self._leaves_at = 0.0
        self._closes_idle = False
        self._next_sweep = 0.0

    def run(self, tell_ready: Callable[[], None]) -> None:
        """Serve until SIGTERM, or until SIGUSR1 when another parent has taken over.

        ``tell_ready`` is called when there are workers. At SIGTERM, running requests are completed
        first; at SIGUSR1, also the next request of each open connection.
        """
        self._receive_signals()
        for descriptor, listener in self._listeners.items():
            listener.setblocking(False)  # noqa: FBT003 - the socket's own interface
            self._events.register(descriptor, select.EPOLLIN)
        gc.collect()
        gc.freeze()
        self._journal.open()
        self._journal.count(Event.PARENT_STARTED)
        self._fork_least()
        tell_ready()
        while not self._is_done():
            for descriptor, event in self._events.poll(self._wait()):
                self._handle(descriptor, event)
            for client, state in self._pool.relieve():
                self._go_on(client, state)
            self._dispatch()
            self._scheduler.schedule(self._pool.workers.values())
            for worker in self._pool.ending():
                # The kernel may take long to free its memory; its clients need not wait for that.
                self._settle(worker, worker.cause or Cause.KILLED)
            self._sweep()
            self._pool.show_load(len(self._waiting), len(self._clients))
        self._pool.end_all()

    def _receive_signals(self) -> None:
        bounds.end_with_parent()
        self._wakeup.setblocking(False)  # noqa: FBT003
        self._signals.setblocking(False)  # noqa: FBT003
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGUSR1):
            signal.signal(number, _ignore)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        signal.set_wakeup_fd(self._signals.fileno())
        self._events.register(self._wakeup, select.EPOLLIN)

    def _wait(self) -> float:
        is_busy = self._waiting or len(self._pool.idle) < len(self._pool.workers)
        if self._waiting and self._pool.can_fork():
            return 0.0
        if self._pool.is_ending:
            return _SOON
        if self._pool.is_shared:
            return _SHARED
        return _TICK if is_busy or self._leaves_at else _REST

    def _handle(self, descriptor: int, event: int) -> None:
        if descriptor in self._pool.workers:
            self._receive(self._pool.workers[descriptor])
        elif descriptor in self._clients:
            self._look_at(self._clients[descriptor], event)
        elif descriptor in self._listeners:
            self._accept(self._listeners[descriptor])
        elif descriptor == self._wakeup.fileno():
            for number in self._wakeup.recv(64):
                self._leave(signal.Signals(number))

    # --- Clients

    def _accept(self, listener: socket.socket) -> None:
        for _ in range(64):
            try:
                connection, _ = listener.accept()
            except BlockingIOError:
                return
            except OSError as error:
                logging.getLogger(__name__).warning("A connection cannot be taken: %s.", error)
                self._close_oldest()
                return
            connection.setblocking(True)  # noqa: FBT003 - the workers wait, the parent never does
            if connection.family != socket.AF_UNIX:
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._journal.count(Event.CONNECTION)
            client = ClientConnection(connection)
            self._clients[client.descriptor] = client
            self._events.register(client.descriptor, _ONCE)

    def _look_at(self, client: ClientConnection, event: int) -> None:
        if client.worker is not None:
            # A client that closes its side may still wait for its answer.
            client.left_at = time.monotonic()
            if event & (select.EPOLLHUP | select.EPOLLERR):
                client.left_at -= 60
            return
        try:
            if client.closes_soon:
                client.discard()
            elif client.look():
                self._queue(client)
                return
        except BlockingIOError:
            pass
        except OSError:
            self._close(client)
            return
        self._events.modify(client.descriptor, _ONCE)

    def _queue(self, client: ClientConnection) -> None:
        if len(self._waiting) >= self._bounds.waiting:
            self._refuse_for_overload(client)
        else:
            client.waiting_since, client.is_waiting = time.monotonic(), True
            self._waiting.append(client)

    def _queue_first(self, client: ClientConnection) -> None:
        client.is_waiting = True
        self._waiting.appendleft(client)

    def _refuse(self, client: ClientConnection, answer: bytes) -> None:
        """Send a short answer without a worker, and close the connection."""
        with suppress(OSError):
            client.connection.send(answer, socket.MSG_DONTWAIT)
            client.connection.shutdown(socket.SHUT_WR)
        self._close_soon(client)

    def _refuse_for_overload(self, client: ClientConnection) -> None:
        self._journal.count_refusal(_UNAVAILABLE)
        self._refuse(client, error_answer(error_of(Cause.OVERLOADED, self._deadline)))

    def _close_soon(self, client: ClientConnection) -> None:
        """Close a connection after its client has read the answer, or after a short time."""
        client.take_back()
        client.closes_soon = True
        self._events.modify(client.descriptor, _ONCE)

    def _close(self, client: ClientConnection) -> None:
        del self._clients[client.descriptor]
        with suppress(OSError):
            self._events.unregister(client.descriptor)
        client.close()

    def _abort(self, client: ClientConnection) -> None:
        """Reset a connection, so that an incomplete answer does not look complete."""
        del self._clients[client.descriptor]
        self._events.unregister(client.descriptor)
        client.abort()

    def _close_oldest(self) -> None:
        """Close the oldest idle connection, to accept another one."""
        resting = [each for each in self._clients.values() if self._is_resting(each)]
        for client in resting[: len(resting) // 4 + 1]:
            self._close(client)

    def _is_resting(self, client: ClientConnection) -> bool:
        return not client.is_waiting and client.worker is None

    def _sweep(self) -> None:
        """Check rare events: connections that are open too long, idle workers."""
        now = time.monotonic()
        if now < self._next_sweep:
            return
        self._next_sweep = now + _REST
        for client in list(self._clients.values()):
            if self._is_resting(client):
                self._end_if_late(client, now)
        while self._waiting and now - self._waiting[0].waiting_since > self._deadline:
            self._refuse_for_overload(self._waiting.popleft())
        for client in self._pool.gather():
            self._go_on(client, LeaseState.RESTING)
        if not self._leaves_at:
            self._pool.end_surplus()

    def _end_if_late(self, client: ClientConnection, now: float) -> None:
        limit = _CLOSING if client.closes_soon else _LEAVING if self._leaves_at else _IDLE
        seconds = now - client.start_time
        if client.start_time and seconds > self._bounds.patience and not client.closes_soon:
            self._journal.write(Record.of_timeout(client.beginning, seconds))
            self._refuse(client, request_timeout(self._bounds.patience))
        elif not client.start_time and now - client.waiting_since > limit:
            self._close(client)

    # --- Workers

    def _fork_least(self) -> None:
        while len(self._pool.workers) < LEAST and self._fork():
            pass

    def _fork(self) -> bool:
        worker = self._pool.fork() if self._pool.can_fork() else None
        if worker is not None:
            self._events.register(worker.channel, select.EPOLLIN)
        return worker is not None

    def _dispatch(self) -> None:
        """Lend the waiting connections to workers."""
        if not self._leaves_at:
            self._fork_least()
        # A fork takes as long as several requests, so only one is made at a time.
        forks = 1
        while self._waiting:
            client = self._waiting[0]
            if self._pool.lend(client):
                self._waiting.popleft().is_waiting = False
                self._events.modify(client.descriptor, _LEFT)
            elif forks and self._fork():
                forks = 0
            else:
                break
        if self._waiting:
            for client in self._pool.make_room():
                self._go_on(client, LeaseState.RESTING)

    def _receive(self, worker: WorkerProcess) -> None:
        try:
            message = messages.receive(worker.channel, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return  # the event was for an older descriptor with the same number
        if message is None:
            self._reap(worker)
            return
        client = self._pool.take_back(worker, message.lease)
        if client is None:
            for descriptor in message.descriptors:
                os.close(descriptor)
            return
        is_over = message.letter == messages.KEEP and self._closes_idle
        if message.letter == messages.ABORT:
            self._abort(client)
            return
        if message.letter == messages.CLOSE or is_over:
            self._close(client)
        elif message.letter == messages.CLOSE_SOON:
            self._close_soon(client)
        else:
            needed = messages.decode_size(message.content) if message.content else 0
            client.take_back(message.descriptors[0] if message.descriptors else None, needed)
            self._events.modify(client.descriptor, _ONCE)

    def _reap(self, worker: WorkerProcess) -> None:
        self._events.unregister(worker.channel)
        self._settle(worker, self._pool.reap(worker))

    def _settle(self, worker: WorkerProcess, cause: Cause) -> None:
        """Handle the clients of a worker that has ended."""
        slot, clients = worker.slot, list(worker.clients.values())
        worker.clients.clear()
        for client in clients:
            client.worker = None
            state = slot.state(client.lease)
            if state is LeaseState.BUSY:
                self._report_failure(client, worker, cause)
            elif state is LeaseState.ENDED:
                self._close(client)
            else:
                self._go_on(client, state)

    def _report_failure(
        self, client: ClientConnection, worker: WorkerProcess, cause: Cause
    ) -> None:
        """Handle a client whose worker has ended during its request."""
        slot = worker.slot
        if cause is not Cause.CLIENT_LEFT and client.failed is None and slot.can_report_failure:
            failed = FailedRequest(cause, slot.start_time, slot.name.hex(), worker.spent)
            client.tell(failed, slot.request)
            self._queue_first(client)
            return
        if slot.start_time:
            self._journal.write(Record.of_lost(slot, cause, worker.spent))
        if slot.status or cause is Cause.CLIENT_LEFT:
            self._abort(client)
        else:
            self._refuse(client, error_answer(error_of(cause, self._deadline)))

    def _go_on(self, client: ClientConnection, state: LeaseState) -> None:
        """Continue with a client after its worker has ended outside of its request."""
        if state is LeaseState.LENT:
            self._queue_first(client)
        else:
            client.take_back()
            self._events.modify(client.descriptor, _ONCE)

    # --- The end

    def _leave(self, number: signal.Signals) -> None:
        """Accept no more connections; complete the running requests."""
        self._board.close()
        grace = self._deadline + _LEAVING
        self._leaves_at = min(self._leaves_at or float("inf"), time.monotonic() + grace)
        for descriptor, listener in self._listeners.items():
            self._events.unregister(descriptor)
            listener.close()
        self._listeners.clear()
        if number is not signal.SIGUSR1:
            self._closes_idle = True
            for client in self._pool.revoke_resting():
                self._go_on(client, LeaseState.RESTING)
            for client in list(self._clients.values()):
                if self._is_resting(client) and not client.start_time:
                    self._close(client)

    def _is_done(self) -> bool:
        if not self._leaves_at:
            return False
        return not self._clients or time.monotonic() > self._leaves_at

    def _close_all(self) -> None:
        """Close the descriptors of the parent, in a newly forked worker."""
        self._events.close()
        self._wakeup.close()
        self._signals.close()
        for listener in self._listeners.values():
            listener.close()
        for client in self._clients.values():
            client.leave()


def _ignore(*_: object) -> None:
    """Do nothing: the signal only wakes the loop up."""
