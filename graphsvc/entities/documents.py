"""The document about a thing, as RDF: its facts where they are stated, and the document's own.

A document about a thing names its topic, its dataset and its licence; so the thing and what is
said about it stay apart. https://www.w3.org/TR/cooluris/, https://www.w3.org/TR/void/#backlinks
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, Triple

from graphsvc.entities.describe import known
from graphsvc.entities.incoming import MOST_SORTED
from graphsvc.entities.model import claim_name
from graphsvc.entities.prologue import PROLOGUE
from graphsvc.errors import UnknownEntity
from graphsvc.namespaces import DCTERMS, FOAF, PROV, RDF, VOID, Namespace, graph_iri

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from graphsvc.entities.catalogue import Catalogue
    from graphsvc.entities.model import Dataset
    from graphsvc.store.base import Table

INCOMING_SIZE = 1000
"""How many facts that point to the thing stand in one document; the next one has more."""

_OWN = """
SELECT DISTINCT ?entity ?graph ?property ?value WHERE { GRAPH ?graph { ?entity ?property ?value } }
"""

# The numbers of a page are no terms and cannot be bound. One row too many tells of a next page.
_INCOMING = (
    PROLOGUE
    + """
SELECT DISTINCT ?entity ?graph ?subject ?property WHERE {
  GRAPH ?graph { ?subject ?property ?entity }
  FILTER(?property NOT IN (rdf:subject, rdf:predicate, rdf:object))
}
%s LIMIT %d OFFSET %d
"""
)
_IN_ORDER = "ORDER BY ?property ?subject ?graph"
_MANY = "SELECT ?entity ?subject WHERE { ?subject ?property ?entity } LIMIT %d"

_DERIVATIONS = (
    PROLOGUE
    + """
SELECT DISTINCT ?entity ?graph ?subject ?property ?value WHERE {
  ?subject rdf:subject ?entity ; prov:wasDerivedFrom ?source .
  GRAPH ?graph { ?subject ?property ?value }
}
"""
)

_NEIGHBOUR_LABELS = (
    PROLOGUE
    + """
SELECT DISTINCT ?entity ?graph ?subject ?property ?value WHERE {
  VALUES ?property { rdfs:label skos:prefLabel }
  ?entity ?link ?subject .
  GRAPH ?graph { ?subject ?property ?value }
}
"""
)

_QUOTES = (
    PROLOGUE
    + """
SELECT DISTINCT ?entity ?graph ?subject ?property ?value WHERE {
  VALUES ?property { oa:exact }
  GRAPH ?subject { ?entity ?fact ?object }
  GRAPH ?graph { ?subject ?property ?value }
}
"""
)

_STATED_IN = PROLOGUE + "SELECT DISTINCT ?passage WHERE { ?passage nif:referenceContext ?text }"

# https://www.w3.org/1999/xhtml/vocab#next
_XHV = Namespace("http://www.w3.org/1999/xhtml/vocab#")


@dataclass(frozen=True, slots=True)
class Document:
    """The quads of a document about a topic; if another page follows, one of them says so."""

    iri: str
    topic: str
    statements: frozenset[Quad]

    @property
    def quads(self) -> list[Quad]:
        """Return the quads graph by graph, the document's own first."""
        return sorted(self.statements, key=lambda quad: (_graph_order(quad), self._order(quad)))

    def triples(self, passages: frozenset[NamedNode]) -> Iterator[Triple]:
        """Yield the document for formats without graphs: each fact once, and who states it.

        The claim's IRI is a fragment of the passage's document; ``rdf:Statement`` is the plain
        RDF 1.1 way to speak of a statement. https://www.w3.org/TR/rdf-schema/#ch_reificationvocab
        """
        yield from sorted({quad.triple for quad in self.statements}, key=self._order)
        for quad in self.quads:
            if isinstance(quad.graph_name, NamedNode) and quad.graph_name in passages:
                yield from _claim(quad, quad.graph_name)

    def _order(self, statement: Triple | Quad) -> tuple[int, str, str, str]:
        """Return the key that puts the document first, then its topic, then all else."""
        subject = statement.subject
        first = (NamedNode(self.iri), NamedNode(self.topic))
        rank = first.index(subject) if subject in first else len(first)
        predicate = "" if statement.predicate == RDF.type else str(statement.predicate)
        return (rank, str(subject), predicate, str(statement.object))


def document(catalogue: Catalogue, dataset: Dataset, iri: str, page: int = 1) -> Document:
    """Return the document about a thing, with its own facts on the first page.

    Errors: UnknownEntity.
    """
    if not known(catalogue.store, iri):
        raise UnknownEntity(iri)
    entity = NamedNode(iri)
    # To sort takes reading all: what is very much stands in the order of the store.
    few = len(catalogue.store.select(_MANY % (MOST_SORTED + 1), {"entity": entity}).rows)
    order = _IN_ORDER if few <= MOST_SORTED else ""
    query = _INCOMING % (order, INCOMING_SIZE + 1, INCOMING_SIZE * (page - 1))
    pointing = list(_read(catalogue, query, entity))
    own = _own(catalogue, entity) if page == 1 else ()
    address = document_iri(catalogue, iri)
    follows = [_next(address, page + 1)] if len(pointing) > INCOMING_SIZE else []
    quads = chain(_metadata(address, iri, dataset), follows, own, pointing[:INCOMING_SIZE])
    return Document(address, iri, frozenset(quads))


def ontology_document(catalogue: Catalogue, dataset: Dataset) -> Document:
    """Return the document that defines every term of the ontology: its whole graph."""
    iri = catalogue.ontology.value
    graph = graph_iri(catalogue.base, "ontology")
    quads = chain(_metadata(iri, iri, dataset), catalogue.store.quads(graph.value))
    return Document(iri, iri, frozenset(quads))


def document_iri(catalogue: Catalogue, iri: str) -> str:
    """Return the IRI of the document about a thing: the same under whichever host serves it."""
    return f"{catalogue.base}doc/{iri.removeprefix(catalogue.base)}"


def passage_graphs(catalogue: Catalogue) -> frozenset[NamedNode]:
    """Return the graphs that are passages."""
    rows = catalogue.store.select(_STATED_IN)
    return frozenset(row["passage"] for row in rows if isinstance(row["passage"], NamedNode))


def _graph_order(quad: Quad) -> str:
    return quad.graph_name.value if isinstance(quad.graph_name, NamedNode) else ""


def _own(catalogue: Catalogue, entity: NamedNode) -> Iterable[Quad]:
    return chain(
        _read(catalogue, _OWN, entity),
        catalogue.store.quads(entity.value),
        _read(catalogue, _DERIVATIONS, entity),
        _read(catalogue, _NEIGHBOUR_LABELS, entity),
        _read(catalogue, _QUOTES, entity),
    )


def _read(catalogue: Catalogue, query: str, entity: NamedNode) -> Iterator[Quad]:
    table: Table = catalogue.store.select(query, {"entity": entity})
    for row in table:
        subject, predicate = row.get("subject", entity), row["property"]
        graph = row["graph"]
        if (
            isinstance(subject, NamedNode | BlankNode)
            and isinstance(predicate, NamedNode)
            and isinstance(graph, NamedNode)
        ):
            yield Quad(subject, predicate, row.get("value", entity), graph)


def _metadata(address: str, topic: str, dataset: Dataset) -> Iterator[Quad]:
    node, graph = NamedNode(address), DefaultGraph()
    yield Quad(node, RDF.type, FOAF.Document, graph)
    yield Quad(node, FOAF.primaryTopic, NamedNode(topic), graph)
    if dataset.iri is not None:
        yield Quad(node, VOID.inDataset, NamedNode(dataset.iri), graph)
    if dataset.licence is not None:
        yield Quad(node, DCTERMS.license, NamedNode(dataset.licence), graph)


def _next(address: str, page: int) -> Quad:
    following = NamedNode(f"{address}?page={page}")
    return Quad(NamedNode(address), _XHV.next, following, DefaultGraph())


def _claim(quad: Quad, passage: NamedNode) -> Iterator[Triple]:
    claim = NamedNode(f"{passage.value}#{claim_name(quad)}")
    yield Triple(claim, RDF.type, RDF.Statement)
    yield Triple(claim, RDF.subject, quad.subject)
    yield Triple(claim, RDF.predicate, quad.predicate)
    yield Triple(claim, RDF.object, quad.object)
    yield Triple(claim, PROV.hadPrimarySource, passage)
