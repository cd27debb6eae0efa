"""A circuit breaker that all workers share: after failures an engine gets no requests for a while.

After some failures in a row no request is sent. After a pause one process probes whether the engine
is back; the others send nothing until the probe has succeeded.

pybreaker has the same states, and custom storages. But after its pause each process sends its own
requests until one has failed, and its lock is a thread's. Here a lock of the kernel decides which
process probes, and it is released when that process is killed.
https://martinfowler.com/bliki/CircuitBreaker.html
"""

from __future__ import annotations

import fcntl
import mmap
import os
import struct
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FAILURES = 3
"""So many requests in a row must fail before the engine is left alone."""

PAUSE = 1.0
"""How many seconds the pause before a probe takes."""

#: The number of failures in a row, and when the last one was, in seconds of the monotonic clock.
_STATE = struct.Struct("<Id")


class Breaker:
    """The state of the circuit, in memory that all forked processes share."""

    def __init__(self) -> None:
        # A file in memory can be mapped, and the kernel can lock it for a process.
        self._file = os.memfd_create("graphsvc-breaker")
        os.truncate(self._file, _STATE.size)
        self._memory = mmap.mmap(self._file, _STATE.size)

    def __del__(self) -> None:
        os.close(self._file)

    def lets_through(self, looks: Callable[[], bool]) -> bool:
        """Tell whether a request may be sent.

        If the pause is over and no other process probes the engine, this one does (``looks``).
        """
        failures, failed = self._state
        if failures < FAILURES:
            return True
        if time.monotonic() - failed < PAUSE:
            return False
        with self._turn() as is_ours:
            if not is_ours:
                return False
            if looks():
                self.succeed()
                return True
            self.fail()
            return False

    def succeed(self) -> None:
        """Note that the engine has answered."""
        if self._state[0]:
            self._state = 0, 0.0

    def fail(self) -> bool:
        """Note that the engine has not answered; tell whether the pause begins now."""
        # Two processes at the same moment may count only one failure; the next one also counts.
        before, _ = self._state
        self._state = min(before + 1, FAILURES), time.monotonic()
        return before == FAILURES - 1

    @contextmanager
    def _turn(self) -> Iterator[bool]:
        """Yield whether this process is the one that probes."""
        try:
            fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
            return
        try:
            yield True
        finally:
            fcntl.lockf(self._file, fcntl.LOCK_UN)

    @property
    def _state(self) -> tuple[int, float]:
        failures, failed = _STATE.unpack_from(self._memory)
        return int(failures), float(failed)

    @_state.setter
    def _state(self, state: tuple[int, float]) -> None:
        _STATE.pack_into(self._memory, 0, *state)
