"""From a request to the bytes of its answer: the endpoint directly, all else through WSGI.

It is made once, by the parent, and shared by the workers. It knows no process and no socket but the
one to answer on. https://peps.python.org/pep-3333/
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
from graphsvc.web.delivery import Delivery, Enough
from graphsvc.web.endpoint import Client
from graphsvc.web.problems import RequestProblem
from graphsvc.web.protocol import LONGEST_ADDRESS, PATH, Body

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from _typeshed.wsgi import WSGIEnvironment

    from graphsvc.server.access_log import AccessLog
    from graphsvc.server.answers import Answer
    from graphsvc.server.failures import Cause
    from graphsvc.server.requests import Fields, Request
    from graphsvc.web.delivery import Delivering
    from graphsvc.web.endpoint import Endpoint
    from graphsvc.web.origin import Origin, PublicAddress

_PATHS = (PATH, f"{PATH}/")
_QUERY_METHODS = frozenset(("GET", "HEAD", "POST"))

#: What needs no statement of the graph, wherever the service is mounted.
_STATIC, _ABOUT_ITSELF = "/static/", ("/healthz", "/problems")

#: Fields that WSGI has under names of its own.
_OWN_NAMES = {b"content-type": "CONTENT_TYPE", b"content-length": "CONTENT_LENGTH"}


def _nothing() -> None:
    """Do nothing: most stores need nothing of a process."""


class Application:
    """What answers the requests to a release; ``deadline`` is how many seconds one may take.

    Each worker calls ``prepare`` before its bounds are set; a store may have something to do then.
    """

    def __init__(
        self,
        pages: Delivering,
        endpoint: Endpoint,
        address: PublicAddress,
        deadline: float,
        log: AccessLog | None = None,
    ) -> None:
        self.log = log
        self.prepare: Callable[[], None] = _nothing
        self._address = address
        self._pages = pages
        self._endpoint = endpoint
        self._deadline = deadline
        self._client_of = lru_cache(maxsize=1024)(_client)

    def answer(
        self, request: Request, connection: socket.socket, answer: Answer, cause: Cause | None
    ) -> None:
        """Answer a request; tell the client of the ``cause`` if the worker before has ended.

        Errors: OSError if the client has gone; others if the answer breaks off.
        """
        delivery = Delivery(request.wish, answer)
        failure = self._failure(request) if cause is None else error_of(cause, self._deadline)
        try:
            if failure is None and self._answer_query(request, connection, delivery):
                return
        except (GraphsvcError, RequestProblem) as error:
            if delivery.is_started:
                raise
            # Of a query that is wrong itself that is told first, which the application finds out.
            failure = None if isinstance(error, NotAcceptable) else error
        self._pages.answer(_environ(request, connection), delivery, failure)

    def _failure(self, request: Request) -> GraphsvcError | RequestProblem | None:
        """Return what is told instead of an answer, None if the request is answered."""
        return _refusal(request)

    def _answer_query(
        self, request: Request, connection: socket.socket, delivery: Delivery
    ) -> bool:
        """Answer a query of a program; tell whether it was one."""
        target = _target(request.target)
        if PATH not in target.path or request.method not in _QUERY_METHODS:
            return False
        origin = self._origin(request, connection, target)
        if origin.local_path(target.path) not in _PATHS:
            return False
        body = None
        if request.method == "POST":
            body = Body.of(request.field(b"content-type") or "", request.body)
        client = self._client_of(request.fields, origin)
        reply = self._endpoint.reply(client, request.method, target.query, body)
        if reply is None:
            return False
        delivery.start(reply.status, reply.head)
        with suppress(Enough):
            reply.write(cast("IO[bytes]", delivery))
        delivery.finish()
        return True

    def _origin(self, request: Request, connection: socket.socket, target: _Target) -> Origin:
        """Return the public address at which the client has asked."""
        peer = _address_of(connection.getpeername()) if self._address.trusts_proxies else ""
        return self._address.origin(
            peer,
            target.host or request.field(b"host") or "",
            lambda name: request.field(name.encode()),
        )


class Waiting(Application):
    """What answers while an engine has not been read: an error to all that would need it."""

    def __init__(self, application: Application, reason: GraphsvcError) -> None:
        """Take the application of a release of which nothing is known, and what is told."""
        self.__dict__.update(application.__dict__)
        self._reason = reason

    def _failure(self, request: Request) -> GraphsvcError | RequestProblem | None:
        path = _target(request.target).path
        if _STATIC in path or path.endswith(_ABOUT_ITSELF):
            return super()._failure(request)
        return super()._failure(request) or self._reason


def _client(fields: Fields, origin: Origin) -> Client:
    return Client(
        accept=fields.values.get(b"accept"),
        if_none_match=fields.wish.inner_tags(),
        if_modified_since=fields.values.get(b"if-modified-since"),
        root=origin.root,
        address=f"{origin.scheme}://{origin.host}{origin.root}{PATH}",
    )


class _Target(NamedTuple):
    """What a request asks for: https://www.rfc-editor.org/rfc/rfc9112#section-3.2."""

    path: str
    query: bytes
    host: str | None = None


def _target(target: bytes) -> _Target:
    """Read a request target; the path is as WSGI has it: bytes as characters."""
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
    """Return what is wrong with a request whatever it asks for, None if nothing is."""
    if len(request.target) > LONGEST_ADDRESS:
        return RequestProblem(
            "uri-too-long",
            f"The address is longer than {LONGEST_ADDRESS} bytes.",
            remedy="Send the query in the body of a POST request.",
        )
    if request.target == b"*" and request.method != "OPTIONS":
        # https://www.rfc-editor.org/rfc/rfc9112#section-3.2.4
        return RequestProblem("bad-request", "Only OPTIONS is asked of the server as a whole.")
    hosts = request.fields.hosts
    if hosts > 1 or (not hosts and request.version == "1.1"):
        # https://www.rfc-editor.org/rfc/rfc9112#section-3.2
        return RequestProblem(
            "bad-request",
            f"The request has {hosts} fields Host.",
            remedy="Send one, with the host and the port that the service is asked at.",
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
    """Return the IP address of the other end of a connection; none of a Unix socket."""
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
