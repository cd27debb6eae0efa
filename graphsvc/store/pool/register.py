"""The register: which worker has been busy since when, which are slow, and why workers ended.

One file of fixed size, mapped by the supervisor, which writes who is slow and why who ended, by
each worker, which writes when its query began, and by clients, which only read.
"""

from __future__ import annotations

import mmap
import os
import time
from dataclasses import dataclass
from enum import IntEnum
from struct import Struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_SLOT = Struct("<Id")  # process id, begun (monotonic seconds; 0: idle)
_SLOW = Struct("<B")
_DEATH = Struct("<II")  # process id, cause
_COUNT = Struct("<II")  # slots, deaths ever
_DEATHS_KEPT = 1024


class Cause(IntEnum):
    """Why a worker ended."""

    RETIRED = 0
    DEADLINE = 1
    MEMORY = 2
    HUNG_UP = 3
    CROWDED = 4
    CRASHED = 5


@dataclass(frozen=True, slots=True)
class Busy:
    """A slot as it stands: whose it is, and since when its query runs (None: idle)."""

    pid: int
    since: float | None


class Register:
    """The mapped file. Every entry is written by one process only."""

    def __init__(self, path: Path, *, slots: int | None = None) -> None:
        """Open the file; with ``slots``, make a new one for so many workers."""
        if slots is not None:
            # Whoever has the old one mapped keeps it: a file that shrinks under a reader kills it.
            path.unlink(missing_ok=True)
        flags = os.O_RDWR | (os.O_CREAT | os.O_EXCL if slots is not None else 0)
        descriptor = os.open(path, flags, 0o600)
        try:
            if slots is not None:
                os.ftruncate(descriptor, _size(slots))
            self._map = mmap.mmap(descriptor, 0)
        finally:
            os.close(descriptor)
        if slots is not None:
            _COUNT.pack_into(self._map, 0, slots, 0)
        self.slots: int = _COUNT.unpack_from(self._map, 0)[0]

    def begin(self, slot: int) -> None:
        """Note that the worker in a slot begins a query."""
        _SLOT.pack_into(self._map, self._place(slot), os.getpid(), time.monotonic())

    def rest(self, slot: int) -> None:
        """Note that the worker in a slot is idle."""
        _SLOT.pack_into(self._map, self._place(slot), os.getpid(), 0.0)

    def clear(self, slot: int) -> None:
        """Note that nobody is in a slot."""
        _SLOT.pack_into(self._map, self._place(slot), 0, 0.0)
        self.note_slow(slot, 0)

    def read(self, slot: int) -> Busy:
        """Return what a slot says."""
        pid, since = _SLOT.unpack_from(self._map, self._place(slot))
        return Busy(pid, since or None)

    def note_slow(self, slot: int, slow: int) -> None:
        """Note whether the query in a slot is no longer quick: 1 or 0."""
        _SLOW.pack_into(self._map, self._mark(slot), slow)

    def is_slow(self, slot: int) -> bool:
        """Tell whether the query in a slot is no longer quick."""
        return bool(_SLOW.unpack_from(self._map, self._mark(slot))[0])

    def died(self, pid: int, cause: Cause) -> None:
        """Note why a worker ended."""
        slots, deaths = _COUNT.unpack_from(self._map, 0)
        _DEATH.pack_into(self._map, self._grave(deaths), pid, cause)
        _COUNT.pack_into(self._map, 0, slots, deaths + 1)

    def cause(self, pid: int) -> Cause | None:
        """Return why a worker ended, or None if that is not known yet."""
        _, deaths = _COUNT.unpack_from(self._map, 0)
        for number in range(deaths - 1, max(-1, deaths - 1 - _DEATHS_KEPT), -1):
            buried, cause = _DEATH.unpack_from(self._map, self._grave(number))
            if buried == pid:
                return Cause(cause)
        return None

    def close(self) -> None:
        """Let the file go."""
        self._map.close()

    def _place(self, slot: int) -> int:
        return _COUNT.size + slot * _SLOT.size

    def _mark(self, slot: int) -> int:
        return self._place(self.slots) + slot * _SLOW.size

    def _grave(self, number: int) -> int:
        return self._mark(self.slots) + (number % _DEATHS_KEPT) * _DEATH.size


def _size(slots: int) -> int:
    return _COUNT.size + slots * (_SLOT.size + _SLOW.size) + _DEATHS_KEPT * _DEATH.size
