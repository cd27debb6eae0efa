"""What a worker may not do, how long ones share the processors, and where its graph comes from."""

from __future__ import annotations

import json
import os
import socket
import threading
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from graphsvc.server import bounds

from .processes import ENDLESS_COUNT, LOOKUP, NAME, Service, eventually, has
from .wire import Wire, query, request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from graphsvc.release import Release

    from .conftest import Serve

_FILTER = "2"
"""The mode of seccomp in which a filter decides, as proc(5) has it."""


def status_of(pid: int, name: str) -> str:
    """Return a line of a process's status: proc(5)."""
    lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
    return next(line.partition(":")[2].strip() for line in lines if line.startswith(f"{name}:"))


# --- no egress


def test_every_worker_is_forbidden_to_make_sockets(service: Service) -> None:
    assert service.is_well()
    workers = service.workers()
    assert workers
    for worker in workers:
        assert status_of(worker.pid, "Seccomp") == _FILTER
        assert status_of(worker.pid, "NoNewPrivs") == "1"


@pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_INET6, socket.AF_UNIX])
def test_who_is_forbidden_sockets_makes_none(family: socket.AddressFamily) -> None:
    reading, writing = os.pipe()
    ours, theirs = socket.socketpair()
    pid = os.fork()
    if pid == 0:
        bounds.forbid_sockets()
        try:
            socket.socket(family)
            word = b"made"
        except PermissionError:
            word = b"refused"
        theirs.sendall(b"still there")
        Path(os.devnull).read_bytes()
        os.write(writing, word)
        os._exit(0)
    os.waitpid(pid, 0)
    assert os.read(reading, 16) == b"refused"
    # Its old connections go on working.
    assert ours.recv(16) == b"still there"
    for descriptor in (reading, writing):
        os.close(descriptor)
    ours.close()
    theirs.close()


@pytest.mark.parametrize(
    "words",
    [
        "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
        "SELECT * { SERVICE SILENT <http://127.0.0.1:9/> { ?s ?p ?o } }",
        "LOAD <http://127.0.0.1:9/>",
    ],
)
def test_a_query_reaches_no_other_host(service: Service, words: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        answer = service.ask(words.replace(":9/", f":{port}/"))
        assert (answer.status, answer.problem) == (403, "forbidden-operation")
        other.setblocking(False)  # noqa: FBT003 - the interface of the socket
        with pytest.raises(BlockingIOError):
            other.accept()


# --- several clients of one worker


@contextmanager
def companions(service: Service) -> Iterator[tuple[psutil.Process, Wire, Wire]]:
    """Yield two connections that rest at the same worker, since there are too many for one each."""
    with ExitStack() as stack:
        wires = [
            stack.enter_context(service.connect())
            for _ in range(2 * len(os.sched_getaffinity(0)) + 1)
        ]
        ask_all(wires)
        yield eventually(lambda: pair(service, wires))


def ask_all(wires: list[Wire]) -> None:
    for wire in wires:
        assert wire.exchange(request(query(LOOKUP))).values == [NAME]


def pair(service: Service, wires: list[Wire]) -> tuple[psutil.Process, Wire, Wire] | None:
    # A worker keeps a connection for a second after its last request.
    ask_all(wires)
    for worker in service.workers():
        having = [wire for wire in wires if has(worker, wire)]
        if len(having) > 1:
            return worker, having[0], having[1]
    return None


def test_no_client_waits_behind_a_long_request(serve: Serve) -> None:
    service = serve(deadline=600)
    with companions(service) as (worker, one, other):
        one.send(request(query(ENDLESS_COUNT)))
        eventually(lambda: bounds.has_lower_priority(worker.pid))
        for _ in range(3):
            assert other.exchange(request(query(LOOKUP))).values == [NAME]


def test_a_client_that_rests_does_not_see_its_worker_end(serve: Serve) -> None:
    service = serve(deadline=600)
    with companions(service) as (worker, one, other):
        worker.kill()
        worker.wait()
        ask_all([one, other])


def test_requests_that_come_at_once_are_all_answered(service: Service) -> None:
    with ExitStack() as stack:
        wires = [stack.enter_context(service.connect()) for _ in range(80)]
        for _ in range(3):
            for wire in wires:
                wire.send(request(query(LOOKUP)))
            assert [wire.read().values for wire in wires] == [[NAME]] * len(wires)


# --- long ones share


def test_long_requests_take_turns(serve: Serve) -> None:
    service = serve(deadline=600, long_requests=1)
    with ExitStack() as stack:
        for _ in range(3):
            wire = stack.enter_context(service.connect())
            wire.send(request(query(ENDLESS_COUNT)))
        busy = eventually(lambda: three(service))
        # One worker runs, the others are stopped; later another one runs.
        first = eventually(lambda: running(busy))
        eventually(lambda: (now := running(busy)) is not None and now != first)
        assert service.ask(LOOKUP).values == [NAME]


def three(service: Service) -> list[psutil.Process] | None:
    """Return the workers with a long request, once there are three."""
    slow = [each for each in service.workers() if bounds.has_lower_priority(each.pid)]
    return slow if len(slow) == 3 else None


def running(workers: list[psutil.Process]) -> int | None:
    """Return which of some workers runs, if all others are stopped."""
    states = {worker.pid: worker.status() == psutil.STATUS_STOPPED for worker in workers}
    pids = [pid for pid, is_stopped in states.items() if not is_stopped]
    return pids[0] if len(pids) == 1 else None


# --- the graph


def test_a_release_beyond_the_memory_setting_is_read_from_disk(serve: Serve) -> None:
    service = serve(deadline=600, memory_quads=0)
    assert service.ask(LOOKUP).values == [NAME]
    assert service.get("/doc/id/light/north-rock.ttl").status == 200
    assert service.get("/").status == 200
    with service.connect() as wire:
        wire.send(request(query(ENDLESS_COUNT)))
        service.worker_of(wire).kill()
        assert wire.read().status == 503
    assert service.ask(LOOKUP).values == [NAME]


def test_a_query_of_another_release_has_the_same_bounds(
    serve: Serve,
    lights_copy: Path,
    tmp_path: Path,
    build_in: Callable[[Path, Path], Release],
    replace_in: Callable[[Path, str, str], None],
) -> None:
    releases = tmp_path / "releases"
    before = build_in(lights_copy, releases)
    replace_in(lights_copy / "ontology" / "lights.ttl", "1.0.0", "1.1.0")
    build_in(lights_copy, releases)
    service = serve("--project", lights_copy, "--releases", releases, deadline=1)
    pinned = service.ask(LOOKUP, release=before.id)
    assert (pinned.status, pinned.fields["release"]) == (200, before.id)
    late = service.ask(ENDLESS_COUNT, release=before.id)
    assert (late.status, late.problem) == (503, "deadline-exceeded")


# --- formats


def test_an_answer_that_its_format_cannot_hold_is_refused_with_those_that_can(
    service: Service,
) -> None:
    control = r'SELECT ("a\u0001b" AS ?x) {}'
    answer = service.ask(control, "Accept: application/sparql-results+xml")
    assert (answer.status, answer.problem) == (406, "not-acceptable")
    assert "SPARQL XML cannot hold" in json.loads(answer.content)["detail"]
    assert service.ask(control, "Accept: text/csv").status == 200
    nameless = "CONSTRUCT { <x:s> <http://example.com/p/123> 1 } WHERE {}"
    answer = service.ask(nameless, "Accept: application/rdf+xml")
    assert (answer.status, answer.problem) == (406, "not-acceptable")
    variants = json.loads(answer.content)["variants"]
    assert "text/turtle" in {variant["media_type"] for variant in variants}


@pytest.mark.parametrize("accept", ["text/csv", "text/html"])
def test_relative_iris_are_relative_to_the_endpoint(service: Service, accept: str) -> None:
    """The address is that by which the client asks: the field Host says it."""
    answer = service.ask("SELECT (<x> AS ?iri) (<#y> AS ?other) {}", f"Accept: {accept}")
    assert answer.status == 200
    assert b"http://lights.example/x" in answer.content
    assert b"http://lights.example/sparql#y" in answer.content


# --- workers that are kept from running


def test_a_worker_that_read_nothing_for_a_while_is_lent_clients_again(serve: Serve) -> None:
    service = serve(workers=1, deadline=20)
    assert service.is_well()
    (worker,) = service.workers()
    with service.connect() as wire:
        worker.suspend()
        wire.send(request(query(LOOKUP)))
        # The parent takes the client back after a twentieth of a second, which shows nowhere.
        threading.Event().wait(1)
        worker.resume()
        assert wire.read().values == [NAME]
    assert service.workers() == [worker]
