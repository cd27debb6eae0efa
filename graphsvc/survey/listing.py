"""Lists the things with pages of a graph in an engine, and the documents that show their parts.

`graphsvc.listing` reads the same from all quads of a build. Here the number of rows is limited: the
list of a larger graph is incomplete, and only used for the site map. All other things also have
pages, because the engine is queried for each IRI.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from graphsvc.listing import SEPARATE_GRAPHS
from graphsvc.namespaces import NIF, graph_iri
from graphsvc.survey.survey_queries import query_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from graphsvc.store.base import Store, Term


def pages(store: Store, base: str, graphs: Iterable[str]) -> bytes:
    """Return the IRIs with a page, one a line, in order, up to a limit.

    ``graphs`` are the named graphs; one with an IRI elsewhere has a page too. Errors: StoreError.
    """
    names = tuple(graphs)
    excluded = [graph_iri(base, name) for name in SEPARATE_GRAPHS]
    things = (
        query_rows(store, "things", {"graph": excluded}) if names else query_rows(store, "unnamed")
    )
    elsewhere = (iri for iri in names if not iri.startswith(base))
    return _lines({*_iris(things, "thing"), *elsewhere})


def documents(store: Store, base: str, graphs: Iterable[str]) -> bytes:
    """Return the IRIs, one a line, of the documents that show their parts. Errors: StoreError."""
    excluded = [graph_iri(base, name) for name in SEPARATE_GRAPHS]
    terms: dict[str, Term | Iterable[Term]] = {"graph": excluded, "base": Literal(base)}
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
