"""Queries that would never end: when the refusal comes, and what other clients feel meanwhile."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .load import Latencies, Span, load
from .mix import question
from .tables import table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from .generate import Population
    from .load import Measured
    from .mix import Question
    from .peers import Server

#: How many run at the same time. They are cross products: eight queries that fill the memory could
#: take the whole machine with them, should a bound not hold.
CROWD = 8
_OF_THE_CROWD = "cross product"
#: The aims: seconds from the deadline to the last refusal, and how many times its idle median a
#: lookup may take.
LATEST, SLOWER = 0.25, 5

#: What is asked beside the runaways: a lookup, and two that no server answers without a query
#: engine, since a server may have a shorter way or a cache for lookups. None is sent twice.
_BESIDE = ("lookup", "union", "construct")
_TEXTS, _CHECKED = 200, 5

#: The client waits for the deadline and so many seconds more.
_PATIENCE = 5.0

_STATUSES = {0: "broken off", None: "no end"}

RUNAWAYS = {
    _OF_THE_CROWD: """SELECT (COUNT(*) AS ?n) WHERE {
        ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER (STR(?c) != STR(?f) && STR(?f) != STR(?i)) }""",
    "order by": """SELECT ?a ?d WHERE { ?a ?b ?c . ?d ?e ?f } ORDER BY ?c ?f ?a ?d""",
    "group_concat": """SELECT (GROUP_CONCAT(CONCAT(STR(?c), STR(?f))) AS ?all) WHERE {
        ?a ?b ?c . ?d ?e ?f }""",
}


@dataclass(frozen=True, slots=True)
class Ended:
    """How a runaway ended, and after how many seconds.

    The status is 0 if the connection broke off, and None if there was no end in time.
    """

    query: str
    status: int | None
    seconds: float


@dataclass(frozen=True, slots=True)
class Beside:
    """Latencies of a question alone, and while runaway queries run."""

    question: str
    idle: Latencies
    beside: Latencies
    answered: int
    failures: dict[str, int]

    @property
    def slower(self) -> float:
        """Return how many times its idle median an answer takes."""
        return self.beside.median / self.idle.median if self.idle.median else 0.0


@dataclass(frozen=True, slots=True)
class Runaways:
    """How runaway queries ended, alone and together, and the latencies of other questions.

    Those that ended before the deadline were refused at once, because the queue was full.
    """

    peer: str
    deadline: float
    alone: list[Ended]
    together: list[Ended]
    beside: list[Beside]

    def section(self) -> Iterator[str]:
        """Yield the lines of the report."""
        yield f"## Runaways, deadline {self.deadline:g} s: {self.peer}"
        yield ""
        yield from table(
            ("runaways", "statuses", "first end, s", "last end, s"),
            (
                *(_ends(f"{each.query}, alone", [each]) for each in self.alone),
                _ends(f"{CROWD} times {_OF_THE_CROWD}, together", self.together),
            ),
        )
        ends = [each.seconds for each in (*self.alone, *self.together) if each.status is not None]
        if ends:
            latest = max(ends) - self.deadline
            yield f"The last end came {latest:+.3f} s after the deadline (aim: at most {LATEST:g})."
        yield ""
        yield from table(
            (
                "question",
                "idle: median ms, 99 %",
                f"beside {CROWD} runaways: median ms, 99 %",
                f"ratio of medians (aim: at most {SLOWER})",
                "answers beside",
            ),
            (
                (
                    each.question,
                    f"{each.idle.median:.2f}, {each.idle.percentile_99:.2f}",
                    f"{each.beside.median:.2f}, {each.beside.percentile_99:.2f}",
                    f"**{each.slower:.1f}**",
                    f"{each.answered:,}" + (f", failed: {each.failures}" if each.failures else ""),
                )
                for each in self.beside
            ),
        )


def runaways(
    server: Server, population: Population, deadline: float, alone: Iterable[str]
) -> Runaways:
    """Send runaway queries to a server that ends queries after so many seconds.

    A server that does not end them is stopped. RuntimeError if another question that is asked at
    the same time has no answer.
    """
    endings = [_run(server, name, deadline) for name in alone]
    for name in _BESIDE:
        _check(server, population, question(name))
    idle = [_ask(server, population, question(name), deadline) for name in _BESIDE]
    with ThreadPoolExecutor(CROWD) as crowd:
        running = [crowd.submit(_run, server, _OF_THE_CROWD, deadline) for _ in range(CROWD)]
        time.sleep(deadline / 10)  # until all have been sent
        measured = [_ask(server, population, question(name), deadline) for name in _BESIDE]
        together = [each.result() for each in running]
    beside = [
        Beside(
            name,
            Latencies.of(before.latencies),
            Latencies.of(during.latencies),
            len(during.latencies),
            dict(during.failures),
        )
        for name, before, during in zip(_BESIDE, idle, measured, strict=True)
    ]
    return Runaways(server.peer.name, deadline, endings, together, beside)


def _ends(name: str, endings: Sequence[Ended]) -> tuple[str, str, str, str]:
    statuses = {_STATUSES.get(each.status, str(each.status)) for each in endings}
    seconds = [each.seconds for each in endings]
    return name, ", ".join(sorted(statuses)), f"{min(seconds):.3f}", f"{max(seconds):.3f}"


def _ask(server: Server, population: Population, what: Question, deadline: float) -> Measured:
    """Ask a question with one client; while runaways run, all requests fit into the deadline."""
    texts = what.texts(population, _TEXTS)
    requests = server.target.requests(texts, what.accept, repeated=what.repeated)
    return load(server.target, requests, 1, Span(deadline / (len(_BESIDE) + 1), _PATIENCE))


def _check(server: Server, population: Population, what: Question) -> None:
    """Refuse to measure a question that fails, or that never finds anything."""
    texts = what.texts(population, _CHECKED)
    replies = [server.target.ask(text, what.accept, patience=_PATIENCE) for text in texts]
    failed = [reply for reply in replies if reply.status != 200]
    if failed:
        raise RuntimeError(f"{what.name} answers {failed[0].status}: {failed[0].body[:200]!r}")
    if not any(_finds(reply.body) for reply in replies):
        raise RuntimeError(f"{what.name} finds nothing: {replies[0].body[:200]!r}")


def _finds(body: bytes) -> bool:
    """Tell whether an answer has a row, or a triple."""
    return bool(json.loads(body)["results"]["bindings"] if body.startswith(b"{") else body)


def _run(server: Server, name: str, deadline: float) -> Ended:
    query = " ".join(RUNAWAYS[name].split())
    started = time.perf_counter()
    status: int | None = 0
    try:
        status = server.target.ask(query, patience=deadline + _PATIENCE).status
    except TimeoutError:
        status = None
    except OSError:
        pass  # the server closed the connection, which also ends the query
    return Ended(name, status, round(time.perf_counter() - started, 3))
