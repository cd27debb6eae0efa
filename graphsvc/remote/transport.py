"""Requests to one engine over connections that stay open, and the answers as they come.

SPARQLWrapper opens a connection for each request and lets urllib follow redirects. A page asks up
to eight queries, so connections are kept; and what is sent to an engine goes to no other host.
https://www.rfc-editor.org/rfc/rfc9112#section-9.3
"""

from __future__ import annotations

import os
import socket
import ssl
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import BaseHandler, OpenerDirector

from SPARQLWrapper import POST, SPARQLWrapper

from graphsvc import __version__

if TYPE_CHECKING:
    from collections.abc import Mapping
    from urllib.request import Request

CONNECTING = 0.8
"""How many seconds the way to an engine may take until a connection stands."""

_AGENT = f"graphsvc/{__version__}"


class CutError(Exception):
    """An answer ended before its end."""


class Question(SPARQLWrapper):
    """A query for an engine, as SPARQLWrapper makes its request; ``form`` is that of the query.

    SPARQLWrapper would find the form out by patterns that take exponential time on some texts, and
    would send the request over a connection of its own.
    """

    def __init__(self, address: str, query: str, form: str, opener: OpenerDirector) -> None:
        self._form = form
        self._opener = opener
        super().__init__(address, agent=_AGENT)  # type: ignore[no-untyped-call, unused-ignore]
        self.setMethod(POST)
        self.setOnlyConneg(True)
        self.setQuery(query)

    def _parseQueryType(self, _query: str) -> str:  # noqa: N802 - the library's name
        return self._form

    def _query(self) -> tuple[HTTPResponse, str]:
        return self._opener.open(self._createRequest(), timeout=self.timeout), self.returnFormat


class _Connection(HTTPConnection):
    """A connection to an engine, by TLS if there is a context for it."""

    def __init__(self, host: str, port: int, context: ssl.SSLContext | None) -> None:
        super().__init__(host, port, timeout=CONNECTING)
        self._context = context
        self.default_port = 80 if context is None else 443

    def connect(self) -> None:
        """Connect within `CONNECTING` seconds."""
        plain = socket.create_connection((self.host, self.port), CONNECTING)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock = (
            plain
            if self._context is None
            else self._context.wrap_socket(plain, server_hostname=self.host)
        )


class Reply:
    """An answer of an engine: its status, its fields, and its content as a file to read.

    Errors of reading: CutError if the answer ends too early, OSError, HTTPException.
    """

    def __init__(self, response: HTTPResponse, connection: _Connection, idle: list[_Connection]):
        self.status = response.status
        self.fields: Mapping[str, str] = response.headers
        self._response = response
        self._connection = connection
        self._idle = idle

    def read(self, size: int = -1) -> bytes:
        """Return some bytes of the content, none at its end."""
        data = self._response.read(size) if size >= 0 else self._response.read()
        if not data and size != 0:
            self._end()
        return data

    def _end(self) -> None:
        """Keep the connection for another request if the answer came whole."""
        if self._response.length:
            self.close()
            raise CutError
        if self._connection.sock is not None and not self._response.will_close:
            self._idle.append(self._connection)

    def close(self) -> None:
        """End the connection: what is left of the answer is not wanted."""
        self._response.close()
        self._connection.close()


class Connections(BaseHandler):
    """The connections of this process to the engine at an address.

    They are a handler of urllib. A process that has been forked opens its own.
    """

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self._context = ssl.create_default_context() if parts.scheme == "https" else None
        self._host = parts.hostname or ""
        self._port = parts.port or (80 if self._context is None else 443)
        self._idle: list[_Connection] = []
        self._process = os.getpid()
        self.opener = OpenerDirector()
        self.opener.add_handler(self)

    def http_open(self, request: Request) -> Reply:
        """Send a request and return the answer, whatever its status. Errors: OSError, HTTPException."""
        if self._process != os.getpid():
            self._process, self._idle = os.getpid(), []
        while self._idle:
            connection = self._idle.pop()
            try:
                return self._exchange(connection, request)
            except (ConnectionError, HTTPException):
                # The engine has ended it while it rested.
                connection.close()
        return self._exchange(_Connection(self._host, self._port, self._context), request)

    https_open = http_open

    def _exchange(self, connection: _Connection, request: Request) -> Reply:
        fields = dict(request.header_items())
        try:
            if connection.sock is None:
                connection.connect()
            connection.sock.settimeout(request.timeout)
            connection.request("POST", request.selector, request.data, fields)
            return Reply(connection.getresponse(), connection, self._idle)
        except BaseException:
            connection.close()
            raise
