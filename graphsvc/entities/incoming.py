"""The facts that point to a thing: counted, and a page at a time, never cut in silence."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import defaultdict
from itertools import chain, islice
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, NamedNode, Triple

from graphsvc.entities.evidence import FactDraft, place, quoted
from graphsvc.entities.layout import Place, Slot
from graphsvc.entities.model import PAGE_SIZE, Fact, Incoming
from graphsvc.entities.prologue import PROLOGUE
from graphsvc.namespaces import DCTERMS, OA, PROV, RDF, RDFS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pyoxigraph import Quad

    from graphsvc.entities.catalogue import Catalogue
    from graphsvc.entities.evidence import Graph
    from graphsvc.store.base import Subject, Term

# The default graph is a set: each fact is there once, and need not be made distinct.
_COUNTS = """
SELECT ?entity ?property (COUNT(?subject) AS ?count) WHERE { ?subject ?property ?entity }
GROUP BY ?entity ?property
"""
_COUNT_WITHOUT_DERIVATIONS = (
    PROLOGUE
    + """
SELECT ?entity ?property (COUNT(?subject) AS ?count) WHERE {
  ?subject ?property ?entity FILTER NOT EXISTS { ?subject rdf:predicate ?derived }
}
GROUP BY ?entity ?property
"""
)

# Derivation nodes and notes point to things as well, but they stand beside what they vouch for.
_BESIDE = frozenset({RDF.subject, RDF.predicate, RDF.object, OA.hasTarget})
_OF_DERIVATIONS = frozenset({PROV.wasDerivedFrom, DCTERMS.conformsTo, RDFS.seeAlso})
_NO_DERIVATION = "FILTER NOT EXISTS { ?thing rdf:predicate ?derived }"

# A page's numbers are no terms and cannot be bound; they are the only thing ever put in its text.
_PAGE = (
    PROLOGUE
    + """
SELECT ?entity ?property ?thing ?graph WHERE {
  { SELECT ?entity ?property ?thing WHERE { ?thing ?property ?entity %s } %s LIMIT %d OFFSET %d }
  GRAPH ?graph { ?thing ?property ?entity }
}
"""
)

MOST_SORTED = 1000
"""How many facts that point to one thing are put in order.

To sort takes reading all of them: what is more stands in the order of the store, the same for as
long as a release is served.
"""

_FIRST_ROWS = 5
"""How many rows of each property the page of a thing shows before it links to the rest."""


def incoming(
    catalogue: Catalogue, iri: str, prop: str, page: int = 1, language: str = "en"
) -> Incoming:
    """Return one page of the facts in which ``iri`` is the value of the property ``prop``."""
    predicate = NamedNode(prop)
    pointing = _pointing(catalogue, NamedNode(iri))
    return Incoming(
        predicate=catalogue.term(predicate, language),
        total=pointing.counts.get(predicate, 0),
        facts=pointing.facts(predicate, PAGE_SIZE, PAGE_SIZE * (page - 1), language),
        page=page,
    )


def incoming_summary(
    catalogue: Catalogue, entity: NamedNode, slots: Mapping[Place, Slot], language: str
) -> list[Incoming]:
    """Return the beginning of each list of facts that point to a thing, as the shapes order it."""
    pointing = _pointing(catalogue, entity)
    found = []
    for predicate, total in pointing.counts.items():
        slot = slots.get(Place(predicate, incoming=True), Slot())
        named = slot.called(catalogue.term(predicate, language), language)
        facts = pointing.facts(predicate, _FIRST_ROWS, 0, language)
        found.append((slot.rank, named.label, Incoming(named, total, facts)))
    return [entry for _, _, entry in sorted(found, key=lambda row: row[:2])]


def _pointing(catalogue: Catalogue, entity: NamedNode) -> _Pointing:
    walked = list(islice(catalogue.near.triples(value=entity), MOST_SORTED + 1))
    if len(walked) > MOST_SORTED:
        return _ManyPointing(catalogue, entity)
    return _FewPointing(catalogue, entity, walked)


class _Pointing(ABC):
    """The facts that point to one thing: ``counts`` says how many each property has."""

    counts: Mapping[NamedNode, int]

    def __init__(self, catalogue: Catalogue, entity: NamedNode) -> None:
        self._catalogue = catalogue
        self._entity = entity

    def facts(
        self, predicate: NamedNode, limit: int, offset: int, language: str
    ) -> tuple[Fact, ...]:
        """Return some of the facts of one property."""
        graphs = self._graphs(predicate, limit, offset)
        stated = quoted(self._catalogue, chain.from_iterable(graphs.values()))
        return tuple(
            FactDraft(
                Triple(subject, predicate, self._entity),
                self._catalogue.name(subject, language),
                held,
            ).fact(self._catalogue, stated)
            for subject, held in graphs.items()
        )

    @abstractmethod
    def _graphs(
        self, predicate: NamedNode, limit: int, offset: int
    ) -> Mapping[Subject, set[Graph]]:
        """Return the subjects of some facts of one property, and the graphs that state each."""


class _FewPointing(_Pointing):
    """So few facts that all of them are read, and stand in the order of their subjects."""

    def __init__(self, catalogue: Catalogue, entity: NamedNode, walked: Iterable[Quad]) -> None:
        super().__init__(catalogue, entity)
        self._subjects: dict[NamedNode, list[Subject]] = defaultdict(list)
        for quad in sorted(walked, key=lambda each: str(each.subject)):
            subject, predicate = quad.subject, quad.predicate
            if isinstance(subject, NamedNode | BlankNode) and self._tells(subject, predicate):
                self._subjects[predicate].append(subject)
        self.counts = {predicate: len(found) for predicate, found in self._subjects.items()}

    def _tells(self, subject: Subject, predicate: NamedNode) -> bool:
        if predicate in _OF_DERIVATIONS:
            return next(self._catalogue.near.triples(subject, RDF.predicate), None) is None
        return predicate not in _BESIDE

    def _graphs(
        self, predicate: NamedNode, limit: int, offset: int
    ) -> Mapping[Subject, set[Graph]]:
        near = self._catalogue.near
        return {
            subject: {
                quad.graph_name
                for quad in near.quads(subject=subject, predicate=predicate, value=self._entity)
            }
            for subject in self._subjects.get(predicate, ())[offset : offset + limit]
        }


class _ManyPointing(_Pointing):
    """Facts that are counted by the engine, and read a page at a time."""

    def __init__(self, catalogue: Catalogue, entity: NamedNode) -> None:
        super().__init__(catalogue, entity)
        counts = self._count(_COUNTS, {"entity": entity})
        # Only of these does it cost something to tell which are of derivations.
        for predicate in _OF_DERIVATIONS & counts.keys():
            del counts[predicate]
            bound = {"entity": entity, "property": predicate}
            counts.update(self._count(_COUNT_WITHOUT_DERIVATIONS, bound))
        self.counts = counts

    def _count(self, query: str, bound: Mapping[str, Term]) -> dict[NamedNode, int]:
        return {
            predicate: place(row["count"]) or 0
            for row in self._catalogue.store.select(query, bound)
            if isinstance(predicate := row.get("property"), NamedNode) and predicate not in _BESIDE
        }

    def _graphs(
        self, predicate: NamedNode, limit: int, offset: int
    ) -> Mapping[Subject, set[Graph]]:
        bound = {"entity": self._entity, "property": predicate}
        telling = _NO_DERIVATION if predicate in _OF_DERIVATIONS else ""
        order = "ORDER BY ?thing" if self.counts.get(predicate, 0) <= MOST_SORTED else ""
        graphs: dict[Subject, set[Graph]] = defaultdict(set)
        page = _PAGE % (telling, order, limit, offset)
        for row in self._catalogue.store.select(page, bound):
            if isinstance(subject := row["thing"], NamedNode | BlankNode):
                graphs[subject].add(row["graph"])
        return dict(sorted(graphs.items(), key=lambda each: str(each[0]))) if order else graphs
