"""Requests to an engine: with a deadline, retries where they are safe, none while it is away."""

from __future__ import annotations

import logging
import random
import socket
import ssl
import time
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit
from urllib.request import Request

from graphsvc.errors import GraphsvcError
from graphsvc.remote import failures
from graphsvc.remote.authorization import Authorization
from graphsvc.remote.breaker import Breaker
from graphsvc.remote.connection import Connector, SilentHostError
from graphsvc.remote.engines import GENERIC
from graphsvc.remote.transport import Connections, CutError, EngineRequest
from graphsvc.store.repair import RepairedQuery

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from graphsvc.remote.credentials import Credentials
    from graphsvc.remote.transport import EngineReply

#: How many seconds to wait before a request is sent again, each time.
_PAUSES = (0.1, 0.25)

RETRYING = 0.6
"""Until when a request is sent again, in seconds: a page says within one that an engine is away."""

#: The part of the deadline that the engine has: its answer has still to be sent on.
_WAITING = 0.95

#: How many seconds an engine has for the query that checks whether it is there, and the query.
_LOOKING = 0.8
_EASIEST = "ASK { }"
_MOST_OF_EASIEST, _MOST_OF_DESCRIPTION = 4096, 262_144

_OK = 200
_ACCEPTED_GRAPHS = "application/n-triples, text/turtle;q=0.5, application/rdf+xml;q=0.3"
_GRAPHS = frozenset(("CONSTRUCT", "DESCRIBE"))

_E = TypeVar("_E", bound=GraphsvcError)


def _nowhere(_: failures.FailureKind) -> None:
    """Count nothing: commands have no counters."""


@dataclass(frozen=True, slots=True)
class EngineQuery:
    """A query for an engine: its text and its parameters.

    ``form`` is SELECT, ASK, CONSTRUCT or DESCRIBE, ``results`` the formats in which results may
    come.
    """

    text: RepairedQuery
    form: str
    parameters: tuple[tuple[str, str], ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)
    results: str = GENERIC.results

    @property
    def is_for_graph(self) -> bool:
        """Tell whether its answer is a graph."""
        return self.form in _GRAPHS

    def question(self, address: str, patience: float) -> EngineRequest:
        """Return the request; the engine may be silent for ``patience`` seconds."""
        question = EngineRequest(address, self.text.text, self.form, patience)
        accepted = _ACCEPTED_GRAPHS if self.is_for_graph else self.results
        for name, value in {"Accept": accepted, **self.fields}.items():
            question.addCustomHttpHeader(name, value)
        for name, value in self.parameters:
            question.addParameter(name, value)
        return question


class Client:
    """The client of the engine at an address; ``deadline`` is how many seconds a query may take.

    It is created before processes are forked, so that all share the state of the circuit breaker.
    ``count`` is called with each failure.
    """

    def __init__(self, address: str, credentials: Credentials, deadline: float) -> None:
        self.deadline = deadline
        self._address = address
        self._connections = Connections(address, Authorization(address, credentials))
        self._breaker = Breaker()
        self.count: Callable[[failures.FailureKind], None] = _nowhere

    def open_connections_by_thread(self) -> None:
        """Let a thread open the connections: this process will forbid itself new sockets."""
        self._connections.dial = Connector(*self._connections.place).dial

    def close(self) -> None:
        """Close the idle connections."""
        self._connections.close()

    def ask(self, query: EngineQuery) -> EngineReply:
        """Return the answer to a query, as a stream.

        Errors: StoreUnavailable if the engine is away, DeadlineExceeded if it is silent for too
        long, and the engine's own error.
        """
        if not self._breaker.lets_through(self.is_there):
            self.count(failures.FailureKind.LEFT_ALONE)
            raise failures.unavailable()
        question = query.question(self._address, self.deadline * _WAITING)
        try:
            reply = self._sent(question)
        except (OSError, HTTPException) as error:
            # A slow query does not mean that the engine is away.
            if not isinstance(error, TimeoutError) or not self.is_there():
                self._note_failure(error)
            raise self.failed(self._error(error)) from error
        if reply.status in failures.AWAY:
            self._note_failure(f"it answers {reply.status}")
        else:
            self._breaker.succeed()
        if reply.status != _OK:
            raise self.failed(failures.failure(reply, query.text, self.deadline))
        return reply

    def failed(self, error: _E) -> _E:
        """Count an error if it is a failure of the engine; return it."""
        kind = failures.kind_of(error)
        if kind is not None:
            self.count(kind)
        return error

    def is_there(self) -> bool:
        """Tell whether the engine answers the simplest query within a second."""
        question = EngineRequest(self._address, _EASIEST, "ASK", _LOOKING)
        question.addCustomHttpHeader("Accept", GENERIC.results)
        try:
            reply = question.sent_over(self._connections)
            # The answer is read to its end, so that the connection can be used again.
            is_whole = len(reply.read(_MOST_OF_EASIEST)) > 0 and not reply.read(1)
        except (OSError, HTTPException, CutError):
            return False
        return is_whole and reply.status == _OK

    def head(self) -> str:
        """Return the fields of an answer of the engine, one a line. Errors: those of `ask`."""
        reply = self.ask(EngineQuery(RepairedQuery(_EASIEST, _EASIEST), "ASK"))
        reply.close()
        return "\n".join(f"{name}: {value}" for name, value in reply.fields.items())

    def description(self) -> str:
        """Return the beginning of the engine's service description; nothing if it has none.

        https://www.w3.org/TR/sparql11-service-description/#accessing
        """
        request = Request(self._address, headers={"Accept": "text/turtle, */*;q=0.1"})  # noqa: S310
        content = b""
        try:
            reply = self._connections.open(request, _LOOKING)
            while len(content) < _MOST_OF_DESCRIPTION and (part := reply.read(65_536)):
                content += part
        except (OSError, HTTPException, CutError):
            pass
        return content.decode("utf-8", "replace")

    def _sent(self, question: EngineRequest) -> EngineReply:
        """Send a query, with a retry if no answer has begun. Errors: OSError, HTTPException.

        Queries only read, so a retry is safe. https://www.rfc-editor.org/rfc/rfc9110#section-9.2.2
        """
        end = time.monotonic() + RETRYING
        for pause in _PAUSES:
            wait = pause * random.uniform(0.5, 1)  # noqa: S311 - it parts the clients of an engine
            try:
                reply = question.sent_over(self._connections)
            except ConnectionError:
                if time.monotonic() + wait > end:
                    raise
            else:
                wait = max(wait, _seconds_to_wait(reply))
                if reply.status not in failures.AWAY or time.monotonic() + wait > end:
                    return reply
                reply.close()
            time.sleep(wait)
        return question.sent_over(self._connections)

    def _note_failure(self, reason: object) -> None:
        if self._breaker.fail():
            # The query part of the address may contain a key.
            place = urlsplit(self._address)._replace(query="").geturl()
            logging.getLogger(__name__).warning(
                "The engine at %s does not answer: %s.", place, reason
            )

    def _error(self, error: OSError | HTTPException) -> GraphsvcError:
        """Return the error for readers, without the address of the engine."""
        if isinstance(error, TimeoutError):
            return failures.too_slow(self.deadline)
        words = next((words for kind, words in _REASONS if isinstance(error, kind)), "")
        return failures.unavailable(words)


#: The error that readers get for a failure; the first kind that fits.
_REASONS: tuple[tuple[type[Exception], str], ...] = (
    (ConnectionRefusedError, "it refuses connections"),
    (SilentHostError, "its host is silent"),
    (socket.gaierror, "the name of its host is unknown"),
    (ssl.SSLCertVerificationError, "its certificate is not trusted"),
    (ConnectionError, "the connection was interrupted"),
    (HTTPException, "its answer is not HTTP"),
)


def _seconds_to_wait(reply: EngineReply) -> float:
    """Return the seconds to wait: https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3."""
    value = reply.fields.get("Retry-After") or ""
    return float(value) if value.isascii() and value.isdigit() else 0.0
