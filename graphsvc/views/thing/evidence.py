"""The evidence for the facts of a thing: passages, derivations, notes, and named graphs."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, NamedNode, Triple

from graphsvc.views.model import (
    Derivation,
    Fact,
    LeftOut,
    Named,
    Nest,
    Status,
)
from graphsvc.views.nested import Nests
from graphsvc.views.queries import view_query
from graphsvc.views.thing.notes import by_property, notes_of
from graphsvc.views.values import as_iri

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from graphsvc.store.base import Term
    from graphsvc.views.graph import Graph
    from graphsvc.views.model import Note
    from graphsvc.views.names import Names
    from graphsvc.views.queries import Row
    from graphsvc.views.thing.answers import Answers

STATING = view_query("thing/stating")


class Evidence:
    """The evidence for each fact of a thing, and the notes on it."""

    def __init__(self, graph: Graph, answers: Answers, names: Names) -> None:
        self._names = names
        self._graph = graph
        self._answers = answers
        self._nests = Nests(answers.nested, names, self._nested_fact)
        self._derivations = _derivations(answers, names)
        notes = notes_of(answers.notes, names, graph.terms)
        self.notes = notes.get(answers.thing, ())
        #: The notes on sentences, by the IRI of the passage.
        self.on_passages = {
            target.value: each
            for target, each in notes.items()
            if isinstance(target, NamedNode) and names.passage(target) and target != answers.thing
        }
        self._on = by_property(self.notes)
        self._on_all = by_property(notes.get(graph.editorial, ()))

    def omissions(self) -> Mapping[Term, tuple[Note, ...]]:
        """Return the notes on omissions of the text, by property."""
        omissions = {
            prop: tuple(note for note in notes if note.is_omission)
            for prop, notes in self._on.items()
        }
        return {prop: notes for prop, notes in omissions.items() if notes}

    def fact(self, triple: Triple, other: Term, graphs: AbstractSet[Term]) -> Fact:
        """Return a fact that some graphs state; ``other`` is its value, or its incoming subject."""
        candidates = (self._names.passage(graph) for graph in graphs)
        passages = sorted(filter(None, candidates), key=lambda entry: entry.order)
        derivations = self._derivations.get(triple, ())
        status = Status.STATED if passages else self._graph.status(graphs)
        notes = self._on.get(triple.predicate, ())
        if not notes and self._graph.editorial in graphs:
            # The notes on the editorial graph.
            notes = self._on_all.get(triple.predicate, ())
        return Fact(
            triple=triple,
            other=self._graph.with_written_form(triple, self.named(other)),
            status=status,
            passages=tuple(passages),
            derivations=derivations,
            notes=notes,
            sources=self._answers.sources.of(graphs, self._names),
            annotations=self._answers.annotations.of(triple, self._names),
            nest=self._nests.nest(other),
            left_out=self._left_out(triple),
        )

    def _left_out(self, triple: Triple) -> LeftOut | None:
        """Return the number of further graphs that state a fact, if some are left out."""
        count = self._answers.left_out.get((triple.predicate, triple.object), 0)
        if not count:
            return None
        terms = {"thing": triple.subject, "property": triple.predicate, "value": triple.object}
        is_askable = not isinstance(triple.object, BlankNode)
        return LeftOut(count, STATING.bind(terms) if is_askable else None)

    def named(self, term: Term) -> Named:
        """Return a term with its label; a blank node has a text in place of a label."""
        return self._answers.nested.named(term, self._names)

    def _nested_fact(self, triple: Triple, graphs: AbstractSet[Term], nest: Nest | None) -> Fact:
        """Return a fact of a blank node."""
        candidates = (self._names.passage(graph) for graph in graphs)
        passages = sorted(filter(None, candidates), key=lambda entry: entry.order)
        return Fact(
            triple=triple,
            other=self._graph.with_written_form(triple, self.named(triple.object)),
            status=Status.STATED if passages else self._graph.status(graphs),
            passages=tuple(passages),
            sources=self._answers.sources.of(graphs, self._names),
            nest=nest,
        )

    def incoming_fact(self, triple: Triple, graphs: AbstractSet[Term]) -> Fact:
        """Return a fact that points to the thing, without derivations and notes."""
        candidates = (self._names.passage(graph) for graph in graphs)
        passages = sorted(filter(None, candidates), key=lambda entry: entry.order)
        return Fact(
            triple=triple,
            other=self.named(triple.subject),
            status=Status.STATED if passages else self._graph.status(graphs),
            passages=tuple(passages),
        )


@dataclass(slots=True)
class _Step:
    """A step of an inference: its conclusions and its sources."""

    node: Term
    triples: dict[Triple, None] = field(default_factory=dict)
    sources: set[Term] = field(default_factory=set)


def _derivations(answers: Answers, names: Names) -> Mapping[Triple, tuple[Derivation, ...]]:
    """Return the derivations of each fact of the thing, the shortest first."""
    derivations: dict[Triple, list[Derivation]] = defaultdict(list)
    for step in _steps(answers.thing, answers.derivations):
        for triple in step.triples:
            derivations[triple].append(_derivation(step, names))
    return {
        triple: tuple(sorted(each, key=lambda one: (len(one.passages) + len(one.graphs), one.iri)))
        for triple, each in derivations.items()
    }


def _steps(thing: NamedNode, rows: Iterable[Row]) -> Iterable[_Step]:
    steps: dict[Term, _Step] = {}
    for row in rows:
        node, prop = row["step"], row["property"]
        if node not in steps:
            steps[node] = _Step(node)
        steps[node].sources.add(row["source"])
        if isinstance(prop, NamedNode):
            steps[node].triples[Triple(thing, prop, row["value"])] = None
    return steps.values()


def _derivation(step: _Step, names: Names) -> Derivation:
    passages = {source: names.passage(source) for source in step.sources}
    stated = filter(None, passages.values())
    graphs = sorted((source for source in passages if passages[source] is None), key=str)
    return Derivation(
        iri=as_iri(step.node),
        passages=tuple(sorted(stated, key=lambda entry: entry.order)),
        graphs=tuple(map(names.spell, graphs)),
    )


def graphs_of(rows: Iterable[Row], end: str) -> Iterator[tuple[NamedNode, Term, set[Term]]]:
    """Yield each fact of some rows once: its property, its other end, and the graphs that state it.

    ``end`` is the name of the column with the other end.
    """
    graphs_by_fact: dict[tuple[NamedNode, Term], set[Term]] = {}
    for row in rows:
        prop = row["property"]
        if isinstance(prop, NamedNode):
            graphs_by_fact.setdefault((prop, row[end]), set()).add(row["graph"])
    for (prop, other), graphs in graphs_by_fact.items():
        yield prop, other, graphs


def pointing_facts(answers: Answers, evidence: Evidence) -> Mapping[NamedNode, list[Fact]]:
    """Return the incoming facts of a thing by property, in the order of their subjects."""
    facts: dict[NamedNode, list[Fact]] = defaultdict(list)
    rows = sorted(graphs_of(answers.pointing, "subject"), key=lambda each: str(each[1]))
    holding_properties = {row["property"] for row in answers.holders}
    for prop, subject, graphs in rows:
        if isinstance(subject, NamedNode) or (
            isinstance(subject, BlankNode) and prop not in holding_properties
        ):
            facts[prop].append(evidence.incoming_fact(Triple(subject, prop, answers.thing), graphs))
    for row in answers.holders:
        holding, holder = row["property"], row["holder"]
        if isinstance(holding, NamedNode) and isinstance(holder, NamedNode):
            # A blank node points to the thing: the thing that has this node is shown.
            triple = Triple(holder, holding, answers.thing)
            if all(fact.triple != triple for fact in facts[holding]):
                facts[holding].append(evidence.incoming_fact(triple, set()))
    return facts
