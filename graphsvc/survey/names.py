"""Reads all names and sentences of a graph in an engine, page by page, for the search index.

The pages are not sorted, because sorting for each page takes an engine longer than reading; an
engine without writes returns the same order each time. An engine may return fewer rows than the
limit, so only an empty page is the last. The number of rows is compared with the engine's count.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad

from graphsvc import progress
from graphsvc.errors import StoreError
from graphsvc.namespaces import NIF, OA, RDF, RDFS, SCHEMA
from graphsvc.naming import IDENTIFIERS, LITERAL_FORM, NAMES
from graphsvc.search import DESCRIPTIONS
from graphsvc.survey.survey_queries import query_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from graphsvc.naming import Naming
    from graphsvc.store.base import Store, Term

#: The number of rows of a page: most public engines return as many for one query.
PAGE = 10_000

#: The queries for the statements of an engine with named graphs, and of one without; each has a
#: query beside it that counts.
IN_GRAPHS, UNNAMED, STATED = "statements", "unnamed-statements", "stated"

#: The properties for the index beside names: classes, and the places of sentences.
_OTHERS = (
    *(RDF.type, LITERAL_FORM, OA.exact, SCHEMA.position),
    *(NIF.referenceContext, NIF.beginIndex, NIF.endIndex),
)


def read(store: Store, naming: Naming, query: str) -> list[Quad]:
    """Return the quads for the index; ``query`` is the query for statements.

    The memory depends on the number of names in the graph, not on its size. Errors: StoreError,
    also if rows are missing.
    """
    aligned = _aligned(store, naming)
    properties = dict.fromkeys(
        (*naming.labels, *NAMES, *IDENTIFIERS, *DESCRIPTIONS, *_OTHERS, *aligned)
    )
    used = [
        row["property"]
        for row in query_rows(store, "used", {"property": tuple(properties)})
        if isinstance(row["property"], NamedNode)
    ]
    quads = [Quad(prop, RDFS.subPropertyOf, root) for prop, root in aligned.items()]
    for prop in used:
        quads.extend(quads_of(_all(store, query, {"property": prop}, prop.value)))
    if NIF.referenceContext in used:
        quads.extend(quads_of(_all(store, STATED, {}, "what the passages state")))
    return list(dict.fromkeys(quads))


def _aligned(store: Store, naming: Naming) -> dict[NamedNode, Term]:
    """Return the properties that ontologies of the graph align with those of names."""
    roots = (*naming.labels, *NAMES, *IDENTIFIERS)
    return {
        row["naming"]: row["root"]
        for row in query_rows(store, "namings", {"root": roots})
        if isinstance(row["naming"], NamedNode)
    }


def _all(
    store: Store, query: str, terms: Mapping[str, Term], what: str
) -> Iterator[dict[str, Term]]:
    """Yield all rows of a query, page by page; ``what`` names them for the progress bar."""
    total = sum(_number(row["rows"]) for row in query_rows(store, f"{query}-counted", terms))
    came = 0
    while True:
        progress.tell(f"Reading {what}", came, total)
        page = {"limit": Literal(PAGE), "offset": Literal(came)}
        page_rows = list(query_rows(store, query, {**terms, **page}))
        if not page_rows:
            break
        yield from page_rows
        came += len(page_rows)
    if came != total:
        raise StoreError(
            f"Of {total} rows with {what} the engine gave {came}.",
            remedy="Try again while nobody writes to it, and look up its limit of rows.",
        )


def quads_of(rows: Iterable[Mapping[str, Term]]) -> Iterator[Quad]:
    """Yield the quads of some rows: thing, property, value, and graph if there is one."""
    for row in rows:
        thing, prop, graph = row["thing"], row["property"], row.get("graph", DefaultGraph())
        if (
            isinstance(thing, NamedNode | BlankNode)
            and isinstance(prop, NamedNode)
            and isinstance(graph, NamedNode | DefaultGraph)
        ):
            yield Quad(thing, prop, row["value"], graph)


def _number(term: Term) -> int:
    return int(term.value) if isinstance(term, Literal) else 0
