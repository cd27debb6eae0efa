"""Infers facts by the ontology's axioms, with the passages from which they follow.

    inferred = materialise(quads, base)

Restatements of a passage's own statements are added to that passage: by the inverse of a property,
a wider one, or a shortcut for a chain. All other inferred facts go into the graph of inferred
statements. Each derived triple has a derivation for each minimal set of graphs from which it
follows; the derivations have a graph of their own.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias, cast

from pyoxigraph import Literal, NamedNode, Quad, Triple

from graphsvc.inference.closure import Closure, Fact, InferenceStep, Triggers, Witness
from graphsvc.inference.rules import Clause, Variable, clauses
from graphsvc.namespaces import DCTERMS, DERIVATIONS, NIF, PROV, RDF, RDFS, graph_iri

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

__all__ = ["Inferred", "materialise"]

#: A stated fact: subject, predicate, object, and the IRI of its graph.
StatedFact: TypeAlias = tuple[NamedNode, NamedNode, NamedNode | Literal, str]

#: The graphs, beside the passages, whose statements are premises.
_FACT_GRAPHS = ("editorial", "schemes", "passages")

_HASH_LENGTH = 16


@dataclass(frozen=True, slots=True)
class Inferred:
    """The result: shortcuts in the graphs of passages, other triples, and the derivations."""

    shortcuts: tuple[Quad, ...]
    triples: tuple[Quad, ...]
    derivations: tuple[Quad, ...]

    @property
    def quads(self) -> tuple[Quad, ...]:
        return (*self.shortcuts, *self.triples, *self.derivations)


@dataclass(frozen=True, slots=True)
class _Derived:
    """An inferred triple, its witnesses, and the passages that restate it."""

    triple: Triple
    witnesses: tuple[tuple[Witness, InferenceStep], ...]
    passages: tuple[str, ...]


def materialise(quads: Iterable[Quad], base: str) -> Inferred:
    """Return the facts that the axioms of the ontology imply.

    The axioms are in graph/ontology. Facts are the statements of the passages, and those of
    graph/editorial, graph/schemes and graph/passages. Trivial facts are left out: what a passage
    states, that a thing is a thing, and facts about the ontology's own terms. The result does not
    depend on the order of the quads.
    """
    quads = list(quads)
    ontology = graph_iri(base, "ontology")
    axioms = [quad for quad in quads if quad.graph_name == ontology]
    passages = {
        quad.subject.value
        for quad in quads
        if quad.predicate == NIF.referenceContext and isinstance(quad.subject, NamedNode)
    }
    facts = list(_facts(quads, base, passages))
    derived = _derive(clauses(axioms), facts, _terms(axioms), passages, base)
    return _write(derived, base)


def _facts(quads: Iterable[Quad], base: str, passages: set[str]) -> Iterator[StatedFact]:
    graphs = passages | {graph_iri(base, name).value for name in _FACT_GRAPHS}
    for quad in quads:
        subject, value, graph = quad.subject, quad.object, quad.graph_name
        if (
            isinstance(graph, NamedNode)
            and graph.value in graphs
            and isinstance(subject, NamedNode)
            and isinstance(value, NamedNode | Literal)
        ):
            yield subject, quad.predicate, value, graph.value


def _terms(axioms: Iterable[Quad]) -> set[NamedNode]:
    """Return the terms of the ontology, about which no facts are inferred."""
    return {quad.subject for quad in axioms if isinstance(quad.subject, NamedNode)}


def _derive(
    rules: Iterable[Clause],
    facts: Sequence[StatedFact],
    terms: set[NamedNode],
    passages: set[str],
    base: str,
) -> list[_Derived]:
    def place(term: object) -> str:
        # Sorted by the IRIs without the base, so that another base does not change the result.
        return term.name if isinstance(term, Variable) else _relative(term, base)

    rules = sorted(rules, key=lambda clause: (clause.rule.value, *map(place, clause.slots)))
    constants = {slot for clause in rules for slot in clause.slots if isinstance(slot, NamedNode)}
    fact_terms = {term for fact in facts for term in fact[:3]}
    ordered = sorted(constants | fact_terms, key=place)
    numbers = {term: number for number, term in enumerate(ordered)}
    closed = {
        number
        for number, term in enumerate(ordered)
        if not isinstance(term, NamedNode) or term in terms
    }
    stated = _stated_facts(facts, numbers)
    closure = Closure(Triggers(rules, numbers), closed)
    closure.extend(stated)
    restating = [
        rule for rule in rules if rule.restates and rule.head.predicate.value.startswith(base)
    ]
    homes = _homes(Triggers(restating, numbers), stated, passages, closed)
    return [
        _Derived(
            _triple(fact, ordered),
            tuple(sorted(witnesses, key=lambda witness: (len(witness[0]), sorted(witness[0])))),
            tuple(sorted(homes.get(fact, ()))),
        )
        for fact, witnesses in sorted(_inferred_facts(closure, passages))
    ]


def _homes(
    restating: Triggers,
    stated: Iterable[tuple[Fact, Witness]],
    passages: set[str],
    closed: Collection[int],
) -> Mapping[Fact, set[str]]:
    """Return the passages that restate each fact, by rules that add nothing new.

    Facts with literals are left out: a name is not repeated.
    """
    by_passage: dict[str, list[tuple[Fact, Witness]]] = defaultdict(list)
    for fact, witness in stated:
        (graph,) = witness
        if graph in passages and fact[2] not in closed:
            by_passage[graph].append((fact, witness))
    homes: dict[Fact, set[str]] = defaultdict(set)
    for passage, own in by_passage.items():
        closure = Closure(restating, closed)
        closure.extend(own)
        for fact in closure.witnesses:
            homes[fact].add(passage)
    return homes


def _stated_facts(
    facts: Sequence[StatedFact], numbers: Mapping[NamedNode | Literal, int]
) -> list[tuple[Fact, Witness]]:
    witnesses = {graph: frozenset((graph,)) for _, _, _, graph in facts}
    numbered = (
        ((numbers[subject], numbers[predicate], numbers[value]), graph)
        for subject, predicate, value, graph in facts
    )
    return [(fact, witnesses[graph]) for fact, graph in sorted(numbered)]


def _triple(fact: Fact, terms: Sequence[NamedNode | Literal]) -> Triple:
    subject, predicate, value = (terms[number] for number in fact)
    # Literals are closed: nothing is inferred about them.
    return Triple(cast("NamedNode", subject), cast("NamedNode", predicate), value)


def _inferred_facts(
    closure: Closure, passages: set[str]
) -> Iterator[tuple[Fact, list[tuple[Witness, InferenceStep]]]]:
    """Yield the inferred facts that no passage states, with their witnesses."""
    for fact, witnesses in closure.witnesses.items():
        stating = {
            graph for witness, reason in witnesses.items() if reason is None for graph in witness
        }
        derived = [(witness, reason) for witness, reason in witnesses.items() if reason is not None]
        if derived and not stating & passages:
            yield fact, derived


def _write(derived: Iterable[_Derived], base: str) -> Inferred:
    graph = graph_iri(base, "inferred")
    shortcuts: list[Quad] = []
    triples: list[Quad] = []
    derivations: list[Quad] = []
    for each in derived:
        shortcuts += [_quad(each.triple, NamedNode(passage)) for passage in each.passages]
        if not each.passages:
            triples.append(_quad(each.triple, graph))
        for witness, reason in each.witnesses:
            derivations += _derivation(each.triple, witness, reason, base)
    return Inferred(tuple(shortcuts), tuple(triples), tuple(derivations))


def _derivation(
    triple: Triple, witness: Witness, reason: InferenceStep, base: str
) -> Iterator[Quad]:
    graph = graph_iri(base, DERIVATIONS)
    node = _node(triple, witness, base)
    yield Quad(node, RDF.type, RDF.Statement, graph)
    yield Quad(node, RDF.type, PROV.Entity, graph)
    yield Quad(node, RDF.subject, triple.subject, graph)
    yield Quad(node, RDF.predicate, triple.predicate, graph)
    yield Quad(node, RDF.object, triple.object, graph)
    for source in sorted(witness):
        yield Quad(node, PROV.wasDerivedFrom, NamedNode(source), graph)
    yield Quad(node, DCTERMS.conformsTo, reason.rule, graph)
    yield Quad(node, RDFS.seeAlso, reason.term, graph)


def _node(triple: Triple, witness: Witness, base: str) -> NamedNode:
    """Return a derivation's IRI: the same for the same derivation, under any base."""
    parts = [_relative(term, base) for term in (triple.subject, triple.predicate, triple.object)]
    parts += sorted(_relative(NamedNode(graph), base) for graph in witness)
    digest = hashlib.sha256("\n".join(parts).encode()).hexdigest()
    return NamedNode(f"{graph_iri(base, DERIVATIONS).value}#{digest[:_HASH_LENGTH]}")


def _relative(term: object, base: str) -> str:
    if isinstance(term, NamedNode):
        return f"<{term.value.removeprefix(base)}>"
    return str(term)


def _quad(triple: Triple, graph: NamedNode) -> Quad:
    return Quad(triple.subject, triple.predicate, triple.object, graph)
