"""The facts of things, and what they rest on: looked up one by one where they are at hand.

Pages speak of the same things, and a release does not change: what was read lately is kept.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING, TypeAlias

from pyoxigraph import BlankNode, NamedNode, Triple

from graphsvc.browse.lately import Lately
from graphsvc.entities.layout import Place
from graphsvc.namespaces import DCTERMS, GENERALISING, PROV, RDF

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from graphsvc.entities.evidence import Graph
    from graphsvc.store.base import Lookup, Subject, Term

_KEPT = 200_000
"""How many facts, and nodes from which facts follow, are kept in all."""


@dataclass(frozen=True, slots=True)
class Derived:
    """How rules reach a fact: from which passages and graphs.

    ``restates`` if the fact only says more generally what a more special property says.
    """

    sources: frozenset[Term]
    restates: bool


Held: TypeAlias = "tuple[tuple[Triple, frozenset[Graph]], ...]"


class Facts:
    """The facts of a graph, those of the things that were asked about lately at hand."""

    def __init__(self, near: Lookup) -> None:
        self._near = near
        self._kept = Lately(_KEPT)

    def of(self, node: NamedNode, place: Place) -> Held:
        """Return the facts of a thing at a place, each with the graphs that hold it."""
        return self._kept.several(("facts", node, place), lambda: self._read(node, place))

    def are_more(self, most: int, nodes: Iterable[NamedNode], predicate: NamedNode) -> bool:
        """Tell whether more facts than so many point to things with a property."""
        found = (self._near.triples(predicate=predicate, value=node) for node in nodes)
        return next(islice(chain.from_iterable(found), most, None), None) is not None

    def types(self, node: NamedNode) -> frozenset[NamedNode]:
        """Return the classes of a thing."""
        found = (fact.object for fact, _ in self.of(node, _TYPE))
        return frozenset(cls for cls in found if isinstance(cls, NamedNode))

    def derived(self, fact: Triple) -> Derived:
        """Return how a fact is derived."""
        subject = fact.subject
        if not isinstance(subject, NamedNode):
            return _UNDERIVED
        found = self._kept.several(
            ("derived", subject, fact.predicate), lambda: self._derive(subject, fact.predicate)
        )
        return found.get(fact.object, _UNDERIVED)

    def _read(self, node: NamedNode, place: Place) -> Held:
        predicate = place.property
        if not isinstance(predicate, NamedNode):
            return ()
        found = (
            self._near.quads(predicate=predicate, value=node)
            if place.incoming
            else self._near.quads(subject=node, predicate=predicate)
        )
        graphs: dict[Triple, set[Graph]] = {}
        for quad in found:
            graphs.setdefault(quad.triple, set()).add(quad.graph_name)
        return tuple((fact, frozenset(held)) for fact, held in graphs.items())

    def _derive(self, subject: NamedNode, predicate: NamedNode) -> Mapping[Term, Derived]:
        """Return how the facts of a thing with one property are derived, by their values."""
        nodes = self._kept.several(("nodes", subject), lambda: self._nodes(subject))
        sources: dict[Term, set[Term]] = defaultdict(set)
        rules: dict[Term, set[Term | None]] = defaultdict(set)
        for node in nodes.get(predicate, ()):
            for value in self._said(node, RDF.object):
                sources[value].update(self._said(node, PROV.wasDerivedFrom))
                rules[value].update(self._said(node, DCTERMS.conformsTo) or [None])
        return {
            value: Derived(frozenset(sources[value]), rules[value] == {GENERALISING})
            for value in sources
        }

    def _nodes(self, subject: NamedNode) -> Mapping[Term, list[Subject]]:
        """Return the nodes that derive facts of a thing, by the property of these."""
        found: dict[Term, list[Subject]] = defaultdict(list)
        for quad in self._near.quads(predicate=RDF.subject, value=subject):
            if isinstance(node := quad.subject, NamedNode | BlankNode):
                for predicate in self._said(node, RDF.predicate):
                    found[predicate].append(node)
        return dict(found)

    def _said(self, node: Subject, predicate: NamedNode) -> list[Term]:
        return [quad.object for quad in self._near.quads(subject=node, predicate=predicate)]


_TYPE = Place(RDF.type)
_UNDERIVED = Derived(frozenset(), restates=False)
