"""The routes of the SPARQL endpoint in the Flask application.

`protocol` reads the requests. `endpoint` answers programs; the workers of the server call it
directly. This module adds pages, the service description, explanations and the answers of other
releases.
https://www.w3.org/TR/sparql11-protocol/#query-operation
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from flask import Blueprint, Response, current_app, g, request, url_for

from graphsvc.errors import NotAcceptable
from graphsvc.explain import explain_empty
from graphsvc.formats import Content, Format, carrying
from graphsvc.phrases import Phrase
from graphsvc.web import pinned, problems, protocol
from graphsvc.web.delivery import LAST_FIELDS
from graphsvc.web.endpoint import QueryClient
from graphsvc.web.examples import example
from graphsvc.web.explanation import EXPLANATION_FORMATS, write_explanation
from graphsvc.web.interface import Operation, Parameter, for_programs
from graphsvc.web.languages import speaks
from graphsvc.web.pinned import Pin
from graphsvc.web.problems import RequestProblem
from graphsvc.web.protocol import Body, QueryRequest
from graphsvc.web.responses import release_answer, response_of
from graphsvc.web.results import workbench_page
from graphsvc.web.service_description import service_description
from graphsvc.web.site import site

if TYPE_CHECKING:
    from graphsvc.store.base import Answer, Store
    from graphsvc.web.endpoint import Endpoint
    from graphsvc.web.protocol import Parameters

endpoint = Blueprint("sparql", __name__)

#: The first query in the editor: facts beside the words that state them.
START = """\
SELECT ?passage ?words ?subject ?property ?value
WHERE {
  GRAPH ?passage { ?subject ?property ?value }
  ?passage oa:exact ?words .
}
LIMIT 25
"""


_SOME_QUERY = "SELECT ?thing ?class WHERE { ?thing a ?class } ORDER BY ?thing ?class LIMIT 10"
_QUERY_PARAMETER = Parameter("query", Phrase("The query"), example=_SOME_QUERY)
_FORMATS = (
    *carrying(Content.SOLUTIONS),
    *carrying(Content.TRIPLES),
    *carrying(Content.PAGE),
)


@endpoint.route("/sparql", methods=["GET", "POST"])
@for_programs(
    Operation(
        "query",
        Phrase("Answer a SPARQL query; without one, describe the endpoint."),
        Phrase("SPARQL"),
        _FORMATS,
        (
            _QUERY_PARAMETER,
            Parameter(
                "default-graph-uri",
                Phrase("The IRI of a graph that the default graph is made of"),
            ),
            Parameter("named-graph-uri", Phrase("The IRI of a graph that can be named")),
            Parameter("format", Phrase("The name of a format, in place of the Accept header")),
        ),
        failures=(400, 403, 503),
    ),
    Operation(
        "postQuery",
        Phrase("Answer a SPARQL query that comes in the body."),
        Phrase("SPARQL"),
        _FORMATS,
        failures=(400, 403, 413, 415, 503),
        form=(replace(_QUERY_PARAMETER, required=True),),
        bodies=(protocol.QUERY,),
    ),
)
def answer() -> Response:
    """Answer a query; without one, describe the service or show the editor."""
    body = None
    if request.method == "POST":
        body = Body.of(request.content_type or "", request.get_data())
    try:
        parameters = protocol.read_parameters(request.query_string, body)
        is_about = body is None and protocol.asks_nothing(parameters)
        query_request = None if is_about else protocol.read(parameters, body)
    except RequestProblem:
        problems.raise_failure()
        raise
    # The page of an error shows the query, so that the user can correct it.
    g.query_request = query_request
    problems.raise_failure()
    return _about(parameters) if query_request is None else _answer(query_request, parameters)


def _answer(query_request: QueryRequest, parameters: Parameters) -> Response:
    """Answer a query by a page, an explanation or data."""
    pin = pinned.find(parameters)
    if protocol.asks_why_empty(parameters):
        return _explanation(query_request, pin)
    store = _relative(site().store if pin is None else pin.store)
    fmt = _format(query_request, store)

    def content() -> Answer | str:
        if fmt.name == "html":
            return workbench_page(query_request, store=store)
        return store.answer(
            query_request.query, dict.fromkeys(Content, (fmt,)), query_request.graphs
        )

    if pin is not None:
        return pinned.answer(pin, query_request, fmt, content)
    if fmt.name != "html":
        return _mounted(query_request, fmt)
    if query_request.changes:
        return _unrepeatable(fmt, content())
    return release_answer(fmt, query_request.key, content)


def _mounted(query_request: QueryRequest, fmt: Format) -> Response:
    """Return the reply of the endpoint, which workers of the server send without Flask."""
    functions: Endpoint = current_app.extensions["graphsvc.endpoint"]
    client = QueryClient(
        accept=request.headers.get("Accept"),
        if_none_match=request.headers.get("If-None-Match"),
        if_modified_since=request.headers.get("If-Modified-Since"),
        root=request.script_root,
        address=url_for("sparql.answer", _external=True),
    )
    reply = functions.answer(client, request.method, query_request)
    if reply.answer is None:
        response = Response(status=reply.status)
        del response.headers["Content-Type"]
    else:
        response = response_of(fmt, reply.answer)
    response.headers.update(reply.head.fields)
    request.environ[LAST_FIELDS] = reply.last_fields
    return response


def _relative(store: Store) -> Store:
    """Return a store that resolves relative IRIs against the address of the endpoint."""
    return store.relative_to(url_for("sparql.answer", _external=True))


def _unrepeatable(fmt: Format, content: Answer | str) -> Response:
    """Return an answer that differs each time, and may not be cached."""
    response = response_of(fmt, content)
    response.headers["Cache-Control"] = "no-store"
    response.vary.add("Accept")
    speaks(response, fmt)
    return response


def _format(query_request: QueryRequest, store: Store) -> Format:
    """Return the format of the answer; for an invalid query the store raises its error."""
    try:
        return query_request.format(request.headers.get("Accept"))
    except NotAcceptable:
        with suppress(NotAcceptable):
            store.answer(query_request.query, {}, query_request.graphs)
        raise


def _explanation(query_request: QueryRequest, pin: Pin | None) -> Response:
    """Return the explanation of the empty answer to a query."""
    accept = request.headers.get("Accept")
    fmt = protocol.choose_format(query_request.format_name, accept, EXPLANATION_FORMATS)

    of = Pin(site().release, site().store) if pin is None else pin

    def content() -> str:
        explanation = explain_empty(
            _relative(of.store), query_request.query, query_request.graphs, of.prefixes
        )
        return write_explanation(explanation, query_request.query, fmt)

    return release_answer(fmt, ("explain", of.release.id, *query_request.key), content)


def _about(parameters: Parameters) -> Response:
    # Programs often name no type, and browsers name HTML, so data are first.
    offered = (*carrying(Content.TRIPLES), *carrying(Content.PAGE))
    fmt = protocol.choose_format(
        protocol.format_name(parameters), request.headers.get("Accept"), offered
    )
    names = parameters.all("example")
    query = example(site(), names[0]).text if names else START

    def body() -> bytes | str:
        if fmt.name == "html":
            return workbench_page(query=query)
        return service_description(site(), url_for("sparql.answer", _external=True), fmt)

    return release_answer(fmt, ("about", *names), body)
