"""The texts and their passages: what stands where, and what each passage states."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, NamedNode

from graphsvc.entities.evidence import QUOTE_CLAUSE, passage, place
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
from graphsvc.namespaces import NIF, RDF

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pyoxigraph import Triple

    from graphsvc.entities.catalogue import Catalogue
    from graphsvc.store.base import Term

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

_FIRST = (float("-inf"), "", 0.0)


@dataclass(frozen=True, slots=True)
class Placed:
    """A passage in its text: NIF counts offsets in code points, the end being the first after it.

    https://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core/nif-core.html
    """

    passage: Passage
    text: NamedNode
    begin: int | None
    end: int | None


def placed(catalogue: Catalogue, node: NamedNode) -> Placed | None:
    """Return a passage in its text, or None if the thing is no passage."""
    near = catalogue.near
    text, begin, end = (
        next((quad.object for quad in near.triples(node, predicate)), None)
        for predicate in (NIF.referenceContext, NIF.beginIndex, NIF.endIndex)
    )
    found = catalogue.passage(node)
    if found is None or begin is None or end is None or not isinstance(text, NamedNode):
        return None
    return Placed(found, text, place(begin), place(end))


def reading(catalogue: Catalogue, iri: str, language: str = "en") -> Reading | None:
    """Return a passage in its text and what it states, or None if the thing is no passage."""
    node = NamedNode(iri)
    found = placed(catalogue, node)
    if found is None:
        return None
    beside = catalogue.texts.get(found.text.value, ())
    at = catalogue.positions[iri].index
    return Reading(
        passage=found.passage,
        text=catalogue.name(found.text, language),
        begin=found.begin,
        end=found.end,
        count=len(beside),
        previous=catalogue.passage(beside[at - 1]) if at else None,
        next=catalogue.passage(beside[at + 1]) if at + 1 < len(beside) else None,
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


class _Statements:
    """What one passage states, thing by thing."""

    def __init__(self, catalogue: Catalogue, node: NamedNode, language: str) -> None:
        self._catalogue = catalogue
        self._language = language
        self._triples: dict[Term, dict[NamedNode, list[Triple]]] = defaultdict(dict)
        for triple in (quad.triple for quad in catalogue.near.quads(node.value)):
            self._triples[triple.subject].setdefault(triple.predicate, []).append(triple)

    def subjects(self) -> tuple[SubjectFacts, ...]:
        found = [
            SubjectFacts(self._name(subject), self._properties(subject, triples))
            for subject, triples in self._triples.items()
        ]
        # What the passage says most about is what it is about.
        return tuple(sorted(found, key=lambda entry: (-entry.size, entry.subject.label)))

    def _properties(
        self, subject: Term, triples: Mapping[NamedNode, list[Triple]]
    ) -> tuple[PropertyFacts, ...]:
        slots = self._catalogue.layout.slots(self._types(subject))

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
        slot = slots.get(Place(predicate), Slot())
        own = self._catalogue.term(predicate, self._language)
        facts = [Fact(triple, self._name(triple.object), Status.STATED) for triple in triples]
        return PropertyFacts(
            predicate=slot.called(own, self._language),
            definition=self._catalogue.definition(predicate, self._language),
            facts=tuple(sorted(facts, key=lambda fact: fact.other.label)),
        )

    def _types(self, subject: Term) -> Iterator[Term]:
        if isinstance(subject, NamedNode | BlankNode):
            for quad in self._catalogue.near.triples(subject, RDF.type):
                yield quad.object

    def _name(self, term: Term) -> Named:
        return self._catalogue.name(term, self._language)
