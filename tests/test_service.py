"""The service as a whole, in its own processes: bounds seen from outside, and how it heals.

Whatever is killed by hand at any moment, no answer is wrong or cut in silence, and soon all is
well.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import ExitStack, closing, contextmanager, suppress
from http.client import HTTPConnection, HTTPException, IncompleteRead
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DEADLINE = 2.0
GRACE = 0.25
LEEWAY = 1.0

CROSS = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
ENDLESS = "SELECT * WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
LOOKUP = "SELECT (COUNT(*) AS ?n) WHERE { ?s a iwm:Mechanism }"


class Service:
    """``graphsvc serve`` as a process, and the processes under it."""

    def __init__(self, pid: int, port: int) -> None:
        self.pid = pid
        self.port = port

    def connection(self) -> HTTPConnection:
        return HTTPConnection("127.0.0.1", self.port, timeout=30)

    def ask(self, query: str) -> tuple[int, bytes]:
        with closing(self.connection()) as connection:
            connection.request("GET", "/sparql?" + urlencode({"query": query, "format": "json"}))
            answer = connection.getresponse()
            return answer.status, answer.read()

    def is_well(self) -> bool:
        with suppress(OSError, HTTPException):
            status, content = self.ask(f"{LOOKUP} # {time.monotonic()}")
            return status == 200 and value(content) == "9"
        return False

    def supervisor(self) -> int:
        (pid,) = [pid for pid in children(self.pid) if "graphsvc.cli.supervise" in command(pid)]
        return pid

    def workers(self) -> set[int]:
        return children(self.supervisor())

    def web_processes(self) -> set[int]:
        return {pid for pid in children(self.pid) if "graphsvc.cli.supervise" not in command(pid)}


def value(content: bytes) -> str:
    (row,) = json.loads(content)["results"]["bindings"]
    return str(row["n"]["value"])


def children(pid: int) -> set[int]:
    found: set[int] = set()
    with suppress(FileNotFoundError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            found |= {int(child) for child in (task / "children").read_text("ascii").split()}
    return found


def command(pid: int) -> str:
    with suppress(FileNotFoundError):
        return Path(f"/proc/{pid}/cmdline").read_text("utf-8").replace("\0", " ")
    return ""


def eventually(holds: Callable[[], bool], seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    pause = threading.Event()
    while not holds():
        assert time.monotonic() < end, "it never held"
        pause.wait(0.02)


@pytest.fixture(scope="module")
def service(mechanisms_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with closing(socket.create_server(("127.0.0.1", 0))) as probe:
        port = probe.getsockname()[1]
    log = tmp_path_factory.mktemp("log") / "service.log"
    places = ("--project", mechanisms_folder, "--releases", tmp_path_factory.mktemp("served"))
    bounds = ("--deadline", str(DEADLINE), "--query-memory", "256", "--long-queries", "10")
    serve: list[str | Path] = [Path(sys.executable).with_name("graphsvc"), "serve"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*serve, *places, *bounds, "--port", str(port)],
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    running = Service(process.pid, port)
    try:
        eventually(lambda: running.is_well() or process.poll() is not None, 60)
        assert process.poll() is None, log.read_text("utf-8")
        yield running
    finally:
        process.terminate()
        process.wait(timeout=30)


def test_a_runaway_gets_one_clean_error_in_time(service: Service) -> None:
    begun = time.monotonic()
    status, content = service.ask(CROSS)
    assert time.monotonic() - begun < DEADLINE + GRACE + LEEWAY
    assert status == 503
    told = json.loads(content)
    assert told["type"].endswith("#deadline-exceeded")
    assert f"{DEADLINE:g} seconds" in told["detail"]


def test_an_error_says_when_to_come_again(service: Service) -> None:
    with closing(service.connection()) as connection:
        connection.request("GET", "/sparql?" + urlencode({"query": CROSS + "#"}))
        answer = connection.getresponse()
        assert answer.status == 503
        assert int(answer.headers["Retry-After"]) > 0
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        answer.read()


def test_a_stream_that_cannot_be_finished_is_broken_off(service: Service) -> None:
    with closing(service.connection()) as connection:
        connection.request("GET", "/sparql?" + urlencode({"query": ENDLESS, "format": "json"}))
        answer = connection.getresponse()
        assert answer.status == 200
        with pytest.raises((IncompleteRead, ConnectionError)):
            answer.read()


def test_lookups_go_on_beside_eight_runaways(service: Service) -> None:
    threads = [threading.Thread(target=service.ask, args=(f"{CROSS}#{n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    eventually(lambda: len(service.workers()) > 8)
    for _ in range(20):
        assert service.is_well()
    for thread in threads:
        thread.join()


def abandoned_for(service: Service) -> float:
    """Return how long, in seconds, a worker goes on whose client has gone away."""
    query = urlencode({"query": CROSS + "# gone"})
    eventually(lambda: idling(service) == 0)
    with socket.create_connection(("127.0.0.1", service.port)) as raw:
        raw.sendall(f"GET /sparql?{query} HTTP/1.1\r\nHost: here\r\n\r\n".encode())
        eventually(lambda: len(idle_workers(service)) == 1)
        worker = idle_workers(service)
        gone = time.monotonic()
    eventually(lambda: not worker & service.workers())
    return time.monotonic() - gone


@contextmanager
def busy_processors() -> Iterator[None]:
    """Have every processor wanted by others, so that nothing is left for whoever waits for that."""
    program = (sys.executable, "-c", "while True: pass")
    with ExitStack() as others:
        for _ in range(2 * (os.cpu_count() or 1)):
            other = others.enter_context(subprocess.Popen(program))
            others.callback(other.kill)
        yield


def test_a_client_that_goes_away_frees_its_worker(service: Service) -> None:
    assert abandoned_for(service) < DEADLINE / 2, "it was the deadline that freed it"


def test_an_abandoned_worker_ends_on_a_busy_machine_too(service: Service) -> None:
    with busy_processors():
        lasted = abandoned_for(service)
    assert lasted < DEADLINE / 2, "it was the deadline that freed it"


def sockets(pid: int) -> int:
    """Return how many sockets a process has."""
    found = 0
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(OSError):
            found += str(descriptor.readlink()).startswith("socket:")
    return found


def test_the_web_processes_take_turns(service: Service) -> None:
    processes = service.web_processes()
    assert len(processes) == 2
    before = {pid: sockets(pid) for pid in processes}
    with ExitStack() as connections:
        for _ in range(8):
            connection = connections.enter_context(closing(service.connection()))
            connection.request("GET", "/readyz")
            assert connection.getresponse().read() == b"ready\n"
        taken = [sockets(pid) - before[pid] for pid in processes]
    assert min(taken) >= 3, taken


def test_a_port_that_is_taken_is_told_before_anything_is_built(
    service: Service, lights_folder: Path, tmp_path: Path
) -> None:
    graphsvc = Path(sys.executable).with_name("graphsvc")
    places = ("--project", lights_folder, "--releases", tmp_path / "releases")
    told = subprocess.run(
        [graphsvc, "serve", *places, "--port", str(service.port)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert told.returncode == 2
    assert f"cannot listen at 127.0.0.1:{service.port}" in told.stderr
    assert "--port" in told.stderr
    assert not (tmp_path / "releases").exists()


def test_a_web_process_that_gives_up_ends_the_service() -> None:
    program = (
        "from graphsvc.cli.processes import WebProcesses, bound\n"
        "WebProcesses(bound('127.0.0.1', 0), 2).run()"
    )
    # Without the environment that the service hands down there is nothing to serve.
    told = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False
    )
    assert told.returncode != 0
    assert "A web process has failed" in told.stderr


def idle_workers(service: Service) -> set[int]:
    """Return the workers that run only when nothing else does."""
    found = set()
    for pid in service.workers():
        with suppress(ProcessLookupError):
            if os.sched_getscheduler(pid) == os.SCHED_IDLE:
                found.add(pid)
    return found


def idling(service: Service) -> int:
    """Return how many workers run only when nothing else does."""
    return len(idle_workers(service))


def victims(service: Service, name: str) -> set[int]:
    """Return the processes of a kind; none while they are replaced."""
    with suppress(ValueError):
        found = getattr(service, name)()
        return found if isinstance(found, set) else {found}
    return set()


@pytest.mark.parametrize("victim", ["supervisor", "workers", "web_processes"])
def test_whatever_is_killed_no_answer_is_wrong_and_all_is_well_again(
    service: Service, victim: str
) -> None:
    wrong: list[bytes] = []
    stop = threading.Event()

    def keep_asking() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            with suppress(OSError, HTTPException):
                status, content = service.ask(f"{LOOKUP} # {threading.get_ident()} {number}")
                if status == 200 and value(content) != "9":
                    wrong.append(content)
                if status not in (200, 503):
                    wrong.append(content)

    askers = [threading.Thread(target=keep_asking) for _ in range(4)]
    for asker in askers:
        asker.start()
    killed = victims(service, victim)
    for pid in killed:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    eventually(lambda: bool(victims(service, victim)) and not victims(service, victim) & killed)
    eventually(service.is_well)
    stop.set()
    for asker in askers:
        asker.join()
    assert not wrong
    assert service.is_well()
