"""Kills: whatever process ends in whatever state, no answer is wrong or cut without a sign."""

from __future__ import annotations

import os
import random
import signal
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

import psutil
import pytest

from .processes import ENDLESS_COUNT, ENDLESS_ROWS, LOOKUP, NAME, Service, eventually
from .wire import BrokenOff, Wire, query, request

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .conftest import Serve

ROWS = query("SELECT ?a ?d { ?a ?b ?c . ?d ?e ?f } LIMIT 20000", format="csv")
PAGE = "/doc/id/light/north-rock"


def test_a_worker_that_is_killed_before_its_answer_owes_an_error(victim: Service) -> None:
    with victim.connect() as beside, victim.connect() as wire:
        beside.send(request(query(ENDLESS_ROWS)))
        parts = beside.parts(beside.read_head())
        wire.send(request(query(ENDLESS_COUNT)))
        victim.worker_of(wire).kill()
        answer = wire.read()
        assert answer.status in (500, 503)
        assert answer.problem
        # The other worker goes on: more bytes arrive than the buffers can hold.
        assert sum(len(next(parts)) for _ in range(500)) > 8 * 1024**2
    assert eventually(victim.is_well)


def test_a_worker_that_is_killed_within_its_answer_breaks_it_off(victim: Service) -> None:
    with victim.connect() as wire:
        wire.send(request(query(ENDLESS_ROWS, format="csv")))
        head = wire.read_head()
        parts = wire.parts(head)
        next(parts)
        victim.worker_of(wire).kill()
        with pytest.raises(BrokenOff):
            sum(map(len, parts))
    assert eventually(victim.is_well)


@pytest.mark.parametrize("signal_number", [signal.SIGKILL, signal.SIGSEGV, signal.SIGABRT])
def test_workers_that_are_killed_while_idle_are_not_missed(
    victim: Service, signal_number: signal.Signals
) -> None:
    with victim.connect() as used, victim.connect() as unused:
        assert used.exchange(request(query(LOOKUP))).values == [NAME]
        killed = victim.workers()
        for worker in killed:
            with suppress(psutil.NoSuchProcess):
                worker.send_signal(signal_number)
        psutil.wait_procs(killed, 30)
        assert unused.exchange(request(query(LOOKUP))).values == [NAME]
        # A connection that a worker was serving may be closed; it does not stay open unanswered.
        with suppress(BrokenOff, ConnectionError):
            used.send(request(query(LOOKUP)))
            assert used.read().values == [NAME]
    assert victim.ask(LOOKUP).values == [NAME]


def test_a_worker_that_is_killed_within_a_request_does_not_hold_its_sender(victim: Service) -> None:
    sent = request(
        "/sparql", "Content-Type: application/sparql-query", method="POST", body=b"ASK{}"
    )
    for length in (1, 10, len(sent) - 5, len(sent) - 1):
        with victim.connect() as wire:
            wire.send(sent[:length])
            for worker in victim.workers():
                with suppress(psutil.NoSuchProcess):
                    worker.kill()
            with suppress(BrokenOff, ConnectionError):
                wire.send(sent[length:])
                assert wire.read().status in (200, 500, 503)


def test_the_parent_is_started_again(victim: Service) -> None:
    for _ in range(2):
        (parent,) = victim.parents()
        processes = [parent, *parent.children()]
        parent.kill()
        assert eventually(victim.is_well)
        assert parent.pid not in {each.pid for each in victim.parents()}
        assert not psutil.wait_procs(processes, 30)[1], "its workers live on"
    assert victim.process.poll() is None
    assert "Traceback" not in victim.log


def test_the_end_of_the_keeper_is_the_end_of_all(serve: Serve) -> None:
    service = serve(deadline=600)
    with service.connect() as wire:
        wire.send(request(query(ENDLESS_ROWS)))
        parts = wire.parts(wire.read_head())
        next(parts)
        processes = service.processes()
        assert len(processes) >= 2
        service.process.kill()
        assert not psutil.wait_procs(processes, 30)[1]
        with pytest.raises(BrokenOff):
            sum(map(len, parts))
        with pytest.raises(ConnectionError):
            service.connect()


class Asker(threading.Thread):
    """Asks again and again; remembers what it should not have been answered."""

    def __init__(self, service: Service, expected: dict[str, bytes], stop: threading.Event) -> None:
        super().__init__()
        self.wrong: list[object] = []
        self.right = 0
        self._service, self._expected, self._stop_asking = service, expected, stop

    def run(self) -> None:
        while not self._stop_asking.is_set():
            with suppress(ConnectionError, BrokenOff), self._service.connect() as wire:
                self._ask_on(wire)

    def _ask_on(self, wire: Wire) -> None:
        for target in random.sample(sorted(self._expected), k=len(self._expected)):
            answer = wire.exchange(request(target))
            if not answer.is_whole:
                return
            if answer.status == 200 and answer.content == self._expected[target]:
                self.right += 1
            elif answer.status not in (500, 503) or not answer.problem:
                self.wrong.append((target, answer))


def randomly(service: Service, kills: int) -> Iterator[psutil.Process]:
    """Yield workers to kill, at random moments and in random states."""
    pause = threading.Event()
    for _ in range(kills):
        pause.wait(random.uniform(0, 0.08))  # noqa: S311 - no secret
        if workers := service.workers():
            yield random.choice(workers)  # noqa: S311 - no secret


def test_kills_at_random_under_load_spoil_no_answer(victim: Service) -> None:
    expected = {target: victim.get(target).content for target in (query(LOOKUP), ROWS, PAGE)}
    assert expected[ROWS].count(b"\n") == 20_001
    stop = threading.Event()
    askers = [Asker(victim, expected, stop) for _ in range(4)]
    for asker in askers:
        asker.start()
    try:
        for worker in randomly(victim, 120):
            with suppress(psutil.NoSuchProcess):
                os.kill(worker.pid, signal.SIGKILL)
    finally:
        stop.set()
        for asker in askers:
            asker.join(60)
    assert not any(asker.is_alive() for asker in askers)
    assert [wrong for asker in askers for wrong in asker.wrong] == []
    assert all(asker.right for asker in askers)
    assert eventually(victim.is_well)
    for target, content in expected.items():
        assert victim.get(target).content == content
    assert "Traceback" not in victim.log
