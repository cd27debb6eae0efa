"""The capabilities of the endpoint in RDF: SPARQL 1.1 Service Description.

https://www.w3.org/TR/sparql11-service-description/. A test checks each claim at the endpoint. There
is no ``sd:inputFormat`` (the endpoint reads no other sources), no feature of federation or
dereferencing, and no SPARQL 1.2, for which the vocabulary has no term yet.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from graphsvc.formats import ANSWER_FORMATS
from graphsvc.namespaces import DERIVATIONS, OWL, RDF, RDFS, VOID, Namespace, graph_iri
from graphsvc.web.rdf import write_rdf

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphsvc.formats import Format
    from graphsvc.store.base import Store
    from graphsvc.web.site import Site

SD = Namespace("http://www.w3.org/ns/sparql-service-description#")

MOST_GRAPHS = 1_000
"""The most named graphs that are all described; of more, only those with statistics are."""


def service_description(site: Site, address: str, fmt: Format) -> bytes:
    """Return the description of the endpoint at an address, in an RDF format."""
    prefixes = {"sd": str(SD), "void": str(VOID), **site.prefixes}
    return write_rdf(list(_triples(site, address)), fmt, prefixes)


def _triples(site: Site, address: str) -> Iterator[Triple]:
    service = NamedNode(address)
    yield Triple(service, RDF.type, SD.Service)
    yield Triple(service, SD.endpoint, service)
    permanent = NamedNode(f"{site.base}sparql")
    if permanent != service:
        # The example queries use its permanent IRI, which redirects here.
        yield Triple(service, OWL.sameAs, permanent)
    yield Triple(service, SD.supportedLanguage, SD.SPARQL11Query)
    # Records of derivations are not in the default graph; queries have to name their graph.
    apart = graph_iri(site.base, DERIVATIONS)
    has_apart = site.store.ask(f"ASK {{ GRAPH {apart} {{ ?s ?p ?o }} }}")
    if not has_apart:
        yield Triple(service, SD.feature, SD.UnionDefaultGraph)
    for fmt in ANSWER_FORMATS:
        if fmt.iri is not None:
            yield Triple(service, SD.resultFormat, NamedNode(fmt.iri))
    if site.dataset.iri is not None:
        described = NamedNode(site.dataset.iri)
        yield Triple(service, SD.defaultDataset, described)
        yield from _dataset(site.store, described)
        if has_apart:
            words = f"The default graph is the union of all named graphs but {apart}."
            yield Triple(described, RDFS.comment, Literal(words, language="en"))


def _dataset(store: Store, described: NamedNode) -> Iterator[Triple]:
    default = BlankNode("default")
    yield Triple(described, RDF.type, SD.Dataset)
    yield Triple(described, SD.defaultGraph, default)
    yield Triple(default, RDF.type, SD.Graph)
    yield Triple(default, RDF.type, VOID.Dataset)
    # The statistics count the triples of the default graph.
    whole = f"SELECT ?count {{ {described} {VOID.triples} ?count }} LIMIT 1"
    for row in store.select(whole):
        yield Triple(default, VOID.triples, row["count"])
    names = store.select(f"SELECT DISTINCT ?graph {{ GRAPH ?graph {{ }} }} LIMIT {MOST_GRAPHS + 1}")
    if len(names.rows) <= MOST_GRAPHS:
        graphs = _all_graphs(store)
    else:
        graphs = _summarised(store, described)
        words = "More named graphs are there: SELECT DISTINCT ?g { GRAPH ?g { } } lists them."
        yield Triple(described, RDFS.comment, Literal(words, language="en"))
    for number, (graph, count) in enumerate(graphs):
        named = BlankNode(f"named{number}")
        yield Triple(described, SD.namedGraph, named)
        yield Triple(named, RDF.type, SD.NamedGraph)
        yield Triple(named, SD.name, graph)
        yield Triple(named, SD.graph, graph)
        yield Triple(graph, RDF.type, SD.Graph)
        yield Triple(graph, RDF.type, VOID.Dataset)
        yield Triple(graph, VOID.triples, count)


def _all_graphs(store: Store) -> list[tuple[NamedNode, Literal]]:
    """Return the named graphs with their numbers of triples."""
    return _counts(
        store,
        "SELECT ?graph (COUNT(*) AS ?count) { GRAPH ?graph { ?s ?p ?o } } "
        "GROUP BY ?graph ORDER BY ?graph",
    )


def _summarised(store: Store, described: NamedNode) -> list[tuple[NamedNode, Literal]]:
    """Return the named graphs whose number of triples is in the dataset's statistics."""
    return _counts(
        store,
        f"SELECT ?graph ?count {{ {described} {VOID.subset} ?graph . "
        f"?graph {VOID.triples} ?count . GRAPH ?graph {{ }} }} ORDER BY ?graph",
    )


def _counts(store: Store, query: str) -> list[tuple[NamedNode, Literal]]:
    return [
        (row["graph"], row["count"])
        for row in store.select(query)
        if isinstance(row["graph"], NamedNode) and isinstance(row["count"], Literal)
    ]
