"""The measuring: every question and number of clients, the servers one right after the other.

What slows the machine down for a while then hits all servers alike; the ratio of two servers is
taken within each round, and the order of the servers turns from round to round.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .load import Latencies, Span, load
from .processes import processor_time

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterator, Sequence

    from .generate import Population
    from .load import Measured
    from .mix import Question
    from .peers import Server

#: How many texts of a question are sent in turn. Of those to be repeated there are but a few.
TEXTS, REPEATED_TEXTS = 400, 8
#: This part of every cell's time runs first, as a warm-up that is not measured.
_WARM_UP = 0.2


@dataclass(frozen=True, slots=True)
class Cell:
    """One measurement: latencies in milliseconds, throughput in answers a second.

    ``processor`` is the processor time of all the server's processes, in milliseconds an answer.
    ``busy`` is the part of the time for which the load client itself was computing: near 1 it
    is the client that was measured.
    """

    question: str
    clients: int
    peer: str
    round: int
    answers: int
    throughput: float
    median: float
    percentile_95: float
    processor: float
    bytes: float
    busy: float
    failures: dict[str, int]


@dataclass(frozen=True, slots=True)
class Plan:
    """What to measure, and how long each cell takes in seconds."""

    questions: Sequence[Question]
    clients: Sequence[int]
    rounds: int
    seconds: float
    patience: float


def measure(
    plan: Plan,
    servers: Sequence[Server],
    population: Population,
    left_out: Container[tuple[str, str]],
    tell: Callable[[str], None],
) -> list[Cell]:
    """Measure all cells; those of a question and a peer that are left out are not there."""
    cells: list[Cell] = []
    texts = {
        question.name: question.texts(population, REPEATED_TEXTS if question.repeated else TEXTS)
        for question in plan.questions
    }
    for number in range(plan.rounds):
        rotation = [*servers[number % len(servers) :], *servers[: number % len(servers)]]
        for question, clients, server in _cells(plan, rotation, number):
            if (question.name, server.peer.name) in left_out:
                continue
            requests = server.target.requests(
                texts[question.name], question.accept, repeated=question.repeated
            )
            warm_up = Span(plan.seconds * _WARM_UP, plan.patience)
            load(server.target, requests, clients, warm_up)
            before = processor_time(server.pid)
            measured = load(server.target, requests, clients, Span(plan.seconds, plan.patience))
            measured.processor = processor_time(server.pid) - before
            cell = _cell(question.name, clients, server.peer.name, number, measured)
            tell(
                f"{number + 1}/{plan.rounds} {cell.question:13} {clients:2} clients "
                f"{cell.peer:16} {cell.throughput:9.1f}/s {cell.median:9.2f} ms "
                f"{cell.processor:9.3f} ms of processor {cell.failures or ''}"
            )
            cells.append(cell)
    return cells


def _cells(
    plan: Plan, servers: Sequence[Server], number: int
) -> Iterator[tuple[Question, int, Server]]:
    for question in plan.questions:
        for clients in plan.clients:
            for server in servers:
                if not server.peer.slow or (number == 0 and clients == min(plan.clients)):
                    yield question, clients, server


def _cell(question: str, clients: int, peer: str, number: int, measured: Measured) -> Cell:
    latencies = Latencies.of(measured.latencies)
    answers = len(measured.latencies)
    return Cell(
        question=question,
        clients=clients,
        peer=peer,
        round=number,
        answers=answers,
        throughput=measured.throughput,
        median=latencies.median,
        percentile_95=latencies.percentile_95,
        processor=1000 * measured.processor / max(1, answers),
        bytes=measured.received / max(1, answers),
        busy=measured.busy / measured.elapsed if measured.elapsed else 0.0,
        failures=dict(measured.failures),
    )
