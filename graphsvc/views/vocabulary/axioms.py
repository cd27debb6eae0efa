"""The statements of ontologies, and what their nameless nodes mean in words, in no language yet."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

from pyoxigraph import Literal, NamedNode

from graphsvc.namespaces import OWL, RDF, RDFS
from graphsvc.phrases import Phrase
from graphsvc.store.base import Term

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from collections.abc import Set as AbstractSet

RawExpression: TypeAlias = tuple[str | Term, ...]
"""A value in words whose terms have no names yet."""

# An expression within an expression within …: a reader follows no further.
_DEEPEST = 6

# https://www.w3.org/TR/owl2-syntax/#Class_Expressions, with what is said between the members
_COMBINATIONS = (
    (OWL.unionOf, (" ", Phrase("or"), " ")),
    (OWL.intersectionOf, (" ", Phrase("and"), " ")),
    (OWL.oneOf, (", ",)),
)
_BEFORE = ((OWL.complementOf, Phrase("not")), (OWL.inverseOf, Phrase("inverse of")))
_QUANTIFIERS = (
    (OWL.someValuesFrom, Phrase("some")),
    (OWL.allValuesFrom, Phrase("only")),
    (OWL.hasValue, Phrase("is")),
    (OWL.minCardinality, Phrase("at least")),
    (OWL.maxCardinality, Phrase("at most")),
    (OWL.cardinality, Phrase("exactly")),
    (OWL.minQualifiedCardinality, Phrase("at least")),
    (OWL.maxQualifiedCardinality, Phrase("at most")),
    (OWL.qualifiedCardinality, Phrase("exactly")),
)
_DISJOINT_SETS = (OWL.AllDisjointClasses, OWL.AllDisjointProperties)


class Axioms:
    """The statements of ontologies by subject and by object."""

    def __init__(self, statements: Iterable[tuple[Term, NamedNode, Term]]) -> None:
        self._by_subject: dict[Term, dict[NamedNode, list[Term]]] = {}
        self._by_object: dict[Term, dict[NamedNode, list[Term]]] = {}
        for subject, predicate, value in statements:
            _add(self._by_subject, subject, predicate, value)
            _add(self._by_object, value, predicate, subject)

    @cached_property
    def subjects(self) -> tuple[NamedNode, ...]:
        """Return what has a name and of which something is said."""
        return tuple(term for term in self._by_subject if isinstance(term, NamedNode))

    def about(self, subject: Term) -> Mapping[NamedNode, list[Term]]:
        """Return what is said of a subject, by property."""
        return self._by_subject.get(subject, {})

    def values(self, subject: Term, *predicates: NamedNode) -> list[Term]:
        """Return the values that a subject has of properties."""
        about = self.about(subject)
        return [value for predicate in predicates for value in about.get(predicate, ())]

    def pointing(self, value: Term, predicate: NamedNode) -> list[Term]:
        """Return the subjects that have a value of a property."""
        return self._by_object.get(value, {}).get(predicate, [])

    @cached_property
    def chains(self) -> tuple[tuple[NamedNode, tuple[Term, ...]], ...]:
        """Return the properties that follow from chains, each with the steps of one."""
        return tuple(
            (subject, tuple(self.items(head)))
            for subject in self.subjects
            for head in self.values(subject, OWL.propertyChainAxiom)
        )

    @cached_property
    def disjoint(self) -> Mapping[Term, AbstractSet[Term]]:
        """Return the terms that stand with a term in a set of what is disjoint."""
        found: dict[Term, set[Term]] = defaultdict(set)
        for node in (node for kind in _DISJOINT_SETS for node in self.pointing(kind, RDF.type)):
            for head in self.values(node, OWL.members):
                members = set(self.items(head))
                for member in members:
                    found[member] |= members - {member}
        return found

    @cached_property
    def unions(self) -> Mapping[tuple[NamedNode, Term], list[NamedNode]]:
        """Return the properties whose domain or range is a nameless class with a member."""
        found: dict[tuple[NamedNode, Term], list[NamedNode]] = defaultdict(list)
        for subject in self.subjects:
            for predicate in (RDFS.domain, RDFS.range):
                for value in self.values(subject, predicate):
                    for member in self._members(value):
                        found[predicate, member].append(subject)
        return found

    def items(self, head: Term) -> list[Term]:
        """Return the members of a list; one that runs in a circle ends where it closes."""
        found: list[Term] = []
        seen: set[Term] = set()
        while head != RDF.nil and head not in seen:
            seen.add(head)
            found += self.values(head, RDF.first)
            head = next(iter(self.values(head, RDF.rest)), RDF.nil)
        return found

    def in_words(self, term: Term, depth: int = 0) -> RawExpression:
        """Return a class, property or data range in words."""
        if isinstance(term, NamedNode | Literal):
            return (term,)
        if depth < _DEEPEST:
            for predicate, words in _COMBINATIONS:
                for head in self.values(term, predicate):
                    return self.joined(self.items(head), words, depth)
            for predicate, before in _BEFORE:
                for value in self.values(term, predicate):
                    return (before, " ", *self.in_words(value, depth + 1))
            for prop in self.values(term, OWL.onProperty):
                return self._restriction(term, prop, depth)
        return (Phrase("something without a name"),)

    def joined(self, terms: Iterable[Term], words: RawExpression, depth: int = 0) -> RawExpression:
        """Return terms in words, with words between them."""
        parts: list[str | Term] = []
        for term in terms:
            parts += words if parts else ()
            parts += self.in_words(term, depth + 1)
        return tuple(parts)

    def _members(self, term: Term) -> Iterator[NamedNode]:
        if not isinstance(term, NamedNode):
            for head in self.values(term, *(predicate for predicate, _ in _COMBINATIONS)):
                yield from (item for item in self.items(head) if isinstance(item, NamedNode))

    def _restriction(self, term: Term, prop: Term, depth: int) -> RawExpression:
        parts: list[str | Term] = [*self.in_words(prop, depth + 1)]
        for predicate, word in _QUANTIFIERS:
            for value in self.values(term, predicate):
                parts += [" ", word, " ", *self.in_words(value, depth + 1)]
        for value in self.values(term, OWL.onClass, OWL.onDataRange):
            parts += [" ", *self.in_words(value, depth + 1)]
        return tuple(parts)


def _add(
    index: dict[Term, dict[NamedNode, list[Term]]], key: Term, predicate: NamedNode, other: Term
) -> None:
    index.setdefault(key, {}).setdefault(predicate, []).append(other)
