"""What the axioms of an ontology relate a term to, both ways."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from graphsvc.entities.labels import fit
from graphsvc.namespaces import OWL, RDF, RDFS, SKOS
from graphsvc.phrases import Phrase
from graphsvc.vocabulary.model import Note, Relation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from graphsvc.entities import Named
    from graphsvc.store.base import Term
    from graphsvc.vocabulary.axioms import Axioms
    from graphsvc.vocabulary.model import Expression

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

#: What is said of a term under a name, in this order.
_OUTWARD: tuple[tuple[str, NamedNode], ...] = (
    (Phrase("Superclass"), RDFS.subClassOf),
    (Phrase("Superproperty"), RDFS.subPropertyOf),
    (Phrase("Union of"), OWL.disjointUnionOf),
    (Phrase("Domain"), RDFS.domain),
    (Phrase("Range"), RDFS.range),
)
#: The same, where it holds both ways.
_MUTUAL: tuple[tuple[str, NamedNode], ...] = (
    (Phrase("Inverse"), OWL.inverseOf),
    (Phrase("Equivalent"), OWL.equivalentClass),
    (Phrase("Equivalent"), OWL.equivalentProperty),
    (Phrase("Disjoint with"), OWL.disjointWith),
    (Phrase("Disjoint with"), OWL.propertyDisjointWith),
)
#: What other terms say of a term.
_INWARD: tuple[tuple[str, NamedNode], ...] = (
    (Phrase("Subclasses"), RDFS.subClassOf),
    (Phrase("Subproperties"), RDFS.subPropertyOf),
)
_EXTENTS: tuple[tuple[str, NamedNode], ...] = (
    (Phrase("In the domain of"), RDFS.domain),
    (Phrase("In the range of"), RDFS.range),
)
_DISJOINT_SETS = (OWL.AllDisjointClasses, OWL.AllDisjointProperties)

#: What is shown in a place of its own.
_APART = frozenset(
    {
        *(RDF.type, RDFS.isDefinedBy, RDFS.label, SKOS.prefLabel, SKOS.definition, SKOS.example),
        *(OWL.deprecated, OWL.propertyChainAxiom, OWL.hasKey),
        *(predicate for _, predicate in (*_OUTWARD, *_MUTUAL)),
    }
)


def characteristics(axioms: Axioms, term: Term) -> tuple[str, ...]:
    """Return what a property is: transitive, functional and so on."""
    types = axioms.values(term, RDF.type)
    return tuple(words for kind, words in _CHARACTERISTICS.items() if kind in types)


def notes(axioms: Axioms, term: Term, defined_as: str) -> tuple[Note, ...]:
    """Return the remarks on a term; a comment that defines it is shown elsewhere."""
    found = []
    for predicate in axioms.predicates(term):
        if predicate not in _APART:
            label = axioms.name(predicate).label
            words = texts(axioms, term, predicate)
            found += [Note(label, text) for text in words if text != defined_as]
    return tuple(sorted(found, key=lambda note: (note.label, note.text)))


def texts(axioms: Axioms, term: Term, predicate: NamedNode) -> list[str]:
    """Return the words of a property, those in the language that suits best."""
    literals = [value for value in axioms.values(term, predicate) if isinstance(value, Literal)]
    closest = min((fit(value, axioms.language) for value in literals), default=0)
    return [value.value for value in literals if fit(value, axioms.language) == closest]


def relations(axioms: Axioms, term: Term) -> tuple[Relation, ...]:
    """Return everything that relates a term to others, in the order of the page."""
    found: dict[str, set[Expression]] = {}
    for label, value in _all(axioms, term):
        found.setdefault(label, set()).add(value)
    return tuple(
        Relation(label, tuple(sorted(values, key=_key))) for label, values in found.items()
    )


def _all(axioms: Axioms, term: Term) -> Iterator[tuple[str, Expression]]:
    for label, predicate in _OUTWARD:
        yield from _each(label, axioms.in_words, axioms.values(term, predicate))
    for label, predicate in _MUTUAL:
        others = [*axioms.values(term, predicate), *axioms.pointing(term, predicate)]
        yield from _each(label, axioms.in_words, others)
    yield from _each(Phrase("Disjoint with"), axioms.in_words, _disjoint(axioms, term))
    yield from _chains(axioms, term)
    yield from _keys(axioms, term)
    for label, predicate in _INWARD:
        yield from _each(label, axioms.in_words, _names(axioms.pointing(term, predicate)))
    for label, predicate in _EXTENTS:
        yield from _each(label, axioms.in_words, _extents(axioms, term, predicate))
    yield from _others(axioms, term)


def _each(
    label: str, words: Callable[[Term], Expression], terms: Iterable[Term]
) -> Iterator[tuple[str, Expression]]:
    yield from ((label, words(term)) for term in terms)


def _names(terms: Iterable[Term]) -> list[Term]:
    return [term for term in terms if isinstance(term, NamedNode)]


def _disjoint(axioms: Axioms, term: Term) -> Iterator[Term]:
    for kind in _DISJOINT_SETS:
        for node in axioms.pointing(kind, RDF.type):
            for head in axioms.values(node, OWL.members):
                members = axioms.items(head)
                if term in members:
                    yield from (member for member in members if member != term)


def _chains(axioms: Axioms, term: Term) -> Iterator[tuple[str, Expression]]:
    """Yield the chains that a property follows from: prp-spo2 of OWL 2 RL."""
    for head in axioms.values(term, OWL.propertyChainAxiom):
        parts: list[str | Named] = [Phrase("wherever"), " "]
        for number, step in enumerate(axioms.items(head)):
            parts += [", ", Phrase("then"), " "] if number else []
            parts += axioms.in_words(step)
        yield Phrase("Follows"), (*parts, " ", Phrase("leads from one thing to another"))
    for whole, steps in axioms.chains:
        if term in steps:
            yield Phrase("Step of the chain of"), axioms.in_words(whole)


def _keys(axioms: Axioms, term: Term) -> Iterator[tuple[str, Expression]]:
    for head in axioms.values(term, OWL.hasKey):
        parts: list[str | Named] = []
        for item in axioms.items(head):
            parts += [" ", Phrase("with"), " "] if parts else []
            parts += axioms.in_words(item)
        yield Phrase("Told apart by"), tuple(parts)


def _extents(axioms: Axioms, term: Term, predicate: NamedNode) -> Iterator[Term]:
    """Yield the properties whose domain or range is a class, or a union that it belongs to."""
    yield from _names(axioms.pointing(term, predicate))
    for subject, extent, classes in axioms.unions:
        if extent == predicate and term in classes:
            yield subject


def _others(axioms: Axioms, term: Term) -> Iterator[tuple[str, Expression]]:
    """Yield what else is said of a term: alignments, sources, replacements."""
    for predicate in sorted(axioms.predicates(term), key=str):
        if predicate not in _APART:
            label = axioms.name(predicate).label
            values = axioms.values(term, predicate)
            others = [value for value in values if not isinstance(value, Literal)]
            yield from _each(label[:1].upper() + label[1:], axioms.in_words, others)


def _key(expression: Expression) -> str:
    words = (part if isinstance(part, str) else f"{part.label} {part.term}" for part in expression)
    return "".join(words).lower()
