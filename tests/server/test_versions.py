"""Clients of HTTP/1.0: no chunks, a plain body, and a closed connection."""

from __future__ import annotations

import csv
import io
import zlib
from typing import TYPE_CHECKING

import pytest

from .processes import ENDLESS_ROWS, LOOKUP, NAME
from .wire import FORM, BrokenOff, query, request

if TYPE_CHECKING:
    from .processes import Service

ROWS = 5_000
LONG = query(f"SELECT * {{ ?a ?b ?c . ?d ?e ?f }} LIMIT {ROWS}", format="csv")
TARGETS = [query(LOOKUP), LONG, "/", "/doc/id/light/north-rock", "/static/style.css", "/none"]


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("coding", ["identity", "gzip"])
@pytest.mark.parametrize("connection", [None, "keep-alive", "close"])
def test_6_1_no_chunk_is_sent_to_a_client_of_1_0(
    service: Service, target: str, coding: str, connection: str | None
) -> None:
    fields = [f"Accept-Encoding: {coding}", *([f"Connection: {connection}"] if connection else [])]
    expected = service.get(target, f"Accept-Encoding: {coding}")
    with service.connect() as wire:
        answer = wire.exchange(request(target, *fields, version="1.0"))
        assert "transfer-encoding" not in answer.fields
        assert answer.is_whole
        assert answer.status == expected.status
        assert decoded(answer.content, answer.fields) == decoded(expected.content, expected.fields)
        keeps_alive = "keep-alive" in answer.fields.get("connection", "").lower()
        if keeps_alive:
            # Section 9.3: only for clients that ask, and only if Content-Length marks the end.
            assert connection == "keep-alive"
            assert "content-length" in answer.fields
            assert wire.exchange(request("/none", version="1.0")).status == 404
        assert wire.is_closed()


def decoded(content: bytes, fields: object) -> bytes:
    assert isinstance(fields, dict)
    return zlib.decompress(content, 31) if fields.get("content-encoding") == "gzip" else content


def test_a_long_answer_is_whole(service: Service) -> None:
    with service.connect() as wire:
        content = wire.exchange(request(LONG, version="1.0")).content
    assert len(list(csv.reader(io.StringIO(content.decode())))) == ROWS + 1


def test_3_2_a_client_of_1_0_needs_no_host(service: Service) -> None:
    with service.connect() as wire:
        wire.send(b"GET /readyz HTTP/1.0\r\n\r\n")
        assert wire.read().status == 200
        assert wire.is_closed()


def test_a_form_may_come_by_1_0(service: Service) -> None:
    with service.connect() as wire:
        sent = request("/sparql", FORM, method="POST", version="1.0", body=b"query=ASK%7B%7D")
        assert wire.exchange(sent).status == 200


def test_6_1_chunks_of_a_client_of_1_0_are_not_trusted(service: Service) -> None:
    sent = request("/sparql", "Transfer-Encoding: chunked", method="POST", version="1.0")
    with service.connect() as wire:
        assert wire.exchange(sent + b"0\r\n\r\n").status == 400
        assert wire.is_closed()


def test_10_1_1_a_client_of_1_0_is_sent_no_100(service: Service) -> None:
    fields = (FORM, "Expect: 100-continue")
    with service.connect() as wire:
        sent = request("/sparql", *fields, method="POST", version="1.0", body=b"query=ASK%7B%7D")
        assert wire.exchange(sent).status == 200


def test_8_an_answer_that_is_cut_does_not_look_whole(bounded: Service) -> None:
    """Without chunks and length the end of the connection is the end: so it must be a reset."""
    with bounded.connect() as wire:
        wire.send(request(query(ENDLESS_ROWS), version="1.0"))
        answer = wire.read()
        assert answer.status == 200
        assert not answer.is_whole


def test_the_answer_of_a_lookup_ends_in_good_order(service: Service) -> None:
    with service.connect() as wire:
        wire.send(request(query(LOOKUP), version="1.0"))
        try:
            assert NAME.encode() in wire.rest()
        except BrokenOff as broken:
            raise AssertionError("the connection was reset") from broken
