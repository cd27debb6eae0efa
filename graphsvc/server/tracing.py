"""Traces of requests for OpenTelemetry, which a worker sends to the exporter.

A worker cannot open a socket. So it sends the span of a completed request, as JSON, over a socket
that exists, and never waits: a span that the exporter does not read in time is lost, and counted.
The names are those of the semantic conventions.
https://opentelemetry.io/docs/specs/semconv/http/http-spans/
https://opentelemetry.io/docs/specs/semconv/database/database-spans/
"""

from __future__ import annotations

import json
import socket
import time
from typing import TYPE_CHECKING, TypedDict

from graphsvc import sparql
from graphsvc.server.failures import Cause
from graphsvc.server.slow_log import query_of
from graphsvc.web.kinds import RequestKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from graphsvc.server.records import Record

LONGEST_SPAN = 65_536
"""The most bytes of a message."""

_LONGEST_QUERY = 4_096
_LONGEST_ADDRESS = 2_048
_FIRST_FAULT = 500

#: The header fields with the trace of a request: https://www.w3.org/TR/trace-context/
_CONTEXT = (b"traceparent", b"tracestate")


class TraceSpan(TypedDict):
    """The span of a request for the exporter; times are in nanoseconds since 1970."""

    name: str
    start: int
    end: int
    context: dict[str, str]
    attributes: dict[str, str | int | float]
    failure: str


class Tracer:
    """Sends the spans of the requests to a ``release``; ``lose`` is called for lost ones.

    ``descriptor`` is the writing end of the exporter's socket.
    """

    def __init__(self, descriptor: int, release: str, lose: Callable[[], None]) -> None:
        self._socket = socket.socket(fileno=descriptor)
        self._release = release
        self._lose = lose

    def read(self, record: Record) -> None:
        """Send the span of a request."""
        try:
            self._socket.send(json.dumps(self._span(record)).encode(), socket.MSG_DONTWAIT)
        except OSError:
            self._lose()

    def _span(self, record: Record) -> TraceSpan:
        request, end = record.request(), time.time_ns()
        fields = request.fields.values if request is not None else {}
        method = record.method if record.method.isupper() else "_OTHER"
        path, _, query_string = record.target.partition(b"?")
        kind = RequestKind(record.kind).label
        attributes: dict[str, str | int | float] = {
            "http.request.method": method,
            "http.response.body.size": record.size,
            "url.scheme": "http",
            "url.path": path[:_LONGEST_ADDRESS].decode("latin-1"),
            "graphsvc.kind": kind,
            "graphsvc.release": self._release,
            "graphsvc.request_id": record.name,
            "graphsvc.processor_seconds": record.processor,
        }
        if record.status:
            attributes["http.response.status_code"] = record.status
        if query_string:
            attributes["url.query"] = query_string[:_LONGEST_ADDRESS].decode("latin-1")
        for name, field in (("server.address", b"host"), ("user_agent.original", b"user-agent")):
            if field in fields:
                attributes[name] = fields[field][:_LONGEST_ADDRESS]
        if query := query_of(record):
            attributes["db.query.text"] = query[:_LONGEST_QUERY]
            attributes["db.operation.name"] = sparql.form(query) or "_OTHER"
        failure = _failure_of(record)
        if failure:
            attributes["error.type"] = failure
        return TraceSpan(
            name=f"{method} {kind}",
            start=end - int(record.seconds * 1e9),
            end=end,
            context={name.decode(): fields[name] for name in _CONTEXT if name in fields},
            attributes=attributes,
            failure=failure,
        )


def _failure_of(record: Record) -> str:
    """Return the failure of the service; empty if there is none."""
    if record.end and record.end != Cause.CLIENT_LEFT.value:
        return record.end
    return str(record.status) if record.status >= _FIRST_FAULT else ""
