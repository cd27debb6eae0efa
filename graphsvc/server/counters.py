"""Counters of requests and workers, in shared memory that outlives the processes.

The keeper makes the memory, so no number decreases while the service runs, even across releases.
Each process that counts has its own row, so counting needs no lock. A kernel lock reserves the row
until the process ends; the next owner of the row continues from its numbers. A reader adds the rows
up.
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
"""The classes of statuses; "none" means that the client left before the answer."""

BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""The upper bounds of the histogram's buckets in seconds; the last bucket has none."""

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
    """An event that does not belong to one request."""

    WORKER_STARTED = 0
    CONNECTION = 1
    """A connection was accepted."""
    LIMITED = 2
    """A request was refused because its client made too many."""
    SPAN_LOST = 3
    """The trace of a request could not be sent to the exporter."""
    PARENT_STARTED = 4


_KINDS, _METHODS, _STATUSES = len(RequestKind), len(METHODS), len(STATUSES)
_COLUMNS = len(BOUNDS) + 1

#: The most parents at a time: parents with long requests end late.
_PARENTS = 4

# The offsets of the numbers in a row; each takes eight bytes.
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
    """The numbers that one process counts."""

    def __init__(self, memory: mmap.mmap, number: int) -> None:
        start, size = number * _NUMBERS * _NUMBER, _NUMBERS * _NUMBER
        self._whole = memoryview(memory)[start : start + size].cast("Q")
        self._real = memoryview(memory)[start : start + size].cast("d")
        self._whole[_USED] = 1

    def count_request(self, record: Record) -> None:
        """Count a completed request."""
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
        self._whole[_EVENTS + event] += 1

    def count_failure(self, kind: FailureKind) -> None:
        """Count a failure of the engine."""
        self._whole[_FAILURES + _FAILURE_AT[kind]] += 1


class Counters:
    """The rows of all processes of a service, in a memory file with a descriptor."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        size = os.fstat(descriptor).st_size
        self._memory = mmap.mmap(descriptor, size)
        self._rows = size // (_NUMBERS * _NUMBER)

    @classmethod
    def make(cls, rows: int) -> Counters:
        """Make the memory for a number of processes."""
        descriptor = os.memfd_create("counters", os.MFD_CLOEXEC)
        os.ftruncate(descriptor, rows * _NUMBERS * _NUMBER)
        return cls(descriptor)

    def take_row(self) -> CounterRow | None:
        """Reserve a row until this process ends; None if all rows are used."""
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
    """Return the number of rows for a number of workers, also while parents are leaving."""
    return _PARENTS * (workers + 1)


class Total:
    """The sums of all rows."""

    def __init__(self, whole: Sequence[int], real: Sequence[float]) -> None:
        self._whole = whole
        self._real = real

    def requests(self) -> Iterator[tuple[RequestKind, str, str, int]]:
        """Yield kinds, methods and classes of status of requests, each with its count.

        Combinations without a request are left out.
        """
        position = _REQUESTS
        for kind in RequestKind:
            for method in METHODS:
                for status in STATUSES:
                    if number := self._whole[position]:
                        yield kind, method, status, number
                    position += 1

    def histogram(self, kind: RequestKind) -> list[int]:
        """Return the number of requests up to each of `BOUNDS`, and last the number of all."""
        start = _HISTOGRAM + kind * _COLUMNS
        sums, all_so_far = [], 0
        for number in self._whole[start : start + _COLUMNS]:
            all_so_far += number
            sums.append(all_so_far)
        return sums

    def seconds(self, kind: RequestKind) -> float:
        """Return the total duration of all requests of a kind."""
        return self._real[_SECONDS + kind]

    def processor_seconds(self, kind: RequestKind) -> float:
        """Return the total processor time of all requests of a kind."""
        return self._real[_PROCESSOR + kind]

    def size(self, kind: RequestKind) -> int:
        """Return the total bytes of content of the answers of a kind."""
        return self._whole[_BYTES + kind]

    def ends(self) -> dict[str, int]:
        """Return the number of ended workers by reason."""
        return dict(zip(ENDS, self._whole[_ENDS : _ENDS + len(ENDS)], strict=True))

    def events(self, event: Event) -> int:
        """Return the number of events of a kind."""
        return self._whole[_EVENTS + event]

    def failures(self) -> dict[FailureKind, int]:
        """Return the number of failures of the engine by kind."""
        return dict(
            zip(FailureKind, self._whole[_FAILURES : _FAILURES + len(FailureKind)], strict=True)
        )
