"""What it takes to cite the rows of an answer: the sentences that state what stands in them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from graphsvc.datatypes import is_absolute_iri
from graphsvc.views.names import Names
from graphsvc.views.queries import view_query

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from graphsvc.store.base import Term
    from graphsvc.views.graph import Graph
    from graphsvc.views.model import Passage

    Row = Sequence["Term | None"]
    Pair = tuple[Term, Term]

BETWEEN = view_query("citation/between")

_ROWS_AT_ONCE = 10
"""Of how many rows the facts are read by one query: each thing is paired with each value."""


class CitedRows:
    """Some rows of an answer: what their terms are called, and which passages each row cites."""

    def __init__(self, graph: Graph, rows: Sequence[Row], languages: str) -> None:
        self._stating: dict[Pair, dict[Term, set[Term]]] = defaultdict(lambda: defaultdict(set))
        for start in range(0, len(rows), _ROWS_AT_ONCE):
            self._read(graph, rows[start : start + _ROWS_AT_ONCE])
        graphs = (
            graph
            for by_property in self._stating.values()
            for graphs in by_property.values()
            for graph in graphs
        )
        terms = (term for row in rows for term in _askable(row))
        self.names = Names(graph, (*terms, *graphs), languages)

    def passages(self, row: Row) -> Sequence[Passage]:
        """Return the passages that a row cites, in the order of the text.

        These are the passages that stand in it. If there are none, they are those that state a fact
        between its terms: with a property that stands in the row, if it has such.
        """
        graphs = set(row)
        if not any(map(self.names.passage, graphs)):
            graphs = {
                each for by_property in self._facts(row) for each in _graphs(by_property, row)
            }
        passages = filter(None, map(self.names.passage, graphs))
        return sorted(passages, key=lambda passage: passage.order)

    def _facts(self, row: Row) -> Iterator[Mapping[Term, set[Term]]]:
        terms = [*_askable(row)]
        pairs = ((thing, value) for thing in terms for value in terms)
        return (self._stating[pair] for pair in pairs if pair in self._stating)

    def _read(self, graph: Graph, rows: Sequence[Row]) -> None:
        values = [*dict.fromkeys(term for row in rows for term in _askable(row))]
        things = [term for term in values if isinstance(term, NamedNode)]
        for fact in graph.rows(BETWEEN.bind({"thing": things, "value": values})):
            by_property = self._stating[fact["thing"], fact["value"]]
            by_property[fact["property"]].add(fact["graph"])


def _graphs(by_property: Mapping[Term, set[Term]], row: Row) -> set[Term]:
    named = by_property.keys() & set(row)
    return set().union(*(by_property[prop] for prop in named or by_property))


def _askable(row: Row) -> Iterator[Term]:
    """Yield the terms of a row that a query can name."""
    for term in row:
        # What is no IRI could end a term within the text of a query.
        if isinstance(term, Literal) or (
            isinstance(term, NamedNode) and is_absolute_iri(term.value)
        ):
            yield term
