"""How many requests a client may make: counted by all workers together, for each client apart."""

from __future__ import annotations

import json
import multiprocessing
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from typing import TYPE_CHECKING

import pytest
from limits import parse
from limits.strategies import FixedWindowRateLimiter

from graphsvc import setting_values
from graphsvc.server.rate_limit import RateLimit, SharedMemoryStorage
from graphsvc.web.problems import RequestProblem

from .processes import LOOKUP
from .wire import query, request

if TYPE_CHECKING:
    from .conftest import Serve
    from .processes import Service

HOUR = {"rate_limit": "20/hour", "trusted_proxies": "127.0.0.1"}


def behind(client: str) -> str:
    return f"X-Forwarded-For: {client}"


@pytest.fixture(scope="module")
def limited(serve_for_session: Serve) -> Service:
    """Return a service behind a proxy, where each client may make 20 requests in an hour."""
    return serve_for_session(**HOUR, metrics_readers="192.0.2.200")


def test_a_request_too_many_is_told_so_in_the_shape_of_all_errors(limited: Service) -> None:
    fields = behind("192.0.2.1")
    with limited.connect() as wire:
        for _ in range(20):
            assert wire.exchange(request(query(LOOKUP), fields)).status == 200
        answer = wire.exchange(request(query(LOOKUP), fields))
    assert answer.problem == "too-many-requests"
    assert answer.status == 429
    wait = int(answer.fields["retry-after"])
    assert 3000 < wait <= 3600
    assert answer.fields["ratelimit"] == f'"20-per-3600";r=0;t={wait}'
    assert answer.fields["ratelimit-policy"] == '"20-per-3600";q=20;w=3600'
    assert answer.fields["cache-control"] == "no-store"
    assert "20 requests" in json.loads(answer.content)["detail"]


def test_clients_that_ask_at_once_are_counted_apart_and_exactly(limited: Service) -> None:
    """More connections than one worker has, so that several of them count."""

    def statuses(client: str) -> list[int]:
        return [limited.ask(LOOKUP, behind(client)).status for _ in range(10)]

    clients = ["198.51.100.1", "198.51.100.2", "198.51.100.3"]
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(statuses, clients * 4))
    for number in range(len(clients)):
        all_of_one = sorted(chain.from_iterable(answers[number :: len(clients)]))
        assert all_of_one == [200] * 20 + [429] * 20


def test_what_watches_the_service_is_never_refused(limited: Service) -> None:
    fields = behind("192.0.2.200")
    for _ in range(25):
        limited.ask(LOOKUP, fields)
    assert limited.ask(LOOKUP, fields).status == 429
    for path in ("/healthz", "/readyz", "/metrics"):
        assert limited.get(path, fields).status == 200
    metrics = limited.get("/metrics", fields).content
    assert b"graphsvc_requests_limited_total 0.0" not in metrics


@pytest.mark.parametrize(
    "fields",
    [
        ("Forwarded: for=203.0.113.1", "X-Forwarded-For: 203.0.113.2"),
        ("Forwarded: for=203.0.113.1;nonsense",),
    ],
)
def test_a_proxy_that_names_two_clients_is_told_so(
    limited: Service, fields: tuple[str, ...]
) -> None:
    assert limited.get("/", *fields).status == 400


def test_nobody_takes_another_name_without_a_proxy(serve: Serve) -> None:
    service = serve(rate_limit="5/hour")
    statuses = [service.ask(LOOKUP, behind(f"192.0.2.{number}")).status for number in range(6)]
    assert statuses == [200] * 5 + [429]


def test_a_worker_that_is_killed_takes_no_count_with_it(serve: Serve) -> None:
    service = serve(rate_limit="5/hour")
    for _ in range(5):
        assert service.ask(LOOKUP).status == 200
    for worker in service.workers():
        worker.kill()
    assert service.ask(LOOKUP).status == 429


def refusals(limit: RateLimit, client: str, number: int) -> int:
    refusals = 0
    for _ in range(number):
        try:
            limit.admit(client)
        except RequestProblem:
            refusals += 1
    return refusals


def test_each_rate_holds() -> None:
    limit = RateLimit("3/minute;5/hour")
    assert refusals(limit, "192.0.2.1", 10) == 7
    assert refusals(limit, "192.0.2.2", 3) == 0


def test_a_network_of_ipv6_is_one_client() -> None:
    limit = RateLimit("2/hour")
    assert refusals(limit, "2001:db8::1", 1) == 0
    assert refusals(limit, "2001:db8::2:1", 2) == 1
    assert refusals(limit, "2001:db8:0:1::1", 1) == 0
    assert refusals(limit, "::ffff:192.0.2.1", 1) == 0
    assert refusals(limit, "192.0.2.1", 2) == 1


def test_a_time_that_is_over_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1_000_000.0
    monkeypatch.setattr(time, "time", lambda: now)
    limit = RateLimit("2/minute")
    assert refusals(limit, "192.0.2.1", 3) == 1
    now += 59
    assert refusals(limit, "192.0.2.1", 1) == 1
    now += 2
    assert refusals(limit, "192.0.2.1", 3) == 1


def test_a_full_table_forgets_who_has_asked_least() -> None:
    storage = SharedMemoryStorage()
    limiter, item = FixedWindowRateLimiter(storage), parse("100/hour")
    for _ in range(100):
        assert limiter.hit(item, "busy")
    for number in range(200_000):
        storage.incr(f"client-{number}", 3600)
    assert not limiter.hit(item, "busy")
    total = sum(storage.get(f"client-{number}") for number in range(200_000))
    assert 60_000 < total <= 65_536


def count(storage: SharedMemoryStorage) -> None:
    for _ in range(2_000):
        storage.incr("client", 3600)


def test_processes_count_together() -> None:
    storage = SharedMemoryStorage()
    fork = multiprocessing.get_context("fork")
    processes = [fork.Process(target=count, args=(storage,)) for _ in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert storage.get("client") == 8_000
    storage.clear("client")
    assert storage.get("client") == 0


@pytest.mark.parametrize("text", ["many", "10", "10/fortnight", "-1/second"])
def test_a_rate_that_is_none_is_told(text: str) -> None:
    with pytest.raises(ValueError, match="rates such as 100/minute"):
        setting_values.rates(text)
