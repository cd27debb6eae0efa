"""The log of slow requests: one line each, with the query and how it ended."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest

from graphsvc.server.records import Record
from graphsvc.server.slow_log import query_of
from graphsvc.web.kinds import RequestKind

from .processes import ENDLESS_COUNT, ENDLESS_ROWS, LOOKUP, NAME, Service, eventually
from .wire import FORM, QUERY, query, request

if TYPE_CHECKING:
    from .conftest import Serve

COSTLY = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?i"


def slow(service: Service) -> list[dict[str, Any]]:
    rows = [json.loads(line) for line in service.log.splitlines() if line.startswith("{")]
    return [row for row in rows if "slow" in row]


@pytest.fixture(scope="module")
def timed(serve_for_session: Serve) -> Service:
    """Return a service that logs what takes longer than half a second, and has a deadline of 2."""
    return serve_for_session(deadline=2, slow_queries=0.5)


@pytest.mark.parametrize(("text", "status"), [(ENDLESS_COUNT, 503), (ENDLESS_ROWS, 200)])
def test_a_request_that_is_ended_has_its_line(timed: Service, text: str, status: int) -> None:
    answer = timed.ask(text)
    name = answer.fields["request-id"]
    [row] = eventually(lambda: [row for row in slow(timed) if row["id"] == name])
    assert (row["slow"], row["form"], row["query"]) == ("sparql", "SELECT", text)
    assert (row["end"], row["status"]) == ("deadline", status)
    assert 2 <= row["seconds"] < 120
    assert 0.01 < row["processor_seconds"] < 120


def test_a_request_that_is_refused_memory_has_its_line(serve: Serve) -> None:
    service = serve(deadline=600, request_memory=64, slow_queries=0.001)
    service.ask(COSTLY)
    [row] = eventually(lambda: [row for row in slow(service) if row.get("query") == COSTLY])
    assert row["end"] == "memory"
    assert row["processor_seconds"] > 0


def test_a_worker_that_is_killed_leaves_the_line_of_its_request(serve: Serve) -> None:
    service = serve(deadline=600, slow_queries=0.001)
    with service.connect() as wire:
        wire.send(request(query(ENDLESS_ROWS, mark="killed")))
        next(wire.parts(wire.read_head()))
        service.worker_of(wire).kill()
        [row] = eventually(
            lambda: [row for row in slow(service) if row.get("query") == ENDLESS_ROWS]
        )
    assert row["end"] == "killed"


def test_slow_answers_are_logged_and_quick_ones_are_not(serve: Serve) -> None:
    service = serve(deadline=600, slow_queries=0.2)
    assert service.ask(LOOKUP).values == [NAME]
    heavy = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . FILTER(STR(?c) < STR(?f)) }"
    assert service.ask(heavy).status == 200
    rows = eventually(lambda: slow(service))
    assert [row["query"] for row in rows if row["slow"] == "sparql" and "id" in row][-1] == heavy
    assert rows[-1]["end"] == "answered"
    assert rows[-1]["seconds"] >= 0.2


def test_a_long_query_is_cut(serve: Serve) -> None:
    service = serve(deadline=600, slow_queries=0.000001)
    text = f"ASK {{ ?s ?p ?o }} # {'x' * 10_000}"
    with service.connect() as wire:
        sent = request("/sparql", QUERY, method="POST", body=text.encode())
        assert wire.exchange(sent).status == 200
    [row] = eventually(lambda: [row for row in slow(service) if row.get("form") == "ASK"])
    assert row["query"] == text[:4096]


@pytest.mark.parametrize(
    ("sent", "text"),
    [
        (request(query("ASK {} # ü")), "ASK {} # ü"),
        (request("/sparql", QUERY, method="POST", body="ASK {} # ü".encode()), "ASK {} # ü"),
        (
            request(
                "/sparql", FORM, method="POST", body=urlencode({"query": "ASK {} # ü"}).encode()
            ),
            "ASK {} # ü",
        ),
        (request("/sparql"), ""),
        (request("/sparql")[:20], ""),
        (b"nonsense\r\n\r\n", ""),
    ],
)
def test_the_query_is_read_from_the_request_as_it_came(sent: bytes, text: str) -> None:
    record = Record("", "", b"", RequestKind.SPARQL, sent, 200, 0, 1.0, 1.0, "")
    assert query_of(record) == text


def test_who_wants_no_slow_log_has_none(service: Service) -> None:
    assert service.ask(LOOKUP).values == [NAME]
    assert not slow(service)
