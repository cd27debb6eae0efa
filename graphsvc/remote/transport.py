"""Requests to one engine over persistent connections, and its answers as streams.

SPARQLWrapper opens a connection for each request, and urllib follows redirects and looks for a
proxy. A page sends up to eight queries, so connections stay open here; and no request goes to
another host. https://www.rfc-editor.org/rfc/rfc9112#section-9.3
"""

from __future__ import annotations

import os
import select
import ssl
from http.client import HTTPConnection, HTTPException
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from SPARQLWrapper import POST, SPARQLWrapper

from graphsvc import __version__
from graphsvc.remote.connection import SilentHostError, dial

if TYPE_CHECKING:
    from email.message import Message
    from http.client import HTTPResponse
    from urllib.request import Request

    from graphsvc.remote.authorization import Authorization
    from graphsvc.remote.connection import Connect

_AGENT = f"graphsvc/{__version__}"
_UNAUTHORIZED = 401

#: How often a request is sent again with another field Authorization.
_ROUNDS = 3
_PORTS = {"http": 80, "https": 443}


class CutError(Exception):
    """An answer was cut off."""


class EngineRequest(SPARQLWrapper):
    """A request for an engine, made by SPARQLWrapper.

    ``form`` is that of the query, ``patience`` how many seconds the engine may be silent.
    SPARQLWrapper would find the form by patterns that take exponential time on some texts, and
    would send the request over a connection of its own.
    """

    def __init__(self, address: str, query: str, form: str, patience: float) -> None:
        self.form = form
        self._patience = patience
        self._connections: Connections | None = None
        super().__init__(address, agent=_AGENT)
        self.setMethod(POST)
        self.setOnlyConneg(True)
        self.setQuery(query)

    def sent_over(self, connections: Connections) -> EngineReply:
        """Send the request and return the answer, whatever its status.

        Errors: OSError, HTTPException.
        """
        self._connections = connections
        return cast("EngineReply", self.query().response)

    def _parseQueryType(self, query: str | bytes) -> str:  # noqa: N802, ARG002 - the library's name
        return self.form

    def _query(self) -> tuple[HTTPResponse, str]:
        if self._connections is None:
            raise TypeError("A question is sent over the connections to its engine.")
        reply = self._connections.open(self._createRequest(), self._patience)
        return cast("HTTPResponse", reply), self.returnFormat


class EngineReply:
    """An answer of an engine: its status, its fields, and its content as a file to read."""

    def __init__(
        self, response: HTTPResponse, connection: _Connection, idle: list[_Connection]
    ) -> None:
        self.status = response.status
        self.fields: Message = response.headers
        self._response = response
        self._connection = connection
        self._idle = idle
        self._is_over = False

    def __del__(self) -> None:
        self.close()

    def read(self, size: int) -> bytes:
        """Return at most so many bytes of the content, none at its end.

        Errors: CutError if the content ends too early, OSError, HTTPException.
        """
        if self._is_over:
            return b""
        data = self._response.read1(size)
        if not data:
            self._end()
        return data

    @property
    def is_framed(self) -> bool:
        """Tell whether the answer says itself where it ends, and not only by being cut off.

        https://www.rfc-editor.org/rfc/rfc9112#section-8
        """
        return bool(self._response.chunked) or self._response.length is not None

    def _end(self) -> None:
        """Keep the connection for another request if the content is complete."""
        if self._response.length:
            self.close()
            raise CutError
        self._is_over = True
        self._response.close()
        if self._response.will_close:
            self._connection.close()
        else:
            self._idle.append(self._connection)

    def close(self) -> None:
        """Close the connection if there is unread content."""
        if self._is_over:
            return
        self._is_over = True
        self._response.close()
        self._connection.close()


class _Connection(HTTPConnection):
    """A connection to an engine, by TLS if there is a context for it."""

    def __init__(self, host: str, port: int, context: ssl.SSLContext | None) -> None:
        super().__init__(host, port)
        self._context = context
        self.default_port = _PORTS["http" if context is None else "https"]
        self.dial: Connect = dial

    def connect(self) -> None:
        """Connect. Errors: OSError."""
        plain = self.dial(self.host, self.port)
        if self._context is None:
            self.sock = plain
            return
        try:
            self.sock = self._context.wrap_socket(plain, server_hostname=self.host)
        except OSError as error:
            plain.close()
            if isinstance(error, TimeoutError):
                raise SilentHostError from error
            raise

    def is_stale(self) -> bool:
        """Tell whether the engine has closed the connection, or has sent unexpected data."""
        waiting = select.poll()
        waiting.register(self.sock, select.POLLIN)
        return bool(waiting.poll(0))


class Connections:
    """The connections of this process to the engine at an address.

    ``place`` is the engine's host and port, ``authorization`` makes the field of that name. A
    forked process opens connections of its own.
    """

    def __init__(self, address: str, authorization: Authorization) -> None:
        parts = urlsplit(address)
        self.place = parts.hostname or "", parts.port or _PORTS[parts.scheme]
        self._context = ssl.create_default_context() if parts.scheme == "https" else None
        self._authorization = authorization
        self._idle: list[_Connection] = []
        self._process = os.getpid()
        self.dial: Connect = dial

    def __del__(self) -> None:
        self.close()

    def open(self, request: Request, patience: float) -> EngineReply:
        """Send a request, and return the answer; the engine may be silent for ``patience`` seconds.

        Errors: OSError, HTTPException.
        """
        for _ in range(_ROUNDS):
            reply = self._answered(request, patience)
            challenges = reply.fields.get_all("WWW-Authenticate") or []
            if reply.status != _UNAUTHORIZED or not self._authorization.learn(challenges):
                return reply
            reply.close()
        return self._answered(request, patience)

    def _answered(self, request: Request, patience: float) -> EngineReply:
        if self._process != os.getpid():
            self._process = os.getpid()
            self.close()
        while self._idle:
            connection = self._idle.pop()
            if connection.is_stale():
                connection.close()
                continue
            try:
                return self._exchange(connection, request, patience)
            except (ConnectionError, HTTPException):
                # The engine closed the connection at this moment. If it is away, a new connection
                # fails.
                continue
        connection = _Connection(*self.place, self._context)
        connection.dial = self.dial
        return self._exchange(connection, request, patience)

    def close(self) -> None:
        """Close the idle connections."""
        while self._idle:
            self._idle.pop().close()

    def _exchange(self, connection: _Connection, request: Request, patience: float) -> EngineReply:
        fields = dict(request.header_items())
        authorization = self._authorization.field(request)
        if authorization is not None:
            fields["Authorization"] = authorization
        try:
            if connection.sock is None:
                connection.connect()
            connection.sock.settimeout(patience)
            connection.request(request.get_method(), request.selector, request.data, fields)
            return EngineReply(connection.getresponse(), connection, self._idle)
        except BaseException:
            connection.close()
            raise
