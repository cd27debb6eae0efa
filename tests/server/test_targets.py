"""Request targets: their forms, their percent-encoding, and their greatest length."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from .processes import LOOKUP, NAME
from .wire import HOST, query, request

if TYPE_CHECKING:
    from .processes import Service

LONGEST_TARGET = 16_384
LONGEST_HEAD = 81_920


def test_3_2_2_a_target_may_be_a_whole_address(service: Service) -> None:
    with service.connect() as wire:
        assert wire.exchange(request(f"http://{HOST}{query(LOOKUP)}")).values == [NAME]
        assert wire.exchange(request(f"http://{HOST}/none")).status == 404
        assert wire.exchange(request(f"HTTP://{HOST}")).status == 200


def test_3_2_2_a_whole_address_comes_before_the_host_field(service: Service) -> None:
    with service.connect() as wire:
        answer = wire.exchange(request("http://other.example:81/robots.txt"))
    assert b"Sitemap: http://other.example:81/sitemap.xml" in answer.content
    assert HOST.encode() not in answer.content


LETTERS = "Île Ωmega 灯"


@pytest.mark.parametrize("is_quoted", [True, False])
def test_letters_may_stand_in_a_target_as_they_are(service: Service, *, is_quoted: bool) -> None:
    """RFC 3987, section 3.1: the letters of an IRI are its UTF-8, percent-encoded or not."""
    text = f'SELECT ("{LETTERS}" AS ?x) {{}}'.replace(" ", "+")
    coded = quote(text, safe='+(){}?"') if is_quoted else text
    with service.connect() as wire:
        assert wire.exchange(request(f"/sparql?query={coded}".encode())).values == [LETTERS]


def test_letters_in_a_path_are_not_garbled(service: Service) -> None:
    for path in ("/id/light/île", "/id/light/%C3%AEle"):
        with service.connect() as wire:
            answer = wire.exchange(request(path.encode()))
        assert (answer.status, answer.problem) == (404, "not-found")
        assert "/id/light/île" in json.loads(answer.content)["detail"]


@pytest.mark.parametrize(
    "target",
    [
        "/%00",
        "/%ff",
        "/id/light/%ff%fe",
        "/id/light/north-rock%00",
        "/%0d%0aX:%20y",
        b"/\xff\xfe",
        "/%",
        "/%zz",
        "///none",
        "/none;a=b",
        "/id/light/%2e%2e/%2e%2e/none",
    ],
)
def test_odd_paths_lead_nowhere(service: Service, target: str | bytes) -> None:
    with service.connect() as wire:
        answer = wire.exchange(request(target))
    assert answer.status in (400, 404)
    assert answer.problem in ("bad-request", "not-found")
    assert "x" not in answer.fields


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app.py",
        "/static/../../settings.py",
        "/static/%2e%2e/app.py",
        "/static/..%2fapp.py",
        "/static/%2e%2e%2fapp.py",
        "/static//etc/passwd",
        "/static/%2fetc%2fpasswd",
        "/static/..%5capp.py",
        "/static/....//app.py",
    ],
)
def test_no_file_is_had_from_elsewhere(service: Service, path: str) -> None:
    assert service.get(path).status in (400, 404)


def test_3_2_a_fragment_is_no_part_of_a_target(service: Service) -> None:
    assert service.get("/readyz#top").status in (200, 400)


def test_a_wrong_escape_in_a_query_is_refused(service: Service) -> None:
    answer = service.get("/sparql?query=ASK%7B%7D%23%ff")
    assert (answer.status, answer.problem) == (400, "bad-request")


def test_15_5_15_a_target_is_read_up_to_its_limit(service: Service) -> None:
    start = query(LOOKUP) + "%23"
    for length, status in ((LONGEST_TARGET, 200), (LONGEST_TARGET + 1, 414)):
        target = start + "x" * (length - len(start))
        assert len(target) == length
        answer = service.get(target)
        assert answer.status == status
    assert answer.problem == "uri-too-long"


def test_15_5_15_each_kind_of_address_has_the_limit(service: Service) -> None:
    for start in ("/", "/search?q=", "/reconcile?queries=", "/static/"):
        assert service.get(start + "x" * LONGEST_TARGET).status == 414


@pytest.mark.parametrize("is_one_field", [True, False])
def test_a_head_is_read_up_to_its_limit(service: Service, *, is_one_field: bool) -> None:
    def head(size: int) -> bytes:
        count = 1 if is_one_field else 50
        fields = [f"X-{n}: {'a' * (size // count)}" for n in range(count)]
        return request("/readyz", *fields)

    assert len(within := head(LONGEST_HEAD - 1500)) < LONGEST_HEAD
    with service.connect() as wire:
        assert wire.exchange(within).status == 200
        answer = wire.exchange(head(LONGEST_HEAD))
        assert (answer.status, answer.problem) == (431, "fields-too-large")
        assert wire.is_closed()


def test_the_limit_is_that_of_one_head(service: Service) -> None:
    with service.connect() as wire:
        for _ in range(4):
            assert wire.exchange(request("/readyz", "A: " + "a" * 30_000)).status == 200


@pytest.mark.parametrize(
    ("start", "statuses"),
    [
        (b"GET /", {414, 431}),
        (b"GET / HTTP/1.1\r\nHost: a\r\nCookie: ", {431}),
        (b"GET / HTTP/1.1\r\nHost: a\r\n", {431}),
        (b"G", {400, 414, 431, 501}),
    ],
)
def test_a_head_without_end_is_not_read_to_it(
    service: Service, start: bytes, statuses: set[int]
) -> None:
    more = b"A: b\r\n" if start.endswith(b"\n") else b"aaaaaa"
    with service.connect() as wire:
        answer = wire.exchange(start + more * (LONGEST_HEAD // len(more) + 1))
        assert answer.status in statuses
        assert answer.problem
        assert wire.is_closed()
