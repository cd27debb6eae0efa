"""The access log: one line of JSON for each request, under the id that its answer carries."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from .processes import ENDLESS_COUNT, ENDLESS_ROWS, LOOKUP, eventually
from .wire import query, request

if TYPE_CHECKING:
    from .processes import Service
    from .wire import Answer


def line_of(service: Service, answer: Answer) -> dict[str, Any]:
    """Wait for the line about an answer; there is one alone."""
    return eventually(lambda: line_with(service, "id", answer.fields["request-id"]))


def line_with(service: Service, name: str, value: object) -> dict[str, Any] | None:
    lines = [line for line in service.requests() if line.get(name) == value]
    assert len(lines) < 2, lines
    return lines[0] if lines else None


def test_a_line_tells_who_what_when(small_memory_service: Service) -> None:
    answer = small_memory_service.ask(LOOKUP)
    line = line_of(small_memory_service, answer)
    assert line["method"] == "GET"
    assert line["path"].partition("?")[0] == "/sparql"
    assert line["status"] == 200
    assert line["bytes"] >= len(answer.content)
    assert 0 <= line["seconds"] < 600
    assert line["release"] == small_memory_service.release()
    assert datetime.fromisoformat(line["time"]).tzinfo is not None
    assert not line.get("end")


@pytest.mark.parametrize(
    ("target", "method", "status"),
    [
        ("/", "GET", 200),
        ("/", "HEAD", 200),
        ("/none", "GET", 404),
        ("/id/light/north-rock", "GET", 303),
        ("/readyz", "DELETE", 405),
        ("/static/style.css", "GET", 200),
        (query("SELECT"), "GET", 400),
    ],
)
def test_every_kind_of_answer_has_its_line(
    small_memory_service: Service, target: str, method: str, status: int
) -> None:
    with small_memory_service.connect() as wire:
        answer = wire.exchange(request(target, method=method), method)
    assert answer.status == status
    line = line_of(small_memory_service, answer)
    assert (line["method"], line["status"]) == (method, status)
    assert line["path"].partition("?")[0] == target.partition("?")[0]


def test_the_requests_of_one_connection_have_their_own_ids(small_memory_service: Service) -> None:
    with small_memory_service.connect() as wire:
        wire.send(request("/readyz") * 10)
        answers = [wire.read() for _ in range(10)]
    assert len({answer.fields["request-id"] for answer in answers}) == 10
    for answer in answers:
        line_of(small_memory_service, answer)


def test_nobody_can_write_a_line_of_their_own(small_memory_service: Service) -> None:
    answer = small_memory_service.get(
        '/none%0A{"id":"forged"}%0D%0A', 'User-Agent: a"}', "Request-Id: forged"
    )
    assert line_of(small_memory_service, answer)["status"] == 404
    assert not any(line["id"] == "forged" for line in small_memory_service.requests())


def test_a_request_that_meets_the_deadline_says_so(bounded: Service) -> None:
    answer = bounded.ask(ENDLESS_COUNT)
    line = line_of(bounded, answer)
    assert (answer.status, line["status"], line["end"]) == (503, 503, "deadline")
    # The time of the request, not that of the process that logged its end.
    assert line["seconds"] >= 1
    answer = bounded.ask(ENDLESS_ROWS)
    line = line_of(bounded, answer)
    assert (answer.is_whole, line["status"], line["end"]) == (False, 200, "deadline")


def test_a_request_that_runs_out_of_memory_says_so(small_memory_service: Service) -> None:
    answer = small_memory_service.ask("SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?i")
    line = line_of(small_memory_service, answer)
    assert (line["status"], line["end"]) == (503, "memory")


def test_a_client_that_leaves_is_told(small_memory_service: Service) -> None:
    target = query(ENDLESS_ROWS, mark="left")
    with small_memory_service.connect() as wire:
        wire.send(request(target))
        head = wire.read_head()
        next(wire.parts(head))
    line = eventually(lambda: line_with(small_memory_service, "id", head.fields["request-id"]))
    assert (line["status"], line["end"]) == (200, "client left")


def test_a_worker_that_was_killed_is_told(small_memory_service: Service) -> None:
    with small_memory_service.connect() as wire:
        wire.send(request(query(ENDLESS_COUNT)))
        small_memory_service.worker_of(wire).kill()
        answer = wire.read()
    line = line_of(small_memory_service, answer)
    assert line["status"] == answer.status
    assert line["end"] in ("crash", "killed")


def test_a_request_that_does_not_come_has_a_line(bounded: Service) -> None:
    def number() -> int:
        return sum(line.get("status") == 408 for line in bounded.requests())

    before = number()
    with bounded.connect() as wire:
        assert wire.exchange(b"GET /readyz HTTP/1.1\r\n").status == 408
    eventually(lambda: number() == before + 1)


def test_who_wants_no_log_has_none(service: Service) -> None:
    for target in ("/", "/none", query(LOOKUP), query("SELECT")):
        assert service.get(target).is_whole
    assert not [line for line in service.log.splitlines() if is_about_a_request(line)]


def is_about_a_request(line: str) -> bool:
    return line.startswith("{") and "path" in json.loads(line)
