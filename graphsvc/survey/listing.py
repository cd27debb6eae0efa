"""Which things of a graph in an engine have pages, and which documents show their parts themselves.

What `graphsvc.listing` reads from all quads of a build is read here up to a bound: of a graph
that has more things than that, the list is of some, and serves the site map. Every other thing
has a page too, for the engine is asked whether it knows an IRI.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from graphsvc.listing import APART
from graphsvc.namespaces import NIF, graph_iri
from graphsvc.survey.survey_queries import query_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from graphsvc.store.base import Store, Term


def pages(store: Store, base: str, graphs: Iterable[str]) -> bytes:
    """Return the IRIs with a page that the bounded query gives, one a line, in order.

    ``graphs`` are the named graphs; one with an IRI elsewhere has a page too. Errors: StoreError.
    """
    names = tuple(graphs)
    apart = [graph_iri(base, name) for name in APART]
    things = (
        query_rows(store, "things", {"graph": apart}) if names else query_rows(store, "unnamed")
    )
    elsewhere = (iri for iri in names if not iri.startswith(base))
    return _lines({*_iris(things, "thing"), *elsewhere})


def documents(store: Store, base: str, graphs: Iterable[str]) -> bytes:
    """Return the IRIs, one a line, of the documents that show their parts. Errors: StoreError."""
    apart = [graph_iri(base, name) for name in APART]
    terms: dict[str, Term | Iterable[Term]] = {"graph": apart, "base": Literal(base)}
    iris = {*_iris(query_rows(store, "fragments", terms), "document", base)}
    if any(query_rows(store, "used", {"property": NIF.referenceContext})):
        # What a passage states is a part of the passage, whose graph has its IRI.
        iris.update(iri for iri in graphs if iri.startswith(base))
    return _lines(iris)


def named_graphs(store: Store) -> tuple[str, ...]:
    """Return the IRIs of the named graphs, up to a bound. Errors: StoreError."""
    return tuple(_iris(query_rows(store, "graphs"), "graph"))


def _iris(answer: Iterable[dict[str, Term]], name: str, beginning: str = "") -> Iterator[str]:
    for row in answer:
        term = row.get(name)
        if isinstance(term, NamedNode | Literal) and term.value.startswith(beginning):
            yield term.value


def _lines(iris: Iterable[str]) -> bytes:
    return b"".join(line + b"\n" for line in sorted(iri.encode() for iri in iris))
