"""Blank nodes in words: class expressions, data ranges, paths and lists.

Class expressions have Manchester syntax, ``eats some (grass or hay)``, and paths that of SPARQL.
Their keywords are the same in every language of the interface.
https://www.w3.org/TR/owl2-manchester-syntax/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from pyoxigraph import BlankNode, NamedNode

from graphsvc.namespaces import OWL, RDF, SH, XSD
from graphsvc.phrases import Phrase
from graphsvc.store.base import Term

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

RawExpression: TypeAlias = tuple[str | Term, ...]
"""A value in words, with terms in place of their names."""

NAMELESS = Phrase("something without a name")

# The most levels of nested expressions in a text.
_DEEPEST = 6

_MOST_PAIRS = 4
"""The most properties of a blank node that its text shows."""

# https://www.w3.org/TR/owl2-syntax/#Class_Expressions
_COMBINATIONS = ((OWL.unionOf, " or "), (OWL.intersectionOf, " and "))
_BEFORE = (
    (OWL.complementOf, "not "),
    (OWL.datatypeComplementOf, "not "),
    (OWL.inverseOf, "inverse "),
)
_QUANTIFIERS = (
    (OWL.someValuesFrom, "some"),
    (OWL.allValuesFrom, "only"),
    (OWL.hasValue, "value"),
    (OWL.minCardinality, "min"),
    (OWL.maxCardinality, "max"),
    (OWL.cardinality, "exactly"),
    (OWL.minQualifiedCardinality, "min"),
    (OWL.maxQualifiedCardinality, "max"),
    (OWL.qualifiedCardinality, "exactly"),
)
# https://www.w3.org/TR/owl2-manchester-syntax/#facet
_FACETS: Mapping[Term, str] = {
    XSD.minInclusive: ">=",
    XSD.minExclusive: ">",
    XSD.maxInclusive: "<=",
    XSD.maxExclusive: "<",
    XSD.length: "length",
    XSD.minLength: "minLength",
    XSD.maxLength: "maxLength",
    XSD.pattern: "pattern",
    XSD.totalDigits: "totalDigits",
    XSD.fractionDigits: "fractionDigits",
    RDF.langRange: "langRange",
}
# https://www.w3.org/TR/shacl/#property-paths
_REPEATED = (
    (SH.zeroOrMorePath, "*"),
    (SH.oneOrMorePath, "+"),
    (SH.zeroOrOnePath, "?"),
)

#: The properties of nodes that are expressions.
_EXPRESSING = frozenset(
    {
        *(predicate for predicate, _ in (*_COMBINATIONS, *_BEFORE, *_REPEATED)),
        *(OWL.oneOf, OWL.onProperty, OWL.onDatatype, SH.inversePath, SH.alternativePath),
    }
)


class Statements:
    """Statements by subject, with texts for the blank nodes among the subjects."""

    def __init__(self, statements: Iterable[tuple[Term, NamedNode, Term]]) -> None:
        self._by_subject: dict[Term, dict[NamedNode, list[Term]]] = {}
        for subject, predicate, value in statements:
            add(self._by_subject, subject, predicate, value)

    def about(self, subject: Term) -> Mapping[NamedNode, list[Term]]:
        """Return the values of a subject by property."""
        return self._by_subject.get(subject, {})

    def values(self, subject: Term, *predicates: NamedNode) -> list[Term]:
        """Return the values of some properties of a subject."""
        about = self.about(subject)
        return [value for predicate in predicates for value in about.get(predicate, ())]

    def items(self, head: Term) -> list[Term]:
        """Return the members of a list; a circular list ends where it closes."""
        members: list[Term] = []
        visited: set[Term] = set()
        while head != RDF.nil and head not in visited:
            visited.add(head)
            members += self.values(head, RDF.first)
            head = next(iter(self.values(head, RDF.rest)), RDF.nil)
        return members

    def is_list(self, term: Term) -> bool:
        """Tell whether a node is a list."""
        return RDF.first in self.about(term)

    def is_expression(self, term: Term) -> bool:
        """Tell whether a term is a blank node that stands for an expression."""
        return isinstance(term, BlankNode) and not _EXPRESSING.isdisjoint(self.about(term))

    def in_words(self, term: Term, depth: int = 0) -> RawExpression:
        """Return a class, property, data range or path in words; else a text on a blank node."""
        if not isinstance(term, BlankNode):
            return (term,)
        if depth >= _DEEPEST:
            return (NAMELESS,)
        writers = (
            self._class_expression,
            self._restriction,
            self._datatype_restriction,
            self._path,
            self._others,
        )
        return next(words for write in writers if (words := write(term, depth)))

    def join_terms(
        self, terms: Iterable[Term], words: RawExpression, depth: int = 0
    ) -> RawExpression:
        """Return terms in words, joined by ``words``."""
        return _join((self._atom(term, depth) for term in terms), words)

    def _combination(self, head: Term, words: str, depth: int) -> RawExpression:
        """Return the members of a union or intersection; restrictions get no brackets."""
        parts = (
            self.in_words(item, depth + 1)
            if OWL.onProperty in self.about(item) or OWL.complementOf in self.about(item)
            else self._atom(item, depth)
            for item in self.items(head)
        )
        return _join(parts, (words,))

    def _atom(self, term: Term, depth: int) -> RawExpression:
        """Return a term in words, with brackets around several words."""
        words = self.in_words(term, depth + 1)
        is_one = len(words) == 1 or (words[0] in ("{", "[", "(") and words[-1] in ("}", "]", ")"))
        return words if is_one or OWL.onDatatype in self.about(term) else ("(", *words, ")")

    def _class_expression(self, term: Term, depth: int) -> RawExpression:
        """Return a union, intersection, enumeration or complement; no words for another node."""
        for predicate, words in _COMBINATIONS:
            for head in self.values(term, predicate):
                return self._combination(head, words, depth)
        for head in self.values(term, OWL.oneOf):
            return ("{", *self.join_terms(self.items(head), (", ",), depth), "}")
        for predicate, before in _BEFORE:
            for value in self.values(term, predicate):
                return (before, *self._atom(value, depth))
        return ()

    def _restriction(self, term: Term, depth: int) -> RawExpression:
        """Return a property restriction; no words for another node."""
        properties = self.values(term, OWL.onProperty)
        if not properties:
            return ()
        parts: list[str | Term] = [*self.in_words(properties[0], depth + 1)]
        if self.values(term, OWL.hasSelf):
            parts += [" Self"]
        for predicate, word in _QUANTIFIERS:
            for value in self.values(term, predicate):
                parts += [f" {word} ", *self._atom(value, depth)]
        for value in self.values(term, OWL.onClass, OWL.onDataRange):
            parts += [" ", *self._atom(value, depth)]
        return tuple(parts)

    def _datatype_restriction(self, term: Term, depth: int) -> RawExpression:
        """Return a datatype with its facets, ``integer[>= 5, < 10]``; no words for another node."""
        datatypes = self.values(term, OWL.onDatatype)
        if not datatypes:
            return ()
        facets: list[RawExpression] = [
            (f"{_FACETS[facet]} ", value)
            for head in self.values(term, OWL.withRestrictions)
            for item in self.items(head)
            for facet, values in self.about(item).items()
            if facet in _FACETS
            for value in values
        ]
        return (*self._atom(datatypes[0], depth), "[", *_join(facets, (", ",)), "]")

    def _path(self, term: Term, depth: int) -> RawExpression:
        """Return a SHACL path; no words for another node."""
        for value in self.values(term, SH.inversePath):
            return ("^", *self._atom(value, depth))
        for head in self.values(term, SH.alternativePath):
            return _join((self.in_words(item, depth + 1) for item in self.items(head)), (" | ",))
        for predicate, after in _REPEATED:
            for value in self.values(term, predicate):
                return (*self._atom(value, depth), after)
        return ()

    def _others(self, term: Term, depth: int) -> RawExpression:
        """Return a list, or some properties of a node with their values."""
        if self.is_list(term):
            return ("(", *self.join_terms(self.items(term), (", ",), depth), ")")
        about = self.about(term)
        ordered = sorted(about, key=lambda prop: (prop != RDF.type, prop.value))
        pairs = [
            (prop, " ", *self.join_terms(sorted(about[prop], key=str), (", ",), depth))
            for prop in ordered[:_MOST_PAIRS]
        ]
        more = ("; …",) if len(ordered) > _MOST_PAIRS else ()
        return ("[", *_join(pairs, ("; ",)), *more, "]") if pairs else (NAMELESS,)


def terms_of(expression: RawExpression) -> Iterator[Term]:
    """Yield the terms in an expression, which need names."""
    return (part for part in expression if not isinstance(part, str))


def _join(parts: Iterable[RawExpression], words: RawExpression) -> RawExpression:
    expression: list[str | Term] = []
    for part in parts:
        expression += words if expression else ()
        expression += part
    return tuple(expression)


def add(
    index: dict[Term, dict[NamedNode, list[Term]]], key: Term, predicate: NamedNode, other: Term
) -> None:
    """Add a statement to an index by subject or by object."""
    index.setdefault(key, {}).setdefault(predicate, []).append(other)
