"""A connection in the parent, which waits until a whole request has come.

The parent peeks at the bytes without reading them. Only if a request comes in pieces does it read
them, into a file in memory that the worker gets with the connection. So a client that sends slowly
costs a descriptor and the bytes that it has sent, but no process.
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
    """A connection, and the state of its next request.

    ``lease`` is the lease of its ``worker``, ``lent_at`` the start of the lease. ``start_time`` is
    the time of the request's first byte; ``waiting_since`` the time when the parent last got the
    connection, or when its request was complete; ``left_at`` the time when the client closed its
    side; all in seconds of the monotonic clock. ``failed`` is the request whose worker has ended,
    ``file`` the descriptor of the bytes that the parent has read.
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
        self.lent_at = 0.0
        self._size = 0
        self._needed = 0

    def look(self) -> bool:
        """Look at the bytes that have come; return whether a worker can use them.

        Errors: OSError if the client has left.
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
        """Return the bytes of the request so far, up to the longest first line."""
        return b"" if self.file is None else os.pread(self.file, _LOOK, 0)

    def discard(self) -> None:
        """Read and discard bytes. Errors: OSError if the client has left."""
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
        """Tell whether the head is complete: it may end within this piece or across two."""
        before = max(0, self._size - len(data) - 3)
        tail = os.pread(self.file or 0, len(data) + 3, before)
        if not before:
            return may_be_whole(tail)
        return b"\n\r\n" in tail or b"\n\n" in tail

    def take_back(self, file: int | None = None, needed: int = 0) -> None:
        """Take the connection back from a worker, with the bytes of the next request."""
        now = time.monotonic()
        self.forget_request()
        self.waiting_since, self.left_at, self.is_waiting, self.worker = now, 0.0, False, None
        if file is not None:
            self.file, self._size, self._needed = file, os.fstat(file).st_size, needed
            self.start_time = self.start_time or now

    def tell(self, failed: FailedRequest, request: bytes) -> None:
        """Prepare another worker to send the client the error of the failed request."""
        self.forget_request()
        self.failed, self.worker, self.waiting_since = failed, None, time.monotonic()
        self.file = messages.file_of(request)

    def forget_request(self) -> None:
        """Discard the bytes of the request."""
        if self.file is not None:
            os.close(self.file)
        self.file, self.failed, self.start_time, self._size, self._needed = None, None, 0.0, 0, 0

    def leave(self) -> None:
        """Close the descriptors in this process; other processes keep the connection."""
        self.forget_request()
        self.connection.close()

    def abort(self) -> None:
        """Reset the connection, so that the client notices an incomplete answer.

        If the end of the connection marks the end of the answer, only a reset shows an error.
        """
        bounds.reset(self.connection)
        self.leave()

    def close(self) -> None:
        """End the connection for every process that has it."""
        self.forget_request()
        with suppress(OSError):  # the client may have ended it already
            self.connection.shutdown(socket.SHUT_RDWR)
        self.connection.close()
