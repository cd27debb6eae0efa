"""The document about a thing, as RDF: its facts where they are stated, and the document's own.

A document is an RDF dataset. Its named graphs hold the facts as they are stated, each graph a
passage or one of the project's own. Its default graph is what formats without graphs carry: the
merge of the named ones, as at the endpoint; who claims each fact; and what the document says of
itself, so that the thing and what is said about it stay apart.
https://www.w3.org/TR/cooluris/, https://www.w3.org/TR/void/#backlinks
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, Triple

from graphsvc.namespaces import (
    DCTERMS,
    FOAF,
    OWL,
    RDF,
    RDFS,
    VOID,
    XSD,
    Namespace,
)
from graphsvc.views.document import claims
from graphsvc.views.document.paging import Paging

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from graphsvc.views.model import Dataset

# https://www.w3.org/1999/xhtml/vocab#next
_XHV = Namespace("http://www.w3.org/1999/xhtml/vocab#")


@dataclass(frozen=True, slots=True)
class Imprint:
    """What every document says of itself: of which dataset and release it is, and of when (UTC)."""

    dataset: Dataset
    release: str
    built: datetime


@dataclass(frozen=True, slots=True)
class Document:
    """A document about a topic, or one page of it.

    ``stated`` are the quads of its named graphs, ``own`` the triples about the document, and
    ``passages`` are those graphs that are passages.
    """

    iri: str
    topic: str
    paging: Paging
    own: frozenset[Triple]
    stated: frozenset[Quad]
    passages: frozenset[NamedNode]

    def triples(self, version: str | None = None) -> list[Triple]:
        """Return the default graph; ``version`` is that of RDF, 1.1 unless it is "1.2"."""
        claiming = claims.as_reifiers if version == "1.2" else claims.as_statements
        triples = {
            *self.own,
            *(quad.triple for quad in self.statable(version)),
            *claims.sources(self.stated, self.passages),
            *claiming(self.stated, self.passages),
        }
        return sorted(triples, key=self._order)

    def quads(self, version: str | None = None) -> list[Quad]:
        """Return the dataset, its default graph first, then graph by graph."""
        own = [
            Quad(triple.subject, triple.predicate, triple.object, DefaultGraph())
            for triple in self.triples(version)
        ]
        stated = sorted(self.statable(version), key=lambda quad: (_graph(quad), self._order(quad)))
        return [*own, *stated]

    def statable(self, version: str | None = None) -> Iterator[Quad]:
        """Yield what is stated and can be said in a version: 1.1 has no triple terms.

        There reifiers are described as statements, with the claims.
        """
        for quad in self.stated:
            if version == "1.2" or not isinstance(quad.object, Triple):
                yield quad

    def _order(self, statement: Triple | Quad) -> tuple[int, str, str, str]:
        """Return the key that puts the topic first, then the document, then all else."""
        subject = statement.subject
        first = (NamedNode(self.topic), NamedNode(self.iri))
        rank = first.index(subject) if subject in first else len(first)
        predicate = "" if statement.predicate == RDF.type else str(statement.predicate)
        return (rank, str(subject), predicate, str(statement.object))


def version_document(
    topic: str, imprint: Imprint, iri: str, statements: tuple[frozenset[Triple], Iterable[Quad]]
) -> Document:
    """Return the document with an IRI that is a version of the ontology, its topic.

    ``statements`` is what is said of it, and what it says itself.
    """
    own, stated = statements
    paging = Paging(iri, 1, 1)
    return Document(
        iri=iri,
        topic=topic,
        paging=paging,
        own=own.union(metadata(paging, topic, imprint)),
        stated=frozenset(stated),
        passages=frozenset(),
    )


def cut(paging: Paging) -> frozenset[Triple]:
    """Return what tells that a document does not have all that hangs at its topic."""
    words = "What has no name is told here only as far as it lies close to the topic."
    node = NamedNode(paging.here)
    return frozenset([Triple(node, RDFS.comment, Literal(words, language="en"))])


def _graph(quad: Quad) -> str:
    return quad.graph_name.value if isinstance(quad.graph_name, NamedNode) else ""


def metadata(paging: Paging, topic: str, imprint: Imprint) -> Iterator[Triple]:
    """Yield what a page of a document says of itself."""
    node, dataset = NamedNode(paging.here), imprint.dataset
    built = imprint.built.isoformat()
    yield Triple(node, RDF.type, FOAF.Document)
    yield Triple(node, FOAF.primaryTopic, NamedNode(topic))
    yield Triple(node, DCTERMS.modified, Literal(built, datatype=XSD.dateTime))
    yield Triple(node, OWL.versionInfo, Literal(imprint.release))
    if dataset.iri is not None:
        yield Triple(node, VOID.inDataset, NamedNode(dataset.iri))
    if dataset.licence is not None:
        yield Triple(node, DCTERMS.license, NamedNode(dataset.licence))
    if paging.last > 1:
        yield Triple(node, DCTERMS.isPartOf, NamedNode(paging.whole))
    for relation, address in paging.neighbours():
        yield Triple(node, _XHV[relation], NamedNode(address))
