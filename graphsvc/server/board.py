"""The board: what the parent and its workers see of each other without a message.

It is memory that the parent makes before it forks, so that all processes share it. Each worker has
a slot: the request that it answers, and the connections that it has been lent. A lent connection
has a cell in the slot, with the number of its lease. The parent can revoke a lease as long as the
worker does not answer on that connection: so no connection waits behind a long request.
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
"""How many bytes of a request a slot has room for; of a longer one it holds nothing."""

CELLS = 32
"""How many connections a worker can be lent at a time."""

#: When the request began (0 while there is none) and since when its client waits, in seconds of the
#: monotonic clock, the length of what the slot holds of it, the status of its answer once bytes of
#: it go out, its cell, its kind, the number of bytes sent, the name of the request, the number of
#: requests so far, the worker's processor time when the request began.
_REQUEST = struct.Struct("<ddIHBBQ8sI4xd")
_TIME = struct.Struct("<d")
_STATUS = struct.Struct("<H")
_SENT = struct.Struct("<Q")
_SINCE_AT, _STATUS_AT, _CELL_AT, _KIND_AT, _SENT_AT = 8, 20, 22, 23, 24

#: A cell: the number of the lease, and its state.
_CELL = struct.Struct("<IB3x")
_SIZE = _REQUEST.size + CELLS * _CELL.size

#: What the board begins with: the flag, and the `Load`.
_LOAD = struct.Struct("<IIII")
_CLOSING, _LOAD_AT, _FLAGS = 0, 16, 32


class LeaseState(IntEnum):
    """What a worker does with a connection that it has been lent."""

    REVOKED = 0
    """Nothing: it is the parent's again."""
    LENT = 1
    """Nothing yet: a request has come, and the worker has not begun to read it."""
    BUSY = 2
    """It reads or answers a request."""
    RESTING = 3
    """It waits for the next request, and has read nothing of it."""
    ENDED = 4
    """Nothing any more: the last answer is whole, and the connection can be closed."""


class Lease(NamedTuple):
    """The right of a worker to a connection: the cell, and a number that no other lease has."""

    cell: int
    number: int


class Times(NamedTuple):
    """When a request began, and since when its client waits, in seconds of the monotonic clock.

    ``processor`` is how many seconds of a processor the worker had had then.
    """

    start_time: float
    waiting_since: float
    processor: float


class Load(NamedTuple):
    """How much there is to do: how many workers live and are idle, how many requests wait for one.

    ``connections`` are all that are open.
    """

    workers: int = 0
    idle: int = 0
    waiting: int = 0
    connections: int = 0


class Board:
    """A slot for each of ``slots`` workers, and what all of them read: a flag, and the load."""

    def __init__(self, slots: int) -> None:
        self._slots = slots
        size = _FLAGS + slots * _SIZE
        self._file = os.memfd_create("board", os.MFD_CLOEXEC)
        os.ftruncate(self._file, size)
        self._states = mmap.mmap(self._file, size)
        self._requests = mmap.mmap(-1, slots * LONGEST_REQUEST)

    @property
    def is_closing(self) -> bool:
        """Tell whether connections are to be closed after the next answer."""
        return self._states[_CLOSING] != 0

    def close(self) -> None:
        """Ask all workers to close each connection after its next answer."""
        self._states[_CLOSING] = 1

    @property
    def load(self) -> Load:
        """Return the load as the parent saw it last."""
        return Load(*_LOAD.unpack_from(self._states, _LOAD_AT))

    @load.setter
    def load(self, load: Load) -> None:
        _LOAD.pack_into(self._states, _LOAD_AT, *load)

    @property
    def running(self) -> int:
        """Return how many requests are being answered."""
        slots = range(_FLAGS, _FLAGS + self._slots * _SIZE, _SIZE)
        return sum(_TIME.unpack_from(self._states, at)[0] > 0 for at in slots)

    def slot(self, number: int) -> Slot:
        """Return a slot, cleared."""
        slot = Slot(self._states, self._requests, self._file, number)
        slot.clear()
        return slot


class Slot:
    """What one worker does: the request that it answers, and the connections that it has.

    The kernel's lock on the byte of the slot keeps the worker from taking a connection while the
    parent revokes it; the kernel frees it when its holder ends.
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
        """Forget what an earlier worker has written."""
        self._number = 0
        self._states[self._at : self._at + _SIZE] = bytes(_SIZE)

    # --- Leases

    def lend(self, lease: Lease) -> None:
        """Write, as the parent, that a connection with a request is lent to the worker."""
        _CELL.pack_into(self._states, self._cell_at(lease.cell), lease.number, LeaseState.LENT)

    def revoke(self, lease: Lease, state: LeaseState) -> bool:
        """Take a connection back, as the parent that has locked the slot, if it is in a state.

        Only one that is lent or rests can be taken back. Tell whether it was.
        """
        if self.state(lease) is not state:
            return False
        _CELL.pack_into(self._states, self._cell_at(lease.cell), lease.number, LeaseState.REVOKED)
        return True

    def state(self, lease: Lease) -> LeaseState:
        """Return what the worker does with a connection."""
        return LeaseState(_CELL.unpack_from(self._states, self._cell_at(lease.cell))[1])

    def take(self, lease: Lease) -> bool:
        """Write, as the worker, that it begins to read a request; tell whether it still may."""
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
        """Keep the worker from taking a connection; yield whether that worked at once."""
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
        """Write that the answering of a request begins; ``name`` is what the log calls it.

        The request itself is written too: by it another worker can tell the client if this one
        ends.
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
        """Write of what kind the request is."""
        self._states[self._at + _KIND_AT] = kind

    def start(self, status: int, sent: int) -> None:
        """Write that bytes of the answer go out, its status, and how many bytes they are."""
        _STATUS.pack_into(self._states, self._at + _STATUS_AT, status)
        _SENT.pack_into(self._states, self._at + _SENT_AT, sent)

    def finish(self, state: LeaseState) -> None:
        """Write that the answer is complete, and what becomes of the connection."""
        self.forget()
        self._states[self._state_at] = state

    def forget(self) -> None:
        """Write that no request is being answered."""
        _TIME.pack_into(self._states, self._at, 0.0)
        _STATUS.pack_into(self._states, self._at + _STATUS_AT, 0)

    @property
    def start_time(self) -> float:
        """Return when the request began, in seconds of the monotonic clock; 0 if there is none."""
        start_time: float = _TIME.unpack_from(self._states, self._at)[0]
        return start_time

    @property
    def waiting_since(self) -> float:
        """Return since when the client of the request waits."""
        waiting_since: float = _TIME.unpack_from(self._states, self._at + _SINCE_AT)[0]
        return waiting_since

    @property
    def cell(self) -> int:
        """Return the cell of the connection that the worker answers on, or has answered on."""
        return self._states[self._at + _CELL_AT]

    @property
    def status(self) -> int:
        """Return the status of the answer, 0 as long as nothing of it has gone out."""
        status: int = _STATUS.unpack_from(self._states, self._at + _STATUS_AT)[0]
        return status

    @property
    def sent(self) -> int:
        """Return how many bytes of the content have gone out."""
        sent: int = _SENT.unpack_from(self._states, self._at + _SENT_AT)[0]
        return sent

    @property
    def requests(self) -> int:
        """Return how many requests the worker has begun to answer."""
        requests: int = _REQUEST.unpack_from(self._states, self._at)[8]
        return requests

    @property
    def name(self) -> bytes:
        """Return what the log calls the request."""
        name: bytes = _REQUEST.unpack_from(self._states, self._at)[7]
        return name

    @property
    def kind(self) -> int:
        """Return of what kind the request is, 0 as long as that is not known."""
        return self._states[self._at + _KIND_AT]

    @property
    def processor(self) -> float:
        """Return how much processor time the worker had had when the request began."""
        processor: float = _REQUEST.unpack_from(self._states, self._at)[9]
        return processor

    @property
    def can_report_failure(self) -> bool:
        """Tell whether another worker can tell the client that there is no answer."""
        return bool(self.start_time and not self.status and self.request)

    @property
    def request(self) -> bytes:
        """Return the request as it came; nothing if it is too long for the slot."""
        size = _REQUEST.unpack_from(self._states, self._at)[2]
        return self._requests[self._request_at : self._request_at + size]
