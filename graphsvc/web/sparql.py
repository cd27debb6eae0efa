"""The SPARQL endpoint as the Flask application mounts it.

What a request asks is read in `protocol`. Answers for programs are those of `endpoint`, which the
workers of the server call directly; pages, the service description, explanations and the answers of
other releases are given here.
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
from graphsvc.web.endpoint import Client
from graphsvc.web.examples import example
from graphsvc.web.explanation import EXPLANATION_FORMATS, written_explanation
from graphsvc.web.interface import Operation, Parameter, for_programs
from graphsvc.web.languages import speaks
from graphsvc.web.pinned import Pin
from graphsvc.web.problems import RequestProblem
from graphsvc.web.protocol import Asked, Body
from graphsvc.web.responses import release_answer, response_of
from graphsvc.web.results import workbench_page
from graphsvc.web.service_description import service_description
from graphsvc.web.site import site

if TYPE_CHECKING:
    from graphsvc.store.base import Answer, Store
    from graphsvc.web.endpoint import Endpoint
    from graphsvc.web.protocol import Parameters

endpoint = Blueprint("sparql", __name__)

#: What the editor holds at first: facts beside the words that state them.
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
    """Answer a query; without one, describe the service or show the form to write one."""
    body = None
    if request.method == "POST":
        body = Body.of(request.content_type or "", request.get_data())
    try:
        given = protocol.parameters(request.query_string, body)
        is_about = body is None and protocol.asks_nothing(given)
        asked = None if is_about else protocol.read(given, body)
    except RequestProblem:
        problems.raise_failure()
        raise
    # The page of an error shows the query again, so that it can be mended.
    g.asked = asked
    problems.raise_failure()
    return _about(given) if asked is None else _answer(asked, given)


def _answer(asked: Asked, given: Parameters) -> Response:
    """Answer a query, by a page, an explanation or the answer as it is."""
    pin = pinned.find(given)
    if protocol.asks_why_empty(given):
        return _explanation(asked, pin)
    store = _relative(site().store if pin is None else pin.store)
    fmt = _format(asked, store)

    def content() -> Answer | str:
        if fmt.name == "html":
            return workbench_page(asked, store=store)
        return store.answer(asked.query, dict.fromkeys(Content, (fmt,)), asked.graphs)

    if pin is not None:
        return pinned.answer(pin, asked, fmt, content)
    if fmt.name != "html":
        return _mounted(asked, fmt)
    if asked.changes:
        return _unrepeatable(fmt, content())
    return release_answer(fmt, asked.key, content)


def _mounted(asked: Asked, fmt: Format) -> Response:
    """Return the reply of the endpoint, which a worker of the server gives without Flask."""
    functions: Endpoint = current_app.extensions["graphsvc.endpoint"]
    client = Client(
        accept=request.headers.get("Accept"),
        if_none_match=request.headers.get("If-None-Match"),
        if_modified_since=request.headers.get("If-Modified-Since"),
        root=request.script_root,
        address=url_for("sparql.answer", _external=True),
    )
    reply = functions.answer(client, request.method, asked)
    if reply.answer is None:
        response = Response(status=reply.status)
        del response.headers["Content-Type"]
    else:
        response = response_of(fmt, reply.answer)
    response.headers.update(reply.head.fields)
    request.environ[LAST_FIELDS] = reply.last_fields
    return response


def _relative(store: Store) -> Store:
    """Return a store whose queries are relative to the address of the endpoint."""
    return store.relative_to(url_for("sparql.answer", _external=True))


def _unrepeatable(fmt: Format, content: Answer | str) -> Response:
    """Return an answer that is another one each time."""
    response = response_of(fmt, content)
    response.headers["Cache-Control"] = "no-store"
    response.vary.add("Accept")
    speaks(response, fmt)
    return response


def _format(asked: Asked, store: Store) -> Format:
    """Return the format of the answer; of a query that is wrong, the store tells what is."""
    try:
        return asked.format(request.headers.get("Accept"))
    except NotAcceptable:
        with suppress(NotAcceptable):
            store.answer(asked.query, {}, asked.graphs)
        raise


def _explanation(asked: Asked, pin: Pin | None) -> Response:
    """Tell why the answer to a query is empty."""
    accept = request.headers.get("Accept")
    fmt = protocol.chosen(asked.format_name, accept, EXPLANATION_FORMATS)

    of = Pin(site().release, site().store) if pin is None else pin

    def content() -> str:
        found = explain_empty(_relative(of.store), asked.query, asked.graphs, of.prefixes)
        return written_explanation(found, asked.query, fmt)

    return release_answer(fmt, ("explain", of.release.id, *asked.key), content)


def _about(given: Parameters) -> Response:
    # Programs often name no type, browsers name HTML: so data comes first.
    offered = (*carrying(Content.TRIPLES), *carrying(Content.PAGE))
    fmt = protocol.chosen(protocol.format_name(given), request.headers.get("Accept"), offered)
    chosen = given.all("example")
    query = example(site(), chosen[0]).text if chosen else START

    def body() -> bytes | str:
        if fmt.name == "html":
            return workbench_page(query=query)
        return service_description(site(), url_for("sparql.answer", _external=True), fmt)

    return release_answer(fmt, ("about", *chosen), body)
