"""Blank nodes in place: the content of a blank node is shown at each fact that leads to it.

The label of a blank node is valid within one answer only, so one query reads all blank nodes of
some things, down to a fixed depth. A node with several facts is shown at each of them; a cycle ends
where it closes.
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cached_property
from textwrap import shorten
from typing import TYPE_CHECKING, TypeAlias

from pyoxigraph import BlankNode, NamedNode, Triple

from graphsvc.namespaces import PROV, RDF
from graphsvc.phrases import Phrase
from graphsvc.store.lexical_forms import LexicalForms
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
    from graphsvc.views.queries import Row

    Make: TypeAlias = Callable[[Triple, AbstractSet[Term], Nest | None], Fact]
    """Makes a fact of a statement, the graphs that state it, and what hangs at its value."""

CLOSURE = view_query("nested/closure")
HOLDERS = view_query("nested/holders")

MOST_NODES, MOST_ROWS, DEEPEST = 500, 10_000, 6
"""The most blank nodes, rows and levels that are read: the query has the same limits."""

_MOST_NESTS = 1000
"""The most blank nodes on a page, each as often as facts lead to it."""

_LONGEST = 160
"""The most characters in the text of a blank node."""

#: The property of a statement node for its value, and those that repeat the value as a node.
#: https://www.mediawiki.org/wiki/Wikibase/Indexing/RDF_Dump_Format#Prefixes_used
_STATING = re.compile(r"/prop/statement/[^/]+$")
_REPEATING = re.compile(r"/prop/(?:statement|qualifier|reference)/value(?:-normalized)?/")

_CIRCLE = Phrase("the same as around this")


class Nested:
    """The facts of the blank nodes of some things, and the graphs that state them.

    ``claims`` are rows about named nodes that are shown in the same way, ``forms`` are the literals
    as the source files write them.
    """

    def __init__(
        self,
        rows: Sequence[Row] = (),
        claims: Sequence[Row] = (),
        forms: LexicalForms | None = None,
    ) -> None:
        self.rows = [*rows, *claims]
        self._forms = forms or LexicalForms()
        self._claims = {row["subject"] for row in claims}
        self.graphs: dict[Triple, set[Term]] = defaultdict(set)
        for row in self.rows:
            subject, prop = row["subject"], row["property"]
            if isinstance(subject, NamedNode | BlankNode) and isinstance(prop, NamedNode):
                stating = self.graphs[Triple(subject, prop, row["value"])]
                stating.update([row["graph"]] if "graph" in row else [])
        self.statements = Statements(
            (triple.subject, triple.predicate, triple.object) for triple in self.graphs
        )

    @classmethod
    def read(cls, graph: Graph, things: Sequence[NamedNode], claims: Sequence[Row] = ()) -> Nested:
        """Read the blank nodes of some things."""
        return cls([*graph.rows(CLOSURE.bind({"thing": things}))], claims, graph.forms)

    def holds(self, node: Term) -> bool:
        """Tell whether the content of a node is shown in place."""
        return isinstance(node, BlankNode) or node in self._claims

    def is_claim(self, node: Term) -> bool:
        """Tell whether a node is a named one that is shown in place."""
        return node in self._claims

    @property
    def is_cut(self) -> bool:
        """Tell whether not all blank nodes were read."""
        return any(self.lacks(node, depth) for node, depth in self._depths.items())

    def lacks(self, node: Term, depth: int) -> bool:
        """Tell whether the facts of a node at this depth were not read."""
        return not self.statements.about(node) and (self.is_partial or depth > DEEPEST)

    def of(self, thing: Term) -> Iterator[Row]:
        """Yield the rows of the facts from a thing to blank nodes."""
        return (row for row in self.rows if row["subject"] == thing)

    def named(self, term: Term, names: Names) -> Named:
        """Return a term with its label; a blank node or a triple has a short text in place of it.

        The text is an expression, a list, or some facts; for a triple its terms.
        """
        if isinstance(term, Triple):
            parts = (term.subject, term.predicate, term.object)
            return Named(term, " ".join(self.named(part, names).label for part in parts))
        return self._text(term, names) if isinstance(term, BlankNode) else names[term]

    def in_words(self, node: Term, names: Names) -> tuple[str | Named, ...]:
        """Return a blank node in words, with its values in their written form."""
        parts = self._with_written_forms.in_words(node)
        return tuple(part if isinstance(part, str) else names[part] for part in parts)

    @cached_property
    def _with_written_forms(self) -> Statements:
        return Statements(
            (each.subject, each.predicate, self._forms.restore_value(each)) for each in self.graphs
        )

    def _text(self, node: BlankNode, names: Names) -> Named:
        parts = self.in_words(node, names)
        words = (part if isinstance(part, str) else part.label for part in parts)
        return Named(node, shorten("".join(words), _LONGEST, placeholder=" …"))

    def terms(self) -> Iterator[Term]:
        """Yield every term that needs a name."""
        for row in self.rows:
            yield from row.values()

    @cached_property
    def is_partial(self) -> bool:
        """Tell whether there were too many blank nodes to read all."""
        nodes = {each.subject for each in self.graphs if isinstance(each.subject, BlankNode)}
        return len(nodes) >= MOST_NODES or len(self.rows) >= MOST_ROWS

    @cached_property
    def _depths(self) -> Mapping[Term, int]:
        """Return the depth of each blank node; the cells of a list have the same depth."""
        queue: list[tuple[Term, int]] = [
            (each.object, 1) for each in self.graphs if isinstance(each.subject, NamedNode)
        ]
        depths: dict[Term, int] = {}
        for node, depth in queue:
            if isinstance(node, BlankNode) and depth < depths.get(node, DEEPEST + 2):
                depths[node] = depth
                for prop, values in self.statements.about(node).items():
                    in_list = prop in (RDF.first, RDF.rest)
                    queue += ((value, depth + (not in_list)) for value in values)
        return depths


class Nests:
    """Turns blank nodes into nests; ``make`` makes each fact."""

    def __init__(self, nested: Nested, names: Names, make: Make) -> None:
        self._nested = nested
        self._statements = nested.statements
        self._names = names
        self._make = make
        self._left = _MOST_NESTS

    def nest(self, node: Term, above: tuple[Term, ...] = ()) -> Nest | None:
        """Return the nest of a node that is shown in place; ``above`` are the nodes around it."""
        if not isinstance(node, NamedNode | BlankNode) or not self._nested.holds(node):
            return None
        self._left -= 1
        statements = self._statements
        if node in above:
            return Nest(words=(_CIRCLE,))
        if self._left < 0 or self._nested.lacks(node, len(above) + 1):
            return Nest(is_cut=True)
        if statements.is_expression(node):
            return Nest(words=self._nested.in_words(node, self._names))
        if statements.is_list(node):
            members = (self._fact(triple, (*above, node)) for triple in self._cells(node))
            return Nest(members=tuple(members))
        pairs = [
            (self._names[prop], self._facts(node, prop, (*above, node)))
            for prop in statements.about(node)
            if not (self._nested.is_claim(node) and _repeats(prop))
        ]
        pairs.sort(key=_order)
        value = next((facts[0] for prop, facts in pairs if _states(prop.term)), None)
        others = tuple(pair for pair in pairs if value is None or not _states(pair[0].term))
        return Nest(properties=others, value=value) if pairs else Nest(words=(NAMELESS,))

    def _facts(
        self, node: NamedNode | BlankNode, prop: NamedNode, above: tuple[Term, ...]
    ) -> tuple[Fact, ...]:
        values = self._statements.values(node, prop)
        facts = (self._fact(Triple(node, prop, value), above) for value in values)
        return tuple(sorted(facts, key=lambda fact: fact.order))

    def _fact(self, triple: Triple, above: tuple[Term, ...]) -> Fact:
        graphs = self._nested.graphs.get(triple, set())
        return self._make(triple, graphs, self.nest(triple.object, above))

    def _cells(self, head: Term) -> Iterator[Triple]:
        """Yield the triples of a list's cells for their members, in order."""
        visited: set[Term] = set()
        while isinstance(head, BlankNode) and head not in visited:
            visited.add(head)
            for value in self._statements.values(head, RDF.first):
                yield Triple(head, RDF.first, value)
            head = next(iter(self._statements.values(head, RDF.rest)), RDF.nil)


def _states(prop: Term) -> bool:
    return isinstance(prop, NamedNode) and _STATING.search(prop.value) is not None


def _repeats(prop: NamedNode) -> bool:
    """Tell whether a property of a statement node only repeats what the page shows."""
    return prop == RDF.type or _REPEATING.search(prop.value) is not None


def _order(pair: tuple[Named, tuple[Fact, ...]]) -> tuple[bool, bool, str]:
    """Return the sort key: types come first and sources last."""
    prop, _ = pair
    return (prop.term == PROV.wasDerivedFrom, prop.term != RDF.type, prop.label)
