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
#: what the slot holds of it, whether it has been read, whether bytes of its answer have gone out.
_STATE = struct.Struct("<dIBB2x")
_BEGUN = struct.Struct("<d")
_TAKEN, _STARTED = 12, 13
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
        self._request_at = number * LONGEST_REQUEST

    def clear(self) -> None:
        """Forget the request."""
        _STATE.pack_into(self._states, self._at, 0.0, 0, 0, 0)

    def take(self) -> None:
        """Write that the worker begins to read from the connection that it was handed."""
        self._states[self._at + _TAKEN] = 1

    def begin(self, request: bytes) -> None:
        """Write that the answering of a request begins.

        The request itself is written too: by it another worker can tell the client if this one
        ends.
        """
        size = len(request)
        if size > LONGEST_REQUEST:
            size = 0
        else:
            self._requests[self._request_at : self._request_at + size] = request
        _STATE.pack_into(self._states, self._at, time.monotonic(), size, 1, 0)

    def start(self) -> None:
        """Write that bytes of the answer go out from now on."""
        self._states[self._at + _STARTED] = 1

    def rest(self) -> None:
        """Write that the answer is complete."""
        _BEGUN.pack_into(self._states, self._at, 0.0)

    @property
    def begun(self) -> float:
        """Return when the request began, in seconds of the monotonic clock; 0 if there is none."""
        begun: float = _BEGUN.unpack_from(self._states, self._at)[0]
        return begun

    @property
    def is_taken(self) -> bool:
        """Tell whether the worker may have read from the connection."""
        return self._states[self._at + _TAKEN] != 0

    @property
    def has_started(self) -> bool:
        """Tell whether bytes of the answer may have gone out."""
        return self._states[self._at + _STARTED] != 0

    @property
    def can_be_told(self) -> bool:
        """Tell whether another worker can tell the client that there is no answer."""
        return bool(self.begun and not self.has_started and self.request)

    @property
    def request(self) -> bytes:
        """Return the request as it came; nothing if it is too long for the slot."""
        size = _STATE.unpack_from(self._states, self._at)[1]
        return self._requests[self._request_at : self._request_at + size]
