"""The simulation of a service, against what queueing theory knows exactly; and the report."""

from __future__ import annotations

import subprocess
import sys
from math import factorial
from pathlib import Path
from random import Random
from statistics import mean
from typing import TYPE_CHECKING

import pytest

from .queueing import Arrival, Machine, poisson, responses

if TYPE_CHECKING:
    from collections.abc import Callable

REPOSITORY = Path(__file__).parents[2]
NUMBER = 100_000
MANY = 10_000
"""Workers: as many requests as come are served at once, by processors that they share."""


def constant(_: Random) -> float:
    return 1.0


def exponential(random: Random) -> float:
    return random.expovariate(1.0)


def mostly_short(random: Random) -> float:
    return 9.1 if random.random() < 0.1 else 0.1


def mean_response(rate: float, draw: Callable[[Random], float], machine: Machine) -> float:
    random = Random(7)  # noqa: S311 - when who asks, not secrets
    times = poisson(random, rate, NUMBER)
    return mean(responses([Arrival(at, draw(random)) for at in times], machine))


def erlang_c(workers: int, load: float) -> float:
    """Return how likely a request is to wait (Erlang's formula C); ``load`` is in workers."""
    last = load**workers / factorial(workers) * workers / (workers - load)
    return last / (sum(load**n / factorial(n) for n in range(workers)) + last)


@pytest.mark.parametrize("rate", [0.3, 0.8])
def test_one_worker_is_the_queue_of_pollaczek_and_khinchine(rate: float) -> None:
    for draw, second_moment in ((constant, 1.0), (exponential, 2.0), (mostly_short, 8.29)):
        waiting = rate * second_moment / 2 / (1 - rate)
        assert mean_response(rate, draw, Machine(1, 1)) == pytest.approx(1 + waiting, rel=0.1)


@pytest.mark.parametrize("workers", [2, 4])
def test_workers_with_processors_of_their_own_are_the_queue_of_erlang(workers: int) -> None:
    load = 0.8 * workers
    expected = 1 + erlang_c(workers, load) / (workers - load)
    assert mean_response(load, exponential, Machine(workers, workers)) == pytest.approx(
        expected, rel=0.1
    )


@pytest.mark.parametrize("draw", [constant, exponential, mostly_short])
def test_a_shared_processor_makes_all_wait_alike_whatever_they_take(
    draw: Callable[[Random], float],
) -> None:
    assert mean_response(0.7, draw, Machine(MANY, 1)) == pytest.approx(1 / 0.3, rel=0.1)


def test_more_workers_than_processors_answer_no_more_requests() -> None:
    arrivals = [Arrival(0.0, 1.0)] * 12
    for workers in (2, 3, 12):
        assert max(responses(arrivals, Machine(workers, 2))) == pytest.approx(6.0)


def test_requests_that_meet_nobody_take_their_service_time() -> None:
    arrivals = [Arrival(10.0 * number, 1.0 + number) for number in range(5)]
    assert responses(arrivals, Machine(1, 1)) == pytest.approx([1.0, 2.0, 3.0, 4.0, 5.0])


def test_a_real_service_is_measured_beside_the_prediction() -> None:
    brief = ("--size", "20k", "--workers", "2", "--loads", "0.1", "--seconds", "1", "--rounds", "1")
    program = (sys.executable, "-m", "tests.benchmarks.scaling", *brief)
    run = subprocess.run(program, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    head, _, row = (line.split(" | ") for line in run.stdout.splitlines() if line)
    assert "answers a second: predicted" in head
    assert row[0] == "| 2"
    assert row[-1] == "0 |", "requests that failed"
