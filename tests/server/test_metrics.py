"""The metrics as Prometheus reads them: numbers that no end of a process takes back."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING

import pytest
from prometheus_client.openmetrics.parser import (
    text_string_to_metric_families as read_open_metrics,
)
from prometheus_client.parser import text_string_to_metric_families

from graphsvc.server.counters import Counters
from graphsvc.server.records import Record, RequestJournal
from graphsvc.web.kinds import RequestKind

from .processes import ENDLESS_COUNT, ENDLESS_ROWS, LOOKUP, NAME, Service, eventually, run
from .wire import query, request

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from .conftest import Serve

REQUESTS = "graphsvc_http_requests_total"
MUCH = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?i"
OPEN_METRICS = "Accept: application/openmetrics-text; version=1.0.0, text/plain; q=0.5"


class Numbers(dict[tuple[str, ...], float]):
    """The samples of an answer: by the name and the values of the labels."""

    @classmethod
    def of(cls, service: Service) -> Numbers:
        answer = service.get("/metrics")
        assert answer.status == 200
        families = text_string_to_metric_families(answer.content.decode())
        samples = (sample for family in families for sample in family.samples)
        return cls({(s.name, *s.labels.values()): s.value for s in samples})


@pytest.fixture(scope="module")
def watched(serve_for_session: Serve) -> Service:
    """Return a service that lets this machine read its metrics."""
    return serve_for_session(deadline=600, request_timeout=1, metrics_readers="127.0.0.1")


def rises(service: Service, *sample: str) -> Iterator[None]:
    """Yield, then wait until a number has gone up."""
    before = Numbers.of(service).get(sample, 0)
    yield
    eventually(lambda: Numbers.of(service).get(sample, 0) > before)


@pytest.mark.parametrize(
    ("target", "method", "sample"),
    [
        (query(LOOKUP), "GET", ("sparql", "GET", "2xx")),
        (query("SELECT"), "GET", ("sparql", "GET", "4xx")),
        ("/", "HEAD", ("page", "HEAD", "2xx")),
        ("/id/light/north-rock", "GET", ("document", "GET", "3xx")),
        ("/none", "GET", ("document", "GET", "4xx")),
        ("/search?q=rock", "GET", ("search", "GET", "2xx")),
        ("/static/style.css", "GET", ("static", "GET", "2xx")),
        ("/queries", "GET", ("query", "GET", "2xx")),
        ("/dump.nq.gz", "GET", ("download", "GET", "2xx")),
        ("/readyz", "GET", ("health", "GET", "2xx")),
        ("/readyz", "DELETE", ("health", "other", "4xx")),
    ],
)
def test_a_request_is_counted_by_what_it_was(
    watched: Service, target: str, method: str, sample: tuple[str, str, str]
) -> None:
    for _ in rises(watched, REQUESTS, *sample):
        with watched.connect() as wire:
            wire.exchange(request(target, method=method), method)


def test_time_and_bytes_are_counted(watched: Service) -> None:
    before, start_time = Numbers.of(watched), time.monotonic()
    size = len(watched.ask(LOOKUP).content)
    count = ("graphsvc_http_request_duration_seconds_count", "sparql")
    after = eventually(lambda: now if (now := Numbers.of(watched))[count] > before[count] else None)
    # In seconds, and no more than have gone by.
    elapsed = time.monotonic() - start_time
    differences = {name: after[name] - before.get(name, 0) for name in after}
    assert differences[count] == 1
    assert differences["graphsvc_http_response_bytes_total", "sparql"] == size
    assert 0 < differences["graphsvc_http_request_duration_seconds_sum", "sparql"] <= elapsed
    assert differences["graphsvc_http_request_duration_seconds_bucket", "sparql", "+Inf"] == 1
    assert 0 < differences["graphsvc_http_request_processor_seconds_total", "sparql"] <= elapsed


@pytest.mark.parametrize(
    ("bounds", "text", "reason"),
    [
        ({"deadline": 1}, ENDLESS_COUNT, "deadline"),
        ({"deadline": 600, "request_memory": 64}, MUCH, "memory"),
    ],
)
def test_a_request_whose_worker_is_ended_is_counted(
    serve: Serve, bounds: dict[str, int], text: str, reason: str
) -> None:
    service = serve(metrics_readers="127.0.0.1", **bounds)
    for _ in rises(service, "graphsvc_workers_ended_total", reason):
        assert service.ask(text).status == 503
    eventually(lambda: Numbers.of(service).get((REQUESTS, "sparql", "GET", "5xx")) == 1)


def test_an_answer_that_breaks_off_is_counted_as_what_it_began_as(serve: Serve) -> None:
    service = serve(deadline=2, metrics_readers="127.0.0.1")
    for _ in rises(service, "graphsvc_workers_ended_total", "deadline"):
        for _ in rises(service, REQUESTS, "sparql", "GET", "2xx"):
            assert not service.ask(ENDLESS_ROWS).is_whole


def test_what_is_no_request_is_counted(watched: Service) -> None:
    for sent in (b"GET / HTTP/1.1\r\n", b"nonsense\r\n\r\n"):
        before = others(watched)
        with watched.connect() as wire:
            assert wire.exchange(sent).status in (408, 400)
        eventually(partial(has_others, watched, before + 1))


def others(service: Service) -> float:
    """Return how many requests for nothing that is known have been counted."""
    numbers = Numbers.of(service).items()
    return sum(number for sample, number in numbers if sample[:2] == (REQUESTS, "other"))


def has_others(service: Service, number: float) -> bool:
    return others(service) == number


def test_no_number_goes_back_when_workers_are_killed_and_the_release_is_loaded_anew(
    serve: Serve, lights_folder: Path, releases: Path
) -> None:
    service = serve(deadline=600, metrics_readers="127.0.0.1")
    lookups = (REQUESTS, "sparql", "GET", "2xx")
    request_count, last = 0, Numbers()

    def ask_and_look() -> None:
        nonlocal request_count, last
        for _ in range(5):
            assert service.ask(LOOKUP).values == [NAME]
        request_count += 5
        now = eventually(
            lambda: numbers if (numbers := Numbers.of(service))[lookups] >= request_count else None
        )
        for sample, number in now.items():
            if sample[0].endswith(("_total", "_count", "_sum", "_bucket")):
                assert number >= last.get(sample, 0), sample
        last = now

    ask_and_look()
    for worker in service.workers():
        worker.kill()
    ask_and_look()
    result = run("reload", "--project", lights_folder, "--releases", releases)
    assert result.returncode == 0, result.stderr
    ask_and_look()
    assert last["graphsvc_parents_started_total",] == 2
    [parent] = eventually(lambda: service.parents() if len(service.parents()) == 1 else None)
    parent.kill()
    eventually(service.is_well)
    ask_and_look()
    assert last["graphsvc_workers_ended_total", "killed"] >= 1


def test_what_is_under_way_is_shown(serve: Serve) -> None:
    service = serve(deadline=600, metrics_readers="127.0.0.1")
    with ExitStack() as stack:
        wires = [stack.enter_context(service.connect()) for _ in range(3)]
        for wire in wires:
            wire.send(request(query(ENDLESS_COUNT)))
        # The request for the metrics runs as well.
        eventually(lambda: Numbers.of(service)["graphsvc_requests_running",] == 4)
        now = Numbers.of(service)
        assert now["graphsvc_connections_open",] >= 4
        assert now["graphsvc_workers",] >= 4
        assert now["graphsvc_process_processes", "worker"] >= 4
    sample = ("graphsvc_workers_ended_total", "client_left")
    eventually(lambda: Numbers.of(service)[sample] == len(wires))
    # The request for the metrics runs, and the one before may not have ended yet.
    assert Numbers.of(service)["graphsvc_requests_running",] <= 2


def test_the_release_and_the_program_are_told(watched: Service) -> None:
    now = Numbers.of(watched)
    assert ("graphsvc_release_info", watched.release()) in now
    assert now["graphsvc_release_quads",] > 0
    assert now["process_cpu_seconds_total",] > 0
    assert (
        now["process_start_time_seconds",] < now["graphsvc_release_built_timestamp_seconds",] + 1e9
    )


def test_open_metrics_are_given_to_who_takes_them(watched: Service) -> None:
    answer = watched.get("/metrics", OPEN_METRICS)
    assert answer.fields["content-type"].startswith("application/openmetrics-text; version=1.0.0")
    families = {family.name: family for family in read_open_metrics(answer.content.decode())}  # type: ignore[no-untyped-call]
    assert families["graphsvc_http_requests"].type == "counter"
    assert families["graphsvc_http_request_duration_seconds"].type == "histogram"
    assert all(family.documentation for family in families.values())
    plain = watched.get("/metrics")
    assert plain.fields["content-type"].startswith("text/plain; version=")
    assert (plain.fields["cache-control"], plain.fields["x-content-type-options"]) == (
        "no-store",
        "nosniff",
    )


@pytest.mark.parametrize(
    ("readers", "fields", "status"),
    [
        ({}, (), 404),
        ({"metrics_readers": "192.0.2.0/24"}, (), 404),
        # A proxy on the same machine asks for somebody else.
        (
            {"metrics_readers": "127.0.0.1", "trusted_proxies": "127.0.0.1"},
            ("X-Forwarded-For: 198.51.100.7",),
            404,
        ),
        (
            {"metrics_readers": "192.0.2.0/24", "trusted_proxies": "127.0.0.1"},
            ("Forwarded: for=198.51.100.7, for=192.0.2.7",),
            200,
        ),
        # Only a trusted proxy can name the client.
        ({"metrics_readers": "192.0.2.0/24"}, ("X-Forwarded-For: 192.0.2.7",), 404),
    ],
)
def test_only_who_may_read_them_finds_them(
    serve: Serve, readers: dict[str, str], fields: tuple[str, ...], status: int
) -> None:
    answer = serve(**readers).get("/metrics", *fields)
    assert answer.status == status
    assert (b"graphsvc_" in answer.content) == (status == 200)


def test_rows_are_for_one_process_each_and_outlive_it() -> None:
    counters = Counters.make(2)
    pids: list[int] = []
    for _ in range(3):
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            journal = RequestJournal(counters, ())
            journal.open()
            journal.write(record(RequestKind.PAGE))
            os.write(writing, b"1")
            signal.pause()
        os.close(writing)
        pids.append(pid)
        assert os.read(reading, 1) == b"1"
        os.close(reading)
    # Two have rows; the third counts nowhere, rather than in one of these.
    assert pages(counters) == 2
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    assert pages(counters) == 2
    journal = RequestJournal(counters, ())
    journal.open()
    journal.write(record(RequestKind.PAGE))
    assert pages(counters) == 3


def record(kind: RequestKind) -> Record:
    return Record("", "GET", b"/", kind, b"", 200, 10, 0.1, 0.1, "")


def pages(counters: Counters) -> int:
    kinds = Counter[RequestKind]()
    for kind, _, _, number in counters.total().requests():
        kinds[kind] += number
    return kinds[RequestKind.PAGE]


def test_a_client_that_leaves_before_its_answer_is_counted(watched: Service) -> None:
    for _ in rises(watched, REQUESTS, "sparql", "GET", "none"):
        with watched.connect() as wire:
            wire.send(request(query(ENDLESS_COUNT)))
            eventually(lambda: Numbers.of(watched)["graphsvc_requests_running",] > 1)
