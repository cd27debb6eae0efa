"""The SPARQL endpoint as one function: from the query of a program to its answer.

Clients may not cache an answer from an engine whose statements others change.

The workers of `graphsvc.server` call it without Flask. The Flask application mounts it as
``/sparql``, and makes the other answers: pages, descriptions, explanations, answers from other
releases, and errors. https://www.w3.org/TR/sparql11-protocol/#query-operation
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, partial
from typing import IO, TYPE_CHECKING
from urllib.parse import quote, urlencode

from pyoxigraph import QueryResultsFormat
from werkzeug.http import http_date

from graphsvc.web import protocol
from graphsvc.web.answer_head import VARY, Head
from graphsvc.web.conditional import is_unchanged
from graphsvc.web.headers import RELEASE, SECURITY, SHARED
from graphsvc.web.site import etag

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from graphsvc.formats import Content, Format
    from graphsvc.release import Release
    from graphsvc.store.base import Answer, Store
    from graphsvc.web.protocol import Body, QueryRequest

_QUERY = b"query="

#: The text of results without solutions, in JSON or XML; quotes within a value are escaped.
_NO_SOLUTIONS = re.compile(rb'"bindings"\s*:\s*\[\s*\]|<results>\s*</results>|<results\s*/>')

#: An answer without solutions only has the names of its variables, and is not longer than this.
_LONGEST_EMPTY = 8192

#: The longest address in a link: servers and clients limit their length.
_LONGEST_LINK = 4096

#: The parameters of a request for the answer to a query.
_OF_QUERIES = frozenset(
    ("query", "update", "default-graph-uri", "named-graph-uri", "format", "version")
)


@dataclass(frozen=True, slots=True, eq=False)
class QueryClient:
    """The header fields of a request that matter to the endpoint; None if they are missing.

    ``root`` is the mount point, ``address`` that of the endpoint. A client sends the same fields
    with each of its requests, so results that depend on them are cached.
    """

    accept: str | None
    if_none_match: str | None
    if_modified_since: str | None
    root: str
    address: str


@dataclass(slots=True)
class EndpointReply:
    """A reply of the endpoint; ``answer`` is None if the client has it already.

    ``help_address`` returns the address of the explanation of an empty answer.
    """

    status: int
    head: Head
    answer: Answer | None
    help_address: Callable[[], str]

    def write(self, out: IO[bytes]) -> None:
        """Write the content."""
        if self.answer is not None:
            self.answer.write(out)

    def last_fields(self, content: bytes) -> Sequence[tuple[str, str]]:
        """Return the link to the explanation of an empty answer; nothing if it is not empty.

        https://www.rfc-editor.org/rfc/rfc8288, https://www.iana.org/assignments/link-relations/
        """
        if self.answer is None or not _is_empty(self.answer.format, content):
            return ()
        address = self.help_address()
        return (("Link", f'<{address}>; rel="help"'),) if len(address) <= _LONGEST_LINK else ()


class Endpoint:
    """The endpoint of a release."""

    def __init__(self, release: Release, store: Store) -> None:
        self._release = release
        self._modified = http_date(datetime.fromisoformat(release.manifest.built))
        self._store_at = lru_cache(maxsize=16)(store.relative_to)
        self._head_of = lru_cache(maxsize=64)(self._make_head)
        self._profile_of = lru_cache(maxsize=512)(self._make_profile)

    def reply(
        self, client: QueryClient, method: str, query_string: bytes, body: Body | None
    ) -> EndpointReply | None:
        """Return the reply to a query of a program; None for any other request.

        Errors: RequestProblem, GraphsvcError.
        """
        query_request = _query_request_of(query_string, body)
        if query_request is None:
            return None
        profile = self._profile_of(client, query_request.form, query_request.format_name)
        return (
            None
            if profile.format.name == "html"
            else self._answer(client, method, query_request, profile)
        )

    def answer(
        self, client: QueryClient, method: str, query_request: QueryRequest
    ) -> EndpointReply:
        """Return the reply to a query in the requested format for programs.

        Errors: GraphsvcError.
        """
        profile = self._make_profile(client, query_request.form, query_request.format_name)
        return self._answer(client, method, query_request, profile)

    def _answer(
        self, client: QueryClient, method: str, query_request: QueryRequest, profile: _AnswerProfile
    ) -> EndpointReply:
        why_empty = partial(_why_empty, client.address, query_request)
        if query_request.changes or self._release.engine:
            head = self._head_of(profile.format, "no-store", "")
            return EndpointReply(200, head, profile.answer(query_request), why_empty)
        tag = etag(self._release, client.root, *query_request.key, profile.format.name)
        if is_unchanged(
            method, client.if_none_match, client.if_modified_since, tag, self._modified
        ):
            if (client.if_none_match or "").strip() == "*":
                # The condition is that there is an answer: an error must be raised here.
                profile.answer(query_request)
            head = profile.head.without("content-type")
            return EndpointReply(304, _with_tag(head, tag), None, why_empty)
        return EndpointReply(
            200, _with_tag(profile.head, tag), profile.answer(query_request), why_empty
        )

    def _make_profile(
        self, client: QueryClient, form: str | None, format_name: str | None
    ) -> _AnswerProfile:
        fmt = protocol.choose_format(format_name, client.accept, protocol.answer_formats(form))
        return _AnswerProfile(
            format=fmt,
            head=self._head_of(fmt, "public, no-cache", self._modified),
            offer=dict.fromkeys(fmt.carries, (fmt,)),
            store=self._store_at(client.address),
        )

    def _make_head(self, fmt: Format, policy: str, modified: str) -> Head:
        """Return the common head of the answers in a format."""
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


@dataclass(frozen=True, slots=True)
class _AnswerProfile:
    """The format, the head and the store for a client's queries of one form."""

    format: Format
    head: Head
    offer: Mapping[Content, Sequence[Format]]
    store: Store

    def answer(self, query_request: QueryRequest) -> Answer:
        return self.store.answer(query_request.query, self.offer, query_request.graphs)


def _query_request_of(query_string: bytes, body: Body | None) -> QueryRequest | None:
    """Return the query of a request, if the request asks for its answer and nothing else."""
    if body is None and (query := _sole_query(query_string)) is not None:
        return protocol.QueryRequest(query)
    parameters = protocol.read_parameters(protocol.in_ascii(query_string), body)
    if not parameters.values.keys() <= _OF_QUERIES or (
        body is None and protocol.asks_nothing(parameters)
    ):
        return None
    return protocol.read(parameters, body)


def _sole_query(query_string: bytes) -> str | None:
    """Return the query of an address that has only a query, as most programs send it."""
    if not query_string.startswith(_QUERY) or b"&" in query_string:
        return None
    try:
        query = protocol.decode_form_value(query_string[len(_QUERY) :])
    except UnicodeDecodeError:
        return None
    return query if query.strip() else None


def _with_tag(head: Head, tag: str) -> Head:
    return head.preceded_by("ETag", f'W/"{tag}"')


def _why_empty(endpoint: str, query_request: QueryRequest) -> str:
    """Return the address of the explanation of the empty answer to a query."""
    parameters = [
        ("query", query_request.query),
        *(("default-graph-uri", iri) for iri in query_request.graphs.default_graphs),
        *(("named-graph-uri", iri) for iri in query_request.graphs.named_graphs),
        ("explain", "empty"),
    ]
    return f"{endpoint}?{urlencode(parameters, quote_via=quote)}"


def _is_empty(fmt: Format, content: bytes) -> bool:
    """Tell whether an answer has no solution and no triple; a boolean is never empty."""
    if len(content) > _LONGEST_EMPTY:
        return False
    if fmt.engine in (QueryResultsFormat.CSV, QueryResultsFormat.TSV):
        return content.count(b"\n") == 1 and content.strip() not in (b"true", b"false")
    if isinstance(fmt.engine, QueryResultsFormat):
        return _NO_SOLUTIONS.search(content) is not None
    return content.strip() in (b"", b"[]")
