"""Lookups beside many connections that are idle or very slow, compared with lookups alone."""

from __future__ import annotations

import time
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from .crowd import CONNECTIONS, CrowdReport, crowd
from .load import Latencies, Span, load
from .mix import FIRST, question
from .rounds import TEXTS
from .tables import table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .generate import Population
    from .load import Measured
    from .peers import Server
    from .rounds import Plan

_ALONE = "alone"
_IDLE = f"beside {CONNECTIONS} idle connections"
_SLOW = f"beside {CONNECTIONS} connections that send a byte a second"

#: Lookups are measured only after the connections have been open for so many seconds.
_SETTLING = 2.0
#: A single client has few answers a second, and the 99th percentile needs many.
_LONGER = 3


@dataclass(frozen=True, slots=True)
class Lookups:
    """Lookups by one client in one round; ``crowd_report`` is None if the client was alone."""

    beside: str
    round: int
    latencies: Latencies
    answers: int
    failures: dict[str, int]
    crowd_report: CrowdReport | None


@dataclass(frozen=True, slots=True)
class Connections:
    """Lookups of several rounds, alone and beside many open connections."""

    peer: str
    lookups: list[Lookups]

    def section(self) -> Iterator[str]:
        """Yield the lines of the report."""
        yield f"## Lookups beside many connections: {self.peer}"
        yield ""
        heads = ("one client", "median, ms", "99 %, ms", "ratio of medians (of rounds)", "failed")
        yield from table(heads, (self._row(each) for each in (_ALONE, _IDLE, _SLOW)))
        crowds = [each.crowd_report for each in self.lookups if each.crowd_report]
        yield (
            f"The process that held the connections was at work for "
            f"{max(each.processor for each in crowds):.1%} of the time at most, sent "
            f"{sum(each.sent for each in crowds):,} bytes, and made "
            f"{sum(each.closed for each in crowds):,} connections anew that the server had closed."
        )
        yield ""

    def _row(self, beside: str) -> tuple[str, ...]:
        mine = [each for each in self.lookups if each.beside == beside]
        alone = {each.round: each for each in self.lookups if each.beside == _ALONE}
        ratios = [
            each.latencies.median / (alone[each.round].latencies.median or 1) for each in mine
        ]
        return (
            beside,
            f"{median(each.latencies.median for each in mine):.3f}",
            f"{median(each.latencies.percentile_99 for each in mine):.3f}",
            f"**{median(ratios):.2f}** ({min(ratios):.2f} to {max(ratios):.2f})",
            str(sum(sum(each.failures.values()) for each in mine)),
        )


def connections(server: Server, population: Population, plan: Plan) -> Connections:
    """Measure lookups alone, beside idle connections and beside slow ones, round by round."""
    lookup = question(FIRST)
    requests = server.target.requests(
        lookup.texts(population, TEXTS), lookup.accept, repeated=lookup.repeated
    )
    span = Span(_LONGER * plan.seconds, plan.patience)
    lookups = []
    for number in range(plan.rounds):
        lookups.append(_lookups(_ALONE, number, load(server.target, requests, 1, span), None))
        for name, bytes_per_second in ((_IDLE, 0), (_SLOW, 1)):
            with crowd(server.target, bytes_per_second) as reports:
                time.sleep(_SETTLING)
                measured = load(server.target, requests, 1, span)
            lookups.append(_lookups(name, number, measured, reports[0]))
    return Connections(server.peer.name, lookups)


def _lookups(
    beside: str, number: int, measured: Measured, crowd_report: CrowdReport | None
) -> Lookups:
    return Lookups(
        beside=beside,
        round=number,
        latencies=Latencies.of(measured.latencies),
        answers=len(measured.latencies),
        failures=dict(measured.failures),
        crowd_report=crowd_report,
    )
