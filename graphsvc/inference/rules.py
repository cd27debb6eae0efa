"""OWL axioms as clauses: the rules of OWL 2 RL that say something new about individuals.

The names and the meaning of the rules are those of
https://www.w3.org/TR/owl2-profiles/#Reasoning_in_OWL_2_RL_and_RDF_Graphs_using_Rules, tables 5
and 7. Axioms about named classes and properties are used; class expressions are not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from pyoxigraph import NamedNode

from graphsvc.namespaces import OWL, RDF, RDFS, RULES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from pyoxigraph import Quad

#: Classes of which everything is a member: such a fact is trivial.
_EVERYTHING = frozenset((OWL.Thing, RDFS.Resource, RDFS.Literal))


#: The rules that reverse a statement, or restate it with a wider property.
_RESTATING = frozenset(
    RULES[name] for name in ("prp-inv1", "prp-inv2", "prp-symp", "prp-spo1", "prp-eqp1", "prp-eqp2")
)


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of a clause."""

    name: str


AtomTerm: TypeAlias = Variable | NamedNode


@dataclass(frozen=True, slots=True)
class Atom:
    """A triple pattern: its subject and object are variables or terms."""

    subject: AtomTerm
    predicate: NamedNode
    object: AtomTerm


@dataclass(frozen=True, slots=True)
class Clause:
    """``head`` holds wherever all of ``body`` does, by ``rule`` and the axiom of ``term``."""

    head: Atom
    body: tuple[Atom, ...]
    rule: NamedNode
    term: NamedNode

    @property
    def restates(self) -> bool:
        """Tell whether the head only restates the body, about the same things.

        An inverse, a wider property and a shortcut do so. A chain that contains the property itself
        does not: it transfers a statement from one thing to another. (That a meeting during a visit
        takes place where the visit goes is a conclusion.)
        """
        if self.rule == RULES["prp-spo2"]:
            return all(atom.predicate != self.head.predicate for atom in self.body)
        return self.rule in _RESTATING

    @property
    def slots(self) -> tuple[AtomTerm, ...]:
        """Return all terms and variables of the head and the body, in order."""
        return tuple(
            slot
            for atom in (self.head, *self.body)
            for slot in (atom.subject, atom.predicate, atom.object)
        )


_X, _Y, _Z = Variable("x"), Variable("y"), Variable("z")


def clauses(ontology: Iterable[Quad]) -> set[Clause]:
    """Return the clauses of an ontology's axioms."""
    quads = list(ontology)
    lists = _Lists(quads)
    result: set[Clause] = set()
    for quad in quads:
        subject, value = quad.subject, quad.object
        if isinstance(subject, NamedNode):
            if quad.predicate == OWL.propertyChainAxiom:
                result.update(_chain(subject, lists.members(value)))
            elif isinstance(value, NamedNode):
                for build in _AXIOMS.get(quad.predicate, ()):
                    result.update(build(subject, value))
    return result


class _Lists:
    """The RDF lists among some quads."""

    def __init__(self, quads: Iterable[Quad]) -> None:
        self._first: dict[object, object] = {}
        self._rest: dict[object, object] = {}
        for quad in quads:
            if quad.predicate == RDF.first:
                self._first[quad.subject] = quad.object
            elif quad.predicate == RDF.rest:
                self._rest[quad.subject] = quad.object

    def members(self, node: object) -> list[object]:
        members: list[object] = []
        visited: set[object] = set()
        while node in self._first and node not in visited:
            visited.add(node)
            members.append(self._first[node])
            node = self._rest.get(node)
        return members


def _chain(head: NamedNode, members: list[object]) -> Iterator[Clause]:
    steps = [member for member in members if isinstance(member, NamedNode)]
    if not steps or len(steps) != len(members):
        return
    points = [Variable(f"x{number}") for number in range(len(steps) + 1)]
    body = tuple(
        Atom(points[number], step, points[number + 1]) for number, step in enumerate(steps)
    )
    yield Clause(Atom(points[0], head, points[-1]), body, RULES["prp-spo2"], head)


def _member(thing: AtomTerm, of_class: NamedNode) -> Atom:
    return Atom(thing, RDF.type, of_class)


def _implies_class(rule: str) -> Callable[[NamedNode, NamedNode], Iterator[Clause]]:
    def build(narrow: NamedNode, wide: NamedNode) -> Iterator[Clause]:
        if wide not in _EVERYTHING and wide != narrow:
            yield Clause(_member(_X, wide), (_member(_X, narrow),), RULES[rule], narrow)

    return build


def _implies_property(rule: str) -> Callable[[NamedNode, NamedNode], Iterator[Clause]]:
    def build(narrow: NamedNode, wide: NamedNode) -> Iterator[Clause]:
        if wide != narrow:
            yield Clause(Atom(_X, wide, _Y), (Atom(_X, narrow, _Y),), RULES[rule], narrow)

    return build


def _equivalent_classes(one: NamedNode, other: NamedNode) -> Iterator[Clause]:
    yield from _implies_class("cax-eqc1")(one, other)
    yield from _implies_class("cax-eqc2")(other, one)


def _equivalent_properties(one: NamedNode, other: NamedNode) -> Iterator[Clause]:
    yield from _implies_property("prp-eqp1")(one, other)
    yield from _implies_property("prp-eqp2")(other, one)


def _inverse(one: NamedNode, other: NamedNode) -> Iterator[Clause]:
    yield Clause(Atom(_Y, other, _X), (Atom(_X, one, _Y),), RULES["prp-inv1"], one)
    yield Clause(Atom(_Y, one, _X), (Atom(_X, other, _Y),), RULES["prp-inv2"], one)


def _domain(used: NamedNode, of_class: NamedNode) -> Iterator[Clause]:
    if of_class not in _EVERYTHING:
        yield Clause(_member(_X, of_class), (Atom(_X, used, _Y),), RULES["prp-dom"], used)


def _range(used: NamedNode, of_class: NamedNode) -> Iterator[Clause]:
    if of_class not in _EVERYTHING:
        yield Clause(_member(_Y, of_class), (Atom(_X, used, _Y),), RULES["prp-rng"], used)


def _characteristic(used: NamedNode, kind: NamedNode) -> Iterator[Clause]:
    if kind == OWL.SymmetricProperty:
        yield Clause(Atom(_Y, used, _X), (Atom(_X, used, _Y),), RULES["prp-symp"], used)
    elif kind == OWL.TransitiveProperty:
        body = (Atom(_X, used, _Y), Atom(_Y, used, _Z))
        yield Clause(Atom(_X, used, _Z), body, RULES["prp-trp"], used)


#: The predicate of each axiom, with the function that makes clauses of its subject and object.
_AXIOMS: dict[NamedNode, tuple[Callable[[NamedNode, NamedNode], Iterator[Clause]], ...]] = {
    RDFS.subClassOf: (_implies_class("cax-sco"),),
    OWL.equivalentClass: (_equivalent_classes,),
    RDFS.subPropertyOf: (_implies_property("prp-spo1"),),
    OWL.equivalentProperty: (_equivalent_properties,),
    OWL.inverseOf: (_inverse,),
    RDFS.domain: (_domain,),
    RDFS.range: (_range,),
    RDF.type: (_characteristic,),
}
