"""Nameless things where they hang: what is said of a blank node is shown at what leads to it.

A blank node has a name within one answer only, so what hangs at some things is read by one query,
as deep as a reader follows. What hangs at several is shown at each; a circle ends where it closes.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from textwrap import shorten
from typing import TYPE_CHECKING, TypeAlias

from pyoxigraph import BlankNode, NamedNode, Triple

from graphsvc.namespaces import RDF
from graphsvc.phrases import Phrase
from graphsvc.views.expressions import NAMELESS, Statements
from graphsvc.views.model import Named, Nest
from graphsvc.views.queries import view_query

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from graphsvc.store.base import Term
    from graphsvc.views.graph import Graph
    from graphsvc.views.model import Fact
    from graphsvc.views.names import Names

    Row: TypeAlias = Mapping[str, Term]
    Make: TypeAlias = Callable[[Triple, AbstractSet[Term], Nest | None], Fact]
    """Makes a fact of a statement, the graphs that state it, and what hangs at its value."""

CLOSURE = view_query("nested/closure")

MOST_NODES, MOST_ROWS, DEEPEST = 500, 10_000, 6
"""How many nameless things are read, how many rows, and how deep: this stands in the query."""

_MOST_SHOWN = 1000
"""How many nameless things a page shows: each as often as something leads to it."""

_LONGEST = 160
"""How many characters the text of a nameless thing has at most."""

_CIRCLE = Phrase("the same as around this")


class Nested:
    """What is said of the nameless things that hang at some things, and where it is said."""

    def __init__(self, rows: Sequence[Row] = ()) -> None:
        self.rows = rows
        self.graphs: dict[Triple, set[Term]] = defaultdict(set)
        for row in rows:
            subject, prop = row["subject"], row["property"]
            if isinstance(subject, NamedNode | BlankNode) and isinstance(prop, NamedNode):
                self.graphs[Triple(subject, prop, row["value"])].add(row["graph"])
        self.statements = Statements(
            (triple.subject, triple.predicate, triple.object) for triple in self.graphs
        )

    @classmethod
    def read(cls, graph: Graph, things: Sequence[NamedNode], via: Sequence[NamedNode]) -> Nested:
        """Read what hangs at some things by properties that have nameless values."""
        return cls(list(graph.rows(CLOSURE.bind({"thing": things, "via": via}))))

    @property
    def is_cut(self) -> bool:
        """Tell whether more hangs there than was read."""
        return any(self.lacks(node, depth) for node, depth in self._depths.items())

    def lacks(self, node: Term, depth: int) -> bool:
        """Tell whether what is said of a node, found so deep, was not read."""
        return not self.statements.about(node) and (self._is_partial or depth > DEEPEST)

    def of(self, thing: Term) -> Iterator[Row]:
        """Yield the rows of the facts that lead from a thing to nameless ones."""
        return (row for row in self.rows if row["subject"] == thing)

    def text(self, node: Term, names: Names) -> Named:
        """Return a nameless thing under a short text: an expression, a list, or what is said."""
        parts = self.statements.in_words(node)
        words = (part if isinstance(part, str) else names[part].label for part in parts)
        return Named(node, shorten("".join(words), _LONGEST, placeholder=" …"))

    @cached_property
    def _is_partial(self) -> bool:
        nodes = {each.subject for each in self.graphs if isinstance(each.subject, BlankNode)}
        return len(nodes) >= MOST_NODES or len(self.rows) >= MOST_ROWS

    @cached_property
    def _depths(self) -> Mapping[Term, int]:
        """Return how deep each nameless thing hangs; the rest of a list is no deeper than it."""
        waiting: list[tuple[Term, int]] = [
            (each.object, 1) for each in self.graphs if isinstance(each.subject, NamedNode)
        ]
        depths: dict[Term, int] = {}
        for node, depth in waiting:
            if isinstance(node, BlankNode) and depth < depths.get(node, DEEPEST + 2):
                depths[node] = depth
                for prop, values in self.statements.about(node).items():
                    in_list = prop in (RDF.first, RDF.rest)
                    waiting += ((value, depth + (not in_list)) for value in values)
        return depths


class Nests:
    """Shows nameless things as what is said of them; ``make`` makes each fact."""

    def __init__(self, nested: Nested, names: Names, make: Make) -> None:
        self._nested = nested
        self._statements = nested.statements
        self._names = names
        self._make = make
        self._left = _MOST_SHOWN

    def nest(self, node: Term, above: tuple[Term, ...] = ()) -> Nest | None:
        """Return what is said of a node if it is nameless; it hangs at those ``above``."""
        if not isinstance(node, BlankNode):
            return None
        self._left -= 1
        statements = self._statements
        if node in above:
            return Nest(words=(_CIRCLE,))
        if self._left < 0 or self._nested.lacks(node, len(above) + 1):
            return Nest(is_cut=True)
        if statements.is_expression(node):
            return Nest(words=self._words(node))
        if statements.is_list(node):
            members = (self._fact(triple, (*above, node)) for triple in self._cells(node))
            return Nest(members=tuple(members))
        pairs = [
            (self._names[prop], self._facts(node, prop, (*above, node)))
            for prop in statements.about(node)
        ]
        pairs.sort(key=lambda pair: (pair[0].term != RDF.type, pair[0].label))
        return Nest(properties=tuple(pairs)) if pairs else Nest(words=(NAMELESS,))

    def _words(self, node: Term) -> tuple[str | Named, ...]:
        parts = self._statements.in_words(node)
        return tuple(part if isinstance(part, str) else self._names[part] for part in parts)

    def _facts(self, node: BlankNode, prop: NamedNode, above: tuple[Term, ...]) -> tuple[Fact, ...]:
        values = self._statements.values(node, prop)
        facts = (self._fact(Triple(node, prop, value), above) for value in values)
        return tuple(sorted(facts, key=lambda fact: fact.order))

    def _fact(self, triple: Triple, above: tuple[Term, ...]) -> Fact:
        graphs = self._nested.graphs.get(triple, set())
        return self._make(triple, graphs, self.nest(triple.object, above))

    def _cells(self, head: Term) -> Iterator[Triple]:
        """Yield what the cells of a list have for their members, in its order."""
        seen: set[Term] = set()
        while isinstance(head, BlankNode) and head not in seen:
            seen.add(head)
            for value in self._statements.values(head, RDF.first):
                yield Triple(head, RDF.first, value)
            head = next(iter(self._statements.values(head, RDF.rest)), RDF.nil)
