"""Some things at a glance: of each the few facts that tell it from the others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from pyoxigraph import NamedNode

from graphsvc.views.collection.cells import Cell, Draft, Grid
from graphsvc.views.collection.compare import MOST_COMPARED, types_of
from graphsvc.views.names import Names

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from graphsvc.queries import BoundQuery
    from graphsvc.views.collection.columns import Column
    from graphsvc.views.graph import Graph
    from graphsvc.views.model import Named

MOST_COLUMNS = 4
"""How many properties are shown: with more, nothing is taken in at a glance."""


@dataclass(frozen=True, slots=True)
class Line:
    """A thing and what is said of it; ``expected`` tells where a text would be expected to."""

    thing: Named
    cells: tuple[Cell, ...]
    expected: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Glance:
    """Things at a glance: the properties that tell them apart, and a line for each thing."""

    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    queries: tuple[BoundQuery, ...] = ()


class _Shown(NamedTuple):
    column: Column
    cells: tuple[Cell, ...]


def glance(graph: Graph, named: Sequence[Named], languages: str) -> Glance:
    """Return things at a glance; without columns if nothing tells them apart, or they are many.

    The first properties of their classes, in the order of the shapes, that say something of at
    least half of the things and not the same of all; names and parts of what a property says
    are left out.
    """
    known = {each.term: each for each in named if isinstance(each.term, NamedNode)}
    things = [term for term in known if isinstance(term, NamedNode)]
    if not 1 < len(things) <= MOST_COMPARED:
        return Glance((), ())
    types = types_of(graph, things)
    common = [
        column
        for column in graph.columns.of(types[0].intersection(*types), languages)
        if not column.qualifiers and column.id.property not in graph.terms.namings
    ]
    draft = Draft(graph, things, common)
    grid = draft.grid(Names(graph, draft.terms(), languages))
    shown = [
        _Shown(column, cells)
        for column, cells in zip(common, _columns(grid), strict=True)
        if _differs(cells)
    ][:MOST_COLUMNS]
    return Glance(
        tuple(column for column, _ in shown),
        tuple(
            Line(
                known[thing],
                tuple(cells[number] for _, cells in shown),
                tuple(column.is_plain and thing in grid.in_texts for column, _ in shown),
            )
            for number, thing in enumerate(things)
        ),
        grid.queries,
    )


def _columns(grid: Grid) -> Iterator[tuple[Cell, ...]]:
    return zip(*(row.cells for row in grid.rows), strict=True)


def _differs(cells: Sequence[Cell]) -> bool:
    """Tell whether something is said of half of the things, and not the same of all."""
    terms = [cell.terms for cell in cells if cell.values]
    return 2 * len(terms) >= len(cells) and len(set(terms)) > 1
