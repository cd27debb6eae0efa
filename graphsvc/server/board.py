"""The board: shared memory in which the parent and its workers see each other's state.

The parent makes the memory before it forks, so that all processes share it. Each worker has a slot:
the request that it answers, and the connections that it has been lent. A lent connection has a cell
in the slot, with the number of its lease. The parent can revoke a lease unless the worker answers
on that connection, so no connection waits behind a long request.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import struct
from contextlib import contextmanager, suppress
from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_REQUEST = 131_072
"""The most bytes of a request in a slot; a longer request is not stored."""

CELLS = 32
"""The most connections that a worker has at a time."""

#: The start of the request (0 while there is none) and of its client's wait, in seconds of the
#: monotonic clock, the number of its bytes in the slot, the status of its answer once bytes are
#: sent, its cell, its kind, the number of bytes sent, the name of the request, the number of
#: requests so far, the worker's processor time at the start of the request.
_REQUEST = struct.Struct("<ddIHBBQ8sI4xd")
_TIME = struct.Struct("<d")
_STATUS = struct.Struct("<H")
_SENT = struct.Struct("<Q")
_SINCE_AT, _STATUS_AT, _CELL_AT, _KIND_AT, _SENT_AT = 8, 20, 22, 23, 24

#: A cell: the number of the lease, and its state.
_CELL = struct.Struct("<IB3x")
_SIZE = _REQUEST.size + CELLS * _CELL.size

#: The beginning of the board: the flag, and the `Load`.
_LOAD = struct.Struct("<IIII")
_CLOSING, _LOAD_AT, _FLAGS = 0, 16, 32


class LeaseState(IntEnum):
    """The state of a connection that a worker has been lent."""

    REVOKED = 0
    """It belongs to the parent again."""
    LENT = 1
    """A request has come, and the worker has not begun to read it."""
    BUSY = 2
    """The worker reads or answers a request."""
    RESTING = 3
    """The worker waits for the next request, and has read nothing of it."""
    ENDED = 4
    """The last answer is complete, and the connection can be closed."""


class Lease(NamedTuple):
    """The right of a worker to a connection: a cell, and a unique number."""

    cell: int
    number: int


class Times(NamedTuple):
    """The start of a request and of its client's wait, in seconds of the monotonic clock.

    ``processor`` is the processor time of the worker at the start, in seconds.
    """

    start_time: float
    waiting_since: float
    processor: float


class Load(NamedTuple):
    """The load: the number of workers, of idle workers, and of requests that wait for one.

    ``connections`` counts all open connections.
    """

    workers: int = 0
    idle: int = 0
    waiting: int = 0
    connections: int = 0


class Board:
    """A slot for each of ``slots`` workers, and a flag and the load for all of them."""

    def __init__(self, slots: int) -> None:
        self._slots = slots
        size = _FLAGS + slots * _SIZE
        self._file = os.memfd_create("board", os.MFD_CLOEXEC)
        os.ftruncate(self._file, size)
        self._states = mmap.mmap(self._file, size)
        self._requests = mmap.mmap(-1, slots * LONGEST_REQUEST)

    @property
    def is_closing(self) -> bool:
        """Tell whether workers must close connections after the next answer."""
        return self._states[_CLOSING] != 0

    def close(self) -> None:
        """Ask all workers to close each connection after its next answer."""
        self._states[_CLOSING] = 1

    @property
    def load(self) -> Load:
        """Return the load that the parent wrote last."""
        return Load(*_LOAD.unpack_from(self._states, _LOAD_AT))

    @load.setter
    def load(self, load: Load) -> None:
        _LOAD.pack_into(self._states, _LOAD_AT, *load)

    @property
    def running(self) -> int:
        """Return the number of requests that are being answered."""
        slots = range(_FLAGS, _FLAGS + self._slots * _SIZE, _SIZE)
        return sum(_TIME.unpack_from(self._states, at)[0] > 0 for at in slots)

    def slot(self, number: int) -> Slot:
        """Return a slot, cleared."""
        slot = Slot(self._states, self._requests, self._file, number)
        slot.clear()
        return slot


class Slot:
    """The state of one worker: the request that it answers, and its connections.

    While the parent revokes a connection, a kernel lock on the byte of the slot keeps the worker
    from taking it; the kernel releases the lock when the process ends.
    """

    def __init__(self, states: mmap.mmap, requests: mmap.mmap, lock_file: int, number: int) -> None:
        self.number = number
        self._states = states
        self._requests = requests
        self._lock_file = lock_file
        self._at = _FLAGS + number * _SIZE
        self._cells_at = self._at + _REQUEST.size
        self._state_at = 0
        self._number = 0
        self._request_at = number * LONGEST_REQUEST

    def clear(self) -> None:
        """Delete the data of an earlier worker."""
        self._number = 0
        self._states[self._at : self._at + _SIZE] = bytes(_SIZE)

    # --- Leases

    def lend(self, lease: Lease) -> None:
        """Write, as the parent, that a connection with a request is lent to the worker."""
        _CELL.pack_into(self._states, self._cell_at(lease.cell), lease.number, LeaseState.LENT)

    def revoke(self, lease: Lease, state: LeaseState) -> bool:
        """Take a connection back, as the parent that has locked the slot, if it has a state.

        The state must be LENT or RESTING. Return whether the connection was taken back.
        """
        if self.state(lease) is not state:
            return False
        _CELL.pack_into(self._states, self._cell_at(lease.cell), lease.number, LeaseState.REVOKED)
        return True

    def state(self, lease: Lease) -> LeaseState:
        """Return the state of a connection."""
        return LeaseState(_CELL.unpack_from(self._states, self._cell_at(lease.cell))[1])

    def take(self, lease: Lease) -> bool:
        """Write, as the worker, that it begins to read a request; return whether it may."""
        at = self._cell_at(lease.cell)
        fcntl.lockf(self._lock_file, fcntl.LOCK_EX, 1, self.number)
        number, state = _CELL.unpack_from(self._states, at)
        may_take: bool = number == lease.number and state != LeaseState.REVOKED
        if may_take:
            self._state_at = at + 4
            self._states[self._state_at] = LeaseState.BUSY
            self._states[self._at + _CELL_AT] = lease.cell
        fcntl.lockf(self._lock_file, fcntl.LOCK_UN, 1, self.number)
        return may_take

    @contextmanager
    def lock(self) -> Iterator[bool]:
        """Keep the worker from taking a connection; yield whether the lock was free."""
        is_locked = False
        with suppress(BlockingIOError, PermissionError):  # the worker is taking one now
            fcntl.lockf(self._lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, self.number)
            is_locked = True
        try:
            yield is_locked
        finally:
            if is_locked:
                fcntl.lockf(self._lock_file, fcntl.LOCK_UN, 1, self.number)

    def _cell_at(self, cell: int) -> int:
        return self._cells_at + cell * _CELL.size

    # --- The request

    def begin(self, request: bytes, name: bytes, times: Times) -> None:
        """Write the start of a request; ``name`` is its name in the log.

        The request itself is written too, so that another worker can answer it with an error if
        this worker ends.
        """
        size = len(request)
        if size > LONGEST_REQUEST:
            size = 0
        else:
            self._requests[self._request_at : self._request_at + size] = request
        self._number += 1
        cell = self._states[self._at + _CELL_AT]
        _REQUEST.pack_into(
            self._states,
            self._at,
            times.start_time,
            times.waiting_since,
            size,
            0,
            cell,
            0,
            0,
            name,
            self._number,
            times.processor,
        )

    def classify(self, kind: int) -> None:
        """Write the kind of the request."""
        self._states[self._at + _KIND_AT] = kind

    def start(self, status: int, sent: int) -> None:
        """Write that bytes of the answer are sent, with its status and their number."""
        _STATUS.pack_into(self._states, self._at + _STATUS_AT, status)
        _SENT.pack_into(self._states, self._at + _SENT_AT, sent)

    def finish(self, state: LeaseState) -> None:
        """Write that the answer is complete, and the new state of the connection."""
        self.forget()
        self._states[self._state_at] = state

    def forget(self) -> None:
        """Write that no request is being answered."""
        _TIME.pack_into(self._states, self._at, 0.0)
        _STATUS.pack_into(self._states, self._at + _STATUS_AT, 0)

    @property
    def start_time(self) -> float:
        """Return the start of the request in seconds of the monotonic clock; 0 without one."""
        start_time: float = _TIME.unpack_from(self._states, self._at)[0]
        return start_time

    @property
    def waiting_since(self) -> float:
        """Return the start of the client's wait."""
        waiting_since: float = _TIME.unpack_from(self._states, self._at + _SINCE_AT)[0]
        return waiting_since

    @property
    def cell(self) -> int:
        """Return the cell of the connection that the worker used last."""
        return self._states[self._at + _CELL_AT]

    @property
    def status(self) -> int:
        """Return the status of the answer, 0 until bytes of it are sent."""
        status: int = _STATUS.unpack_from(self._states, self._at + _STATUS_AT)[0]
        return status

    @property
    def sent(self) -> int:
        """Return the number of bytes of the content that have been sent."""
        sent: int = _SENT.unpack_from(self._states, self._at + _SENT_AT)[0]
        return sent

    @property
    def requests(self) -> int:
        """Return the number of requests that the worker has begun."""
        requests: int = _REQUEST.unpack_from(self._states, self._at)[8]
        return requests

    @property
    def name(self) -> bytes:
        """Return the name of the request in the log."""
        name: bytes = _REQUEST.unpack_from(self._states, self._at)[7]
        return name

    @property
    def kind(self) -> int:
        """Return the kind of the request, 0 until it is known."""
        return self._states[self._at + _KIND_AT]

    @property
    def processor(self) -> float:
        """Return the processor time of the worker at the start of the request."""
        processor: float = _REQUEST.unpack_from(self._states, self._at)[9]
        return processor

    @property
    def can_report_failure(self) -> bool:
        """Tell whether another worker can still send an error to the client."""
        return bool(self.start_time and not self.status and self.request)

    @property
    def request(self) -> bytes:
        """Return the bytes of the request; empty if it is too long for the slot."""
        size = _REQUEST.unpack_from(self._states, self._at)[2]
        return self._requests[self._request_at : self._request_at + size]
