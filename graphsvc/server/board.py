"""The board: what the parent sees of its workers without asking them.

It is memory that the parent makes before it forks, so all processes share it. Each worker writes
into a slot of its own; the parent reads all slots, and writes the two flags that all workers read.
"""

from __future__ import annotations

import mmap
import struct
import time

LONGEST_REQUEST = 131_072
"""How many bytes of a request a slot has room for; of a longer one it holds nothing."""

#: When the request began (seconds of the monotonic clock, 0 while there is none), the length of
#: what the slot holds of it, the status of its answer once bytes of it go out, whether anything has
#: been read, the number of bytes sent, the name of the request, the number of requests so far.
_STATE = struct.Struct("<dIHBxQ8sI4x")
_BEGUN = struct.Struct("<d")
_STATUS = struct.Struct("<H")
_SENT = struct.Struct("<Q")
_STATUS_AT, _TAKEN_AT, _SENT_AT = 12, 14, 16
_FLAGS = 16
_WAITING, _CLOSING = 0, 1


class Board:
    """A slot for each of ``slots`` workers, and the flags."""

    def __init__(self, slots: int) -> None:
        self._states = mmap.mmap(-1, _FLAGS + slots * _STATE.size)
        self._requests = mmap.mmap(-1, slots * LONGEST_REQUEST)

    @property
    def is_somebody_waiting(self) -> bool:
        """Tell whether a client waits for a worker."""
        return self._states[_WAITING] != 0

    def set_waiting(self, number: int) -> None:
        """Write how many clients wait for a worker."""
        self._states[_WAITING] = min(number, 1)

    @property
    def is_closing(self) -> bool:
        """Tell whether connections are to be closed after the next answer."""
        return self._states[_CLOSING] != 0

    def close(self) -> None:
        """Ask all workers to close each connection after its next answer."""
        self._states[_CLOSING] = 1

    def slot(self, number: int) -> Slot:
        """Return a slot, cleared."""
        slot = Slot(self._states, self._requests, number)
        slot.clear()
        return slot


class Slot:
    """What one worker tells of the request that it answers."""

    def __init__(self, states: mmap.mmap, requests: mmap.mmap, number: int) -> None:
        self.number = number
        self._states = states
        self._requests = requests
        self._at = _FLAGS + number * _STATE.size
        self._number = 0
        self._request_at = number * LONGEST_REQUEST

    def clear(self) -> None:
        """Forget the request."""
        self._number = 0
        _STATE.pack_into(self._states, self._at, 0.0, 0, 0, 0, 0, b"", 0)

    def take(self) -> None:
        """Write that the worker begins to read a request."""
        self._states[self._at + _TAKEN_AT] = 1

    def begin(self, request: bytes, name: bytes = b"") -> None:
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
        _STATE.pack_into(
            self._states, self._at, time.monotonic(), size, 0, 1, 0, name, self._number
        )

    def start(self, status: int, sent: int) -> None:
        """Write that bytes of the answer go out, its status, and how many bytes they are."""
        _STATUS.pack_into(self._states, self._at + _STATUS_AT, status)
        _SENT.pack_into(self._states, self._at + _SENT_AT, sent)

    def rest(self) -> None:
        """Write that the answer is complete, and nothing of another request has been read."""
        _BEGUN.pack_into(self._states, self._at, 0.0)
        self._states[self._at + _TAKEN_AT] = 0

    @property
    def begun(self) -> float:
        """Return when the request began, in seconds of the monotonic clock; 0 if there is none."""
        begun: float = _BEGUN.unpack_from(self._states, self._at)[0]
        return begun

    @property
    def is_taken(self) -> bool:
        """Tell whether the worker may have read a part of a request."""
        return self._states[self._at + _TAKEN_AT] != 0

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
        """Return how many requests have begun since the worker got its connection."""
        requests: int = _STATE.unpack_from(self._states, self._at)[6]
        return requests

    @property
    def name(self) -> bytes:
        """Return what the log calls the request."""
        name: bytes = _STATE.unpack_from(self._states, self._at)[5]
        return name

    @property
    def can_be_told(self) -> bool:
        """Tell whether another worker can tell the client that there is no answer."""
        return bool(self.begun and not self.status and self.request)

    @property
    def request(self) -> bytes:
        """Return the request as it came; nothing if it is too long for the slot."""
        size = _STATE.unpack_from(self._states, self._at)[1]
        return self._requests[self._request_at : self._request_at + size]
