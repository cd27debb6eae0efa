"""Every request is bounded: in time, in memory, in how long it may come and how many may wait."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import ExitStack, suppress
from select import select
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

import psutil
import pytest

from .conftest import starter
from .processes import ENDLESS_COUNT, ENDLESS_ROWS, LOOKUP, NAME, Service, eventually, has
from .wire import FORM, PATIENCE, QUERY, Answer, Wire, query, request

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Serve

SORTED = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?i"
DISTINCT = "SELECT DISTINCT ?a ?d ?g ?c ?f ?i { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


def runaways() -> dict[str, bytes]:
    """Return the ways to ask a query that has no end."""
    body = urlencode({"query": ENDLESS_COUNT}).encode()
    return {
        "GET": request(query(ENDLESS_COUNT)),
        "a form": request("/sparql", FORM, method="POST", body=body),
        "POST": request("/sparql", QUERY, method="POST", body=ENDLESS_COUNT.encode()),
        "HEAD": request(query(ENDLESS_COUNT), method="HEAD"),
        "workbench": request("/sparql/answer.json?query=" + quote(ENDLESS_COUNT)),
        "explanation": request(query(ENDLESS_COUNT, explain="empty")),
    }


@pytest.mark.parametrize("name", runaways())
def test_a_runaway_gets_one_clean_error(bounded: Service, name: str) -> None:
    method = "HEAD" if name == "HEAD" else "GET"
    with bounded.connect() as wire:
        answer = wire.exchange(runaways()[name], method)
    assert answer.status == 503
    assert int(answer.fields["retry-after"]) > 0
    assert answer.fields["access-control-allow-origin"] == "*"
    assert answer.fields["cache-control"] == "no-store"
    if method == "GET":
        assert answer.problem == "deadline-exceeded"
        assert "1 second" in json.loads(answer.content)["detail"]


def test_a_browser_gets_a_page_with_its_query(bounded: Service) -> None:
    answer = bounded.ask(ENDLESS_COUNT, "Accept: text/html,application/xhtml+xml,*/*;q=0.8")
    assert answer.status == 503
    assert answer.fields["content-type"] == "text/html; charset=utf-8"
    assert int(answer.fields["retry-after"]) > 0
    assert b"</html>" in answer.content
    assert ENDLESS_COUNT.encode() in answer.content


def test_a_terminal_gets_words(bounded: Service) -> None:
    answer = bounded.ask(ENDLESS_COUNT, "Accept: text/plain")
    assert (answer.status, answer.fields["content-type"]) == (503, "text/plain; charset=utf-8")
    assert b"1 second" in answer.content


@pytest.mark.parametrize(
    "target",
    [
        "/doc/id/light/north-rock",
        "/search?q=rock",
        "/reconcile?queries=" + quote('{"q0":{"query":"North Rock"}}'),
    ],
)
def test_whatever_takes_too_long_is_ended(bounded: Service, target: str) -> None:
    """No page of a small project is slow, so its worker is suspended while it makes the page."""

    def answer_of_a_halted_worker() -> Answer | None:
        with bounded.connect() as wire:
            wire.send(request(target))
            for worker in bounded.workers():
                with suppress(psutil.NoSuchProcess):
                    worker.suspend()
            answer = wire.read()
        # Another worker answered it, or this one had answered it before it was stopped.
        return None if answer.status == 200 else answer

    answer = eventually(answer_of_a_halted_worker)
    assert answer.status == 503
    assert int(answer.fields["retry-after"]) > 0
    assert eventually(bounded.is_well)


def test_a_sorted_cross_product_gets_one_clean_error(small_memory_service: Service) -> None:
    answer = small_memory_service.ask(SORTED)
    assert (answer.status, answer.problem) == (503, "memory-exceeded")
    assert int(answer.fields["retry-after"]) > 0
    assert small_memory_service.ask(LOOKUP).values == [NAME]


def test_an_answer_that_runs_out_of_memory_is_cut(small_memory_service: Service) -> None:
    answer = small_memory_service.ask(DISTINCT)
    assert answer.status == 503 or not answer.is_whole
    assert small_memory_service.ask(LOOKUP).values == [NAME]


def test_a_worker_without_memory_writes_no_backtrace(
    lights_folder: Path, releases: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The engine's runtime would wait for the memory that a backtrace takes, and never end."""
    monkeypatch.setenv("RUST_BACKTRACE", "1")
    with ExitStack() as stack:
        service = starter(lights_folder, releases, tmp_path, stack)(request_memory=64)
        answer = service.ask(DISTINCT)
        assert answer.status == 503 or not answer.is_whole
        assert "stack backtrace" not in service.log


@pytest.mark.parametrize("depth", [1_000, 20_000, 200_000])
def test_a_query_that_is_nested_too_deeply_hurts_nobody(service: Service, depth: int) -> None:
    """The engine's parser overflows its stack, which ends its process."""
    text = "SELECT * " + "{" * depth + "}" * depth
    with service.connect() as beside, service.connect() as wire:
        assert beside.exchange(request(query(LOOKUP))).values == [NAME]
        answer = wire.exchange(request("/sparql", QUERY, method="POST", body=text.encode()))
        assert answer.status in (400, 500, 503)
        assert answer.problem
        assert beside.exchange(request(query(LOOKUP))).values == [NAME]


def test_lookups_go_on_beside_eight_runaways(service: Service) -> None:
    with ExitStack() as stack:
        wires = [stack.enter_context(service.connect()) for _ in range(8)]
        for number, wire in enumerate(wires):
            wire.send(request(query(f"{ENDLESS_COUNT} # {number}")))
        for number in range(20):
            assert service.ask(f"{LOOKUP} # {number}").values == [NAME]
            assert service.get("/doc/id/light/north-rock").status == 200


def test_one_too_many_is_told_to_come_again(serve: Serve) -> None:
    service = serve(deadline=600, workers=2, long_requests=2, waiting_requests=1)
    with ExitStack() as stack:
        wires = [stack.enter_context(service.connect()) for _ in range(8)]
        for wire in wires:
            wire.send(request(query(ENDLESS_COUNT)))
        readable, _, _ = select([wire.socket for wire in wires], [], [], PATIENCE)
        assert readable
        answer = next(wire for wire in wires if wire.socket in readable).read()
        assert (answer.status, answer.problem) == (503, "overloaded")
        assert int(answer.fields["retry-after"]) > 0
    assert eventually(service.is_well)


def test_a_client_that_leaves_before_its_answer_ends_its_work(service: Service) -> None:
    with service.connect() as wire:
        wire.send(request(query(ENDLESS_COUNT)))
        worker = service.worker_of(wire)
        eventually(lambda: has_worked(worker))
    eventually(lambda: not worker.is_running())


def test_what_was_left_ends_on_a_busy_machine_too(service: Service) -> None:
    """Long requests run when nothing else does, and even to end takes a processor."""
    program = (sys.executable, "-c", "while True: pass")
    with ExitStack() as stack:
        wire = stack.enter_context(service.connect())
        wire.send(request(query(ENDLESS_COUNT)))
        worker = service.worker_of(wire)
        eventually(lambda: has_worked(worker))
        for _ in range(2 * (os.cpu_count() or 1)):
            other = stack.enter_context(subprocess.Popen(program))
            stack.callback(other.kill)
        wire.socket.close()
        eventually(lambda: not worker.is_running())


def test_a_client_that_leaves_within_its_answer_ends_its_work(service: Service) -> None:
    with service.connect() as wire:
        wire.send(request(query(ENDLESS_ROWS)))
        next(wire.parts(wire.read_head()))
        worker = service.worker_of(wire)
    eventually(lambda: not has(worker, wire))


def has_worked(worker: psutil.Process) -> bool:
    """Return whether a worker has used some processor time, so that its request is in progress."""
    times = worker.cpu_times()
    return bool(times.user + times.system > 0.2)


SLOW = [
    pytest.param(b"G", id="one byte"),
    pytest.param(b"GET /readyz HTTP/1.1\r\nHost: a\r\n", id="a head without an end"),
    pytest.param(
        b"POST /sparql HTTP/1.1\r\nHost: a\r\nContent-Type: application/sparql-query\r\n"
        b"Content-Length: 5000\r\n\r\nASK",
        id="a body without an end",
    ),
    pytest.param(
        b"POST /sparql HTTP/1.1\r\nHost: a\r\nContent-Type: application/sparql-query\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n3\r\nASK",
        id="chunks without an end",
    ),
]


@pytest.mark.parametrize("start", SLOW)
def test_15_5_9_a_request_that_does_not_come_is_given_up(bounded: Service, start: bytes) -> None:
    with bounded.connect() as wire:
        answer = wire.exchange(start)
        assert (answer.status, answer.problem) == (408, "request-timeout")
        assert wire.is_closed()


@pytest.mark.parametrize("start", SLOW[1:3])
def test_15_5_9_bytes_that_dribble_give_no_more_time(bounded: Service, start: bytes) -> None:
    with bounded.connect() as wire:
        wire.send(start)
        assert dribbled_until_answered(wire) < 600, "it could have gone on for a minute"
        answer = wire.read()
        assert (answer.status, answer.problem) == (408, "request-timeout")


def dribbled_until_answered(wire: Wire) -> int:
    """Send a byte ten times a second until something comes back; return how many were sent."""
    count = 0
    while not select([wire.socket], [], [], 0.1)[0] and count < 600:
        with suppress(ConnectionError):
            wire.send(b"a")
        count += 1
    return count


def test_a_connection_that_is_used_late_is_still_there(bounded: Service) -> None:
    """The time of a request runs from its first byte, not from the answer before it."""
    with bounded.connect() as wire, bounded.connect() as clock:
        assert wire.exchange(request("/readyz")).status == 200
        # A second, by the server's own measure.
        assert clock.exchange(b"G").status == 408
        assert wire.exchange(request("/readyz")).status == 200


def test_readiness_is_told_with_the_release(service: Service, releases: Path) -> None:
    answer = service.get("/readyz")
    assert (answer.status, answer.fields["content-type"]) == (200, "application/json")
    release = (releases / "current").resolve().name
    assert json.loads(answer.content) == {"status": "ready", "release": release}
    assert answer.fields["cache-control"] == "no-store"
