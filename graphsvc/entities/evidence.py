"""What vouches for a fact: the passages that state it, the rules that reach it, editors' notes."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from pyoxigraph import Literal, NamedNode, Triple

from graphsvc.entities.labels import spelled
from graphsvc.entities.layout import number
from graphsvc.entities.model import Derivation, Fact, Named, Note, Passage, Status
from graphsvc.entities.prologue import PROLOGUE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from graphsvc.entities.catalogue import Catalogue
    from graphsvc.store.base import Term

Rows: TypeAlias = "Iterable[Mapping[str, Term]]"

QUOTE_CLAUSE = """
  ?passage oa:exact ?quote .
  OPTIONAL { ?passage schema:position ?number }
"""
"""What is shown of a passage; ``passage`` and ``passages`` read its answers."""

_DERIVATIONS = (
    PROLOGUE
    + f"""
SELECT DISTINCT ?entity ?derivation ?property ?object ?rule ?axiom ?passage ?quote ?number WHERE {{
  ?derivation rdf:subject ?entity ; rdf:predicate ?property ; rdf:object ?object ;
    prov:wasDerivedFrom ?passage .
  OPTIONAL {{ ?derivation dcterms:conformsTo ?rule }}
  OPTIONAL {{ ?derivation rdfs:seeAlso ?axiom }}
  OPTIONAL {{ {QUOTE_CLAUSE} }}
}}
"""
)


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
        self._steps: dict[Triple, dict[Term, _Step]] = defaultdict(dict)
        for row in catalogue.store.select(_DERIVATIONS, {"entity": entity}):
            predicate = row["property"]
            if isinstance(predicate, NamedNode):
                reached = self._steps[Triple(entity, predicate, row["object"])]
                reached.setdefault(row["derivation"], _Step()).add(row)

    def of(self, triple: Triple) -> tuple[Derivation, ...]:
        """Return the derivations of one fact, the shortest first."""
        steps = self._steps.get(triple, {})
        derivations = [self._derivation(iri(node), step) for node, step in steps.items()]
        return tuple(sorted(derivations, key=lambda step: (len(step.passages), step.iri)))

    def _derivation(self, node: str, step: _Step) -> Derivation:
        stated = sorted(step.passages.values(), key=lambda entry: entry.order)
        graphs = sorted(step.sources - step.passages.keys(), key=str)
        axiom = step.axiom
        return Derivation(
            iri=node,
            rule=None if step.rule is None else iri(step.rule),
            axiom=None if axiom is None else self._catalogue.term(axiom, self._language),
            passages=tuple(stated),
            graphs=tuple(spelled(graph) for graph in graphs),
        )


@dataclass(slots=True)
class _Step:
    """The rows about one derivation node, put together."""

    rule: Term | None = None
    axiom: Term | None = None
    sources: set[Term] = field(default_factory=set)
    passages: dict[Term, Passage] = field(default_factory=dict)

    def add(self, row: Mapping[str, Term]) -> None:
        self.rule = row.get("rule", self.rule)
        self.axiom = row.get("axiom", self.axiom)
        self.sources.add(row["passage"])
        self.passages.update(passages([row]))


@dataclass(slots=True)
class FactDraft:
    """The graphs that hold one fact, gathered from the rows of a query."""

    triple: Triple
    other: Named
    graphs: set[Term] = field(default_factory=set)

    def fact(
        self,
        catalogue: Catalogue,
        stated: Mapping[Term, Passage],
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
            status=self._status(catalogue, stated),
            passages=tuple(sources),
            derivations=derivations,
            notes=about,
        )

    def _status(self, catalogue: Catalogue, stated: Mapping[Term, Passage]) -> Status:
        """Return the weightiest of those who say so: the text comes before the editors."""
        if any(graph in stated for graph in self.graphs):
            return Status.STATED
        if catalogue.editorial in self.graphs:
            return Status.EDITORIAL
        return Status.INFERRED if catalogue.inferred in self.graphs else Status.RECORDED
