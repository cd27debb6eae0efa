"""The metrics of a service for Prometheus, from the counters in shared memory.

https://prometheus.io/docs/instrumenting/writing_clientlibs/#collector
https://prometheus.io/docs/specs/om/open_metrics_spec/
"""

from __future__ import annotations

import platform
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
)
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString

from graphsvc import __version__
from graphsvc.server import process_tree
from graphsvc.server.counters import BOUNDS, Event
from graphsvc.web.kinds import RequestKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prometheus_client import Metric

    from graphsvc.release import Manifest
    from graphsvc.server.board import Board
    from graphsvc.server.counters import Counters, Total

_SINCE_START = "since the service has started, over all reloads"
_NOW = "now, in the process tree of the release that is served"


class Metrics:
    """The metrics of a service, written by a worker."""

    def __init__(self, counters: Counters, board: Board, manifest: Manifest) -> None:
        self._registry = CollectorRegistry()
        self._registry.register(_OfCounters(counters))
        self._registry.register(_OfBoard(board))
        self._registry.register(_OfRelease(manifest))
        self._registry.register(_OfProcesses())

    def text(self, accept: str | None) -> tuple[bytes, str]:
        """Return all metrics in the format that a client accepts, and its media type."""
        encode, content_type = choose_encoder(accept or "")
        return encode(self._registry), content_type


@dataclass(frozen=True, eq=False)
class _OfCounters(Collector):
    counters: Counters

    def describe(self) -> list[Metric]:
        return []

    def collect(self) -> Iterator[Metric]:
        total = self.counters.total()
        yield from _requests(total)
        ends = CounterMetricFamily(
            "graphsvc_workers_ended", f"Workers that have ended, {_SINCE_START}.", labels=["reason"]
        )
        for reason, number in total.ends().items():
            ends.add_metric([reason.replace(" ", "_")], number)
        yield ends
        failures = CounterMetricFamily(
            "graphsvc_engine_failures",
            "Queries that the engine of --store has failed, or was not asked since it did not "
            f"answer, {_SINCE_START}.",
            labels=["kind"],
        )
        for kind, number in total.failures().items():
            failures.add_metric([kind], number)
        yield failures
        for name, event, what in (
            ("workers_started", Event.WORKER_STARTED, "Workers that were started"),
            ("parents_started", Event.PARENT_STARTED, "Parents that began to serve"),
            ("connections", Event.CONNECTION, "Connections that were accepted"),
            ("requests_limited", Event.LIMITED, "Requests beyond the rate limit, answered 429"),
            ("spans_lost", Event.SPAN_LOST, "Traces of requests that could not be handed on"),
        ):
            yield CounterMetricFamily(
                f"graphsvc_{name}", f"{what}, {_SINCE_START}.", value=total.events(event)
            )


def _requests(total: Total) -> Iterator[Metric]:
    requests = CounterMetricFamily(
        "graphsvc_http_requests",
        f"Requests that have ended, by class of status, {_SINCE_START}; none is a request whose "
        "client left before its answer.",
        labels=["kind", "method", "status"],
    )
    duration = HistogramMetricFamily(
        "graphsvc_http_request_duration_seconds",
        "Seconds from the beginning of a request in its worker to the end of its answer.",
        labels=["kind"],
    )
    processor = CounterMetricFamily(
        "graphsvc_http_request_processor_seconds",
        f"Seconds of a processor that requests have taken, {_SINCE_START}.",
        labels=["kind"],
    )
    size = CounterMetricFamily(
        "graphsvc_http_response_bytes",
        f"Bytes of content that have gone out, as they were coded, {_SINCE_START}.",
        labels=["kind"],
    )
    for kind, method, status, number in total.requests():
        requests.add_metric([kind.label, method, status], number)
    bounds = [*map(floatToGoString, BOUNDS), "+Inf"]
    for kind in RequestKind:
        columns = list(zip(bounds, total.histogram(kind), strict=True))
        duration.add_metric([kind.label], columns, total.seconds(kind))
        processor.add_metric([kind.label], total.processor_seconds(kind))
        size.add_metric([kind.label], total.size(kind))
    yield from (requests, duration, processor, size)


@dataclass(frozen=True, eq=False)
class _OfBoard(Collector):
    board: Board

    def describe(self) -> list[Metric]:
        return []

    def collect(self) -> Iterator[Metric]:
        load = self.board.load
        for name, what, value in (
            ("requests_running", "Requests that are being answered", self.board.running),
            ("requests_waiting", "Requests that wait for a worker", load.waiting),
            ("workers", "Workers that live", load.workers),
            ("workers_idle", "Workers without a connection", load.idle),
            ("connections_open", "Connections that are open", load.connections),
        ):
            yield GaugeMetricFamily(f"graphsvc_{name}", f"{what} {_NOW}.", value=value)


@dataclass(frozen=True, eq=False)
class _OfRelease(Collector):
    manifest: Manifest

    def describe(self) -> list[Metric]:
        return []

    def collect(self) -> Iterator[Metric]:
        built = datetime.fromisoformat(self.manifest.built).timestamp()
        yield InfoMetricFamily(
            "graphsvc_build",
            "The program.",
            value={"version": __version__, "python": platform.python_version()},
        )
        yield InfoMetricFamily(
            "graphsvc_release", "The release that is served.", value={"release": self.manifest.id}
        )
        yield GaugeMetricFamily(
            "graphsvc_release_built_timestamp_seconds",
            "When the release was built, in seconds since 1970: its age is time() minus this.",
            value=built,
        )
        # The quads of an engine are not counted.
        if "quads" in self.manifest.counts:
            yield GaugeMetricFamily(
                "graphsvc_release_quads",
                "How many quads the release has.",
                value=self.manifest.counts["quads"],
            )


class _OfProcesses(Collector):
    """The usual process metrics of Prometheus libraries, summed over all processes."""

    def describe(self) -> list[Metric]:
        return []

    def collect(self) -> Iterator[Metric]:
        processes = process_tree.tree_of_worker()
        yield CounterMetricFamily(
            "process_cpu_seconds",
            "Seconds of a processor that all processes of the service have had, also those that "
            "have ended.",
            value=sum(each.processor for each in processes),
        )
        yield GaugeMetricFamily(
            "process_start_time_seconds",
            "When the service started, in seconds since 1970.",
            value=process_tree.start_time_of(processes[0]),
        )
        resident, descriptors, number = Counter[str](), Counter[str](), Counter[str]()
        for each in processes:
            resident[each.role] += each.resident
            descriptors[each.role] += each.descriptors
            number[each.role] += 1
        for name, what, values in (
            ("processes", "Processes of the service", number),
            (
                "resident_memory_bytes",
                "Memory of the processes; what workers share with their parent counts for each",
                resident,
            ),
            ("open_fds", "Descriptors that the processes have open", descriptors),
        ):
            family = GaugeMetricFamily(f"graphsvc_process_{name}", f"{what}.", labels=["role"])
            for role, value in values.items():
                family.add_metric([role], value)
            yield family
