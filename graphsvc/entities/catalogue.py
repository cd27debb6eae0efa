"""What stays the same from page to page: the terms of the ontology and the layout of its shapes."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode

from graphsvc.entities.blanks import Blanks
from graphsvc.entities.evidence import place
from graphsvc.entities.labels import LABEL_CLAUSE, Labels, best, spelled
from graphsvc.entities.layout import Layout
from graphsvc.entities.prologue import PROLOGUE
from graphsvc.namespaces import graph_iri

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphsvc.entities.model import Named
    from graphsvc.store.base import Store, Table, Term

_TERM_LABELS = (
    PROLOGUE
    + f"""
SELECT DISTINCT ?ontology ?thing ?rank ?label WHERE {{
  GRAPH ?ontology {{ {LABEL_CLAUSE} }}
}}
"""
)

_DEFINITIONS = (
    PROLOGUE
    + """
SELECT DISTINCT ?ontology ?term ?definition WHERE {
  VALUES ?defining { skos:definition rdfs:comment }
  GRAPH ?ontology { ?term ?defining ?definition }
}
"""
)

# Properties under which a text prints other names of a thing, and those that are aligned to them.
_NAMINGS = (
    PROLOGUE
    + """
SELECT DISTINCT ?naming WHERE {
  VALUES ?root { schema:name schema:alternateName foaf:name skos:altLabel }
  ?naming (rdfs:subPropertyOf|owl:equivalentProperty|skos:exactMatch|skos:closeMatch)* ?root .
}
"""
)

_STATED_IN = PROLOGUE + "SELECT DISTINCT ?passage WHERE { ?passage nif:referenceContext ?text }"

# What kind of flaw a class of notes is about: https://www.w3.org/TR/vocab-dqv/#dqv:inDimension
_DIMENSIONS = (
    PROLOGUE
    + """
SELECT DISTINCT ?class ?dimension WHERE {
  ?marked dqv:inDimension ?dimension .
  ?class rdfs:subClassOf* ?marked .
}
"""
)

_PLACES = (
    PROLOGUE
    + """
SELECT DISTINCT ?passage ?text ?begin WHERE {
  ?passage nif:referenceContext ?text ; nif:beginIndex ?begin .
}
ORDER BY ?text ?begin
"""
)


#: How many counts are remembered.
_COUNTS = 10_000


@dataclass(frozen=True, slots=True)
class Position:
    """Where a passage stands: in which text, and as which of its passages, counted from 0."""

    text: str
    index: int


class Catalogue:
    """A store, the base of its IRIs, and its vocabulary, read once for a release."""

    def __init__(self, store: Store, base: str) -> None:
        self.store = store
        self.base = base
        self.layout = Layout.read(store)
        self.ontology = NamedNode(base + "ontology")
        self.editorial = graph_iri(base, "editorial")
        self.inferred = graph_iri(base, "inferred")
        self.namings = frozenset(row["naming"] for row in store.select(_NAMINGS))
        bound = {"ontology": graph_iri(base, "ontology")}
        self.count = lru_cache(maxsize=_COUNTS)(self._count)
        self._labels = Labels.read(store.select(_TERM_LABELS, bound))
        self._definitions = _by_term(store.select(_DEFINITIONS, bound))

    @cached_property
    def passages(self) -> frozenset[NamedNode]:
        """Return the passages: they are graphs as well, of what they state."""
        rows = self.store.select(_STATED_IN)
        return frozenset(row["passage"] for row in rows if isinstance(row["passage"], NamedNode))

    @cached_property
    def blanks(self) -> Blanks:
        """Return the parts of the graph that have no names."""
        return Blanks.read(self.store, self.base)

    @cached_property
    def dimensions(self) -> Mapping[Term, frozenset[Term]]:
        """Return the quality dimensions (ISO 25012, by W3C's names) of the classes of notes."""
        found: dict[Term, set[Term]] = defaultdict(set)
        for row in self.store.select(_DIMENSIONS):
            found[row["class"]].add(row["dimension"])
        return {cls: frozenset(dimensions) for cls, dimensions in found.items()}

    @cached_property
    def positions(self) -> Mapping[str, Position]:
        """Return where each passage stands, by its IRI."""
        counts: dict[str, int] = defaultdict(int)
        found: dict[str, Position] = {}
        for row in self.store.select(_PLACES):
            passage, text = row["passage"], row["text"]
            if isinstance(passage, NamedNode) and isinstance(text, NamedNode):
                found[passage.value] = Position(text.value, counts[text.value])
                counts[text.value] += 1
        return found

    @cached_property
    def sizes(self) -> Mapping[str, int]:
        """Return how many passages each text has, by its IRI."""
        return Counter(position.text for position in self.positions.values())

    def term(self, term: Term, language: str) -> Named:
        """Return a class or property under its label, or under its own name without one."""
        return self._labels.name(term, language) or spelled(term)

    def definition(self, term: Term, language: str) -> str:
        """Return how the ontology defines a term, if it does."""
        return best(self._definitions.get(term, ()), language)

    def _count(self, query: str, entity: NamedNode) -> int:
        """Return the ``?count`` of a thing that a query gives; whoever asks again asks for free."""
        rows = self.store.select(query, {"entity": entity})
        return next((place(row["count"]) or 0 for row in rows), 0)


def _by_term(rows: Table) -> Mapping[Term, list[Term]]:
    definitions: dict[Term, list[Term]] = defaultdict(list)
    for row in rows:
        definitions[row["term"]].append(row["definition"])
    return definitions
