"""The relations of a term in the axioms of ontologies, in both directions, without names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias

from pyoxigraph import Literal, NamedNode

from graphsvc.namespaces import OWL, RDF, RDFS, SKOS
from graphsvc.phrases import Phrase
from graphsvc.views.expressions import RawExpression

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from graphsvc.store.base import Term
    from graphsvc.views.vocabulary.axioms import Axioms

Relations: TypeAlias = Mapping[str | NamedNode, tuple[RawExpression, ...]]
"""The related terms of a term, by the label or the property of the relation."""

# https://www.w3.org/TR/owl2-syntax/#Object_Property_Axioms
_CHARACTERISTICS = {
    OWL.FunctionalProperty: Phrase("functional: one value at most"),
    OWL.InverseFunctionalProperty: Phrase("inverse functional: one subject at most"),
    OWL.TransitiveProperty: Phrase("transitive"),
    OWL.SymmetricProperty: Phrase("symmetric"),
    OWL.AsymmetricProperty: Phrase("asymmetric"),
    OWL.ReflexiveProperty: Phrase("reflexive"),
    OWL.IrreflexiveProperty: Phrase("irreflexive"),
}

#: The relations from a term, with their labels, in this order.
_OUTWARD: tuple[tuple[str, NamedNode], ...] = (
    (Phrase("Superclass"), RDFS.subClassOf),
    (Phrase("Superproperty"), RDFS.subPropertyOf),
    (Phrase("Union of"), OWL.disjointUnionOf),
    (Phrase("Domain"), RDFS.domain),
    (Phrase("Range"), RDFS.range),
)
#: The same for symmetric relations.
_MUTUAL: tuple[tuple[str, NamedNode], ...] = (
    (Phrase("Inverse"), OWL.inverseOf),
    (Phrase("Equivalent"), OWL.equivalentClass),
    (Phrase("Equivalent"), OWL.equivalentProperty),
    (Phrase("Disjoint with"), OWL.disjointWith),
    (Phrase("Disjoint with"), OWL.propertyDisjointWith),
)
#: The relations from other terms to a term.
_INWARD: tuple[tuple[str, NamedNode], ...] = (
    (Phrase("Subclasses"), RDFS.subClassOf),
    (Phrase("Subproperties"), RDFS.subPropertyOf),
)
_EXTENTS: tuple[tuple[str, NamedNode], ...] = (
    (Phrase("In the domain of"), RDFS.domain),
    (Phrase("In the range of"), RDFS.range),
)

#: The properties that are shown elsewhere.
APART = frozenset(
    {
        *(RDF.type, RDFS.isDefinedBy, RDFS.label, SKOS.prefLabel, SKOS.definition, SKOS.example),
        *(OWL.deprecated, OWL.propertyChainAxiom, OWL.hasKey),
        *(predicate for _, predicate in (*_OUTWARD, *_MUTUAL)),
    }
)


def characteristics(axioms: Axioms, term: Term) -> tuple[str, ...]:
    """Return the characteristics of a property: transitive, functional and so on."""
    types = axioms.values(term, RDF.type)
    return tuple(words for kind, words in _CHARACTERISTICS.items() if kind in types)


def relations(axioms: Axioms, term: NamedNode) -> Relations:
    """Return everything that relates a term to others, in the order of the page."""
    values_by_label: dict[str | NamedNode, set[RawExpression]] = {}
    for label, value in _all(axioms, term):
        values_by_label.setdefault(label, set()).add(value)
    return {label: tuple(sorted(values, key=str)) for label, values in values_by_label.items()}


def _all(axioms: Axioms, term: NamedNode) -> Iterator[tuple[str | NamedNode, RawExpression]]:
    in_words = axioms.in_words
    for label, predicate in _OUTWARD:
        yield from ((label, in_words(each)) for each in axioms.values(term, predicate))
    for label, predicate in _MUTUAL:
        # An anonymous inverse is an expression with this term, and no other term.
        pointing = axioms.pointing(term, predicate)
        others = [
            *axioms.values(term, predicate),
            *(_named(pointing) if predicate == OWL.inverseOf else pointing),
        ]
        yield from ((label, in_words(each)) for each in others)
    for other in axioms.disjoint.get(term, ()):
        yield Phrase("Disjoint with"), in_words(other)
    yield from _chains(axioms, term)
    for head in axioms.values(term, OWL.hasKey):
        yield (
            Phrase("Told apart by"),
            axioms.join_terms(axioms.items(head), (" ", Phrase("with"), " ")),
        )
    for label, predicate in _INWARD:
        yield from ((label, (each,)) for each in _named(axioms.pointing(term, predicate)))
    for label, predicate in _EXTENTS:
        users = [
            *_named(axioms.pointing(term, predicate)),
            *axioms.unions.get((predicate, term), ()),
        ]
        yield from ((label, (each,)) for each in users)
    yield from _others(axioms, term)


def _others(axioms: Axioms, term: Term) -> Iterator[tuple[NamedNode, RawExpression]]:
    """Yield the other relations of a term: alignments, sources, replacements."""
    for predicate in sorted(axioms.about(term), key=str):
        if predicate not in APART:
            for value in axioms.values(term, predicate):
                if not isinstance(value, Literal):
                    yield predicate, axioms.in_words(value)


def _chains(axioms: Axioms, term: Term) -> Iterator[tuple[str, RawExpression]]:
    """Yield the chains of a property, and those with it as a step (prp-spo2 of OWL 2 RL)."""
    for head in axioms.values(term, OWL.propertyChainAxiom):
        steps = axioms.join_terms(axioms.items(head), (", ", Phrase("then"), " "))
        end = (" ", Phrase("leads from one thing to another"))
        yield Phrase("Follows"), (Phrase("wherever"), " ", *steps, *end)
    for whole, links in axioms.chains:
        if term in links:
            yield Phrase("Step of the chain of"), (whole,)


def _named(terms: Iterable[Term]) -> Iterator[NamedNode]:
    return (term for term in terms if isinstance(term, NamedNode))
