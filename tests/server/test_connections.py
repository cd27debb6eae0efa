"""Connections: kept, closed, half closed, shared by many requests, idle by the hundred."""

from __future__ import annotations

import re
from contextlib import ExitStack
from socket import SO_LINGER, SOL_SOCKET
from struct import pack
from typing import TYPE_CHECKING

import pytest

from .processes import LOOKUP, NAME
from .wire import FORM, QUERY, Wire, query, request

if TYPE_CHECKING:
    from .processes import Service

COUNT = "SELECT (COUNT(*) AS ?number) { ?light a lights:Light }"
PAGE = "/doc/id/light/north-rock"

#: RFC 9110, section 5.6.7.
IMF_FIXDATE = r"[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT"


def test_9_3_2_requests_that_come_together_are_answered_in_order(service: Service) -> None:
    targets = [query(COUNT), query(LOOKUP), "/readyz", PAGE, query("SELECT"), query(LOOKUP), "/no"]
    alone = [service.get(target) for target in targets]
    with service.connect() as wire:
        wire.send(b"".join(request(target) for target in targets))
        together = [wire.read() for _ in targets]
    assert [each.status for each in together] == [200, 200, 200, 200, 400, 200, 404]
    assert [each.content for each in together] == [each.content for each in alone]


def test_9_3_2_a_long_row_of_requests_is_answered(service: Service) -> None:
    with service.connect() as wire:
        wire.send(b"".join(request(query(LOOKUP, number=str(n))) for n in range(100)))
        assert [wire.read().values for _ in range(100)] == [[NAME]] * 100


def test_the_start_of_the_next_request_is_not_lost(service: Service) -> None:
    first, second = request(query(LOOKUP)), request("/none")
    for size in (1, len(second) // 2, len(second) - 1):
        with service.connect() as wire:
            assert wire.exchange(first + second[:size]).values == [NAME]
            assert wire.exchange(second[size:]).status == 404


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (request("/none"), 404),
        (request(query("SELECT")), 400),
        (request(query(LOOKUP), "Accept: image/png"), 406),
        (request("/readyz", method="DELETE"), 405),
        (request("/sparql", "Content-Type: text/csv", method="POST", body=b"ASK{}"), 415),
        (request(query("LOAD <http://x.example/>")), 403),
        (request("/id/light/north-rock"), 303),
    ],
)
def test_9_3_an_error_ends_no_connection(service: Service, sent: bytes, status: int) -> None:
    with service.connect() as wire:
        for _ in range(2):
            assert wire.exchange(sent).status == status
        assert wire.exchange(request(query(LOOKUP))).values == [NAME]


@pytest.mark.parametrize("target", ["/readyz", PAGE, "/none", query("SELECT")])
@pytest.mark.parametrize("value", ["close", "Close", "te, close"])
def test_9_6_a_client_that_wants_no_more_is_let_go(
    service: Service, target: str, value: str
) -> None:
    with service.connect() as wire:
        answer = wire.exchange(request(target, f"Connection: {value}"))
        assert answer.is_whole
        assert "close" in answer.fields["connection"].lower()
        assert wire.is_closed()


@pytest.mark.parametrize("target", [query(LOOKUP), PAGE, "/none", query("SELECT")])
def test_9_6_a_client_that_sends_no_more_still_gets_its_answers(
    service: Service, target: str
) -> None:
    whole = service.get(target)
    with service.connect() as wire:
        wire.send(request(target) * 2)
        wire.half_close()
        for _ in range(2):
            assert wire.read().content == whole.content
        assert wire.is_closed()


@pytest.mark.parametrize("start", [b"", b"GET", request(query(LOOKUP))[:-2]])
def test_9_6_a_client_that_leaves_before_its_request_is_whole_is_let_go(
    service: Service, start: bytes
) -> None:
    with service.connect() as wire:
        wire.send(start)
        wire.half_close()
        assert wire.rest().startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 408 ")) or wire.is_closed()


@pytest.mark.parametrize("protocol", ["h2c", "websocket", "TLS/1.2"])
def test_7_8_an_upgrade_is_not_made_and_the_request_is_answered(
    service: Service, protocol: str
) -> None:
    fields = (
        "Connection: Upgrade, HTTP2-Settings",
        f"Upgrade: {protocol}",
        "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA",
    )
    with service.connect() as wire:
        head = request("/sparql", *fields, QUERY, method="POST", body=LOOKUP.encode())
        split = len(head) - len(LOOKUP)
        # Java's client sends head and body apart.
        wire.send(head[:split])
        assert wire.exchange(head[split:]).values == [NAME]
        form = request("/sparql", *fields, FORM, method="POST", body=b"query=ASK%7B%7D")
        assert wire.exchange(form + request("/none")).status == 200
        assert wire.read().status == 404


def test_6_6_1_an_answer_has_the_date_and_tells_no_version(service: Service) -> None:
    for target in ("/readyz", "/none", PAGE, "/static/style.css", query(LOOKUP)):
        answer = service.get(target)
        assert re.fullmatch(IMF_FIXDATE, answer.fields["date"])
        assert not any(character.isdigit() for character in answer.fields.get("server", ""))
        assert answer.head.version == "HTTP/1.1"


def test_hundreds_of_idle_and_slow_connections_are_in_nobodys_way(service: Service) -> None:
    sent = request(query(LOOKUP))
    with ExitStack() as stack:
        idle = [stack.enter_context(service.connect()) for _ in range(400)]
        used = [stack.enter_context(service.connect()) for _ in range(100)]
        slow = [stack.enter_context(service.connect()) for _ in range(100)]
        for wire in used:
            assert wire.exchange(sent).values == [NAME]
        for number in range(10):
            for wire in slow:
                wire.send(sent[number : number + 1])
            assert service.ask(LOOKUP).values == [NAME]
        # A connection occupies a process only while a request is answered.
        assert len(service.workers()) < 100
        for wire in slow:
            assert wire.exchange(sent[10:]).values == [NAME]
        for wire in (idle[0], idle[-1], used[0], used[-1]):
            assert wire.exchange(sent).values == [NAME]


def test_a_slow_body_is_in_nobodys_way(service: Service) -> None:
    sent = request("/sparql", QUERY, method="POST", body=LOOKUP.encode())
    with ExitStack() as stack:
        slow = [stack.enter_context(service.connect()) for _ in range(100)]
        for wire in slow:
            wire.send(sent[:-10])
        assert service.ask(LOOKUP).values == [NAME]
        for wire in slow:
            wire.send(sent[-10:-1])
        assert service.ask(LOOKUP).values == [NAME]
        for wire in slow:
            assert wire.exchange(sent[-1:]).values == [NAME]


def test_a_connection_that_is_reset_disturbs_nobody(service: Service) -> None:
    for _ in range(20):
        with service.connect() as wire:
            wire.send(request(query(LOOKUP))[:40])
            reset(wire)
        with service.connect() as wire:
            wire.send(request(query("SELECT * { ?a ?b ?c . ?d ?e ?f }")))
            reset(wire)
    assert service.ask(LOOKUP).values == [NAME]


def reset(wire: Wire) -> None:
    """Have the connection end by a reset, not in good order."""
    wire.socket.setsockopt(SOL_SOCKET, SO_LINGER, pack("ii", 1, 0))
