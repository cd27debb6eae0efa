"""The access log: one JSON object a line on standard error for each request.

A line is written by whichever process knows the end of a request: the worker that answered it, or
the parent if that worker ended and no other one tells the client.
"""

from __future__ import annotations

import json
import os
import secrets
import time
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from graphsvc.server.answers import Answer
    from graphsvc.server.board import Slot
    from graphsvc.server.failures import Cause
    from graphsvc.server.requests import Request

_STANDARD_ERROR = 2


def new_id() -> str:
    """Return the name of a request."""
    return secrets.token_hex(8)


class AccessLog:
    """The log of a parent and its workers; ``release`` is the release that they serve."""

    def __init__(self, release: str) -> None:
        self._release = release

    def write(self, request: Request, answer: Answer, seconds: float, end: str) -> None:
        """Write the line of a request that was answered; ``end`` is what ended it early, if any."""
        self._write(
            answer.request_id,
            request.method,
            request.target,
            _ending(answer.status, answer.size, seconds, end),
        )

    def write_end(self, slot: Slot, cause: Cause) -> None:
        """Write the line of a request whose worker ended in the middle of its answer."""
        method, target = _first_line(slot.request)
        seconds = time.monotonic() - slot.begun
        self._write(
            slot.name.hex(), method, target, _ending(slot.status, slot.sent, seconds, cause.value)
        )

    def write_timeout(self, beginning: bytes, seconds: float) -> None:
        """Write the line of a request that has not come whole; ``beginning`` is what has come."""
        method, target = _first_line(beginning)
        self._write(new_id(), method, target, _ending(408, 0, seconds, "request timeout"))

    def _write(self, name: str, method: str, target: bytes, ending: dict[str, object]) -> None:
        row = {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "id": name,
            "method": method,
            "path": target.decode("latin-1"),
            "release": self._release,
            **ending,
        }
        # One call: lines of several processes do not mix. Where the disk of the log is full a line
        # is lost, and the service goes on.
        with suppress(OSError):
            os.write(_STANDARD_ERROR, json.dumps(row).encode() + b"\n")


def _ending(status: int, size: int, seconds: float, end: str) -> dict[str, object]:
    """Return what a line says of the answer; a request that has none has no status."""
    row: dict[str, object] = {"status": status or None, "bytes": size, "seconds": round(seconds, 6)}
    return row | {"end": end} if end else row


def _first_line(request: bytes) -> tuple[str, bytes]:
    """Return the method and the target of a request, as far as they have come."""
    method, _, rest = request.partition(b"\r\n")[0].partition(b" ")
    return method.decode("latin-1"), rest.rpartition(b" ")[0] or rest
