"""The texts and their passages: what stands where, and what each passage states."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, NamedNode, Triple

from graphsvc.entities.describe import called
from graphsvc.entities.evidence import QUOTE_CLAUSE, passage, place
from graphsvc.entities.evidence import iri as term_iri
from graphsvc.entities.labels import LABEL_CLAUSE, Labels, spelled
from graphsvc.entities.layout import Place, Slot
from graphsvc.entities.model import (
    Fact,
    Line,
    Named,
    Passage,
    PropertyFacts,
    Reading,
    Status,
    SubjectFacts,
)
from graphsvc.entities.prologue import PROLOGUE
from graphsvc.namespaces import RDF

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphsvc.entities.catalogue import Catalogue
    from graphsvc.store.base import Term

# NIF counts offsets in code points, the end being the first that is not part of the passage.
_PLACE = (
    PROLOGUE
    + f"""
SELECT DISTINCT ?passage ?text ?begin ?end ?quote ?number WHERE {{
  ?passage nif:referenceContext ?text ; nif:beginIndex ?begin ; nif:endIndex ?end .
  {QUOTE_CLAUSE}
}}
"""
)

_LINES = (
    PROLOGUE
    + f"""
SELECT DISTINCT ?text ?passage ?begin ?end ?quote ?number WHERE {{
  ?passage nif:referenceContext ?text ; nif:beginIndex ?begin ; nif:endIndex ?end .
  {QUOTE_CLAUSE}
}}
ORDER BY ?begin
"""
)

_FACT_COUNTS = (
    PROLOGUE
    + """
SELECT ?text ?passage (COUNT(*) AS ?count) WHERE {
  ?passage nif:referenceContext ?text .
  GRAPH ?passage { ?subject ?property ?value }
}
GROUP BY ?text ?passage
"""
)

_NEIGHBOUR = (
    PROLOGUE
    + f"""
SELECT DISTINCT ?text ?here ?passage ?begin ?quote ?number WHERE {{
  ?passage nif:referenceContext ?text ; nif:beginIndex ?begin .
  {QUOTE_CLAUSE}
  FILTER(?begin %s ?here)
}}
ORDER BY %s(?begin) LIMIT 1
"""
)
_BEFORE = _NEIGHBOUR % ("<", "DESC")
_AFTER = _NEIGHBOUR % (">", "ASC")

_COUNT = (
    PROLOGUE
    + """
SELECT ?text (COUNT(DISTINCT ?passage) AS ?count) WHERE { ?passage nif:referenceContext ?text }
GROUP BY ?text
"""
)

_STATEMENTS = """
SELECT DISTINCT ?passage ?subject ?property ?value WHERE {
  GRAPH ?passage { ?subject ?property ?value }
}
"""

_LABELS = (
    PROLOGUE
    + f"""
SELECT DISTINCT ?passage ?thing ?rank ?label WHERE {{
  {{ GRAPH ?passage {{ ?thing ?property ?value }} }}
  UNION
  {{ GRAPH ?passage {{ ?subject ?property ?thing }} FILTER(isIRI(?thing)) }}
  {LABEL_CLAUSE}
}}
"""
)

_TYPES = """
SELECT DISTINCT ?passage ?thing ?type WHERE {
  GRAPH ?passage { ?thing ?property ?value }
  ?thing a ?type .
}
"""

_FIRST = (float("-inf"), "", 0.0)


def reading(catalogue: Catalogue, iri: str, language: str = "en") -> Reading | None:
    """Return a passage in its text and what it states, or None if the thing is no passage."""
    node = NamedNode(iri)
    rows = list(catalogue.store.select(_PLACE, {"passage": node}))
    if not rows:
        return None
    row = rows[0]
    here = {"text": row["text"], "here": row["begin"]}
    return Reading(
        passage=_passage(row),
        text=called(catalogue, term_iri(row["text"]), language),
        begin=place(row["begin"]),
        end=place(row["end"]),
        count=_count(catalogue, row["text"]),
        previous=_neighbour(catalogue, _BEFORE, here),
        next=_neighbour(catalogue, _AFTER, here),
        subjects=_Statements(catalogue, node, language).subjects(),
    )


def text_passages(catalogue: Catalogue, iri: str) -> list[list[Line]]:
    """Return the passages of a text in order, in paragraphs; none if it has no passages.

    Passages that only a space parts stand in one paragraph.
    """
    bound = {"text": NamedNode(iri)}
    counts = {
        row["passage"]: place(row["count"]) or 0
        for row in catalogue.store.select(_FACT_COUNTS, bound)
        if "passage" in row
    }
    paragraphs: list[list[Line]] = []
    end = None
    for row in catalogue.store.select(_LINES, bound):
        begin = place(row["begin"]) or 0
        if end is None or begin - end > 1:
            paragraphs.append([])
        paragraphs[-1].append(Line(_passage(row), counts.get(row["passage"], 0)))
        end = place(row["end"])
    return paragraphs


def _passage(row: Mapping[str, Term]) -> Passage:
    found = passage(row)
    if found is None:
        raise TypeError("A passage's words are a literal: the checks of a build see to it.")
    return found


def _neighbour(catalogue: Catalogue, query: str, here: Mapping[str, Term]) -> Passage | None:
    return next((passage(row) for row in catalogue.store.select(query, here)), None)


def _count(catalogue: Catalogue, text: Term) -> int:
    rows = catalogue.store.select(_COUNT, {"text": text})
    return next((place(row["count"]) or 0 for row in rows), 0)


class _Statements:
    """What one passage states, thing by thing."""

    def __init__(self, catalogue: Catalogue, node: NamedNode, language: str) -> None:
        bound = {"passage": node}
        self._catalogue = catalogue
        self._language = language
        self._labels = Labels.read(catalogue.store.select(_LABELS, bound))
        self._types: dict[Term, set[Term]] = defaultdict(set)
        for row in catalogue.store.select(_TYPES, bound):
            self._types[row["thing"]].add(row["type"])
        self._triples: dict[Term, dict[NamedNode, list[Triple]]] = {}
        for row in catalogue.store.select(_STATEMENTS, bound):
            self._add(row)

    def subjects(self) -> tuple[SubjectFacts, ...]:
        found = [
            SubjectFacts(self._name(subject), self._properties(subject, triples))
            for subject, triples in self._triples.items()
        ]
        # What the passage says most about is what it is about.
        return tuple(sorted(found, key=lambda entry: (-entry.size, entry.subject.label)))

    def _add(self, row: Mapping[str, Term]) -> None:
        subject, predicate = row["subject"], row["property"]
        if isinstance(subject, NamedNode | BlankNode) and isinstance(predicate, NamedNode):
            triple = Triple(subject, predicate, row["value"])
            self._triples.setdefault(subject, {}).setdefault(predicate, []).append(triple)

    def _properties(
        self, subject: Term, triples: Mapping[NamedNode, list[Triple]]
    ) -> tuple[PropertyFacts, ...]:
        slots = self._catalogue.layout.slots(self._types[subject])

        def order(predicate: NamedNode) -> tuple[tuple[float, str, float], str]:
            slot = slots.get(Place(predicate), Slot())
            return (_FIRST if predicate == RDF.type else slot.rank, str(predicate))

        return tuple(
            self._property(predicate, slots, triples[predicate])
            for predicate in sorted(triples, key=order)
        )

    def _property(
        self, predicate: NamedNode, slots: Mapping[Place, Slot], triples: list[Triple]
    ) -> PropertyFacts:
        named = self._catalogue.term(predicate, self._language)
        name = slots.get(Place(predicate), Slot()).name(self._language)
        facts = [Fact(triple, self._name(triple.object), Status.STATED) for triple in triples]
        return PropertyFacts(
            predicate=Named(predicate, name or named.label),
            definition=self._catalogue.definition(predicate, self._language),
            facts=tuple(sorted(facts, key=lambda fact: fact.other.label)),
        )

    def _name(self, term: Term) -> Named:
        return self._labels.name(term, self._language) or spelled(term)
