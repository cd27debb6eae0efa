"""The graphs that state each fact: of very many the first ones, and the number of the others.

If tens of thousands of sentences state a fact, twenty of them are enough evidence: all of them
would need most of the time and of the bytes of the page.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from graphsvc.store.base import Term
    from graphsvc.views.graph import Graph
    from graphsvc.views.queries import Row


MOST_ROWS = 50_000
"""The limit of rows in the query for facts, which has a row for each fact and graph."""

MOST_STATINGS = 20
"""The most graphs shown for one fact, besides those that decide its status."""


def first_statings(
    graph: Graph, rows: Iterable[Row], end: str
) -> tuple[list[Row], Mapping[tuple[Term, Term], int]]:
    """Return the rows to show, and the number of graphs left out, by property and other end.

    ``end`` is the name of the column with the other end. The editorial and the inferred graph stay,
    then the first passages, then the first of the other graphs, in the order of IRIs.
    """
    by_fact: dict[tuple[Term, Term], list[Row]] = defaultdict(list)
    for row in rows:
        by_fact[row["property"], row[end]].append(row)
    first: list[Row] = []
    left_out: dict[tuple[Term, Term], int] = {}
    for fact, statings in by_fact.items():
        selection = statings
        if len(statings) > MOST_STATINGS:
            selection = _first(graph, statings)
            left_out[fact] = len(statings) - len(selection)
        first += selection
    return first, {fact: count for fact, count in left_out.items() if count}


def _first(graph: Graph, statings: Sequence[Row]) -> list[Row]:
    deciding = [row for row in statings if row["graph"] in (graph.editorial, graph.inferred)]
    others = [row for row in statings if row["graph"] not in (graph.editorial, graph.inferred)]
    positions = graph.texts.positions

    def order(row: Row) -> tuple[bool, str]:
        return (getattr(row["graph"], "value", "") not in positions, str(row["graph"]))

    return [*deciding, *sorted(others, key=order)[:MOST_STATINGS]]
