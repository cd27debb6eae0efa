"""The statements of an ontology, and what its nameless nodes mean in words."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from graphsvc.namespaces import OWL, RDF, RDFS
from graphsvc.phrases import Phrase

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pyoxigraph import Quad

    from graphsvc.entities import Catalogue, Named
    from graphsvc.store.base import Term
    from graphsvc.vocabulary.model import Expression

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
_MEMBERS_OF_NAMELESS = frozenset({OWL.unionOf, OWL.intersectionOf, OWL.oneOf})


class Axioms:
    """The statements of an ontology by subject and by object."""

    def __init__(self, quads: Iterable[Quad], catalogue: Catalogue, language: str) -> None:
        self._said: dict[Term, dict[NamedNode, list[Term]]] = defaultdict(lambda: defaultdict(list))
        self._pointing: dict[Term, dict[NamedNode, list[Term]]] = defaultdict(
            lambda: defaultdict(list)
        )
        self._catalogue = catalogue
        self.language = language
        # In the order of the terms' own spelling: a store promises none.
        for quad in sorted(quads, key=str):
            self._said[quad.subject][quad.predicate].append(quad.object)
            self._pointing[quad.object][quad.predicate].append(quad.subject)

    def subjects(self) -> Iterator[NamedNode]:
        """Yield what has a name and of which something is said."""
        yield from (term for term in self._said if isinstance(term, NamedNode))

    def predicates(self, subject: Term) -> Iterator[NamedNode]:
        """Yield the properties that a subject has."""
        yield from self._said.get(subject, {})

    def values(self, subject: Term, *predicates: NamedNode) -> list[Term]:
        """Return the values that a subject has of properties."""
        said = self._said.get(subject, {})
        return [value for predicate in predicates for value in said.get(predicate, ())]

    def pointing(self, value: Term, predicate: NamedNode) -> list[Term]:
        """Return the subjects that have a value of a property."""
        return list(self._pointing.get(value, {}).get(predicate, ()))

    @cached_property
    def chains(self) -> tuple[tuple[Term, tuple[Term, ...]], ...]:
        """Return the properties that follow from chains, each with the steps of one."""
        return tuple(
            (subject, tuple(self.items(head)))
            for subject in self.subjects()
            for head in self.values(subject, OWL.propertyChainAxiom)
        )

    @cached_property
    def unions(self) -> tuple[tuple[NamedNode, NamedNode, frozenset[NamedNode]], ...]:
        """Return each property whose domain or range has no name, with the classes in that."""
        return tuple(
            (subject, predicate, frozenset(self.named_in(value)))
            for subject in self.subjects()
            for predicate in (RDFS.domain, RDFS.range)
            for value in self.values(subject, predicate)
            if not isinstance(value, NamedNode)
        )

    def items(self, head: Term) -> list[Term]:
        """Return the members of a list; one that runs in a circle ends where it closes."""
        found: list[Term] = []
        seen: set[Term] = set()
        while head != RDF.nil and head not in seen:
            seen.add(head)
            found += self.values(head, RDF.first)
            head = next(iter(self.values(head, RDF.rest)), RDF.nil)
        return found

    def name(self, term: Term) -> Named:
        """Return a term under its label."""
        return self._catalogue.term(term, self.language)

    def named_in(self, term: Term) -> Iterator[NamedNode]:
        """Yield the classes that an expression is about: itself, or the members of a union."""
        if isinstance(term, NamedNode):
            yield term
            return
        for head in self.values(term, *_MEMBERS_OF_NAMELESS):
            yield from (item for item in self.items(head) if isinstance(item, NamedNode))

    def in_words(self, term: Term, depth: int = 0) -> Expression:
        """Return a class, property or data range in words."""
        if isinstance(term, NamedNode | Literal):
            return (self.name(term),)
        if depth < _DEEPEST:
            for predicate, words in _COMBINATIONS:
                for head in self.values(term, predicate):
                    return self._joined(self.items(head), words, depth)
            for predicate, before in _BEFORE:
                for value in self.values(term, predicate):
                    return (before, " ", *self.in_words(value, depth + 1))
            for prop in self.values(term, OWL.onProperty):
                return self._restriction(term, prop, depth)
        return (Phrase("something without a name"),)

    def _joined(self, terms: list[Term], words: tuple[str, ...], depth: int) -> Expression:
        parts: list[str | Named] = []
        for term in terms:
            parts += words if parts else ()
            parts += self.in_words(term, depth + 1)
        return tuple(parts)

    def _restriction(self, term: Term, prop: Term, depth: int) -> Expression:
        parts: list[str | Named] = [*self.in_words(prop, depth + 1)]
        for predicate, word in _QUANTIFIERS:
            for value in self.values(term, predicate):
                parts += [" ", word, " ", *self.in_words(value, depth + 1)]
        for value in self.values(term, OWL.onClass, OWL.onDataRange):
            parts += [" ", *self.in_words(value, depth + 1)]
        return tuple(parts)
