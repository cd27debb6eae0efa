"""Where a request begins and ends (RFC 9112), and malformed requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .processes import LOOKUP, NAME
from .wire import FORM, HOST, QUERY, query, request

if TYPE_CHECKING:
    from .processes import Service

POST = "POST /sparql HTTP/1.1\r\nHost: a\r\nContent-Type: application/sparql-query\r\n"


def raw(text: str) -> bytes:
    return text.encode("latin-1")


@pytest.mark.parametrize(
    "nonsense",
    [
        pytest.param(b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", id="TLS"),
        pytest.param(b"GET\r\n\r\n", id="no target"),
        pytest.param(b"GET / HTTP/9.9.9\r\n\r\n", id="no version"),
        pytest.param(b"GET / HTP/1.1\r\nHost: a\r\n\r\n", id="another protocol"),
        pytest.param(b"GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", id="3.2 space in the target"),
        pytest.param(b"GET /\x00 HTTP/1.1\r\nHost: a\r\n\r\n", id="NUL in the target"),
        pytest.param(b"GET sparql HTTP/1.1\r\nHost: a\r\n\r\n", id="3.2 no form of a target"),
        pytest.param(b"GET http://[ HTTP/1.1\r\nHost: a\r\n\r\n", id="3.2.2 no absolute URI"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: a\r\nNo colon\r\n\r\n", id="5 no colon"),
        pytest.param(b"GET / HTTP/1.1\r\nHost : a\r\n\r\n", id="5.1 space before the colon"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: a\r\nA b: c\r\n\r\n", id="5.1 space in a name"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: a\r\n: c\r\n\r\n", id="5.1 no name"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: a\r\nA: b\r\n c\r\n\r\n", id="5.2 obs-fold"),
        pytest.param(b"GET / HTTP/1.1\r\n A: b\r\nHost: a\r\n\r\n", id="2.2 space before fields"),
        pytest.param(b"GET / HTTP/1.1\nHost: a\n\n", id="2.2 bare LF"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: a\r\nA: b\rc\r\n\r\n", id="2.2 bare CR"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: a\r\nA: b\x00\r\n\r\n", id="NUL in a field"),
    ],
)
def test_what_is_no_http_is_refused(service: Service, nonsense: bytes) -> None:
    with service.connect() as wire:
        answer = wire.exchange(nonsense)
        assert (answer.status, answer.problem) == (400, "bad-request")
        assert wire.is_closed()


@pytest.mark.parametrize(
    "start",
    [
        pytest.param(b"GET /readyz\r\n\r\n", id="HTTP 0.9"),
        pytest.param(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", id="HTTP 2"),
        pytest.param(b"GET / HTTP/3.0\r\nHost: a\r\n\r\n", id="HTTP 3"),
    ],
)
def test_15_6_6_another_version_of_http_is_refused(service: Service, start: bytes) -> None:
    with service.connect() as wire:
        assert wire.exchange(start).status in (400, 505)
        assert wire.is_closed()


def test_2_2_an_empty_line_before_a_request_is_ignored(service: Service) -> None:
    with service.connect() as wire:
        assert wire.exchange(b"\r\n" + request(query(LOOKUP))).values == [NAME]


def test_a_request_may_come_byte_by_byte(service: Service) -> None:
    body = LOOKUP.encode()
    with service.connect() as wire:
        for byte in request("/sparql", QUERY, method="POST", body=body):
            wire.send(bytes([byte]))
        assert wire.read().values == [NAME]


def chunked(*chunks: str, trailers: str = "") -> bytes:
    coded = "".join(f"{len(chunk):x}\r\n{chunk}\r\n" for chunk in chunks)
    return raw(f"{POST}Transfer-Encoding: chunked\r\n\r\n{coded}0\r\n{trailers}\r\n")


def in_chunks(size: str, coding: str = "chunked") -> bytes:
    """Return the lookup as one chunk, with its size in this form."""
    return raw(f"{POST}Transfer-Encoding: {coding}\r\n\r\n{size}\r\n{LOOKUP}\r\n0\r\n\r\n")


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(chunked(LOOKUP), id="one chunk"),
        pytest.param(chunked(*LOOKUP), id="a chunk for each byte"),
        pytest.param(chunked(LOOKUP, trailers="Digest: a\r\nHost: b\r\n"), id="7.1.2 trailers"),
        pytest.param(in_chunks(f"{len(LOOKUP):X};a=b"), id="7.1.1 an extension, and capitals"),
        pytest.param(
            in_chunks(f"{len(LOOKUP):04x}", "Chunked"), id="7 the name in capitals, zeros"
        ),
    ],
)
def test_7_1_a_body_may_come_in_chunks(service: Service, sent: bytes) -> None:
    with service.connect() as wire:
        assert wire.exchange(sent).values == [NAME]
        assert wire.exchange(request("/readyz")).status == 200


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param("Content-Length: 5\r\nTransfer-Encoding: chunked", id="6.1 both"),
        pytest.param("Transfer-Encoding: chunked\r\nContent-Length: 5", id="6.1 both, turned"),
        pytest.param("Transfer-Encoding: chunked, gzip", id="6.3 chunked is not last"),
        pytest.param("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", id="6.1 twice"),
        pytest.param("Content-Length: -5", id="negative"),
        pytest.param("Content-Length: +5", id="a sign"),
        pytest.param("Content-Length: 0x5", id="no decimal"),
        pytest.param("Content-Length: many", id="no number"),
        pytest.param("Content-Length: ", id="empty"),
        pytest.param("Content-Length: 5\r\nContent-Length: 6", id="6.3 two lengths"),
        pytest.param("Content-Length: 5, 6", id="6.3 two lengths in one field"),
        pytest.param("Content-Length: 99999999999999999999999999", id="6.2 more than any integer"),
    ],
)
def test_6_3_a_body_without_one_clear_end_is_refused(service: Service, fields: str) -> None:
    second_request = "0\r\n\r\nGET /none HTTP/1.1\r\nHost: a\r\n\r\n"
    with service.connect() as wire:
        answer = wire.exchange(raw(f"{POST}{fields}\r\n\r\n{second_request}"))
        assert answer.status in (400, 413)
        assert answer.problem
        # Nothing after it can be trusted to be a request.
        assert wire.is_closed()


def test_6_1_a_coding_that_is_not_known_is_refused(service: Service) -> None:
    with service.connect() as wire:
        sent = f"{POST}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"
        assert wire.exchange(raw(sent)).status in (400, 501)
        assert wire.is_closed()


@pytest.mark.parametrize("size", ["g", "-1", "0x5", "", "ffffffffffffffffff", " 5"])
def test_7_1_a_chunk_without_a_size_is_refused(service: Service, size: str) -> None:
    with service.connect() as wire:
        sent = f"{POST}Transfer-Encoding: chunked\r\n\r\n{size}\r\nASK{{}}\r\n0\r\n\r\n"
        assert wire.exchange(raw(sent)).status in (400, 413)
        assert wire.is_closed()


def test_6_3_a_length_said_twice_alike_is_one_length_or_refused(service: Service) -> None:
    sent = f"{POST}Content-Length: 5\r\nContent-Length: 5\r\n\r\nASK{{}}"
    with service.connect() as wire:
        answer = wire.exchange(raw(sent + "GET /none HTTP/1.1\r\nHost: a\r\n\r\n"))
        assert answer.status in (200, 400)
        assert wire.is_closed() if answer.status == 400 else wire.read().status == 404


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_9_3_1_a_body_that_means_nothing_is_not_the_next_request(
    service: Service, method: str
) -> None:
    body = request("/readyz")
    with service.connect() as wire:
        wire.send(request(query(LOOKUP), method=method, body=body) + request("/none"))
        assert wire.read(method).status in (200, 204)
        assert wire.read().status == 404


@pytest.mark.parametrize("target", ["/readyz", "/none"])
def test_a_form_for_what_takes_none_is_not_the_next_request(service: Service, target: str) -> None:
    with service.connect() as wire:
        sent = request(target, FORM, method="POST", body=request("/readyz"))
        assert wire.exchange(sent).status in (404, 405)
        assert wire.exchange(request("/none")).status == 404


@pytest.mark.parametrize("fields", ["", "Host: a\r\nHost: a\r\n", "Host: a\r\nHost: b\r\n"])
def test_3_2_there_is_one_host(service: Service, fields: str) -> None:
    with service.connect() as wire:
        answer = wire.exchange(raw(f"GET /readyz HTTP/1.1\r\n{fields}\r\n"))
        assert (answer.status, answer.problem) == (400, "bad-request")


@pytest.mark.parametrize("host", ["a b", "a/b", "a@b", "a,b", "[", "a:b", "a?b", "<a>"])
def test_3_2_a_host_has_the_form_of_one(service: Service, host: str) -> None:
    with service.connect() as wire:
        answer = wire.exchange(raw(f"GET /robots.txt HTTP/1.1\r\nHost: {host}\r\n\r\n"))
        assert (answer.status, answer.problem) == (400, "bad-request")


@pytest.mark.parametrize("host", ["", HOST, "127.0.0.1:80", "[::1]:8080", "xn--bcher-kva.example"])
def test_3_2_every_form_of_a_host_is_read(service: Service, host: str) -> None:
    with service.connect() as wire:
        answer = wire.exchange(raw(f"GET /readyz HTTP/1.1\r\nHost: {host}\r\n\r\n"))
        assert answer.status == 200
