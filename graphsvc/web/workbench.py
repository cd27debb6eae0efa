"""The routes for the scripts of the workbench: rows, faults, completions, code, all in JSON.

Each reads its query like the endpoint, by GET or by POST; errors have the usual form.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from flask import Blueprint, Response, request, url_for

from graphsvc import sparql
from graphsvc.diagnostics import warnings
from graphsvc.errors import NotAcceptable, QueryError
from graphsvc.explain import unknown_terms
from graphsvc.formats import Content, carrying
from graphsvc.views.names import Names
from graphsvc.web import protocol
from graphsvc.web.examples import example
from graphsvc.web.faults import fault
from graphsvc.web.languages import labels
from graphsvc.web.notebook import NotebookSource, notebook
from graphsvc.web.protocol import Body
from graphsvc.web.responses import localised_answer, release_answer
from graphsvc.web.results import answer_json
from graphsvc.web.site import site
from graphsvc.web.snippets import snippets

if TYPE_CHECKING:
    from collections.abc import Callable

    from graphsvc.formats import Format
    from graphsvc.web.protocol import QueryRequest

workbench = Blueprint("workbench", __name__, url_prefix="/sparql")
workbench.add_app_template_global(fault)

(_JSON,) = carrying(Content.RECORDS)
(_NOTEBOOK,) = carrying(Content.NOTEBOOK)


@workbench.route("/answer.json", methods=["GET", "POST"])
def answer() -> Response:
    """Answer a query by rows of terms with their labels, links and datatypes."""
    return _about_query("answer", _JSON, answer_json)


@workbench.route("/check.json", methods=["GET", "POST"])
def check() -> Response:
    """Return the syntax errors of a query, or else the terms that are not in the graph."""
    return _about_query(
        "check", _JSON, lambda query_request: _json({"faults": _faults(query_request)})
    )


@workbench.route("/snippets.json", methods=["GET", "POST"])
def code() -> Response:
    """Return code that asks a query from other programs."""

    def body(query_request: QueryRequest) -> str:
        pieces = snippets(query_request.query, _endpoint())
        return _json({"snippets": {each.name: each.code for each in pieces}})

    return _about_query("snippets", _JSON, body)


@workbench.route("/notebook", methods=["GET", "POST"])
def as_notebook() -> Response:
    """Return a query as a Jupyter notebook that asks it."""

    def body(query_request: QueryRequest) -> str:
        served = site()
        title, licence = served.dataset.title, served.dataset.licence
        return notebook(
            query_request.query, NotebookSource(title, _endpoint(), served.release.id, licence)
        )

    response = _about_query("notebook", _NOTEBOOK, body)
    response.headers["Content-Disposition"] = 'attachment; filename="query.ipynb"'
    return response


@workbench.get("/vocabulary.json")
def vocabulary() -> Response:
    """Return the prefixes of the graph, and the classes and properties that it uses."""

    def body() -> str:
        served = site()
        compact = served.release.prefixes.compact
        used = served.graph.ontology.used
        names = Names(served.graph, (each.term for each in used), labels())
        terms = [
            {
                "name": compact(each.term.value),
                "label": names[each.term].label,
                "kind": each.kind,
                "count": each.count,
                "definition": served.graph.terms.definition(each.term, labels()),
            }
            for each in used
        ]
        return _json({"prefixes": dict(served.prefixes), "terms": terms})

    return localised_answer(_JSON, ("vocabulary",), body)


@workbench.get("/example.json")
def one_example() -> Response:
    """Return the text of the example whose name is in ``name``."""
    choice = example(site(), request.args.get("name", ""))
    return release_answer(
        _JSON, ("example", choice.name), lambda: _json({"name": choice.name, "text": choice.text})
    )


def _about_query(what: str, fmt: Format, body: Callable[[QueryRequest], str]) -> Response:
    """Answer with data about the query of the request."""
    request_body = None
    if request.method == "POST":
        request_body = Body.of(request.content_type or "", request.get_data())
    query_request = protocol.read(
        protocol.read_parameters(request.query_string, request_body), request_body
    )
    response = localised_answer(fmt, (what, *query_request.key), lambda: body(query_request))
    if query_request.changes:
        response.headers["Cache-Control"] = "no-store"
    return response


def _faults(query_request: QueryRequest) -> list[dict[str, object]]:
    served = site()
    try:
        # No format is offered, so a valid query raises NotAcceptable.
        served.store.answer(query_request.query, {}, query_request.graphs)
    except NotAcceptable:
        pass
    except QueryError as error:
        return [fault("error", error.message, error.remedy, error.position)]
    surprising = [
        fault(
            "warning", each.message, each.remedy, sparql.position(query_request.query, each.offset)
        )
        for each in warnings(query_request.query)
    ]
    return surprising + [
        fault(
            "warning",
            f"{term.text} does not occur in this graph.",
            f"Did you mean {' or '.join(term.suggestions)}?" if term.suggestions else "",
            term.position,
            term.suggestions,
        )
        for term in unknown_terms(
            served.store, query_request.query, served.release.prefixes.in_queries
        )
    ]


def _endpoint() -> str:
    return url_for("sparql.answer", _external=True)


def _json(members: dict[str, object]) -> str:
    return json.dumps(members, ensure_ascii=False, separators=(",", ":")) + "\n"
