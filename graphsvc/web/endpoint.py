"""The SPARQL endpoint as one function: from a query that a program sends to its answer.

The workers of `graphsvc.server` call it without Flask in between; the Flask application mounts it
as ``/sparql``, and gives the answers that it does not: pages, descriptions, explanations, answers
from other releases, and errors. https://www.w3.org/TR/sparql11-protocol/#query-operation
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from typing import IO, TYPE_CHECKING

from werkzeug.http import http_date

from graphsvc.web import protocol
from graphsvc.web.conditional import is_unchanged
from graphsvc.web.delivery import VARY, Head
from graphsvc.web.headers import RELEASE, SECURITY, SHARED
from graphsvc.web.site import etag

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from graphsvc.formats import Content, Format
    from graphsvc.release import Release
    from graphsvc.store.base import Answer, Store
    from graphsvc.web.protocol import Asked, Body

_QUERY = b"query="

#: The parameters of a request that wants the answer to a query and nothing else.
_OF_QUERIES = frozenset(
    ("query", "update", "default-graph-uri", "named-graph-uri", "format", "version")
)


@dataclass(slots=True)
class QueryRequest:
    """What of a request decides its answer here; a field that it does not have is None.

    ``root`` is the mount point of the service, ``address`` that of the endpoint.
    """

    method: str
    query_string: bytes
    body: Body | None
    accept: str | None
    if_none_match: str | None
    if_modified_since: str | None
    root: str
    address: str


@dataclass(slots=True)
class Reply:
    """A reply of the endpoint; ``answer`` is None if the client has it already."""

    status: int
    head: Head
    answer: Answer | None

    def write(self, out: IO[bytes]) -> None:
        """Write the content."""
        if self.answer is not None:
            self.answer.write(out)


class Endpoint:
    """The endpoint of a release."""

    def __init__(self, release: Release, store: Store) -> None:
        self._release = release
        self._modified = http_date(datetime.fromisoformat(release.manifest.built))
        self._store_at = lru_cache(maxsize=16)(store.relative_to)
        self._head_of = lru_cache(maxsize=64)(self._make_head)

    def reply(self, request: QueryRequest) -> Reply | None:
        """Return the reply to a query of a program; None if anything else is wanted.

        Errors: RequestProblem, GraphsvcError.
        """
        asked = _asked(request)
        if asked is None:
            return None
        fmt = asked.format(request.accept)
        return None if fmt.name == "html" else self.answer(request, asked, fmt)

    def answer(self, request: QueryRequest, asked: Asked, fmt: Format) -> Reply:
        """Return the reply to a query in a format for programs. Errors: GraphsvcError."""
        if asked.changes:
            head = self._head_of(fmt, "no-store", "")
            return Reply(200, head, self._answer(request, asked, fmt))
        tag = etag(self._release, request.root, *asked.key, fmt.name)
        head = self._head_of(fmt, "public, no-cache", self._modified)
        if is_unchanged(
            request.method, request.if_none_match, request.if_modified_since, tag, self._modified
        ):
            if (request.if_none_match or "").strip() == "*":
                # It asks whether there is an answer at all: an error would be told here.
                self._answer(request, asked, fmt)
            head = head.without("content-type")
            return Reply(304, _tagged(head, tag), None)
        return Reply(200, _tagged(head, tag), self._answer(request, asked, fmt))

    def _make_head(self, fmt: Format, policy: str, modified: str) -> Head:
        """Return what the answers in a format have in common."""
        dated = (("Last-Modified", modified),) if modified else ()
        return Head(
            (
                ("Content-Type", fmt.content_type),
                *SECURITY.items(),
                *SHARED.items(),
                (RELEASE, self._release.id),
                ("Cache-Control", policy),
                *dated,
                VARY,
            )
        )

    def _answer(self, request: QueryRequest, asked: Asked, fmt: Format) -> Answer:
        store = self._store_at(request.address)
        return store.answer(asked.query, _offer(fmt), asked.graphs)


def _asked(request: QueryRequest) -> Asked | None:
    """Return what is asked, if it is the answer to a query and nothing else."""
    if request.body is None and (query := _sole_query(request.query_string)) is not None:
        return protocol.Asked(query)
    parameters = protocol.parameters(protocol.in_ascii(request.query_string), request.body)
    if not parameters.values.keys() <= _OF_QUERIES or (
        request.body is None and protocol.asks_nothing(parameters)
    ):
        return None
    return protocol.read(parameters, request.body)


def _sole_query(query_string: bytes) -> str | None:
    """Return the query of an address that has one and nothing else, as most programs send it."""
    if not query_string.startswith(_QUERY) or b"&" in query_string:
        return None
    try:
        query = protocol.decoded(query_string[len(_QUERY) :])
    except UnicodeDecodeError:
        return None
    return query if query.strip() else None


@cache
def _offer(fmt: Format) -> Mapping[Content, Sequence[Format]]:
    return dict.fromkeys(fmt.carries, (fmt,))


def _tagged(head: Head, tag: str) -> Head:
    """Put an entity tag before the other fields, which are the same for many answers."""
    return Head((("ETag", f'W/"{tag}"'), *head.fields), f'ETag: W/"{tag}"\r\n{head.text}')
