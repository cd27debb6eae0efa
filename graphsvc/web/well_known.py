"""Well-known addresses: where programs look first. https://www.rfc-editor.org/rfc/rfc8615."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort, redirect, request

from graphsvc.formats import Content, carrying
from graphsvc.views.dataset import prefixes, statements
from graphsvc.web import problems
from graphsvc.web.negotiation import negotiate
from graphsvc.web.rdf import write_rdf
from graphsvc.web.responses import release_answer
from graphsvc.web.site import site

if TYPE_CHECKING:
    from pyoxigraph import Quad
    from werkzeug.wrappers import Response as BaseResponse

well_known = Blueprint("well_known", __name__, url_prefix="/.well-known")

_DESCRIPTION_FORMATS = (*carrying(Content.TRIPLES), *carrying(Content.PAGE))


@well_known.get("/void")
def void() -> BaseResponse:
    """Redirect to the description of the dataset. https://www.w3.org/TR/void/#well-known.

    A program that names no type gets data here, but would get a page from the document itself. So
    the redirect leads to the document in the format that is chosen here.
    """
    problems.ask_for_rdf_errors()
    iri = site().dataset.iri
    if iri is None:
        abort(404)
    fmt = negotiate(request.headers.get("Accept"), _DESCRIPTION_FORMATS)
    response = redirect(site().local_doc(iri, f".{fmt.name}"), 302)
    response.headers["Cache-Control"] = "public, no-cache"
    response.vary.add("Accept")
    return response


@well_known.get("/sparql-examples")
def sparql_examples() -> Response:
    """Answer with the example queries and the prefixes that they do not declare."""
    problems.ask_for_rdf_errors()
    fmt = negotiate(request.headers.get("Accept"), carrying(Content.TRIPLES))

    def body() -> bytes:
        quads = _examples()
        statements = quads if Content.QUADS in fmt.carries else [quad.triple for quad in quads]
        return write_rdf(statements, fmt, site().prefixes)

    return release_answer(fmt, ("sparql-examples",), body)


def _examples() -> list[Quad]:
    quads = {*statements(site().graph, "examples"), *prefixes(site().graph)}
    return sorted(quads, key=lambda quad: (str(quad.graph_name), str(quad.subject), str(quad)))
