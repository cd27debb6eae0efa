"""The operation of a running service: records, metrics, limits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphsvc.server.counters import Event

if TYPE_CHECKING:
    from graphsvc.server.metrics import Metrics
    from graphsvc.server.rate_limit import RateLimit
    from graphsvc.server.records import RequestJournal
    from graphsvc.web.kinds import RequestKind
    from graphsvc.web.origin import Peers


@dataclass(frozen=True, slots=True)
class Operations:
    """The journal of requests, the limit for each client if there is one, and the metrics.

    ``readers`` are the clients that may read the metrics.
    """

    journal: RequestJournal
    limit: RateLimit | None
    metrics: Metrics
    readers: Peers

    def admit(self, kind: RequestKind, client: str) -> None:
        """Count a request of a client. Errors: RequestProblem if the client made too many."""
        if self.limit is None or kind.is_unlimited:
            return
        try:
            self.limit.admit(client)
        except Exception:
            self.journal.count(Event.LIMITED)
            raise
