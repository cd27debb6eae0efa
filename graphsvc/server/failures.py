"""The causes of the end of a worker during a request, and the errors that clients get."""

from __future__ import annotations

import os
import signal
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from graphsvc.errors import (
    DeadlineExceeded,
    GraphsvcError,
    MemoryExceeded,
    Overloaded,
    StoreError,
)
from graphsvc.server.answers import complete_answer
from graphsvc.web.headers import SHARED
from graphsvc.web.problem_kinds import NAMED_KINDS
from graphsvc.web.problems import Problem, problem_of

if TYPE_CHECKING:
    from graphsvc.server.requests import Malformed


class Cause(Enum):
    """Why a worker ended; the value is used in the access log."""

    DEADLINE = "deadline"
    MEMORY = "memory"
    CRASH = "crash"
    KILLED = "killed"
    CLIENT_LEFT = "client left"
    OVERLOADED = "overloaded"


class FailedRequest(NamedTuple):
    """A request without an answer: the cause, its start, its name.

    ``spent`` is its processor time in seconds.
    """

    cause: Cause
    start_time: float
    name: str
    spent: float

    def encode(self) -> bytes:
        """Return the bytes for a message."""
        return f"{self.cause.name} {self.start_time!r} {self.name} {self.spent!r}".encode()

    @classmethod
    def decode(cls, content: bytes) -> FailedRequest:
        """Read the bytes of a message."""
        cause, start_time, name, spent = content.decode().split(" ")
        return cls(Cause[cause], float(start_time), name, float(spent))


def cause_of(status: int) -> Cause:
    """Return the cause for a wait status; the engine aborts when it gets no memory."""
    if not os.WIFSIGNALED(status):
        return Cause.CRASH
    number = os.WTERMSIG(status)
    if number == signal.SIGABRT:
        return Cause.MEMORY
    return Cause.KILLED if number in (signal.SIGKILL, signal.SIGTERM) else Cause.CRASH


def error_of(cause: Cause, deadline: float) -> GraphsvcError:
    """Return the error that a client gets; ``deadline`` is in seconds."""
    if cause is Cause.DEADLINE:
        return DeadlineExceeded(
            f"The request took longer than {deadline:g} seconds, and was ended.",
            remedy="Ask for less: a narrower pattern, a LIMIT, or one step at a time.",
        )
    if cause is Cause.MEMORY:
        return MemoryExceeded(
            "The request took more memory than one request may, and was ended.",
            remedy="Ask for less: fewer rows before ORDER BY, GROUP BY and DISTINCT.",
        )
    if cause is Cause.OVERLOADED:
        return Overloaded("Too many requests are waiting already.", remedy="Try again in a moment.")
    if cause is Cause.CRASH:
        return StoreError(
            "The process that answered the request has failed.",
            remedy="Ask again; a query that is very long or deeply nested fails each time.",
        )
    return StoreError("The process that answered the request was ended.", remedy="Ask again.")


def request_timeout(patience: float) -> bytes:
    """Return the answer to a request that was not complete after a number of seconds."""
    detail = f"A request has {patience:g} seconds to come."
    return _answer_bytes(Problem(NAMED_KINDS["request-timeout"], detail))


def malformed_request(malformed: Malformed) -> tuple[int, bytes]:
    """Return the status and the bytes of the answer to a malformed request."""
    kind = NAMED_KINDS[malformed.name]
    return kind.status, _answer_bytes(Problem(kind, malformed.detail))


def error_answer(error: GraphsvcError) -> bytes:
    """Return the bytes of the answer to an error, for a process that is not a worker."""
    return _answer_bytes(problem_of(error))


def _answer_bytes(problem: Problem) -> bytes:
    headers = [
        ("Content-Type", "application/problem+json"),
        ("Cache-Control", "no-store"),
        *SHARED.items(),
        *problem.headers.items(),
    ]
    return complete_answer(problem.kind.status, problem.as_json("").encode(), headers)
