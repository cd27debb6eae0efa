"""The application for ASGI servers: the Flask application, and a short way to the endpoint.

A query of a program is read, sent to a worker and passed on as it comes, in the event loop: no
thread waits for it, and a client that goes away is noticed, so that its worker is freed. A point
lookup is answered here and now. All else, and every error, is answered by the Flask application,
in threads.
https://asgi.readthedocs.io/en/latest/specs/www.html
"""

from __future__ import annotations

import asyncio
import gc
from dataclasses import dataclass, replace
from functools import partial
from threading import Thread
from typing import TYPE_CHECKING, Any, Protocol, cast

from a2wsgi import WSGIMiddleware

from graphsvc import depot, settings
from graphsvc.errors import GraphsvcError, NotAcceptable
from graphsvc.release import STORE
from graphsvc.store.points import Points
from graphsvc.store.pool import requests, workers_folder
from graphsvc.store.pool.aio import Pool
from graphsvc.store.pool.bounds import end_with_parent
from graphsvc.store.pool.client import PooledStore, wait_for_workers
from graphsvc.store.pool.pins import PinnedWorkers
from graphsvc.web import protocol
from graphsvc.web.ahead import read_ahead
from graphsvc.web.app import create_app
from graphsvc.web.compression import Compression, meant
from graphsvc.web.conditions import Condition
from graphsvc.web.fields import Fields
from graphsvc.web.kept import Kept
from graphsvc.web.languages import readers
from graphsvc.web.lookups import Lookups
from graphsvc.web.messages import START, Whole, field_value
from graphsvc.web.problems import RequestProblem
from graphsvc.web.protocol import Asked, Body
from graphsvc.web.site import etag
from graphsvc.web.sparql import FAILURE

if TYPE_CHECKING:
    from flask import Flask

    from graphsvc.formats import Format
    from graphsvc.release import Release
    from graphsvc.store.pool.aio import Running
    from graphsvc.web.kept import Alike
    from graphsvc.web.messages import Application as Asgi
    from graphsvc.web.messages import Headers, Message, Receive, Scope, Send


#: How many bytes of answers a web process keeps, and of how many bytes each may be.
_KEPT_BYTES = 64 << 20
_KEPT_OF_ONE = 256 << 10

#: A request of so many bytes is read in a thread: the event loop has others to see to.
_LONG = 16_384

#: How long a web process that starts waits for workers, in seconds: a large release takes a while.
_PATIENCE = 300.0

#: After so many new objects the youngest are looked through for cycles.
_OBJECTS = 10_000

#: How many pages are made at the same time.
_THREADS = 16


class Application:
    """A release as an ASGI application.

    ``points`` answers those queries of the endpoint that are point lookups, ``pool`` the others.
    """

    def __init__(
        self, flask: Flask, release: Release, fields: Fields, points: Points, pool: Pool
    ) -> None:
        self._rest = cast("Asgi", WSGIMiddleware(cast("Any", flask), workers=_THREADS))
        self._release = release
        self._points = points
        self._pool = pool
        self._fields = fields

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or one event of the server's life."""
        if scope["type"] != "http":
            await self._rest(scope, receive, send)
            return
        scope = {**scope, "query_string": protocol.in_ascii(scope["query_string"])}
        if _is_query(scope):
            await self._answer(scope, receive, send)
        else:
            await self._rest(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers: Headers = scope["headers"]
        body, again = None, receive
        if scope["method"] == "POST":
            body = await _body(headers, receive)
            again = _again(body.data, receive)
            if len(body.data) > protocol.LARGEST_BODY:
                scope["headers"] = [*_without_length(scope["headers"]), _TOO_LARGE]
                await self._rest(scope, again, send)
                return
        try:
            reply = await self._reply(scope, headers, body, receive)
        except NotAcceptable:
            # A query that is wrong itself is told first, which is not known here.
            reply = None
        except (GraphsvcError, RequestProblem) as failure:
            scope[FAILURE] = failure
            reply = None
        if reply is None:
            await self._rest(scope, again, send)
            return
        if scope["method"] == "HEAD" and isinstance(reply, _Streamed):
            reply = reply.without_content()
        await reply.send(send)

    async def _reply(
        self, scope: Scope, headers: Headers, body: Body | None, receive: Receive
    ) -> _Reply | None:
        """Return the reply to a query; None if a page or a description is wanted."""
        read = partial(_read, scope["query_string"], body, field_value(headers, b"accept"))
        size = len(scope["query_string"]) + (len(body.data) if body else 0)
        wanted = read() if size < _LONG else await asyncio.to_thread(read)
        if wanted is None:
            return None
        if wanted.changes:
            running = await self._pool.ask(wanted.request(), partial(_gone, receive))
            return _Streamed(self._fields.unkept(wanted.format), running)
        return await self._kept_reply(scope, headers, receive, wanted)

    async def _kept_reply(
        self,
        scope: Scope,
        headers: Headers,
        receive: Receive,
        wanted: _Wanted,
    ) -> _Reply:
        name = wanted.format.name
        tag = etag(self._release, scope.get("root_path", ""), *wanted.asked.key, name)
        fields = self._fields.kept(wanted.format, tag)
        condition = Condition.of(
            scope["method"],
            field_value(headers, b"if-none-match"),
            field_value(headers, b"if-modified-since"),
        )
        if condition.is_met_by(tag, self._fields.last_modified):
            return _not_modified(fields)
        found = (
            None if wanted.asked.graphs else self._points.answer(wanted.asked.query, wanted.format)
        )
        if found is not None:
            return _not_modified(fields) if condition.anything else _whole(fields, found)
        running = await self._pool.ask(wanted.request(), partial(_gone, receive))
        if condition.anything:
            # "*" asks whether there is an answer at all, and only now is that known.
            running.close()
            return _not_modified(fields)
        if not running.is_whole():
            return _Streamed(fields, running)
        return _whole(fields, b"".join([chunk async for chunk in running.chunks()]))


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What a program asks, in which format, and whether the answer changes from time to time."""

    asked: Asked
    format: Format
    changes: bool

    def looked_up(self, points: Points) -> bytes | None:
        """Return the answer to a point lookup, None if the query is none."""
        return None if self.asked.graphs else points.answer(self.asked.query, self.format)

    def request(self) -> bytes:
        """Return the request to a worker."""
        offers = dict.fromkeys(self.format.carries, (self.format,))
        return requests.request(self.asked.query, offers, self.asked.graphs)


def _read(address: bytes, body: Body | None, accept: str | None) -> _Wanted | None:
    """Return what a program asks; None if a page or a description is wanted."""
    if len(address) > protocol.LONGEST_ADDRESS - len(protocol.PATH):
        return None
    given = protocol.parameters(address, body)
    if (
        given.all("explain")
        or given.all("release")
        or (body is None and protocol.asks_nothing(given))
    ):
        return None
    asked = protocol.read(given, body)
    fmt = asked.format(accept)
    return None if fmt.name == "html" else _Wanted(asked, fmt, asked.changes)


class _Reply(Protocol):
    """A reply that is ready to be sent."""

    async def send(self, send: Send) -> None:
        """Send the reply."""
        ...


class _Streamed(_Reply):
    """A reply that goes out as it comes; one that breaks off is left without an end.

    A server closes the connection then, so that no client takes a part for the whole.
    """

    def __init__(self, fields: Headers, running: Running) -> None:
        self._fields = fields
        self._running = running

    def without_content(self) -> Whole:
        """Return the same without its content, which no worker need go on with."""
        self._running.close()
        return Whole(_OK, self._fields, b"")

    async def send(self, send: Send) -> None:
        """Send it piece by piece, until the client has gone."""
        try:
            await send({"type": START, "status": _OK, "headers": self._fields})
            async for chunk in self._running.chunks():
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
        except GraphsvcError:
            return
        finally:
            self._running.close()
        await send({"type": "http.response.body", "body": b""})


_OK = 200

#: A body that is too large is not read to its end; the Flask application tells by its length.
_TOO_LARGE = (b"content-length", b"%d" % (protocol.LARGEST_BODY + 1))


def _is_query(scope: Scope) -> bool:
    path: str = scope["path"]
    is_endpoint = path.removeprefix(scope.get("root_path", "")) == protocol.PATH
    return is_endpoint and scope["method"] in ("GET", "HEAD", "POST")


async def _gone(receive: Receive) -> None:
    """Return when the client has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _body(headers: Headers, receive: Receive) -> Body:
    """Return the body of a request; one that is too large is read just so far that it shows."""
    data = bytearray()
    more = True
    while more and len(data) <= protocol.LARGEST_BODY:
        message = await receive()
        data += message.get("body", b"")
        more = message.get("more_body", False)
    return Body.of(field_value(headers, b"content-type") or "", bytes(data))


def _without_length(headers: Headers) -> Headers:
    return [field for field in headers if field[0] != _TOO_LARGE[0]]


def _again(body: bytes, receive: Receive) -> Receive:
    """Return what gives a body that has been read already, and then goes on."""
    unread: list[Message] = [{"type": "http.request", "body": body}]

    async def receive_again() -> Message:
        return unread.pop() if unread else await receive()

    return receive_again


def _whole(fields: Headers, content: bytes) -> Whole:
    return Whole(_OK, [*fields, (b"content-length", b"%d" % len(content))], content)


def _not_modified(fields: Headers) -> Whole:
    return Whole(304, [field for field in fields if field[0] != b"content-type"], b"")


def application() -> Asgi:
    """Return the application for the current release, as ``graphsvc serve`` has prepared it.

    Errors: SettingsError if there are no workers; ReleaseError if nothing has been built yet.
    """
    end_with_parent()
    values = settings.load({})
    folder = workers_folder()
    wait_for_workers(folder, _PATIENCE)
    release = depot.served(values.releases)
    depot.Hold(release.path)
    limits = requests.Limits(values.quick_queries, values.waiting_queries, values.deadline)
    of_pages = replace(limits, quick=requests.PAGE_PLACES)
    of_pins = PinnedWorkers(folder, replace(limits, quick=requests.PINNED_PLACES))
    flask = create_app(release, values, PooledStore(folder, of_pages), of_pins)
    points = Points.open(release.path / STORE, release.prefixes, release.hubs)
    address = f"http://{values.host}:{values.port}/"
    Thread(
        target=read_ahead, args=(flask, release, address), name="read-ahead", daemon=True
    ).start()
    # What is here now stays: the collector need not look at it again, for each request. A page
    # makes tens of thousands of objects, and to look for cycles after every 700 took a twentieth
    # of its time.
    gc.freeze()
    gc.set_threshold(_OBJECTS)
    fields = Fields(release)
    rest = Application(flask, release, fields, points, Pool(folder, limits))
    answering = Compression(Lookups(rest, release, fields, points))
    alike: Alike = {b"accept-encoding": meant, b"accept-language": readers(flask)}
    state = partial(depot.state, release.path.parent)
    return Kept(answering, _KEPT_BYTES, _KEPT_OF_ONE, state, alike)
