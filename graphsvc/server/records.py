"""The record of a completed request, for counters, logs and traces.

The worker that answered makes the record, or the parent if that worker ended and no other worker
answers the client.
"""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from graphsvc.server.requests import Malformed, RequestBuffer
from graphsvc.web.kinds import RequestKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphsvc.remote.failures import FailureKind
    from graphsvc.server.answers import Answer
    from graphsvc.server.board import Slot
    from graphsvc.server.counters import CounterRow, Counters, Event
    from graphsvc.server.failures import Cause
    from graphsvc.server.requests import Request

_REQUEST_TIMEOUT = 408


@dataclass(slots=True)
class Record:
    """A completed request.

    ``name`` is its name in logs, ``raw`` its bytes as far as they are known, ``status`` is 0 if it
    had no answer, ``size`` counts the bytes of content that were sent, ``processor`` is its
    processor time in seconds, ``end`` the cause of an early end, or empty.
    """

    name: str
    method: str
    target: bytes
    kind: int
    raw: bytes
    status: int
    size: int
    seconds: float
    processor: float
    end: str

    @classmethod
    def of_lost(cls, slot: Slot, cause: Cause, spent: float) -> Record:
        """Return the record of a request whose worker has ended during its answer.

        ``spent`` is its processor time in seconds.
        """
        raw, seconds = slot.request, time.monotonic() - slot.start_time
        method, target = _first_line(raw)
        name, status, size = slot.name.hex(), slot.status, slot.sent
        return cls(name, method, target, slot.kind, raw, status, size, seconds, spent, cause.value)

    @classmethod
    def of_refusal(cls, status: int) -> Record:
        """Return the record of a request that was refused before it was read."""
        return cls("", "", b"", RequestKind.OTHER, b"", status, 0, 0.0, 0.0, "")

    @classmethod
    def of_timeout(cls, beginning: bytes, seconds: float) -> Record:
        """Return the record of an incomplete request; ``beginning`` are its bytes."""
        method, target = _first_line(beginning)
        kind, status, end = RequestKind.OTHER, _REQUEST_TIMEOUT, "request timeout"
        return cls(new_name(), method, target, kind, beginning, status, 0, seconds, 0.0, end)

    def request(self) -> Request | None:
        """Return the request, parsed again; None if its bytes are not complete."""
        incoming = RequestBuffer()
        try:
            incoming.feed(self.raw)
            return incoming.next_request()
        except Malformed:
            return None


def record_of(
    request: Request, answer: Answer, seconds: float, processor: float, end: str
) -> Record:
    """Return the record of a request that was answered."""
    return Record(
        answer.request_id,
        request.method,
        request.target,
        answer.kind,
        request.raw,
        answer.status,
        answer.size,
        seconds,
        processor,
        end,
    )


class RecordReader(Protocol):
    """Reads the records of completed requests."""

    def read(self, record: Record) -> None: ...


class RequestJournal:
    """Passes records to the counters and to each of the ``readers``.

    Every process that writes has to open it.
    """

    def __init__(self, counters: Counters, readers: Sequence[RecordReader]) -> None:
        self.counters = counters
        self._readers = readers
        self._row: CounterRow | None = None

    def open(self) -> None:
        """Reserve a row of the counters for this process."""
        self._row = self.counters.take_row()

    def name(self) -> str:
        """Return the name of a new request; empty if there are no readers."""
        return new_name() if self._readers else ""

    def write(self, record: Record) -> None:
        """Record a completed request."""
        if self._row is not None:
            self._row.count_request(record)
        for reader in self._readers:
            reader.read(record)

    def count_refusal(self, status: int) -> None:
        """Count a request that was refused before it was read."""
        if self._row is not None:
            self._row.count_request(Record.of_refusal(status))

    def count_end(self, reason: str) -> None:
        """Count a worker that has ended."""
        if self._row is not None:
            self._row.count_end(reason)

    def count(self, event: Event) -> None:
        if self._row is not None:
            self._row.count(event)

    def count_failure(self, kind: FailureKind) -> None:
        """Count a failure of the external engine."""
        if self._row is not None:
            self._row.count_failure(kind)


def new_name() -> str:
    """Return the name of a request."""
    return secrets.token_hex(8)


def _first_line(request: bytes) -> tuple[str, bytes]:
    """Return the method and the target of a request, as far as they are known."""
    method, _, rest = request.partition(b"\r\n")[0].partition(b" ")
    return method.decode("latin-1"), rest.rpartition(b" ")[0] or rest
