"""Queries that would never end: when the refusal comes, and what the others feel meanwhile."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from .load import Span, load
from .mix import QUESTIONS

if TYPE_CHECKING:
    from .generate import Population
    from .peers import Server

#: How many run at the same time. They are cross products: eight queries that fill the memory could
#: take the whole machine with them, should a bound not hold.
CROWD = 8
_OF_THE_CROWD = "cross product"

#: After a whole deadline and this, in seconds, nobody waits any longer.
_PATIENCE = 5.0

_RUNAWAYS = {
    "cross product": """SELECT (COUNT(*) AS ?n) WHERE {
        ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER (STR(?c) != STR(?f) && STR(?f) != STR(?i)) }""",
    "order by": """SELECT ?a ?d WHERE { ?a ?b ?c . ?d ?e ?f } ORDER BY ?c ?f ?a ?d""",
    "group_concat": """SELECT (GROUP_CONCAT(CONCAT(STR(?c), STR(?f))) AS ?all) WHERE {
        ?a ?b ?c . ?d ?e ?f }""",
}


@dataclass(frozen=True, slots=True)
class Ended:
    """How a runaway ended: its status (0 if the connection broke off) and after how long."""

    query: str
    status: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Runaways:
    """How runaways ended, alone and together, and a lookup's median milliseconds beside these.

    Those that ended before the deadline were refused at once, because the queue was full.
    """

    deadline: float
    alone: list[Ended]
    together: list[Ended]
    idle_lookup: float
    beside_runaways: float
    lookups_answered: int
    lookups_failed: dict[str, int]

    @property
    def latest(self) -> float:
        """Return the most seconds between the deadline and the end of a runaway."""
        return max(each.seconds for each in (*self.alone, *self.together)) - self.deadline


def runaways(server: Server, population: Population, deadline: float) -> Runaways:
    """Let queries run away from a server that is set to end them after so many seconds.

    TimeoutError if one does not end: then the server is better stopped than asked on.
    """
    alone = [_run(server, name, deadline) for name in _RUNAWAYS]
    question = QUESTIONS[0]
    requests = server.target.requests(
        question.texts(population, 200), question.accept, repeated=question.repeated
    )
    span = Span(deadline / 2, _PATIENCE)
    idle = load(server.target, requests, 1, span)
    with ThreadPoolExecutor(CROWD) as crowd:
        running = [crowd.submit(_run, server, _OF_THE_CROWD, deadline) for _ in range(CROWD)]
        time.sleep(deadline / 10)  # until all have been sent
        beside = load(server.target, requests, 1, span)
        together = [each.result() for each in running]
    return Runaways(
        deadline=deadline,
        alone=alone,
        together=together,
        idle_lookup=_milliseconds(idle.latencies),
        beside_runaways=_milliseconds(beside.latencies),
        lookups_answered=len(beside.latencies),
        lookups_failed=dict(beside.failures),
    )


def _run(server: Server, name: str, deadline: float) -> Ended:
    query = " ".join(_RUNAWAYS[name].split())
    started, status = time.perf_counter(), 0
    try:
        status = server.target.ask(query, patience=deadline + _PATIENCE).status
    except TimeoutError as error:
        waited = time.perf_counter() - started
        raise TimeoutError(f"The {name} had not ended after {waited:.1f} s.") from error
    except OSError:
        pass  # broken off, which is an end
    return Ended(name, status, round(time.perf_counter() - started, 3))


def _milliseconds(latencies: list[float]) -> float:
    return round(1000 * median(latencies), 2) if latencies else 0.0
