"""Some things at a glance: for each thing the few facts that distinguish it from the others."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode

from graphsvc.views.collection.cells import Cell, CellValue, Grid, GridDraft
from graphsvc.views.collection.compare import MOST_COMPARED, types_of
from graphsvc.views.names import Names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from graphsvc.queries import BoundQuery
    from graphsvc.store.base import Term
    from graphsvc.views.collection.columns import Column
    from graphsvc.views.graph import Graph
    from graphsvc.views.model import Named

MOST_COLUMNS = 4
"""The most matters in the table: nobody reads more at a glance."""


@dataclass(frozen=True, slots=True)
class GlanceEntry:
    """A value of a thing; ``companions`` are values of other properties from the same sentence."""

    value: CellValue
    companions: tuple[CellValue, ...] = ()


@dataclass(frozen=True, slots=True)
class GlancePart:
    """The values of one property of a thing; the first property of a matter needs no name.

    It has no entries if the thing lacks the property and most others have it.
    """

    name: str
    entries: tuple[GlanceEntry, ...]


@dataclass(frozen=True, slots=True)
class Matter:
    """Properties that belong together, in one column of the table."""

    name: str
    definition: str
    columns: tuple[Column, ...]

    def without(self, columns: Iterable[Column]) -> Matter:
        """Return the matter without some of its properties."""
        left_out = set(columns)
        return replace(self, columns=tuple(one for one in self.columns if one not in left_out))

    @property
    def is_plain(self) -> bool:
        """Tell whether a reader expects the matter in a text about the thing."""
        return any(column.is_plain for column in self.columns)


@dataclass(frozen=True, slots=True)
class GlanceRow:
    """A thing and its values, matter by matter.

    ``expected`` tells for each matter whether a reader expects it in a text about the thing.
    """

    thing: Named
    cells: tuple[tuple[GlancePart, ...], ...]
    expected: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Glance:
    """Things at a glance: the matters that distinguish them, and a row for each thing."""

    matters: tuple[Matter, ...]
    rows: tuple[GlanceRow, ...]
    queries: tuple[BoundQuery, ...] = ()


def glance(graph: Graph, named: Sequence[Named], languages: str) -> Glance:
    """Return things at a glance; without matters if they do not differ, or if they are too many.

    The matters are the groups of the key properties (see `graphsvc.views.layout`); without key
    properties each property is a matter. The first matters are used in which at least half of the
    things have a value, and not all the same one. Names and qualified columns are left out.
    """
    by_term = {each.term: each for each in named if isinstance(each.term, NamedNode)}
    things = [term for term in by_term if isinstance(term, NamedNode)]
    if not 1 < len(things) <= MOST_COMPARED:
        return Glance((), ())
    types = types_of(graph, things)
    matters = _matters(graph, graph.columns.of(types[0].intersection(*types), languages))
    draft = GridDraft(graph, things, [column for matter in matters for column in matter.columns])
    grid = draft.grid(Names(graph, draft.terms(), languages))
    cells = dict(zip(draft.columns, _columns(grid), strict=True))
    differing = [
        replace(
            matter, columns=tuple(each for each in matter.columns if not _is_alike(cells[each]))
        )
        for matter in matters
        if _differs([cells[each] for each in matter.columns])
    ][:MOST_COLUMNS]
    return Glance(
        tuple(differing),
        tuple(
            GlanceRow(
                by_term[thing],
                tuple(tuple(_parts(matter, cells, at)) for matter in differing),
                tuple(thing in grid.in_texts and matter.is_plain for matter in differing),
            )
            for at, thing in enumerate(things)
        ),
        grid.queries,
    )


def _matters(graph: Graph, columns: Sequence[Column]) -> list[Matter]:
    candidates = [column for column in columns if column.id.property not in graph.terms.namings]
    leading = [column for column in candidates if column.is_key]
    if not leading:
        return [
            Matter(column.name, column.definition, (column,))
            for column in candidates
            if not column.qualifiers
        ]
    groups: dict[str, list[Column]] = {}
    for column in leading:
        groups.setdefault(column.group or column.name, []).append(column)
    return [Matter(name, "", tuple(group)) for name, group in groups.items()]


def _columns(grid: Grid) -> Iterator[tuple[Cell, ...]]:
    return zip(*(row.cells for row in grid.rows), strict=True)


def _differs(columns: Sequence[Sequence[Cell]]) -> bool:
    """Tell whether half of the things have values, and not all the same."""
    rows = list(zip(*columns, strict=True))
    terms = [tuple(cell.terms for cell in cells) for cells in rows if any(c.values for c in cells)]
    return 2 * len(terms) >= len(rows) and len(set(terms)) > 1


def _is_alike(cells: Sequence[Cell]) -> bool:
    """Tell whether all things have the same values."""
    return bool(cells[0].values) and len({cell.terms for cell in cells}) == 1


def _parts(matter: Matter, cells: Mapping[Column, Sequence[Cell]], at: int) -> Iterator[GlancePart]:
    """Yield the parts of a matter for a thing; a value of two properties comes once.

    The first property has a name if the thing lacks it and most others have it.
    """
    first, *others = matter.columns
    leading = cells[first][at].values
    along = [each for each in others if leading and _goes_along(cells[first], cells[each])]
    beside = [each for other in along for each in cells[other][at].values]
    if leading:
        yield GlancePart(
            "", tuple(GlanceEntry(value, _in_same(value, beside)) for value in leading)
        )
    previous = {each.named.term for each in leading}
    rest = [
        GlancePart(
            column.name, tuple(map(GlanceEntry, _new_values(previous, cells[column][at].values)))
        )
        for column in others
        if column not in along
    ]
    filled = [part for part in rest if part.entries]
    if filled and not leading and _have_most(cells[first]):
        yield GlancePart(first.name, ())
    yield from filled


def _new_values(previous: set[Term], values: Iterable[CellValue]) -> list[CellValue]:
    """Return the values that are not among the previous ones, and add them to these."""
    new = [each for each in values if each.named.term not in previous]
    previous.update(each.named.term for each in new)
    return new


def _in_same(value: CellValue, others: Iterable[CellValue]) -> tuple[CellValue, ...]:
    return tuple(each for each in others if each.passages == value.passages)


def _have_most(cells: Sequence[Cell]) -> bool:
    return 2 * sum(bool(cell.values) for cell in cells) > len(cells)


def _goes_along(leading: Sequence[Cell], other: Sequence[Cell]) -> bool:
    """Tell whether the values of two properties come in pairs from the same passages."""
    pairs = [
        ([each.passages for each in one.values], [each.passages for each in two.values])
        for one, two in zip(leading, other, strict=True)
        if one.values
    ]
    return bool(pairs) and all(
        one == two and all(one) and len(set(one)) == len(one) for one, two in pairs
    )
