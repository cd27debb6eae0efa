"""What is counted of requests and workers: numbers in shared memory that no end of a process takes.

The keeper makes the memory, so that a number never goes back as long as the service runs, whichever
releases it serves. A process that counts takes a row: no other one writes there, so nothing is ever
locked to count. Its right to the row is a lock of the kernel, which ends with the process. Whoever
has the row next goes on from the numbers that are there. A reader adds the rows up.
"""

from __future__ import annotations

import fcntl
import mmap
import os
from bisect import bisect_left
from enum import IntEnum
from typing import TYPE_CHECKING

from graphsvc.remote.failures import FailureKind
from graphsvc.web.kinds import RequestKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from graphsvc.server.records import Record

METHODS = ("GET", "HEAD", "POST", "OPTIONS", "other")
STATUSES = ("none", "1xx", "2xx", "3xx", "4xx", "5xx")
"""The classes of statuses; "none" is a request whose client left before its answer."""

BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Up to how many seconds the requests of a column of the histogram took; the last has no bound."""

ENDS = (
    "deadline",
    "memory",
    "crash",
    "killed",
    "client left",
    "copied too much",
    "low priority",
    "idle",
)
"""Why workers end."""


class Event(IntEnum):
    """What happens without belonging to the answer of one request."""

    WORKER_STARTED = 0
    CONNECTION = 1
    """A connection was accepted."""
    LIMITED = 2
    """A request was refused since its client has made too many."""
    SPAN_LOST = 3
    """The trace of a request could not be handed on."""
    PARENT_STARTED = 4


_KINDS, _METHODS, _STATUSES = len(RequestKind), len(METHODS), len(STATUSES)
_COLUMNS = len(BOUNDS) + 1

#: How many parents there may be at a time, since those with long requests leave late.
_PARENTS = 4

# Where the numbers of a row are; each takes eight bytes.
_USED = 0
_REQUESTS = 1
_HISTOGRAM = _REQUESTS + _KINDS * _METHODS * _STATUSES
_BYTES = _HISTOGRAM + _KINDS * _COLUMNS
_SECONDS = _BYTES + _KINDS
_PROCESSOR = _SECONDS + _KINDS
_ENDS = _PROCESSOR + _KINDS
_EVENTS = _ENDS + len(ENDS)
_FAILURES = _EVENTS + len(Event)
_NUMBERS = _FAILURES + len(FailureKind)
_NUMBER = 8

_FAILURE_AT = {kind: number for number, kind in enumerate(FailureKind)}
_METHOD_AT = {method: number for number, method in enumerate(METHODS)}
_OTHER_METHOD = _METHODS - 1
_LARGEST_CLASS = _STATUSES - 1


class CounterRow:
    """The numbers that one process counts up."""

    def __init__(self, memory: mmap.mmap, number: int) -> None:
        start, size = number * _NUMBERS * _NUMBER, _NUMBERS * _NUMBER
        self._whole = memoryview(memory)[start : start + size].cast("Q")
        self._real = memoryview(memory)[start : start + size].cast("d")
        self._whole[_USED] = 1

    def count_request(self, record: Record) -> None:
        """Count a request that has ended."""
        whole, real, kind = self._whole, self._real, record.kind
        row = kind * _METHODS + _METHOD_AT.get(record.method, _OTHER_METHOD)
        whole[_REQUESTS + row * _STATUSES + min(record.status // 100, _LARGEST_CLASS)] += 1
        whole[_HISTOGRAM + kind * _COLUMNS + bisect_left(BOUNDS, record.seconds)] += 1
        whole[_BYTES + kind] += record.size
        real[_SECONDS + kind] += record.seconds
        real[_PROCESSOR + kind] += record.processor

    def count_end(self, reason: str) -> None:
        """Count a worker that has ended, by one of `ENDS`."""
        self._whole[_ENDS + ENDS.index(reason)] += 1

    def count(self, event: Event) -> None:
        """Count what has happened."""
        self._whole[_EVENTS + event] += 1

    def count_failure(self, kind: FailureKind) -> None:
        """Count a failure of the engine."""
        self._whole[_FAILURES + _FAILURE_AT[kind]] += 1


class Counters:
    """The rows of all processes of a service, in the file in memory with a descriptor."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        size = os.fstat(descriptor).st_size
        self._memory = mmap.mmap(descriptor, size)
        self._rows = size // (_NUMBERS * _NUMBER)

    @classmethod
    def make(cls, rows: int) -> Counters:
        """Make the memory for a number of processes at a time."""
        descriptor = os.memfd_create("counters", os.MFD_CLOEXEC)
        os.ftruncate(descriptor, rows * _NUMBERS * _NUMBER)
        return cls(descriptor)

    def take_row(self) -> CounterRow | None:
        """Take a row for this process, as long as it lives; None if all are taken."""
        for number in range(self._rows):
            try:
                fcntl.lockf(self.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, number)
            except OSError:
                continue
            return CounterRow(self._memory, number)
        return None

    def total(self) -> Total:
        """Return the sums of all rows."""
        view = memoryview(self._memory)
        size = _NUMBERS * _NUMBER
        rows = [view[number * size : (number + 1) * size] for number in range(self._rows)]
        used = [row for row in rows if row.cast("Q")[_USED]]
        return Total(
            [sum(column) for column in zip(*(row.cast("Q") for row in used), strict=True)],
            [sum(column) for column in zip(*(row.cast("d") for row in used), strict=True)],
        )


def rows_for(workers: int) -> int:
    """Return how many rows are enough for a number of workers: some parents may be leaving."""
    return _PARENTS * (workers + 1)


class Total:
    """The sums of all rows, by what they are."""

    def __init__(self, whole: Sequence[int], real: Sequence[float]) -> None:
        self._whole = whole
        self._real = real

    def requests(self) -> Iterator[tuple[RequestKind, str, str, int]]:
        """Yield the kind, the method and the class of status of requests, and how many there were.

        Those that have never come are left out.
        """
        position = _REQUESTS
        for kind in RequestKind:
            for method in METHODS:
                for status in STATUSES:
                    if number := self._whole[position]:
                        yield kind, method, status, number
                    position += 1

    def histogram(self, kind: RequestKind) -> list[int]:
        """Return how many requests took up to each of `BOUNDS`, at last how many there were."""
        start = _HISTOGRAM + kind * _COLUMNS
        sums, all_so_far = [], 0
        for number in self._whole[start : start + _COLUMNS]:
            all_so_far += number
            sums.append(all_so_far)
        return sums

    def seconds(self, kind: RequestKind) -> float:
        """Return how long all requests of a kind took by the clock."""
        return self._real[_SECONDS + kind]

    def processor_seconds(self, kind: RequestKind) -> float:
        """Return how much time of a processor all requests of a kind took."""
        return self._real[_PROCESSOR + kind]

    def size(self, kind: RequestKind) -> int:
        """Return how many bytes of content the answers of a kind had."""
        return self._whole[_BYTES + kind]

    def ends(self) -> dict[str, int]:
        """Return how many workers ended, by the reason."""
        return dict(zip(ENDS, self._whole[_ENDS : _ENDS + len(ENDS)], strict=True))

    def events(self, event: Event) -> int:
        """Return how often something happened."""
        return self._whole[_EVENTS + event]

    def failures(self) -> dict[FailureKind, int]:
        """Return how often the engine failed, by how it did."""
        return dict(
            zip(FailureKind, self._whole[_FAILURES : _FAILURES + len(FailureKind)], strict=True)
        )
