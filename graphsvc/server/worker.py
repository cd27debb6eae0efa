"""A worker: a process that answers the requests of the connections that it is lent.

It answers one request at a time, directly to the socket. It keeps a connection if the next request
comes soon; otherwise it returns the connection. While it answers a long request, the parent takes
back its other connections. It never waits for a slow sender: an incomplete request goes back to the
parent, which waits.

It may be killed at any time. Before it answers, it writes the request onto the board, so that
another worker can send the client an error.
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
from graphsvc.server.answers import Answer
from graphsvc.server.board import LeaseState, Times
from graphsvc.server.failures import Cause, FailedRequest, malformed_request
from graphsvc.server.records import record_of
from graphsvc.server.requests import CONTINUE, Malformed, RequestBuffer

if TYPE_CHECKING:
    from graphsvc.server.application import Application
    from graphsvc.server.board import Board, Slot
    from graphsvc.server.requests import Request

#: Seconds that a worker keeps a connection for its next request.
_STAY = 1.0

#: Seconds to wait for more bytes of an incomplete request: each time, and in all.
_PATIENCE, _PATIENCE_IN_ALL = 0.02, 0.1

#: The buffer for reading; making a new one each time takes longer.
_BUFFER = memoryview(bytearray(65_536))

#: The number of requests between two checks of the copied memory.
_WEIGHED_EVERY = 16

#: The parent does not slow down requests that take fewer seconds.
_QUICK = 0.05

#: The new objects that start a garbage collection: a page makes tens of thousands.
_OBJECTS = 10_000


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one worker: bytes beside the release, and bytes copied of the release.

    It may copy more as long as ``reserve`` bytes of memory are free.
    """

    memory: int
    copied: int
    reserve: int


@dataclass(frozen=True, slots=True)
class ParentLink:
    """The link of a worker to its parent: a channel for messages, the board, and its slot."""

    channel: socket.socket
    board: Board
    slot: Slot


def work(link: ParentLink, application: Application, limits: Limits) -> None:
    """Answer requests until the parent closes the channel, or this worker has copied too much."""
    # Only the parent ends a worker, even if the whole process group gets a signal.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    signal.set_wakeup_fd(-1)
    bounds.end_with_parent()
    bounds.write_no_core()
    gc.set_threshold(_OBJECTS)
    bounds.use_one_arena()
    application.prepare()
    bounds.limit_memory(limits.memory)
    forbid_sockets()
    application.journal.open()
    Worker(link, application, limits).run()


def forbid_sockets() -> None:
    """Refuse this process every new socket, if the kernel can do that."""
    try:
        bounds.forbid_sockets()
    except OSError as error:
        # The parser refuses SERVICE, too; the filter is a second protection.
        logging.getLogger(__name__).warning("Sockets cannot be forbidden here: %s.", error)


class _Connection:
    """A connection that the worker has been lent, and the bytes of its next request."""

    def __init__(self, message: messages.Message) -> None:
        descriptor, *files = message.descriptors
        self.lease = message.lease
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 0, fileno=descriptor)
        self.descriptor = descriptor
        self.incoming = RequestBuffer()
        self.used = 0.0
        self.waiting_since, failed = messages.decode_time(message.content)
        self.failed = FailedRequest.decode(failed) if failed else None
        if files:
            # The parent has read these bytes already.
            self.incoming.feed(messages.content_of(files[0]))

    def read(self) -> bool:
        """Read bytes; return whether the connection is still open."""
        data = bytes(_BUFFER[: self.socket.recv_into(_BUFFER)])
        self.incoming.feed(data)
        return bool(data)


class Worker:
    """The state of a worker between requests."""

    def __init__(self, link: ParentLink, application: Application, limits: Limits) -> None:
        self._channel = link.channel
        self._board = link.board
        self._slot = link.slot
        self._application = application
        self._journal = application.journal
        self._limits = limits
        self._connections: dict[int, _Connection] = {}
        self._events = select.epoll()
        self._events.register(link.channel, select.EPOLLIN)
        self._next_sweep = 0.0
        self._most_copied = limits.copied + bounds.copied_memory()
        self._until_weighed = _WEIGHED_EVERY
        self._retires = ""
        self._is_dismissed = False
        self._processor = time.process_time()

    def run(self) -> None:
        """Answer requests until the worker has to end."""
        while not (self._retires or self._is_dismissed):
            for descriptor, _ in self._events.poll(_STAY if self._connections else None):
                if descriptor == self._channel.fileno():
                    self._accept_connection()
                elif not self._retires:
                    self._serve(self._connections[descriptor])
            self._give_back_unused()
        for connection in list(self._connections.values()):
            self._give_back(connection, messages.KEEP)
        self._journal.count_end(self._retires or "idle")

    def _accept_connection(self) -> None:
        """Accept the connection that the parent lends, and answer its request."""
        message = messages.receive(self._channel)
        if message is None:
            self._is_dismissed = True
            return
        connection = _Connection(message)
        self._connections[connection.descriptor] = connection
        self._events.register(connection.descriptor, select.EPOLLIN)
        self._serve(connection)

    def _give_back_unused(self) -> None:
        now = time.monotonic()
        if now < self._next_sweep:
            return
        self._next_sweep = now + _STAY
        for connection in list(self._connections.values()):
            if now - connection.used > _STAY:
                self._give_back(connection, messages.KEEP)

    def _give_back(self, connection: _Connection, letter: bytes) -> None:
        """Return a connection to the parent, with the letter of its state."""
        content, files = b"", []
        if letter == messages.UNFINISHED:
            incoming = connection.incoming
            content, files = (
                messages.encode_size(incoming.needed),
                [messages.file_of(incoming.data)],
            )
        self._leave(connection)
        try:
            messages.send(self._channel, messages.Message(letter, connection.lease, content, files))
        finally:
            for file in files:
                os.close(file)

    def _leave(self, connection: _Connection) -> None:
        del self._connections[connection.descriptor]
        self._events.unregister(connection.descriptor)
        connection.socket.close()

    def _serve(self, connection: _Connection) -> None:
        """Answer the requests on a connection."""
        if not self._slot.take(connection.lease):
            # The parent has taken it back, maybe because this process read nothing for a while. It
            # lends no other connection until it gets a message from this process.
            self._give_back(connection, messages.KEEP)
            return
        try:
            letter = self._converse(connection)
        except (BrokenPipeError, ConnectionResetError):
            letter = messages.CLOSE
        if letter is not None:
            self._give_back(connection, letter)
            self._slot.forget()
        connection.used = time.monotonic()

    def _converse(self, connection: _Connection) -> bytes | None:
        """Answer requests as they come; return the letter if the connection is to be returned."""
        incoming = connection.incoming
        if not incoming.data and not connection.read():
            return messages.CLOSE
        while True:
            try:
                request = incoming.next_request()
                if request is None and incoming.data:
                    request = self._wait_for_rest(connection)
            except Malformed as malformed:
                status, answer = malformed_request(malformed)
                self._journal.count_refusal(status)
                connection.socket.sendall(answer)
                connection.socket.shutdown(socket.SHUT_WR)
                return messages.CLOSE_SOON
            if request is None and incoming.data:
                return messages.UNFINISHED
            if request is None:
                self._slot.finish(LeaseState.RESTING)
                return None
            if (end := self._answer(connection, request)) is not None:
                return end
            if not request.is_followed:
                return None

    def _wait_for_rest(self, connection: _Connection) -> Request | None:
        """Return the rest of an incomplete request; None if others wait or it takes too long.

        Errors: Malformed, ConnectionResetError.
        """
        incoming = connection.incoming
        end = time.monotonic() + _PATIENCE_IN_ALL
        while (request := incoming.next_request()) is None:
            if incoming.awaits_continue:
                connection.socket.sendall(CONTINUE)
            if time.monotonic() > end or not self._comes_next(connection):
                return None
            if not connection.read():
                raise ConnectionResetError
        return request

    def _comes_next(self, connection: _Connection) -> bool:
        """Wait a moment; return whether the next event is more bytes of this request."""
        ready = self._events.poll(_PATIENCE)
        return [descriptor for descriptor, _ in ready] == [connection.descriptor]

    def _answer(self, connection: _Connection, request: Request) -> bytes | None:
        """Answer one request; return the letter for the connection, None if it stays open."""
        failed, connection.failed = connection.failed, None
        name = failed.name if failed else self._journal.name()
        began = time.monotonic()
        times = Times(began, connection.waiting_since or began, self._processor)
        self._slot.begin(request.raw, bytes.fromhex(name), times)
        connection.waiting_since = 0.0
        answer = Answer(connection.socket, request, self._slot)
        if self._board.is_closing:
            answer.keep_alive = False
        answer.request_id = name
        early_end = self._try_to_answer(request, connection.socket, answer, failed)
        now, processor = time.monotonic(), time.process_time()
        end = failed.cause.value if failed else early_end
        whole_time = now - failed.start_time if failed else now - began
        spent, self._processor = processor - self._processor, processor
        spent += failed.spent if failed else 0.0
        self._journal.write(record_of(request, answer, whole_time, spent, end))
        self._look_at_itself(now - began)
        if early_end:
            return messages.ABORT
        return None if answer.keep_alive else messages.CLOSE

    def _try_to_answer(
        self,
        request: Request,
        connection: socket.socket,
        answer: Answer,
        failed: FailedRequest | None,
    ) -> str:
        """Answer a request; return the cause of an early end for the log, or an empty text."""
        try:
            self._application.answer(request, connection, answer, failed.cause if failed else None)
        except (BrokenPipeError, ConnectionResetError):
            return Cause.CLIENT_LEFT.value
        except MemoryError:
            os.abort()  # as the engine does when it gets no memory
        except Exception:
            logging.getLogger(__name__).exception("An answer broke off.")
            return "broken off"
        return ""

    def _look_at_itself(self, seconds: float) -> None:
        """Stop working if this process cannot regain its priority, or has copied too much."""
        if seconds > _QUICK and bounds.has_lower_priority() and not bounds.regain_priority():
            self._retires = "low priority"
        self._until_weighed -= 1
        if seconds > _QUICK or not self._until_weighed:
            self._until_weighed = _WEIGHED_EVERY
            if self._has_copied_too_much():
                self._retires = "copied too much"

    def _has_copied_too_much(self) -> bool:
        copied = bounds.copied_memory()
        if copied < self._most_copied:
            return False
        self._most_copied = copied + self._limits.copied
        return bounds.free_memory() < self._limits.reserve
