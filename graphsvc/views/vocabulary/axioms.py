"""The statements of ontologies, by their subjects and by their objects."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode

from graphsvc.namespaces import OWL, RDF, RDFS
from graphsvc.views.expressions import Statements, add

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from graphsvc.store.base import Term

_DISJOINT_SETS = (OWL.AllDisjointClasses, OWL.AllDisjointProperties)

#: The properties of class expressions whose members are classes.
_COMBINATIONS = (OWL.unionOf, OWL.intersectionOf, OWL.oneOf)


class Axioms(Statements):
    """The statements of ontologies by subject and by object."""

    def __init__(self, statements: Iterable[tuple[Term, NamedNode, Term]]) -> None:
        triples = list(statements)
        super().__init__(triples)
        self._by_object: dict[Term, dict[NamedNode, list[Term]]] = {}
        for subject, predicate, value in triples:
            add(self._by_object, value, predicate, subject)

    @cached_property
    def subjects(self) -> tuple[NamedNode, ...]:
        return tuple(term for term in self._by_subject if isinstance(term, NamedNode))

    def pointing(self, value: Term, predicate: NamedNode) -> list[Term]:
        """Return the subjects with a value of a property."""
        return self._by_object.get(value, {}).get(predicate, [])

    @cached_property
    def chains(self) -> tuple[tuple[NamedNode, tuple[Term, ...]], ...]:
        """Return the properties with chains, each with the steps of one chain."""
        return tuple(
            (subject, tuple(self.items(head)))
            for subject in self.subjects
            for head in self.values(subject, OWL.propertyChainAxiom)
        )

    @cached_property
    def disjoint(self) -> Mapping[Term, AbstractSet[Term]]:
        """Return the terms that are in a set of disjoint terms together with a term."""
        partners: dict[Term, set[Term]] = defaultdict(set)
        for node in (node for kind in _DISJOINT_SETS for node in self.pointing(kind, RDF.type)):
            for head in self.values(node, OWL.members):
                members = set(self.items(head))
                for member in members:
                    partners[member] |= members - {member}
        return partners

    @cached_property
    def unions(self) -> Mapping[tuple[NamedNode, Term], list[NamedNode]]:
        """Return the properties whose domain or range is an anonymous class with a member."""
        properties: dict[tuple[NamedNode, Term], list[NamedNode]] = defaultdict(list)
        for subject in self.subjects:
            for predicate in (RDFS.domain, RDFS.range):
                for value in self.values(subject, predicate):
                    for member in self._members(value):
                        properties[predicate, member].append(subject)
        return properties

    def _members(self, term: Term) -> Iterator[NamedNode]:
        if not isinstance(term, NamedNode):
            for head in self.values(term, *_COMBINATIONS):
                yield from (item for item in self.items(head) if isinstance(item, NamedNode))
