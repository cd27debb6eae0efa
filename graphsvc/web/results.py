"""The answer to a query, as a page for whoever asks by browser and as JSON for its scripts."""

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
from graphsvc.web.rows import Cells, read_answer
from graphsvc.web.site import site
from graphsvc.web.snippets import snippets

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graphsvc.formats import Format
    from graphsvc.store.base import Store, Term
    from graphsvc.web.protocol import Asked
    from graphsvc.web.rows import Answered


_SHOWN_TRIPLES = 2_000
_TURTLE = next(fmt for fmt in FORMATS if fmt.engine == RdfFormat.TURTLE)


def workbench_page(asked: Asked | None = None, query: str = "", store: Store | None = None) -> str:
    """Return the page with the editor: with a query's answer, if it is asked, else without.

    ``store`` answers, if another release than the served one is to.
    """
    text = query if asked is None else asked.query
    shown = {} if asked is None else _shown(asked, store or site().store)
    address = url_for("sparql.answer", _external=True)
    return render_template(
        "workbench.html",
        query=text,
        asked=asked,
        address=address,
        examples=examples(site()),
        snippets=snippets(text, address),
        **shown,
    )


def _shown(asked: Asked, store: Store) -> dict[str, object]:
    answered = read_answer(store, asked.query, asked.graphs)
    rows = answered.rows[: page_sizes.ROWS_OF_WORKBENCH]
    cells = Cells(site(), rows, labels())
    is_whole = answered.complete and len(rows) == len(answered.rows)
    return {
        # What stands here whole is sorted and drawn by the scripts without asking again.
        "told": _told(answered, cells) if rows and is_whole else None,
        "answered": answered,
        "rows": [cells.row(row) for row in rows],
        "turtle": turtle(answered),
        "downloads": [(fmt, download(asked, fmt.name)) for fmt in _formats(answered)],
    }


def answer_json(asked: Asked) -> str:
    """Return the rows of an answer for the scripts: every term once, the rows by their numbers."""
    answered = read_answer(site().store, asked.query, asked.graphs)
    told = _told(answered, Cells(site(), answered.rows, labels()))
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")) + "\n"


def _told(answered: Answered, cells: Cells) -> dict[str, object]:
    terms = dict.fromkeys(term for row in answered.rows for term in row if term is not None)
    numbers = {term: number for number, term in enumerate(terms)}
    return {
        "release": site().release.id,
        "seconds": round(answered.seconds, 6),
        "columns": answered.columns,
        "terms": [cells.cell(term) for term in terms],
        "rows": [
            [None if term is None else numbers[term] for term in row] for row in answered.rows
        ],
        "complete": answered.complete,
        "boolean": answered.boolean,
        "views": {"graph": answered.drawable(), "chart": answered.chartable()},
        "map": url_for("pictures.map_page") if _is_placed(terms) else None,
        "turtle": turtle(answered),
        "formats": [{"name": fmt.name, "label": fmt.label} for fmt in _formats(answered)],
    }


def _is_placed(terms: Iterable[Term]) -> bool:
    """Tell whether a map may show some of the terms."""
    return not site().graph.places.spots.keys().isdisjoint(terms)


def download(asked: Asked, name: str) -> dict[str, list[str]]:
    """Return the parameters under which the endpoint has the whole answer in a format."""
    graphs = {
        "default-graph-uri": list(asked.graphs.default_graphs),
        "named-graph-uri": list(asked.graphs.named_graphs),
        "release": request.values.getlist("release"),
    }
    given = {name: values for name, values in graphs.items() if values}
    return {"query": [asked.query], "format": [name], **given}


def _formats(answered: Answered) -> tuple[Format, ...]:
    if answered.boolean is not None:
        return carrying(Content.BOOLEAN)
    return carrying(Content.TRIPLES if answered.is_graph else Content.SOLUTIONS)


def turtle(answered: Answered) -> str:
    """Return the beginning of a graph in Turtle, or nothing if the answer is no graph."""
    if not answered.is_graph:
        return ""
    triples = [
        Triple(subject, predicate, value)
        for subject, predicate, value in answered.rows[:_SHOWN_TRIPLES]
        if isinstance(subject, NamedNode | BlankNode)
        and isinstance(predicate, NamedNode)
        and value is not None
    ]
    return write_rdf(triples, _TURTLE, site().prefixes).decode("utf-8")
