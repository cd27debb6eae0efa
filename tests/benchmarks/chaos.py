"""``python -m tests.benchmarks.chaos``: kill the service's processes at random while clients ask.

A killed process may cost its client an answer, and the client must see that: a status of 5xx or a
connection that breaks off. It may never send a wrong answer, or a part of one that looks whole.
Right answers are known from asking everything once before anything is killed. The exit code is 1
if an answer was wrong or silently cut, or if the service is not well afterwards.
"""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from http.client import HTTPConnection, HTTPException
from itertools import cycle
from pathlib import Path
from random import Random
from threading import Event
from typing import TYPE_CHECKING

import psutil

from . import arguments, processes
from .compare import canonical
from .corpus import prepare
from .load import Reply, never_sent
from .mix import FIRST, GRAPH, Question, question
from .peers import OURS, running
from .tables import table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .generate import Population
    from .load import Target
    from .peers import Server

#: Small questions, one that takes the engine a while, and a long answer that is sent in pieces.
_QUESTIONS = ("lookup", "describe", "construct", "union", "count", "group", "two-hop")
_TEXTS = 5
_LONG = Question(
    "long",
    "CONSTRUCT { ?s ?p ?o } WHERE { GRAPH ?g { ?s ?p ?o } }",
    lambda _random, _population: {},
    accept=GRAPH,
)
#: Every so often a client opens a new connection; otherwise it goes on with the one it has.
_NEW_CONNECTION = 0.2
#: Half of the kills hit the youngest process, which may be about to start.
_YOUNGEST = 0.5
#: Seconds between two kills of the workers' parent, on average. It has to load the release anew.
_BETWEEN_PARENTS = 5.0

#: How long a client waits for an answer, and how long the service has to get well, in seconds.
_PATIENCE = 30.0
#: How long nobody asks after a refusal, in seconds.
_PAUSE = 0.02
#: So many lookups in a row must be right.
_IN_A_ROW = 20
#: How many bytes of a wrong answer's ends are shown.
_SHOWN = 80


class Outcome(StrEnum):
    """What became of a request."""

    RIGHT = "right"
    TOLD = "status 5xx"
    BROKEN = "connection broken off"
    REFUSED = "connection refused"
    LATE = f"no answer within {_PATIENCE:g} s"
    CUT = "silently cut"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Request:
    """A query, and the answer that it must have."""

    question: Question
    text: str
    expected: Reply

    def judge(self, reply: Reply) -> Outcome:
        """Say what became of the request, for a reply that is complete by its framing."""
        if reply.status >= 500:
            return Outcome.TOLD
        if reply.status != 200:
            return Outcome.WRONG
        if reply.body == self.expected.body:
            return Outcome.RIGHT
        try:
            same = canonical(self.question, reply) == canonical(self.question, self.expected)
        except (ValueError, KeyError, SyntaxError):
            return Outcome.CUT
        if same:  # in another order
            return Outcome.RIGHT
        return Outcome.CUT if len(reply.body) < len(self.expected.body) else Outcome.WRONG


@dataclass(frozen=True, slots=True)
class Plan:
    """How long to kill, how many processes a second, how many clients ask, and the seed."""

    seconds: float
    workers_per_second: float
    parents_per_second: float
    clients: int
    seed: int


@dataclass(frozen=True, slots=True)
class Result:
    """What became of the requests, how many processes were killed, and what was wrong.

    ``well_after`` is the seconds from the last kill until so many lookups in a row were right;
    None if they never were.
    """

    outcomes: Counter[Outcome]
    workers_killed: int
    parents_killed: int
    well_after: float | None
    faults: list[str]

    @property
    def failed(self) -> bool:
        """Tell whether an answer was wrong or silently cut, or the service did not get well."""
        return bool(self.faults) or self.well_after is None

    def markdown(self) -> str:
        """Return a table, and the answers that were wrong."""
        well = "never" if self.well_after is None else f"{self.well_after:.2f}"
        rows = (
            ("workers killed", self.workers_killed),
            ("parents killed", self.parents_killed),
            ("requests", self.outcomes.total()),
            *((outcome.value, self.outcomes[outcome]) for outcome in Outcome),
            (f"seconds from the last kill until {_IN_A_ROW} lookups in a row were right", well),
        )
        return "\n".join((*table(("what", "number"), rows), *self.faults)) + "\n"


def chaos(server: Server, population: Population, plan: Plan) -> Result:
    """Kill a server's processes while clients ask; see whether any client is deceived."""
    requests = _requests(server.target, population)
    clients = [
        _Client(server.target, requests, _random(plan, number)) for number in range(plan.clients)
    ]
    killer = _Killer(server.pid, plan)
    stop = Event()
    with ThreadPoolExecutor(plan.clients) as pool:
        running = [pool.submit(client.run, stop) for client in clients]
        try:
            killer.run()
            well_after = _well_after(server.target, requests)
        finally:
            stop.set()
        for each in running:
            each.result()
    return Result(
        outcomes=sum((client.outcomes for client in clients), Counter[Outcome]()),
        workers_killed=killer.workers,
        parents_killed=killer.parents,
        well_after=well_after,
        faults=[fault for client in clients for fault in client.faults],
    )


def _random(plan: Plan, name: object) -> Random:
    return Random(f"{plan.seed} {name}")  # noqa: S311 - what happens when, not secrets


def _requests(target: Target, population: Population) -> list[Request]:
    """Ask everything once, before anything is killed."""
    requests = []
    for each in (*map(question, _QUESTIONS), _LONG):
        for text in each.texts(population, _TEXTS):
            reply = target.ask(text, each.accept, patience=_PATIENCE)
            if reply.status != 200:
                raise RuntimeError(f"{each.name} answers {reply.status}: {reply.body[:200]!r}")
            requests.append(Request(each, text, reply))
    return requests


class _Client:
    """Asks at random, most of the time on the connection that it has."""

    def __init__(self, target: Target, requests: Sequence[Request], random: Random) -> None:
        self.outcomes: Counter[Outcome] = Counter()
        self.faults: list[str] = []
        self._target = target
        self._requests = requests
        self._random = random
        self._connection = HTTPConnection(target.host, target.port, timeout=_PATIENCE)

    def run(self, stop: Event) -> None:
        """Ask until it is time to stop."""
        while not stop.is_set():
            if self._random.random() < _NEW_CONNECTION:
                self._connection.close()
            outcome = self._ask(self._random.choice(self._requests))
            self.outcomes[outcome] += 1
            if outcome is Outcome.REFUSED:
                stop.wait(_PAUSE)
        self._connection.close()

    def _ask(self, request: Request) -> Outcome:
        address = self._target.address(never_sent(request.text))
        try:
            self._connection.request("GET", address, headers={"Accept": request.question.accept})
            response = self._connection.getresponse()
            kind = response.getheader("Content-Type", "")
            reply = Reply(response.status, kind, response.read())
        except (OSError, HTTPException) as error:
            self._connection.close()
            return _visible(error)
        outcome = request.judge(reply)
        if outcome in {Outcome.WRONG, Outcome.CUT}:
            self.faults.append(
                f"{outcome}: {request.text} has the answer {reply.status} with "
                f"{len(reply.body):,} bytes instead of {len(request.expected.body):,}, "
                f"which begins {reply.body[:_SHOWN]!r} and ends {reply.body[-_SHOWN:]!r}."
            )
        return outcome


def _visible(error: OSError | HTTPException) -> Outcome:
    """Say what became of a request that had no complete answer."""
    if isinstance(error, ConnectionRefusedError):
        return Outcome.REFUSED
    return Outcome.LATE if isinstance(error, TimeoutError) else Outcome.BROKEN


class _Killer:
    """Kills processes at random times, and counts them."""

    def __init__(self, pid: int, plan: Plan) -> None:
        self.workers = self.parents = 0
        self._pid = pid
        self._plan = plan
        self._random = _random(plan, "killer")
        self._rate = plan.workers_per_second + plan.parents_per_second

    def run(self) -> None:
        """Kill for as long as the plan says."""
        end = time.monotonic() + self._plan.seconds
        while time.monotonic() < end:
            time.sleep(self._random.expovariate(self._rate))
            if self._random.random() * self._rate < self._plan.parents_per_second:
                self.parents += self._kill(_parents(self._pid))
            else:
                self.workers += self._kill(processes.workers(self._pid))

    def _kill(self, candidates: Sequence[psutil.Process]) -> int:
        """Kill one process, if there is any; return how many."""
        with suppress(psutil.NoSuchProcess):
            alive = [each for each in candidates if each.status() != psutil.STATUS_ZOMBIE]
            if alive:
                self._choose(alive).kill()
                return 1
        return 0

    def _choose(self, alive: Sequence[psutil.Process]) -> psutil.Process:
        if self._random.random() < _YOUNGEST:
            return max(alive, key=lambda each: each.create_time())
        return self._random.choice(alive)


def _parents(pid: int) -> list[psutil.Process]:
    """Return the processes between the first one and the workers."""
    workers = processes.workers(pid)
    return [each for each in processes.tree(pid)[1:] if each not in workers]


def _well_after(target: Target, requests: Sequence[Request]) -> float | None:
    """Return after how many seconds so many lookups in a row were right, one after the other."""
    lookups = cycle([each for each in requests if each.question.name == FIRST])
    started = time.monotonic()
    in_a_row = 0
    while in_a_row < _IN_A_ROW:
        if time.monotonic() > started + _PATIENCE:
            return None
        request = next(lookups)
        try:
            reply = target.ask(request.text, request.question.accept, patience=_PATIENCE)
            right = request.judge(reply) is Outcome.RIGHT
        except OSError:
            right = False
        in_a_row = in_a_row + 1 if right else 0
        if not right:
            time.sleep(_PAUSE)
    return time.monotonic() - started


def main(words: Sequence[str] | None = None) -> int:
    """Run it and print what happened."""
    options = _parser().parse_args(words)
    # Ended from outside the servers must end as well, and the temporary folder go.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    plan = Plan(
        seconds=options.seconds,
        workers_per_second=options.kills,
        parents_per_second=1 / _BETWEEN_PARENTS if options.parents else 0.0,
        clients=options.clients,
        seed=options.seed,
    )
    with tempfile.TemporaryDirectory(prefix="graphsvc-chaos-") as folder:
        corpus = prepare(Path(options.keep or folder), options.size, seed=1)
        with running(OURS, corpus, dict(options.set)) as server:
            result = chaos(server, corpus.population, plan)
    sys.stdout.write(result.markdown())
    return 1 if result.failed else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.chaos", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0, help="how long processes are killed")
    parser.add_argument("--kills", type=float, default=5.0, help="workers killed a second")
    parser.add_argument("--parents", action="store_true", help="kill the workers' parent as well")
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1, help="of what is killed and asked when")
    parser.add_argument("--size", type=arguments.size, default=20_000, help="of the data, in quads")
    parser.add_argument("--keep", metavar="FOLDER", help="keep the data here and use it again")
    arguments.add_settings(parser)
    return parser


if __name__ == "__main__":
    sys.exit(main())
