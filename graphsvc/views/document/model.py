"""The document about a thing, as RDF: the facts in their graphs, and metadata of the document.

A document is an RDF dataset. Its named graphs have the facts; each graph is a passage or one of the
project's own graphs. Its default graph is the content for formats without graphs: the merge of the
named graphs, as at the endpoint; the claims; and the metadata of the document, so that the thing
and the document about it are two resources.
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
    """The metadata of every document: its dataset, its release, and the time of the build (UTC)."""

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
        """Yield the quads that a version of RDF can express: 1.1 has no triple terms.

        In 1.1 reifiers are described as statements, with the claims.
        """
        for quad in self.stated:
            if version == "1.2" or not isinstance(quad.object, Triple):
                yield quad

    def _order(self, statement: Triple | Quad) -> tuple[int, str, str, str]:
        """Return the sort key: the topic comes first, then the document, then all others."""
        subject = statement.subject
        first = (NamedNode(self.topic), NamedNode(self.iri))
        rank = first.index(subject) if subject in first else len(first)
        predicate = "" if statement.predicate == RDF.type else str(statement.predicate)
        return (rank, str(subject), predicate, str(statement.object))


def version_document(
    topic: str, imprint: Imprint, iri: str, statements: tuple[frozenset[Triple], Iterable[Quad]]
) -> Document:
    """Return the document of a version of the ontology, which is its topic.

    ``statements`` are the triples about the version, and its own quads.
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
    """Return the remark that a document does not have all blank nodes of its topic."""
    words = "This document has only those nodes without names that are close to its topic."
    node = NamedNode(paging.here)
    return frozenset([Triple(node, RDFS.comment, Literal(words, language="en"))])


def _graph(quad: Quad) -> str:
    return quad.graph_name.value if isinstance(quad.graph_name, NamedNode) else ""


def metadata(paging: Paging, topic: str, imprint: Imprint) -> Iterator[Triple]:
    """Yield the metadata of a page of a document."""
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
