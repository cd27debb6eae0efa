"""The access log: one JSON object a line on standard error for each request.

A line is written by whichever process knows the end of a request: the worker that answered it, or
the parent if that worker ended and no other one tells the client.
"""

from __future__ import annotations

import json
import os
import secrets
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from graphsvc.server.board import Slot
    from graphsvc.server.failures import Cause
    from graphsvc.server.http import Answer, Request

_STANDARD_ERROR = 2


def new_id() -> str:
    """Return the name of a request."""
    return secrets.token_hex(8)


class AccessLog:
    """The log of a parent and its workers; ``release`` is the release that they serve."""

    def __init__(self, release: str) -> None:
        self._release = release

    def write(
        self, request: Request, answer: Answer, seconds: float, cause: Cause | None, end: str
    ) -> None:
        """Write the line of a request that was answered.

        ``cause`` is why the worker ended that had it before; ``end`` is what happened to it else.
        """
        self._write(
            answer.request_id,
            request.method,
            request.target,
            {
                "status": answer.status,
                "bytes": answer.size,
                "seconds": round(seconds, 6),
                "end": cause.value if cause else end,
            },
        )

    def write_end(self, slot: Slot, cause: Cause) -> None:
        """Write the line of a request whose worker ended in the middle of its answer."""
        method, _, rest = slot.request.partition(b"\r\n")[0].partition(b" ")
        target = rest.rpartition(b" ")[0]
        self._write(new_id(), method.decode("latin-1"), target, {"end": cause.value})

    def _write(self, name: str, method: str, target: bytes, more: dict[str, object]) -> None:
        row = {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "id": name,
            "method": method,
            "path": target.decode("latin-1"),
            "release": self._release,
            **{key: value for key, value in more.items() if value != ""},
        }
        # One call: lines of several processes do not mix.
        os.write(_STANDARD_ERROR, json.dumps(row).encode() + b"\n")
