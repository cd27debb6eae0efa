"""Clients that ask at random all the time, and compare every answer with the right one."""

from __future__ import annotations

import random
import re
import threading
from collections import Counter
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from server.wire import Answer, BrokenOff, Wire, query, request

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

NAME = query("SELECT ?name { person:tobias-reed rdfs:label ?name }")
_GRAPH = (
    "CONSTRUCT { ?s ?p ?o } WHERE { GRAPH ?g { ?s ?p ?o } FILTER (!isBlank(?s) && !isBlank(?o)) }"
)
_PAIRS = "SELECT ?a ?b { ?a a ?c . ?b a ?d . FILTER (isIRI(?a) && isIRI(?b)) }"
_PAIRS_TARGET = query(_PAIRS, format="csv")
_TABLE = "SELECT ?s ?p ?o { ?s ?p ?o . FILTER (!isBlank(?s) && !isBlank(?o)) }"
_ARCHIVE = "/dump.nq.gz"

#: Small answers, pages, a search, an archive, and two long answers that go out in pieces. None
#: has a blank node: each process gives these names of its own.
TARGETS = (
    NAME,
    query(_GRAPH, format="nt"),
    _PAIRS_TARGET,
    "/doc/id/person/tobias-reed",
    "/doc/id/light/north-rock",
    "/search?q=rock",
    "/sitemap.xml",
    _ARCHIVE,
)

#: The same of a service before an engine, which has no archive, and less time for a long answer.
TARGETS_OF_ENGINE = (
    *(target for target in TARGETS if target not in (_PAIRS_TARGET, _ARCHIVE)),
    query(_TABLE, format="csv"),
)

#: A time for programs, and one for people.
_TIME = re.compile(rb"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d|\d+ \w+ 20\d\d, \d\d:\d\d UTC")

#: Every so often a client opens a new connection; otherwise it goes on with the one it has.
_NEW_CONNECTION = 0.2

#: How long nobody asks after a refusal, and between two requests, in seconds.
_PAUSE = 0.05

#: How many bytes of a wrong answer are shown.
_EXCERPT_LENGTH = 200


class Outcome(StrEnum):
    """The outcome of a request. A client notices all of them but the last two."""

    RIGHT = "right"
    SERVER_ERROR = "status 5xx"
    BROKEN = "broken off"
    REFUSED = "refused"
    LATE = "late"
    CUT = "silently cut"
    WRONG = "wrong"


class Judge(Protocol):
    """Knows the right answers to some targets."""

    @property
    def targets(self) -> Sequence[str]:
        """Return what clients may ask."""
        ...

    def judge(self, target: str, answer: Answer) -> Outcome:
        """Return the outcome of a request."""
        ...


class RightAnswers:
    """The right answer to each target from each release, by the release's id."""

    def __init__(self, contents: Mapping[str, Mapping[str, bytes]]) -> None:
        self._contents = contents

    @property
    def targets(self) -> Sequence[str]:
        """Return what clients may ask."""
        return [*next(iter(self._contents.values()))]

    def judge(self, target: str, answer: Answer) -> Outcome:
        """Return the outcome of a request."""
        right = self._contents.get(answer.fields.get("release", ""), {}).get(target)
        return outcome(answer, [] if right is None else [right])


def outcome(answer: Answer, right: Sequence[bytes]) -> Outcome:
    """Return the outcome of a request to which one of some answers is right."""
    if not answer.is_whole:
        return Outcome.BROKEN
    if answer.status >= 500:
        return Outcome.SERVER_ERROR
    if answer.status != 200 or not right:
        return Outcome.WRONG
    if any(_lines(answer.content) == _lines(each) for each in right):
        return Outcome.RIGHT
    return Outcome.CUT if len(answer.content) < min(map(len, right)) else Outcome.WRONG


def _lines(content: bytes) -> list[bytes]:
    """Return the lines in one order, since that of rows and triples is free.

    They are without times: a release that is built again of the same content has the same name.
    """
    return sorted(_TIME.sub(b"", content).splitlines())


class Clients:
    """Threads that ask until `stop`, and the outcomes of their requests."""

    def __init__(self, connect: Callable[[], Wire], right: Judge, number: int) -> None:
        self.outcomes: Counter[Outcome] = Counter()
        self.wrong_answers: list[str] = []
        self._connect = connect
        self._right = right
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._run) for _ in range(number)]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Let the requests under way be answered, and end the threads."""
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _run(self) -> None:
        while not self._over.is_set():
            try:
                with self._connect() as wire:
                    self._converse(wire)
            except ConnectionRefusedError:
                self._count(Outcome.REFUSED)
            except TimeoutError:
                self._count(Outcome.LATE)
            except (BrokenOff, OSError):
                self._count(Outcome.BROKEN)
            self._over.wait(_PAUSE)

    def _converse(self, wire: Wire) -> None:
        """Ask on one connection; an idle one may be closed (RFC 9112, section 9.5)."""
        is_first = True
        while is_first or (not self._over.is_set() and random.random() > _NEW_CONNECTION):  # noqa: S311 - no secret
            target = random.choice(self._right.targets)  # noqa: S311 - no secret
            answer = wire.exchange(request(target))
            result = self._right.judge(target, answer)
            self._count(result)
            if result in (Outcome.CUT, Outcome.WRONG):
                self.wrong_answers.append(
                    f"{result}: {target}: {answer.head} {answer.content[:_EXCERPT_LENGTH]!r}"
                )
            if not answer.is_whole or answer.fields.get("connection") == "close":
                return
            is_first = False
            self._over.wait(_PAUSE)

    def _count(self, result: Outcome) -> None:
        with self._lock:
            self.outcomes[result] += 1
