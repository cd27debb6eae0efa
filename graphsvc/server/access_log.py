"""The access log: one JSON object a line on standard error for each request."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from graphsvc.server.records import Record

_STANDARD_ERROR = 2


class AccessLog:
    """The log of the requests to a ``release``."""

    def __init__(self, release: str) -> None:
        self._release = release

    def read(self, record: Record) -> None:
        """Write the line of a request."""
        write_line(line_of(record, self._release))


def line_of(record: Record, release: str) -> dict[str, object]:
    """Return the members of the line of a request; without an answer there is no status."""
    row: dict[str, object] = {
        "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "id": record.name,
        "method": record.method,
        "path": record.target.decode("latin-1"),
        "release": release,
        "status": record.status or None,
        "bytes": record.size,
        "seconds": round(record.seconds, 6),
    }
    return row | {"end": record.end} if record.end else row


def write_line(row: dict[str, object]) -> None:
    """Write a line to standard error, in one call, so that lines of processes do not mix.

    If the disk of the log is full, the line is lost and the service continues.
    """
    with suppress(OSError):
        os.write(_STANDARD_ERROR, json.dumps(row).encode() + b"\n")
