"""Methods: HEAD like GET on every kind of address, OPTIONS, and those that are not there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .processes import LOOKUP, NAME
from .wire import query, request

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .processes import Service

TARGETS = [
    "/",
    "/doc/id/light/north-rock",
    "/doc/id/light/north-rock.ttl",
    "/id/light/north-rock",
    "/browse?class=lights:Light",
    "/search?q=rock",
    "/sparql",
    "/sparql?format=ttl",
    query(LOOKUP),
    query("SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 3000"),
    query("SELECT"),
    "/reconcile",
    "/.well-known/void",
    "/static/style.css",
    "/dump.nq.gz",
    "/sitemap.xml",
    "/openapi.json",
    "/readyz",
    "/none",
]

#: What may differ: a moment, the request's own number, and what only the content decides.
PASSING = {"date", "request-id", "transfer-encoding", "content-length"}


def lasting(fields: Mapping[str, str]) -> dict[str, str]:
    return {name: fields[name] for name in fields if name not in PASSING}


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("accept", ["*/*", "text/html"])
def test_9_3_2_head_has_the_fields_of_get_and_no_content(
    service: Service, target: str, accept: str
) -> None:
    fields = (f"Accept: {accept}", "Accept-Encoding: gzip")
    with service.connect() as wire:
        by_get = wire.exchange(request(target, *fields))
        wire.send(request(target, *fields, method="HEAD") + request("/none"))
        by_head = wire.read("HEAD")
        assert by_head.status == by_get.status
        assert lasting(by_head.fields) == lasting(by_get.fields)
        lengths = {each.fields.get("content-length") for each in (by_get, by_head)} - {None}
        assert len(lengths) <= 1
        # What follows is the answer to the next request, so there was no content.
        assert wire.read().status == 404


@pytest.mark.parametrize("target", ["/", "/doc/id/light/north-rock", "/sparql", "/reconcile"])
def test_9_3_7_options_tells_the_methods(service: Service, target: str) -> None:
    with service.connect() as wire:
        answer = wire.exchange(request(target, method="OPTIONS"))
        assert answer.status in (200, 204)
        assert answer.content == b""
        allowed = {each.strip() for each in answer.fields["allow"].split(",")}
        assert {"GET", "HEAD", "OPTIONS"} <= allowed
        assert wire.exchange(request("/none")).status == 404


def test_9_3_7_options_of_the_whole_server(service: Service) -> None:
    with service.connect() as wire:
        answer = wire.exchange(request("*", method="OPTIONS"))
        assert answer.status in (200, 204)
        assert answer.content == b""
        assert wire.exchange(request("/none")).status == 404


def test_3_2_4_only_options_asks_the_whole_server(service: Service) -> None:
    with service.connect() as wire:
        assert wire.exchange(request("*")).status == 400


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "PROPFIND", "BREW", "get"])
def test_9_1_a_method_that_is_not_there_is_refused(service: Service, method: str) -> None:
    with service.connect() as wire:
        answer = wire.exchange(request("/readyz", method=method))
        assert answer.status in (405, 501)
        assert answer.problem
        if answer.status == 405:
            assert "GET" in answer.fields["allow"]


def test_9_3_6_no_tunnel_is_opened(service: Service) -> None:
    with service.connect() as wire:
        answer = wire.exchange(request("x.example:443", method="CONNECT"))
        assert answer.status in (405, 501)
        assert answer.problem


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_15_5_5_what_is_not_there_is_not_there_by_any_method(service: Service, method: str) -> None:
    """405 is for a method that a resource lacks (15.5.6), not for a resource that is missing."""
    with service.connect() as wire:
        assert wire.exchange(request("/none/at/all", method=method, body=b"")).status == 404


@pytest.mark.parametrize("target", ["/sparql/", "/reconcile/"])
def test_a_slash_at_the_end_leads_to_the_endpoint(service: Service, target: str) -> None:
    with service.connect() as wire:
        answer = wire.exchange(request(target + "?" + query(LOOKUP).partition("?")[2]))
        if answer.status == 308:
            place = "/" + answer.fields["location"].split("/", 3)[-1]
            answer = wire.exchange(request(place))
        assert answer.status == 200
        assert target == "/reconcile/" or NAME.encode() in answer.content
