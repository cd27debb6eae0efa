"""The SPARQL endpoint: the query side of the SPARQL 1.1 Protocol.

https://www.w3.org/TR/sparql11-protocol/#query-operation
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Blueprint, Response, render_template, request

from graphsvc import sparql as language
from graphsvc.datatypes import is_absolute_iri
from graphsvc.errors import NotAcceptable
from graphsvc.formats import FORMATS, Content, Format, carrying
from graphsvc.store.base import GraphSelection
from graphsvc.web.negotiation import negotiate
from graphsvc.web.problems import RequestProblem
from graphsvc.web.responses import release_answer
from graphsvc.web.results import results_page
from graphsvc.web.service_description import service_description
from graphsvc.web.site import site

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

endpoint = Blueprint("sparql", __name__)

_FORM = "application/x-www-form-urlencoded"
_QUERY = "application/sparql-query"
_UPDATE = "application/sparql-update"

_CONTENT = {
    "SELECT": Content.SOLUTIONS,
    "ASK": Content.BOOLEAN,
    "CONSTRUCT": Content.TRIPLES,
    "DESCRIBE": Content.TRIPLES,
}

# What makes two answers to one query on one release differ; such answers are not kept.
_CHANGING = frozenset({"NOW", "RAND", "UUID", "STRUUID", "BNODE"})


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks: the query, the dataset it is about, and the format by name, if any."""

    query: str
    graphs: GraphSelection
    format_name: str | None


@endpoint.route("/sparql", methods=["GET", "POST"])
def answer() -> Response:
    """Answer a query; without one, describe the service or show the form to write one."""
    if request.method != "POST" and not _parameters("query", "update"):
        return _about()
    asked = _asked()
    fmt = _format(asked)

    def body() -> Iterable[bytes] | str:
        if fmt.name == "html":
            return results_page(site().store, asked.query, asked.graphs)
        return _Started(
            site().store.answer(asked.query, dict.fromkeys(Content, (fmt,)), asked.graphs).chunks
        )

    if _changes(asked.query):
        response = Response(body(), content_type=fmt.content_type)
        response.headers["Cache-Control"] = "no-store"
        response.vary.add("Accept")
        return response
    graphs = (*asked.graphs.default_graphs, "|", *asked.graphs.named_graphs)
    return release_answer(fmt, (asked.query, *graphs), body)


def _asked() -> Asked:
    """Read the request: SPARQL 1.1 Protocol, sections 2.1.1 to 2.1.4."""
    if _parameters("update"):
        raise _no_updates()
    queries = _parameters("query")
    if request.method == "POST":
        queries = [*queries, *_direct_query()]
    if len(queries) != 1 or not queries[0].strip():
        raise RequestProblem(
            "bad-request",
            f"The request holds {len(queries)} queries."
            if len(queries) != 1
            else "The query is empty.",
            remedy="Send exactly one query.",
        )
    formats = _parameters("format")
    return Asked(queries[0], _graphs(), formats[0] if formats else None)


def _parameters(*names: str) -> list[str]:
    """Return the values of parameters, from the address and from a form."""
    found = [value for name in names for value in request.args.getlist(name)]
    if request.method == "POST" and request.mimetype == _FORM:
        found += [value for name in names for value in request.form.getlist(name)]
    return found


def _direct_query() -> list[str]:
    """Return the query that is the body of the request, if its kind is that of a query."""
    if request.mimetype == _FORM:
        return []
    if request.mimetype == _UPDATE:
        raise _no_updates()
    if request.mimetype != _QUERY:
        raise RequestProblem(
            "unsupported-media-type",
            f"A body of the kind {request.mimetype or '(none)'} cannot be read as a query.",
            remedy=f"Send the query as {_QUERY}, or in the field 'query' of a form ({_FORM}).",
            Accept_Post=f"{_QUERY}, {_FORM}",
        )
    try:
        return [request.get_data().decode("utf-8")]
    except UnicodeDecodeError as error:
        raise RequestProblem(
            "bad-request",
            f"The query is not UTF-8: byte {error.start} cannot be read.",
            remedy="Send the query in UTF-8.",
        ) from error


def _no_updates() -> RequestProblem:
    return RequestProblem(
        "forbidden-operation",
        "The graph cannot be changed over HTTP.",
        remedy="Change the project's files and build them again.",
    )


def _graphs() -> GraphSelection:
    default, named_graphs = _parameters("default-graph-uri"), _parameters("named-graph-uri")
    for iri in (*default, *named_graphs):
        if not is_absolute_iri(iri):
            raise RequestProblem(
                "bad-request", f"{iri!r} is not the IRI of a graph.", remedy="Give its whole IRI."
            )
    return GraphSelection(tuple(default), tuple(named_graphs))


def _format(asked: Asked) -> Format:
    """Return the format of the answer; of a query that is wrong, the store tells what is."""
    try:
        return _chosen(asked.format_name, _offered(asked))
    except NotAcceptable:
        with suppress(NotAcceptable):
            site().store.answer(asked.query, {}, asked.graphs)
        raise


def _offered(asked: Asked) -> tuple[Format, ...]:
    """Return the formats that can carry the answer; a page comes last, for whoever names it."""
    content = _CONTENT.get(language.form(asked.query) or "SELECT", Content.SOLUTIONS)
    return (*carrying(content), *carrying(Content.PAGE))


def _chosen(name: str | None, offered: Sequence[Format]) -> Format:
    """Return the format asked for by name or media type in ``format=``, or by negotiation."""
    if name is None:
        return negotiate(request.headers.get("Accept"), offered)
    asked = next((fmt for fmt in offered if name.casefold() in _names(fmt)), None)
    if asked is None:
        raise NotAcceptable(offered)
    return asked


def _names(fmt: Format) -> set[str]:
    """Return what clients call a format in ``format=``: turtle, rdf+xml, or xml for a graph."""
    media_types = {fmt.media_type, *fmt.aliases}
    subtypes = {media_type.partition("/")[2] for media_type in media_types}
    suffixes = {subtype.rpartition("+")[2] for subtype in subtypes}
    return {fmt.name, fmt.label.casefold()} | media_types | subtypes | suffixes


def _changes(query: str) -> bool:
    """Tell whether the query uses a function whose value is another each time."""
    return any(token.text.upper() in _CHANGING for token in language.code(query))


class _Started:
    """The chunks of an answer whose first is there: what fails before it fails cleanly.

    The server closes it when the client has gone, or wants no body; then the query ends too.
    """

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._pending = iter(chunks)
        self._first: bytes | None = next(self._pending, b"")

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        first, self._first = self._first, None
        return next(self._pending) if first is None else first

    def close(self) -> None:
        """End the query if it still runs."""
        if isinstance(self._pending, Generator):
            self._pending.close()


def _about() -> Response:
    offered = (*carrying(Content.PAGE), *carrying(Content.TRIPLES))
    names = _parameters("format")
    fmt = _chosen(names[0] if names else None, offered)

    def body() -> bytes | str:
        if fmt.name == "html":
            return render_template("sparql.html", formats=FORMATS, contents=Content)
        return service_description(site(), request.base_url, fmt)

    return release_answer(fmt, ("about", request.base_url), body)
