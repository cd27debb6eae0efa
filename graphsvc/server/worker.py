"""A worker: a process that answers the requests of the connections that it is handed.

It answers one request at a time, start to end, straight to the socket. It stays with a connection
while its next request comes soon and nobody else waits; else it gives the connection back. It never
waits for a slow sender: a request that does not come at once goes back to the parent, which waits.

It may be killed at any time. Before it answers it writes the request onto the board, so that
another worker can tell the client what happened.
"""

from __future__ import annotations

import gc
import logging
import os
import select
import signal
import socket
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphsvc.server import bounds, messages
from graphsvc.server.access_log import new_id
from graphsvc.server.failures import Cause, Retold, malformed_request
from graphsvc.server.http import CONTINUE, Answer, Incoming, Malformed

if TYPE_CHECKING:
    from collections.abc import Callable

    from graphsvc.server.application import Application
    from graphsvc.server.board import Board, Slot
    from graphsvc.server.http import Request

#: How long a worker waits on a connection for its next request, in milliseconds.
_STAY = 1000

#: How long it waits for more of a request that has begun, in milliseconds each time, and in
#: seconds in all.
_PATIENCE = 20
_PATIENCE_IN_ALL = 0.1

#: What has come is read into this: to make so large a buffer each time takes longer.
_BUFFER = memoryview(bytearray(65_536))

#: After how many requests a worker looks at how much memory it has copied.
_WEIGHED_EVERY = 16

#: A request that took less, in seconds, has not been slowed down by the parent.
_QUICK = 0.05

#: After so many new objects the youngest are searched for cycles: a page makes tens of thousands.
_OBJECTS = 10_000


@dataclass(frozen=True, slots=True)
class Limits:
    """What one worker may take: bytes beside the release, and bytes copied of the release.

    It may copy more as long as ``reserve`` bytes of memory are free.
    """

    memory: int
    copied: int
    reserve: int


@dataclass(frozen=True, slots=True)
class Link:
    """What ties a worker to its parent: a channel for messages, the board, and a slot of it."""

    channel: socket.socket
    board: Board
    slot: Slot


def work(link: Link, open_application: Callable[[], Application], limits: Limits) -> None:
    """Answer requests until the parent closes the channel, or this worker has copied too much."""
    # Only the parent decides when a worker ends, also if the whole group is sent a signal.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    signal.set_wakeup_fd(-1)
    bounds.end_with_parent()
    bounds.write_no_core()
    gc.set_threshold(_OBJECTS)
    bounds.use_one_arena()
    application = open_application()
    bounds.limit_memory(limits.memory)
    _forbid_sockets()
    Worker(link, application, limits).run()


def _forbid_sockets() -> None:
    try:
        bounds.forbid_sockets()
    except OSError as error:
        # The parser refuses SERVICE all the same: this is the second lock of the same door.
        logging.getLogger(__name__).warning("Sockets cannot be forbidden here: %s.", error)


class Worker:
    """One worker's state between requests."""

    def __init__(self, link: Link, application: Application, limits: Limits) -> None:
        self._channel = link.channel
        self._board = link.board
        self._slot = link.slot
        self._application = application
        self._log = application.log
        self._limits = limits
        self._most_copied = limits.copied + bounds.copied_memory()
        self._until_weighed = _WEIGHED_EVERY
        self._retires = False

    def run(self) -> None:
        """Answer until there is nothing more to do."""
        while not self._retires and (message := messages.receive(self._channel)):
            if message.letter == messages.ANSWER:
                self._serve(message)
                self._slot.clear()

    def _serve(self, message: messages.Message) -> None:
        descriptor, *files = message.descriptors
        incoming = Incoming()
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM, 0, fileno=descriptor) as connection:
            visit = _Visit(connection, self._channel, self._slot)
            try:
                self._slot.take()
                # What the parent has seen waits to be read, unless it has read it itself.
                incoming.feed(messages.content_of(files[0]) if files else visit.read())
                retold = Retold.decode(message.content) if message.content else None
                letter = self._converse(visit, incoming, retold)
            except (BrokenPipeError, ConnectionResetError):
                letter = messages.CLOSE
        self._report(letter, incoming)

    def _report(self, letter: bytes, incoming: Incoming) -> None:
        content, files = b"", []
        if letter == messages.UNFINISHED:
            content, files = messages.needed(incoming.needed), [messages.file_of(incoming.data)]
        try:
            messages.send(self._channel, letter, content, files)
        finally:
            for file in files:
                os.close(file)

    def _converse(self, visit: _Visit, incoming: Incoming, retold: Retold | None) -> bytes:
        """Answer the requests of a connection as they come; return how it is given back."""
        while True:
            try:
                request = visit.next_request(incoming)
            except Malformed as malformed:
                self._refuse(visit.connection, malformed)
                return messages.LINGER
            if request is None:
                return visit.outcome
            if (end := self._answer(visit.connection, request, retold)) is not None:
                return end
            retold = None
            if (self._retires or self._board.is_somebody_waiting) and not incoming.data:
                return messages.KEEP

    def _answer(
        self, connection: socket.socket, request: Request, retold: Retold | None
    ) -> bytes | None:
        """Answer one request; return how the connection ends, None if it goes on."""
        name = "" if self._log is None else retold.name if retold else new_id()
        self._slot.begin(request.raw, bytes.fromhex(name))
        began = time.monotonic()
        answer = Answer(connection, request, self._slot)
        if self._board.is_closing:
            answer.keep_alive = False
        answer.request_id = name
        early_end = self._try_to_answer(request, connection, answer, retold)
        seconds = time.monotonic() - began
        if self._log is not None:
            end = retold.cause.value if retold else early_end
            whole_time = time.monotonic() - retold.begun if retold else seconds
            self._log.write(request, answer, whole_time, end)
        self._slot.rest()
        self._look_at_itself(seconds)
        if early_end:
            return messages.ABORT
        return None if answer.keep_alive else messages.CLOSE

    def _try_to_answer(
        self, request: Request, connection: socket.socket, answer: Answer, retold: Retold | None
    ) -> str:
        """Answer a request; return what ended the answer early, as the log says it, if anything."""
        try:
            self._application.answer(request, connection, answer, retold.cause if retold else None)
        except (BrokenPipeError, ConnectionResetError):
            return Cause.CLIENT_LEFT.value
        except MemoryError:
            os.abort()  # as the engine does when it is refused memory
        except Exception:
            logging.getLogger(__name__).exception("An answer broke off.")
            return "broken off"
        return ""

    def _refuse(self, connection: socket.socket, malformed: Malformed) -> None:
        """Tell a client what is wrong with what it sent; the connection cannot go on."""
        connection.sendall(malformed_request(malformed))
        connection.shutdown(socket.SHUT_WR)

    def _look_at_itself(self, seconds: float) -> None:
        """Retire if this process stays slowed down, or has copied too much of the release."""
        if (
            seconds > _QUICK
            and os.sched_getscheduler(0) != os.SCHED_OTHER
            and not bounds.regain_priority()
        ):
            self._retires = True
        self._until_weighed -= 1
        if seconds > _QUICK or not self._until_weighed:
            self._until_weighed = _WEIGHED_EVERY
            self._retires |= self._has_copied_too_much()

    def _has_copied_too_much(self) -> bool:
        copied = bounds.copied_memory()
        if copied < self._most_copied:
            return False
        self._most_copied = copied + self._limits.copied
        return bounds.free_memory() < self._limits.reserve


class _Visit:
    """A connection while a worker has it; ``outcome`` is how it is given back."""

    def __init__(self, connection: socket.socket, channel: socket.socket, slot: Slot) -> None:
        self.connection = connection
        self.outcome = messages.KEEP
        self._channel = channel
        self._slot = slot
        self._poll = select.poll()
        self._poll.register(connection, select.POLLIN)
        self._poll.register(channel, select.POLLIN)

    def next_request(self, incoming: Incoming) -> Request | None:
        """Return the next request; None if it does not come at once. Errors: Malformed."""
        end = time.monotonic() + _PATIENCE_IN_ALL
        while (request := incoming.next_request()) is None:
            has_begun = bool(incoming.data)
            if incoming.awaits_continue:
                self.connection.sendall(CONTINUE)
            wait = _PATIENCE if has_begun else _STAY
            if (has_begun and time.monotonic() > end) or not self._is_more(wait):
                self.outcome = messages.UNFINISHED if has_begun else messages.KEEP
                return None
            self._slot.take()
            data = self.read()
            if not data:
                self.outcome = messages.CLOSE
                return None
            incoming.feed(data)
        return request

    def read(self) -> bytes:
        """Return what has come; nothing at the end of the connection."""
        return bytes(_BUFFER[: self.connection.recv_into(_BUFFER)])

    def _is_more(self, wait: int) -> bool:
        """Wait some milliseconds for more bytes; tell whether they are there."""
        ready = {descriptor for descriptor, _ in self._poll.poll(wait)}
        if self._channel.fileno() in ready:
            # The parent wants the connection back, or has ended.
            messages.receive(self._channel)
            return False
        return self.connection.fileno() in ready
