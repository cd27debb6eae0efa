"""``python -m tests.benchmarks.scaling``: what so many workers serve, predicted and measured.

Of each kind of request the processor time is measured apart. From that, the mix and the rate a
simulation (`queueing`) says how busy the processors are and how long readers wait; then readers
ask a real service with so many workers at that rate (`arrivals`), round after round. The prediction
is for a machine that does nothing else: other programs take processors, and leave caches cold.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from random import Random
from statistics import median
from typing import TYPE_CHECKING

from . import arguments, processes
from .arrivals import offer
from .corpus import prepare
from .load import Latencies, Span, load
from .mix import question
from .peers import OURS, running
from .queueing import Arrival, Machine, poisson, responses
from .tables import table
from .vocabulary import BASE, iri

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from .generate import Population
    from .load import Target
    from .peers import Server

MIX = {"lookup": 0.5, "page": 0.35, "construct": 0.1, "two-hop": 0.05}
"""Which part of all requests each kind is: what readers and a program or two ask for."""

_TEXTS = 50
_PATIENCE = 30.0
#: Of so many requests the simulation takes the waiting times: many more than are sent.
_SIMULATED = 50_000
#: The kernel counts processor time in hundredths of a second: of so much the mean is taken.
_ENOUGH = 0.5
_PROCESSORS = os.cpu_count() or 1


@dataclass(frozen=True, slots=True)
class Kind:
    """Requests of a kind, and the mean processor time that one takes all processes, in seconds."""

    requests: Sequence[bytes]
    service: float


@dataclass(frozen=True, slots=True)
class Figures:
    """What a run comes to: answers a second, processors in use, milliseconds until the answer."""

    answers: float
    used: float
    latencies: Latencies
    failures: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """So many workers at a rate: the prediction for each round, and what was measured in it."""

    workers: int
    rate: float
    predicted: Sequence[Figures]
    measured: Sequence[Figures]


def requests_of(name: str, target: Target, population: Population) -> list[bytes]:
    """Return requests of a kind, each for another thing."""
    if name == "page":
        things = range(min(_TEXTS, population.things["person"]))
        paths = [f"/doc/{iri('person', number).removeprefix(BASE)}" for number in things]
        return [_page(target, path) for path in paths]
    kind = question(name)
    texts = kind.texts(population, _TEXTS)
    return list(islice(target.requests(texts, kind.accept, repeated=False), _TEXTS))


def _page(target: Target, path: str) -> bytes:
    host = f"{target.host}:{target.port}"
    return f"GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept: text/html\r\n\r\n".encode()


def measured_kinds(server: Server, population: Population, clients: int) -> dict[str, Kind]:
    """See what processor time each kind takes while all workers are busy with it.

    A processor is slower while its neighbour works too, and a process makes some things once.
    """
    kinds = {}
    for name in MIX:
        requests = requests_of(name, server.target, population)
        _ask(server.target, requests, clients)  # what a process makes once is made then
        number, before = 0, processes.processor_time(server.pid)
        while (used := processes.processor_time(server.pid) - before) < _ENOUGH:
            number += _ask(server.target, requests, clients)
        kinds[name] = Kind(requests, used / number)
    return kinds


def _ask(target: Target, requests: Sequence[bytes], clients: int) -> int:
    """Ask without pause for a second; return how many answers there were."""
    answers = load(target, cycle(requests), clients, Span(1.0, _PATIENCE))
    if answers.failures:
        raise RuntimeError(f"requests failed: {dict(answers.failures)}")
    return len(answers.latencies)


def mean_service(kinds: dict[str, Kind]) -> float:
    """Return the processor time of a request of the mix, in seconds."""
    return sum(part * kinds[name].service for name, part in MIX.items())


def names(random: Random, number: int) -> list[str]:
    """Draw the kinds of so many requests."""
    return random.choices(list(MIX), list(MIX.values()), k=number)


def predicted(kinds: dict[str, Kind], rate: float, machine: Machine, random: Random) -> Figures:
    """Say what readers see who ask at a rate."""
    sample = names(random, _SIMULATED)
    times = poisson(random, rate, _SIMULATED)
    arrivals = [Arrival(at, kinds[name].service) for at, name in zip(times, sample, strict=True)]
    capacity = min(machine.workers, machine.processors) / mean_service(kinds)
    answers = min(rate, capacity)
    return Figures(
        answers=answers,
        used=answers * mean_service(kinds),
        latencies=Latencies.of(responses(arrivals, machine)),
    )


def measured(
    server: Server, kinds: dict[str, Kind], rate: float, seconds: float, random: Random
) -> Figures:
    """Ask at a rate; see what readers see."""
    number = max(1, round(rate * seconds))
    sample = names(random, number)
    times = poisson(random, rate, number)
    plan = [
        (at, random.choice(kinds[name].requests)) for at, name in zip(times, sample, strict=True)
    ]
    before = processes.processor_time(server.pid)
    answers = offer(server.target, plan, _PATIENCE)
    used = (processes.processor_time(server.pid) - before) / answers.elapsed
    return Figures(
        answers=answers.throughput,
        used=used,
        latencies=Latencies.of(answers.latencies),
        failures=answers.failures.total(),
    )


def rows(options: argparse.Namespace, say: Callable[[str], None]) -> Iterator[tuple[float, Row]]:
    """Yield the processor time of a request, and the row, for each number of workers and load."""
    corpus = prepare(Path(options.keep), options.size, options.seed)
    for workers in options.workers:
        with running(OURS, corpus, {"workers": str(workers)}) as server:
            for part in options.loads:
                # Anew each time: on a machine that others use a request takes now more, now less.
                kinds = measured_kinds(server, corpus.population, workers)
                service = mean_service(kinds)
                say(f"{workers} workers: {1000 * service:.2f} ms of a processor a request")
                rate = part * min(workers, _PROCESSORS) / service
                yield service, _row(server, kinds, workers, rate, options)


def _row(
    server: Server,
    kinds: dict[str, Kind],
    workers: int,
    rate: float,
    options: argparse.Namespace,
) -> Row:
    measurements, predictions = [], []
    for number in range(options.rounds):
        random = Random(f"{options.seed} {number}")  # noqa: S311 - when who asks, not secrets
        predictions.append(predicted(kinds, rate, Machine(workers, _PROCESSORS), random))
        measurements.append(measured(server, kinds, rate, options.seconds, random))
    return Row(workers, rate, predictions, measurements)


def markdown(measurements: Iterable[tuple[float, Row]]) -> Iterator[str]:
    """Yield the report."""
    head = (
        *("workers", "ms of a processor a request", "requests a second"),
        *("answers a second: predicted", "measured", "processors used: predicted", "measured"),
        *("median, ms: predicted", "measured", "95 %, ms: predicted", "measured", "failed"),
    )
    yield from table(head, (list(_cells(service, row)) for service, row in measurements))


def _cells(service: float, row: Row) -> Iterator[str]:
    yield str(row.workers)
    yield f"{1000 * service:.2f}"
    yield f"{row.rate:.0f}"
    for figure, digits in _COLUMNS:
        yield _range((figure(each) for each in row.predicted), digits)
        yield _range((figure(each) for each in row.measured), digits)
    yield str(sum(each.failures for each in row.measured))


_COLUMNS: tuple[tuple[Callable[[Figures], float], int], ...] = (
    (lambda figures: figures.answers, 0),
    (lambda figures: figures.used, 2),
    (lambda figures: figures.latencies.median, 1),
    (lambda figures: figures.latencies.percentile_95, 1),
)


def _range(values: Iterable[float], digits: int = 2) -> str:
    """Return the median of the rounds, and their range."""
    numbers = list(values)
    low, middle, high = (
        f"{value:.{digits}f}" for value in (min(numbers), median(numbers), max(numbers))
    )
    return middle if low == high else f"{middle} ({low} to {high})"


def main() -> None:
    """Measure, and print the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=arguments.size, default=100_000, help="quads: 100k")
    parser.add_argument("--workers", type=arguments.numbers, default=[2, 4])
    parser.add_argument("--loads", type=_parts, default=[0.2, 0.4, 0.6], help="of the capacity")
    parser.add_argument("--seconds", type=float, default=5.0, help="of each round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", metavar="FOLDER", help="where the data stays")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        options.keep = options.keep or folder
        report = markdown(rows(options, lambda line: print(line, file=sys.stderr)))  # noqa: T201
        sys.stdout.writelines(f"{line}\n" for line in report)


def _parts(text: str) -> list[float]:
    return [float(part) for part in text.split(",")]


if __name__ == "__main__":
    main()
