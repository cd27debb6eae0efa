"""The log of slow requests: one JSON object a line on standard error, with the query.

A request whose worker was ended has a line, too: its text is on the board.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from graphsvc import sparql
from graphsvc.server.access_log import line_of, write_line
from graphsvc.web import protocol
from graphsvc.web.kinds import RequestKind

if TYPE_CHECKING:
    from graphsvc.server.records import Record

_LONGEST_QUERY = 4_096
"""The most characters of a query that are logged."""

ANSWERED = "answered"


class SlowLog:
    """The log of the requests to a ``release`` that took longer than ``seconds``."""

    def __init__(self, release: str, seconds: float) -> None:
        self._release = release
        self._seconds = seconds

    def read(self, record: Record) -> None:
        """Write the line of a request if it was slow."""
        if record.seconds >= self._seconds:
            row = line_of(record, self._release)
            about = {
                "slow": RequestKind(record.kind).label,
                "processor_seconds": round(record.processor, 6),
                "end": record.end or ANSWERED,
            }
            query = query_of(record)
            if query:
                about |= {"form": sparql.form(query), "query": query[:_LONGEST_QUERY]}
            write_line(row | about)


def query_of(record: Record) -> str:
    """Return the SPARQL query of a request; empty if it has none."""
    request = record.request()
    if request is None or record.kind != RequestKind.SPARQL:
        return ""
    content_type = (request.field(b"content-type") or "").partition(";")[0].strip().lower()
    if content_type == protocol.QUERY:
        return request.body.decode("utf-8", "replace")
    form = request.body if content_type == protocol.FORM else b""
    parameters = b"&".join((request.target.partition(b"?")[2], form))
    return parse_qs(parameters.decode("latin-1"), errors="replace").get("query", [""])[0]
