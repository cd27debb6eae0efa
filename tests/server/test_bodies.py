"""Bodies of requests: how long, in which coding, announced or not, and how they begin."""

from __future__ import annotations

import gzip
import http.client
from contextlib import closing
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus, urlsplit

import pytest

from .processes import LOOKUP, NAME
from .wire import FORM, QUERY, request

if TYPE_CHECKING:
    from .processes import Service

LARGEST_BODY = 1_048_576


def test_15_5_14_a_body_is_read_up_to_its_limit(service: Service) -> None:
    body = (LOOKUP + " #").encode().ljust(LARGEST_BODY, b"x")
    with service.connect() as wire:
        assert wire.exchange(request("/sparql", QUERY, method="POST", body=body)).values == [NAME]


@pytest.mark.parametrize("target", ["/sparql", "/reconcile", "/none", "/readyz"])
def test_15_5_14_a_larger_body_is_refused_before_it_comes(service: Service, target: str) -> None:
    with service.connect() as wire:
        sent = request(target, FORM, f"Content-Length: {LARGEST_BODY + 1}", method="POST")
        answer = wire.exchange(sent)
        if target in ("/sparql", "/reconcile"):
            assert (answer.status, answer.problem) == (413, "too-large")
        assert answer.status in (404, 405, 413)
        # The body may still come, so what follows is no request.
        assert wire.is_closed()


def test_15_5_14_a_larger_body_in_chunks_is_refused(service: Service) -> None:
    chunk = b"8000\r\n" + b"x" * 0x8000 + b"\r\n"
    with service.connect() as wire:
        wire.send(request("/sparql", QUERY, "Transfer-Encoding: chunked", method="POST"))
        wire.send(chunk * 33)
        answer = wire.read()
        assert (answer.status, answer.problem) == (413, "too-large")
        assert wire.is_closed()


def test_7_1_the_bound_holds_for_many_small_chunks_too(service: Service) -> None:
    """Section 7.1.1: trailers and extensions of chunks must have a limit too."""
    with service.connect() as wire:
        wire.send(request("/sparql", QUERY, "Transfer-Encoding: chunked", method="POST"))
        wire.send(b"1;a=" + b"b" * LARGEST_BODY + b"\r\n")
        assert wire.read().status in (400, 413)
        assert wire.is_closed()


def test_9_6_a_client_that_sends_first_and_reads_then_gets_the_refusal(service: Service) -> None:
    """Closing a connection with unread bytes resets it, and the client would lose the answer."""
    host = urlsplit(service.address).netloc
    with closing(http.client.HTTPConnection(host, timeout=30)) as connection:
        body = b"x" * (LARGEST_BODY + 262_144)
        connection.request("POST", "/sparql", body, {"Content-Type": "application/sparql-query"})
        assert connection.getresponse().status == 413


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "x-gzip", "gzip, gzip"])
def test_8_4_a_coded_body_is_refused_with_what_is_read(service: Service, coding: str) -> None:
    body = gzip.compress(LOOKUP.encode())
    fields = (QUERY, f"Content-Encoding: {coding}")
    with service.connect() as wire:
        answer = wire.exchange(request("/sparql", *fields, method="POST", body=body))
        assert (answer.status, answer.problem) == (415, "unsupported-media-type")
        assert coding.partition(",")[0] in answer.content.decode()
        # 12.5.3: what the client may use in its next request.
        assert answer.fields["accept-encoding"] == "identity"
        assert wire.exchange(request("/readyz")).status == 200


def test_8_4_a_coding_that_changes_nothing_is_read(service: Service) -> None:
    fields = (QUERY, "Content-Encoding: identity")
    with service.connect() as wire:
        sent = request("/sparql", *fields, method="POST", body=LOOKUP.encode())
        assert wire.exchange(sent).values == [NAME]


@pytest.mark.parametrize(
    "text", ["a+b", "100%", "%41%2B", "a&b=c;d", "\u00e9 \U0001f4a1", "+", "#?/"]
)
def test_a_value_is_decoded_once_however_it_is_written(service: Service, text: str) -> None:
    """https://url.spec.whatwg.org/#application/x-www-form-urlencoded."""
    sparql = f'SELECT ("{text}" AS ?x) {{}}'
    with service.connect() as wire:
        for value in (quote_plus(sparql), quote(sparql, safe="")):
            assert wire.exchange(request(f"/sparql?query={value}")).values == [text]
            form = request("/sparql", FORM, method="POST", body=f"query={value}".encode())
            assert wire.exchange(form).values == [text]


MARK = "\ufeff"


@pytest.mark.parametrize(
    ("field", "body"),
    [(QUERY, (MARK + LOOKUP).encode()), (FORM, f"query={quote_plus(MARK + LOOKUP)}".encode())],
)
def test_a_mark_before_a_query_is_skipped_or_named(
    service: Service, field: str, body: bytes
) -> None:
    """RFC 3629, section 6: a UTF-8 text may begin with a byte order mark."""
    with service.connect() as wire:
        answer = wire.exchange(request("/sparql", field, method="POST", body=body))
    if answer.status == 400:
        assert "U+FEFF" in answer.content.decode()
    else:
        assert answer.values == [NAME]


def test_10_1_1_who_asks_whether_to_go_on_is_told(service: Service) -> None:
    body = LOOKUP.encode()
    sent = request("/sparql", QUERY, "Expect: 100-continue", method="POST", body=body)
    with service.connect() as wire:
        wire.send(sent[: -len(body)])
        interim = wire.read_head()
        assert (interim.version, interim.status) == ("HTTP/1.1", 100)
        assert wire.exchange(body).values == [NAME]
        assert wire.exchange(request("/none")).status == 404


def test_10_1_1_who_does_not_wait_is_answered_too(service: Service) -> None:
    sent = request("/sparql", QUERY, "Expect: 100-Continue", method="POST", body=LOOKUP.encode())
    with service.connect() as wire:
        answer = wire.exchange(sent)
        if answer.status == 100:
            answer = wire.read()
        assert answer.values == [NAME]


def test_10_1_1_nobody_is_told_to_go_on_with_what_is_refused(service: Service) -> None:
    fields = (QUERY, "Expect: 100-continue", f"Content-Length: {LARGEST_BODY + 1}")
    with service.connect() as wire:
        assert wire.exchange(request("/sparql", *fields, method="POST")).status == 413


def test_10_1_1_an_expectation_without_a_body_is_no_matter(service: Service) -> None:
    with service.connect() as wire:
        assert wire.exchange(request("/readyz", "Expect: 100-continue")).status == 200


def test_15_5_18_another_expectation_is_refused(service: Service) -> None:
    with service.connect() as wire:
        answer = wire.exchange(request("/readyz", "Expect: a-miracle"))
        assert answer.status == 417
        assert answer.problem
