"""The facts that point to a thing: counted, and a page at a time, never cut in silence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, NamedNode, Triple

from graphsvc.entities.evidence import QUOTE_CLAUSE, FactDraft, passages, place
from graphsvc.entities.labels import LABEL_CLAUSE, Labels, spelled
from graphsvc.entities.layout import Place, Slot
from graphsvc.entities.model import PAGE_SIZE, Fact, Incoming, Named
from graphsvc.entities.prologue import PROLOGUE
from graphsvc.namespaces import DCTERMS, OA, PROV, RDF, RDFS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphsvc.entities.catalogue import Catalogue
    from graphsvc.store.base import Term

# Derivation nodes and notes point to things as well, but they stand beside what they vouch for.
_NO_DERIVATION = """
  FILTER(?property NOT IN (rdf:subject, rdf:predicate, rdf:object))
  FILTER(
    ?property NOT IN (prov:wasDerivedFrom, dcterms:conformsTo, rdfs:seeAlso)
    || NOT EXISTS { ?%s rdf:predicate ?derived }
  )
"""

# The default graph is a set: each fact is there once, and need not be made distinct.
_COUNTS = (
    PROLOGUE
    + """
SELECT ?entity ?property (COUNT(?subject) AS ?count) WHERE { ?subject ?property ?entity }
GROUP BY ?entity ?property
"""
)
_COUNT_WITHOUT_DERIVATIONS = (
    PROLOGUE
    + """
SELECT ?entity ?property (COUNT(?subject) AS ?count) WHERE {
  ?subject ?property ?entity FILTER NOT EXISTS { ?subject rdf:predicate ?derived }
}
GROUP BY ?entity ?property
"""
)
_BESIDE = frozenset({RDF.subject, RDF.predicate, RDF.object, OA.hasTarget})
_OF_DERIVATIONS = frozenset({PROV.wasDerivedFrom, DCTERMS.conformsTo, RDFS.seeAlso})

# A page's numbers are no terms and cannot be bound; they are the only thing ever put in its text.
_PAGE = (
    PROLOGUE
    + f"""
SELECT DISTINCT ?entity ?property ?thing ?passage ?quote ?number ?rank ?label WHERE {{
  {{
    SELECT ?entity ?property ?thing WHERE {{
      ?thing ?property ?entity
      {_NO_DERIVATION % "thing"}
    }}
    %s LIMIT %d OFFSET %d
  }}
  GRAPH ?passage {{ ?thing ?property ?entity }}
  OPTIONAL {{ {QUOTE_CLAUSE} }}
  OPTIONAL {{ {LABEL_CLAUSE} }}
}}
ORDER BY ?thing
"""
)

MOST_SORTED = 10_000
"""How many facts that point to one thing are put in order."""

_FIRST_ROWS = 5
"""How many rows of each property the page of a thing shows before it links to the rest."""


def incoming(
    catalogue: Catalogue, iri: str, prop: str, page: int = 1, language: str = "en"
) -> Incoming:
    """Return one page of the facts in which ``iri`` is the value of the property ``prop``."""
    predicate = NamedNode(prop)
    pointing = _Pointing(catalogue, NamedNode(iri), language)
    return Incoming(
        predicate=catalogue.term(predicate, language),
        total=pointing.counts.get(predicate, 0),
        facts=pointing.facts(predicate, PAGE_SIZE, PAGE_SIZE * (page - 1)),
        page=page,
    )


def incoming_summary(
    catalogue: Catalogue, entity: NamedNode, slots: Mapping[Place, Slot], language: str
) -> list[Incoming]:
    """Return the beginning of each list of facts that point to a thing, as the shapes order it."""
    pointing = _Pointing(catalogue, entity, language)
    found = []
    for predicate, total in pointing.counts.items():
        slot = slots.get(Place(predicate, incoming=True), Slot())
        name = slot.name(language)
        named = Named(predicate, name) if name else catalogue.term(predicate, language)
        facts = pointing.facts(predicate, _FIRST_ROWS, 0)
        found.append((slot.rank, named.label, Incoming(named, total, facts)))
    return [entry for _, _, entry in sorted(found, key=lambda row: row[:2])]


class _Pointing:
    """The facts that point to one thing."""

    def __init__(self, catalogue: Catalogue, entity: NamedNode, language: str) -> None:
        self._catalogue = catalogue
        self._entity = entity
        self._language = language
        self.counts = self._count(_COUNTS, {"entity": entity})
        # Only of these does it cost something to tell which are of derivations.
        for predicate in _OF_DERIVATIONS & self.counts.keys():
            del self.counts[predicate]
            bound = {"entity": entity, "property": predicate}
            self.counts.update(self._count(_COUNT_WITHOUT_DERIVATIONS, bound))

    def _count(self, query: str, bound: Mapping[str, Term]) -> dict[NamedNode, int]:
        return {
            predicate: place(row["count"]) or 0
            for row in self._catalogue.store.select(query, bound)
            if isinstance(predicate := row.get("property"), NamedNode) and predicate not in _BESIDE
        }

    def facts(self, predicate: NamedNode, limit: int, offset: int) -> tuple[Fact, ...]:
        """Return some of the facts of one property, in the order of their subjects."""
        bound = {"entity": self._entity, "property": predicate}
        # To sort takes reading all: what is very much stands in the order of the store.
        order = "ORDER BY ?thing" if self.counts.get(predicate, 0) <= MOST_SORTED else ""
        table = self._catalogue.store.select(_PAGE % (order, limit, offset), bound)
        labels = Labels.read(row for row in table if "label" in row)
        stated = passages(table)
        drafts: dict[Term, FactDraft] = {}
        for row in table:
            subject = row["thing"]
            if isinstance(subject, NamedNode | BlankNode):
                named = labels.name(subject, self._language) or spelled(subject)
                draft = FactDraft(Triple(subject, predicate, self._entity), named)
                drafts.setdefault(subject, draft).graphs.add(row["passage"])
        return tuple(draft.fact(self._catalogue, stated) for draft in drafts.values())
