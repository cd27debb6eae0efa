"""The facts of things along paths: read for many things at once, and followed step by step.

Each step of a path needs the facts of the values of the step before. So all paths are followed in
rounds: one query for each direction reads the facts that a round needs.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from graphsvc.errors import ParameterError
from graphsvc.views.collection.members import reverse_properties
from graphsvc.views.collection.paths import AlternativePath, Path, SequencePath
from graphsvc.views.layout import PropertyRef
from graphsvc.views.nested import Nested
from graphsvc.views.queries import view_query

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from graphsvc.queries import BoundQuery
    from graphsvc.store.base import Term
    from graphsvc.views.collection.columns import Column, Qualifier
    from graphsvc.views.collection.paths import RepeatedPath
    from graphsvc.views.graph import Graph
    from graphsvc.views.model import Named
    from graphsvc.views.names import Names
    from graphsvc.views.queries import Row

FACTS = view_query("collection/facts")
_POINTING = reverse_properties(FACTS)

MOST_FACTS, MOST_POINTING = 20_000, 5_000
"""The most facts that are read for a column, and the most for a column of incoming facts."""

_MOST_ROWS = 50_000
"""The most rows of one query."""

_THINGS_AT_ONCE = 250
"""The number of things in one query for facts."""

_NOTHING = Nested()

_LONGEST = 12
"""The most repetitions of a path: a cycle ends earlier, and longer chains are cut."""

_MOST_ROUNDS = 40


@dataclass(frozen=True, slots=True)
class PathMatch:
    """A value that a path leads to from a thing, and the facts along the path."""

    start: Term
    term: Term
    facts: tuple[Triple, ...] = ()


class Facts:
    """The facts of some things along the paths of some columns, and the queries for them."""

    def __init__(self, graph: Graph) -> None:
        self.graphs: dict[Triple, set[Term]] = {}
        self.queries: list[BoundQuery] = []
        self.nested: list[Nested] = []
        self._graph = graph
        self._facts: dict[tuple[Term, PropertyRef], dict[Triple, None]] = {}
        self._missing: dict[tuple[NamedNode, PropertyRef], None] = {}
        self._is_lacking = False

    def matches(
        self, things: Iterable[Term], columns: Collection[Column]
    ) -> Mapping[Column, Mapping[Term, list[PathMatch]]]:
        """Return the values of the columns, by the thing at which their paths start.

        Errors: ParameterError if there are too many facts for a page.
        """
        starts = [PathMatch(thing, thing) for thing in things]
        matches: dict[Column, Mapping[Term, list[PathMatch]]] = {}
        pending = list(columns)
        for _ in range(_MOST_ROUNDS):
            unfinished = []
            for column in pending:
                self._is_lacking = False
                matches[column] = self._column(starts, column)
                unfinished += [column] if self._is_lacking else []
            pending = unfinished
            if not pending:
                break
            self._read_missing()
        return matches

    def named(self, term: Term, names: Names) -> Named:
        """Return a term with its label; a blank node has a short text in place of a label."""
        if not isinstance(term, BlankNode):
            return names[term]
        owners = (nested for nested in self.nested if nested.statements.about(term))
        return next(owners, _NOTHING).named(term, names)

    def at(self, node: Term, ref: PropertyRef) -> Iterable[Triple]:
        """Return the facts of a thing with a property; facts not read yet are marked as missing."""
        if not isinstance(node, NamedNode):
            return ()
        facts = self._facts.get((node, ref))
        if facts is None:
            self._missing[node, ref] = None
            self._is_lacking = True
            return ()
        return facts

    def _column(
        self, starts: Iterable[PathMatch], column: Column
    ) -> Mapping[Term, list[PathMatch]]:
        matches = self._follow(starts, column.path)
        for qualifier in column.qualifiers:
            matches = self._filter_qualified(matches, qualifier)
        by_start: dict[Term, list[PathMatch]] = {}
        for match in matches:
            by_start.setdefault(match.start, []).append(match)
        return by_start

    def _follow(self, front: Iterable[PathMatch], path: Path) -> list[PathMatch]:
        """Return the matches of a path that starts at the ends of other matches."""
        here = list(front)
        if isinstance(path, PropertyRef):
            return self._step(here, path)
        if isinstance(path, SequencePath):
            for part in path.parts:
                here = self._follow(here, part)
            return here
        if isinstance(path, AlternativePath):
            return [match for part in path.parts for match in self._follow(here, part)]
        return self._repeat(here, path)

    def _step(self, front: Iterable[PathMatch], ref: PropertyRef) -> list[PathMatch]:
        return [
            PathMatch(
                match.start,
                fact.subject if ref.incoming else fact.object,
                (*match.facts, fact),
            )
            for match in front
            for fact in self.at(match.term, ref)
        ]

    def _repeat(self, front: list[PathMatch], path: RepeatedPath) -> list[PathMatch]:
        matches = {(one.start, one.term): one for one in front} if path.also_none else {}
        here = front
        for _ in range(1 if path.once else _LONGEST):
            next_ones = {(one.start, one.term): one for one in self._follow(here, path.part)}
            here = [one for key, one in next_ones.items() if key not in matches]
            matches.update({(one.start, one.term): one for one in here})
            if not here:
                break
        return list(matches.values())

    def _filter_qualified(self, matches: list[PathMatch], qualifier: Qualifier) -> list[PathMatch]:
        """Return the matches whose ends have the value of a qualifier, or do not have it."""
        ends = [PathMatch(one.term, one.term) for one in matches]
        having = {
            one.start for one in self._step(ends, qualifier.ref) if one.term == qualifier.value
        }
        return [one for one in matches if (one.term in having) != qualifier.negated]

    def _read_missing(self) -> None:
        missing, self._missing = self._missing, {}
        for is_incoming in (False, True):
            pairs = [pair for pair in missing if pair[1].incoming is is_incoming]
            properties = list(dict.fromkeys(ref.property for _, ref in pairs))
            nodes = list(dict.fromkeys(node for node, _ in pairs))
            for start in range(0, len(nodes), _THINGS_AT_ONCE):
                some = nodes[start : start + _THINGS_AT_ONCE]
                self._read(some, properties, is_incoming=is_incoming)

    def _read(
        self, nodes: Iterable[NamedNode], properties: Collection[Term], *, is_incoming: bool
    ) -> None:
        most = MOST_POINTING if is_incoming else MOST_FACTS
        query = (_POINTING if is_incoming else FACTS).bind(
            {
                "thing": nodes,
                "property": properties,
                "limit": Literal(min(most * len(properties), _MOST_ROWS) + 1),
            }
        )
        rows = list(self._graph.rows(query))
        _check_size(Counter(row["property"] for row in rows), most, len(rows))
        self.queries.append(query)
        for node in nodes:
            self._facts.update(((node, PropertyRef(each, is_incoming)), {}) for each in properties)
        for row in rows if is_incoming else self._with_nameless(rows, properties):
            self._add(row, is_incoming=is_incoming)

    def _with_nameless(
        self, rows: list[dict[str, Term]], properties: Collection[Term]
    ) -> list[dict[str, Term]]:
        """Return rows in which facts with blank nodes come from the query for these nodes.

        The label of a blank node is valid within one answer only.
        """
        holding = {row["thing"]: None for row in rows if isinstance(row["value"], BlankNode)}
        things = [thing for thing in holding if isinstance(thing, NamedNode)]
        nested = Nested.read(self._graph, things) if things else Nested()
        if not things or nested.is_partial:
            return rows
        self.nested.append(nested)
        leading = [
            {**row, "thing": row["subject"]}
            for row in nested.rows
            if row["subject"] in holding and row["property"] in properties
        ]
        return [*(row for row in rows if not isinstance(row["value"], BlankNode)), *leading]

    def _add(self, row: Row, *, is_incoming: bool) -> None:
        prop, thing, value = row["property"], row["thing"], row["value"]
        subject, end = (value, thing) if is_incoming else (thing, value)
        if isinstance(subject, NamedNode | BlankNode) and isinstance(prop, NamedNode):
            fact = Triple(subject, prop, end)
            self._facts[thing, PropertyRef(prop, is_incoming)][fact] = None
            self.graphs.setdefault(fact, set()).add(row["graph"])


def _check_size(counts: Counter[Term], most: int, total: int) -> None:
    """Reject a column with too many facts: readers would take a part of them for all."""
    for prop, count in counts.most_common(1):
        if count > most or total > _MOST_ROWS:
            raise ParameterError(
                f"The things on this page have more than {min(most, count):,} facts of {prop}.",
                remedy="Leave that column out, or show fewer things; the page of each has all.",
            )
