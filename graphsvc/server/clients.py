"""A connection as the parent sees it: it waits until a request has come, and reads nothing else.

The parent looks at what has come without taking it. Only of a request that comes in pieces it takes
the pieces, into a file in memory that goes to the worker with the connection. So a client that
sends slowly costs a descriptor and the bytes that it has sent, and no process.
"""

from __future__ import annotations

import os
import socket
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from graphsvc.server import bounds, messages
from graphsvc.server.board import Lease
from graphsvc.server.requests import LONGEST_HEAD, LONGEST_REQUEST, may_be_whole

if TYPE_CHECKING:
    from graphsvc.server.failures import FailedRequest
    from graphsvc.server.worker_process import WorkerProcess

_LOOK = 16_384
_CHUNK = 65_536


class ClientConnection:
    """A connection, and what is known of its next request.

    ``lease`` is that of the ``worker`` that has it, ``lent`` when it began.
    ``begun`` is when the first byte of that was seen, ``since`` when the connection was last given
    to the parent or its request had come, ``left`` when its client was seen to send no more, all in
    seconds of the monotonic clock. ``failed`` is the request whose worker has ended, ``file`` the
    descriptor of what has been read of it.
    """

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.descriptor = connection.fileno()
        self.waiting_since = time.monotonic()
        self.start_time = 0.0
        self.failed: FailedRequest | None = None
        self.file: int | None = None
        self.closes_soon = False
        self.is_waiting = False
        self.left_at = 0.0
        self.worker: WorkerProcess | None = None
        self.lease = Lease(0, 0)
        self.lent = 0.0
        self._size = 0
        self._needed = 0

    def look(self) -> bool:
        """Look at what has come; tell whether a worker can go on with it.

        Errors: OSError if the client has gone.
        """
        if self.file is None:
            data = self.connection.recv(_LOOK, socket.MSG_PEEK | socket.MSG_DONTWAIT)
            if not data:
                raise ConnectionResetError
            if may_be_whole(data):
                return True
            self.start_time = time.monotonic()
            self.file = os.memfd_create("request", os.MFD_CLOEXEC)
        return self._collect()

    @property
    def beginning(self) -> bytes:
        """Return what has come of the request, as far as its first line may go."""
        return b"" if self.file is None else os.pread(self.file, _LOOK, 0)

    def discard(self) -> None:
        """Take what comes and forget it. Errors: OSError if the client has gone."""
        if not self.connection.recv(_CHUNK, socket.MSG_DONTWAIT):
            raise ConnectionResetError

    def _collect(self) -> bool:
        data = self.connection.recv(_CHUNK, socket.MSG_DONTWAIT)
        if not data or self.file is None:
            raise ConnectionResetError
        os.write(self.file, data)
        self._size += len(data)
        if self._needed:
            return self._size >= self._needed
        if self._size > LONGEST_REQUEST:
            return True
        return self._is_in_body(data) or self._size > LONGEST_HEAD

    def _is_in_body(self, data: bytes) -> bool:
        """Tell whether the head is there: it may end with this piece and the one before."""
        before = max(0, self._size - len(data) - 3)
        tail = os.pread(self.file or 0, len(data) + 3, before)
        if not before:
            return may_be_whole(tail)
        return b"\n\r\n" in tail or b"\n\n" in tail

    def take_back(self, file: int | None = None, needed: int = 0) -> None:
        """Take the connection from a worker, with what it has read of the next request."""
        now = time.monotonic()
        self.forget_request()
        self.waiting_since, self.left_at, self.is_waiting, self.worker = now, 0.0, False, None
        if file is not None:
            self.file, self._size, self._needed = file, os.fstat(file).st_size, needed
            self.start_time = self.start_time or now

    def tell(self, failed: FailedRequest, request: bytes) -> None:
        """Have another worker tell the client why the one ended that had its request."""
        self.forget_request()
        self.failed, self.worker, self.waiting_since = failed, None, time.monotonic()
        self.file = messages.file_of(request)

    def forget_request(self) -> None:
        """Forget what has been read."""
        if self.file is not None:
            os.close(self.file)
        self.file, self.failed, self.start_time, self._size, self._needed = None, None, 0.0, 0, 0

    def leave(self) -> None:
        """Close the descriptors in this process; the connection goes on in others."""
        self.forget_request()
        self.connection.close()

    def abort(self) -> None:
        """End the connection so that the client sees that its answer is not whole.

        Where only the end of the connection ends an answer, nothing but a reset tells that.
        """
        bounds.reset(self.connection)
        self.leave()

    def close(self) -> None:
        """End the connection, for every process that has it: nothing more is sent on it."""
        self.forget_request()
        with suppress(OSError):  # the client may have ended it already
            self.connection.shutdown(socket.SHUT_RDWR)
        self.connection.close()
