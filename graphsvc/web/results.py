"""The answer to a query, as a page for browsers and as JSON for its scripts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from flask import render_template, request, url_for
from pyoxigraph import BlankNode, NamedNode, RdfFormat, Triple

from graphsvc.formats import FORMATS, Content, carrying
from graphsvc.views import page_sizes
from graphsvc.web.examples import examples
from graphsvc.web.languages import labels
from graphsvc.web.rdf import write_rdf
from graphsvc.web.rows import AnswerCells, read_answer
from graphsvc.web.site import site
from graphsvc.web.snippets import snippets

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graphsvc.formats import Format
    from graphsvc.store.base import Store, Term
    from graphsvc.web.protocol import QueryRequest
    from graphsvc.web.rows import AnswerTable


_PAGE_TRIPLES = 2_000
_TURTLE = next(fmt for fmt in FORMATS if fmt.engine == RdfFormat.TURTLE)


def workbench_page(
    query_request: QueryRequest | None = None, query: str = "", store: Store | None = None
) -> str:
    """Return the page with the editor, and with a query's answer if there is a query.

    ``store`` answers instead of the served release's store.
    """
    text = query if query_request is None else query_request.query
    context = {} if query_request is None else _answer_context(query_request, store or site().store)
    address = url_for("sparql.answer", _external=True)
    return render_template(
        "workbench.html",
        query=text,
        query_request=query_request,
        address=address,
        examples=examples(site()),
        snippets=snippets(text, address),
        **context,
    )


def _answer_context(query_request: QueryRequest, store: Store) -> dict[str, object]:
    table = read_answer(store, query_request.query, query_request.graphs)
    rows = table.rows[: page_sizes.ROWS_OF_WORKBENCH]
    cells = AnswerCells(site(), rows, labels())
    is_whole = table.complete and len(rows) == len(table.rows)
    return {
        # With a complete answer, the scripts sort and draw it without another request.
        "answer_data": _answer_members(table, cells) if rows and is_whole else None,
        "answered": table,
        "rows": [cells.row(row) for row in rows],
        "turtle": turtle(table),
        "downloads": [(fmt, download(query_request, fmt.name)) for fmt in _formats(table)],
    }


def answer_json(query_request: QueryRequest) -> str:
    """Return the rows of an answer for the scripts: the terms, and rows of their numbers."""
    table = read_answer(site().store, query_request.query, query_request.graphs)
    members = _answer_members(table, AnswerCells(site(), table.rows, labels()))
    return json.dumps(members, ensure_ascii=False, separators=(",", ":")) + "\n"


def _answer_members(table: AnswerTable, cells: AnswerCells) -> dict[str, object]:
    terms = dict.fromkeys(term for row in table.rows for term in row if term is not None)
    numbers = {term: number for number, term in enumerate(terms)}
    return {
        "release": site().release.id,
        "seconds": round(table.seconds, 6),
        "columns": table.columns,
        "terms": [cells.cell(term) for term in terms],
        "rows": [[None if term is None else numbers[term] for term in row] for row in table.rows],
        "complete": table.complete,
        "boolean": table.boolean,
        "views": {"graph": table.drawable(), "chart": table.chartable()},
        "map": url_for("pictures.map_page") if _is_placed(terms) else None,
        "turtle": turtle(table),
        "formats": [{"name": fmt.name, "label": fmt.label} for fmt in _formats(table)],
    }


def _is_placed(terms: Iterable[Term]) -> bool:
    """Tell whether a map may show some of the terms."""
    return not site().graph.places.spots.keys().isdisjoint(terms)


def download(query_request: QueryRequest, name: str) -> dict[str, list[str]]:
    """Return the parameters with which the endpoint returns the whole answer in a format."""
    graphs = {
        "default-graph-uri": list(query_request.graphs.default_graphs),
        "named-graph-uri": list(query_request.graphs.named_graphs),
        "release": request.values.getlist("release"),
    }
    graph_parameters = {name: values for name, values in graphs.items() if values}
    return {"query": [query_request.query], "format": [name], **graph_parameters}


def _formats(table: AnswerTable) -> tuple[Format, ...]:
    if table.boolean is not None:
        return carrying(Content.BOOLEAN)
    return carrying(Content.TRIPLES if table.is_graph else Content.SOLUTIONS)


def turtle(table: AnswerTable) -> str:
    """Return the beginning of a graph in Turtle, or nothing if the answer is no graph."""
    if not table.is_graph:
        return ""
    triples = [
        Triple(subject, predicate, value)
        for subject, predicate, value in table.rows[:_PAGE_TRIPLES]
        if isinstance(subject, NamedNode | BlankNode)
        and isinstance(predicate, NamedNode)
        and value is not None
    ]
    return write_rdf(triples, _TURTLE, site().prefixes).decode("utf-8")
