"""Questions to an engine: within a deadline, again where that is safe, none while it is away."""

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

#: The part of the deadline after which an engine is not waited for: its answer is still to be sent.
_WAITING = 0.95

#: How many seconds an engine has to answer whether it is there, and what it is asked.
_LOOKING = 0.8
_EASIEST = "ASK { }"
_MOST_OF_EASIEST, _MOST_OF_DESCRIPTION = 4096, 262_144

_OK = 200
_ACCEPTED_GRAPHS = "application/n-triples, text/turtle;q=0.5, application/rdf+xml;q=0.3"
_GRAPHS = frozenset(("CONSTRUCT", "DESCRIBE"))

_E = TypeVar("_E", bound=GraphsvcError)


def _nowhere(_: failures.FailureKind) -> None:
    """Count nothing: a command does not."""


@dataclass(frozen=True, slots=True)
class EngineQuery:
    """A query as an engine is sent it: its text, and what goes with it.

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
        """Return it for SPARQLWrapper; the engine may be silent for ``patience`` seconds."""
        question = EngineRequest(address, self.text.text, self.form, patience)
        accepted = _ACCEPTED_GRAPHS if self.is_for_graph else self.results
        for name, value in {"Accept": accepted, **self.fields}.items():
            question.addCustomHttpHeader(name, value)
        for name, value in self.parameters:
            question.addParameter(name, value)
        return question


class Client:
    """The way to the engine at an address; ``deadline`` is how many seconds a query may take.

    It is made before processes are forked, so that all share what is known of the engine's health.
    ``count`` is called with each failure.
    """

    def __init__(self, address: str, credentials: Credentials, deadline: float) -> None:
        self.deadline = deadline
        self._address = address
        self._connections = Connections(address, Authorization(address, credentials))
        self._breaker = Breaker()
        self.count: Callable[[failures.FailureKind], None] = _nowhere

    def open_connections_by_thread(self) -> None:
        """Let a thread open this process's connections: it will refuse itself new sockets."""
        self._connections.dial = Connector(*self._connections.place).dial

    def close(self) -> None:
        """End the connections that rest."""
        self._connections.close()

    def ask(self, query: EngineQuery) -> EngineReply:
        """Return the answer to a query, to be read.

        Errors: StoreUnavailable if the engine is away, DeadlineExceeded if it is silent for too
        long, and what it says of the query.
        """
        if not self._breaker.lets_through(self.is_there):
            self.count(failures.FailureKind.LEFT_ALONE)
            raise failures.unavailable()
        question = query.question(self._address, self.deadline * _WAITING)
        try:
            reply = self._sent(question)
        except (OSError, HTTPException) as error:
            # A query may take long on an engine that is well otherwise.
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
        """Tell whether the engine answers the easiest of questions within a second."""
        question = EngineRequest(self._address, _EASIEST, "ASK", _LOOKING)
        question.addCustomHttpHeader("Accept", GENERIC.results)
        try:
            reply = question.sent_over(self._connections)
            # To its end, so that the connection can be used again.
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
        """Return the beginning of what the engine says of itself; nothing if it does not.

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
        """Send a query; again if it cannot have had an answer yet. Errors: OSError, HTTPException.

        Queries only read, so an engine may be sent one twice.
        https://www.rfc-editor.org/rfc/rfc9110#section-9.2.2
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
            # A query in the address may hold a key.
            place = urlsplit(self._address)._replace(query="").geturl()
            logging.getLogger(__name__).warning(
                "The engine at %s does not answer: %s.", place, reason
            )

    def _error(self, error: OSError | HTTPException) -> GraphsvcError:
        """Return the error for readers, who need not know where the engine is."""
        if isinstance(error, TimeoutError):
            return failures.too_slow(self.deadline)
        words = next((words for kind, words in _REASONS if isinstance(error, kind)), "")
        return failures.unavailable(words)


#: What readers are told of a failure; the first kind that fits.
_REASONS: tuple[tuple[type[Exception], str], ...] = (
    (ConnectionRefusedError, "it refuses connections"),
    (SilentHostError, "its host is silent"),
    (socket.gaierror, "the name of its host is not known"),
    (ssl.SSLCertVerificationError, "its certificate is not to be trusted"),
    (ConnectionError, "the connection was broken off"),
    (HTTPException, "what it sends is not HTTP"),
)


def _seconds_to_wait(reply: EngineReply) -> float:
    """Return how long an answer asks to wait: https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3."""
    value = reply.fields.get("Retry-After") or ""
    return float(value) if value.isascii() and value.isdigit() else 0.0
