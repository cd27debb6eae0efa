"""Which graphs state each fact: of very many the first ones, and how many there are besides.

A fact that tens of thousands of sentences state is as well vouched for by twenty: to name and to
quote all would take most of the time and of the bytes of its page.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from graphsvc.store.base import Term
    from graphsvc.views.graph import Graph

    Row: TypeAlias = Mapping[str, Term]

MOST_ROWS = 50_000
"""How many rows a query for facts gives: a row for each fact and graph. It stands in the query."""

MOST_STATINGS = 20
"""How many graphs are named that state one fact, beside those that decide who says so."""


def first_statings(
    graph: Graph, rows: Iterable[Row], end: str
) -> tuple[list[Row], Mapping[tuple[Term, Term], int]]:
    """Return the rows to show, and how many graphs are left out, by property and far end.

    ``end`` is the name of the column with the far end. The graphs of the editors and of what was
    inferred stay, then the first passages, then the first of the others, in the order of IRIs.
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
