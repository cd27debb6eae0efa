"""The query workers: bounds that hold, ends that are told, and a service that heals.

Everything is real here: the supervisor is a process, its workers are forked, and what kills them
is the kernel or a hand.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Quad

from graphsvc.errors import (
    DeadlineExceeded,
    ForbiddenOperation,
    MemoryExceeded,
    NotAcceptable,
    Overloaded,
    QueryError,
    QuerySyntaxError,
    StoreError,
)
from graphsvc.formats import Content, carrying, named
from graphsvc.settings import ENVIRONMENT
from graphsvc.store.base import GraphSelection, Store
from graphsvc.store.pool import requests
from graphsvc.store.pool.aio import Pool
from graphsvc.store.pool.client import Connection, PooledStore
from graphsvc.store.pool.register import Cause, Register
from graphsvc.store.pool.requests import Limits, request, written
from graphsvc.store.pool.supervisor import register_path, socket_path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphsvc.build import Release

DEADLINE = 1.5
#: The promise of the endpoint: an answer or an error no later than this after the deadline.
GRACE = 0.25
#: Other processes may hold the machine when a test looks at its clock.
LEEWAY = 1.0

CROSS = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
SORT = "SELECT * WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?a ?f ?i"
CYCLE = "SELECT (COUNT(*) AS ?n) WHERE { ?a (!<urn:none>|^!<urn:none>)+ ?b . ?b (!<urn:none>)+ ?c }"
CONCAT = (
    "SELECT (GROUP_CONCAT(CONCAT(STR(?a), STR(?f))) AS ?t) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
)
REGEX = """SELECT * WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i
  FILTER REGEX(CONCAT(STR(?a), STR(?c), STR(?f)), "^(([a-z])+.)+[A-Z]([a-z])+$") }"""
RUNAWAYS = [CROSS, SORT, CYCLE, CONCAT, REGEX]
LOOKUP = "SELECT ?p ?o WHERE { ?s ?p ?o } LIMIT 1"
LONG = "SELECT * WHERE { ?a ?b ?c . ?d ?e ?f }"


@contextmanager
def supervised(release: Release, **values: object) -> Iterator[tuple[Path, int]]:
    """Run a supervisor for a release; give its folder and its process id."""
    given = {
        "project": release.path,
        "releases": release.path.parent,
        "workers": 1,
        "deadline": DEADLINE,
        "query_memory": 128,
        **values,
    }
    environment = {ENVIRONMENT + name.upper(): str(value) for name, value in given.items()}
    with TemporaryDirectory() as folder:
        process = subprocess.Popen(
            [sys.executable, "-m", "graphsvc.cli.supervise", folder],
            env={**os.environ, **environment},
            stderr=subprocess.DEVNULL,
        )
        try:
            eventually(lambda: socket_path(Path(folder)).exists() or process.poll() is not None)
            assert process.poll() is None
            yield Path(folder), process.pid
        finally:
            process.terminate()
            process.wait(timeout=30)


def eventually(holds: object, seconds: float = 20.0) -> None:
    """Wait until something holds."""
    end = time.monotonic() + seconds
    pause = threading.Event()
    while not holds():  # type: ignore[operator]
        assert time.monotonic() < end, "it never held"
        pause.wait(0.01)


@pytest.fixture(scope="module")
def pool(mechanisms_release: Release) -> Iterator[Path]:
    with supervised(mechanisms_release) as (folder, _):
        yield folder


@contextmanager
def client(folder: Path, deadline: float = DEADLINE) -> Iterator[PooledStore]:
    with closing(PooledStore(folder, Limits(2, 4, deadline))) as pooled:
        yield pooled


@pytest.fixture
def store(pool: Path) -> Iterator[PooledStore]:
    with client(pool) as pooled:
        yield pooled


def children(pid: int) -> set[int]:
    path = Path(f"/proc/{pid}/task/{pid}/children")
    return {int(child) for child in path.read_text("ascii").split()}


# --- it is a store ---


def test_it_answers_as_the_store_does(store: PooledStore, mechanisms_release: Release) -> None:
    as_protocol: Store = store
    query = "SELECT ?s ?name WHERE { ?s iwm:statedName ?name } ORDER BY ?s ?name"
    assert as_protocol.select(query) == mechanisms_release.store.select(query)
    assert as_protocol.ask("ASK { ?s a iwm:Mechanism }")
    assert not as_protocol.ask("ASK { ?s a iwm:Nothing }")
    assert named_only(as_protocol.quads()) == named_only(mechanisms_release.store.quads())
    graph = f"{mechanisms_release.base}passage/17"
    assert set(as_protocol.quads(graph)) == set(mechanisms_release.store.quads(graph))


def named_only(quads: Iterator[Quad]) -> set[Quad]:
    """Leave out the blank nodes, which each store calls by names of its own."""
    terms = ((quad, (quad.subject, quad.object)) for quad in quads)
    return {quad for quad, ends in terms if not any(isinstance(e, BlankNode) for e in ends)}


def test_values_are_bound_and_graphs_selected(
    store: PooledStore, mechanisms_release: Release
) -> None:
    china = NamedNode(f"{mechanisms_release.base}id/country/china")
    rows = store.select("SELECT ?s ?l WHERE { ?s rdfs:label ?l }", {"s": china}).rows
    assert rows == ((china, Literal("China", language="en")),)
    graphs = GraphSelection((f"{mechanisms_release.base}passage/17",))
    answer = store.answer(
        "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }",
        {Content.SOLUTIONS: carrying(Content.SOLUTIONS)},
        graphs,
    )
    assert b'"10"' in b"".join(answer.chunks)


@pytest.mark.parametrize(
    "term",
    [
        NamedNode("http://example.org/ü?a=b#c"),
        BlankNode("b0"),
        Literal('say "no"\n\\ .'),
        Literal("日本", language="ja"),
        Literal(7),
    ],
    ids=str,
)
def test_a_term_is_written_as_in_n_triples(term: NamedNode | BlankNode | Literal) -> None:
    assert written(term) == str(term)


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ("SELECT * WHERE { ?s ?p ", QuerySyntaxError),
        ("SELECT * WHERE { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", ForbiddenOperation),
        ("ASK { ?s ?p ?o }", QueryError),
    ],
)
def test_errors_come_over_as_they_are(
    store: PooledStore, query: str, error: type[QueryError]
) -> None:
    with pytest.raises(error) as caught:
        store.select(query)
    assert type(caught.value) is error
    assert caught.value.message
    assert (caught.value.position is not None) == (error is not QueryError)
    assert store.ask("ASK { ?s ?p ?o }"), "the worker goes on"


def test_no_format_can_carry_the_answer(store: PooledStore) -> None:
    with pytest.raises(NotAcceptable) as caught:
        store.answer("ASK {}", {Content.SOLUTIONS: carrying(Content.SOLUTIONS)})
    assert set(caught.value.formats) == set(carrying(Content.BOOLEAN))


# --- bounds ---


@pytest.mark.parametrize("query", RUNAWAYS, ids=["cross", "sort", "cycle", "concat", "regex"])
def test_a_runaway_is_ended_and_told(store: PooledStore, query: str) -> None:
    begun = time.monotonic()
    with pytest.raises((DeadlineExceeded, MemoryExceeded)) as caught:
        store.select(query)
    assert time.monotonic() - begun < DEADLINE + GRACE + LEEWAY
    assert caught.value.remedy
    assert store.select(LOOKUP).rows


def test_ten_thousand_nested_groups(store: PooledStore) -> None:
    deep = "SELECT * WHERE " + "{" * 10_000 + "?s ?p ?o" + "}" * 10_000
    with pytest.raises(QuerySyntaxError, match="deep"):
        store.select(deep)


def test_a_memory_bomb_ends_its_worker_alone(mechanisms_release: Release) -> None:
    values = {"deadline": 60, "query_memory": 64}
    with supervised(mechanisms_release, **values) as (folder, _), client(folder, 60) as store:
        with pytest.raises(MemoryExceeded):
            store.select(SORT)
        assert store.select(LOOKUP).rows


def test_no_worker_can_open_a_connection(mechanisms_release: Release) -> None:
    """The wall behind the check of the text: no descriptor is free while a query runs."""
    with supervised(mechanisms_release) as (folder, _):
        connection = Connection(folder, 10)
        eventually(lambda: free_descriptors(connection.pid) == set())
        connection.close()


def free_descriptors(pid: int) -> set[int]:
    """Return the numbers that a process could still give to files and sockets."""
    text = Path(f"/proc/{pid}/limits").read_text("ascii")
    (limit,) = [line for line in text.splitlines() if line.startswith("Max open files")]
    held = {int(entry.name) for entry in Path(f"/proc/{pid}/fd").iterdir()}
    return set(range(int(limit.split()[3]))) - held


# --- a place for the quick ---


def test_lookups_go_on_beside_eight_runaways(mechanisms_release: Release) -> None:
    with supervised(mechanisms_release, deadline=60) as (folder, supervisor):
        running = []
        for _ in range(8):
            connection = Connection(folder, 10)
            connection.send(request(CROSS, {Content.SOLUTIONS: carrying(Content.SOLUTIONS)}))
            running.append(connection)
            # The next one finds a worker once this one counts as slow.
            eventually(lambda: slow(children(supervisor)) == len(running))
        with client(folder, 10) as store:
            for _ in range(50):
                assert store.select(LOOKUP).rows
        for connection in running:
            connection.close()
        eventually(lambda: slow(children(supervisor)) == 0)


def slow(pids: set[int]) -> int:
    """Return how many of the processes run only when nothing else does."""
    count = 0
    for pid in pids:
        with suppress(ProcessLookupError):
            count += os.sched_getscheduler(pid) == os.SCHED_IDLE
    return count


def test_one_slow_query_too_many_is_told_to_come_again(mechanisms_release: Release) -> None:
    with supervised(mechanisms_release, deadline=60, long_queries=1) as (folder, supervisor):
        first = Connection(folder, 10)
        first.send(request(CROSS, {Content.SOLUTIONS: carrying(Content.SOLUTIONS)}))
        eventually(lambda: slow(children(supervisor)) == 1)
        with client(folder, 60) as store, pytest.raises(Overloaded):
            store.select(CROSS)
        first.close()


def test_a_full_queue_is_told_at_once(pool: Path) -> None:
    async def crowd() -> list[object]:
        one = Pool(pool, Limits(1, 1, DEADLINE))
        asked = request(CROSS, {Content.SOLUTIONS: carrying(Content.SOLUTIONS)})
        tasks = [asyncio.create_task(one.ask(asked)) for _ in range(3)]
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        failed: list[object] = [task.exception() for task in done]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        one.close()
        return failed

    (failure,) = asyncio.run(crowd())
    assert isinstance(failure, Overloaded)


# --- ends ---


def test_a_client_that_goes_away_frees_its_worker(mechanisms_release: Release) -> None:
    with supervised(mechanisms_release, deadline=600) as (folder, supervisor):
        connection = Connection(folder, 10)
        connection.send(request(CROSS, {Content.SOLUTIONS: carrying(Content.SOLUTIONS)}))
        assert connection.pid in children(supervisor)
        connection.close()
        eventually(lambda: connection.pid not in children(supervisor))
        assert Register(register_path(folder)).cause(connection.pid) is Cause.HUNG_UP


def test_an_answer_given_up_in_the_middle_frees_its_worker(store: PooledStore) -> None:
    answer = store.answer(LONG, {Content.SOLUTIONS: carrying(Content.SOLUTIONS)})
    assert next(iter(answer.chunks))
    del answer
    for _ in range(4):
        assert store.select(LOOKUP).rows


def test_a_worker_killed_by_hand_never_passes_for_an_end(mechanisms_release: Release) -> None:
    with supervised(mechanisms_release, deadline=60) as (folder, _), client(folder) as store:
        answer = store.answer(LONG, {Content.SOLUTIONS: carrying(Content.SOLUTIONS)})
        chunks = iter(answer.chunks)
        received = next(chunks)
        with closing(Register(register_path(folder))) as register:
            busy = [register.read(slot) for slot in range(register.slots)]
        (pid,) = [entry.pid for entry in busy if entry.since is not None]
        os.kill(pid, signal.SIGKILL)
        with pytest.raises(StoreError, match="ended"):
            received = b"".join([received, *chunks])
        assert not received.endswith(b"]}}")
        assert store.select(LOOKUP).rows, "the service heals by itself"


def test_workers_end_with_their_supervisor(mechanisms_release: Release) -> None:
    with supervised(mechanisms_release) as (folder, supervisor), client(folder) as store:
        assert store.select(LOOKUP).rows
        workers = children(supervisor)
        os.kill(supervisor, signal.SIGKILL)
        eventually(lambda: not any(Path(f"/proc/{pid}").exists() for pid in workers))
        with pytest.raises(StoreError):
            store.select(LOOKUP)


def test_idle_workers_that_are_killed_are_replaced(mechanisms_release: Release) -> None:
    with supervised(mechanisms_release) as (folder, supervisor), client(folder) as store:
        assert store.select(LOOKUP).rows
        before = children(supervisor)
        for pid in before:
            os.kill(pid, signal.SIGKILL)
        eventually(lambda: len(children(supervisor) - before) == len(before))
        assert store.select(LOOKUP).rows


def test_nobody_but_the_service_can_reach_the_workers(pool: Path) -> None:
    assert pool.stat().st_mode & 0o077 == 0
    with socket.socket(socket.AF_UNIX) as raw:
        raw.connect(str(socket_path(pool)))
        raw.sendall(b"\xff" * 64)
    with client(pool) as store:
        assert store.select(LOOKUP).rows


# --- the client of the event loop ---


def test_the_event_loop_gets_the_same_answer(pool: Path, store: PooledStore) -> None:
    query = "SELECT * WHERE { ?s iwm:statedName ?name } ORDER BY ?s ?name"
    csv = named("csv")
    assert csv

    async def answers() -> list[bytes]:
        one = Pool(pool, Limits(2, 64, DEADLINE))
        asked = request(query, {Content.SOLUTIONS: [csv]})

        async def answer() -> bytes:
            running = await one.ask(asked)
            assert running.format is csv
            return b"".join([chunk async for chunk in running.chunks()])

        with closing(one):
            return await asyncio.gather(*[answer() for _ in range(20)])

    expected = b"".join(store.answer(query, {Content.SOLUTIONS: [csv]}).chunks)
    assert set(asyncio.run(answers())) == {expected}


def test_a_deadline_in_the_event_loop(pool: Path) -> None:
    async def late() -> float:
        one = Pool(pool, Limits(2, 4, DEADLINE))
        begun = time.monotonic()
        with closing(one), pytest.raises(DeadlineExceeded):
            await one.ask(request(CROSS, {Content.SOLUTIONS: carrying(Content.SOLUTIONS)}))
        return time.monotonic() - begun

    assert DEADLINE <= asyncio.run(late()) + 0.01 < DEADLINE + GRACE + LEEWAY


def test_failures_have_words() -> None:
    limits = requests.Limits(1, 1, 2.5)
    for cause in (None, *Cause):
        error = requests.failure(cause, limits)
        assert error.message
        assert error.remedy
