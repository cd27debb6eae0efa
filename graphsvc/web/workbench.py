"""What the scripts of the workbench ask for: rows, faults, completions, code. All of it is JSON.

Each takes its query as the endpoint does, by GET or by POST; errors have the one shape.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from flask import Blueprint, Response, request, url_for

from graphsvc import sparql
from graphsvc.errors import NotAcceptable, QueryError
from graphsvc.explain import unknown_terms
from graphsvc.formats import Content, carrying
from graphsvc.teaching import warnings
from graphsvc.views.names import Names
from graphsvc.web import protocol
from graphsvc.web.examples import example
from graphsvc.web.faults import fault
from graphsvc.web.languages import labels
from graphsvc.web.notebook import Source, notebook
from graphsvc.web.protocol import Body
from graphsvc.web.responses import release_answer, spoken_answer
from graphsvc.web.results import answer_json
from graphsvc.web.site import site
from graphsvc.web.snippets import snippets

if TYPE_CHECKING:
    from collections.abc import Callable

    from graphsvc.formats import Format
    from graphsvc.web.protocol import Asked

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
    """Tell what in a query cannot be read; if all can be, what of it is not in the graph."""
    return _about_query("check", _JSON, lambda asked: _json({"faults": _faults(asked)}))


@workbench.route("/snippets.json", methods=["GET", "POST"])
def code() -> Response:
    """Return code that asks a query from elsewhere."""

    def body(asked: Asked) -> str:
        found = snippets(asked.query, _endpoint())
        return _json({"snippets": {each.name: each.code for each in found}})

    return _about_query("snippets", _JSON, body)


@workbench.route("/notebook", methods=["GET", "POST"])
def as_notebook() -> Response:
    """Return a query as a Jupyter notebook that asks it."""

    def body(asked: Asked) -> str:
        served = site()
        title, licence = served.dataset.title, served.dataset.licence
        return notebook(asked.query, Source(title, _endpoint(), served.release.id, licence))

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

    return spoken_answer(_JSON, ("vocabulary",), body)


@workbench.get("/example.json")
def one_example() -> Response:
    """Return the text of the example whose name is in ``name``."""
    chosen = example(site(), request.args.get("name", ""))
    return release_answer(
        _JSON, ("example", chosen.name), lambda: _json({"name": chosen.name, "text": chosen.text})
    )


def _about_query(what: str, fmt: Format, body: Callable[[Asked], str]) -> Response:
    """Answer with something about the query that the request holds."""
    sent = None
    if request.method == "POST":
        sent = Body.of(request.content_type or "", request.get_data())
    asked = protocol.read(protocol.parameters(request.query_string, sent), sent)
    response = spoken_answer(fmt, (what, *asked.key), lambda: body(asked))
    if asked.changes:
        response.headers["Cache-Control"] = "no-store"
    return response


def _faults(asked: Asked) -> list[dict[str, object]]:
    served = site()
    try:
        # No format is wanted: what can be read is refused for that alone.
        served.store.answer(asked.query, {}, asked.graphs)
    except NotAcceptable:
        pass
    except QueryError as error:
        return [fault("error", error.message, error.remedy, error.position)]
    surprising = [
        fault("warning", each.message, each.remedy, sparql.position(asked.query, each.offset))
        for each in warnings(asked.query)
    ]
    return surprising + [
        fault(
            "warning",
            f"{term.written} does not occur in this graph.",
            f"Did you mean {' or '.join(term.near)}?" if term.near else "",
            term.position,
            term.near,
        )
        for term in unknown_terms(served.store, asked.query, served.release.prefixes.in_queries)
    ]


def _endpoint() -> str:
    return url_for("sparql.answer", _external=True)


def _json(members: dict[str, object]) -> str:
    return json.dumps(members, ensure_ascii=False, separators=(",", ":")) + "\n"
