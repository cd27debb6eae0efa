"""What vouches for a fact: the passages that state it, the rules that reach it, editors' notes."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, TypeAlias

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from graphsvc.entities.labels import spelled
from graphsvc.entities.layout import number
from graphsvc.entities.model import Derivation, Fact, Named, Note, Passage, Status
from graphsvc.namespaces import DCTERMS, OA, PROV, RDF, RDFS, SCHEMA

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from pyoxigraph import DefaultGraph

    from graphsvc.entities.catalogue import Catalogue
    from graphsvc.store.base import Store, Subject, Term

Rows: TypeAlias = "Iterable[Mapping[str, Term]]"
Graph: TypeAlias = "Term | DefaultGraph"

QUOTE_CLAUSE = """
  ?passage oa:exact ?quote .
  OPTIONAL { ?passage schema:position ?number }
"""
"""What is shown of a passage; ``passage`` and ``passages`` read its answers."""

_EXACT, _POSITION = OA.exact, SCHEMA.position


def passage(row: Mapping[str, Term]) -> Passage | None:
    """Return the passage in a row, or None if what stands there is no passage."""
    quote = row.get("quote")
    if not isinstance(quote, Literal):
        return None
    return Passage(iri(row["passage"]), place(row.get("number")), quote.value, quote.language)


def passages(rows: Rows) -> dict[Term, Passage]:
    """Return the passages in some rows, by their IRIs."""
    found = ((row["passage"], passage(row)) for row in rows if "passage" in row)
    return {term: entry for term, entry in found if entry is not None}


def quoted(catalogue: Catalogue, nodes: Iterable[Graph]) -> dict[Graph, Passage]:
    """Return those of some nodes that are passages."""
    found = ((node, catalogue.passage(node)) for node in dict.fromkeys(nodes))
    return {node: entry for node, entry in found if entry is not None}


def look_up(store: Store, node: NamedNode) -> Passage | None:
    """Return a passage, looked up in a store; None if the node is none."""
    quote = next((quad.object for quad in store.triples(node, _EXACT)), None)
    if not isinstance(quote, Literal):
        return None
    number = next((quad.object for quad in store.triples(node, _POSITION)), None)
    return Passage(node.value, place(number), quote.value, quote.language)


def place(term: Term | None) -> int | None:
    """Return a whole number, or None where there is none."""
    value = number(term)
    return int(value) if value.is_integer() else None


def iri(term: Term) -> str:
    """Return the IRI of a term; other terms stand for themselves."""
    return term.value if isinstance(term, NamedNode) else str(term)


class Derivations:
    """Every way in which rules reach the facts of one thing."""

    def __init__(self, catalogue: Catalogue, entity: NamedNode, language: str) -> None:
        self._catalogue = catalogue
        self._language = language
        self._steps: dict[Triple, list[_Step]] = defaultdict(list)
        for quad in catalogue.near.triples(predicate=RDF.subject, value=entity):
            if isinstance(quad.subject, NamedNode | BlankNode):
                step = _Step.read(catalogue.near, quad.subject)
                for triple in step.reached(entity):
                    self._steps[triple].append(step)
        steps = chain.from_iterable(self._steps.values())
        sources = (source for step in steps for source in step.all(PROV.wasDerivedFrom))
        self._passages = quoted(catalogue, sources)

    def of(self, triple: Triple) -> tuple[Derivation, ...]:
        """Return the derivations of one fact, the shortest first."""
        derivations = map(self._derivation, self._steps.get(triple, ()))
        return tuple(sorted(derivations, key=lambda step: (len(step.passages), step.iri)))

    def _derivation(self, step: _Step) -> Derivation:
        sources = set(step.all(PROV.wasDerivedFrom))
        stated = [self._passages[source] for source in sources if source in self._passages]
        rule, axiom = step.one(DCTERMS.conformsTo), step.one(RDFS.seeAlso)
        return Derivation(
            iri=iri(step.node),
            rule=None if rule is None else iri(rule),
            axiom=None if axiom is None else self._catalogue.term(axiom, self._language),
            passages=tuple(sorted(stated, key=lambda entry: entry.order)),
            graphs=tuple(
                spelled(source)
                for source in sorted(sources, key=str)
                if source not in self._passages
            ),
        )


@dataclass(frozen=True, slots=True)
class _Step:
    """A derivation node, and what is said of it by property."""

    node: Term
    said: Mapping[Term, Sequence[Term]]

    @classmethod
    def read(cls, store: Store, node: Subject) -> _Step:
        said: dict[Term, list[Term]] = defaultdict(list)
        for quad in store.triples(node):
            said[quad.predicate].append(quad.object)
        return cls(node, said)

    def all(self, predicate: NamedNode) -> Sequence[Term]:
        return self.said.get(predicate, ())

    def one(self, predicate: NamedNode) -> Term | None:
        return next(iter(self.all(predicate)), None)

    def reached(self, entity: NamedNode) -> Iterator[Triple]:
        """Yield the facts of a thing that are derived here: a bare statement derives nothing."""
        if self.all(PROV.wasDerivedFrom):
            for predicate in self.all(RDF.predicate):
                if isinstance(predicate, NamedNode):
                    for value in self.all(RDF.object):
                        yield Triple(entity, predicate, value)


@dataclass(slots=True)
class FactDraft:
    """The graphs that hold one fact, gathered from the rows of a query."""

    triple: Triple
    other: Named
    graphs: set[Graph] = field(default_factory=set)

    def fact(
        self,
        catalogue: Catalogue,
        stated: Mapping[Graph, Passage],
        derivations: tuple[Derivation, ...] = (),
        about: tuple[Note, ...] = (),
    ) -> Fact:
        """Return the fact with what vouches for it."""
        sources = sorted(
            (stated[graph] for graph in self.graphs if graph in stated),
            key=lambda entry: entry.order,
        )
        return Fact(
            triple=self.triple,
            other=self.other,
            status=status_of(catalogue, self.graphs, stated),
            passages=tuple(sources),
            derivations=derivations,
            notes=about,
        )


def status_of(catalogue: Catalogue, graphs: AbstractSet[Graph], stated: Container[Graph]) -> Status:
    """Return the weightiest of those who say so: the text comes before the editors."""
    if any(graph in stated for graph in graphs):
        return Status.STATED
    if catalogue.editorial in graphs:
        return Status.EDITORIAL
    return Status.INFERRED if catalogue.inferred in graphs else Status.RECORDED
