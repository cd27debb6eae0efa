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
    from graphsvc.views.collection.cells import Grid, GridRow
    from graphsvc.views.collection.columns import Column, PlainColumns
    from graphsvc.views.collection.listing import Usages
    from graphsvc.views.collection.state import Sort, State

MOST_COLUMNS = 24
"""The most columns of a table."""

_FIRST_COLUMNS = 5
_LONGEST_VALUE = 60
_FEWEST_ROWS = 4


@dataclass(frozen=True, slots=True)
class Table:
    """One page of the things of a state, its columns, and all columns to choose from."""

    total: int
    page: int
    columns: tuple[Column, ...]
    choices: tuple[Column, ...]
    grid: Grid
    sort: Sort | None
    """The order of the things, or None if they are too many to be sorted."""
    query: BoundQuery
    """The query for the things themselves."""

    def without_constant_columns(self) -> Table:
        """Return the table without the columns that are the same in every row."""
        if len(self.rows) < _FEWEST_ROWS:
            return self
        columns, grid = _with_columns(self.columns, self.grid, self._varying_columns())
        return replace(self, columns=tuple(columns), grid=grid)

    def _varying_columns(self) -> list[int]:
        return [
            at
            for at in range(len(self.columns))
            if len({tuple(value.named.term for value in row.cells[at].values) for row in self.rows})
            > 1
        ]

    @property
    def rows(self) -> tuple[GridRow, ...]:
        return self.grid.rows

    @property
    def pages(self) -> int:
        """Return the number of pages."""
        return max(1, -(-self.total // page_sizes.THINGS))

    @property
    def first(self) -> int:
        """Return the number of the first thing on the page, counted from 1."""
        return page_sizes.THINGS * (self.page - 1) + 1


def columns_of(
    state: State, choices: Sequence[Column], plain: PlainColumns, used: Usages, total: int
) -> tuple[Column, ...]:
    """Return the columns of a state, or else the first ones of the shapes."""
    if state.columns:
        by_id = {column.id: column for column in choices}
        return tuple(by_id.get(at) or plain[at] for at in state.columns[:MOST_COLUMNS])
    narrowed = {ref for ref, _ in state.conditions}
    first = [column for column in choices if column.id in narrowed]
    rest = [column for column in choices if column not in first and _differs(column, used, total)]
    return tuple([*first, *rest][: max(_FIRST_COLUMNS, len(first))]) or (
        plain[PropertyRef(RDF.type)],
    )


def columns_in_use(used: Usages, plain: Callable[[PropertyRef], Column]) -> tuple[Column, ...]:
    """Return the columns of things without shapes; the most frequent properties come first.

    Texts come last, since a table has little room for them.
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
    """Tell whether a column has different values for the things.

    An incoming column counts only if it is a key column.
    """
    usage = used.get(column.id)
    if usage is None or column.details or (column.id.incoming and not column.is_key):
        return False
    return total == 1 or usage.values > 1 or usage.things < total


def without_empty_columns(columns: Sequence[Column], grid: Grid) -> tuple[Sequence[Column], Grid]:
    """Return the columns and the grid without columns that only repeat the names; one remains."""
    indexes = [at for at in range(len(columns)) if any(_says(row, at) for row in grid.rows)] or [0]
    return _with_columns(columns, grid, indexes)


def _with_columns(
    columns: Sequence[Column], grid: Grid, indexes: Sequence[int]
) -> tuple[Sequence[Column], Grid]:
    rows = tuple(replace(row, cells=tuple(row.cells[at] for at in indexes)) for row in grid.rows)
    return [columns[at] for at in indexes], replace(grid, rows=rows)


def _says(row: GridRow, column: int) -> bool:
    """Tell whether a cell has a value other than the name of the thing."""
    return any(value.named.label != row.thing.label for value in row.cells[column].values)
