"""The cells of tables and comparisons: values with the passages that state them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode, Triple

from graphsvc.namespaces import GENERALISING, RDF, graph_iri
from graphsvc.views.collection.facts import Facts
from graphsvc.views.layout import PropertyRef
from graphsvc.views.model import Status
from graphsvc.views.queries import view_query

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from graphsvc.queries import BoundQuery
    from graphsvc.store.base import Term
    from graphsvc.views.collection.columns import Column
    from graphsvc.views.collection.facts import PathMatch
    from graphsvc.views.graph import Graph
    from graphsvc.views.model import Named, Passage
    from graphsvc.views.names import Names

DERIVATIONS = view_query("collection/derivations")


@dataclass(frozen=True, slots=True)
class Detail:
    """A detail of a value: the name of a property, and its values."""

    name: str
    values: tuple[CellValue, ...]


@dataclass(frozen=True, slots=True)
class CellValue:
    """One value in a cell, its evidence, and the facts on the path to it."""

    named: Named
    status: Status
    passages: tuple[Passage, ...]
    facts: tuple[Triple, ...]
    details: tuple[Detail, ...] = ()

    @property
    def order(self) -> tuple[tuple[float, str], str]:
        """Return the sort key for the order of the text."""
        first = min((passage.order for passage in self.passages), default=(float("inf"), ""))
        return (first, self.named.label)


@dataclass(frozen=True, slots=True)
class Cell:
    """The values of one thing in one column."""

    values: tuple[CellValue, ...]

    @property
    def terms(self) -> frozenset[Term]:
        """Return the terms in the cell, without their evidence."""
        return frozenset(value.named.term for value in self.values)


@dataclass(frozen=True, slots=True)
class GridRow:
    """A thing and its cells, one for each column; ``passage`` is set if the thing is a passage."""

    thing: Named
    cells: tuple[Cell, ...]
    passage: Passage | None = None


@dataclass(frozen=True, slots=True)
class Grid:
    """The rows of a table, the graphs that state each of their facts, and the queries."""

    rows: tuple[GridRow, ...]
    graphs: Mapping[Triple, AbstractSet[Term]]
    in_texts: frozenset[Term]
    """The things with facts that a text states."""
    passages: frozenset[NamedNode]
    """The passages among the graphs."""
    queries: tuple[BoundQuery, ...]


_TYPE = PropertyRef(RDF.type)
_EMPTY = Cell(())
_BEST = list(Status)
_WEAKEST = (Status.RECORDED, Status.INFERRED, Status.EDITORIAL, Status.STATED)


class GridDraft:
    """The facts for some things in some columns, before their names are read."""

    def __init__(self, graph: Graph, things: Sequence[Term], columns: Sequence[Column]) -> None:
        """Read the facts. Errors: ParameterError if there are too many for a page."""
        self._things = things
        self.columns = columns
        self._facts = Facts(graph)
        self._with_written_form = graph.with_written_form
        self._inferred = graph_iri(graph.base, "inferred")
        self._editorial = graph_iri(graph.base, "editorial")
        self._matches = self._facts.matches(things, columns)
        # A value has the same details in each of its columns.
        ends = {
            match.term
            for column in columns
            if column.details
            for match in chain.from_iterable(self._matches[column].values())
        }
        inner = dict.fromkeys(each for column in columns for each in column.details)
        self._details_of = self._facts.matches(sorted(ends, key=str), inner) if ends else {}
        self._derivations = self._read_derivations(graph)

    def terms(self) -> Iterator[Term]:
        """Yield every term that needs a name, and the graphs that may be passages."""
        yield from self._things
        for fact, graphs in self._facts.graphs.items():
            yield fact.subject
            yield fact.object
            yield from graphs
        for derivation in self._derivations.values():
            yield from derivation.sources
        for nested in self._facts.nested:
            yield from nested.terms()

    def grid(self, names: Names) -> Grid:
        """Return the rows."""
        evidence = _Evidence(self._facts, self._derivations, names, self._inferred, self._editorial)
        cells = [
            [
                self._cell(evidence, column, self._without_restatements(evidence, column, thing))
                for thing in self._things
            ]
            for column in self.columns
        ]
        rows = tuple(
            GridRow(names[thing], tuple(column[number] for column in cells), names.passage(thing))
            for number, thing in enumerate(self._things)
        )
        graphs = self._facts.graphs
        passages = frozenset(
            each
            for each in set(chain.from_iterable(graphs.values()))
            if isinstance(each, NamedNode) and names.passage(each)
        )
        in_texts = frozenset(
            fact.subject for fact, stating in graphs.items() if not stating.isdisjoint(passages)
        )
        return Grid(rows, graphs, in_texts, passages, tuple(self._facts.queries))

    def _read_derivations(self, graph: Graph) -> Mapping[Triple, _Derivation]:
        if not graph.origins.has_derivations:
            return {}
        # Facts of the editors need no derivation.
        facts = [
            fact for fact, graphs in self._facts.graphs.items() if self._editorial not in graphs
        ]
        things = {fact.subject for fact in facts if isinstance(fact.subject, NamedNode)}
        properties = {fact.predicate for fact in facts}
        query = DERIVATIONS.bind(
            {"thing": sorted(things, key=str), "property": sorted(properties, key=str)}
        )
        if not query.is_empty:
            self._facts.queries.append(query)
        derivations: dict[Triple, _Derivation] = {}
        for row in graph.rows(query):
            subject, prop = row["thing"], row["property"]
            if isinstance(subject, NamedNode) and isinstance(prop, NamedNode):
                fact = Triple(subject, prop, row["value"])
                derivation = derivations.setdefault(fact, _Derivation(set(), set()))
                derivation.sources.add(row["source"])
                derivation.rules.add(row.get("rule"))
        return derivations

    def _without_restatements(
        self, evidence: _Evidence, column: Column, thing: Term
    ) -> Sequence[PathMatch] | None:
        """Return the matches of a thing without those that only generalise another column's facts.

        A key column is complete, since the more specific columns may not be on the page.
        """
        matches = self._matches[column].get(thing)
        if not matches or not column.is_plain or column.is_key:
            return matches
        return [one for one in matches if not any(map(evidence.restates, one.facts))]

    def _cell(
        self, evidence: _Evidence, column: Column, matches: Sequence[PathMatch] | None
    ) -> Cell:
        if not matches:
            return _EMPTY
        by_term: dict[Term, list[PathMatch]] = defaultdict(list)
        for match in matches:
            by_term[match.term].append(match)
        values = [self._value(evidence, column, term, by_term[term]) for term in by_term]
        if column.path == _TYPE:
            # Classes that follow from the other classes say nothing new about the thing.
            values = [each for each in values if each.status is not Status.INFERRED] or values
        return Cell(tuple(sorted(values, key=lambda value: value.order)))

    def _value(
        self, evidence: _Evidence, column: Column, term: Term, matches: Sequence[PathMatch]
    ) -> CellValue:
        """Return a value with the evidence of its best matches."""
        candidates = [evidence.of(match.facts) for match in matches]
        best = min((status for status, _ in candidates), key=_BEST.index)
        passages = {passage for status, each in candidates if status is best for passage in each}
        return CellValue(
            named=self._named(evidence.names, term, matches[0]),
            status=best,
            passages=_in_order(passages),
            facts=tuple(dict.fromkeys(fact for match in matches for fact in match.facts)),
            details=tuple(self._details(evidence, column, term)),
        )

    def _named(self, names: Names, term: Term, match: PathMatch) -> Named:
        named = self._facts.named(term, names)
        return self._with_written_form(match.facts[-1], named) if match.facts else named

    def _details(self, evidence: _Evidence, column: Column, term: Term) -> Iterator[Detail]:
        for inner in column.details if isinstance(term, NamedNode) else ():
            cell = self._cell(evidence, inner, self._details_of.get(inner, {}).get(term))
            if cell.values:
                yield Detail(inner.name, cell.values)


@dataclass(frozen=True, slots=True)
class _Derivation:
    """The derivations of a fact: the passages and graphs of the premises, and the rules."""

    sources: set[Term]
    rules: set[Term | None]


class _Evidence:
    """The status of each fact, and the passages that state it."""

    def __init__(
        self,
        facts: Facts,
        derivations: Mapping[Triple, _Derivation],
        names: Names,
        inferred: Term,
        editorial: Term,
    ) -> None:
        self.names = names
        self._graphs = facts.graphs
        self._derivations = derivations
        self._inferred = inferred
        self._editorial = editorial
        self._of: dict[Triple, tuple[Status, AbstractSet[Passage]]] = {}

    def of(self, facts: Sequence[Triple]) -> tuple[Status, AbstractSet[Passage]]:
        """Return the evidence for a chain of facts: its status is the weakest one."""
        evidence = list(map(self._fact, facts))
        status = min(
            (status for status, _ in evidence), key=_WEAKEST.index, default=Status.RECORDED
        )
        return status, set(chain.from_iterable(passages for _, passages in evidence))

    def restates(self, fact: Triple) -> bool:
        """Tell whether a fact only generalises one with a more specific property."""
        derivation = self._derivations.get(fact)
        return derivation is not None and derivation.rules == {GENERALISING}

    def _fact(self, fact: Triple) -> tuple[Status, AbstractSet[Passage]]:
        evidence = self._of.get(fact)
        if evidence is None:
            evidence = self._of[fact] = self._find(fact)
        return evidence

    def _find(self, fact: Triple) -> tuple[Status, AbstractSet[Passage]]:
        graphs = self._graphs[fact]
        passages = self._passages(graphs)
        if passages:
            return Status.STATED, passages
        if self._editorial in graphs:
            return Status.EDITORIAL, passages
        if self._inferred not in graphs:
            return Status.RECORDED, passages
        derivation = self._derivations.get(fact)
        return Status.INFERRED, self._passages(derivation.sources) if derivation else passages

    def _passages(self, nodes: Iterable[Term]) -> AbstractSet[Passage]:
        return set(filter(None, map(self.names.passage, nodes)))


def _in_order(passages: Iterable[Passage]) -> tuple[Passage, ...]:
    return tuple(sorted(passages, key=lambda passage: passage.order))
