"""A short way for point lookups: a layer around the ASGI application.

A request that is nothing but a GET of one query, as programs send them by the thousand, is read
here without ceremony, and answered at once if it is a point lookup. Every other request goes on,
and so does one that is wrong: it is told what is wrong with it where all others are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphsvc.errors import NotAcceptable
from graphsvc.web import protocol
from graphsvc.web.messages import Whole, field_value
from graphsvc.web.protocol import PATH, Asked
from graphsvc.web.site import etag

if TYPE_CHECKING:
    from graphsvc.release import Release
    from graphsvc.store.points import Points
    from graphsvc.web.fields import Fields
    from graphsvc.web.messages import Application, Receive, Scope, Send

_QUERY = b"query="

#: Requests with these ask for something else than an answer as it is.
_CONDITIONS = frozenset((b"if-none-match", b"if-modified-since"))


class Lookups:
    """Answers point lookups at ``/sparql``; ``application`` answers everything else."""

    def __init__(
        self, application: Application, release: Release, fields: Fields, points: Points
    ) -> None:
        self._application = application
        self._release = release
        self._fields = fields
        self._points = points

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or pass it on."""
        found = self.at_once(scope)
        if found is None:
            await self._application(scope, receive, send)
        else:
            await found.send(send)

    def at_once(self, scope: Scope) -> Whole | None:
        """Return the answer, if the request is a point lookup and nothing else."""
        query = _sole_query(scope)
        if query is None:
            return None
        asked = Asked(query)
        try:
            fmt = asked.format(field_value(scope["headers"], b"accept"))
        except NotAcceptable:
            return None
        content = self._points.answer(query, fmt)
        if content is None:
            return None
        tag = etag(self._release, scope.get("root_path", ""), *asked.key, fmt.name)
        fields = self._fields.kept(fmt, tag)
        fields.append((b"content-length", b"%d" % len(content)))
        return Whole(200, fields, content)


def _sole_query(scope: Scope) -> str | None:
    """Return the query, if the request holds nothing else that decides its answer."""
    if scope["type"] != "http" or scope["method"] != "GET":
        return None
    path: str = scope["path"]
    address: bytes = scope["query_string"]
    if path.removeprefix(scope.get("root_path", "")) != PATH:
        return None
    if not address.startswith(_QUERY) or b"&" in address:
        return None
    if any(name in _CONDITIONS for name, _ in scope["headers"]):
        return None
    try:
        return protocol.decoded(address[len(_QUERY) :])
    except UnicodeDecodeError:
        return None
