"""The things of a state as a table: sorted, a page at a time, with true totals."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, Literal

from graphsvc.namespaces import RDF
from graphsvc.views import page_sizes
from graphsvc.views.layout import PropertyRef

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from graphsvc.queries import BoundQuery
    from graphsvc.store.base import Term
    from graphsvc.views.collection.cells import Grid, Row
    from graphsvc.views.collection.columns import Column, PlainColumns
    from graphsvc.views.collection.listing import Usages
    from graphsvc.views.collection.state import Sort, State

MOST_COLUMNS = 24
"""How many columns a table shows at most."""

_FIRST_COLUMNS = 5
_LONGEST_VALUE = 60
_FEWEST_ROWS = 4


@dataclass(frozen=True, slots=True)
class Table:
    """One page of the things of a state, and the columns that it shows or could show."""

    total: int
    page: int
    columns: tuple[Column, ...]
    choices: tuple[Column, ...]
    grid: Grid
    sort: Sort | None
    """By what the things are sorted, or None if they are too many."""
    query: BoundQuery
    """The query for the things themselves."""

    def telling(self) -> Table:
        """Return the table without the columns that say the same in every row."""
        if len(self.rows) < _FEWEST_ROWS:
            return self
        columns, grid = _with_columns(self.columns, self.grid, self._differing())
        return replace(self, columns=tuple(columns), grid=grid)

    def _differing(self) -> list[int]:
        return [
            at
            for at in range(len(self.columns))
            if len({tuple(value.named.term for value in row.cells[at].values) for row in self.rows})
            > 1
        ]

    @property
    def rows(self) -> tuple[Row, ...]:
        """Return the rows."""
        return self.grid.rows

    @property
    def pages(self) -> int:
        """Return on how many pages all things stand."""
        return max(1, -(-self.total // page_sizes.THINGS))

    @property
    def first(self) -> int:
        """Return the number of the first thing on the page, counted from 1."""
        return page_sizes.THINGS * (self.page - 1) + 1


def columns_of(
    state: State, choices: Sequence[Column], plain: PlainColumns, used: Usages, total: int
) -> tuple[Column, ...]:
    """Return the columns that a state asks for, or else those that the shapes put first."""
    if state.columns:
        known = {column.id: column for column in choices}
        return tuple(known.get(at) or plain[at] for at in state.columns[:MOST_COLUMNS])
    narrowed = {ref for ref, _ in state.conditions}
    first = [column for column in choices if column.id in narrowed]
    rest = [column for column in choices if column not in first and _differs(column, used, total)]
    return tuple([*first, *rest][: max(_FIRST_COLUMNS, len(first))]) or (
        plain[PropertyRef(RDF.type)],
    )


def columns_in_use(used: Usages, plain: Callable[[PropertyRef], Column]) -> tuple[Column, ...]:
    """Return the columns of things that no shape lays out: what most of them have stands first.

    Texts come last, for a table has little room for them.
    """
    refs = [
        ref
        for ref, usage in used.items()
        if not ref.incoming and not isinstance(usage.sample, BlankNode)
    ]
    refs.sort(key=lambda ref: (_is_text(used[ref].sample), -used[ref].things, str(ref.property)))
    return tuple(map(plain, refs[:MOST_COLUMNS]))


def _is_text(term: Term) -> bool:
    return isinstance(term, Literal) and len(term.value) > _LONGEST_VALUE


def _differs(column: Column, used: Usages, total: int) -> bool:
    """Tell whether a column says more than the names do, and not the same of all things.

    What others say of the things counts only if it leads.
    """
    usage = used.get(column.id)
    if usage is None or column.details or (column.id.incoming and not column.is_key):
        return False
    return total == 1 or usage.values > 1 or usage.things < total


def filled(columns: Sequence[Column], grid: Grid) -> tuple[Sequence[Column], Grid]:
    """Leave out the columns that say nothing beside the names; one is left in any case."""
    kept = [at for at in range(len(columns)) if any(_says(row, at) for row in grid.rows)] or [0]
    return _with_columns(columns, grid, kept)


def _with_columns(
    columns: Sequence[Column], grid: Grid, kept: Sequence[int]
) -> tuple[Sequence[Column], Grid]:
    rows = tuple(replace(row, cells=tuple(row.cells[at] for at in kept)) for row in grid.rows)
    return [columns[at] for at in kept], replace(grid, rows=rows)


def _says(row: Row, column: int) -> bool:
    """Tell whether a cell has a value that is not just the name of the thing again."""
    return any(value.named.label != row.thing.label for value in row.cells[column].values)
