"""Answers a request: the endpoint directly, everything else through WSGI.

The parent makes the application once, and the workers share it. It uses no process and no socket
except the one of the client. https://peps.python.org/pep-3333/
"""

from __future__ import annotations

import io
import sys
from contextlib import suppress
from functools import lru_cache
from typing import IO, TYPE_CHECKING, NamedTuple, cast
from urllib.parse import unquote_to_bytes

from graphsvc.errors import GraphsvcError, NotAcceptable
from graphsvc.server.failures import error_of
from graphsvc.web.answer_head import Head
from graphsvc.web.delivery import ContentNotNeeded, Delivery
from graphsvc.web.endpoint import QueryClient
from graphsvc.web.kinds import RequestKind, kind_of
from graphsvc.web.problems import RequestProblem
from graphsvc.web.protocol import LONGEST_ADDRESS, PATH, Body

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from _typeshed.wsgi import WSGIEnvironment

    from graphsvc.server.answers import Answer
    from graphsvc.server.failures import Cause
    from graphsvc.server.operations import Operations
    from graphsvc.server.requests import Fields, Request
    from graphsvc.web.delivery import DeliveryMiddleware
    from graphsvc.web.endpoint import Endpoint
    from graphsvc.web.origin import Origin, PublicAddress

_PATHS = (PATH, f"{PATH}/")
METRICS = "/metrics"
"""The path of the metrics, under the mount point."""

_OF_METRICS = (("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff"))
_QUERY_METHODS = frozenset(("GET", "HEAD", "POST"))

#: Paths, under the mount point, of answers that need no data of the graph.
_STATIC, _ABOUT_ITSELF = "/static/", ("/healthz", "/problems", METRICS)

#: Header fields with special names in WSGI.
_OWN_NAMES = {b"content-type": "CONTENT_TYPE", b"content-length": "CONTENT_LENGTH"}


def _nothing() -> None:
    """Do nothing: most stores need no preparation in a process."""


class Application:
    """Answers the requests to a release; each may take ``deadline`` seconds.

    Each worker calls ``prepare`` before its limits are set, so that a store can prepare itself.
    """

    def __init__(
        self,
        pages: DeliveryMiddleware,
        endpoint: Endpoint,
        address: PublicAddress,
        deadline: float,
        operations: Operations,
    ) -> None:
        self.journal = operations.journal
        self._operations = operations
        self.prepare: Callable[[], None] = _nothing
        self._address = address
        self._pages = pages
        self._endpoint = endpoint
        self._deadline = deadline
        self._client_of = lru_cache(maxsize=1024)(_client)

    def answer(
        self, request: Request, connection: socket.socket, answer: Answer, cause: Cause | None
    ) -> None:
        """Answer a request; if a worker ended during it, send an error for the ``cause``.

        Errors: OSError if the client has left; others if the answer breaks off.
        """
        delivery = Delivery(request.wish, answer)
        failure = self._failure(request) if cause is None else error_of(cause, self._deadline)
        try:
            visit = self._visit(request, connection)
            answer.classify(visit.kind)
            if failure is None and self._answer_directly(visit, delivery):
                return
        except (GraphsvcError, RequestProblem) as error:
            if delivery.is_started:
                raise
            # If the query is wrong, that error goes first; the application finds it.
            failure = None if isinstance(error, NotAcceptable) else error
        self._pages.answer(_environ(request, connection), delivery, failure)

    def _failure(self, request: Request) -> GraphsvcError | RequestProblem | None:
        """Return the error to send instead of an answer; None if there is none."""
        return _refusal(request)

    def _visit(self, request: Request, connection: socket.socket) -> _Visit:
        target = _target(request.target)
        origin = self._origin(request, connection, target)
        path = origin.local_path(target.path)
        return _Visit(request, connection, origin, path, target.query, kind_of(path))

    def _answer_directly(self, visit: _Visit, delivery: Delivery) -> bool:
        """Answer a request that needs no WSGI application; return whether it was one.

        Errors: RequestProblem if the client has made too many requests.
        """
        if self._operations.limit is not None:
            self._operations.admit(visit.kind, self._client(visit))
        if visit.kind is RequestKind.SPARQL:
            return self._answer_query(visit, delivery)
        if visit.kind is RequestKind.METRICS:
            return self._answer_metrics(visit, delivery)
        return False

    def _client(self, visit: _Visit) -> str:
        """Return the address of the client."""
        peer = _address_of(visit.connection.getpeername())
        return self._address.client(peer, lambda name: visit.request.field(name.encode()))

    def _answer_metrics(self, visit: _Visit, delivery: Delivery) -> bool:
        """Send the metrics to clients that may read them; others get a 404."""
        is_for_them = visit.path == METRICS and visit.request.method in ("GET", "HEAD")
        if not is_for_them or not self._operations.readers.trust(self._client(visit)):
            return False
        accept = visit.request.field(b"accept")
        content, content_type = self._operations.metrics.text(accept)
        delivery.start(200, Head((("Content-Type", content_type), *_OF_METRICS)))
        with suppress(ContentNotNeeded):
            delivery.write(content)
        delivery.finish()
        return True

    def _answer_query(self, visit: _Visit, delivery: Delivery) -> bool:
        """Answer a query of a program; return whether the request was one."""
        request = visit.request
        if visit.path not in _PATHS or request.method not in _QUERY_METHODS:
            return False
        body = None
        if request.method == "POST":
            body = Body.of(request.field(b"content-type") or "", request.body)
        client = self._client_of(request.fields, visit.origin)
        reply = self._endpoint.reply(client, request.method, visit.query, body)
        if reply is None:
            return False
        delivery.start(reply.status, reply.head)
        delivery.last_fields = reply.last_fields
        with suppress(ContentNotNeeded):
            reply.write(cast("IO[bytes]", delivery))
        delivery.finish()
        return True

    def _origin(self, request: Request, connection: socket.socket, target: _Target) -> Origin:
        """Return the public address that the client used."""
        peer = _address_of(connection.getpeername()) if self._address.trusts_proxies else ""
        return self._address.origin(
            peer,
            target.host or request.field(b"host") or "",
            lambda name: request.field(name.encode()),
        )


class Waiting(Application):
    """Answers while the engine is unavailable: requests that need it get an error."""

    def __init__(self, application: Application, reason: GraphsvcError) -> None:
        """Wrap the application of an empty release; ``reason`` is the error to send."""
        self.__dict__.update(application.__dict__)
        self._reason = reason

    def _failure(self, request: Request) -> GraphsvcError | RequestProblem | None:
        path = _target(request.target).path
        if _STATIC in path or path.endswith(_ABOUT_ITSELF):
            return super()._failure(request)
        return super()._failure(request) or self._reason


class _Visit(NamedTuple):
    """A request, its connection, and the parts of its address."""

    request: Request
    connection: socket.socket
    origin: Origin
    path: str
    query: bytes
    kind: RequestKind


def _client(fields: Fields, origin: Origin) -> QueryClient:
    return QueryClient(
        accept=fields.values.get(b"accept"),
        if_none_match=fields.wish.inner_tags(),
        if_modified_since=fields.values.get(b"if-modified-since"),
        root=origin.root,
        address=f"{origin.scheme}://{origin.host}{origin.root}{PATH}",
    )


class _Target(NamedTuple):
    """A request target: https://www.rfc-editor.org/rfc/rfc9112#section-3.2."""

    path: str
    query: bytes
    host: str | None = None


def _target(target: bytes) -> _Target:
    """Parse a request target; the path is as in WSGI: bytes as characters."""
    host = None
    if not target.startswith(b"/"):
        _, slashes, rest = target.partition(b"://")
        if slashes:
            authority, slash, rest = rest.partition(b"/")
            host = authority.rpartition(b"@")[2].decode("latin-1")
            target = slash + rest or b"/"
    path, _, query = target.partition(b"#")[0].partition(b"?")
    if b"%" in path:
        path = unquote_to_bytes(path)
    return _Target(path.decode("latin-1"), query, host)


def _refusal(request: Request) -> RequestProblem | None:
    """Return the error of a request, regardless of its target; None if it is valid."""
    if len(request.target) > LONGEST_ADDRESS:
        return RequestProblem(
            "uri-too-long",
            f"The address is longer than {LONGEST_ADDRESS} bytes.",
            remedy="Send the query in the body of a POST request.",
        )
    if request.target == b"*" and request.method != "OPTIONS":
        # https://www.rfc-editor.org/rfc/rfc9112#section-3.2.4
        return RequestProblem("bad-request", "Only OPTIONS may have the target *.")
    hosts = request.fields.hosts
    if hosts > 1 or (not hosts and request.version == "1.1"):
        # https://www.rfc-editor.org/rfc/rfc9112#section-3.2
        return RequestProblem(
            "bad-request",
            f"The request has {hosts} fields Host.",
            remedy="Send one, with the host and the port of the service.",
        )
    coding = request.field(b"content-encoding") if request.body else None
    if coding is not None and coding.lower() != "identity":
        # https://www.rfc-editor.org/rfc/rfc9110#section-12.5.3
        return RequestProblem(
            "unsupported-media-type",
            f"A body with the coding {coding} cannot be read.",
            remedy="Send the body as it is.",
            Accept_Encoding="identity",
        )
    expectation = request.field(b"expect")
    if expectation is not None and expectation.lower() != "100-continue":
        # https://www.rfc-editor.org/rfc/rfc9110#section-10.1.1
        return RequestProblem("expectation-failed", f"Nothing here can do {expectation!r}.")
    return None


def _address_of(peer: object) -> str:
    """Return the IP address of the client; empty for a Unix socket."""
    return str(peer[0]) if isinstance(peer, tuple) else ""


def _environ(request: Request, connection: socket.socket) -> WSGIEnvironment:
    target = _target(request.target)
    own = connection.getsockname()
    environ: WSGIEnvironment = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": "/" if target.path == "*" else target.path,
        "REQUEST_URI": request.target.decode("latin-1"),
        "QUERY_STRING": target.query.decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{request.version}",
        "SERVER_NAME": own[0] if isinstance(own, tuple) else "localhost",
        "SERVER_PORT": str(own[1]) if isinstance(own, tuple) else "80",
        "REMOTE_ADDR": _address_of(connection.getpeername()),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(request.body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in request.fields.values.items():
        key = _OWN_NAMES.get(name) or "HTTP_" + name.decode("latin-1").upper().replace("-", "_")
        # A name with an underscore would hide one with a hyphen.
        if b"_" not in name:
            environ[key] = value
    environ["CONTENT_LENGTH"] = str(len(request.body))
    if target.host is not None:
        environ["HTTP_HOST"] = target.host
    if not environ.get("HTTP_HOST"):
        # A client that knows no name sends an empty one: RFC 9112, section 3.2.
        environ["HTTP_HOST"] = f"{environ['SERVER_NAME']}:{environ['SERVER_PORT']}"
    return environ
