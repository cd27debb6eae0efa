"""A service with some workers on some processors, simulated: how long requests wait for how many.

Requests come when they come, one after the other (an open system: readers do not wait for each
other). Each takes its service time of a processor. So many as there are workers are answered at
a time; they share the processors evenly, and the others wait in order. With as many processors as
workers this is the queue M/G/c.
"""

from __future__ import annotations

import heapq
from collections import deque
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from random import Random


@dataclass(frozen=True, slots=True)
class Arrival:
    """A request: when it comes, and how long it takes a processor; both in seconds."""

    at: float
    service: float


@dataclass(frozen=True, slots=True)
class Machine:
    """How many processes answer requests, and how many processors they have.

    Part of a processor is what other programs leave of it.
    """

    workers: int
    processors: float


def poisson(random: Random, rate: float, number: int) -> Iterator[float]:
    """Yield when so many requests come that know nothing of each other, ``rate`` in a second."""
    return accumulate(random.expovariate(rate) for _ in range(number))


def responses(arrivals: Sequence[Arrival], machine: Machine) -> list[float]:
    """Return how many seconds each request takes from its arrival to its answer."""
    simulation = _Simulation(arrivals, machine)
    coming = deque(range(len(arrivals)))
    while coming or simulation.is_busy:
        if not coming or simulation.next_end() <= arrivals[coming[0]].at:
            simulation.end()
        else:
            simulation.begin(coming.popleft())
    return simulation.responses


class _Simulation:
    """The requests in progress. ``_work`` is the service, in seconds, of a request that began at 0.

    All requests in progress are served at the same pace. So each ends when ``_work`` has grown by
    its service time, and the pace does not change the order in which they end.
    """

    def __init__(self, arrivals: Sequence[Arrival], machine: Machine) -> None:
        self.responses = [0.0] * len(arrivals)
        self._arrivals = arrivals
        self._machine = machine
        self._now = self._work = 0.0
        self._under_way: list[tuple[float, int]] = []
        self._waiting: deque[int] = deque()

    @property
    def is_busy(self) -> bool:
        return bool(self._under_way)

    def next_end(self) -> float:
        """Return when the next answer is complete if nothing comes before."""
        if not self._under_way:
            return float("inf")
        return self._now + (self._under_way[0][0] - self._work) / self._pace()

    def end(self) -> None:
        """Complete the next answer, and begin with a request that waits."""
        self._go_on(self.next_end())
        _, number = heapq.heappop(self._under_way)
        self.responses[number] = self._now - self._arrivals[number].at
        if self._waiting:
            self._start(self._waiting.popleft())

    def begin(self, number: int) -> None:
        """Take a request that comes."""
        self._go_on(self._arrivals[number].at)
        if len(self._under_way) < self._machine.workers:
            self._start(number)
        else:
            self._waiting.append(number)

    def _pace(self) -> float:
        return min(1.0, self._machine.processors / len(self._under_way))

    def _go_on(self, until: float) -> None:
        if self._under_way:
            self._work += (until - self._now) * self._pace()
        self._now = until

    def _start(self, number: int) -> None:
        heapq.heappush(self._under_way, (self._work + self._arrivals[number].service, number))
