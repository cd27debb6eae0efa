"""What stays the same from page to page: the terms of the ontology and the layout of its shapes."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode

from graphsvc.entities.evidence import look_up
from graphsvc.entities.labels import LABEL_CLAUSE, Labels, best, spelled
from graphsvc.entities.layout import Layout
from graphsvc.entities.prologue import PROLOGUE
from graphsvc.namespaces import NIF, graph_iri

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from graphsvc.entities.evidence import Graph
    from graphsvc.entities.model import Named, Passage
    from graphsvc.store.base import Store, Table, Term

_KEPT = 10_000
"""How many things' labels, names and passages are kept at hand, each."""

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


@dataclass(frozen=True, slots=True)
class Position:
    """Where a passage stands: in which text, and as which of its passages, counted from 0."""

    text: str
    index: int


class Catalogue:
    """A store, the base of its IRIs, and its vocabulary, read once for a release."""

    def __init__(self, store: Store, base: str, near: Store | None = None) -> None:
        """Take the store of a release, and the same one nearer by, if there is such a one.

        What is known to be little is looked up term by term in the ``near`` one, which may be
        asked without a bound on time; every query is answered by the other.
        """
        self.store = store
        self.near = near or store
        # A release does not change, and pages speak of the same things: the last ones are kept.
        self._looked_up = lru_cache(_KEPT)(self._look_up)
        self._named = lru_cache(_KEPT)(self._name)
        self._quoted = lru_cache(_KEPT)(self._quote)
        self.is_passage = lru_cache(_KEPT)(self._is_passage)
        self.base = base
        self.layout = Layout.read(store)
        self.ontology = NamedNode(base + "ontology")
        self.editorial = graph_iri(base, "editorial")
        self.inferred = graph_iri(base, "inferred")
        self.namings = frozenset(row["naming"] for row in store.select(_NAMINGS))
        bound = {"ontology": graph_iri(base, "ontology")}
        self._labels = Labels.read(store.select(_TERM_LABELS, bound))
        self._definitions = _by_term(store.select(_DEFINITIONS, bound))

    @cached_property
    def dimensions(self) -> Mapping[Term, frozenset[Term]]:
        """Return the quality dimensions (ISO 25012, by W3C's names) of the classes of notes."""
        found: dict[Term, set[Term]] = defaultdict(set)
        for row in self.store.select(_DIMENSIONS):
            found[row["class"]].add(row["dimension"])
        return {cls: frozenset(dimensions) for cls, dimensions in found.items()}

    @cached_property
    def texts(self) -> Mapping[str, Sequence[NamedNode]]:
        """Return the passages of each text in order, by the text's IRI."""
        found: dict[str, dict[NamedNode, None]] = defaultdict(dict)
        for row in self.store.select(_PLACES):
            passage, text = row["passage"], row["text"]
            if isinstance(passage, NamedNode) and isinstance(text, NamedNode):
                found[text.value][passage] = None
        return {text: tuple(passages) for text, passages in found.items()}

    @cached_property
    def positions(self) -> Mapping[str, Position]:
        """Return where each passage stands, by its IRI."""
        return {
            passage.value: Position(text, index)
            for text, passages in self.texts.items()
            for index, passage in enumerate(passages)
        }

    def name(self, term: Term, language: str) -> Named:
        """Return a term under its label, looked up; without one it is spelled."""
        return self._named(term, language) if isinstance(term, NamedNode) else spelled(term)

    def labels(self, node: NamedNode) -> Sequence[str]:
        """Return every label of a thing."""
        return self._looked_up(node).all(node)

    def passage(self, node: Graph) -> Passage | None:
        """Return the passage that a node or graph is, None if it is none."""
        return self._quoted(node) if isinstance(node, NamedNode) else None

    def _is_passage(self, node: Graph) -> bool:
        """Tell whether a node is a passage of a text: it is a graph as well, of what it states."""
        if not isinstance(node, NamedNode):
            return False
        return next(self.near.triples(node, NIF.referenceContext), None) is not None

    def _look_up(self, node: NamedNode) -> Labels:
        return Labels.of(self.near, node)

    def _name(self, node: NamedNode, language: str) -> Named:
        return self._looked_up(node).name(node, language) or spelled(node)

    def _quote(self, node: NamedNode) -> Passage | None:
        return look_up(self.near, node)

    def term(self, term: Term, language: str) -> Named:
        """Return a class or property under its label, or under its own name without one."""
        return self._labels.name(term, language) or spelled(term)

    def definition(self, term: Term, language: str) -> str:
        """Return how the ontology defines a term, if it does."""
        return best(self._definitions.get(term, ()), language)


def _by_term(rows: Table) -> Mapping[Term, list[Term]]:
    definitions: dict[Term, list[Term]] = defaultdict(list)
    for row in rows:
        definitions[row["term"]].append(row["definition"])
    return definitions
